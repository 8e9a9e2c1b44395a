"""Deliberately different servers, each with a finding that it must have and a good one must not."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL
from tests.held_ports import held_port
from tls13lab.handshake import choice, early_data, server
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, Environment, ServerConfig
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.negotiation import PskKeyExchangeModes, ServerName
from tls13lab.peers.background import serving
from tls13lab.peers.client import Unreachable
from tls13lab.peers.link import real_environment
from tls13lab.probe import questions
from tls13lab.probe.finding import CATALOGUE, Grade
from tls13lab.probe.probe import NothingToProbe, probe
from tls13lab.probe.prober import MOST_CONNECTIONS, Prober, TooManyQuestions
from tls13lab.psk.anti_replay import ClientHelloWindow, NoAntiReplay
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.faults import BinderMismatch, UnknownPskIdentity

PSK = ExternalPsk(b"lab", bytes(range(32)))


def good() -> ServerConfig:
    """A server that does as one would wish: psk_dhe_ke, single-use tickets, no 0-RTT."""
    return ServerConfig(
        credential=CREDENTIAL,
        psks=(PSK,),
        modes=frozenset({PSK_DHE_KE}),
        tickets=StatefulTickets(),
    )


def sealed(key: bytes | None = None) -> StatelessTickets:
    """Tickets under this key of 32 bytes, or a fresh one."""
    return StatelessTickets(TicketKey(os.urandom(16), os.urandom(32) if key is None else key))


def early(**changes: object) -> ServerConfig:
    """A server that takes early data, once."""
    config = replace(
        good(), tickets=sealed(), max_early_data_size=1000, anti_replay=ClientHelloWindow()
    )
    return replace(config, **changes)  # type: ignore[arg-type]


class TakesNoneBack(StatefulTickets):
    """Sends tickets that it forgets."""

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        return None


def month() -> ServerConfig:
    """Tickets for thirty days, which the configuration would not let one ask for."""
    config = good()
    for field in ("ticket_lifetime_s", "resume_within_s"):
        object.__setattr__(config, field, 30 * 24 * 3600)
    return config


def no_age_add() -> Environment:
    real = real_environment()
    return Environment(real.now_ms, lambda n: bytes(4) if n == 4 else real.entropy(n))


def one_name_each(config: ServerConfig, hello: ClientHello, now_ms: int) -> choice.ServerChoice:
    """Takes no PSK for a name that it is asked for."""
    named = hello.find(ServerName) is not None
    return CHOOSE(replace(config, tickets=None, psks=()) if named else config, hello, now_ms)


def any_mode(config: object, hello: object, group: object) -> object:
    return PSK_KE


def lenient(config: ServerConfig, hello: ClientHello, group: int | None) -> object:
    """Assumes psk_dhe_ke where the client says nothing of modes."""
    if hello.find(PskKeyExchangeModes) is None:
        return PSK_DHE_KE
    return PSK_MODE(config, hello, group)


def silent_about_names(*arguments: object) -> choice.ServerChoice:
    """The same alert for a name that nobody knows."""
    try:
        return CHOOSE(*arguments)  # type: ignore[arg-type]
    except UnknownPskIdentity:
        raise BinderMismatch("no binder verifies") from None


CHOOSE, PSK_MODE = choice.choose, choice._psk_mode


@dataclass(frozen=True)
class Odd:
    """A server, what it must be found to do; ``patches`` are (module, name, replacement)."""

    finding: str
    config: Callable[[], ServerConfig] = good
    patches: tuple[tuple[object, str, object], ...] = ()
    environment: Callable[[], Environment] = real_environment


ODD = (
    Odd("psk-ke-accepted", lambda: replace(good(), modes=BOTH)),
    Odd("psk-ke-preferred", lambda: replace(good(), modes=BOTH, prefer_psk_ke=True)),
    Odd("psk-only", lambda: replace(good(), credential=None)),
    Odd(
        "no-identity-oracle",
        lambda: replace(good(), credential=None),
        ((server, "choose", silent_about_names),),
    ),
    Odd("no-tickets", lambda: replace(good(), tickets=None)),
    Odd("ticket-many-times", lambda: replace(good(), tickets=sealed())),
    Odd("ticket-key-known", lambda: replace(good(), tickets=sealed(bytes(32)))),
    Odd("ticket-lifetime-too-long", month),
    Odd("age-add-repeats", environment=no_age_add),
    Odd("resumption-refused", lambda: replace(good(), tickets=TakesNoneBack())),
    Odd("name-tied-to-ticket", patches=((server, "choose", one_name_each),)),
    Odd("psk-ignored", lambda: replace(good(), psks=())),
    Odd("binder-unchecked", patches=((server, "check_binder", lambda *_: None),)),
    Odd("mode-not-offered", patches=((choice, "_psk_mode", any_mode),)),
    Odd(
        "modes-missing-accepted",
        patches=((choice, "check_hello", lambda _: None), (choice, "_psk_mode", lenient)),
    ),
    Odd("early-data-accepted", early),
    Odd("replay-accepted", lambda: early(anti_replay=NoAntiReplay())),
    Odd("stale-early-data-accepted", early, ((early_data, "_fresh", lambda *_: True),)),
)


@contextmanager
def running(odd: Odd) -> Iterator[int]:
    with pytest.MonkeyPatch.context() as patch:
        for module, name, new in odd.patches:
            patch.setattr(module, name, new)
        with serving(odd.config(), environment=odd.environment) as server_:
            yield server_.port


def found(port: int, psk: ExternalPsk | None = PSK) -> set[str]:
    return {one.name for one in probe(Prober("127.0.0.1", port, psk, pause=0.0))}


@pytest.fixture(scope="module")
def good_ones() -> set[str]:
    with running(Odd("")) as port:
        return found(port)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.finding)
def test_each_odd_server_is_told_from_the_good_one(odd: Odd, good_ones: set[str]) -> None:
    with running(odd) as port:
        assert odd.finding in found(port)
    assert odd.finding not in good_ones


def test_the_good_one_has_no_fault(good_ones: set[str]) -> None:
    grades = {name: CATALOGUE[name].grade for name in good_ones}
    assert Grade.FAULT not in grades.values()
    # With certificates and PSKs at once, a known name shows; the RFC says so itself (F.6).
    assert [name for name in grades if grades[name] is Grade.WARNING] == ["identity-oracle"]
    assert {"binder-checked", "wrong-hellos-refused", "ticket-once", "psk-ke-refused"} <= good_ones
    assert {"early-data-off", "retry-works", "resumption-works"} <= good_ones


def test_every_kind_of_finding_is_in_the_catalogue_and_the_document() -> None:
    text = (Path(__file__).parents[2] / "docs" / "probe.md").read_text(encoding="utf-8")
    for name, kind in CATALOGUE.items():
        row = (
            f"| {kind.grade.value} | `{name}` | {kind.section} | {kind.section_8446} | {kind.why} |"
        )
        assert row in text, name


def test_the_other_address(good_ones: set[str]) -> None:
    book = sealed()
    one, same = replace(good(), tickets=book), replace(good(), tickets=book)
    other = replace(good(), tickets=sealed())
    with serving(one) as first, serving(same) as second, serving(other) as third:
        for port, expected in (
            (second.port, "ticket-key-shared"),
            (third.port, "ticket-key-apart"),
        ):
            also = Prober("127.0.0.1", port, pause=0.0)
            names = {x.name for x in probe(Prober("127.0.0.1", first.port, pause=0.0), also)}
            assert expected in names


def test_a_psk_first_extension_is_seen_if_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server here can be made to take one, so the answer is made up."""
    with running(Odd("")) as port:
        prober = Prober("127.0.0.1", port, PSK, pause=0.0)
        monkeypatch.setattr(questions, "ask", lambda *_: "ServerHello with PSK")
        names = {one.name for one in questions.wrong_hellos(prober, PSK)}
    assert names == {"psk-not-last-accepted", "modes-missing-accepted"}


# Servers that are none ---------------------------------------------------------------------------


@contextmanager
def answering(answer: bytes | None) -> Iterator[int]:
    """Answers every connection with these bytes and closes; with None, it says nothing."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def run() -> None:
            held = []
            while not stop.is_set():
                try:
                    one, _ = listener.accept()
                except TimeoutError:
                    continue
                if answer is None:
                    held.append(one)
                    continue
                with one:
                    one.recv(65536)
                    one.sendall(answer)
            for one in held:
                one.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"", "closed the connection"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "is this TLS"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "does not speak TLS 1.3"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "have nothing in common"),
        (b"\x15\x03\x03\x00\x02\x02\x6d", "wants a PSK"),
        (None, "within 0.5 s"),
    ],
)
def test_no_server_of_tls_1_3(answer: bytes | None, says: str) -> None:
    patience = 0.5 if answer is None else 120.0
    with answering(answer) as port, pytest.raises(NothingToProbe, match=says):
        probe(Prober("127.0.0.1", port, pause=0.0, timeout=patience))


def test_no_server_at_all() -> None:
    # A port that is held: one that was let go may be somebody else's by now.
    with held_port() as port, pytest.raises(Unreachable):
        probe(Prober("127.0.0.1", port, pause=0.0))


def test_the_number_of_connections_is_bounded() -> None:
    prober = Prober("127.0.0.1", 1, pause=0.0, count=MOST_CONNECTIONS)
    with pytest.raises(TooManyQuestions):
        prober.ask(prober.config())
    with running(Odd("")) as port:
        whole = Prober("127.0.0.1", port, PSK, pause=0.0)
        probe(whole)
        assert 10 < whole.count <= MOST_CONNECTIONS
