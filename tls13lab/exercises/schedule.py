"""Tasks of lesson 01: secrets, keys and nonces from the schedule. RFC 9846 sections 5.3 and 7.

Elsewhere, labels are only in the schedule table. Here they are written out, because a wrong label
is one of the mistakes.
"""

import hashlib
import hmac

from tls13lab.crypto.hkdf import expand, expand_label, hkdf_label
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, Mistake, ValueTask

HASHES = ("sha256", "sha384")
NO_PREFIX = 'Every label has "tls13 " before it, with the space, inside HkdfLabel.'


def digest(hash_name: str, data: bytes) -> bytes:
    """The hash of ``data``, usually some handshake messages."""
    return hashlib.new(hash_name, data).digest()


def bare_expand_label(hash_name: str, secret: bytes, label: str, context: bytes, n: int) -> bytes:
    """HKDF-Expand-Label without the prefix of the label, a common mistake; ``n`` bytes."""
    name = label.encode()
    info = n.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([len(context)]) + context
    return expand(hash_name, secret, info, n)


# 1.1 ---------------------------------------------------------------------------------------------


def _early(draw: Draw) -> Given:
    return Given(early_secret=draw.bytes(32), client_hello=b"\x01\x00\x01\x2c" + draw.bytes(300))


def _derived(given: Given, label: str, context: bytes | None = None) -> bytes:
    hello = digest("sha256", given.client_hello) if context is None else context
    return expand_label("sha256", given.early_secret, label, hello, 32)


EARLY = ValueTask(
    "1.1",
    _early,
    lambda given: _derived(given, "c e traffic"),
    (
        Mistake(
            'That is the label of client_handshake_traffic_secret; the early one is "c e traffic".',
            lambda given: _derived(given, "c hs traffic"),
        ),
        Mistake(
            'That is the label of the application traffic secret; the early one is "c e traffic".',
            lambda given: _derived(given, "c ap traffic"),
        ),
        Mistake(
            "That is the label of the early exporter: the same inputs, another purpose.",
            lambda given: _derived(given, "e exp master"),
        ),
        Mistake(
            "Your context is the hash of an empty string, as for a binder key; early data is bound "
            "to the ClientHello.",
            lambda given: _derived(given, "c e traffic", digest("sha256", b"")),
        ),
        Mistake(
            "Your context is empty; it should be the hash of the ClientHello.",
            lambda given: _derived(given, "c e traffic", b""),
        ),
        Mistake(
            "You left out the four bytes of the ClientHello's header: the transcript has whole "
            "messages.",
            lambda given: _derived(given, "c e traffic", digest("sha256", given.client_hello[4:])),
        ),
        Mistake(
            NO_PREFIX,
            lambda given: bare_expand_label(
                "sha256",
                given.early_secret,
                "c e traffic",
                digest("sha256", given.client_hello),
                32,
            ),
        ),
    ),
    "It depends on the PSK and on bytes that everyone can see: remember that for lesson 05.",
)

# 1.2 ---------------------------------------------------------------------------------------------


def _derive_secret(hash_name: str, secret: bytes, label: str, messages: bytes) -> bytes:
    context = digest(hash_name, messages)
    return expand_label(hash_name, secret, label, context, HASH_LENGTHS[hash_name])


def _without_counter(hash_name: str, secret: bytes, label: str, messages: bytes) -> bytes:
    info = hkdf_label(label, digest(hash_name, messages), HASH_LENGTHS[hash_name])
    return hmac.digest(secret, info, hash_name)


def _swapped(hash_name: str, secret: bytes, label: str, messages: bytes) -> bytes:
    info = hkdf_label(label, digest(hash_name, messages), HASH_LENGTHS[hash_name])
    return hmac.digest(info + b"\x01", secret, hash_name)


def _short(hash_name: str, secret: bytes, label: str, messages: bytes) -> bytes:
    return expand_label(hash_name, secret, label, digest(hash_name, messages), 32)


DERIVE_SECRET = FunctionTask(
    "1.2",
    ("hash_name", "secret", "label", "messages"),
    lambda draw, case: (
        HASHES[case % 2],
        draw.bytes(HASH_LENGTHS[HASHES[case % 2]]),
        draw.one_of(["derived", "c hs traffic", "s ap traffic", "res master"]),
        draw.bytes(draw.number(100, 600)),
    ),
    _derive_secret,
    (
        Mistake(
            "You used the messages themselves as the context: hash them first.",
            lambda h, s, label, m: expand_label(h, s, label, m[:255], HASH_LENGTHS[h]),
        ),
        Mistake(
            NO_PREFIX,
            lambda h, s, label, m: bare_expand_label(h, s, label, digest(h, m), HASH_LENGTHS[h]),
        ),
        Mistake(
            "The last byte is missing: HKDF-Expand hashes a counter, 0x01, after the info.",
            _without_counter,
        ),
        Mistake(
            "HMAC's key and message are the wrong way round: the secret is the key.",
            _swapped,
        ),
        Mistake(
            "Right for SHA-256, but wrong for SHA-384: the length is Hash.length, not always 32.",
            _short,
        ),
        Mistake(
            "You always used SHA-256: use the hash in `hash_name`.",
            lambda h, s, label, m: expand_label(
                "sha256", s, label, digest("sha256", m), HASH_LENGTHS[h]
            ),
        ),
        Mistake(
            "Your context is the hash of an empty string: `messages` is not used.",
            lambda h, s, label, m: _derive_secret(h, s, label, b""),
        ),
    ),
    "With this and HKDF-Extract you can compute every secret of TLS 1.3.",
)

# 1.3 ---------------------------------------------------------------------------------------------


def _nonce(iv: bytes, sequence_number: int) -> bytes:
    return _xor(iv, sequence_number.to_bytes(12, "big"))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


NONCE = FunctionTask(
    "1.3",
    ("iv", "sequence_number"),
    lambda draw, case: (draw.bytes(12), 0 if case == 1 else draw.number(257, 2**40)),
    _nonce,
    (
        Mistake(
            "The sequence number is at the wrong end: it is padded with zeros on the left.",
            lambda iv, n: _xor(iv, n.to_bytes(8, "big") + bytes(4)),
        ),
        Mistake(
            "You wrote the sequence number little-endian; network byte order is big-endian.",
            lambda iv, n: _xor(iv, n.to_bytes(12, "little")),
        ),
        Mistake(
            "You added; the RFC says XOR. The two differ as soon as there is a carry.",
            lambda iv, n: ((int.from_bytes(iv, "big") + n) % 2**96).to_bytes(12, "big"),
        ),
        Mistake(
            "You counted from one: the first record under a key has sequence number 0.",
            lambda iv, n: _nonce(iv, n + 1),
        ),
        Mistake(
            "The sequence number is not used: every record would have the same nonce, which breaks "
            "the cipher.",
            lambda iv, n: iv,
        ),
        Mistake(
            "You put the number after a part of the IV, as TLS 1.2 did; in TLS 1.3 it is XORed.",
            lambda iv, n: iv[:4] + n.to_bytes(8, "big"),
        ),
    ),
    "Two records under one key must never have the same nonce; counting ensures that.",
)

# 1.4 ---------------------------------------------------------------------------------------------


def _verify_data(h: str, base_secret: bytes, messages: bytes, label: str = "finished") -> bytes:
    key = expand_label(h, base_secret, label, b"", HASH_LENGTHS[h])
    return hmac.digest(key, digest(h, messages), h)


def _bound_key(h: str, base_secret: bytes, messages: bytes) -> bytes:
    key = _derive_secret(h, base_secret, "finished", messages)
    return hmac.digest(key, digest(h, messages), h)


def _keyed_with_hash_of_nothing(h: str, base_secret: bytes, messages: bytes) -> bytes:
    key = _derive_secret(h, base_secret, "finished", b"")
    return hmac.digest(key, digest(h, messages), h)


VERIFY_DATA = FunctionTask(
    "1.4",
    ("hash_name", "base_secret", "messages"),
    lambda draw, case: (
        HASHES[case % 2],
        draw.bytes(HASH_LENGTHS[HASHES[case % 2]]),
        draw.bytes(draw.number(300, 900)),
    ),
    _verify_data,
    (
        Mistake(
            "You used the traffic secret itself as the HMAC key: derive the finished_key first.",
            lambda h, s, m: hmac.digest(s, digest(h, m), h),
        ),
        Mistake(
            'The label is "finished", in small letters.',
            lambda h, s, m: _verify_data(h, s, m, "Finished"),
        ),
        Mistake(
            "You bound the finished_key to the transcript: its context is empty, and the "
            "transcript goes into the HMAC.",
            _bound_key,
        ),
        Mistake(
            "The finished_key's context is empty: no bytes at all, not the hash of no bytes.",
            _keyed_with_hash_of_nothing,
        ),
        Mistake(
            "You put the messages themselves into the HMAC; their hash goes there.",
            lambda h, s, m: hmac.digest(expand_label(h, s, "finished", b"", HASH_LENGTHS[h]), m, h),
        ),
        Mistake(
            "You hashed the finished_key followed by the transcript hash; HMAC is more than that.",
            lambda h, s, m: digest(
                h, expand_label(h, s, "finished", b"", HASH_LENGTHS[h]) + digest(h, m)
            ),
        ),
        Mistake(
            "You always used SHA-256: use the hash in `hash_name`.",
            lambda h, s, m: _verify_data("sha256", s, m),
        ),
    ),
    "A binder is the same computation with another key: lesson 02.",
)

TASKS = (EARLY, DERIVE_SECRET, NONCE, VERIFY_DATA)
