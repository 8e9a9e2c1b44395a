"""Selfie completed, and blocked in the two ways of RFC 9257 section 6."""

from dataclasses import replace

import pytest

from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE
from tls13lab.handshake.pair import Pair
from tls13lab.impostor.selfie import Member, ReflectedPeer, introduced, reflected, reflecting
from tls13lab.peers.openssl import (
    OpenSSLPsk,
    OpenSSLServer,
    OpenSSLUnavailable,
    find_openssl,
    s_client,
)
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.faults import TLSFault

from tests.conftest import missing  # isort: skip

GROUP = ExternalPsk(b"group", bytes(range(32)))
ALICE = Member(b"alice", b"bob", GROUP)
BOB = Member(b"bob", b"alice", GROUP)
modes = pytest.mark.parametrize("mode", [PSK_KE, PSK_DHE_KE])


@modes
def test_a_member_talks_to_itself_and_does_not_notice(mode: PskKeyExchangeMode) -> None:
    pair = reflecting(replace(ALICE, mode=mode))
    assert pair.handshake().mode == mode.name.lower()
    pair.client.send(b"dear Bob")
    pair.pump()
    assert pair.server_received == b"dear Bob"


@modes
def test_names_in_the_importers_context_end_it(mode: PskKeyExchangeMode) -> None:
    with pytest.raises(TLSFault):
        reflected(replace(ALICE, mode=mode, roles=True))
    # And the friend is still understood.
    alice, bob = (replace(one, mode=mode, roles=True) for one in (ALICE, BOB))
    assert Pair(alice.as_client(), bob.as_server()).handshake().mode == mode.name.lower()


def test_one_role_for_a_psk_ends_it() -> None:
    with pytest.raises(TLSFault):
        reflected(replace(ALICE, answers=False))


def test_names_told_afterwards_end_it() -> None:
    with pytest.raises(ReflectedPeer):
        introduced(ALICE)


def test_names_that_run_together_are_different_contexts() -> None:
    one = Member(b"ab", b"c", GROUP, roles=True)
    other = Member(b"c", b"ab", GROUP, roles=True)
    another = Member(b"bc", b"a", GROUP, roles=True)
    assert Pair(one.as_client(), other.as_server()).handshake()
    with pytest.raises(TLSFault):
        Pair(one.as_client(), another.as_server()).handshake()


@pytest.mark.openssl
def test_openssl_talks_to_itself_as_well() -> None:
    """One host, one PSK, both roles: its client's bytes end at its own server."""
    try:
        find_openssl()
    except OpenSSLUnavailable as reason:
        missing(str(reason))
    group = OpenSSLPsk("group", GROUP.key)
    with OpenSSLServer(psk=group) as server:
        assert s_client(server.port, psk=group, send=b"dear Bob\n").received
