"""The two suites of AES-CCM with a real OpenSSL at either end: certificate, PSK, ticket, 0-RTT."""

from dataclasses import replace

import pytest

from tls13lab.crypto.certificates import TrustAnyone, self_signed
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import OpenSSLPsk, OpenSSLServer, s_client
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.codepoints import CipherSuite

pytestmark = [pytest.mark.openssl, pytest.mark.usefixtures("binary")]
CCM = (CipherSuite.TLS_AES_128_CCM_SHA256, CipherSuite.TLS_AES_128_CCM_8_SHA256)
KEY = bytes(range(32))
WORDS = b"words under CCM\n"
each = pytest.mark.parametrize("suite", CCM, ids=lambda one: one.name)


@each
def test_our_client_at_openssl_with_a_certificate_and_then_its_ticket(suite: CipherSuite) -> None:
    client = ClientConfig(trust=TrustAnyone(), suites=(suite,))
    with OpenSSLServer(suites=[suite.name]) as server:
        first = connect("127.0.0.1", server.port, client, send=WORDS, expect=len(WORDS))
        assert first.received == WORDS[:-1][::-1] + b"\n"
        again = connect("127.0.0.1", server.port, replace(client, psks=first.tickets[:1]), expect=0)
    assert [one.outcome.suite.code_point for one in (first, again)] == [suite] * 2
    assert again.outcome.resumed


@each
def test_our_client_at_openssl_with_an_external_psk_and_early_data(suite: CipherSuite) -> None:
    psk = ExternalPsk(b"lab", KEY, suite=suite, max_early_data_size=1000)
    theirs = OpenSSLPsk("lab", KEY)
    with OpenSSLServer(psk=theirs, early_data=1000, suites=[suite.name]) as server:
        client = ClientConfig(psks=(psk,), suites=(suite,), early_data=WORDS)
        report = connect("127.0.0.1", server.port, client, expect=0)
        assert report.outcome.early_data == "accepted"
        server.wait_for(WORDS.strip())


@each
def test_openssl_s_client_at_our_server(suite: CipherSuite) -> None:
    environment = real_environment()
    credential = self_signed("localhost", environment.now_ms, environment.entropy)
    psk = ExternalPsk(b"lab", KEY)
    with serving(ServerConfig(credential=credential, psks=(psk,), suites=(suite,))) as server:
        for given in (None, OpenSSLPsk("lab", KEY)):
            run = s_client(server.port, psk=given, suites=[suite.name])
            assert run.suite == suite.name
