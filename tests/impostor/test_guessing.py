"""Guessing by asking a server, and by letting a client come: the lab's own ends and OpenSSL's."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from threading import Thread

import pytest

from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.race import tried_on
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.impostor.harvest import taken_home
from tls13lab.impostor.one_guess import Asked, try_words
from tls13lab.impostor.online import Carry, GuessAnswer, ask, served_by
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import (
    OpenSSLFailed,
    OpenSSLPsk,
    OpenSSLServer,
    OpenSSLUnavailable,
    find_openssl,
    s_client,
)
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.lockout import Limit, Lockout
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.names import PskMode

from tests.conftest import missing  # isort: skip

PRINTER = ExternalPsk(b"printer", b"dragon")
WORDS = (b"123456", b"password", b"dragon", b"qwerty")
BOTH = frozenset({PSK_KE, PSK_DHE_KE})
MODES: tuple[PskMode, ...] = ("psk_dhe_ke", "psk_ke")


def env(who: str = "mallory") -> Environment:
    return Environment(LESSON_TIME_MS, seeded(who))


def guess(word: bytes, mode: str = "psk_dhe_ke") -> ClientConfig:
    modes = frozenset({PSK_KE if mode == "psk_ke" else PSK_DHE_KE})
    return ClientConfig(psks=(replace(PRINTER, key=word),), modes=modes)


def answers(server: ServerConfig) -> list[GuessAnswer]:
    return [ask(guess(word), served_by(server, env("bob")), env()) for word in WORDS]


# Asking -------------------------------------------------------------------------------------------


def test_the_server_says_of_each_word_whether_it_was_the_one() -> None:
    server = ServerConfig(psks=(PRINTER,))
    assert answers(server) == [
        GuessAnswer.WRONG,
        GuessAnswer.WRONG,
        GuessAnswer.RIGHT,
        GuessAnswer.WRONG,
    ]


def test_a_server_that_counts_passes_the_right_one_over() -> None:
    server = ServerConfig(psks=(PRINTER,), lockout=Lockout(Limit(2)))
    assert answers(server) == [GuessAnswer.WRONG, GuessAnswer.WRONG, *[GuessAnswer.PASSED_OVER] * 2]


def test_behind_hidden_identities_nobody_sees_that_it_is_locked_out() -> None:
    server = ServerConfig(psks=(PRINTER,), lockout=Lockout(Limit(2)), hide_identities=True)
    assert answers(server) == [GuessAnswer.WRONG] * 4


def test_without_the_identity_there_is_nothing_to_ask() -> None:
    stranger = ServerConfig(psks=(replace(PRINTER, identity=b"scanner"),))
    assert answers(stranger) == [GuessAnswer.PASSED_OVER] * 4


@pytest.mark.parametrize("trust", [None, TrustAnyone()])
def test_a_certificate_instead_of_the_psk_tells_nothing(trust: TrustAnyone | None) -> None:
    _, certified = lesson_configs("full")
    client = replace(guess(b"dragon"), trust=trust, server_name="lab.example")
    assert ask(client, served_by(certified, env("bob")), env()) is GuessAnswer.PASSED_OVER


def test_a_server_that_asks_for_another_share_is_given_it() -> None:
    server = ServerConfig(psks=(PRINTER,), groups=(NamedGroup.SECP256R1,))
    assert answers(server) == [
        GuessAnswer.WRONG,
        GuessAnswer.WRONG,
        GuessAnswer.RIGHT,
        GuessAnswer.WRONG,
    ]


def test_two_guesses_in_one_hello_are_one() -> None:
    both = replace(guess(b"qwerty"), psks=(replace(PRINTER, key=b"qwerty"), PRINTER))
    server = served_by(ServerConfig(psks=(PRINTER,)), env("bob"))
    assert ask(both, server, env()) is GuessAnswer.WRONG


def test_a_server_that_says_nothing() -> None:
    assert ask(guess(b"dragon"), lambda: lambda said: b"", env()) is GuessAnswer.PASSED_OVER


# Letting a client come ----------------------------------------------------------------------------


def visit(client: ClientConfig) -> bytes:
    return Connection.client(client, env("alice")).outgoing()


@pytest.mark.parametrize("mode", MODES)
def test_one_visit_is_enough(mode: PskMode) -> None:
    brought = taken_home(visit(guess(b"dragon", mode)))
    assert [one.identity for one in brought] == [b"printer"]
    assert tried_on(brought, WORDS) == (3, b"dragon")
    assert tried_on(brought, WORDS[:2]) == (2, None)


def test_a_client_that_offers_ticket_and_psk_gives_away_the_psk() -> None:
    """One that offers its ticket alone does not: see the claims."""
    first = Pair(guess(b"dragon"), ServerConfig(psks=(PRINTER,), tickets=_tickets()), "first")
    first.handshake()
    ticket, *_ = first.tickets
    alone = taken_home(visit(ClientConfig(psks=(ticket,))))
    assert tried_on(alone, WORDS) == (len(WORDS), None)
    both = taken_home(visit(ClientConfig(psks=(ticket, PRINTER))))
    assert len(both) == 2
    assert tried_on(both, WORDS) == (3, b"dragon")


def _tickets() -> StatelessTickets:
    return StatelessTickets(TicketKey(bytes(16), bytes(32)))


@pytest.mark.parametrize(
    "flight", [b"", b"GET / HTTP/1.1\r\n\r\n", bytes(5), visit(guess(b"x"))[:60]]
)
def test_what_is_no_client_hello_brings_nothing(flight: bytes) -> None:
    assert taken_home(flight) == ()


# OpenSSL's ends -----------------------------------------------------------------------------------


@pytest.fixture
def openssl() -> None:
    try:
        find_openssl()
    except OpenSSLUnavailable as reason:
        missing(str(reason))


@contextmanager
def letting_it_come() -> Iterator[tuple[int, list[bytes]]]:
    """A port where somebody takes in a first flight, and hangs up."""
    came: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)

        def take() -> None:
            caller, _ = listening.accept()
            with caller:
                caller.settimeout(60)
                flight = b""
                while not taken_home(flight) and (more := caller.recv(65536)):
                    flight += more
                came.append(flight)

        thread = Thread(target=take)
        thread.start()
        try:
            yield listening.getsockname()[1], came
        finally:
            thread.join(60)


@pytest.mark.openssl
@pytest.mark.usefixtures("openssl")
@pytest.mark.parametrize("mode", MODES)
def test_s_client_leaves_its_binder_with_whoever_it_calls(mode: PskMode) -> None:
    with letting_it_come() as (port, came), pytest.raises(OpenSSLFailed):
        s_client(port, psk=OpenSSLPsk("printer", b"dragon"), modes=[mode])
    (flight,) = came
    assert tried_on(taken_home(flight), WORDS) == (3, b"dragon")


@pytest.mark.openssl
@pytest.mark.usefixtures("openssl")
@pytest.mark.parametrize("mode", MODES)
def test_s_server_answers_guess_by_guess_and_never_tires(mode: PskMode) -> None:
    """It counts nothing: fourteen wrong binders, and the fifteenth is looked at like the first."""
    with OpenSSLServer(psk=OpenSSLPsk("printer", b"dragon"), modes=[mode]) as server:
        said = []

        def right(word: bytes) -> bool:
            with calling(server.port) as carry:
                said.append(ask(guess(word, mode), lambda: carry, real_environment()))
            return said[-1] is GuessAnswer.RIGHT

        assert try_words([*[b"wrong"] * 12, *WORDS], 100, right) == Asked(15, b"dragon")
    assert said == [GuessAnswer.WRONG] * 14 + [GuessAnswer.RIGHT]


@contextmanager
def calling(port: int) -> Iterator[Carry]:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as there:

        def carry(said: bytes) -> bytes:
            with suppress(ConnectionError):
                there.sendall(said)
                return there.recv(65536)
            return b""

        yield carry
