"""What a field of a message means, and which section of the RFC defines it.

A field is named by the path that the decoder gives it, such as
``client_hello.extensions.key_share``.

>>> meaning("client_hello.extensions.key_share.client_shares.group", bytes.fromhex("001d"))
'x25519'
>>> meaning("pre_shared_key.identities.obfuscated_ticket_age", bytes.fromhex("01ad8a10"))
"28150288: the ticket's age in milliseconds plus ticket_age_add, modulo 2^32"
>>> section("length of client_hello.extensions.pre_shared_key.binders")
'4.3.11'

The hellos and change_cipher_spec also occur in TLS 1.2, where some of their fields mean something
else. So a meaning can depend on the version that the ServerHello chose; before that, it is open.
"""

from enum import IntEnum

from tls13lab.capture.versions import is_old, version_name
from tls13lab.messages.server_hello import HELLO_RETRY_RANDOM
from tls13lab.pictures.code_names import name_for
from tls13lab.wire.codepoints import (
    AlertDescription,
    AlertLevel,
    CipherSuite,
    ContentType,
    ExtensionType,
    HandshakeType,
    NamedGroup,
    PskKeyExchangeMode,
    SignatureScheme,
    name_of,
)

_REGISTRIES: dict[str, type[IntEnum]] = {
    "msg_type": HandshakeType,
    "extension_type": ExtensionType,
    "cipher_suite": CipherSuite,
    "group": NamedGroup,
    "named_group": NamedGroup,
    "selected_group": NamedGroup,
    "scheme": SignatureScheme,
    "algorithm": SignatureScheme,
    "content_type": ContentType,
    "inner content_type": ContentType,
    "level": AlertLevel,
    "description": AlertDescription,
}
_TEXTS = {
    "legacy_session_id": "in TLS 1.3, no session: for middleboxes (E.4)",
    "legacy_session_id_echo": "the value that the client sent (E.4)",
    "key_exchange": "a public key",
    "verify_data": "HMAC over the handshake before this message",
    "binder": "HMAC over the ClientHello up to the binders, with a key from the PSK",
    "cert_data": "a certificate, DER",
    "signature": "over the handshake before this message",
    "ticket": "the PSK's name in a later connection",
    "ticket_nonce": "makes this ticket's PSK different from the others'",
    "ticket_age_add": "added to the ticket's age, to hide it",
    "legacy_compression_methods": "a list that TLS 1.3 does not allow",
    "legacy_compression_method": "a method that TLS 1.3 does not allow",
    "name_type": "host_name",
    "cookie": "to be sent back",
    "tag": "reveals any change of the record or its header",
    "fragment": "in the clear",
    "change_cipher_spec": "for middleboxes, to be ignored (E.4)",
    "identity": "a ticket, or another name of a PSK",
    "data": "not decoded by this lab",
    "content": "the content of the protected record",
    "ciphertext": "content, real type and padding, encrypted",
    "padding": "zeros, to hide the length",
}
_OLD_TEXTS = {
    "legacy_session_id_echo": "the session's name, to resume it with",
    "change_cipher_spec": "what follows from this side is under the new keys",
    "ciphertext": "under the connection's keys; this lab does not open it",
}
"""In TLS 1.2 and older."""
_HYBRID_SHARES = {
    1216: "an ML-KEM-768 and an x25519 public key",
    1120: "an ML-KEM-768 ciphertext and an x25519 public key",
}
"""X25519MLKEM768 of the client and of the server; other shares are shorter."""
_DOWNGRADE = (b"DOWNGRD\x00", b"DOWNGRD\x01")
_NUMBERS = {
    "ticket_lifetime": "seconds",
    "max_early_data_size": "bytes of early data",
    "selected_identity": "counted from 0",
}
_AGE = "the ticket's age in milliseconds plus ticket_age_add, modulo 2^32"
_READABLE_BYTES = {*range(0x20, 0x7F), *b"\t\r\n"}
_READABLE = ("identity", "host_name", "protocol_name", "application data")

# The longest prefix that fits counts; names as in RFC 9846.
_SECTIONS = {
    "msg_type": "4",
    "client_hello": "4.2.2",
    "server_hello": "4.2.3",
    "hello_retry_request": "4.2.4",
    "extensions": "4.3",
    "extensions.supported_versions": "4.3.1",
    "extensions.cookie": "4.3.2",
    "extensions.signature_algorithms": "4.3.3",
    "extensions.supported_groups": "4.3.7",
    "extensions.key_share": "4.3.8",
    "extensions.psk_key_exchange_modes": "4.3.9",
    "extensions.early_data": "4.3.10",
    "extensions.pre_shared_key": "4.3.11",
    "extensions.tls_cert_with_extern_psk": "RFC 9973",
    "extensions.server_name": "RFC 6066 section 3",
    "extensions.application_layer_protocol_negotiation": "RFC 7301 section 3.1",
    "encrypted_extensions": "4.4.1",
    "certificate_request": "4.4.2",
    "certificate": "4.5.1",
    "certificate_verify": "4.5.2",
    "finished": "4.5.3",
    "end_of_early_data": "4.6",
    "new_session_ticket": "4.7.1",
    "key_update": "4.7.3",
    "record": "5.1",
    "record.ciphertext": "5.2",
    "record.padding": "5.4",
    "alert": "6",
    "change_cipher_spec": "5",
}
_OLD_SECTIONS = {
    "record.ciphertext": "RFC 5246 section 6.2.3",
    "change_cipher_spec": "RFC 5246 section 7.1",
}


def meaning(path: str, value: bytes, version: int = 0) -> str:
    """The meaning of a field's value in words; empty if there is nothing to say.

    ``version`` is the one that the ServerHello chose, or 0.
    """
    number = int.from_bytes(value, "big")
    if path.startswith("length of "):
        return f"{number} byte{'' if number == 1 else 's'}"
    last = path.rpartition(".")[2]
    if last in _REGISTRIES:
        return name_for(_REGISTRIES[last], number)
    if last.endswith("version"):
        name = version_name(number)
        return "no version of TLS known here" if name.startswith("0x") else name
    if last == "ke_modes":
        return ", ".join(name_of(PskKeyExchangeMode, mode) for mode in value)
    if last == "random":
        return _random(path, value)
    if last == "request_update":
        return "the peer must update its keys, too" if number else "no update is requested"
    if last == "obfuscated_ticket_age":
        return f"{number}: {_AGE}" if number else f"0: an external PSK has no age; or {_AGE}"
    if last in _NUMBERS:
        return f"{number} {_NUMBERS[last]}"
    if last in _READABLE and _READABLE_BYTES.issuperset(value):
        return repr(value.decode("ascii"))
    if last.startswith("legacy_compression_method") and not any(value):
        return "none"
    if last == "key_exchange" and len(value) in _HYBRID_SHARES:
        return _HYBRID_SHARES[len(value)]
    if is_old(version) and last in _OLD_TEXTS:
        return _OLD_TEXTS[last]
    return _TEXTS.get(last, "")


def _random(path: str, value: bytes) -> str:
    if value == HELLO_RETRY_RANDOM:
        return "this is a HelloRetryRequest"
    if path.startswith("server_hello") and value.endswith(_DOWNGRADE):
        newest = "TLS 1.3" if value.endswith(b"\x01") else "TLS 1.2"
        return f"24 random bytes, and a sign that the server also speaks {newest} (4.2.3)"
    return "32 random bytes"


def cited(path: str) -> str:
    """The section with its RFC; empty if there is none.

    >>> cited("client_hello.extensions.key_share"), cited("client_hello.extensions.server_name")
    ('RFC 9846 section 4.3.8', 'RFC 6066 section 3')
    """
    found = section(path)
    return found if found.startswith("RFC") or not found else f"RFC 9846 section {found}"


def section(path: str, version: int = 0) -> str:
    """The section of RFC 9846 that defines a field, or of another RFC, which is then named.

    ``version`` is the one that the ServerHello chose, or 0.
    """
    path = path.removeprefix("length of ")
    if is_old(version) and path in _OLD_SECTIONS:
        return _OLD_SECTIONS[path]
    message, _, inside = path.partition(".extensions")
    candidates = [f"extensions{inside}"] if "." in path and ".extensions" in path else []
    candidates.append(message)
    for candidate in candidates:
        while candidate:
            if candidate in _SECTIONS:
                return _SECTIONS[candidate]
            candidate = candidate.rpartition(".")[0]
    return ""
