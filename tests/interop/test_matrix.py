"""The matrix, a test for each cell; ``-k gnutls-as-server`` selects those of one peer and role."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.interop import limits
from tests.interop.cases import AES256, Case, every_case, identity_case
from tests.interop.evidence import CellFailed
from tests.interop.limit import Limit
from tests.interop.limits import LIMITS, LONGEST
from tests.interop.matrix import ROLES, Bench, Cell, cells_of
from tests.interop.stacks import catalogue
from tests.interop.stacks.stack import NoSuchCall, NotHere, PeerFailed, Role, refuse

CELLS = [cell for peer in catalogue.PEERS for cell in cells_of(peer)]
SOONER = ("openssl", "python")
"""The peers that are not left to the full run: OpenSSL, by its library and by Python's."""
BEHIND_THE_TABLE = 10_000
"""The matrix' cells come after those of the table of whole programs."""
EACH = 1000
"""More than a peer has cells: what is done with one comes together, so that it starts once."""


def place(peer: str, number: int) -> pytest.MarkDecorator:
    peers = catalogue.PEERS.index(peer)
    return pytest.mark.interop_cell(BEHIND_THE_TABLE + EACH * peers + number)


def full(peer: str) -> list[pytest.MarkDecorator]:
    return [] if peer in SOONER else [pytest.mark.full]


class Benches:
    """One bench at a time: that of the peer that was asked for last."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._peer = ""
        self._bench: Bench | None = None

    def bench(self, peer: str) -> Bench:
        if self._peer != peer or self._bench is None:
            self.close()
            try:
                self._bench = self._open.enter_context(Bench(peer))
            except NotHere as error:
                missing(str(error))
                raise
            self._peer = peer
        return self._bench

    def close(self) -> None:
        self._peer, self._bench = "", None
        self._open.close()


@pytest.fixture(scope="module")
def benches() -> Iterator[Benches]:
    ready = Benches()
    yield ready
    ready.close()


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(
            cell,
            id=str(cell).replace(" as ", "-as-"),
            marks=[place(cell.peer, number), *full(cell.peer)],
        )
        for peer in catalogue.PEERS
        for number, cell in enumerate(cells_of(peer))
    ],
)
def test_cell(cell: Cell, benches: Benches) -> None:
    benches.bench(cell.peer).check(cell)


@pytest.mark.parametrize(
    ("peer", "role"),
    [
        pytest.param(peer, role, id=f"{peer}-{role}", marks=[place(peer, EACH - 1), *full(peer)])
        for peer, role in LONGEST
    ],
)
def test_the_longest_identity(peer: str, role: Role, benches: Benches) -> None:
    bench = benches.bench(peer)
    if not bench.check_longest(peer, role):
        pytest.skip(f"measured with another version than {bench.stack.version}")


# The matrix itself --------------------------------------------------------------------------------


def test_the_matrix_is_complete() -> None:
    assert len(set(CELLS)) == len(CELLS)
    for peer in catalogue.PEERS:
        assert {cell.role for cell in cells_of(peer)} == set(ROLES[peer])


def test_every_limit_applies_to_some_cell() -> None:
    for limit in LIMITS:
        assert limit.peer in ROLES
        cells = [cell for cell in cells_of(limit.peer) if cell.role in limit.roles]
        assert any(limit.applies(cell.case) for cell in cells), limit


def case(scenario: str) -> Case:
    return next(one for one in every_case() if one.scenario == scenario)


FULL, PSK_KE, PSK_DHE_KE = map(case, ("full", "external psk_ke", "external psk_dhe_ke"))


def test_a_limit_that_is_none_any_more_fails(
    benches: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = benches.bench("gnutls")
    cell = Cell("gnutls", "server", FULL)
    there = (bench.stack.version,)
    for versions, fails in ((there, True), (("0.1",), False)):
        limit = Limit("gnutls", ("server",), lambda _: True, "made up", "anything", versions)
        monkeypatch.setattr(limits, "LIMITS", (limit,))
        if fails:
            with pytest.raises(CellFailed, match="this works, although"):
                bench.check(cell)
        else:
            assert bench.check(cell)


def test_a_limit_excuses_no_other_failure(
    benches: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = benches.bench("gnutls")
    cell = Cell("gnutls", "client", identity_case(65_600))
    limit = Limit("gnutls", ("client",), lambda _: True, "made up", "GnuTLS, handshake", ())
    monkeypatch.setattr(limits, "LIMITS", (limit,))
    assert not bench.check(cell)
    monkeypatch.setattr(limits, "LIMITS", (replace(limit, pattern="something else"),))
    with pytest.raises(CellFailed, match="GnuTLS, handshake"):
        bench.check(cell)


def test_a_call_is_missing_only_where_no_name_is_like_it() -> None:
    with pytest.raises(NoSuchCall, match="no such thing"):
        refuse("no such thing", "strawberry", str, bytes)
    with pytest.raises(PeerFailed, match="'splitlines' has not been tried yet"):
        refuse("no such thing", "lines", bytes, str)


@pytest.mark.parametrize("peer", ["openssl", "gnutls", "nss", "wolfssl"])
def test_a_library_that_is_not_installed_is_named(
    peer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda _: None)
    with pytest.raises(NotHere, match=r"Debian: lib|on Linux only"):
        Bench(peer)


@pytest.mark.parametrize(
    ("peer", "patched", "missing_one"),
    [
        ("s2n", "s2n.files", "awscrt is not installed"),
        ("bouncycastle", "bouncy_castle.FOLDER", r"Debian: libbctls-java"),
        ("rustls", "rustls.shutil.which", "deno is not installed"),
    ],
)
def test_a_package_that_is_not_installed_is_named(
    peer: str, patched: str, missing_one: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def nowhere(name: str, **_: object) -> None:
        if peer == "s2n":
            raise PackageNotFoundError(name)

    there = tmp_path if patched.endswith("FOLDER") else nowhere
    monkeypatch.setattr(f"tests.interop.stacks.{patched}", there)
    with pytest.raises(NotHere, match=f"{missing_one}|on Linux only"):
        Bench(peer)


@pytest.mark.parametrize(
    ("kept", "promised", "complaint"),
    [
        (PSK_DHE_KE, PSK_KE, "mode on the wire: 'psk_dhe_ke'"),
        (PSK_KE, PSK_DHE_KE, "mode on the wire: 'psk_ke'"),
        (FULL, replace(FULL, suite=AES256), "suite on the wire: 'TLS_AES_128_GCM_SHA256'"),
        (FULL, replace(FULL, group="secp256r1"), "group on the wire: 29"),
        (FULL, case("HelloRetryRequest"), "HelloRetryRequest: False"),
        (case("HelloRetryRequest"), replace(FULL, group="secp256r1"), "HelloRetryRequest: True"),
        (PSK_DHE_KE, identity_case(255), "identity on the wire: b'Client_identity'"),
        (case("resumption psk_dhe_ke"), case("0-RTT rejected"), "early data announced: False"),
        (case("0-RTT rejected"), case("resumption psk_dhe_ke"), "early data announced: True"),
        (case("resumption psk_dhe_ke"), FULL, "connections: 1 instead of 2"),
        (FULL, case("padded records from tls13lab"), "padded records"),
        (FULL, case("padded records from the peer"), "padded records"),
    ],
)
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_cell_that_breaks_its_promise_fails(
    role: Role, kept: Case, promised: Case, complaint: str, benches: Benches
) -> None:
    with pytest.raises(CellFailed, match=complaint):
        benches.bench("gnutls").run(Cell("gnutls", role, kept), promise=promised)
