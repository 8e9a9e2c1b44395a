"""The interop table: {tls13lab, openssl, tlslite-ng} x the same x scenario x suite, on loopback.

**The mode is read off the wire**: a tap between client and server records both directions, and a
parser that is not the package's reads the ServerHello. What a peer says about itself ("Reused") is
no evidence; where the lab's own client says something, it must agree with the wire.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.interop.peers import LabPeer, OpenSSLPeer, Peer, PeerFailed, Visited
from tests.interop.scenarios import IDENTITY, SCENARIOS, SUITES, Scenario, service, visits
from tests.interop.tap import Recording, Tap
from tests.interop.tlslite_peer import TlslitePeer
from tests.interop.wire import NotTLS, Observed, observe, offers_psk
from tls13lab.peers.openssl import OpenSSLFailed, find_openssl, make_certificate

PEERS = ("tls13lab", "openssl", "tlslite")


@dataclass(frozen=True)
class Cell:
    """One cell of the table."""

    client: str
    server: str
    scenario: Scenario
    suite: str

    def __str__(self) -> str:
        return f"{self.client} to {self.server}, {self.scenario.name}, {self.suite}"


# Server-major, so that neighbours can share one running server.
CELLS = [
    Cell(client, server, scenario, suite)
    for server in PEERS
    for scenario in SCENARIOS
    for suite in SUITES
    for client in PEERS
]


@dataclass(frozen=True)
class Limit:
    """Something that a peer cannot do, and how the wire shows that this is the reason."""

    reason: str
    shows: Callable[[Recording], bool]
    # The OpenSSL series in which it was seen; a later one may have lost it.
    seen_in: tuple[int, ...]


# (client, scenario's name) -> the limit, with every server. Nothing else is impossible.
CANNOT = {
    ("openssl", "HelloRetryRequest, external"): Limit(
        "openssl s_client leaves its external PSK out of the second ClientHello",
        lambda recording: offers_psk(bytes(recording.from_client)) == [True, False],
        seen_in=(3, 0),
    ),
}


def cannot(cell: Cell) -> Limit | None:
    """Why this cell cannot be, or None if it can."""
    return CANNOT.get((cell.client, cell.scenario.name))


class CellFailed(AssertionError):
    """A cell is not what it should be; the text says in which way."""

    def __init__(self, problem: str, recording: Recording | None = None) -> None:
        super().__init__(problem)
        self.recording = recording


class Bench:
    """The peers, and the server that is running now; a context manager."""

    def __enter__(self) -> "Bench":
        self._files = TemporaryDirectory(prefix="tls13lab-interop-")
        certificate = make_certificate(Path(self._files.name))
        self._peers: dict[str, Peer] = {
            peer.name: peer
            for peer in (LabPeer(certificate), OpenSSLPeer(certificate), TlslitePeer(certificate))
        }
        self._running = ExitStack()
        self._serving: tuple[str, Scenario, str] | None = None
        self._port = 0
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()
        self._files.cleanup()

    def _stop(self) -> None:
        self._serving = None
        self._running.close()

    def _server(self, cell: Cell) -> int:
        """The port of the cell's server: the one that is running, if it is the same."""
        wanted = (cell.server, cell.scenario, cell.suite)
        if self._serving != wanted:
            self._stop()
            serving = self._peers[cell.server].serve(service(cell.scenario, cell.suite))
            try:
                self._port = self._running.enter_context(serving)
            except (PeerFailed, OpenSSLFailed) as error:
                raise CellFailed(str(error)) from error
            self._serving = wanted
        return self._port

    @contextmanager
    def _fresh_after_failure(self) -> Iterator[None]:
        """A server that saw a failure may hang in it: the next cell gets a new one."""
        try:
            yield
        except BaseException:
            self._stop()
            raise

    def check(self, cell: Cell) -> bool:
        """Whether the cell works; False if it is as impossible as ``CANNOT`` says.

        Raises :class:`CellFailed` if it is otherwise than it should be.
        """
        limit = cannot(cell)
        try:
            self.run(cell)
        except CellFailed as error:
            if limit and error.recording and limit.shows(error.recording):
                return False
            raise
        if limit and find_openssl().version[: len(limit.seen_in)] == limit.seen_in:
            raise CellFailed(f"this worked, although it is listed as impossible: {limit.reason}")
        return True

    def run(self, cell: Cell, promise: Cell | None = None) -> None:
        """Run one cell; :class:`CellFailed` if it is not as it (or another ``promise``) says."""
        line = f"hello from {cell.client}\n".encode("ascii")
        expected = self._peers[cell.server].answer(line)
        steps = visits(cell.scenario, cell.suite, cell.client, cell.server)
        with (
            self._fresh_after_failure(),
            TemporaryDirectory(prefix="tls13lab-cell-") as name,
            Tap(self._server(cell)) as tap,
        ):
            client = self._peers[cell.client].client(Path(name))
            try:
                for step in steps:
                    visited = client.visit(step, tap.port, line)
                    _same("application data", visited.received, expected)
                _same("connections", len(tap.recordings), len(steps))
                last = tap.recordings[-1]
                seen = observe(bytes(last.from_client), bytes(last.from_server))
            except (PeerFailed, NotTLS) as error:
                shown = tap.recordings[-1] if tap.recordings else None
                raise CellFailed(str(error), shown) from error
            _compare(promise or cell, seen, visited)


def _compare(cell: Cell, seen: Observed, visited: Visited) -> None:
    """The wire against what the cell says, and the client's report against the wire."""
    _same("mode on the wire", seen.mode, cell.scenario.wire_mode)
    _same("suite on the wire", seen.suite, cell.suite)
    _same("HelloRetryRequest", seen.retried, cell.scenario.retry)
    external = seen.identity == IDENTITY.encode("ascii")
    _same("external identity", external, cell.scenario.psk == "external")
    if visited.mode is not None:
        _same("mode that the client reports", visited.mode, seen.mode)
    if visited.suite is not None:
        _same("suite that the client reports", visited.suite, seen.suite)


def _same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise CellFailed(f"{what}: {found!r} instead of {wanted!r}")


@dataclass(frozen=True)
class Outcome:
    """How a cell went: ``problem`` is empty if it worked, or if it is known that it cannot."""

    cell: Cell
    works: bool
    problem: str
    seconds: float


def outcome(bench: Bench, cell: Cell) -> Outcome:
    """Run one cell and say how it went."""
    start, works, problem = time.monotonic(), False, ""
    try:
        works = bench.check(cell)
    except CellFailed as error:
        problem = str(error)
    return Outcome(cell, works, problem, time.monotonic() - start)


def markdown(done: Iterable[Outcome]) -> str:
    """The table as Markdown: a row for each pair, a column for each scenario, suites counted."""
    cells: dict[tuple[str, str], dict[str, list[Outcome]]] = {}
    for outcome in done:
        pair = (outcome.cell.client, outcome.cell.server)
        cells.setdefault(pair, {}).setdefault(outcome.cell.scenario.name, []).append(outcome)
    head = ["client", "server", *(scenario.name for scenario in SCENARIOS)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for (client, server), row in sorted(cells.items(), key=lambda item: _order(item[0])):
        entries = [_entry(row.get(scenario.name, [])) for scenario in SCENARIOS]
        lines.append("| " + " | ".join([client, server, *entries]) + " |")
    return "\n".join(lines)


def _order(pair: tuple[str, str]) -> tuple[int, int]:
    return PEERS.index(pair[0]), PEERS.index(pair[1])


def _entry(done: list[Outcome]) -> str:
    if not done:
        return "not tried"
    if not any(outcome.works or outcome.problem for outcome in done):
        return "cannot"
    return f"{sum(outcome.works for outcome in done)} of {len(done)}"
