"""What a recorded handshake shows to anybody: a tiny parser. RFC 8446 sections 4.1 and 5.1.

It shares no code with the package that is under test, and it needs no key: ServerHello and both
ClientHellos are plaintext. It reads one connection's bytes and says which suite and which PSK mode
were negotiated. It does not look at anything encrypted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HANDSHAKE, APPLICATION_DATA = 22, 23
CLIENT_HELLO, SERVER_HELLO = 1, 2
TLS_CERT_WITH_EXTERN_PSK = 33
PRE_SHARED_KEY, EARLY_DATA, SUPPORTED_VERSIONS = 41, 42, 43
PSK_KEY_EXCHANGE_MODES, KEY_SHARE = 45, 51
SUITES = {
    0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256",
}
# RFC 8446 section 4.1.3: the SHA-256 of "HelloRetryRequest" marks a ServerHello that is one.
HRR_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class NotTLS(ValueError):
    """The bytes are not what this parser was promised."""


@dataclass(frozen=True)
class Observed:
    """The plaintext facts of one handshake."""

    suite: str
    mode: str  # "full", "psk_dhe_ke", "psk_ke" or "cert_with_extern_psk"
    retried: bool  # a HelloRetryRequest came first
    identity: bytes  # the PSK identity that the server selected; empty if it selected none
    group: int | None = None  # of the server's share; None in psk_ke
    early_data: bool = False  # the first ClientHello says that early data follows


@dataclass(frozen=True)
class _Hello:
    random: bytes
    suite: int
    extensions: dict[int, bytes]


class _Bytes:
    """Reads from the front; too few bytes are an error."""

    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, size: int) -> bytes:
        if len(self.rest) < size:
            raise NotTLS(f"{size} bytes wanted, {len(self.rest)} left")
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        return self.take(self.number(size))


def _handshake_messages(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """The plaintext handshake messages of one direction: type and body.

    Protected records are passed over: after early data a second ClientHello is plaintext again.
    """
    records, plain = _Bytes(stream), b""
    while len(records.rest) >= 5:
        kind = records.number(1)
        records.take(2)
        size = records.number(2)
        if len(records.rest) < size:  # the recording ends inside a record
            break
        body = records.take(size)
        plain += body if kind == HANDSHAKE else b""
    messages = _Bytes(plain)
    while messages.rest:
        yield messages.number(1), messages.vector(3)


def _extensions(block: bytes) -> dict[int, bytes]:
    reader, found = _Bytes(block), {}
    while reader.rest:
        kind = reader.number(2)
        if kind in found:
            raise NotTLS(f"extension {kind} came twice")
        found[kind] = reader.vector(2)
    return found


def _server_hello(body: bytes) -> _Hello:
    reader = _Bytes(body)
    reader.take(2)
    random = reader.take(32)
    reader.vector(1)
    suite = reader.number(2)
    reader.take(1)
    return _Hello(random, suite, _extensions(reader.vector(2)))


def _client_hello(body: bytes) -> dict[int, bytes]:
    reader = _Bytes(body)
    reader.take(34)
    reader.vector(1)
    reader.vector(2)
    reader.vector(1)
    return _extensions(reader.vector(2))


def _identities(pre_shared_key: bytes) -> list[bytes]:
    reader, found = _Bytes(_Bytes(pre_shared_key).vector(2)), []
    while reader.rest:
        found.append(reader.vector(2))
        reader.take(4)  # obfuscated_ticket_age
    return found


def offers_psk(from_client: bytes) -> list[bool]:
    """For each ClientHello of the connection: whether it has a pre_shared_key."""
    hellos = (body for kind, body in _handshake_messages(from_client) if kind == CLIENT_HELLO)
    return [PRE_SHARED_KEY in _client_hello(body) for body in hellos]


def observe(from_client: bytes, from_server: bytes) -> Observed:
    """Read one connection's two directions; :class:`NotTLS` if there is no TLS 1.3 handshake."""
    asked = [
        _client_hello(b) for kind, b in _handshake_messages(from_client) if kind == CLIENT_HELLO
    ]
    told = [
        _server_hello(b) for kind, b in _handshake_messages(from_server) if kind == SERVER_HELLO
    ]
    retries = [hello for hello in told if hello.random == HRR_RANDOM]
    finals = [hello for hello in told if hello.random != HRR_RANDOM]
    if len(finals) != 1 or len(retries) > 1 or len(asked) != len(told):
        raise NotTLS(f"{len(asked)} ClientHello, {len(retries)} retries, {len(finals)} ServerHello")
    answer, offer = finals[0], asked[-1]
    if any(hello.extensions.get(SUPPORTED_VERSIONS) != b"\x03\x04" for hello in told):
        raise NotTLS("not TLS 1.3")
    if any(hello.suite != answer.suite for hello in told):
        raise NotTLS("HelloRetryRequest and ServerHello differ in the suite")
    with_psk, with_share = (kind in answer.extensions for kind in (PRE_SHARED_KEY, KEY_SHARE))
    if not with_psk and not with_share:
        raise NotTLS("neither pre_shared_key nor key_share")
    mode = ("psk_dhe_ke" if with_share else "psk_ke") if with_psk else "full"
    identity = b""
    if with_psk:
        selected = int.from_bytes(answer.extensions[PRE_SHARED_KEY], "big")
        identity = _identities(offer[PRE_SHARED_KEY])[selected]
        number = 1 if with_share else 0  # PskKeyExchangeMode, section 4.2.9
        if number not in _Bytes(offer[PSK_KEY_EXCHANGE_MODES]).vector(1):
            raise NotTLS(f"the server chose {mode}, which the client did not offer")
    if TLS_CERT_WITH_EXTERN_PSK in answer.extensions:
        if mode != "psk_dhe_ke" or TLS_CERT_WITH_EXTERN_PSK not in offer:
            raise NotTLS("tls_cert_with_extern_psk without its companions, or not asked for")
        mode = "cert_with_extern_psk"
    suite = SUITES.get(answer.suite, f"{answer.suite:#06x}")
    group = int.from_bytes(answer.extensions[KEY_SHARE][:2], "big") if with_share else None
    return Observed(suite, mode, bool(retries), identity, group, EARLY_DATA in asked[0])


def protected_sizes(stream: bytes) -> list[int]:
    """The length in bytes of each protected record's fragment, in one direction."""
    records, sizes = _Bytes(stream), []
    while len(records.rest) >= 5:
        kind = records.number(1)
        records.take(2)
        size = records.number(2)
        if len(records.rest) < size:  # the recording ends inside a record
            break
        records.take(size)
        if kind == APPLICATION_DATA:
            sizes.append(size)
    return sizes
