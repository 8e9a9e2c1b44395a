"""What RFC 9846 demands of a client when a server is wrong; each test names its section."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.handshake.scenes import (
    CLIENT,
    PSK,
    SERVER,
    alert_of,
    env,
    record,
    ticketed,
)
from tests.requirements.talk import Stopped, waiting_client
from tls13lab.crypto.groups import respond
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
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
    Cookie,
    EarlyData,
    EarlyDataLimit,
    PskKeyExchangeModes,
    SelectedVersion,
    SignatureAlgorithms,
    SupportedGroups,
)
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateRequest,
    EncryptedExtensions,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.codepoints import ContentType, NamedGroup

WITH_PSK = replace(CLIENT, psks=(PSK,))
P256, X25519 = NamedGroup.SECP256R1, NamedGroup.X25519
SHARE = KeyShareServerHello(KeyShareEntry(X25519, b"\x09" + bytes(31)))


def answered(config: ClientConfig) -> tuple[Connection, bytes]:
    """A client that waits, and the good ServerHello for it."""
    client = Connection.client(config, env("client"))
    server = Connection.server(SERVER)
    server.receive(client.outgoing(), env())
    out = server.outgoing()
    return client, out[5 : 5 + int.from_bytes(out[3:5], "big")]


def refused(config: ClientConfig, change: Callable[[ServerHello], Message]) -> str:
    client, raw = answered(config)
    hello = unpack(raw)
    assert isinstance(hello, ServerHello)
    alert = alert_of(client, record(pack(change(hello))))
    # The twin: unchanged, it is taken.
    again, good = answered(config)
    again.receive(record(good), env())
    assert again.state_name == "CLIENT_WAIT_EE"
    return alert


def plus(*new: Extension) -> Callable[[ServerHello], Message]:
    return lambda hello: replace(hello, extensions=(*hello.extensions, *new))


def with_(new: Extension) -> Callable[[ServerHello], Message]:
    return lambda hello: replace(
        hello,
        extensions=tuple(
            new if one.extension_type == new.extension_type else one for one in hello.extensions
        ),
    )


# The ServerHello's fields (4.2.3) -----------------------------------------------------------------


@pytest.mark.parametrize("version", [0x0301, 0x0302, 0x0304])
def test_a_legacy_version_other_than_0x0303(version: int) -> None:
    client, raw = answered(CLIENT)
    changed = raw[:4] + version.to_bytes(2, "big") + raw[6:]
    assert alert_of(client, record(changed)) == "protocol_version"


def test_a_compression_method_other_than_null() -> None:
    client, raw = answered(CLIENT)
    at = 4 + 2 + 32 + 1 + raw[38] + 2
    assert raw[at] == 0
    assert alert_of(client, record(raw[:at] + b"\x01" + raw[at + 1 :])) == "illegal_parameter"


@pytest.mark.parametrize("sentinel", [b"DOWNGRD\x01", b"DOWNGRD\x00"])
def test_an_older_version_with_the_sentinel_and_without(sentinel: bytes) -> None:
    """4.2.3: "illegal_parameter"; D.1: "protocol_version" where the version is just too old."""

    def older(random: bytes) -> Callable[[ServerHello], Message]:
        return lambda hello: replace(
            hello,
            random=random,
            extensions=tuple(
                one for one in hello.extensions if not isinstance(one, SelectedVersion)
            ),
        )

    assert refused(CLIENT, older(bytes(24) + sentinel)) == "illegal_parameter"
    assert refused(CLIENT, older(bytes(32))) == "protocol_version"


@pytest.mark.parametrize("version", [0x0303, 0x0301, 0x0305, 0x7F1C])
def test_a_selected_version_other_than_tls_1_3(version: int) -> None:
    assert refused(CLIENT, with_(SelectedVersion(version))) == "illegal_parameter"


def test_another_session_id_and_another_suite() -> None:
    assert (
        refused(CLIENT, lambda h: replace(h, legacy_session_id_echo=bytes(32)))
        == "illegal_parameter"
    )
    assert refused(CLIENT, lambda h: replace(h, legacy_session_id_echo=b"")) == "illegal_parameter"
    assert refused(CLIENT, lambda h: replace(h, cipher_suite=0x1304)) == "illegal_parameter"


# Extensions where they may not be (4.3) -----------------------------------------------------------

RECOGNIZED = [
    SupportedGroups((X25519,)),
    SignatureAlgorithms((0x0403,)),
    PskKeyExchangeModes((1,)),
    EarlyData(),
]


@pytest.mark.parametrize("extension", RECOGNIZED, ids=lambda one: type(one).__name__)
def test_an_extension_that_has_no_place_in_a_server_hello(extension: Extension) -> None:
    assert refused(CLIENT, plus(extension)) == "illegal_parameter"


def test_an_extension_that_was_not_asked_for_and_one_that_comes_twice() -> None:
    assert refused(CLIENT, plus(RawExtension(0x0A0A, b""))) == "unsupported_extension"
    assert refused(CLIENT, plus(SelectedPsk(0))) == "unsupported_extension"
    assert refused(CLIENT, plus(SelectedVersion())) == "illegal_parameter"
    assert refused(WITH_PSK, plus(SelectedPsk(0))) == "illegal_parameter"
    assert refused(CLIENT, plus(Cookie(b"crumbs"))) == "illegal_parameter"


@pytest.mark.parametrize(
    "extension",
    [
        SelectedVersion(),
        SHARE,
        SelectedPsk(0),
        PskKeyExchangeModes((1,)),
        SignatureAlgorithms((0x0403,)),
        Cookie(b"crumbs"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_forbidden_encrypted_extensions(extension: Extension) -> None:
    """4.4.1: "if any are found MUST abort the handshake with an "illegal_parameter" alert"."""
    talk = waiting_client(WITH_PSK, SERVER)
    message = pack(EncryptedExtensions((extension,)))
    assert alert_of(talk.waiting, talk.seal(message)) == "illegal_parameter"
    finished_after_all(waiting_client(WITH_PSK, SERVER))


def finished_after_all(talk: Stopped) -> None:
    """The twin: what the honest server would have sent is taken."""
    talk.waiting.receive(talk.seal(talk.finished), env())
    assert talk.waiting.connected


@pytest.mark.parametrize("copies", [1, 2])
def test_an_extension_twice_in_each_message_that_has_some(copies: int) -> None:
    two = (RawExtension(0x0A0A, b""),) * copies
    schemes = SignatureAlgorithms((0x0403,))
    # Unknown extensions are ignored in a request and in a ticket, and refused in answers.
    for message, alone in (
        (EncryptedExtensions(two), "unsupported_extension"),
        (CertificateRequest(b"", (schemes, *two)), None),
        (Certificate(b"", (CertificateEntry(b"x", two),)), "unsupported_extension"),
    ):
        talk = waiting_client(CLIENT, SERVER)
        if not isinstance(message, EncryptedExtensions):
            talk.waiting.receive(talk.seal(pack(EncryptedExtensions(()))), env())
        wanted = "illegal_parameter" if copies == 2 else alone
        if wanted is None:
            talk.waiting.receive(talk.seal(pack(message)), env())
            continue
        assert alert_of(talk.waiting, talk.seal(pack(message))) == wanted
    ticket = NewSessionTicket(1, 2, b"n", b"t", two)
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.server._sender.send(ContentType.HANDSHAKE, pack(ticket))
    if copies == 2:
        assert alert_of(pair.client, pair.server.outgoing()) == "illegal_parameter"
    else:
        pair.pump()
        assert pair.tickets[-1].identity == b"t"


# The PSK that was selected (4.3.9, 4.3.11) --------------------------------------------------------


@pytest.mark.parametrize("index", [1, 2, 0xFFFF])
def test_a_selected_identity_out_of_range(index: int) -> None:
    assert refused(WITH_PSK, with_(SelectedPsk(index))) == "illegal_parameter"


def test_a_suite_whose_hash_is_not_the_psks() -> None:
    assert refused(WITH_PSK, lambda h: replace(h, cipher_suite=0x1302)) == "illegal_parameter"


def without_share(hello: ServerHello) -> Message:
    rest = (one for one in hello.extensions if not isinstance(one, KeyShareServerHello))
    return replace(hello, extensions=tuple(rest))


def test_psk_ke_where_it_was_not_offered_and_psk_dhe_ke_where_it_was_not() -> None:
    only_dhe = replace(WITH_PSK, modes=frozenset({PSK_DHE_KE}))
    assert refused(only_dhe, without_share) == "illegal_parameter"
    only_ke = replace(WITH_PSK, modes=frozenset({PSK_KE}))
    assert refused(only_ke, plus(SHARE)) == "illegal_parameter"
    # Without trust in certificates no key_share is sent at all, so none may be answered (4.2).
    bare = ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE}))
    assert refused(bare, plus(SHARE)) == "unsupported_extension"


def test_neither_a_psk_nor_a_share() -> None:
    assert refused(CLIENT, without_share) == "missing_extension"


def test_a_share_in_a_group_in_which_none_was_sent() -> None:
    other = KeyShareServerHello(KeyShareEntry(P256, b"\x04" + bytes(64)))
    assert refused(CLIENT, with_(other)) == "illegal_parameter"


@pytest.mark.parametrize("share", [bytes(32), b"\x01" + bytes(31), bytes(31), bytes(33)])
def test_a_servers_share_that_is_no_good(share: bytes) -> None:
    """7.4.2: "MUST check whether" the shared secret "is the all-zero value"."""
    bad = KeyShareServerHello(KeyShareEntry(X25519, share))
    assert refused(CLIENT, with_(bad)) == "illegal_parameter"


def test_a_certificate_request_though_a_psk_authenticates() -> None:
    """4.4.2: servers "which are authenticating with a resumption PSK MUST NOT send" one."""
    for config in (WITH_PSK, ticketed()):
        talk = waiting_client(config, SERVER)
        talk.waiting.receive(talk.seal(pack(EncryptedExtensions(()))), env())
        request = CertificateRequest(b"", (SignatureAlgorithms((0x0403,)),))
        assert alert_of(talk.waiting, talk.seal(pack(request))) == "unexpected_message"


# HelloRetryRequest (4.2.4) ------------------------------------------------------------------------


def retry(client: Connection, *extensions: Extension, **fields: object) -> bytes:
    hello = unpack(client_hello_of(client))
    assert isinstance(hello, ClientHello)
    request = HelloRetryRequest(hello.legacy_session_id, 0x1301, (SelectedVersion(), *extensions))
    return pack(replace(request, **fields))  # type: ignore[arg-type]


def client_hello_of(client: Connection) -> bytes:
    state = client._state
    raw: bytes = state.offer.raw  # type: ignore[union-attr]
    return raw


ASK = KeyShareHelloRetryRequest(P256)


@pytest.mark.parametrize(
    ("extensions", "fields", "alert"),
    [
        ((), {}, "illegal_parameter"),  # no change
        ((KeyShareHelloRetryRequest(X25519),), {}, "illegal_parameter"),  # a share was sent
        ((KeyShareHelloRetryRequest(NamedGroup.X448),), {}, "illegal_parameter"),  # not offered
        ((ASK,), {"cipher_suite": 0x1304}, "illegal_parameter"),
        ((ASK,), {"legacy_session_id_echo": b""}, "illegal_parameter"),
        ((ASK,), {"extensions": (ASK,)}, "protocol_version"),  # no supported_versions
        ((ASK,), {"extensions": (SelectedVersion(0x0305), ASK)}, "illegal_parameter"),
        ((ASK, RawExtension(0x0A0A, b"")), {}, "unsupported_extension"),
        ((ASK, EarlyData()), {}, "illegal_parameter"),
        ((ASK, SelectedPsk(0)), {}, "illegal_parameter"),
        ((ASK, ASK), {}, "illegal_parameter"),
        ((ASK, RawExtension(44, b"\x00\x00")), {}, "decode_error"),  # an empty cookie
    ],
)
def test_a_bad_hello_retry_request(
    extensions: tuple[Extension, ...], fields: dict[str, object], alert: str
) -> None:
    client = Connection.client(WITH_PSK, env("client"))
    assert alert_of(client, record(retry(client, *extensions, **fields))) == alert
    twin = Connection.client(WITH_PSK, env("client"))
    twin.receive(record(retry(twin, ASK)), env())
    assert twin.state_name == "CLIENT_WAIT_SH"


def test_a_cookie_that_leaves_no_room_for_the_second_client_hello() -> None:
    client = Connection.client(WITH_PSK, env("client"))
    assert alert_of(client, record_all(retry(client, Cookie(bytes(65_500))))) == "illegal_parameter"
    twin = Connection.client(WITH_PSK, env("client"))
    twin.receive(record_all(retry(twin, Cookie(bytes(60_000)))), env())
    assert twin.outgoing()


def record_all(raw: bytes) -> bytes:
    """In as many records as it needs."""
    return b"".join(record(raw[at : at + 2**14]) for at in range(0, len(raw), 2**14))


def test_a_second_hello_retry_request() -> None:
    client = Connection.client(CLIENT, env("client"))
    client.receive(record(retry(client, ASK)), env())
    assert alert_of(client, record(retry(client, Cookie(b"x")))) == "unexpected_message"


@pytest.mark.parametrize(
    ("suite", "version", "group", "taken"),
    [
        (0x1301, 0x0304, P256, True),
        (0x1303, 0x0304, P256, False),  # of the same hash as the HelloRetryRequest's
        (0x1302, 0x0304, P256, False),
        (0x1301, 0x0305, P256, False),
        (0x1301, 0x0304, X25519, False),
    ],
)
def test_after_a_retry_the_suite_the_group_and_the_version_stay(
    suite: int, version: int, group: NamedGroup, taken: bool
) -> None:
    client = Connection.client(CLIENT, env("client"))
    client.receive(record(retry(client, ASK)), env())
    second = unpack(client_hello_of(client))
    assert isinstance(second, ClientHello)
    shares = second.find(KeyShareClientHello)
    assert shares is not None
    theirs = respond(P256, shares.client_shares[0].key_exchange, env("server").entropy).share
    share = SHARE if group is X25519 else KeyShareServerHello(KeyShareEntry(P256, theirs))
    hello = ServerHello(
        bytes(32), second.legacy_session_id, suite, (SelectedVersion(version), share)
    )
    if taken:
        client.receive(record(pack(hello)), env())
        assert client.state_name == "CLIENT_WAIT_EE"
    else:
        assert alert_of(client, record(pack(hello))) == "illegal_parameter"


def test_the_second_client_hello_changes_what_it_must_and_nothing_else() -> None:
    client = Connection.client(replace(WITH_PSK, early_data=b""), env("client"))
    first = unpack(client_hello_of(client))
    client.receive(record(retry(client, ASK, Cookie(b"crumbs"))), env())
    second = unpack(client_hello_of(client))
    assert isinstance(first, ClientHello)
    assert isinstance(second, ClientHello)
    shares = second.find(KeyShareClientHello)
    assert shares is not None
    assert [one.group for one in shares.client_shares] == [P256]
    assert second.find(Cookie) == Cookie(b"crumbs")
    kept = (KeyShareClientHello.extension_type, Cookie.extension_type, 41)

    def fixed(hello: ClientHello) -> ClientHello:
        rest = tuple(one for one in hello.extensions if one.extension_type not in kept)
        return replace(hello, extensions=rest)

    assert fixed(first) == fixed(second)
    # A cookie is of this connection only: "MUST NOT use cookies in their initial ClientHello".
    assert first.find(Cookie) is None


def test_early_data_is_not_offered_again_after_a_retry() -> None:
    server = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())
    client = Connection.client(replace(ticketed(server), early_data=b"early"), env("client"))
    first = unpack(client_hello_of(client))
    assert isinstance(first, ClientHello)
    assert first.find(EarlyData) is not None
    client.receive(record(retry(client, ASK)), env())
    second = unpack(client_hello_of(client))
    assert isinstance(second, ClientHello)
    assert second.find(EarlyData) is None


# Early data (4.3.10, 4.3.11) ----------------------------------------------------------------------


def test_early_data_accepted_with_another_psk_than_the_first() -> None:
    server = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())
    first = ticketed(server)
    two = replace(first, psks=(*first.psks, PSK), early_data=b"early")
    # A server that does not know the ticket takes the second identity.
    talk = waiting_client(two, replace(server, tickets=None))
    accepts = pack(EncryptedExtensions((EarlyData(),)))
    assert alert_of(talk.waiting, talk.seal(accepts)) == "illegal_parameter"


def test_early_data_accepted_that_was_not_sent() -> None:
    talk = waiting_client(ticketed(), SERVER)
    accepts = pack(EncryptedExtensions((EarlyData(),)))
    assert alert_of(talk.waiting, talk.seal(accepts)) == "unsupported_extension"


# Messages out of order (4, 4.6, 4.7.2, 4.7.3) -----------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [pack(EndOfEarlyData()), pack(KeyUpdate(False)), pack(NewSessionTicket(1, 2, b"n", b"t"))],
    ids=["EndOfEarlyData", "KeyUpdate", "NewSessionTicket"],
)
def test_what_may_not_come_before_the_servers_finished(message: bytes) -> None:
    talk = waiting_client(WITH_PSK, SERVER)
    assert alert_of(talk.waiting, talk.seal(message)) == "unexpected_message"
    finished_after_all(waiting_client(WITH_PSK, SERVER))


@pytest.mark.parametrize(
    "message",
    [
        pack(EndOfEarlyData()),
        pack(CertificateRequest(b"ctx", (SignatureAlgorithms((0x0403,)),))),
        pack(EncryptedExtensions(())),
        b"\x01\x00\x00\x00",
        b"\x00\x00\x00\x00",
    ],
    ids=["EndOfEarlyData", "CertificateRequest", "EncryptedExtensions", "ClientHello", "old"],
)
def test_what_may_not_come_after_the_handshake(message: bytes) -> None:
    """Post-handshake authentication was not offered: 4.7.2, "unexpected_message"."""
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.server._sender.send(ContentType.HANDSHAKE, message)
    assert alert_of(pair.client, pair.server.outgoing()) == "unexpected_message"


@pytest.mark.parametrize("value", [2, 255])
def test_a_key_update_with_another_value(value: int) -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.server._sender.send(ContentType.HANDSHAKE, b"\x18\x00\x00\x01" + bytes([value]))
    assert alert_of(pair.client, pair.server.outgoing()) == "illegal_parameter"


# Tickets (4.7.1) ----------------------------------------------------------------------------------


def got(ticket: NewSessionTicket) -> ResumptionPsk:
    """What a client makes of a ticket."""
    pair = Pair(CLIENT, replace(SERVER, tickets=None))
    pair.handshake()
    pair.server._sender.send(ContentType.HANDSHAKE, pack(ticket))
    pair.pump()
    return pair.tickets[-1]


def test_a_ticket_is_not_used_longer_than_its_lifetime_nor_than_seven_days() -> None:
    week = 7 * 24 * 3600
    for lifetime, last in ((0, -1), (60, 60), (week, week), (2**32 - 1, week)):
        psk = got(NewSessionTicket(lifetime, 0, b"n", b"t"))
        assert psk.received_ms is not None
        usable = [
            second
            for second in (0, 59, 60, 61, week - 1, week, week + 1)
            if psk.usable(psk.received_ms + 1000 * second)
        ]
        assert all(second <= last for second in usable)
        assert (max(usable, default=-1) == last) == (last in (60, week, -1))


def test_a_ticket_may_not_be_empty_and_its_limit_is_kept() -> None:
    raw = b"\x00\x00\x00\x3c" + bytes(4) + b"\x00" + b"\x00\x00" + b"\x00\x00"
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    message = b"\x04" + len(raw).to_bytes(3, "big") + raw
    pair.server._sender.send(ContentType.HANDSHAKE, message)
    assert alert_of(pair.client, pair.server.outgoing()) == "decode_error"
    limited = NewSessionTicket(60, 0, b"n", b"t", (EarlyDataLimit(77),))
    assert got(limited).max_early_data_size == 77


def test_a_ticket_is_offered_only_with_a_suite_of_its_hash() -> None:
    """4.7.1: "a cipher suite that has the same KDF hash algorithm"."""
    client = ticketed()
    for hash_name in ("sha256", "sha384"):
        suites = tuple(one for one, suite in SUITES.items() if suite.hash_name == hash_name)
        sent = Connection.client(replace(client, suites=suites), env()).outgoing()[5:]
        hello = unpack(sent)
        assert isinstance(hello, ClientHello)
        offered = hello.find(OfferedPsks) is not None
        assert offered == (hash_name == client.psks[0].hash_name)
