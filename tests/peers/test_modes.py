"""Every way to agree on keys, over sockets: what both sides say of it, and the must-fail twin."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, PSK, env
from tls13lab.crypto.certificates import TrustAnyone, TrustPin
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment, ServerConfig
from tls13lab.peers.background import Running, serving
from tls13lab.peers.client import Report, connect
from tls13lab.peers.link import real_environment
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketBook
from tls13lab.wire.codepoints import AlertDescription, CipherSuite, NamedGroup, PskKeyExchangeMode
from tls13lab.wire.faults import AlertReceived, PeerFault, UnknownCA

HOST = "127.0.0.1"
OTHER = ExternalPsk(b"other", bytes(48))
SERVER = ServerConfig(credential=CREDENTIAL, psks=(PSK, OTHER), modes=BOTH)
CLIENT = ClientConfig(psks=(PSK,), trust=TrustAnyone(), server_name=NAME, modes=BOTH)
MODES = {"psk_ke": PSK_KE, "psk_dhe_ke": PSK_DHE_KE}


@pytest.fixture
def server() -> Iterator[Running]:
    with serving(SERVER) as running:
        yield running


def visit(server: Running, client: ClientConfig, send: bytes = b"hello") -> Report:
    report = connect(HOST, server.port, client, send=send)
    assert report.received == send
    return report


def refused(server: Running, client: ClientConfig) -> str:
    with pytest.raises(AlertReceived) as caught:
        connect(HOST, server.port, client)
    fault = server.wait_for(1)[-1].fault
    # Both sides name the same alert.
    assert isinstance(fault, PeerFault)
    assert fault.alert is caught.value.alert
    return fault.alert.name.lower()


@pytest.mark.parametrize("name", MODES)
def test_external(server: Running, name: str) -> None:
    report = visit(server, replace(CLIENT, psks=(OTHER, PSK), modes=frozenset({MODES[name]})))
    served = server.wait_for(1)[0].outcome
    assert (report.mode, report.resumed) == (name, False)
    assert report.outcome.psk_identity == b"other"
    assert (report.outcome.group is None) == (name == "psk_ke")
    assert served is not None
    assert (served.mode, served.psk_identity, served.server_name) == (name, b"other", NAME)


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize(
    "book", [StatefulTickets(), StatelessTickets(TicketKey.from_bytes(bytes(48)))]
)
def test_resumption(book: TicketBook, name: str) -> None:
    modes: frozenset[PskKeyExchangeMode] = frozenset({MODES[name]})
    client = replace(CLIENT, psks=(), modes=modes)
    with serving(replace(SERVER, tickets=book, alpn=(b"b", b"a"))) as server:
        first = visit(server, replace(client, alpn=(b"a", b"b")))
        assert (first.mode, first.outcome.alpn, len(first.tickets)) == ("full", b"b", 2)
        again = replace(client, psks=first.tickets[:1])
        assert [visit(server, again).mode, visit(server, again).mode] == [
            name,
            # Only a server with a memory can know that the ticket was used.
            "full" if isinstance(book, StatefulTickets) else name,
        ]
        assert not visit(server, replace(again, server_name="elsewhere.example")).resumed


def test_resumption_is_declined_after_the_ticket_key_was_rotated_twice() -> None:
    key, book = TicketKey, StatelessTickets(TicketKey.from_bytes(bytes(48)))
    with serving(replace(SERVER, tickets=book)) as server:
        ticket = visit(server, replace(CLIENT, psks=())).tickets[0]
        modes = []
        for number in (1, 2):
            book = book.rotate(key.from_bytes(bytes([number]) * 48))
            server.config = replace(server.config, tickets=book)
            modes.append(visit(server, replace(CLIENT, psks=(ticket,))).mode)
    assert modes == ["psk_dhe_ke", "full"]


def test_an_expired_ticket_is_declined_by_the_server_and_not_offered_by_the_client() -> None:
    late = 0

    def at_the_server() -> Environment:
        now = real_environment()
        return now._replace(now_ms=now.now_ms + late)

    book = StatefulTickets()
    config = replace(SERVER, tickets=book, ticket_lifetime_s=3600)
    with serving(config, environment=at_the_server) as server:
        first, second = visit(server, replace(CLIENT, psks=())).tickets
        assert visit(server, replace(CLIENT, psks=(first,))).resumed
        late = 3_600_001
        assert visit(server, replace(CLIENT, psks=(second,))).mode == "full"
        now = real_environment()
        report = connect(
            HOST,
            server.port,
            replace(CLIENT, psks=(second,)),
            environment=lambda: now._replace(now_ms=now.now_ms + 3_700_000),
        )
        assert "psk" not in report.secrets


def test_sha384(server: Running) -> None:
    strong = ExternalPsk(b"strong", bytes(48), "sha384")
    server.config = replace(SERVER, psks=(PSK, strong))
    report = visit(server, replace(CLIENT, psks=(strong,)))
    assert report.outcome.suite.code_point is CipherSuite.TLS_AES_256_GCM_SHA384
    assert (report.mode, len(report.secrets["main_secret"])) == ("psk_dhe_ke", 48)


def test_a_psk_of_another_hash_is_not_used(server: Running) -> None:
    """The server holds it for SHA-256; a client that takes only SHA-384 suites gets none of it."""
    wrong = replace(PSK, hash_name="sha384")
    suites = (CipherSuite.TLS_AES_256_GCM_SHA384,)
    assert visit(server, replace(CLIENT, psks=(wrong,), suites=suites)).mode == "full"
    assert visit(server, CLIENT).mode == "psk_dhe_ke"


@pytest.mark.parametrize("psks", [(), (PSK,)])
def test_hello_retry_request(server: Running, psks: tuple[ExternalPsk, ...]) -> None:
    groups = (NamedGroup.SECP256R1, NamedGroup.X25519)
    server.config = replace(SERVER, groups=(NamedGroup.X25519,))
    report = visit(server, replace(CLIENT, psks=psks, groups=groups, modes=frozenset({PSK_DHE_KE})))
    assert report.outcome.retried
    assert report.outcome.group == NamedGroup.X25519
    assert report.mode == ("psk_dhe_ke" if psks else "full")
    assert str(server.wait_for(1)[0]).endswith("after HelloRetryRequest")
    assert not visit(server, replace(CLIENT, psks=psks)).outcome.retried


def test_an_unknown_identity_falls_back_to_the_certificate_if_there_is_one(server: Running) -> None:
    stranger = replace(CLIENT, psks=(ExternalPsk(b"stranger", bytes(32)),))
    report = visit(server, stranger)
    assert (report.mode, report.outcome.chain) == ("full", CREDENTIAL.chain)


def test_an_unknown_identity_is_refused_if_there_is_no_certificate(server: Running) -> None:
    server.config = replace(SERVER, credential=None)
    stranger = replace(CLIENT, psks=(ExternalPsk(b"stranger", bytes(32)),))
    assert refused(server, stranger) == "unknown_psk_identity"


def test_a_wrong_binder(server: Running) -> None:
    assert refused(server, replace(CLIENT, psks=(replace(PSK, key=bytes(32)),))) == "decrypt_error"
    assert not any(word in str(server.reports[0]) for word in (PSK.key.hex(), "lab"))


def test_no_common_protocol(server: Running) -> None:
    server.config = replace(SERVER, alpn=(b"h2",))
    assert refused(server, replace(CLIENT, alpn=(b"h3",))) == "no_application_protocol"


def test_a_certificate_that_the_client_does_not_believe(server: Running) -> None:
    """Here the alert goes the other way."""
    stranger = replace(CLIENT, psks=(), trust=TrustPin(bytes(32)))
    with pytest.raises(UnknownCA, match="pinned"):
        connect(HOST, server.port, stranger, environment=env)
    fault = server.wait_for(1)[0].fault
    assert isinstance(fault, AlertReceived)
    assert fault.alert is AlertDescription.UNKNOWN_CA


def test_the_key_log_has_just_the_secrets_with_a_label(server: Running) -> None:
    report = visit(server, CLIENT)
    assert len(report.client_random) == 32
    logged = {row.name for row in SCHEDULE.values() if row.keylog} & set(report.secrets)
    assert len(logged) == 5
    assert not any(value.hex() in repr(report) for value in report.secrets.values())
