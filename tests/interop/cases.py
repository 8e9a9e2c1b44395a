"""What is tried with every foreign stack: the cases. What a stack cannot do is in ``limits``.

A case says how both ends are configured, what happens in its connections, and what each of them
must show on the wire. It knows neither tls13lab nor any stack.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from tests.interop.scenarios import KEY, SUITES
from tests.interop.stacks.stack import Mode, Psk, Setup

AES128, AES256, CHACHA20 = SUITES
GROUPS = {"x25519": 0x001D, "secp256r1": 0x0017, "X25519MLKEM768": 0x11EC}
NAME = b"Client_identity"  # which Scapy cannot choose
WORDS = b"hello, said the one\n"
EARLY = b"early words\n"
MANY_BYTES = bytes(range(256)) * 400
PADDING = 1000
EARLY_LIMIT = 16384
"""Bytes of early data that a server takes where it takes any."""
TICKETS = 4
SIZES = (1, 2, 255, 256, 1000, 16384, 65000)

By = Literal["", "tls13lab", "peer"]


@dataclass(frozen=True)
class Case:
    """One row of the document, for one role of a peer.

    ``key_update`` and ``padding`` name the end that does it. ``then_ticket`` resumes a connection
    with an external PSK. ``identity`` is the length of the external identity in bytes, 0 for a
    usual one.
    """

    scenario: str
    suite: str = AES128
    group: str = "x25519"
    psk: Literal["none", "ticket", "external"] = "none"
    mode: Mode = "psk_dhe_ke"
    retry: bool = False
    early: Literal["", "accepted", "rejected"] = ""
    key_update: By = ""
    padding: By = ""
    large: bool = False
    each_ticket: bool = False
    then_ticket: bool = False
    identity: int = 0

    def __str__(self) -> str:
        size = f" of {self.identity} bytes" if self.identity else ""
        return f"{self.scenario}{size}, {self.suite}, {self.shown_group}"

    @property
    def shown_group(self) -> str:
        """The group of the key exchange that counts; psk_ke has none."""
        return "none" if self.last_mode == "psk_ke" else self.group

    @property
    def last_mode(self) -> str:
        """The mode of the last connection."""
        return "full" if self.psk == "none" else self.mode

    @property
    def data(self) -> bytes:
        """What the client sends and the server sends back."""
        return MANY_BYTES if self.large else WORDS

    @property
    def external(self) -> Psk | None:
        """The external PSK of both ends, if there is one."""
        if self.psk != "external":
            return None
        name = (NAME * (self.identity // len(NAME) + 1))[: self.identity] or NAME
        return Psk(name, KEY, "sha384" if self.suite.endswith("SHA384") else "sha256")

    @property
    def server(self) -> Setup:
        """How the server is set up; cases with the same setup share a server."""
        return Setup(
            self.suite,
            (self.group,),
            (self.mode,),
            self.external,
            early_data=EARLY_LIMIT if self.early else 0,
            # A connection with an external PSK asks for no tickets, unless one is to be used.
            tickets=TICKETS if self.each_ticket else 0 if self._ticketless else None,
        )

    @property
    def _ticketless(self) -> bool:
        return self.psk == "external" and not self.then_ticket

    @property
    def client(self) -> Setup:
        """How the client is set up. For a HelloRetryRequest its first share is in another group."""
        groups = ("x25519", self.group) if self.retry else (self.group,)
        return replace(self.server, groups=groups, tickets=None)

    @property
    def visits(self) -> tuple["Visit", ...]:
        """The client's connections; the last one is the one that the case is about."""
        resume = self.psk == "ticket" or self.then_ticket
        last = Visit(resume=resume, early=EARLY if self.early else b"")
        return (Visit(), last) if resume else (last,)


@dataclass(frozen=True)
class Visit:
    """One connection: whether it resumes the one before, and what is sent early."""

    resume: bool = False
    early: bytes = b""


_SCENARIOS = (
    Case("full"),
    Case("resumption psk_dhe_ke", psk="ticket"),
    Case("resumption psk_ke", psk="ticket", mode="psk_ke"),
    Case("external psk_dhe_ke", psk="external"),
    Case("external psk_ke", psk="external", mode="psk_ke"),
    Case("HelloRetryRequest", group="secp256r1", retry=True),
    Case("HelloRetryRequest, resumption", group="secp256r1", psk="ticket", retry=True),
    Case("HelloRetryRequest, external", group="secp256r1", psk="external", retry=True),
)
_EARLY = (
    Case("0-RTT accepted, resumption", psk="ticket", early="accepted"),
    Case("0-RTT accepted, resumption psk_ke", psk="ticket", mode="psk_ke", early="accepted"),
    Case("0-RTT accepted, external", psk="external", early="accepted"),
    Case("0-RTT rejected", psk="ticket", early="rejected"),
    Case(
        "0-RTT rejected by HelloRetryRequest",
        group="secp256r1",
        psk="ticket",
        early="rejected",
        retry=True,
    ),
)
_ONCE = (
    Case("each of several tickets", psk="ticket", each_ticket=True),
    Case("external psk_dhe_ke, then its ticket", psk="external", then_ticket=True),
    Case("KeyUpdate from tls13lab", key_update="tls13lab", large=True),
    Case("KeyUpdate from the peer", key_update="peer", large=True),
    Case("100 kB there and back", large=True),
    Case("100 kB there and back, external psk_ke", psk="external", mode="psk_ke", large=True),
    Case("padded records from tls13lab", padding="tls13lab"),
    Case("padded records from tls13lab, 100 kB", padding="tls13lab", large=True),
    Case("padded records from the peer", padding="peer"),
)
_GROUPS = tuple(
    replace(one, group=group)
    for group in ("secp256r1", "X25519MLKEM768")
    for one in (_SCENARIOS[0], _SCENARIOS[3])
)


def every_case() -> Iterator[Case]:
    """All but the identities' lengths, in the document's order."""
    for one in _SCENARIOS:
        yield from (replace(one, suite=suite) for suite in SUITES)
    yield from _GROUPS
    for one in _EARLY:
        yield from (replace(one, suite=suite) for suite in (AES128, AES256))
    yield from _ONCE


def identity_case(size: int) -> Case:
    """An external identity of ``size`` bytes."""
    return Case("identity", psk="external", identity=size)
