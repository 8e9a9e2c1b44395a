"""A certificate and a PSK in one handshake, with wolfSSL at the other end. RFC 9973.

wolfSSL has the extension since 5.9.2, where it is compiled in, which it is in no package. The one
that install_wolfssl.sh built is used, or that which ``TLS13LAB_WOLFSSL`` names. With Debian's own,
which is older, what is tested is that it cannot.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.interop.matrix import make_certificate
from tests.interop.stacks import catalogue
from tests.interop.stacks.stack import NoSuchCall, NotHere, PeerFailed, Psk, Setup, Stack
from tests.interop.stacks.wolfssl import BUILT
from tests.interop.tap import Recording, Tap
from tests.interop.wire import Observed, observe
from tls13lab.crypto.certificates import Credential, TrustRoots, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import Report, connect
from tls13lab.peers.link import real_environment
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.faults import TLSFault

MODE = "cert_with_extern_psk"
THEIRS = Psk(b"printer", bytes(range(32)))
OURS = ExternalPsk(THEIRS.identity, THEIRS.key)
BOTH = Setup("TLS_AES_128_GCM_SHA256", psk=THEIRS, cert_with_psk=True)
TOO_OLD = ("5.5", "5.7")
"""The machine's, if it is Debian 12's or 13's."""


@pytest.fixture(scope="module")
def credential(wolfssl: tuple[Credential, Stack]) -> Credential:
    return wolfssl[0]


@pytest.fixture(scope="module")
def stack(wolfssl: tuple[Credential, Stack]) -> Stack:
    return wolfssl[1]


@pytest.fixture(scope="module")
def wolfssl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Credential, Stack]]:
    credential, files = make_certificate(tmp_path_factory.mktemp("certificate"))
    try:
        with pytest.MonkeyPatch.context() as patch:
            if BUILT.exists() and "TLS13LAB_WOLFSSL" not in os.environ:
                patch.setenv("TLS13LAB_WOLFSSL", str(BUILT))
            stack = catalogue.make("wolfssl", files)
    except NotHere as error:
        missing(str(error))
        raise
    yield credential, stack
    stack.close()


@pytest.fixture
def able(stack: Stack) -> Stack:
    """The stack, if it has the call; if not, it must be one of those that are too old."""
    try:
        with stack.client(BOTH):
            return stack
    except NoSuchCall as error:
        assert stack.version.startswith(TOO_OLD), f"{stack.version} has no such call either"
        pytest.skip(f"wolfSSL {stack.version}: {error}")


def asks(credential: Credential) -> ClientConfig:
    return ClientConfig(
        psks=(OURS,),
        trust=TrustRoots(credential.chain),
        server_name="localhost",
        cert_with_extern_psk=True,
    )


def gives(credential: Credential) -> ServerConfig:
    tickets = StatelessTickets(TicketKey.new(seeded("ticket key")))
    return ServerConfig(
        credential=credential, psks=(OURS,), tickets=tickets, cert_with_extern_psk=True
    )


def seen(recording: Recording) -> Observed:
    return observe(bytes(recording.from_client), bytes(recording.from_server))


def visit(port: int, config: ClientConfig) -> tuple[Report, Observed]:
    with Tap(port) as tap:
        report = connect("127.0.0.1", tap.port, config, send=b"hello")
    return report, seen(tap.recordings[0])


@pytest.mark.parametrize("group", ["x25519", "secp256r1"])
def test_its_server_gives_both(able: Stack, credential: Credential, group: str) -> None:
    """With secp256r1 after a HelloRetryRequest."""
    with able.serve(replace(BOTH, groups=(group,))) as server:
        report, wire = visit(server.port, asks(credential))
    assert (report.mode, report.received) == (MODE, b"hello")
    assert (wire.mode, wire.identity, wire.retried) == (MODE, b"printer", group != "x25519")
    assert report.outcome.chain == credential.chain


def test_its_tickets_are_resumed(able: Stack, credential: Credential) -> None:
    with able.serve(BOTH) as server:
        first, _ = visit(server.port, asks(credential))
        assert first.tickets
        again = replace(asks(credential), psks=first.tickets[:1], cert_with_extern_psk=False)
        report, wire = visit(server.port, again)
    assert (report.resumed, wire.mode) == (True, "psk_dhe_ke")


def test_its_client_asks_for_both(able: Stack, credential: Credential) -> None:
    with serving(gives(credential)) as server, Tap(server.port) as tap, able.client(BOTH) as client:
        assert client.visit(tap.port, b"hello", resume=False, early=b"").received == b"hello"
    wire = seen(tap.recordings[0])
    assert (wire.mode, wire.identity) == (MODE, b"printer")


def test_a_wrong_psk_gets_no_further_at_either_end(able: Stack, credential: Credential) -> None:
    wrong = replace(THEIRS, key=bytes(32))
    # Of the two alerts that the documents have for a wrong binder it has chosen the same.
    with (
        able.serve(replace(BOTH, psk=wrong)) as server,
        pytest.raises(TLSFault, match="illegal_parameter"),
    ):
        connect("127.0.0.1", server.port, asks(credential), send=b"hello")
    with (
        serving(gives(credential)) as ours,
        able.client(replace(BOTH, psk=wrong)) as client,
        pytest.raises(PeerFailed),
    ):
        client.visit(ours.port, b"hello", resume=False, early=b"")


def test_its_client_wants_the_right_certificate(able: Stack, credential: Credential) -> None:
    env = real_environment()
    other = self_signed("localhost", env.now_ms, env.entropy)
    with (
        serving(replace(gives(credential), credential=other)) as server,
        able.client(BOTH) as client,
        pytest.raises(PeerFailed),
    ):
        client.visit(server.port, b"hello", resume=False, early=b"")


def test_a_library_that_is_too_old_says_so(stack: Stack, tmp_path: Path) -> None:
    """The limit, tried: where the call is missing, it is so in the versions that are listed."""
    if not stack.version.startswith(TOO_OLD):
        pytest.skip(f"wolfSSL {stack.version} is new enough")
    with pytest.raises(NoSuchCall), stack.client(BOTH):
        pass
