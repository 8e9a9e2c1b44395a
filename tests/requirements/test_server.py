"""What RFC 9846 demands of a server when a client is wrong; each test names its section."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.handshake.scenes import (
    BOTH,
    CLIENT,
    PSK,
    SERVER,
    alert_of,
    client_hello,
    env,
    record,
    ticketed,
    with_extensions,
)
from tests.requirements.talk import waiting_server
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareEntry, KeyShareServerHello
from tls13lab.messages.negotiation import PskKeyExchangeModes, SupportedGroups
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import Finished
from tls13lab.messages.server_hello import ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.binder import fill_binders
from tls13lab.wire.codepoints import CipherSuite, ContentType, NamedGroup

HELLO = client_hello(CLIENT)
PSK_HELLO = client_hello(replace(CLIENT, psks=(PSK,)))
EARLY = replace(SERVER, max_early_data_size=100, anti_replay=NoAntiReplay())


def refused(raw: bytes) -> str:
    """The alert for a ClientHello; a fresh server."""
    return alert_of(Connection.server(SERVER), record(raw))


def taken(raw: bytes) -> ServerHello:
    """The answer to a ClientHello that is to be taken."""
    server = Connection.server(SERVER)
    server.receive(record(raw), env())
    hello = unpack(first_message(server.outgoing()))
    assert isinstance(hello, ServerHello)
    return hello


def first_message(data: bytes) -> bytes:
    return data[5 : 5 + int.from_bytes(data[3:5], "big")]


def changed(raw: bytes, **fields: object) -> bytes:
    return pack(replace(unpack(raw), **fields))  # type: ignore[arg-type]


# The ClientHello's fields (4.2.2) -----------------------------------------------------------------


@pytest.mark.parametrize("version", [0x0301, 0x0302, 0x0304, 0x0300, 0x7F12])
def test_a_legacy_version_other_than_0x0303(version: int) -> None:
    assert refused(changed(HELLO, legacy_version=version)) == "protocol_version"
    taken(HELLO)


@pytest.mark.parametrize("methods", [b"\x01", b"\x00\x01", b"\x01\x00", b"\x00\x00"])
def test_legacy_compression_methods_other_than_null(methods: bytes) -> None:
    assert refused(changed(HELLO, legacy_compression_methods=methods)) == "illegal_parameter"


def test_suites_groups_extensions_and_modes_that_are_unknown_are_passed_over() -> None:
    """4.2.2 and 9.3: "MUST correctly ignore all unrecognized cipher suites, extensions"."""
    hello = unpack(HELLO)
    assert isinstance(hello, ClientHello)
    groups = hello.find(SupportedGroups)
    shares = hello.find(KeyShareClientHello)
    assert groups is not None
    assert shares is not None
    grease = (0x0A0A, b"grease")
    listed: dict[type, Extension] = {
        SupportedGroups: SupportedGroups((0x0A0A, *groups.groups, 0xFEFE)),
        KeyShareClientHello: KeyShareClientHello(
            (KeyShareEntry(0x0A0A, b"\x00"), *shares.client_shares)
        ),
        PskKeyExchangeModes: PskKeyExchangeModes((0x0B, 1, 0x0A)),
    }
    strange = with_extensions(
        changed(HELLO, cipher_suites=(0x0A0A, 0x1399, *hello.cipher_suites, 0x00FF)),
        lambda extensions: [
            RawExtension(*grease),
            *(listed.get(type(one), one) for one in extensions),
            RawExtension(0xFAFA, bytes(300)),
        ],
    )
    assert taken(strange).cipher_suite == taken(HELLO).cipher_suite


def test_data_after_the_extensions_and_inside_of_each_extension() -> None:
    """4.3: "a "decode_error" alert if there is data left over after parsing the structure"."""
    whole = HELLO[:1] + (len(HELLO) - 3).to_bytes(3, "big") + HELLO[4:] + b"\x00"
    assert refused(whole) == "decode_error"
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    assert len(hello.extensions) >= 6
    for number, extension in enumerate(hello.extensions):
        longer = RawExtension(extension.extension_type, extension.encode() + b"\x00")
        extensions = [*hello.extensions[:number], longer, *hello.extensions[number + 1 :]]
        assert refused(changed(PSK_HELLO, extensions=tuple(extensions))) == "decode_error", number


def test_each_extension_twice() -> None:
    """4.3: "There MUST NOT be more than one extension of the same type"."""
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    for extension in hello.extensions:
        twice = (extension, *hello.extensions)
        assert refused(changed(PSK_HELLO, extensions=twice)) == "illegal_parameter"
    strange = RawExtension(0x0A0A, b"")
    twice = (strange, strange, *hello.extensions)
    assert refused(changed(PSK_HELLO, extensions=twice)) == "illegal_parameter"


# Key shares (4.3.8, 7.4.2) ------------------------------------------------------------------------

P256 = NamedGroup.SECP256R1
HYBRID = NamedGroup.X25519MLKEM768
BAD_SHARES = [
    (P256, bytes(65), "illegal_parameter"),
    (P256, b"\x04" + bytes(63) + b"\x01", "illegal_parameter"),  # not on the curve
    (P256, b"\x02" + bytes(32), "illegal_parameter"),  # compressed
    (P256, b"\x00", "illegal_parameter"),  # the point at infinity
    (P256, bytes(64), "illegal_parameter"),
    (P256, b"", "decode_error"),  # opaque key_exchange<1..2^16-1>
    (NamedGroup.X25519, bytes(32), "illegal_parameter"),  # leads to the all-zero secret
    (NamedGroup.X25519, b"\x01" + bytes(31), "illegal_parameter"),  # a point of small order
    (NamedGroup.X25519, bytes(31), "illegal_parameter"),
    (NamedGroup.X25519, b"\x09" + bytes(32), "illegal_parameter"),
    (HYBRID, bytes(1183 + 32), "illegal_parameter"),
    (HYBRID, b"\xff" * 1184 + b"\x09" + bytes(31), "illegal_parameter"),  # not reduced mod q
    (HYBRID, bytes(1184) + bytes(32), "illegal_parameter"),  # all-zero X25519 secret
]


@pytest.mark.parametrize(("group", "share", "alert"), BAD_SHARES)
def test_a_share_that_is_no_point_or_leads_to_zero(
    group: NamedGroup, share: bytes, alert: str
) -> None:
    config = replace(CLIENT, groups=(group,))
    good = client_hello(config)
    new = KeyShareClientHello((KeyShareEntry(group, share),))
    bad = with_extensions(
        good, lambda all_: [new if isinstance(one, KeyShareClientHello) else one for one in all_]
    )
    server = replace(SERVER, groups=(group,))
    assert alert_of(Connection.server(server), record(bad)) == alert
    Connection.server(server).receive(record(good), env())


def test_a_share_for_a_group_that_is_not_listed_and_shares_out_of_order() -> None:
    pair = (NamedGroup.X25519, NamedGroup.SECP256R1)
    both = client_hello(replace(CLIENT, groups=pair, share_groups=pair))
    taken(both)
    hello = unpack(both)
    shares = hello.find(KeyShareClientHello)  # type: ignore[union-attr]
    assert shares is not None
    x25519, p256 = shares.client_shares

    def with_shares(*entries: KeyShareEntry) -> bytes:
        new = KeyShareClientHello(entries)
        return with_extensions(
            both,
            lambda all_: [new if isinstance(one, KeyShareClientHello) else one for one in all_],
        )

    assert refused(with_shares(x25519, x25519)) == "illegal_parameter"
    assert refused(with_shares(KeyShareEntry(NamedGroup.X448, bytes(56)))) == "illegal_parameter"
    # The order is the sender's duty; nothing is said of a server that finds another one.
    taken(with_shares(p256, x25519))


def test_no_common_group_and_no_common_suite() -> None:
    """4.2.1: "handshake_failure" or "insufficient_security"."""
    server = replace(SERVER, groups=(P256,))
    only = client_hello(replace(CLIENT, groups=(NamedGroup.X25519,)))
    assert alert_of(Connection.server(server), record(only)) == "handshake_failure"
    assert refused(changed(HELLO, cipher_suites=(0x1399, 0x00FF))) == "handshake_failure"


# PSKs (4.3.9, 4.3.11) -----------------------------------------------------------------------------


def test_a_binder_that_does_not_verify_or_has_another_length() -> None:
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    good = offered.binders[0]
    flipped = bytes([good[0] ^ 1]) + good[1:]
    for bad in (flipped, good + b"\x00", bytes(32), bytes(255)):
        changed_ = (*hello.extensions[:-1], replace(offered, binders=(bad,)))
        assert refused(changed(PSK_HELLO, extensions=changed_)) == "decrypt_error"
    for short in (good[:31], b""):  # opaque PskBinderEntry<32..255>
        raw = opened_with_binder(PSK_HELLO, good, short)
        assert refused(raw) == "decode_error"
    assert taken(PSK_HELLO).find(SelectedPsk) == SelectedPsk(0)


def opened_with_binder(raw: bytes, good: bytes, new: bytes) -> bytes:
    """``raw`` with its last binder exchanged, all lengths made to fit."""
    hello = unpack(raw)
    assert isinstance(hello, ClientHello)
    last = hello.extensions[-1].encode()
    identities = last[: -len(good) - 3]
    entry = bytes([len(new)]) + new
    body = identities + len(entry).to_bytes(2, "big") + entry
    return changed(raw, extensions=(*hello.extensions[:-1], RawExtension(41, body)))


@pytest.mark.parametrize("binders", [0, 2, 3])
def test_as_many_binders_as_identities(binders: int) -> None:
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    if binders == 0:  # PskBinderEntry binders<33..2^16-1>
        body = offered.encode()[: -offered.binders_length] + b"\x00\x00"
        raw = changed(PSK_HELLO, extensions=(*hello.extensions[:-1], RawExtension(41, body)))
        assert refused(raw) == "decode_error"
        return
    more = replace(offered, binders=offered.binders * binders)
    raw = changed(PSK_HELLO, extensions=(*hello.extensions[:-1], more))
    assert refused(raw) == "illegal_parameter"


def test_pre_shared_key_at_each_place_but_the_last() -> None:
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    *others, psk = hello.extensions
    for place in range(len(others)):
        moved = (*others[:place], psk, *others[place:])
        assert refused(changed(PSK_HELLO, extensions=moved)) == "illegal_parameter"


def test_pre_shared_key_without_psk_key_exchange_modes() -> None:
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    rest = [one for one in hello.extensions if not isinstance(one, PskKeyExchangeModes)]
    assert refused(changed(PSK_HELLO, extensions=tuple(rest))) == "missing_extension"


@pytest.mark.parametrize("modes", [(PSK_KE,), (PSK_DHE_KE,), (PSK_DHE_KE, PSK_KE), (7,), (7, 0)])
@pytest.mark.parametrize("prefer_psk_ke", [True, False])
def test_a_mode_is_taken_only_if_it_was_offered(
    modes: tuple[int, ...], prefer_psk_ke: bool
) -> None:
    """4.3.9: "Servers MUST NOT select a key exchange mode that is not listed by the client"."""
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    listed = PskKeyExchangeModes(modes)
    extensions = [
        listed if isinstance(one, PskKeyExchangeModes) else one for one in hello.extensions
    ]
    raw = changed(PSK_HELLO, extensions=tuple(extensions))
    offered = unpack(raw).find(OfferedPsks)  # type: ignore[union-attr]
    assert offered is not None
    raw = fill_binders(raw, offered, (PSK,), Transcript())
    server = Connection.server(replace(SERVER, prefer_psk_ke=prefer_psk_ke))
    server.receive(record(raw), env())
    answer = unpack(first_message(server.outgoing()))
    assert isinstance(answer, ServerHello)
    if answer.find(SelectedPsk) is None:
        assert not {PSK_KE, PSK_DHE_KE} & set(modes)
    elif answer.find(KeyShareServerHello) is None:  # "MUST NOT supply a "key_share" value"
        assert PSK_KE in modes
    else:
        assert PSK_DHE_KE in modes


def test_a_psk_is_taken_only_with_a_suite_of_its_hash() -> None:
    """4.3.11: "MUST ensure that it selects a compatible PSK (if any) and cipher suite"."""
    for hash_name, suite in (("sha256", 0x1302), ("sha384", 0x1301)):
        psk = replace(PSK, hash_name=hash_name)
        client = replace(CLIENT, psks=(psk,), suites=(CipherSuite(suite), *CLIENT.suites[:3]))
        pair = Pair(client, replace(SERVER, psks=(psk,)))
        outcome = pair.handshake()
        assert outcome.mode == "psk_dhe_ke"
        assert outcome.suite.hash_name == hash_name


def test_the_age_of_an_external_psk_is_ignored() -> None:
    """4.3.11: "servers MUST ignore the value"."""
    hello = unpack(PSK_HELLO)
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    aged = replace(offered.identities[0], obfuscated_ticket_age=0xDEADBEEF)
    new = replace(offered, identities=(aged,))
    raw = changed(PSK_HELLO, extensions=(*hello.extensions[:-1], new))
    assert taken(fill_binders(raw, new, (PSK,), Transcript())).find(SelectedPsk) == SelectedPsk(0)


# Messages out of order, and of the other role (4, 4.6, 4.7) ---------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        HELLO,
        pack(EndOfEarlyData()),
        pack(NewSessionTicket(1, 2, b"n", b"t")),
        pack(KeyUpdate(False)),
        b"\x0d\x00\x00\x03\x00\x00\x00",
        b"\x63\x00\x00\x00",
    ],
    ids=["ClientHello", "EndOfEarlyData", "NewSessionTicket", "KeyUpdate", "request", "unknown"],
)
def test_what_may_not_stand_where_the_finished_is_due(message: bytes) -> None:
    talk = waiting_server(CLIENT, SERVER)
    assert alert_of(talk.waiting, talk.seal(message)) == "unexpected_message"


@pytest.mark.parametrize(
    "message",
    [
        HELLO,
        pack(EndOfEarlyData()),
        pack(Finished(bytes(32))),
        pack(NewSessionTicket(1, 2, b"n", b"t")),
    ],
    ids=["renegotiation", "EndOfEarlyData", "Finished", "NewSessionTicket"],
)
def test_what_may_not_come_after_the_handshake(message: bytes) -> None:
    pair = Pair(CLIENT, SERVER)
    pair.handshake()
    pair.client._sender.send(ContentType.HANDSHAKE, message)
    assert alert_of(pair.server, pair.client.outgoing()) == "unexpected_message"


def test_a_clients_finished_that_is_wrong_or_has_another_length() -> None:
    for verify_data, alert in ((bytes(32), "decrypt_error"), (bytes(33), "decode_error")):
        talk = waiting_server(CLIENT, SERVER)
        assert alert_of(talk.waiting, talk.seal(pack(Finished(verify_data)))) == alert
    talk = waiting_server(CLIENT, SERVER)
    talk.waiting.receive(talk.seal(talk.finished), env())
    assert talk.waiting.connected


# Early data (4.3.10, 4.6) -------------------------------------------------------------------------


def early_client() -> ClientConfig:
    return replace(ticketed(EARLY), early_data=b"early")


def test_end_of_early_data_is_missing() -> None:
    """The Finished comes under keys that are not due yet: 5.2, "bad_record_mac"."""
    talk = waiting_server(early_client(), EARLY)
    assert talk.waiting.state_name == "SERVER_WAIT_EOED"
    assert alert_of(talk.waiting, talk.seal(talk.finished)) == "bad_record_mac"


def test_a_finished_under_the_early_keys() -> None:
    talk = waiting_server(early_client(), EARLY, early_keys=True)
    assert alert_of(talk.waiting, talk.seal(talk.finished)) == "unexpected_message"


def test_end_of_early_data_with_content_and_with_the_finished_in_its_record() -> None:
    talk = waiting_server(early_client(), EARLY, early_keys=True)
    assert alert_of(talk.waiting, talk.seal(b"\x05\x00\x00\x01\x00")) == "decode_error"
    talk = waiting_server(early_client(), EARLY, early_keys=True)
    both = pack(EndOfEarlyData()) + talk.finished
    assert alert_of(talk.waiting, talk.seal(both)) == "unexpected_message"


def test_an_early_record_that_does_not_open() -> None:
    """4.3.10: "it MUST terminate the connection with a "bad_record_mac" alert"."""
    talk = waiting_server(early_client(), EARLY, early_keys=True)
    wrong = bytearray(talk.seal(pack(EndOfEarlyData())))
    wrong[-1] ^= 1
    assert alert_of(talk.waiting, bytes(wrong)) == "bad_record_mac"
    talk = waiting_server(early_client(), EARLY, early_keys=True)
    talk.waiting.receive(talk.seal(pack(EndOfEarlyData())), env())
    assert talk.waiting.state_name == "SERVER_WAIT_FINISHED"


def test_early_data_is_neither_sent_nor_taken_unless_asked_for() -> None:
    """F.5: "MUST NOT enable 0-RTT (either sending or accepting) unless specifically requested"."""
    assert ClientConfig().early_data == b""
    assert SERVER.max_early_data_size == 0
    pair = Pair(replace(ticketed(), early_data=b"early"), SERVER)
    assert pair.handshake().early_data == "none"
    assert pair.server_early == b""


def test_the_server_does_not_wait_for_the_end_of_early_data() -> None:
    """4.3.11.3: "immediately send their flight of messages"."""
    client = Connection.client(early_client(), env("client"))
    server = Connection.server(EARLY)
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    assert client.connected
    assert server.state_name == "SERVER_WAIT_EOED"


# The second ClientHello (4.2.2) -------------------------------------------------------------------

Change = Callable[[bytes], bytes]
SECOND: list[tuple[str, Change]] = [
    ("random", lambda raw: changed(raw, random=bytes(32))),
    ("session ID", lambda raw: changed(raw, legacy_session_id=bytes(32))),
    ("suites", lambda raw: changed(raw, cipher_suites=(0x1301,))),
    ("no share", lambda raw: with_extensions(raw, lambda a: _shares(a, ()))),
    ("the old share", lambda raw: with_extensions(raw, lambda a: _shares(a, _share(HELLO)))),
]


def _share(raw: bytes) -> tuple[KeyShareEntry, ...]:
    shares = unpack(raw).find(KeyShareClientHello)  # type: ignore[union-attr]
    assert shares is not None
    entries: tuple[KeyShareEntry, ...] = shares.client_shares
    return entries


def _shares(extensions: list[Extension], entries: tuple[KeyShareEntry, ...]) -> list[Extension]:
    new = KeyShareClientHello(entries)
    return [new if isinstance(one, KeyShareClientHello) else one for one in extensions]


@pytest.mark.parametrize(("what", "change"), SECOND, ids=[what for what, _ in SECOND])
def test_a_second_client_hello_that_changes_more_than_it_may(what: str, change: Change) -> None:
    server = Connection.server(replace(SERVER, groups=(NamedGroup.SECP256R1,)))
    client = Connection.client(CLIENT, env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing()[6 + 5 :]
    assert alert_of(server, record(change(second))) == "illegal_parameter", what


def test_a_second_client_hello_with_another_binder() -> None:
    server = Connection.server(replace(SERVER, groups=(NamedGroup.SECP256R1,)))
    client = Connection.client(replace(CLIENT, psks=(PSK,)), env("client"))
    server.receive(client.outgoing(), env())
    client.receive(server.outgoing(), env())
    second = client.outgoing()[6 + 5 :]
    wrong = bytearray(second)
    wrong[-1] ^= 1
    assert alert_of(server, record(bytes(wrong))) == "decrypt_error"


def test_a_server_without_a_certificate_or_a_psk_that_fits() -> None:
    """6.2: unknown_psk_identity MAY be sent where no acceptable identity is provided."""
    only_psks = ServerConfig(psks=(PSK,), modes=BOTH)
    stranger = client_hello(ClientConfig(psks=(replace(PSK, identity=b"nobody"),)))
    assert alert_of(Connection.server(only_psks), record(stranger)) == "unknown_psk_identity"
    assert alert_of(Connection.server(only_psks), record(HELLO)) == "handshake_failure"
