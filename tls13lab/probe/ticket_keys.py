"""Is a ticket sealed under a key that everyone knows? Tried on recorded tickets, offline.

A hit is never a guess: the ticket's own MAC or AEAD tag verifies, or it is no hit. The formats are
those of RFC 5077 section 4 (a name of 16 bytes, an IV, AES-CBC, HMAC-SHA256 over all of it), which
OpenSSL and those built on it use; GnuTLS's, with HMAC-SHA1; Go's, whose keys come out of SHA-512;
and this lab's. CVE-2020-13777 was such a key: GnuTLS sealed its tickets under zeros.
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
"""By what they are called; as many bytes are taken as a format needs."""


def known_key(ticket: bytes) -> str | None:
    """The format and the key that opens ``ticket``, in words; None if no known one does."""
    for name, key in BAD_KEYS.items():
        for form in _opened_by(ticket, key):
            return f"{form}, {name}"
    return None


def _opened_by(ticket: bytes, key: bytes) -> Iterator[str]:
    if len(ticket) < NAME_LENGTH + 16 + 32:
        return
    body, mac = ticket[:-32], ticket[-32:]
    # HMAC fills short keys up with zeros, so two lengths of a key of zeros are one.
    for length in (16, 32):
        if hmac.compare_digest(hmac.digest(key[:length], body, "sha256"), mac):
            yield "RFC 5077's format, as OpenSSL has it"
    if hmac.compare_digest(hmac.digest(key[:16], ticket[:-20], "sha1"), ticket[-20:]):
        yield "GnuTLS's format"
    derived = hashlib.sha512(key[:32]).digest()
    if hmac.compare_digest(hmac.digest(derived[32:48], body, "sha256"), mac):
        yield "Go's format"
    if unseal(TicketKey(ticket[:NAME_LENGTH], key[:32]), ticket) is not None:
        yield "this lab's format"
