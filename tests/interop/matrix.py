"""The matrix: tls13lab against every foreign stack, in both roles, through every case.

As in the table of whole programs (:mod:`~tests.interop.table`), a tap records each connection and a
parser that is not the package's reads mode, suite, group and HelloRetryRequest off the wire. Here
tls13lab runs in this process, and so do the stacks that are libraries.
"""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.interop.cases import PADDING, SIZES, Case, Visit, every_case, identity_case
from tests.interop.evidence import CellFailed, check_wire, same
from tests.interop.lab_side import LabLibrary, Posted, server_config, visit_with_lab
from tests.interop.limit import is_among
from tests.interop.limits import LONGEST, limits_of
from tests.interop.stacks import catalogue
from tests.interop.stacks.blocking import BlockingStack
from tests.interop.stacks.stack import (
    Certificate,
    Client,
    PeerFailed,
    Role,
    Server,
    Setup,
    Stack,
)
from tests.interop.tap import Tap
from tests.interop.wire import NotTLS
from tls13lab.crypto.certificates import Credential, self_signed
from tls13lab.peers.application import Echo
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import Report
from tls13lab.peers.link import real_environment
from tls13lab.peers.server import Limits
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.faults import TLSFault

FAILURES = (CellFailed, PeerFailed, TLSFault, NotTLS)
PATIENCE_S = 1.0
"""Seconds that tls13lab's server waits for a visit that is known to hang halfway, a case's last."""
HANG_S = 120.0
# Scapy's server takes an external PSK only with an age, which none has, and has no psk_ke.
ROLES: dict[str, tuple[Role, ...]] = dict.fromkeys(catalogue.PEERS, ("client", "server"))
ROLES["scapy"] = ("client",)
ROLES["haproxy"] = ("server",)
HTTP_TO_RESUME = ("rustls",)
"""What resumes in these as clients speaks HTTP."""


@dataclass(frozen=True)
class Cell:
    """One case with one peer; ``role`` is the peer's."""

    peer: str
    role: Role
    case: Case

    def __str__(self) -> str:
        return f"{self.peer} as {self.role}, {self.case}"


def cells_of(peer: str) -> list[Cell]:
    """All cells of a peer, neighbours of which share a server."""
    cases = [*every_case(), *map(identity_case, SIZES)]
    return [Cell(peer, role, case) for role in ROLES[peer] for case in cases]


def make_certificate(directory: Path) -> tuple[Credential, Certificate]:
    """A certificate for ``localhost``, for tls13lab and as PEM files for the others."""
    env = real_environment()
    credential = self_signed("localhost", env.now_ms, env.entropy)
    files = Certificate(directory / "server.pem", directory / "server.key")
    chain = x509.load_der_x509_certificate(credential.chain[0])
    files.chain.write_bytes(chain.public_bytes(serialization.Encoding.PEM))
    encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    files.key.write_bytes(credential.key.private_bytes(*encoding, serialization.NoEncryption()))
    return credential, files


class Bench:
    """One peer, and the server that is running now, the peer's or tls13lab's; a context manager.

    Raises :class:`~tests.interop.stacks.stack.NotHere` if the peer is not installed.
    """

    def __init__(self, peer: str) -> None:
        self._files = TemporaryDirectory(prefix="tls13lab-matrix-")
        self._credential, files = make_certificate(Path(self._files.name))
        try:
            self.stack: Stack = catalogue.make(peer, files)
        except BaseException:
            self._files.cleanup()
            raise
        self.complaint = ""
        self._promise: Case | None = None
        self._running = ExitStack()
        self._serving: object = None
        self._theirs: Server | None = None
        self._ours: Running | None = None

    def __enter__(self) -> "Bench":
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self.stack.close()
        self._files.cleanup()

    def _stop(self) -> None:
        self._serving = self._theirs = self._ours = None
        self._running.close()

    def check_longest(self, peer: str, role: Role) -> bool:
        """Whether the longest identity is the one that is listed; False in another version.

        Raises :class:`CellFailed` if it does not work, or a longer one does.
        """
        longest = LONGEST[peer, role]
        if not is_among(self.stack.version, longest.seen_in):
            return False
        self.check(Cell(peer, role, identity_case(longest.size)))
        try:
            self.run(Cell(peer, role, identity_case(longest.size + 1)), stalls=True)
        except FAILURES:
            return True
        raise CellFailed(f"an identity of more than {longest.size} bytes works")

    def check(self, cell: Cell) -> bool:
        """Whether the cell works; False if it is as impossible as its limit says.

        Raises :class:`CellFailed` if it is otherwise than it should be.
        """
        limits = limits_of(cell.peer, cell.role, cell.case)
        try:
            self.run(cell)
        except FAILURES as error:
            problem = f"{type(error).__name__}: {error}"
            if self.complaint:
                problem += f" (the server: {self.complaint})"
            if any(limit.shows(problem) for limit in limits):
                return False
            raise CellFailed(problem) from error
        for limit in limits:
            if is_among(self.stack.version, limit.seen_in):
                raise CellFailed(f"this works, although it is listed as impossible: {limit.reason}")
        return True

    def run(self, cell: Cell, promise: Case | None = None, *, stalls: bool = False) -> None:
        """Run one cell; raises if the wire does not show its case (or another, a ``promise``).

        If it ``stalls``, the last visit may hang halfway, and is not waited for at length.
        """
        self.complaint, self._promise = "", promise
        try:
            if cell.role == "server":
                self._peer_serves(cell.case)
            else:
                limits = limits_of(cell.peer, cell.role, cell.case)
                known = [one for one in limits if is_among(self.stack.version, one.seen_in)]
                stalls |= any(one.stalls for one in known)
                self._lab_serves(cell.case, stalls=stalls)
        except BaseException:
            theirs, ours = self._theirs, self._ours
            self._stop()  # a server that saw a failure may hang in it: the next cell gets a new one
            if theirs is not None:
                self.complaint = theirs.complaint
            elif ours is not None and ours.reports:
                self.complaint = str(ours.reports[-1].fault or "")
            raise

    # The peer is the server ---------------------------------------------------------------------

    def _peer_serves(self, case: Case) -> None:
        server = self._their_server(case)
        with Tap(server.port) as tap:
            first, last = case.visits[0], case.visits[-1]
            report = self._visit_peer(case, first, tap, ())
            if last.resume:
                tickets = report.tickets
                same("enough tickets", len(tickets) >= (2 if case.each_ticket else 1), True)
                if case.early == "rejected" and not case.retry:
                    server.refuse_early_data()
                for ticket in tickets if case.each_ticket else tickets[-1:]:
                    self._visit_peer(case, last, tap, (ticket,))
        check_wire(self._promise or case, tap.recordings, lab_is="client")

    def _their_server(self, case: Case) -> Server:
        setup = self._special(case, case.server)
        if self._serving != setup or self._theirs is None or case.early == "rejected":
            self._stop()
            self._theirs = self._running.enter_context(self.stack.serve(setup))
            self._serving = setup
        return self._theirs

    def _visit_peer(
        self, case: Case, visit: Visit, tap: Tap, tickets: tuple[ResumptionPsk, ...]
    ) -> Report:
        report = visit_with_lab(case, visit, tap.port, self._credential, tickets)
        same("data that came back", report.received, visit.early + case.data)
        same("early data", report.outcome.early_data, _early(case, visit))
        if case.key_update:
            same("whether a KeyUpdate came", report.key_updates > 0, True)
        return report

    # tls13lab is the server -----------------------------------------------------------------------

    def _lab_serves(self, case: Case, *, stalls: bool) -> None:
        if case.key_update == "tls13lab":
            self._lab_updates_keys(case)
            return
        running = self._our_server(case)
        before = len(running.reports)
        setup = self._special(case, case.client)
        with self.stack.client(setup) as client, Tap(running.port) as tap:
            for number, visit in enumerate(case.visits, 1):
                hangs = stalls and number == len(case.visits)
                running.limits = Limits(handshake_s=PATIENCE_S if hangs else HANG_S)
                if case.early == "rejected" and visit.resume and not case.retry:
                    running.config = replace(running.config, max_early_data_size=0)
                _visit_lab(client, case, visit, tap.port)
                served = running.wait_for(before + number)[-1]
                if served.fault is not None or served.outcome is None:
                    raise CellFailed(f"tls13lab's server: {served}")
                same("early data", served.outcome.early_data, _early(case, visit))
                if case.key_update:
                    same("whether a KeyUpdate came", served.key_updates > 0, True)
        check_wire(self._promise or case, tap.recordings, lab_is="server")

    def _our_server(self, case: Case) -> Running:
        http = self._http(case)
        wanted = (case.server, case.padding, http)
        if self._serving != wanted or self._ours is None or case.early:
            self._stop()
            padding = PADDING if case.padding == "tls13lab" else 1
            config = server_config(case.server, self._credential, padding=padding)
            answering = serving(config, application=Posted if http else Echo)
            self._ours = self._running.enter_context(answering)
            self._serving = wanted
        return self._ours

    def _lab_updates_keys(self, case: Case) -> None:
        library = LabLibrary(self._credential)
        setup = replace(case.server, update_keys=True)
        with (
            BlockingStack(library).serve(setup) as server,
            self.stack.client(case.client) as client,
            Tap(server.port) as tap,
        ):
            _visit_lab(client, case, case.visits[0], tap.port)
        check_wire(self._promise or case, tap.recordings, lab_is="server")
        same("whether a KeyUpdate came", library.answered > 0, True)

    # Both -----------------------------------------------------------------------------------------

    def _special(self, case: Case, setup: Setup) -> Setup:
        """The setup of a peer that does the case's special thing itself."""
        padding = PADDING if case.padding == "peer" else 0
        updates = case.key_update == "peer"
        return replace(setup, update_keys=updates, padding=padding, http=self._http(case))

    def _http(self, case: Case) -> bool:
        return case.psk == "ticket" and self.stack.name in HTTP_TO_RESUME


def _visit_lab(client: Client, case: Case, visit: Visit, port: int) -> None:
    heard = client.visit(port, case.data, resume=visit.resume, early=visit.early)
    same("data that came back", heard.received, visit.early + case.data)
    accepted = _early(case, visit) == "accepted"
    same("early data accepted, says the peer", heard.early_accepted, accepted)


def _early(case: Case, visit: Visit) -> str:
    return case.early if visit.early else "none"
