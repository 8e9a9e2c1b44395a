"""OpenSSL ends the connection with an alert, in either role: the lab says nothing more (6.2)."""

from itertools import groupby
from pathlib import Path

import pytest

from tests.interop.tap import Tap
from tls13lab.crypto.certificates import TrustAnyone, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_TIME_MS
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import OpenSSLFailed, OpenSSLServer, make_certificate, s_client
from tls13lab.wire.codepoints import AlertDescription
from tls13lab.wire.faults import AlertReceived

pytestmark = [pytest.mark.openssl, pytest.mark.usefixtures("binary")]


class Turns:
    """Who spoke, in order; a tap's tape."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def __call__(self, connection: int, sender: str, data: bytes) -> None:
        if data:
            self._pieces.append(sender)

    @property
    def taken(self) -> list[str]:
        return [one for one, _ in groupby(self._pieces)]


def test_the_server_is_silent_after_openssls_unknown_ca(tmp_path: Path) -> None:
    other = make_certificate(tmp_path)
    credential = self_signed("localhost", LESSON_TIME_MS, seeded("not that authority's"))
    turns = Turns()
    with serving(ServerConfig(credential=credential)) as server:
        with Tap(server.port, turns) as tap:
            with pytest.raises(OpenSSLFailed):
                s_client(tap.port, cafile=other.ca)
            fault = server.wait_for(1, 60)[0].fault
        assert isinstance(fault, AlertReceived)
        assert fault.alert is AlertDescription.UNKNOWN_CA
    assert turns.taken == ["client", "server", "client"]


def test_the_client_is_silent_after_openssls_handshake_failure() -> None:
    turns = Turns()
    client = ClientConfig(trust=TrustAnyone())
    refused = pytest.raises(AlertReceived, match="handshake_failure")
    with OpenSSLServer(groups=["P-521"]) as server, Tap(server.port, turns) as tap, refused:
        connect("127.0.0.1", tap.port, client)
    assert turns.taken == ["client", "server"]
