"""Checking every value in sections 3 and 4 of RFC 8448 against the lab's own code.

Each check compares a published value with the value that :mod:`tls13lab.vectors.recompute`
computes. Some values are inputs and cannot be recomputed: private keys, the ticket nonce, the
shared secret of section 4. These are checked through a value that depends on them. So every value
is checked, and a wrong value makes a check fail. The name of a check is that of the value in the
file and, after a colon, what was done with it.

>>> [check.name for check in checks() if not check.ok]
[]
>>> print(next(checks()))
ok   section_3 server_rsa_key/modulus: in the certificate
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

from tls13lab.crypto import keyschedule
from tls13lab.crypto.schedule import SCHEDULE, TRAFFIC_SECRETS
from tls13lab.messages.handshake import pack, unpack
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.records.framing import RecordBuffer, frame
from tls13lab.vectors.recompute import HASH, SUITE, Recomputed
from tls13lab.vectors.trace import Vectors, load
from tls13lab.wire.codepoints import LEGACY_VERSION, ContentType
from tls13lab.wire.faults import LocalFault, TLSFault
from tls13lab.wire.names import Side
from tls13lab.wire.writer import uint8


@dataclass(frozen=True, slots=True)
class CheckedValue:
    """A value as RFC 8448 prints it, and as the lab computes it (empty if that failed)."""

    section: str
    name: str
    expected: bytes
    computed: bytes

    @property
    def ok(self) -> bool:
        """Whether a value was computed and equals the published one."""
        return bool(self.computed) and self.expected == self.computed

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'} {self.section} {self.name}"


Entry = tuple[str, bytes, Callable[[], bytes]]
"""A check that has not run yet: its name, the expected bytes, and how to compute them."""


def checks(vectors: Vectors | None = None) -> Iterator[CheckedValue]:
    """Run every check of both sections, by default on the shipped vectors."""
    vectors = vectors or load()
    full = Recomputed(vectors.full)
    resumed = Recomputed(vectors.resumed, issuer=full)
    for run, specific in ((full, (_rsa_key, _shares, _ticket)), (resumed, (_resumption,))):
        for entries in (*specific, _messages, _records, _secrets):
            for name, expected, compute in entries(run):
                yield CheckedValue(run.trace.section, name, expected, _attempt(compute))


def _attempt(compute: Callable[[], bytes]) -> bytes:
    # A wrong value may not even parse. Then only its check fails; the others still run.
    try:
        return compute()
    except (TLSFault, ValueError):
        return b""


def _rsa_key(run: Recomputed) -> Iterator[Entry]:
    from cryptography.hazmat.primitives.asymmetric import rsa

    from tls13lab.crypto.certificates import public_key

    parts = ("modulus", "public_exponent", "private_exponent", "prime1", "prime2")
    raw = [run.trace[f"server_rsa_key/{part}"] for part in parts]
    n, e, d, p, q = (int.from_bytes(value, "big") for value in raw)

    def certified() -> rsa.RSAPublicNumbers:
        key = public_key(run.certificate())
        if not isinstance(key, rsa.RSAPublicKey):
            raise LocalFault("the certificate holds no RSA key")
        return key.public_numbers()

    @cache
    def primes() -> tuple[int, int]:
        return rsa.rsa_recover_prime_factors(n, e, d)

    computations: list[Callable[[], int]] = [
        lambda: certified().n,
        lambda: certified().e,
        lambda: rsa.rsa_recover_private_exponent(e, p, q),
        lambda: primes()[0],
        lambda: primes()[1],
    ]
    notes = (": in the certificate", ": in the certificate", "", "", "")
    for part, note, value, compute in zip(parts, notes, raw, computations, strict=True):
        yield f"server_rsa_key/{part}{note}", value, partial(_to_bytes, compute, len(value))


def _to_bytes(compute: Callable[[], int], length: int) -> bytes:
    number = compute()
    return number.to_bytes(max(length, (number.bit_length() + 7) // 8), "big")


def _shares(run: Recomputed) -> Iterator[Entry]:
    for side in ("client", "server"):
        public = run.trace[f"{side}_x25519_public"]
        yield f"{side}_x25519_private: its public key", public, partial(_public, run, side)
        yield f"{side}_x25519_public: in the hello", public, partial(run.sent_share, side)
    yield "ecdhe_shared_secret", run.trace["ecdhe_shared_secret"], run.shared_secret


def _public(run: Recomputed, side: Side) -> bytes:
    return run.private_share(side).share


def _ticket(run: Recomputed) -> Iterator[Entry]:
    psk = run.trace["ticket/resumption_psk"]
    yield "ticket/ticket_nonce: gives the PSK", psk, run.ticket_psk
    yield "ticket/resumption_psk", psk, run.ticket_psk


def _resumption(run: Recomputed) -> Iterator[Entry]:
    trace = run.trace
    public, handshake_secret = trace["client_x25519_public"], trace["secrets/handshake_secret"]
    yield "resumption_psk", trace["resumption_psk"], lambda: run.secret("psk")
    yield "client_x25519_public: in the hello", public, lambda: run.sent_share("client")
    yield (
        "ecdhe_shared_secret: gives the handshake_secret",
        handshake_secret,
        lambda: run.secret("handshake_secret"),
    )
    yield "truncated_client_hello", trace["truncated_client_hello"], run.truncated_hello
    yield (
        "binder_hash",
        trace["binder_hash"],
        lambda: hashlib.new(HASH, run.truncated_hello()).digest(),
    )
    yield "binder: in the hello", trace["binder"], lambda: run.offered_psks().binders[0]
    yield (
        "binder",
        trace["binder"],
        lambda: binder(PskKind.RESUMPTION, run.secret("psk"), HASH, run.truncated_hello()),
    )


def _messages(run: Recomputed) -> Iterator[Entry]:
    for name, raw in run.trace.messages.items():
        yield f"messages/{name}: encoded again", raw, partial(_encoded_again, raw)
        side = FINISHED_BY.get(name)
        if side is not None:
            yield f"messages/{name}: verify_data", raw[4:], partial(run.verify_data, side)
        if name == "server_certificate_verify":
            # Type and length of the message, scheme and length of the signature: 8 bytes.
            yield f"messages/{name}: the signature verifies", raw[8:], run.verified_signature


def _encoded_again(raw: bytes) -> bytes:
    return pack(unpack(raw))


# Secrets ---------------------------------------------------------------------------------------

FINISHED_BY: dict[str, Side] = {"client_finished": "client", "server_finished": "server"}
_TRANSCRIPTS = {
    "transcript_hash_client_hello_server_hello": "server_hello",
    "transcript_hash_to_server_finished": "server_finished",
    "transcript_hash_to_client_finished": "client_finished",
}
# The names that only RFC 8448 uses, besides those of RFC 8446.
_ROWS = {row.rfc8446_name or row.name: row.name for row in SCHEDULE.values()} | {
    "derived_for_handshake": "early_derived_secret",
    "derived_for_master": "handshake_derived_secret",
    "binder_key": "res_binder_key",
}
_FINISHED_KEYS = {
    "server_finished_key": "server_handshake_traffic_secret",
    "client_finished_key": "client_handshake_traffic_secret",
    "binder_finished_key": "res_binder_key",
}
# client_early_key and client_early_iv belong to client_early_traffic_secret, and so on.
_TRAFFIC = {name.partition("_traffic_secret")[0]: name for name in TRAFFIC_SECRETS}


def _secrets(run: Recomputed) -> Iterator[Entry]:
    for name, expected in run.trace.secrets.items():
        yield f"secrets/{name}", expected, partial(_secret, run, name)


def _secret(run: Recomputed, name: str) -> bytes:
    if name in _TRANSCRIPTS:
        return run.transcript_hash(_TRANSCRIPTS[name])
    if name in _FINISHED_KEYS:
        return keyschedule.finished_key(HASH, run.secret(_FINISHED_KEYS[name]))
    stem, _, kind = name.rpartition("_")
    if stem in _TRAFFIC and kind in ("key", "iv"):
        key, iv = keyschedule.traffic_keys(SUITE, run.secret(_TRAFFIC[stem]))
        return key if kind == "key" else iv
    return run.secret(_ROWS[name])


# Records ---------------------------------------------------------------------------------------

_COUNTING = bytes(range(50))
_CLOSE_NOTIFY = bytes.fromhex("0100")
_DATA, _ALERT, _HANDSHAKE = (
    ContentType.APPLICATION_DATA,
    ContentType.ALERT,
    ContentType.HANDSHAKE,
)
# fmt: off
# By the first word of a record's name: whose keys, the sequence number, the true content type, and
# the content (None: the handshake messages that the record is named after).
_PROTECTED: dict[str, tuple[str, int, ContentType, bytes | None]] = {
    "server_flight": ("server_handshake", 0, _HANDSHAKE, None),
    "client_finished": ("client_handshake", 0, _HANDSHAKE, None),
    "early_data": ("client_early", 0, _DATA, b"ABCDEF"),
    "end_of_early_data": ("client_early", 1, _HANDSHAKE, None),
    "client_application_data": ("client_application", 0, _DATA, _COUNTING),
    "server_application_data": ("server_application", 0, _DATA, _COUNTING),
    "client_alert": ("client_application", 1, _ALERT, _CLOSE_NOTIFY),
    "server_alert": ("server_application", 1, _ALERT, _CLOSE_NOTIFY),
}
# fmt: on
_FLIGHT = (
    "encrypted_extensions",
    "server_certificate",
    "server_certificate_verify",
    "server_finished",
)


def _records(run: Recomputed) -> Iterator[Entry]:
    for name, raw in run.trace.records.items():
        word = name.split(" ", 1)[0]
        if word in _PROTECTED:
            yield from _protected(run, name, word, raw)
        else:
            # A first ClientHello may say 0x0301 in its record, "for backward compatibility" (5.1).
            version = 0x0301 if word == "client_hello" else LEGACY_VERSION
            message = run.trace.messages[word]
            yield f"records/{name}: its message", message, partial(_fragment, raw)
            framed = partial(frame, _HANDSHAKE, message, version)
            yield f"records/{name}: framed again", raw, framed


def _fragment(raw: bytes) -> bytes:
    buffer = RecordBuffer()
    buffer.feed(raw)
    record = buffer.next()
    if record is None or len(buffer):
        raise LocalFault("this is not one whole record")
    return record.fragment


def _protected(run: Recomputed, name: str, word: str, raw: bytes) -> Iterator[Entry]:
    keys, sequence, content_type, content = _PROTECTED[word]
    if content is None:
        names = _FLIGHT if word == "server_flight" else (word,)
        content = b"".join(run.trace.messages.get(message, b"") for message in names)
    inner = content + uint8(content_type)

    def opened() -> bytes:
        protection = run.protection(_TRAFFIC[keys], sequence)
        found_type, found = protection.open(raw[:5], _fragment(raw))
        return found + uint8(found_type)

    def sealed() -> bytes:
        return run.protection(_TRAFFIC[keys], sequence).seal(content_type, content)

    yield f"records/{name}: opened", inner, opened
    yield f"records/{name}: sealed again", raw, sealed
