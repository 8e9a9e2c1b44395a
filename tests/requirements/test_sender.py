"""What RFC 9846 demands of what is sent, read off every conversation that the matrix has."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from tests.handshake.scenes import BOTH, CLIENT, PSK, SERVER, ticketed
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair
from tls13lab.handshake.trace import Conversation
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import Message, unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.negotiation import (
    EarlyData,
    PskKeyExchangeModes,
    SelectedVersion,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.post_handshake import MAX_LIFETIME_S, EndOfEarlyData, NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.wire.codepoints import ContentType, NamedGroup
from tls13lab.wire.faults import LocalFault

EARLY = replace(SERVER, max_early_data_size=1000, anti_replay=NoAntiReplay())
RETRIES = replace(EARLY, groups=(NamedGroup.SECP256R1,))
GROUPS = (NamedGroup.X25519, NamedGroup.SECP256R1)


def clients() -> Iterator[ClientConfig]:
    """Each kind of offer in each mode."""
    ticket = ticketed(EARLY)
    for modes in (frozenset({PSK_KE}), frozenset({PSK_DHE_KE}), BOTH):
        yield replace(CLIENT, modes=modes)
        yield replace(CLIENT, psks=(PSK,), modes=modes)
        yield replace(ticket, modes=modes)
        yield replace(ticket, psks=(*ticket.psks, PSK), modes=modes, early_data=b"early")
        yield ClientConfig(psks=(PSK,), modes=modes)
    yield replace(CLIENT, groups=GROUPS, share_groups=GROUPS)
    yield replace(CLIENT, middlebox_compatibility=False, alpn=(b"h2",))


def conversations() -> Iterator[tuple[ClientConfig, ServerConfig, Conversation]]:
    """All clients with all servers."""
    for number, (client, server) in enumerate(product(clients(), (SERVER, EARLY, RETRIES))):
        pair = Pair(client, server, seed=f"sender {number}")
        pair.handshake()
        pair.client.send(b"x" * 40_000)
        pair.client.update_keys(request=True)
        pair.pump()
        pair.client.close()
        pair.pump()
        yield client, server, pair.conversation()


ALL = list(conversations())


def of(kind: type[Message]) -> list[Message]:
    """All messages of a kind that were sent."""
    return [
        message
        for _, _, said in ALL
        for step in said.steps
        for raw in step.messages
        if isinstance(message := unpack(raw), kind)
    ]


def hellos() -> list[ClientHello]:
    return [one for one in of(ClientHello) if isinstance(one, ClientHello)]


def test_there_is_something_of_everything_to_look_at() -> None:
    assert len(ALL) == 51
    assert {said.mode for _, _, said in ALL} == {"full", "psk_ke", "psk_dhe_ke"}
    for kind in (HelloRetryRequest, NewSessionTicket, EncryptedExtensions, CertificateVerify):
        assert of(kind)
    assert of(EndOfEarlyData)


def test_the_first_message_is_a_client_hello_with_the_fixed_fields() -> None:
    for client, _, said in ALL:
        first = unpack(said.steps[0].messages[0])
        assert isinstance(first, ClientHello)
        assert first.legacy_version == 0x0303
        assert first.legacy_compression_methods == b"\x00"
        session = 32 if client.middlebox_compatibility else 0
        assert len(first.legacy_session_id) == session


def test_every_client_hello_has_the_extensions_that_belong_together() -> None:
    """9.2, 4.3.8, 4.3.9, 4.3.10, 4.3.11."""
    for hello in hellos():
        versions = hello.find(SupportedVersions)
        assert versions is not None
        assert versions.versions == (0x0304,)
        groups, shares = hello.find(SupportedGroups), hello.find(KeyShareClientHello)
        assert (groups is None) == (shares is None)
        if groups is not None and shares is not None:
            listed = [one.group for one in shares.client_shares]
            assert len(set(groups.groups)) == len(groups.groups)
            assert sorted(listed, key=groups.groups.index) == listed
            assert len(set(listed)) == len(listed)
        offered = hello.find(OfferedPsks)
        assert (offered is None) or (hello.find(PskKeyExchangeModes) is not None)
        assert (offered is None) or (hello.extensions[-1] is offered)
        if offered is None:
            assert hello.find(SignatureAlgorithms) is not None
            assert groups is not None
            assert hello.find(EarlyData) is None
        types = [one.extension_type for one in hello.extensions]
        assert len(set(types)) == len(types)


def test_no_share_and_no_random_is_used_twice() -> None:
    """4.3.8: "MUST NOT reuse a key share for multiple connections"."""
    keys = [
        share.key_exchange
        for hello in hellos()
        if (shares := hello.find(KeyShareClientHello))
        for share in shares.client_shares
    ]
    keys += [
        share.server_share.key_exchange
        for hello in of(ServerHello)
        if isinstance(hello, ServerHello) and (share := hello.find(KeyShareServerHello))
    ]
    # A second ClientHello without a retry in key_share would repeat its share; there is none here.
    assert len(set(keys)) == len(keys)
    randoms = [hello.random for hello in of(ServerHello) if isinstance(hello, ServerHello)]
    assert len(set(randoms)) == len(randoms)


def test_every_server_hello_answers_what_was_asked() -> None:
    """4.2.3, 4.3.8, 4.3.9."""
    for _, _, said in ALL:
        sent = [unpack(raw) for step in said.steps for raw in step.messages]
        hello = [one for one in sent if isinstance(one, ClientHello)][-1]
        answer = next(one for one in sent if isinstance(one, ServerHello))
        asked = {one.extension_type for one in hello.extensions}
        assert {one.extension_type for one in answer.extensions} <= asked
        assert answer.legacy_session_id_echo == hello.legacy_session_id
        assert answer.find(SelectedVersion) == SelectedVersion(0x0304)
        share, modes = answer.find(KeyShareServerHello), hello.find(PskKeyExchangeModes)
        if answer.find(SelectedPsk) is not None:
            assert modes is not None
            assert (PSK_DHE_KE if share else PSK_KE) in modes.modes
        if share is not None:
            offered = hello.find(KeyShareClientHello)
            assert offered is not None
            assert share.server_share.group in [one.group for one in offered.client_shares]
        after = sent.index(answer) + 1
        assert isinstance(sent[after], EncryptedExtensions)
        retry = next((one for one in sent if isinstance(one, HelloRetryRequest)), None)
        if retry is not None:
            assert retry.cipher_suite == answer.cipher_suite


def test_with_a_psk_there_is_no_certificate_and_no_request_for_one() -> None:
    for _, _, said in ALL:
        kinds = {type(unpack(raw)) for step in said.steps for raw in step.messages}
        certified = {Certificate, CertificateVerify} & kinds
        assert bool(certified) == (said.mode == "full")
        assert CertificateRequest not in kinds


def test_tickets_differ_and_live_no_longer_than_a_week() -> None:
    tickets = [one for one in of(NewSessionTicket) if isinstance(one, NewSessionTicket)]
    assert all(one.ticket_lifetime <= MAX_LIFETIME_S for one in tickets)
    assert len({one.ticket_age_add for one in tickets}) == len(tickets)
    assert len({one.ticket for one in tickets}) == len(tickets)
    with pytest.raises(LocalFault, match="604800"):
        ServerConfig(psks=(PSK,), ticket_lifetime_s=MAX_LIFETIME_S + 1)


def test_records_are_framed_as_they_should_be() -> None:
    """5.1, 5.2, 5.4: versions, lengths, nothing empty, nothing unprotected that must not be."""
    for _, _, said in ALL:
        for number, step in enumerate(said.steps):
            version = int.from_bytes(step.wire[1:3], "big")
            assert version == 0x0303 or (number == 0 and version == 0x0301)
            assert int.from_bytes(step.wire[3:5], "big") == len(step.wire) - 5 <= 2**14 + 256
            assert step.plaintext or step.content_type is ContentType.APPLICATION_DATA
            if step.content_type is ContentType.APPLICATION_DATA:
                assert step.epoch.name in ("EARLY", "APPLICATION")
            if step.content_type is ContentType.ALERT:
                assert step.plaintext == b"\x01\x00"  # close_notify is a warning


def test_a_change_of_keys_stands_at_the_end_of_a_record() -> None:
    """5.1: ClientHello, ServerHello, EndOfEarlyData, Finished, KeyUpdate end their records."""
    last = {1, 2, 5, 20, 24}
    for _, _, said in ALL:
        for step in said.steps:
            assert not any(raw[0] in last for raw in step.messages[:-1])
