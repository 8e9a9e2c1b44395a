"""Runs a cell of the table of other stacks: the lab in this process, the other as it likes.

As in the other table, the mode is read off the wire by a parser that is not the package's.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.interop.foreign import Cell, ForeignPeer, Role
from tests.interop.gnutls_peer import GnutlsPeer
from tests.interop.node_peer import NodePeer
from tests.interop.nss_peer import NssPeer
from tests.interop.peers import PeerFailed
from tests.interop.python_peer import PythonPeer
from tests.interop.scenarios import IDENTITY, ExternalPsk, Scenario, Service, Visit, service, visits
from tests.interop.tap import LOOPBACK, SECONDS, Recording, Tap
from tests.interop.wire import NotTLS, Observed, observe
from tls13lab.crypto.certificates import TrustRoots, load_credential, load_pem_chain
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import Certificate, make_certificate
from tls13lab.peers.server import Limits
from tls13lab.psk.keys import ExternalPsk as LabPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, NamedGroup
from tls13lab.wire.faults import TLSFault

FOREIGN: dict[str, ForeignPeer] = {
    one.name: one for one in (GnutlsPeer(), NssPeer(), PythonPeer(), NodePeer())
}
MODES = {"psk_ke": PSK_KE, "psk_dhe_ke": PSK_DHE_KE}
LINE = b"hello from one stack to another\n"


class CellFailed(AssertionError):
    """A cell is not what it should be."""


def lab_psks(psk: ExternalPsk | None) -> tuple[LabPsk, ...]:
    """The same for the lab."""
    return (LabPsk(psk.identity.encode(), psk.key, psk.hash_name),) if psk else ()


def lab_server(asked: Service, certificate: Certificate) -> ServerConfig:
    """The lab in the place of a server."""
    credential = load_credential(certificate.leaf.read_bytes(), certificate.key.read_bytes())
    return ServerConfig(
        credential=None if asked.psk else credential,
        psks=lab_psks(asked.psk),
        modes=frozenset(MODES[one] for one in asked.modes),
        suites=(CipherSuite[asked.suite],),
        groups=tuple(NamedGroup[one.upper()] for one in asked.groups),
        tickets=StatelessTickets(TicketKey.new(lambda length: bytes(length))),
    )


def lab_client(asked: Visit, certificate: Certificate) -> ClientConfig:
    """The lab in the place of a client."""
    roots = load_pem_chain(certificate.ca.read_bytes())
    return ClientConfig(
        psks=lab_psks(asked.psk),
        modes=frozenset(MODES[one] for one in asked.modes),
        trust=None if asked.psk else TrustRoots(roots),
        server_name="localhost",
        suites=(CipherSuite[asked.suite],),
        groups=tuple(NamedGroup[one.upper()] for one in asked.groups),
    )


class ForeignBench:
    """One certificate, and the server that is running now; a context manager."""

    def __enter__(self) -> "ForeignBench":
        self._files = TemporaryDirectory(prefix="tls13lab-foreign-")
        self.certificate = make_certificate(Path(self._files.name))
        self._running = ExitStack()
        self._serving: tuple[str, Role, Scenario, str] | None = None
        self._port = self._count = 0
        self._lab: Running
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._files.cleanup()

    def _stop(self) -> None:
        self._serving = None
        self._running.close()

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A new one for a peer's files."""
        with TemporaryDirectory(dir=self._files.name) as name:
            yield Path(name)

    def _server(self, cell: Cell) -> int:
        key = (cell.peer if cell.role == "server" else "lab", cell.role, cell.scenario, cell.suite)
        if self._serving != key:
            self._stop()
            asked = service(cell.scenario, cell.suite)
            if cell.role == "server":
                folder = self._running.enter_context(self.folder())
                peer = FOREIGN[cell.peer]
                self._port = self._running.enter_context(
                    peer.serve(asked, self.certificate, folder)
                )
            else:
                config = lab_server(asked, self.certificate)
                # It closes after a silence, which some clients wait for before they come again.
                limits = Limits(idle_s=0.3)
                self._lab = self._running.enter_context(serving(config, limits=limits))
                self._port = self._lab.port
            self._serving, self._count = key, 0
        return self._port

    def run(self, cell: Cell) -> None:
        """Raises :class:`CellFailed` if the cell is not as it says."""
        try:
            with Tap(self._server(cell)) as tap, self.folder() as folder:
                steps = visits(cell.scenario, cell.suite, cell.peer, "tls13lab")
                if cell.role == "server":
                    received: bytes | None = self._visit(steps, tap.port, FOREIGN[cell.peer].echoes)
                else:
                    received = FOREIGN[cell.peer].visit(
                        steps, tap.port, LINE, self.certificate, folder
                    )
                    self._count += len(steps)
                    self._check_report(cell)
                _same("connections", len(tap.recordings), len(steps))
                _compare(cell, _seen(tap.recordings[-1]))
                if received is not None:
                    _same("application data", received, LINE)
        except (PeerFailed, NotTLS, TLSFault) as error:
            self._stop()
            raise CellFailed(str(error)) from error
        except CellFailed:
            self._stop()
            raise

    def _check_report(self, cell: Cell) -> None:
        """The lab's server says the same as the wire, and that the client's Finished came."""
        try:
            outcome = self._lab.wait_for(self._count, SECONDS)[-1].outcome
        except TimeoutError as error:
            raise CellFailed(str(error)) from error
        _same("the server's mode", outcome.mode if outcome else None, cell.scenario.wire_mode)

    def _visit(self, steps: list[Visit], port: int, echoes: bool) -> bytes | None:
        """The lab's client: as many connections as there are steps."""
        report = None
        for step in steps:
            config = lab_client(step, self.certificate)
            if step.resume:
                if report is None or not report.tickets:
                    raise CellFailed("no ticket came")
                config = replace(config, psks=report.tickets[:1])
            expect = None if echoes else 0
            report = connect(LOOPBACK, port, config, send=LINE, expect=expect, timeout=SECONDS)
        assert report is not None
        return report.received if echoes else None


def _seen(recording: Recording) -> Observed:
    return observe(bytes(recording.from_client), bytes(recording.from_server))


def _compare(cell: Cell, seen: Observed) -> None:
    _same("mode on the wire", seen.mode, cell.scenario.wire_mode)
    _same("suite on the wire", seen.suite, cell.suite)
    _same("HelloRetryRequest", seen.retried, cell.scenario.retry)
    external = seen.identity == IDENTITY.encode("ascii")
    _same("external identity", external, cell.scenario.psk == "external")


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise CellFailed(f"{what}: {found!r} instead of {wanted!r}")
