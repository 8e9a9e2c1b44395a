"""A certificate together with an external PSK: what comes of it, and what each side refuses."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.handshake.scenes import (
    BOTH,
    CCS,
    CLIENT,
    CREDENTIAL,
    PSK,
    SERVER,
    alert_of,
    client_hello,
    env,
    record,
    ticketed,
    with_extensions,
)
from tls13lab.crypto.certificates import self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.handshake.cert_with_extern_psk import MODE
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.machine import AnyState, step
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.handshake.states import WaitCertificateOrRequest, WaitEncryptedExtensions
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import (
    CertWithExternPsk,
    EarlyData,
    PskKeyExchangeModes,
    SelectedVersion,
    SignatureAlgorithms,
    SupportedGroups,
)
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import CertificateRequest, EncryptedExtensions
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import PskKind
from tls13lab.wire.codepoints import CipherSuite, HandshakeType, NamedGroup
from tls13lab.wire.faults import LocalFault, PeerFault, TLSFault

ASKS = replace(CLIENT, psks=(PSK,), cert_with_extern_psk=True)
GIVES = replace(SERVER, cert_with_extern_psk=True)
WRONG = replace(PSK, key=bytes(32))
Change = Callable[[list[Extension]], list[Extension]]


def without(*kinds: type[Extension]) -> Change:
    return lambda extensions: [one for one in extensions if not isinstance(one, kinds)]


def added(new: Extension) -> Change:
    return lambda extensions: [new, *extensions]


def swapped(new: Extension) -> Change:
    return lambda extensions: [
        new if one.extension_type == new.extension_type else one for one in extensions
    ]


def made(client: ClientConfig = ASKS, server: ServerConfig = GIVES) -> Pair:
    pair = Pair(client, server, seed="certificate and PSK")
    pair.handshake()
    return pair


def messages_of(pair: Pair) -> list[int]:
    return [raw[0] for one in pair.conversation().steps for raw in one.messages]


# What comes of it --------------------------------------------------------------------------------


def test_the_certificate_is_shown_and_the_psk_is_in_the_keys() -> None:
    pair = made()
    for outcome in (pair.client.outcome, pair.server.outcome):
        assert (outcome.mode, outcome.psk_kind) == (MODE, PskKind.EXTERNAL)
        assert (outcome.chain, outcome.psk_identity) == (CREDENTIAL.chain, b"lab")
        assert not outcome.resumed
        assert outcome.group == NamedGroup.X25519
    expected = EarlyStage.start("sha256", PSK.key).early_secret
    assert pair.conversation().secrets["early_secret"] == expected
    assert messages_of(pair)[:7] == [
        HandshakeType.CLIENT_HELLO,
        HandshakeType.SERVER_HELLO,
        HandshakeType.ENCRYPTED_EXTENSIONS,
        HandshakeType.CERTIFICATE,
        HandshakeType.CERTIFICATE_VERIFY,
        HandshakeType.FINISHED,
        HandshakeType.FINISHED,
    ]
    pair.client.send(b"ping")
    pair.pump()
    assert pair.server_received == b"ping"


def test_the_extension_is_empty_and_stands_in_both_hellos() -> None:
    hellos = [
        unpack(raw)
        for one in made().conversation().steps
        for raw in one.messages
        if raw[0] in (HandshakeType.CLIENT_HELLO, HandshakeType.SERVER_HELLO)
    ]
    assert len(hellos) == 2
    for hello in hellos:
        found = hello.find(CertWithExternPsk)  # type: ignore[union-attr]
        assert found is not None
        assert (found.extension_type, found.encode()) == (33, b"")


@pytest.mark.parametrize("suite", list(CipherSuite)[:3])
def test_with_each_hash(suite: CipherSuite) -> None:
    hash_name = "sha384" if suite is CipherSuite.TLS_AES_256_GCM_SHA384 else "sha256"
    psk = replace(PSK, hash_name=hash_name)
    pair = made(replace(ASKS, psks=(psk,), suites=(suite,)), replace(GIVES, psks=(psk,)))
    assert (pair.client.outcome.mode, pair.client.outcome.suite.code_point) == (MODE, suite)


def test_after_a_hello_retry_request_both_hellos_ask() -> None:
    pair = made(server=replace(GIVES, groups=(NamedGroup.SECP256R1,)))
    assert (pair.client.outcome.mode, pair.client.outcome.retried) == (MODE, True)


def test_an_imported_psk_is_external_too() -> None:
    psks = import_psk(PSK, b"both ends")
    pair = made(replace(ASKS, psks=psks), replace(GIVES, psks=psks))
    assert (pair.client.outcome.mode, pair.client.outcome.psk_kind) == (MODE, PskKind.IMPORTED)


@pytest.mark.parametrize("modes", [BOTH, frozenset({PSK_DHE_KE})])
def test_its_tickets_resume_without_certificate(modes: frozenset[object]) -> None:
    first = made(replace(ASKS, modes=modes), replace(GIVES, max_early_data_size=100))  # type: ignore[arg-type]
    assert first.tickets
    again = replace(CLIENT, psks=first.tickets[:1], early_data=b"early")
    pair = Pair(again, replace(GIVES, max_early_data_size=100), seed="resumed")
    assert pair.handshake().mode == "psk_dhe_ke"
    assert (pair.client.outcome.resumed, pair.server_early) == (True, b"early")


def test_the_client_answers_a_certificate_request_with_an_empty_certificate() -> None:
    """With the extension a server may ask (5.2); this lab's server does not, so the test does."""
    state, messages = flight()
    state, _ = step(state, messages[0], env())
    assert isinstance(state, WaitCertificateOrRequest)
    request = CertificateRequest(b"", (SignatureAlgorithms((0x0403,)),))
    state, _ = step(state, pack(request), env())
    assert state.state.name == "CLIENT_WAIT_CERT"


def test_a_server_without_the_psk_shows_its_certificate_alone() -> None:
    pair = made(server=replace(GIVES, psks=(replace(PSK, identity=b"other"),)))
    assert (pair.client.outcome.mode, pair.client.outcome.psk_kind) == ("full", None)


def test_a_server_that_does_both_takes_no_psk_from_who_does_not_ask() -> None:
    """Else everybody in the group that shares the PSK would be as good as the client."""
    assert made(replace(CLIENT, psks=(PSK,))).client.outcome.mode == "full"


def test_prefer_psk_ke_does_not_count() -> None:
    server = replace(GIVES, prefer_psk_ke=True)
    assert made(server=server).client.outcome.mode == MODE


# What a client refuses ---------------------------------------------------------------------------


def test_who_knows_the_psk_and_has_no_certificate_is_not_the_server() -> None:
    pair = Pair(ASKS, ServerConfig(psks=(PSK,)), seed="a member of the group")
    with pytest.raises(PeerFault) as caught:
        pair.handshake()
    assert caught.value.alert.name == "HANDSHAKE_FAILURE"
    # The counter-test: a client that does not ask for the certificate takes it for the server.
    lax = Pair(replace(ASKS, cert_with_extern_psk=False), ServerConfig(psks=(PSK,)), seed="lax")
    assert lax.handshake().mode == "psk_dhe_ke"


def test_who_has_another_certificate_and_knows_the_psk_is_not_the_server() -> None:
    other = self_signed("lab.example", LESSON_TIME_MS, seeded("somebody else's"))
    with pytest.raises(TLSFault):
        made(server=replace(GIVES, credential=other))


def answered(config: ClientConfig, server: ServerConfig) -> tuple[Connection, ServerHello]:
    client = Connection.client(config, env("client"))
    steps: list[bytes] = []
    tap = lambda seen: steps.extend(getattr(seen, "messages", ()))  # noqa: E731
    Connection.server(server, tap).receive(client.outgoing(), env())
    hello = unpack(steps[-1] if steps[0][0] == HandshakeType.CLIENT_HELLO else steps[0])
    assert isinstance(hello, ServerHello)
    return client, hello


ANSWERS: list[tuple[ClientConfig, Change, str]] = [
    (ASKS, without(KeyShareServerHello), "missing_extension"),
    (ASKS, without(SelectedPsk), "missing_extension"),
    (ASKS, without(CertWithExternPsk), "handshake_failure"),
    (ASKS, swapped(SelectedPsk(1)), "illegal_parameter"),
    (ASKS, swapped(RawExtension(33, b"\x00")), "decode_error"),
]


@pytest.mark.parametrize(("config", "change", "alert"), ANSWERS)
def test_a_bad_answer(config: ClientConfig, change: Change, alert: str) -> None:
    client, hello = answered(config, GIVES)
    changed = replace(hello, extensions=tuple(change(list(hello.extensions))))
    assert alert_of(client, record(pack(changed))) == alert


@pytest.mark.parametrize("config", [CLIENT, replace(CLIENT, psks=(PSK,))])
def test_an_answer_that_was_not_asked_for(config: ClientConfig) -> None:
    client, hello = answered(config, SERVER)
    changed = replace(hello, extensions=(*hello.extensions, CertWithExternPsk()))
    assert alert_of(client, record(pack(changed))) == "unsupported_extension"


def test_it_may_stand_in_no_other_message() -> None:
    client = Connection.client(ASKS, env("client"))
    session_id = client_hello(ASKS)[39:71]
    wanted = (SelectedVersion(), KeyShareHelloRetryRequest(NamedGroup.SECP256R1))
    retry = HelloRetryRequest(session_id, 0x1301, (*wanted, CertWithExternPsk()))
    assert alert_of(client, record(pack(retry))) == "illegal_parameter"
    state, _ = flight()
    with pytest.raises(PeerFault) as caught:
        step(state, pack(EncryptedExtensions((CertWithExternPsk(),))), env())
    assert caught.value.alert.name == "ILLEGAL_PARAMETER"


def flight() -> tuple[AnyState, list[bytes]]:
    """The client's state after the ServerHello, and the messages that would follow."""
    steps: list[bytes] = []
    client = Connection.client(ASKS, env("client"))
    server = Connection.server(GIVES, lambda seen: steps.extend(getattr(seen, "messages", ())))
    server.receive(client.outgoing(), env())
    state, _ = step(client._state, steps[0], env())
    assert isinstance(state, WaitEncryptedExtensions)
    return state, steps[1:]


@pytest.mark.parametrize("left_out", [1, 2])
def test_certificate_and_signature_must_come(left_out: int) -> None:
    state, messages = flight()
    wanted = [HandshakeType.CERTIFICATE, HandshakeType.CERTIFICATE_VERIFY]
    assert [messages[at][0] for at in (1, 2)] == wanted
    for raw in messages[:left_out]:
        state, _ = step(state, raw, env())
    with pytest.raises(PeerFault) as caught:
        step(state, messages[left_out + 1], env())
    assert caught.value.alert.name == "UNEXPECTED_MESSAGE"


# What a server refuses ---------------------------------------------------------------------------

HELLO = client_hello(ASKS)
OFFERS: list[tuple[Change, str]] = [
    (without(KeyShareClientHello, SupportedGroups), "missing_extension"),
    (without(PskKeyExchangeModes), "missing_extension"),
    (without(OfferedPsks), "missing_extension"),
    (without(SignatureAlgorithms), "missing_extension"),
    (swapped(PskKeyExchangeModes((PSK_KE,))), "illegal_parameter"),
    (added(EarlyData()), "illegal_parameter"),
    # The change alone spoils the binder: with the extension that is illegal_parameter, too.
    (added(RawExtension(0x0A0A, b"")), "illegal_parameter"),
    (swapped(RawExtension(33, b"\x00")), "decode_error"),
]


@pytest.mark.parametrize(("change", "alert"), OFFERS)
def test_a_bad_offer(change: Change, alert: str) -> None:
    changed = with_extensions(HELLO, change)
    assert alert_of(Connection.server(GIVES), record(changed)) == alert


def test_a_wrong_binder_gets_illegal_parameter_here_and_decrypt_error_elsewhere() -> None:
    wrong = record(client_hello(replace(ASKS, psks=(WRONG,))))
    assert alert_of(Connection.server(GIVES), wrong) == "illegal_parameter"
    alone = record(client_hello(replace(CLIENT, psks=(WRONG,))))
    assert alert_of(Connection.server(SERVER), alone) == "decrypt_error"


@pytest.mark.parametrize("first", [True, False])
def test_a_ticket_may_not_be_offered_with_it(first: bool) -> None:
    """Whether or not an external PSK comes before it."""
    (ticket,) = ticketed().psks
    psks = (ticket, PSK) if first else (PSK, ticket)
    hello = with_extensions(
        client_hello(replace(CLIENT, psks=psks)),
        lambda extensions: [*extensions[:-1], CertWithExternPsk(), extensions[-1]],
    )
    assert alert_of(Connection.server(GIVES), record(hello)) == "illegal_parameter"


def test_the_second_hello_may_not_drop_it() -> None:
    server = Connection.server(replace(GIVES, groups=(NamedGroup.SECP256R1,)))
    client = Connection.client(ASKS, env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing().removeprefix(CCS)[5:]
    changed = with_extensions(second, without(CertWithExternPsk))
    assert alert_of(server, record(changed)) == "illegal_parameter"


def test_a_server_that_does_not_do_it_passes_over_it() -> None:
    """It is then as unknown to it as any other extension; that the client minds is its business."""
    steps: list[bytes] = []
    server = Connection.server(SERVER, lambda seen: steps.extend(getattr(seen, "messages", ())))
    server.receive(record(HELLO), env())
    hello = unpack(steps[-1] if steps[0][0] == HandshakeType.CLIENT_HELLO else steps[0])
    assert isinstance(hello, ServerHello)
    assert hello.find(CertWithExternPsk) is None
    assert hello.find(SelectedPsk) == SelectedPsk(0)


# What cannot be configured -----------------------------------------------------------------------


def test_a_client_that_could_only_break_the_rules_is_not_made() -> None:
    (ticket,) = ticketed().psks
    changes: list[tuple[dict[str, object], str]] = [
        ({"psks": (PSK, ticket)}, "external PSKs only"),
        ({"modes": frozenset({PSK_KE})}, "psk_dhe_ke only"),
        ({"trust": None}, "which certificates to trust"),
        ({"early_data": b"early"}, "rules early data out"),
    ]
    for change, why in changes:
        with pytest.raises(LocalFault, match=why):
            replace(ASKS, **change)  # type: ignore[arg-type]


def test_a_client_without_a_psk_that_fits_says_so() -> None:
    for config in (replace(ASKS, psks=()), replace(ASKS, psks=(replace(PSK, hash_name="sha384"),))):
        config = replace(config, suites=(CipherSuite.TLS_AES_128_GCM_SHA256,))
        with pytest.raises(LocalFault, match="give a PSK with the hash of a suite"):
            Connection.client(config, env())


def test_a_retry_that_rules_every_psk_out_ends_it() -> None:
    client = Connection.client(ASKS, env("client"))
    session_id = client_hello(ASKS)[39:71]
    wanted = (SelectedVersion(), KeyShareHelloRetryRequest(NamedGroup.SECP256R1))
    retry = HelloRetryRequest(session_id, CipherSuite.TLS_AES_256_GCM_SHA384, wanted)
    assert alert_of(client, record(pack(retry))) == "handshake_failure"


def test_a_server_needs_both() -> None:
    for change in ({"credential": None}, {"psks": ()}, {"modes": frozenset({PSK_KE})}):
        with pytest.raises(LocalFault, match="needs both"):
            replace(GIVES, **change)


def test_the_lessons_have_it() -> None:
    assert Pair(*lesson_configs(MODE), seed="lesson").handshake().mode == MODE
