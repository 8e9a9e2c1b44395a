"""What an eavesdropper finds out about one connection: verdict, derivation, plaintext."""

from dataclasses import dataclass, field

from tls13lab.adversary.execution import Done

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


@dataclass(frozen=True, slots=True)
class Provenance:
    """A PSK that came out of an earlier connection: behind which of its tickets."""

    psk: bytes = field(repr=False)
    connection: int
    ticket: int


@dataclass(frozen=True)
class Finding:
    """What the theft did to one connection.

    ``verdict`` is ``lost`` (then ``steps`` lead there, and were run), ``kept`` (then ``missing``
    names the single leaks that would do), ``unknown`` (something is missing in the recording, see
    ``incomplete``) or ``absent`` (there is no such asset here). ``fits`` are the (name, value)
    pairs of the theft that belong to this connection.
    """

    connection: int
    client: str
    server: str
    mode: str
    suite: str
    identity: bytes
    goal: str
    verdict: str
    fits: frozenset[tuple[str, bytes]] = field(default=frozenset(), repr=False)
    psk_from: Provenance | None = None
    steps: tuple[Done, ...] = field(default=(), repr=False)
    plaintext: dict[str, Text] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    incomplete: str = ""

    @property
    def leaks(self) -> tuple[str, ...]:
        """The names of the leaks that fit."""
        return tuple(sorted({name for name, _ in self.fits}))
