"""Names that are not ASCII, a second hello without an offer, identities that are not given away."""

from dataclasses import replace

import pytest

from tests.handshake.scenes import BOTH, PSK, SERVER, alert_of, env, record
from tests.handshake.scenes import client_hello as hello_of
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.faults import BinderMismatch, HandshakeFailure, LocalFault, UnknownPskIdentity

# Names (RFC 6066) ---------------------------------------------------------------------------------


def test_a_name_that_is_not_ascii_is_told_as_such_with_and_without_psks() -> None:
    for psks in ((), (PSK,)):
        config = ClientConfig(psks=psks, trust=TrustAnyone(), server_name="bücher.example")
        with pytest.raises(LocalFault, match=r"write it as xn--bcher-kva\.example"):
            Connection.client(config, env())


# A second ClientHello (9.2) -----------------------------------------------------------------------


def test_a_second_hello_that_could_offer_nothing_is_not_sent() -> None:
    """The HelloRetryRequest names a suite whose hash the one PSK does not have."""
    server = ServerConfig(credential=SERVER.credential, groups=(NamedGroup.SECP256R1,))
    sha384 = tuple(suite for suite in server.suites if suite.name.endswith("SHA384"))
    server = replace(server, suites=sha384)
    client = ClientConfig(psks=(PSK,), modes=frozenset({PSK_DHE_KE}))
    # A server sends it to such a client only if it does not look at signature_algorithms first.
    pair = Pair(replace(client, trust=TrustAnyone()), server, seed="ask for another group")
    retry = Connection.server(server)
    retry.receive(pair.client.outgoing(), env())
    request = retry.outgoing()
    lonely = Connection.client(client, env("ask for another group"))
    hello = lonely.outgoing()
    echoed = pair.conversation().steps[0].wire[5 + 4 + 2 + 32 + 1 :][:32]
    own = hello[5 + 4 + 2 + 32 + 1 :][:32]
    with pytest.raises(HandshakeFailure, match="no PSK of this client has that hash"):
        lonely.receive(request.replace(echoed, own), env())
    assert lonely.outgoing()[-7:-2] == bytes.fromhex("15 0303 0002")  # an alert, and no hello
    assert lonely.closed


# Identities (F.6) ---------------------------------------------------------------------------------

STRANGER = replace(PSK, identity=b"nobody")
WRONG_KEY = replace(PSK, key=bytes(32))
OTHER_HASH = ExternalPsk(PSK.identity, PSK.key, "sha384")


def answer(server: ServerConfig, psk: ExternalPsk) -> str:
    client = ClientConfig(psks=(psk,), modes=BOTH)
    return alert_of(Connection.server(server), record(hello_of(client)))


def test_a_server_with_psks_only_can_hide_which_names_it_knows() -> None:
    telling = ServerConfig(psks=(PSK,))
    hiding = replace(telling, hide_identities=True)
    assert answer(telling, STRANGER) == "unknown_psk_identity"
    assert answer(telling, WRONG_KEY) == "decrypt_error"
    assert {answer(hiding, one) for one in (STRANGER, WRONG_KEY, OTHER_HASH)} == {"decrypt_error"}
    # The first would ask for another share, if the binder were good; the second shares no group.
    for group in (NamedGroup.SECP256R1, NamedGroup.SECP384R1):
        asking = replace(hiding, groups=(group,))
        assert {answer(asking, one) for one in (STRANGER, WRONG_KEY)} == {"decrypt_error"}


def test_to_whoever_runs_the_server_the_two_are_two() -> None:
    for server, kind in (
        (ServerConfig(psks=(PSK,)), UnknownPskIdentity),
        (ServerConfig(psks=(PSK,), hide_identities=True), BinderMismatch),
    ):
        with pytest.raises(kind, match="no offered PSK can be used"):
            Pair(ClientConfig(psks=(STRANGER,)), server, seed="names").pump()


def test_with_a_certificate_nothing_can_be_hidden() -> None:
    with pytest.raises(LocalFault, match="with a certificate cannot hide"):
        replace(SERVER, hide_identities=True)
