"""What an eavesdropper finds out about one connection: verdict, derivation, plaintext."""

from dataclasses import dataclass, field

from tls13lab.adversary.execution import Done
from tls13lab.adversary.loot import Fit, Provenance
from tls13lab.adversary.theft import Theft
from tls13lab.psk.offered import OfferedPsk

MOST_PLAINTEXT = 65_536
"""Bytes of plaintext kept of each direction; the rest is counted."""


@dataclass
class Text:
    """What was read of one direction: its beginning, and how much it was in all, in bytes."""

    head: bytes = b""
    total: int = 0

    def add(self, data: bytes) -> None:
        """More of it."""
        self.head += data[: MOST_PLAINTEXT - len(self.head)]
        self.total += len(data)


@dataclass(frozen=True)
class Finding:
    """What the theft did to one connection.

    ``verdict`` is ``lost`` (then ``steps`` lead there, and were run), ``kept`` (then ``missing``
    names the single leaks that would do), ``unknown`` (something is missing in the recording, see
    ``incomplete``) or ``absent`` (there is no such asset here). ``identity`` is the PSK's that the
    server chose, ``offers`` are all that were on offer in one ClientHello or two. ``fits`` says for
    each leak that belongs to this connection, where.
    """

    connection: int
    client: str
    server: str
    mode: str
    suite: str
    identity: bytes
    goal: str
    verdict: str
    offers: tuple[OfferedPsk, ...] = ()
    fits: tuple[Fit, ...] = field(default=(), repr=False)
    psk_from: Provenance | None = None
    steps: tuple[Done, ...] = field(default=(), repr=False)
    plaintext: dict[str, Text] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    incomplete: str = ""

    @property
    def leaks(self) -> tuple[str, ...]:
        """The names of the leaks that fit."""
        return tuple(sorted({fit.name for fit in self.fits}))

    def fits_of(self, theft: Theft) -> tuple[Fit, ...]:
        """Where a part of the theft fits."""
        secrets = theft.secrets
        return tuple(fit for fit in self.fits if (fit.name, fit.value) in secrets)
