"""More stacks, each against the lab alone: GnuTLS, NSS, Python's ssl, Node.

Each peer says which of the scenarios it can be asked for in which role; what it cannot do is listed
with the reason, and a test tries it all the same. ``python -m tests.interop --foreign`` prints the
table. How each is driven is in a file of its own; nothing here runs anything.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tests.interop.scenarios import SCENARIOS, SUITES, Scenario, Service, Visit
from tls13lab.peers.openssl import Certificate

Role = Literal["client", "server"]


class ForeignPeer(Protocol):
    """Another stack. ``echoes`` is whether its server sends back each line."""

    name: str
    echoes: bool

    def version(self) -> str:
        """As it says itself; raises :class:`FileNotFoundError` if it is not installed."""
        ...

    def serve(
        self, service: Service, certificate: Certificate, folder: Path
    ) -> AbstractContextManager[int]:
        """A server on loopback; gives its port."""
        ...

    def visit(
        self,
        visits: Sequence[Visit],
        port: int,
        line: bytes,
        certificate: Certificate,
        folder: Path,
    ) -> bytes | None:
        """One connection for each visit, sending the line in the last; what came back in that.

        None if it could not be made to say anything after the handshake.
        """
        ...


@dataclass(frozen=True)
class Cell:
    """What is tried: ``role`` is the other stack's."""

    peer: str
    role: Role
    scenario: Scenario
    suite: str

    def __str__(self) -> str:
        return f"{self.peer} as {self.role}, {self.scenario.name}, {self.suite}"


NAMES = ("gnutls", "nss", "python", "node")
SHA384 = "TLS_AES_256_GCM_SHA384"

# (peer, role, scenario's name) -> why it cannot be asked for.
CANNOT: dict[tuple[str, Role, str], str] = {
    **{
        ("nss", role, f"{kind} psk_ke"): "NSS has no psk_ke"
        for role in ("client", "server")
        for kind in ("external", "resumption")
    },
    **{
        ("python", role, scenario.name): "Python's ssl has external PSKs from version 3.13 on"
        for role in ("client", "server")
        for scenario in SCENARIOS
        if scenario.psk == "external"
    },
    ("python", "client", "resumption psk_ke"): "OpenSSL's client never offers psk_ke alone",
    ("node", "client", "resumption psk_ke"): "OpenSSL's client never offers psk_ke alone",
    ("node", "client", "external psk_ke"): "OpenSSL's client never offers psk_ke alone",
}

# External PSKs of these have SHA-256, whatever one asks for.
ONLY_SHA256 = ("gnutls", "nss", "node")


def cannot(cell: Cell) -> str:
    """Why it cannot be, or nothing."""
    if cell.scenario.psk == "external" and cell.suite == SHA384 and cell.peer in ONLY_SHA256:
        return f"external PSKs of {cell.peer} have SHA-256"
    return CANNOT.get((cell.peer, cell.role, cell.scenario.name), "")


CELLS = [
    Cell(peer, role, scenario, suite)
    for peer in NAMES
    for role in ("server", "client")
    for scenario in SCENARIOS
    for suite in SUITES
]
