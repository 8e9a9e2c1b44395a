"""Each thing that a peer must not do, done; and the alert that it gets for it."""

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
from tls13lab.crypto.groups import respond
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.machine import AnyState, step
from tls13lab.handshake.pair import Pair
from tls13lab.handshake.states import WaitEncryptedExtensions, WaitServerHello
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.handshake import Message, pack, unpack
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareEntry,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import (
    Alpn,
    Cookie,
    EarlyData,
    PskKeyExchangeModes,
    SelectedVersion,
    ServerNameAck,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.post_handshake import KeyUpdate
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType, NamedGroup
from tls13lab.wire.faults import AlertReceived, PeerFault

X25519, P256 = NamedGroup.X25519, NamedGroup.SECP256R1
Change = Callable[[list[Extension]], list[Extension]]


def without(*kinds: type[Extension]) -> Change:
    return lambda extensions: [one for one in extensions if not isinstance(one, kinds)]


def swapped(new: Extension) -> Change:
    return lambda extensions: [
        new if one.extension_type == new.extension_type else one for one in extensions
    ]


def added(new: Extension) -> Change:
    return lambda extensions: [new, *extensions]


# What a server refuses in a ClientHello ----------------------------------------------------------

HELLO = client_hello(CLIENT)
PSK_HELLO = client_hello(replace(CLIENT, psks=(PSK,)))
SHARE = KeyShareEntry(X25519, bytes(31) + b"\x09")
HELLO_CHANGES: list[tuple[bytes, Change, str]] = [
    (HELLO, without(SupportedVersions), "protocol_version"),
    (HELLO, swapped(SupportedVersions((0x0303,))), "protocol_version"),
    (HELLO, without(SupportedGroups), "missing_extension"),
    (HELLO, without(KeyShareClientHello), "missing_extension"),
    (HELLO, without(SignatureAlgorithms), "missing_extension"),
    (HELLO, without(SupportedGroups, KeyShareClientHello), "missing_extension"),
    (HELLO, swapped(SignatureAlgorithms((0x0807,))), "handshake_failure"),
    (HELLO, swapped(SupportedGroups((P256,))), "illegal_parameter"),
    (HELLO, swapped(KeyShareClientHello((SHARE, SHARE))), "illegal_parameter"),
    (HELLO, swapped(KeyShareClientHello((KeyShareEntry(X25519, bytes(32)),))), "illegal_parameter"),
    (HELLO, swapped(KeyShareClientHello((KeyShareEntry(X25519, b"short"),))), "illegal_parameter"),
    (HELLO, added(SupportedVersions((0x0304,))), "illegal_parameter"),
    (PSK_HELLO, without(PskKeyExchangeModes), "missing_extension"),
    (PSK_HELLO, lambda all_: [all_[-1], *all_[:-1]], "illegal_parameter"),
    (PSK_HELLO, added(RawExtension(0x0A0A, b"")), "decrypt_error"),
]


@pytest.mark.parametrize(("hello", "change", "alert"), HELLO_CHANGES)
def test_a_bad_client_hello(hello: bytes, change: Change, alert: str) -> None:
    assert alert_of(Connection.server(SERVER), record(with_extensions(hello, change))) == alert


def test_a_full_handshake_needs_what_a_psk_hello_may_lack() -> None:
    stranger = replace(PSK, identity=b"nobody")
    bare = ClientConfig(psks=(stranger,), modes=BOTH)
    assert alert_of(Connection.server(SERVER), record(client_hello(bare))) == "missing_extension"
    only_ffdhe = with_extensions(
        with_extensions(HELLO, swapped(SupportedGroups((NamedGroup.FFDHE2048,)))),
        swapped(KeyShareClientHello(())),
    )
    assert alert_of(Connection.server(SERVER), record(only_ffdhe)) == "handshake_failure"
    no_suite = pack(replace(unpack(HELLO), cipher_suites=(0x1399,)))  # type: ignore[arg-type]
    assert alert_of(Connection.server(SERVER), record(no_suite)) == "handshake_failure"


def test_binders_must_match_identities_in_number() -> None:
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    two = replace(offered, binders=offered.binders * 2)
    changed = with_extensions(PSK_HELLO, swapped(two))
    assert alert_of(Connection.server(SERVER), record(changed)) == "illegal_parameter"


@pytest.mark.parametrize(
    ("field", "value", "alert"),
    [
        ("legacy_compression_methods", b"\x01", "illegal_parameter"),
        ("extensions", (), "protocol_version"),
    ],
)
def test_other_fields_of_a_client_hello(field: str, value: object, alert: str) -> None:
    changed = pack(replace(unpack(HELLO), **{field: value}))  # type: ignore[arg-type]
    assert alert_of(Connection.server(SERVER), record(changed)) == alert


def test_a_tls_1_2_client_hello_without_extensions_gets_protocol_version() -> None:
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x00\x02\xc0\x2f" + b"\x01\x00"
    raw = b"\x01" + len(body).to_bytes(3, "big") + body
    assert alert_of(Connection.server(SERVER), record(raw)) == "protocol_version"


def more_shares(*entries: KeyShareEntry) -> Change:
    """These shares behind the honest ones."""

    def change(extensions: list[Extension]) -> list[Extension]:
        return [
            KeyShareClientHello((*one.client_shares, *entries))
            if isinstance(one, KeyShareClientHello)
            else one
            for one in extensions
        ]

    return change


SECOND_CHANGES: list[tuple[Change, str]] = [
    (added(EarlyData()), "illegal_parameter"),
    (swapped(SupportedGroups((P256,))), "illegal_parameter"),
    (swapped(KeyShareClientHello(())), "illegal_parameter"),
    (added(RawExtension(0x0A0A, b"new")), "illegal_parameter"),
    (added(Cookie(b"that was not given")), "illegal_parameter"),
    # The right share, and one in a group that was offered and not asked for.
    (more_shares(SHARE), "illegal_parameter"),
]


@pytest.mark.parametrize(("change", "alert"), SECOND_CHANGES)
def test_a_bad_second_client_hello(change: Change, alert: str) -> None:
    server = Connection.server(replace(SERVER, groups=(P256,)))
    client = Connection.client(CLIENT, env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing()[6 + 5 :]  # a change_cipher_spec stands before it
    assert alert_of(server, record(with_extensions(second, change))) == alert


def reoffered(*psks: int | str) -> Change:
    """PSKs by their place in the first ClientHello, or by a new name; the binders are wrong."""

    def change(extensions: list[Extension]) -> list[Extension]:
        (old,) = [one for one in extensions if isinstance(one, OfferedPsks)]
        identities = tuple(
            old.identities[one] if isinstance(one, int) else PskIdentity(one.encode(), 0)
            for one in psks
        )
        rest = [one for one in extensions if one is not old]
        return [*rest, OfferedPsks(identities, (bytes(32),) * len(psks))] if psks else rest

    return change


OTHERS = (replace(PSK, identity=b"first"), PSK, replace(PSK, identity=b"last"))
SECOND_PSKS: list[tuple[Change, str]] = [
    # PSK itself is in the middle, and the only one that the server knows.
    (reoffered(), "illegal_parameter"),
    (reoffered(0, 2), "illegal_parameter"),
    (reoffered(1, 0), "illegal_parameter"),
    (reoffered("new", 1), "illegal_parameter"),
    (reoffered(1, 1), "illegal_parameter"),
    # These go on to the binder, which is wrong.
    (reoffered(0, 1, 2), "decrypt_error"),
    (reoffered(1), "decrypt_error"),
    (reoffered(1, 2), "decrypt_error"),
]


@pytest.mark.parametrize(("change", "alert"), SECOND_PSKS)
def test_a_second_client_hello_may_leave_out_psks_but_not_the_one_that_fits(
    change: Change, alert: str
) -> None:
    server = Connection.server(replace(SERVER, groups=(P256,)))
    client = Connection.client(replace(CLIENT, psks=OTHERS), env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing()[6 + 5 :]
    assert alert_of(server, record(with_extensions(second, change))) == alert


# What a client refuses in a ServerHello ----------------------------------------------------------


def answered(config: ClientConfig) -> tuple[Connection, ServerHello]:
    """A client that waits, and the good ServerHello for it."""
    client = Connection.client(config, env("client"))
    server = Connection.server(SERVER)
    steps: list[bytes] = []
    server._sender._tap = server._tap = lambda seen: steps.extend(getattr(seen, "messages", ()))
    server.receive(client.outgoing(), env())
    hello = unpack(steps[0])
    assert isinstance(hello, ServerHello)
    return client, hello


def refusal(config: ClientConfig, change: Callable[[ServerHello], Message]) -> str:
    client, hello = answered(config)
    return alert_of(client, record(pack(change(hello))))


def extended(change: Change) -> Callable[[ServerHello], Message]:
    return lambda hello: replace(hello, extensions=tuple(change(list(hello.extensions))))


WITH_PSK = replace(CLIENT, psks=(PSK,))
OTHER_SHARE = KeyShareServerHello(
    KeyShareEntry(P256, respond(X25519, SHARE.key_exchange, env().entropy).share)
)
SERVER_HELLO_CHANGES: list[tuple[ClientConfig, Callable[[ServerHello], Message], str]] = [
    (CLIENT, lambda h: replace(h, legacy_session_id_echo=b"other"), "illegal_parameter"),
    (CLIENT, lambda h: replace(h, cipher_suite=0x1399), "illegal_parameter"),
    (CLIENT, extended(without(SelectedVersion)), "protocol_version"),
    (CLIENT, extended(swapped(SelectedVersion(0x0305))), "illegal_parameter"),
    (CLIENT, extended(added(RawExtension(0x0A0A, b""))), "unsupported_extension"),
    (CLIENT, extended(added(SelectedPsk(0))), "unsupported_extension"),
    (CLIENT, extended(without(KeyShareServerHello)), "missing_extension"),
    (CLIENT, extended(swapped(OTHER_SHARE)), "illegal_parameter"),
    (
        CLIENT,
        lambda h: replace(
            h,
            random=bytes(24) + b"DOWNGRD\x01",
            extensions=tuple(without(SelectedVersion)(list(h.extensions))),
        ),
        "illegal_parameter",
    ),
    (WITH_PSK, extended(swapped(SelectedPsk(1))), "illegal_parameter"),
    (WITH_PSK, lambda h: replace(h, cipher_suite=0x1302), "illegal_parameter"),
    (
        replace(WITH_PSK, modes=frozenset({PSK_DHE_KE})),
        extended(without(KeyShareServerHello)),
        "illegal_parameter",
    ),
    (ClientConfig(psks=(PSK,), modes=BOTH), extended(without(SelectedPsk)), "handshake_failure"),
    # A client that offers psk_ke and nothing else has sent no key_share.
    (
        ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})),
        extended(added(OTHER_SHARE)),
        "unsupported_extension",
    ),
]


@pytest.mark.parametrize(("config", "change", "alert"), SERVER_HELLO_CHANGES)
def test_a_bad_server_hello(
    config: ClientConfig, change: Callable[[ServerHello], Message], alert: str
) -> None:
    assert refusal(config, change) == alert


def test_psk_dhe_ke_may_not_be_chosen_by_force() -> None:
    config = replace(WITH_PSK, modes=frozenset({PSK_KE}))
    share = KeyShareServerHello(KeyShareEntry(X25519, SHARE.key_exchange))
    assert refusal(config, extended(added(share))) == "illegal_parameter"


def test_the_twin_of_all_these_the_good_server_hello_is_taken() -> None:
    for config in (CLIENT, WITH_PSK):
        client, hello = answered(config)
        client.receive(record(pack(hello)), env())
        assert client.state_name == "CLIENT_WAIT_EE"


def test_a_second_client_hello_in_another_order_is_the_same() -> None:
    server = Connection.server(replace(SERVER, groups=(P256,)))
    client = Connection.client(CLIENT, env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing()[6 + 5 :]
    turned = with_extensions(second, lambda extensions: extensions[::-1])
    server.receive(record(turned), env())
    assert server.outgoing()


# What a client refuses in a HelloRetryRequest ----------------------------------------------------


def retry(client: Connection, *extensions: Extension, **fields: object) -> bytes:
    state = client._state
    assert isinstance(state, WaitServerHello)
    request = HelloRetryRequest(
        state.offer.hello.legacy_session_id, 0x1301, (SelectedVersion(), *extensions)
    )
    return record(pack(replace(request, **fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extensions", "alert"),
    [
        ((), "illegal_parameter"),
        ((KeyShareHelloRetryRequest(X25519),), "illegal_parameter"),
        ((KeyShareHelloRetryRequest(NamedGroup.X448),), "illegal_parameter"),
        ((RawExtension(0x0A0A, b""),), "unsupported_extension"),
    ],
)
def test_a_bad_hello_retry_request(extensions: tuple[Extension, ...], alert: str) -> None:
    client = Connection.client(CLIENT, env())
    assert alert_of(client, retry(client, *extensions)) == alert


def test_a_retry_for_a_share_where_none_was_offered() -> None:
    client = Connection.client(ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE})), env())
    request = retry(client, KeyShareHelloRetryRequest(P256))
    assert alert_of(client, request) == "unsupported_extension"


def test_a_cookie_is_repeated_and_a_second_retry_refused() -> None:
    client = Connection.client(CLIENT, env())
    client.receive(retry(client, Cookie(b"crumbs")), env())
    second = unpack(client.outgoing().split(frame(ContentType.CHANGE_CIPHER_SPEC, b"\x01"))[1][5:])
    assert isinstance(second, ClientHello)
    assert second.find(Cookie) == Cookie(b"crumbs")
    assert alert_of(client, retry(client, Cookie(b"more"))) == "unexpected_message"


def test_the_suite_may_not_change_after_a_retry() -> None:
    client = Connection.client(CLIENT, env())
    client.receive(retry(client, Cookie(b"crumbs")), env())
    state = client._state
    assert isinstance(state, WaitServerHello)
    hello = ServerHello(
        bytes(32), state.offer.hello.legacy_session_id, 0x1303, (SelectedVersion(), OTHER_SHARE)
    )
    assert alert_of(client, record(pack(hello))) == "illegal_parameter"


# What a client refuses in the rest of the flight -------------------------------------------------


def flight(config: ClientConfig = CLIENT) -> tuple[AnyState, list[bytes]]:
    """The state after ServerHello, and the messages that would follow."""
    steps: list[bytes] = []
    client = Connection.client(config, env("client"))
    server = Connection.server(SERVER, lambda seen: steps.extend(getattr(seen, "messages", ())))
    server.receive(client.outgoing(), env())
    state, _ = step(client._state, steps[0], env())
    assert isinstance(state, WaitEncryptedExtensions)
    return state, steps[1:]


def refused(messages: list[bytes], state: AnyState) -> str:
    *good, bad = messages
    for raw in good:
        state, _ = step(state, raw, env())
    with pytest.raises(PeerFault) as caught:
        step(state, bad, env())
    return caught.value.alert.name.lower()


@pytest.mark.parametrize(
    ("config", "extension", "alert"),
    [
        (CLIENT, RawExtension(0x0A0A, b""), "unsupported_extension"),
        (CLIENT, EarlyData(), "unsupported_extension"),
        (CLIENT, Alpn((b"h2",)), "unsupported_extension"),
        (replace(CLIENT, alpn=(b"h2",)), Alpn((b"echo",)), "illegal_parameter"),
        (replace(CLIENT, alpn=(b"h2", b"x")), Alpn((b"h2", b"x")), "illegal_parameter"),
        (replace(CLIENT, server_name=None), ServerNameAck(), "unsupported_extension"),
    ],
)
def test_bad_encrypted_extensions(config: ClientConfig, extension: Extension, alert: str) -> None:
    state, _ = flight(config)
    assert refused([pack(EncryptedExtensions((extension,)))], state) == alert


CHAIN = tuple(CertificateEntry(der) for der in CREDENTIAL.chain)


@pytest.mark.parametrize(
    ("certificate", "alert"),
    [
        (Certificate(b"context", CHAIN), "illegal_parameter"),
        (Certificate(b"", ()), "decode_error"),
        (Certificate(b"", (CertificateEntry(b"not DER"),)), "bad_certificate"),
        (
            Certificate(b"", (replace(CHAIN[0], extensions=(RawExtension(5, b""),)),)),
            "unsupported_extension",
        ),
    ],
)
def test_a_bad_certificate(certificate: Certificate, alert: str) -> None:
    state, messages = flight()
    assert refused([messages[0], pack(certificate)], state) == alert


def test_a_certificate_for_a_client_that_believes_none() -> None:
    # It cannot come so far in one piece: the ServerHello without a PSK is refused before.
    state, messages = flight()
    assert isinstance(state, WaitEncryptedExtensions)
    keyed = replace(state.keyed, config=replace(state.keyed.config, trust=None))
    assert refused(messages[:2], replace(state, keyed=keyed)) == "bad_certificate"


@pytest.mark.parametrize(
    ("change", "alert"),
    [
        (lambda one: replace(one, algorithm=0x0401), "illegal_parameter"),
        (lambda one: replace(one, algorithm=0x0807), "unsupported_certificate"),
        (lambda one: replace(one, signature=b"forged"), "decrypt_error"),
    ],
)
def test_a_bad_certificate_verify(
    change: Callable[[CertificateVerify], CertificateVerify], alert: str
) -> None:
    state, messages = flight()
    verify = unpack(messages[2])
    assert isinstance(verify, CertificateVerify)
    assert refused([*messages[:2], pack(change(verify))], state) == alert


@pytest.mark.parametrize(
    ("data", "alert"), [(bytes(32), "decrypt_error"), (bytes(31), "decode_error")]
)
def test_a_bad_finished(data: bytes, alert: str) -> None:
    state, messages = flight()
    assert refused([*messages[:3], pack(Finished(data))], state) == alert
    # The twin: the true one is taken.
    for raw in messages:
        state, _ = step(state, raw, env())
    assert state.state.name == "CLIENT_CONNECTED"


def test_certificate_requests() -> None:
    state, messages = flight()
    schemes = SignatureAlgorithms((0x0403,))
    bad = [(CertificateRequest(b"", ()), "missing_extension")]
    bad += [(CertificateRequest(b"context", (schemes,)), "illegal_parameter")]
    for request, alert in bad:
        assert refused([messages[0], pack(request)], state) == alert


def test_a_certificate_request_is_answered_with_an_empty_certificate() -> None:
    from tls13lab.handshake import states
    from tls13lab.handshake.actions import SendMessage
    from tls13lab.handshake.finished import make_finished

    state, messages = flight()
    request = pack(CertificateRequest(b"", (SignatureAlgorithms((0x0403,)),)))
    state, _ = step(state, messages[0], env())
    state, _ = step(state, request, env())
    state, _ = step(state, messages[1], env())
    # The signature covers the request too, so it is made anew here.
    from tls13lab.crypto import signatures
    from tls13lab.wire.codepoints import SignatureScheme

    assert isinstance(state, states.WaitCertificateVerify)
    scheme = SignatureScheme.ECDSA_SECP256R1_SHA256
    signed = signatures.sign(CREDENTIAL.key, scheme, state.transcript.hash("sha256"))
    keyed = state.keyed
    assert keyed.outcome.suite.hash_name == "sha256"
    state, _ = step(state, pack(CertificateVerify(scheme, signed)), env())
    assert isinstance(state, states.WaitFinished)
    finished = make_finished("sha256", keyed.server_secret, state.transcript)
    _, actions = step(state, finished, env())
    sent = [unpack(one.raw) for one in actions if isinstance(one, SendMessage)]
    assert sent[0] == Certificate(b"", ())
    assert isinstance(sent[1], Finished)


# Records out of order, of the wrong kind, too long, or cut ----------------------------------------


def connected() -> Pair:
    pair = Pair(CLIENT, SERVER, seed="records")
    pair.handshake()
    return pair


def handshaking() -> tuple[Connection, Connection]:
    """A server that has sent its flight, and the client that has not read it."""
    client, server = Connection.client(CLIENT, env("client")), Connection.server(SERVER)
    server.receive(client.outgoing(), env())
    return client, server


PLAIN = [
    (CCS, "unexpected_message"),
    (frame(ContentType.APPLICATION_DATA, bytes(20)), "unexpected_message"),
    (frame(ContentType.HANDSHAKE, b""), "unexpected_message"),
    (frame(ContentType.ALERT, b"\x01"), "decode_error"),
    (b"GET / HTTP/1.1\r\n", "unexpected_message"),
    (b"\x16\x03\x01\x40\x01" + bytes(2**14 + 1), "record_overflow"),
    (record(b"\x01\xff\xff\xff"), "decode_error"),
    (record(HELLO[:20]) + frame(ContentType.ALERT, b"\x01\x00"), "unexpected_message"),
]


@pytest.mark.parametrize(("data", "alert"), PLAIN)
def test_bad_records_to_a_server_that_waits(data: bytes, alert: str) -> None:
    assert alert_of(Connection.server(SERVER), data) == alert


@pytest.mark.parametrize("content", [b"\x02", b"\x01\x01", b""])
def test_a_change_cipher_spec_with_other_content(content: bytes) -> None:
    client, _ = handshaking()
    data = frame(ContentType.CHANGE_CIPHER_SPEC, content)
    assert alert_of(client, data) == "unexpected_message"


def test_change_cipher_spec_is_dropped_in_the_handshake_only() -> None:
    client, server = handshaking()
    client.receive(CCS + CCS, env())
    client.receive(server.outgoing(), env())
    assert client.connected
    assert alert_of(client, CCS) == "unexpected_message"


def test_records_in_the_clear_after_the_keys_are_in_use() -> None:
    for data in (record(pack(KeyUpdate(False))), frame(ContentType.ALERT, b"\x02\x28")):
        assert alert_of(connected().client, data) == "unexpected_message"
    _, server = handshaking()
    assert alert_of(server, record(HELLO)) == "unexpected_message"


def test_a_client_that_has_no_keys_yet_may_send_its_alert_in_the_clear() -> None:
    _, server = handshaking()
    with pytest.raises(AlertReceived) as caught:
        server.receive(frame(ContentType.ALERT, b"\x02\x33"), env())
    assert caught.value.alert.name == "DECRYPT_ERROR"
    assert server.closed


def test_alerts_that_are_unknown_or_of_no_account() -> None:
    pair = connected()
    pair.client._sender.send(ContentType.ALERT, b"\x01\x5a")  # user_canceled
    pair.pump()
    pair.client._sender.send(ContentType.ALERT, b"\x01\xee")
    with pytest.raises(AlertReceived, match="0x00ee"):
        pair.pump()


@pytest.mark.parametrize("more", [b"", b"\x02"])
def test_nothing_comes_behind_a_hello_retry_request_before_its_answer(more: bytes) -> None:
    client = Connection.client(CLIENT, env("client"))
    server = Connection.server(replace(SERVER, groups=(P256,)))
    server.receive(client.outgoing(), env())
    retry = server.outgoing().removesuffix(CCS)[5:]
    if more:
        assert alert_of(client, record(retry + more)) == "unexpected_message"
    else:
        client.receive(record(retry), env())
        assert client.outgoing()


@pytest.mark.parametrize("more", [b"", b"\x01"])
def test_nothing_comes_behind_a_client_hello_before_the_hello_retry_request(more: bytes) -> None:
    server = Connection.server(replace(SERVER, groups=(P256,)))
    if more:
        assert alert_of(server, record(HELLO + more)) == "unexpected_message"
    else:
        server.receive(record(HELLO), env())
        assert server.state_name == "SERVER_WAIT_SECOND_HELLO"


def test_a_handshake_message_over_a_change_of_keys() -> None:
    client, server = handshaking()
    out = server.outgoing()
    length = int.from_bytes(out[3:5], "big")
    hello = out[5 : 5 + length]
    assert alert_of(client, record(hello, b"\x08\x00\x00\x02")) == "unexpected_message"


@pytest.mark.parametrize(
    ("sent", "alert"),
    [
        (b"\x18\x00\x00\x01\x02", "illegal_parameter"),
        (HELLO, "unexpected_message"),
        (pack(Finished(bytes(32))), "unexpected_message"),
        (b"\x63\x00\x00\x00", "unexpected_message"),
    ],
)
def test_bad_messages_after_the_handshake(sent: bytes, alert: str) -> None:
    pair = connected()
    pair.client._sender.send(ContentType.HANDSHAKE, sent)
    assert alert_of(pair.server, pair.client.outgoing()) == alert


def test_application_data_before_the_handshake_is_done() -> None:
    client, server = handshaking()
    client.receive(server.outgoing(), env())
    client_out = client.outgoing()
    # The client's Finished is held back, and its next record takes the place: other keys.
    client.send(b"early")
    assert alert_of(server, client.outgoing()) == "bad_record_mac"
    assert client_out


def test_protected_application_data_under_handshake_keys() -> None:
    client, server = handshaking()
    state = client._sender
    client.receive(server.outgoing()[: 5 + 122], env())
    client._sender.send(ContentType.APPLICATION_DATA, b"early")
    assert state is client._sender
    assert alert_of(server, client.outgoing()[len(CCS) :]) == "unexpected_message"


def test_a_record_that_was_changed_or_sent_twice() -> None:
    pair = connected()
    pair.client.send(b"once")
    once = pair.client.outgoing()
    pair.server.receive(once, env())
    assert alert_of(pair.server, once) == "bad_record_mac"
    pair = connected()
    pair.client.send(b"once")
    changed = bytearray(pair.client.outgoing())
    changed[-1] ^= 1
    assert alert_of(pair.server, bytes(changed)) == "bad_record_mac"


def test_what_comes_after_close_notify_is_ignored() -> None:
    pair = connected()
    pair.client.close()
    data = pair.client.outgoing()
    pair.server.receive(data + b"garbage that nobody reads", env())
    pair.server.receive(b"more of it", env())


def test_a_resumption_with_a_changed_ticket_falls_back() -> None:
    client = ticketed()
    broken = replace(client.psks[0], identity=client.psks[0].identity[:-1] + b"\x00")
    pair = Pair(replace(client, psks=(broken,)), SERVER)
    assert pair.handshake().mode == "full"
