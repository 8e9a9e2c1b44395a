"""Whole handshakes in memory, in every mode: what is agreed, and that both sides agree on it."""

import hashlib
import hmac
from dataclasses import replace

import pytest

from tests.handshake.scenes import (
    BOTH,
    CLIENT,
    CREDENTIAL,
    NAME,
    PSK,
    SERVER,
    TICKET_KEY,
    env,
    ticketed,
)
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import (
    PSK_DHE_KE,
    PSK_KE,
    ClientConfig,
    ServerConfig,
)
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import Event, KeysUpdated, PeerClosed
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.keys import PskKind
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, NamedGroup
from tls13lab.wire.faults import (
    BinderMismatch,
    HandshakeFailure,
    LocalFault,
    NoApplicationProtocol,
    UnknownPskIdentity,
)
from tls13lab.wire.names import Mode

GROUPS = (
    NamedGroup.X25519,
    NamedGroup.SECP256R1,
    NamedGroup.X25519MLKEM768,
    NamedGroup.SECP384R1,
    NamedGroup.SECP521R1,
    NamedGroup.X448,
)
AES_256 = CipherSuite.TLS_AES_256_GCM_SHA384


def run(client: ClientConfig, server: ServerConfig, now_ms: int = LESSON_TIME_MS) -> Pair:
    """A handshake, data both ways, and the proof that both sides have the same view."""
    pair = Pair(client, server, seed="matrix", now_ms=now_ms)
    pair.handshake()
    assert pair.server.connected
    pair.client.send(b"to the server")
    pair.server.send(b"to the client" * 2000)
    pair.pump()
    assert pair.server_received == b"to the server"
    assert pair.client_received == b"to the client" * 2000
    ours, theirs = pair.client.secrets, pair.server.secrets
    for name in set(ours) & set(theirs) - {"resumption_psk"}:
        assert ours[name] == theirs[name], name
    for field in ("mode", "suite", "group", "psk_kind", "selected_identity", "retried", "alpn"):
        assert getattr(pair.client.outcome, field) == getattr(pair.server.outcome, field)
    assert pair.client.exported("test", b"", 16) == pair.server.exported("test", b"", 16)
    return pair


def mode_of(client: ClientConfig, server: ServerConfig, now_ms: int = LESSON_TIME_MS) -> str:
    return run(client, server, now_ms).client.outcome.mode


@pytest.mark.parametrize("suite", SUITES, ids=lambda one: one.name)
@pytest.mark.parametrize("mode", [PSK_KE, PSK_DHE_KE], ids=lambda one: one.name)
@pytest.mark.parametrize("kind", ["resumption", "external"])
def test_each_psk_mode_with_each_suite(suite: CipherSuite, mode: object, kind: str) -> None:
    server, client = replace(SERVER, suites=(suite,)), replace(CLIENT, suites=(suite,))
    hash_name = "sha384" if suite is AES_256 else "sha256"
    if kind == "external":
        psk = replace(PSK, hash_name=hash_name)
        server = replace(server, psks=(psk,))
        client = replace(client, psks=(psk,))
    else:
        client = ticketed(server, client)
    pair = run(replace(client, modes=frozenset({mode})), server)  # type: ignore[arg-type]
    outcome = pair.client.outcome
    assert outcome.mode == ("psk_ke" if mode is PSK_KE else "psk_dhe_ke")
    assert outcome.resumed == (kind == "resumption")
    assert outcome.suite.code_point is suite
    assert ("ecdhe" in pair.client.secrets) == (mode is PSK_DHE_KE)
    assert outcome.chain == ()
    server_hello = unpack(pair.conversation().steps[1].messages[0])
    assert (server_hello.find(KeyShareServerHello) is not None) == (mode is PSK_DHE_KE)  # type: ignore[union-attr]


@pytest.mark.parametrize("group", GROUPS, ids=lambda one: one.name)
@pytest.mark.parametrize("retried", [False, True])
@pytest.mark.parametrize("compatible", [False, True])
def test_each_group_with_and_without_retry(
    group: NamedGroup, retried: bool, compatible: bool
) -> None:
    others = tuple(one for one in GROUPS if one is not group)
    client = replace(
        CLIENT,
        groups=(*others, group),
        share_groups=others[:1] if retried else (group,),
        middlebox_compatibility=compatible,
        padding=64,
    )
    server = replace(SERVER, groups=(group,), padding=100)
    for config in (client, replace(ticketed(server, client), share_groups=client.share_groups)):
        pair = run(config, server)
        assert pair.client.outcome.group == group
        assert pair.client.outcome.retried is retried
        kinds = [step.content_type.name for step in pair.conversation().steps]
        assert kinds.count("CHANGE_CIPHER_SPEC") == (2 if compatible else 0)
        sealed = [step for step in pair.conversation().steps if step.epoch]
        quantum = {"client": 64, "server": 100}
        for step in sealed:
            room = len(step.wire) - 5 - 17
            assert room % quantum[step.sender] == 0 or room == 2**14


@pytest.mark.parametrize("mode", ["full", "psk_ke", "psk_dhe_ke"])
def test_a_seeded_conversation_repeats_byte_for_byte(mode: Mode) -> None:
    def wire(seed: str) -> bytes:
        configs = (CLIENT, SERVER) if mode == "full" else lesson_configs(mode)
        pair = Pair(*configs, seed=seed)
        pair.handshake()
        return b"".join(step.wire for step in pair.conversation().steps)

    assert wire("one") == wire("one")
    assert wire("one") != wire("two")


def test_the_hybrid_servers_share_is_the_one_thing_that_does_not_repeat() -> None:
    client = replace(CLIENT, groups=(NamedGroup.X25519MLKEM768,))
    first, second = ([s.wire for s in run(client, SERVER).conversation().steps] for _ in range(2))
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_of_two_modes_the_server_takes_dhe_unless_told_otherwise() -> None:
    client = replace(CLIENT, psks=(PSK,))
    assert mode_of(client, SERVER) == "psk_dhe_ke"
    assert mode_of(client, replace(SERVER, prefer_psk_ke=True)) == "psk_ke"
    assert mode_of(client, replace(SERVER, modes=frozenset({PSK_KE}))) == "psk_ke"
    only_ke = replace(client, modes=frozenset({PSK_KE}))
    assert mode_of(only_ke, SERVER) == "psk_ke"
    # No mode is shared: the PSK is not used.
    assert mode_of(only_ke, replace(SERVER, modes=frozenset({PSK_DHE_KE}))) == "full"


@pytest.mark.parametrize(
    ("modes", "trust", "sent"), [(BOTH, False, 1), (None, True, 1), (None, False, 0)]
)
def test_when_a_share_is_sent(modes: object, trust: bool, sent: int) -> None:
    config = replace(
        CLIENT,
        psks=(PSK,),
        modes=modes or frozenset({PSK_KE}),  # type: ignore[arg-type]
        trust=CLIENT.trust if trust else None,
    )
    hello = unpack(Connection.client(config, env()).outgoing()[5:])
    assert isinstance(hello, ClientHello)
    shares = hello.find(KeyShareClientHello)
    assert (len(shares.client_shares) if shares else 0) == sent


def test_an_unknown_identity_falls_back_or_is_refused() -> None:
    client = replace(CLIENT, psks=(replace(PSK, identity=b"nobody"),))
    assert mode_of(client, SERVER) == "full"
    with pytest.raises(UnknownPskIdentity):
        Pair(client, replace(SERVER, credential=None)).handshake()
    with pytest.raises(HandshakeFailure, match="no certificate"):
        Pair(CLIENT, replace(SERVER, credential=None)).handshake()


def test_a_wrong_key_under_a_known_name_aborts() -> None:
    pair = Pair(replace(CLIENT, psks=(replace(PSK, key=bytes(32)),)), SERVER)
    with pytest.raises(BinderMismatch):
        pair.handshake()
    assert pair.server.closed
    assert not pair.server.connected


def test_the_second_of_several_identities_can_be_selected() -> None:
    stranger = replace(PSK, identity=b"nobody", key=b"x" * 40, hash_name="sha384")
    resuming = ticketed()
    pair = run(replace(CLIENT, psks=(stranger, PSK, *resuming.psks)), SERVER)
    assert pair.client.outcome.selected_identity == 1
    assert pair.client.outcome.psk_kind is PskKind.EXTERNAL
    hello = unpack(pair.conversation().steps[0].messages[0])
    offered = hello.find(OfferedPsks)  # type: ignore[union-attr]
    assert offered is not None
    assert [len(one) for one in offered.binders] == [48, 32, 32]


def test_a_psk_is_used_only_with_its_hash() -> None:
    client = replace(CLIENT, psks=(PSK,))
    assert mode_of(client, replace(SERVER, suites=(AES_256,))) == "full"
    # The server's favorite suite has another hash, and gives way to the PSK.
    suites = (AES_256, CipherSuite.TLS_CHACHA20_POLY1305_SHA256)
    outcome = run(client, replace(SERVER, suites=suites)).client.outcome
    assert (outcome.mode, outcome.suite.code_point) == ("psk_dhe_ke", suites[1])


def test_a_resumed_connection_keeps_its_suite_where_it_can() -> None:
    chacha = CipherSuite.TLS_CHACHA20_POLY1305_SHA256
    client = ticketed(replace(SERVER, suites=(chacha,)))
    assert run(client, SERVER).client.outcome.suite.code_point is chacha


def test_old_tickets_are_neither_offered_nor_taken() -> None:
    client = ticketed()
    last = LESSON_TIME_MS + 7_200_000
    assert mode_of(client, SERVER, now_ms=last) == "psk_dhe_ke"
    assert mode_of(client, SERVER, now_ms=last + 1) == "full"
    # A client that does not know better offers it; the server declines.
    longer = replace(client, psks=(replace(client.psks[0], lifetime_s=604_800),))  # type: ignore[arg-type]
    pair = run(longer, SERVER, now_ms=last + 1)
    assert pair.client.outcome.mode == "full"
    hello = unpack(pair.conversation().steps[0].messages[0])
    assert hello.find(OfferedPsks) is not None  # type: ignore[union-attr]
    week = LESSON_TIME_MS + 604_800_000
    endless = replace(client, psks=(replace(client.psks[0], lifetime_s=2**32 - 1),))  # type: ignore[arg-type]
    hello = unpack(Connection.client(endless, env(now_ms=week + 1)).outgoing()[5:])
    assert hello.find(OfferedPsks) is None  # type: ignore[union-attr]


def test_a_stateful_ticket_is_good_for_one_handshake_and_survives_a_bad_binder() -> None:
    server = replace(SERVER, tickets=StatefulTickets())
    client = ticketed(server)
    thief = replace(client, psks=(replace(client.psks[0], key=bytes(32)),))
    with pytest.raises(BinderMismatch):
        Pair(thief, server).handshake()
    assert [mode_of(client, server) for _ in range(2)] == ["psk_dhe_ke", "full"]


def test_a_rotated_ticket_key_opens_once_more() -> None:
    client, book = ticketed(), StatelessTickets(TICKET_KEY)
    once = book.rotate(TicketKey.new(seeded("second")))
    twice = once.rotate(TicketKey.new(seeded("third")))
    modes = [mode_of(client, replace(SERVER, tickets=one)) for one in (book, once, twice)]
    assert modes == ["psk_dhe_ke", "psk_dhe_ke", "full"]


def test_tickets_are_issued_only_where_they_are_of_use() -> None:
    assert len(run(CLIENT, SERVER).tickets) == 2
    assert len(run(CLIENT, replace(SERVER, ticket_count=5)).tickets) == 5
    assert run(CLIENT, replace(SERVER, tickets=None)).tickets == ()
    only_ke = replace(CLIENT, modes=frozenset({PSK_KE}))
    assert run(only_ke, replace(SERVER, modes=frozenset({PSK_DHE_KE}))).tickets == ()
    assert run(replace(CLIENT, modes=frozenset()), SERVER).tickets == ()


def expand_label(secret: bytes, label: bytes, context: bytes) -> bytes:
    full = b"tls13 " + label
    info = b"\x00\x20" + bytes((len(full),)) + full + bytes((len(context),)) + context
    return hmac.digest(secret, info + b"\x01", "sha256")


@pytest.mark.parametrize("kind", [b"ext binder", b"res binder"])
def test_a_retry_makes_the_binder_anew_over_the_whole_transcript(kind: bytes) -> None:
    server = replace(SERVER, groups=(NamedGroup.SECP256R1,))
    client = replace(CLIENT, psks=(PSK,)) if kind == b"ext binder" else ticketed()
    pair = run(client, server)
    assert pair.client.outcome.mode == "psk_dhe_ke"
    sent = [raw for step in pair.conversation().steps for raw in step.messages]
    first, retry, second = sent[:3]
    offered = unpack(second).find(OfferedPsks)  # type: ignore[union-attr]
    assert offered is not None
    covered = b"\xfe\x00\x00\x20" + hashlib.sha256(first).digest() + retry
    covered += second[: -offered.binders_length]
    early = hmac.digest(bytes(32), client.psks[0].key, "sha256")
    base = expand_label(early, kind, hashlib.sha256(b"").digest())
    key = expand_label(base, b"finished", b"")
    made = hmac.digest(key, hashlib.sha256(covered).digest(), "sha256")
    assert made == offered.binders[0]


def test_after_a_retry_psks_with_another_hash_are_left_out() -> None:
    other = replace(PSK, identity=b"other", hash_name="sha384")
    server = replace(SERVER, groups=(NamedGroup.SECP256R1,))
    pair = run(replace(CLIENT, psks=(other, PSK)), server)
    hellos = [unpack(s.messages[0]) for s in pair.conversation().steps if s.messages][:3]
    counts = [len(one.find(OfferedPsks).identities) for one in (hellos[0], hellos[2])]  # type: ignore[union-attr]
    assert counts == [2, 1]


def test_a_ticket_is_offered_only_under_its_name() -> None:
    elsewhere = replace(ticketed(), server_name="other.example")
    hello = unpack(Connection.client(elsewhere, env()).outgoing()[5:])
    assert hello.find(OfferedPsks) is None  # type: ignore[union-attr]


def test_alpn_and_server_name() -> None:
    server = replace(SERVER, alpn=(b"h2", b"echo"))
    pair = run(replace(CLIENT, alpn=(b"echo", b"h2")), server)
    assert pair.client.outcome.alpn == b"h2"
    assert pair.server.outcome.server_name == NAME
    assert run(replace(CLIENT, alpn=(b"x",)), SERVER).client.outcome.alpn is None
    with pytest.raises(NoApplicationProtocol):
        Pair(replace(CLIENT, alpn=(b"x",)), server).handshake()


def updates(events: list[Event]) -> int:
    return sum(isinstance(one, KeysUpdated) for one in events)


def test_keys_move_on_in_both_directions() -> None:
    pair = run(CLIENT, SERVER)
    for number in range(3):
        pair.client.update_keys(request=number % 2 == 0)
        pair.server.update_keys(request=number % 2 == 1)
        pair.client.send(b"c%d" % number)
        pair.server.send(b"s%d" % number)
        pair.pump()
        pair.client.send(b"C")
        pair.server.send(b"S")
        pair.pump()
    assert pair.server_received.endswith(b"c0Cc1Cc2C")
    assert pair.client_received.endswith(b"s0Ss1Ss2S")
    # Three of its own, and one for each time it was asked.
    assert (updates(pair.server_events), updates(pair.client_events)) == (3 + 1, 3 + 2)


def test_a_key_update_that_was_asked_for_goes_before_the_next_data() -> None:
    pair = run(CLIENT, SERVER)
    for _ in range(3):
        # Each asks, as a peer may that does not know yet that the one before was not answered.
        pair.client._state = replace(pair.client._connected(), update_awaited=False)
        pair.client.update_keys(request=True)
    pair.pump()
    assert (updates(pair.server_events), updates(pair.client_events)) == (3, 0)
    pair.server.send(b"one")
    pair.server.send(b"two")
    pair.pump()
    assert pair.client_received.endswith(b"onetwo")
    assert updates(pair.client_events) == 1


def test_a_key_update_of_ones_own_is_an_answer_too() -> None:
    pair = run(CLIENT, SERVER)
    pair.client.update_keys(request=True)
    pair.pump()
    pair.server.update_keys()
    pair.server.send(b"x")
    pair.pump()
    assert updates(pair.client_events) == 1


def test_no_key_update_is_answered_behind_close_notify() -> None:
    pair = run(CLIENT, SERVER)
    pair.client.update_keys(request=True)
    asked = pair.client.outgoing()
    pair.server.close()
    pair.server.outgoing()
    pair.server.receive(asked, env())
    assert pair.server.outgoing() == b""


def test_keys_that_have_sealed_enough_are_replaced() -> None:
    pair = run(CLIENT, SERVER)
    sealer = pair.client._sender._sealer
    assert sealer is not None
    sealer.sequence = 2**24
    opener = pair.server._opener
    assert opener is not None
    opener.sequence = 2**24
    pair.client.send(b"after the limit")
    pair.pump()
    assert pair.server_received.endswith(b"after the limit")
    assert any(isinstance(one, KeysUpdated) for one in pair.server_events)


def test_closing_and_being_cut_off() -> None:
    pair = run(CLIENT, SERVER)
    pair.client.close()
    pair.client.close()
    pair.pump()
    assert sum(isinstance(one, PeerClosed) for one in pair.server_events) == 1
    pair.server.receive_eof()
    with pytest.raises(LocalFault, match="closed"):
        pair.client.send(b"too late")
    with pytest.raises(TruncatedConnection):
        pair.client.receive_eof()


def test_nothing_can_be_used_too_early() -> None:
    pair = Pair(CLIENT, SERVER)
    for use in (
        lambda: pair.client.send(b"x"),
        lambda: pair.client.exported("x", b"", 1),
        lambda: pair.client.outcome,
        lambda: pair.client.update_keys(),
    ):
        with pytest.raises(LocalFault, match="not done yet"):
            use()
    with pytest.raises(LocalFault, match="usable PSK or a trusted certificate"):
        Connection.client(ClientConfig(), env())


# A ClientHello's extensions have 65,535 bytes together; those beside the identity take the rest.
@pytest.mark.parametrize(
    ("client", "longest"),
    [
        (ClientConfig(modes=frozenset({PSK_KE})), 65535 - 60),
        (ClientConfig(groups=(NamedGroup.X25519,)), 65535 - 110),
    ],
    ids=["psk_ke", "psk_dhe_ke"],
)
def test_the_longest_identity_works_and_a_longer_one_is_refused_at_once(
    client: ClientConfig, longest: int
) -> None:
    psk = replace(PSK, identity=b"x" * longest)
    server = ServerConfig(psks=(psk,), modes=BOTH)
    assert mode_of(replace(client, psks=(psk,)), server).startswith("psk_")
    too_long = replace(client, psks=(replace(psk, identity=b"x" * (longest + 1)),))
    with pytest.raises(LocalFault, match=f"identities of {longest + 1} bytes do not fit"):
        Connection.client(too_long, env())


def test_an_untraced_pair_keeps_no_conversation() -> None:
    pair = Pair(CLIENT, SERVER, traced=False)
    pair.handshake()
    with pytest.raises(ValueError, match="traced=False"):
        pair.conversation()
    assert Pair(CLIENT, SERVER).conversation().mode == "unfinished"


def test_no_repr_shows_a_secret() -> None:
    pair = run(ticketed(), SERVER)
    states = [pair.client._state, pair.server._state, CREDENTIAL, SERVER, ticketed()]
    shown = repr([states, pair.client_events, pair.conversation().steps])
    for name, secret in {**pair.client.secrets, **pair.server.secrets}.items():
        assert secret.hex() not in shown, name
        assert repr(secret)[2:-1] not in shown, name
