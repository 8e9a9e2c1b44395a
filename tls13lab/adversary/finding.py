"""The result for one connection: the verdict, the derivation and the plaintext."""

from dataclasses import dataclass, field
from typing import Literal

from tls13lab.adversary.execution import Done
from tls13lab.adversary.loot import Fit, Provenance
from tls13lab.adversary.plan import Goal, Shape
from tls13lab.adversary.theft import Stealable, Theft
from tls13lab.psk.offered import OfferedPsk
from tls13lab.symbolic.vocabulary import Leaks
from tls13lab.wire.names import Mode, Side

FindingVerdict = Literal["lost", "kept", "unknown", "absent"]
"""What is said of one connection; a recording may lack what is needed to say more."""
MOST_PLAINTEXT = 65_536
"""How many bytes of plaintext are kept in each direction; the rest is only counted."""


@dataclass
class Text:
    """The plaintext of one direction: its first bytes, and its length in bytes."""

    head: bytes = b""
    total: int = 0

    def add(self, data: bytes) -> None:
        """Append plaintext; only the first ``MOST_PLAINTEXT`` bytes are kept."""
        self.head += data[: MOST_PLAINTEXT - len(self.head)]
        self.total += len(data)


@dataclass(frozen=True)
class Finding:
    """What the theft does to one connection.

    ``verdict`` is ``lost`` (``steps`` are the derivation that was run), ``kept`` (``missing`` names
    the single leaks that would be enough), ``unknown`` (``incomplete`` says what the recording
    lacks) or ``absent`` (the connection has no such data). ``identity`` is that of the PSK that the
    server chose; ``offers`` are all PSKs on offer, in one ClientHello or two. ``fits`` lists the
    leaks that belong to this connection, and where. ``shape`` is what the model was asked about it,
    None if it was not.
    """

    connection: int
    client: str
    server: str
    mode: Mode | Literal[""]
    suite: str
    identity: bytes
    goal: Goal
    verdict: FindingVerdict
    offers: tuple[OfferedPsk, ...] = ()
    fits: tuple[Fit, ...] = field(default=(), repr=False)
    psk_from: Provenance | None = None
    steps: tuple[Done, ...] = field(default=(), repr=False)
    plaintext: dict[Side, Text] = field(default_factory=dict)
    missing: Leaks = ()
    incomplete: str = ""
    shape: Shape | None = field(default=None, repr=False)

    @property
    def leaks(self) -> tuple[Stealable, ...]:
        """The names of the leaks that fit."""
        return tuple(sorted({fit.name for fit in self.fits}))

    def fits_of(self, theft: Theft) -> tuple[Fit, ...]:
        """The fits that come from ``theft``, which is a part of the whole theft."""
        secrets = theft.secrets
        return tuple(fit for fit in self.fits if (fit.name, fit.value) in secrets)
