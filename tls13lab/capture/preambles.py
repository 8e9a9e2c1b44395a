"""Where TLS begins in a TCP connection that starts with another protocol.

Mail, directory and database servers talk in the clear until both sides agree on TLS (STARTTLS and
similar). Clients of a proxy first say where to connect to. None of these protocols is parsed here.
A ClientHello is easy to recognize, so the first bytes of each side are searched for it.

>>> hello = bytes.fromhex("16030100420100003e0303")
>>> client_hello_at(b"STARTTLS\\r\\n" + hello), client_hello_at(b"GET / HTTP/1.1")
(10, -1)
"""

import re

MOST = 4096
"""How many bytes of each direction are searched for TLS."""

# A handshake record whose first message is a ClientHello, or a ServerHello: 4.2.2, 4.2.3, 5.1. The
# length of a hello has three bytes, and the first is 0 in practice.
_CLIENT_HELLO = re.compile(rb"\x16\x03[\x00-\x04](..)\x01\x00(..)\x03[\x00-\x04]", re.DOTALL)
_SERVER_HELLO = re.compile(rb"\x16\x03[\x00-\x04](..)\x02\x00(..)\x03[\x00-\x04]", re.DOTALL)
_ALERT = re.compile(rb"\x15\x03[\x00-\x04]\x00\x02[\x01\x02]", re.DOTALL)
_SHORTEST_HELLO = 38
_LONGEST_RECORD = 2**14

_NAMES = (
    (b"URN:IETF:PARAMS:XML:NS:XMPP-TLS", "STARTTLS of XMPP"),
    (b"STARTTLS", "STARTTLS"),
    (b"STLS\r\n", "STARTTLS of POP3"),
    (b"AUTH TLS", "AUTH TLS of FTP"),
    (b"AUTH SSL", "AUTH TLS of FTP"),
    (b"1.3.6.1.4.1.1466.20037", "StartTLS of LDAP"),
    (b"CONNECT ", "HTTP CONNECT"),
    (b"PROXY ", "the PROXY header"),
    (b"\r\n\r\n\x00\r\nQUIT\n", "the PROXY header"),
    (b"\x00\x00\x00\x08\x04\xd2\x16\x2f", "SSLRequest of PostgreSQL"),
    (b"MYSQL_NATIVE_PASSWORD", "the greeting of MySQL"),
    (b"CACHING_SHA2_PASSWORD", "the greeting of MySQL"),
)
"""Bytes that are typical of a protocol, in capitals, and its name for people to read."""


def client_hello_at(head: bytes) -> int:
    """The offset of a ClientHello in the first bytes of a side, or -1."""
    return _hello_at(_CLIENT_HELLO, head)


def server_begins_at(head: bytes) -> int:
    """The offset of the server's first TLS record, a ServerHello or an alert, or -1."""
    hello = _hello_at(_SERVER_HELLO, head)
    alert = _ALERT.search(head)
    if alert is None or 0 <= hello < alert.start():
        return hello
    return alert.start()


def _hello_at(shape: re.Pattern[bytes], head: bytes) -> int:
    for found in shape.finditer(head):
        record, hello = (int.from_bytes(found[n], "big") for n in (1, 2))
        # The two lengths need not match: a hello may span several records, and a ServerHello often
        # shares its record with other messages.
        if hello >= _SHORTEST_HELLO and 0 < record <= _LONGEST_RECORD:
            return found.start()
    return -1


def preamble_name(client: bytes, server: bytes) -> str:
    """The name of the protocol before TLS, from the bytes of both sides; empty if there is none."""
    if not client and not server:
        return ""
    said = (client + b"\n" + server).upper()
    for sign, name in _NAMES:
        if sign in said:
            return name
    if client[:1] in (b"\x04", b"\x05") and client[1:2]:
        return f"SOCKS{client[0]}"
    return "another protocol"
