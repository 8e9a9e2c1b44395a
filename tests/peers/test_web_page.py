"""``serve --http``: a whole request gets one page, which says how its handshake went."""

import re
from dataclasses import replace

import pytest

from tests.handshake.scenes import CREDENTIAL, PSK
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_KE, ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.server import Served
from tls13lab.peers.web_page import LARGEST, WebPage
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import NamedGroup

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SERVER = ServerConfig(
    credential=CREDENTIAL,
    psks=(PSK,),
    tickets=StatelessTickets(TicketKey(bytes(16), bytes(range(32)))),
    max_early_data_size=1000,
)
CLIENT = ClientConfig(trust=TrustAnyone(), server_name="lab.example")


def fetch(client: ClientConfig, server: ServerConfig = SERVER, request: bytes = GET) -> str:
    """The response, read to the server's close_notify."""
    with serving(server, application=WebPage) as running:
        report = connect(running.host, running.port, client, send=request, expect=2**16)
        served = running.wait_for(1)[-1]
    assert served.fault is None
    assert served.echoed == len(report.received)
    return report.received.decode("utf-8")


def told(response: str) -> dict[str, str]:
    """The page's table."""
    rows = re.findall(r"<th scope=row>(.+?)</th><td><b>(.+?)</b>", response)
    return dict(rows)


def test_a_full_handshake() -> None:
    response = fetch(CLIENT)
    head, _, body = response.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(body.encode('utf-8'))}" in head
    found = told(body)
    assert found["mode"] == "full"
    assert found["group"] == "x25519"
    assert found["ticket"] == "none used"
    assert found["server name"] == "lab.example"


def test_what_is_said_of_shares_and_names_is_what_the_client_did() -> None:
    """The share that is used may be the client's second; a client may send no name."""
    groups = (NamedGroup.X25519, NamedGroup.SECP256R1)
    client = replace(CLIENT, groups=groups, share_groups=groups, server_name=None)
    response = fetch(client, replace(SERVER, groups=groups[1:]))
    found = told(response)
    assert (found["group"], found["HelloRetryRequest"]) == ("secp256r1", "no")
    assert "first share" not in response
    assert found["server name"] == "none"
    assert "sent by the browser" not in response


def test_psk_ke_with_an_external_psk() -> None:
    only = frozenset({PSK_KE})
    found = told(fetch(replace(CLIENT, psks=(PSK,), modes=only), replace(SERVER, modes=only)))
    assert (found["mode"], found["group"]) == ("psk_ke", "none")
    assert found["ticket"] == "external PSK"


def test_a_request_that_comes_early_is_answered_when_the_handshake_is_done() -> None:
    with serving(SERVER, application=WebPage) as running:
        first = connect(running.host, running.port, CLIENT, send=GET, expect=2**16)
        again = replace(CLIENT, psks=first.tickets[:1], early_data=GET)
        second = connect(running.host, running.port, again, expect=2**16)
    assert second.outcome.early_data == "accepted"
    found = told(second.received.decode("utf-8"))
    assert found["early data (0-RTT)"] == "accepted"
    assert found["ticket"] == "resumed with a ticket"
    assert f"{len(GET)} bytes of this request" in second.received.decode("utf-8")


def test_a_name_is_shown_as_text() -> None:
    """It is whatever the client sends."""
    response = fetch(replace(CLIENT, server_name="a<script>b"))
    assert "a&lt;script&gt;b" in response
    assert "<script>" not in response


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"HEAD / HTTP/1.1\r\n\r\n", "200 OK"),
        (b"GET /?again=1 HTTP/1.0\r\n\r\n", "200 OK"),
        (b"GET /favicon.ico HTTP/1.1\r\n\r\n", "404 Not Found"),
        (b"POST / HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
        (b"hello\r\n\r\n", "400 Bad Request"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * LARGEST, "400 Bad Request"),
    ],
)
def test_what_else_is_asked(request_: bytes, status: str) -> None:
    response = fetch(CLIENT, request=request_)
    assert response.startswith(f"HTTP/1.1 {status}\r\n")
    assert ("<html" in response) == (status == "200 OK" and not request_.startswith(b"HEAD"))


def test_a_request_in_pieces_is_one_request() -> None:
    page, served = WebPage(), Served("somebody")
    for byte in GET[:-1]:
        assert page.receive(bytes([byte]), served, early=False) == b""
        assert not page.done
    assert page.receive(GET[-1:], served, early=False).startswith(b"HTTP/1.1 200")
    assert page.done
    assert page.receive(GET, served, early=False) == b""
