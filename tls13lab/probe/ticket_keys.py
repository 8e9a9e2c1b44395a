"""Is a ticket sealed under a key that everybody knows? This is tested offline.

A hit is certain, because the ticket's own MAC or AEAD tag verifies. Four formats are tried. That of
RFC 5077 section 4 (a key name of 16 bytes, an IV, AES-CBC, HMAC-SHA256 over all) is used by OpenSSL
and programs built on it. The others are those of GnuTLS, with HMAC-SHA1, of Go, which derives its
keys with SHA-512, and of this lab. Such keys have been used: in CVE-2020-13777, GnuTLS sealed its
tickets under a key of zeros.
"""

import hashlib
import hmac
from collections.abc import Iterator

from tls13lab.psk.stateless import NAME_LENGTH, TicketKey, unseal

BAD_KEYS: dict[str, bytes] = {
    "all zeros": bytes(64),
    "all ones": b"\xff" * 64,
    "0, 1, 2, 3, ...": bytes(range(64)),
    "0123456789abcdef again and again": b"0123456789abcdef" * 4,
    "the letter a again and again": b"a" * 64,
    "the digit 0 again and again": b"0" * 64,
}
"""The keys, by a description; each format takes as many bytes as it needs."""


def known_key(ticket: bytes) -> str | None:
    """The format of ``ticket`` and the key that opens it, in words; None if no such key does."""
    for name, key in BAD_KEYS.items():
        for form in _opened_by(ticket, key):
            return f"{form}, {name}"
    return None


def _opened_by(ticket: bytes, key: bytes) -> Iterator[str]:
    if len(ticket) < NAME_LENGTH + 16 + 32:
        return
    body, mac = ticket[:-32], ticket[-32:]
    # HMAC pads short keys with zeros, so for the key of zeros both lengths are the same.
    for length in (16, 32):
        if hmac.compare_digest(hmac.digest(key[:length], body, "sha256"), mac):
            yield "RFC 5077's format, as in OpenSSL"
    if hmac.compare_digest(hmac.digest(key[:16], ticket[:-20], "sha1"), ticket[-20:]):
        yield "GnuTLS's format"
    derived = hashlib.sha512(key[:32]).digest()
    if hmac.compare_digest(hmac.digest(derived[32:48], body, "sha256"), mac):
        yield "Go's format"
    if unseal(TicketKey(ticket[:NAME_LENGTH], key[:32]), ticket) is not None:
        yield "this lab's format"
