"""HKDF, and HKDF-Expand-Label of TLS 1.3. RFC 5869 and RFC 9846 section 7.1.

HKDF has two steps. *Extract* concentrates the entropy of its input in one secret of Hash.length
bytes; *expand* derives further secrets from it. TLS puts a label and a context into every
expansion, so that a secret for one purpose reveals nothing about the others. The labels of the key
schedule are in :mod:`tls13lab.crypto.schedule`.

>>> early_secret = extract("sha256", salt=b"", ikm=bytes(32))
>>> early_secret.hex()[:16]
'33ad0a1c607ec03b'
"""

import hmac
from functools import lru_cache

from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.writer import opaque8, uint16


def extract(hash_name: str, salt: bytes, ikm: bytes) -> bytes:
    """HKDF-Extract(salt, IKM) = HMAC-Hash(salt, IKM): Hash.length bytes."""
    return hmac.digest(salt, ikm, hash_name)


def expand(hash_name: str, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF-Expand(PRK, info, L): ``length`` bytes.

    Raises LocalFault for more than 255 * Hash.length bytes.
    """
    if length > 255 * HASH_LENGTHS[hash_name]:
        raise LocalFault(f"HKDF-Expand gives at most 255 blocks, not {length} bytes")
    if length <= HASH_LENGTHS[hash_name]:
        # One block is enough, as it is for every secret and key of TLS 1.3.
        return hmac.digest(secret, info + b"\x01", hash_name)[:length]
    output = block = b""
    counter = 0
    while len(output) < length:
        counter += 1
        block = hmac.digest(secret, block + info + bytes((counter,)), hash_name)
        output += block
    return output[:length]


@lru_cache(maxsize=256)
def _label_prefix(label: str, length: int) -> bytes:
    """The part of HkdfLabel that does not depend on the context."""
    return uint16(length) + opaque8(b"tls13 " + label.encode("ascii"))


def hkdf_label(label: str, context: bytes, length: int) -> bytes:
    """The HkdfLabel structure: the ``info`` of every expansion in TLS 1.3.

    >>> hkdf_label("iv", b"", 12).hex()
    '000c08746c73313320697600'
    """
    return _label_prefix(label, length) + opaque8(context)


def expand_label(hash_name: str, secret: bytes, label: str, context: bytes, length: int) -> bytes:
    """HKDF-Expand-Label(Secret, Label, Context, Length): ``length`` bytes."""
    return expand(hash_name, secret, hkdf_label(label, context, length), length)
