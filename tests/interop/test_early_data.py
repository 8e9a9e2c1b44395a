"""0-RTT with a real OpenSSL at either end, with tickets and with external PSKs, in both modes."""

from dataclasses import replace
from pathlib import Path

import pytest

from tls13lab.crypto.certificates import TrustAnyone, self_signed
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import Report, connect
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import OpenSSLPsk, OpenSSLServer, s_client
from tls13lab.psk.anti_replay import AntiReplay, ClientHelloWindow, NoAntiReplay, SingleUseTickets
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.names import PskMode

pytestmark = [pytest.mark.openssl, pytest.mark.usefixtures("binary")]
WORDS = b"early words\n"
BOTH: tuple[PskMode, ...] = ("psk_dhe_ke", "psk_ke")
CLIENT = ClientConfig(trust=TrustAnyone(), modes=frozenset({PSK_KE, PSK_DHE_KE}))
KEY = bytes(range(32))
SUITE = CipherSuite.TLS_AES_128_GCM_SHA256
PSK = ExternalPsk(b"lab", KEY, suite=SUITE, max_early_data_size=1000)
THEIR_PSK = OpenSSLPsk("lab", KEY)


# Our client, OpenSSL's server ---------------------------------------------------------------------


def visit(server: OpenSSLServer, config: ClientConfig) -> Report:
    """A server with early data does not echo: it is asked only for the handshake and tickets."""
    return connect("127.0.0.1", server.port, config, expect=0)


@pytest.mark.parametrize("mode", [PSK_DHE_KE, PSK_KE], ids=lambda mode: mode.name)
def test_openssl_s_server_takes_our_early_data(mode: object) -> None:
    with OpenSSLServer(early_data=1000, modes=BOTH) as server:
        tickets = visit(server, CLIENT).tickets
        assert tickets[0].max_early_data_size == 1000
        config = replace(CLIENT, psks=tickets[:1], modes=frozenset({mode}))  # type: ignore[arg-type]
        report = visit(server, replace(config, early_data=WORDS))
        assert (report.outcome.early_data, report.outcome.mode) == ("accepted", mode.name.lower())  # type: ignore[attr-defined]
        server.wait_for(WORDS.strip())
        # Its own protection against replays: the same ticket is good for 0-RTT once.
        again = visit(server, replace(config, early_data=WORDS))
        assert again.outcome.early_data == "rejected"


def test_openssl_without_its_protection_takes_a_ticket_twice() -> None:
    with OpenSSLServer(early_data=1000, anti_replay=False) as server:
        tickets = visit(server, CLIENT).tickets
        config = replace(CLIENT, psks=tickets[:1], early_data=WORDS)
        for _ in range(2):
            assert visit(server, config).outcome.early_data == "accepted"


def test_early_data_that_is_rejected_after_a_hello_retry_request() -> None:
    with OpenSSLServer(early_data=1000, groups=["P-256"]) as server:
        tickets = visit(server, CLIENT).tickets
        report = visit(server, replace(CLIENT, psks=tickets[:1], early_data=WORDS))
        assert (report.outcome.early_data, report.outcome.retried) == ("rejected", True)


def test_an_external_psk_of_ours_at_openssl() -> None:
    with OpenSSLServer(psk=THEIR_PSK, early_data=1000, suites=[SUITE.name]) as server:
        report = visit(server, ClientConfig(psks=(PSK,), early_data=WORDS))
        assert report.outcome.early_data == "accepted"
        server.wait_for(WORDS.strip())


# OpenSSL's client, our server ---------------------------------------------------------------------


def our_server(memory: AntiReplay, *, stateful: bool) -> ServerConfig:
    tickets = StatefulTickets() if stateful else StatelessTickets(TicketKey(bytes(16), KEY))
    modes = frozenset({PSK_KE, PSK_DHE_KE})
    env = real_environment()
    return ServerConfig(
        credential=self_signed("localhost", env.now_ms, env.entropy),
        tickets=tickets,
        modes=modes,
        max_early_data_size=1000,
        anti_replay=memory,
    )


@pytest.mark.parametrize("stateful", [False, True])
@pytest.mark.parametrize("mode", ["psk_dhe_ke", "psk_ke"])
def test_our_server_takes_s_client_s_early_data(
    tmp_path: Path, mode: PskMode, *, stateful: bool
) -> None:
    session = tmp_path / "session"
    config = our_server(ClientHelloWindow(), stateful=stateful)
    config = replace(config, prefer_psk_ke=mode == "psk_ke")
    with serving(config) as server:
        s_client(server.port, modes=BOTH, save_session=session)
        run = s_client(server.port, modes=BOTH, session=session, early_data=WORDS, answer=18)
        # The early data and the line behind it are echoed in their order.
        assert run.received == WORDS + b"hello\n"
        outcome = server.wait_for(2)[-1].outcome
    assert outcome is not None
    assert (outcome.mode, outcome.early_data) == (mode, "accepted")


@pytest.mark.parametrize(
    ("memory", "second"),
    [(NoAntiReplay(), "accepted"), (SingleUseTickets(), "rejected")],
    ids=lambda one: type(one).__name__,
)
def test_a_ticket_used_twice_by_s_client(tmp_path: Path, memory: AntiReplay, second: str) -> None:
    session = tmp_path / "session"
    with serving(our_server(memory, stateful=False)) as server:
        s_client(server.port, save_session=session)
        for expected in ("accepted", second):
            s_client(server.port, session=session, early_data=WORDS, answer=6)
            served = server.wait_for(2 if expected == "accepted" else 3)
    outcome = served[-1].outcome
    assert outcome is not None
    assert (outcome.early_data, outcome.resumed) == (second, True)


def test_an_external_psk_of_openssl_s_at_our_server() -> None:
    config = ServerConfig(psks=(PSK,), max_early_data_size=1000)
    with serving(config) as server:
        run = s_client(server.port, psk=THEIR_PSK, suites=[SUITE.name], early_data=WORDS, answer=18)
        assert run.received == WORDS + b"hello\n"
