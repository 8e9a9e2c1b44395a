"""Tasks on binders: for a ticket, an external PSK, and an imported PSK. RFC 9846 4.3.11.2.

The ClientHellos come from real handshakes of this package.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache

from tls13lab.crypto.hkdf import expand_label, extract
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.exercises.schedule import HASHES, bare_expand_label
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Mistake
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import ExternalPsk, PskKind

Function = Callable[..., bytes]
PARAMETERS = ("hash_name", "psk", "client_hello", "binders_length")


@lru_cache(maxsize=64)
def _hello(seed: str, hash_name: str) -> tuple[bytes, int]:
    """A ClientHello with one PSK for this hash, and the length in bytes of its list of binders."""
    psk = ExternalPsk(b"a student's", bytes(32), hash_name)
    pair = Pair(*lesson_configs("psk_dhe_ke", psk), seed=seed)
    raw = pair.client.outgoing()[5:]  # after the header of the record
    message = unpack(raw)
    assert isinstance(message, ClientHello)
    offered = message.find(OfferedPsks)
    assert offered is not None
    return raw, len(raw) - len(truncate(raw, offered))


def _case(draw: Draw, case: int) -> tuple[str, bytes, bytes, int]:
    hash_name = HASHES[case % 2]
    raw, length = _hello(draw.seed + str(case), hash_name)
    return hash_name, draw.bytes(HASH_LENGTHS[hash_name]), raw, length


def _right(kind: PskKind) -> Function:
    def right(hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
        return binder(kind, psk, hash_name, hello[:-length])

    return right


def _made(
    label: str,
    *,
    hashed: Callable[[bytes, int], bytes] = lambda hello, length: hello[:-length],
    early: Callable[[str, bytes], bytes] = lambda h, psk: extract(h, bytes(HASH_LENGTHS[h]), psk),
    finished: bool = True,
    context: bool = True,
    expander: Function = expand_label,
    only: str = "",
) -> Function:
    """A function that makes a binder, right by default; each option makes one mistake."""

    def make(hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
        h = only or hash_name
        n = HASH_LENGTHS[h]
        nothing = hashlib.new(h, b"").digest() if context else b""
        key = expander(h, early(h, psk), label, nothing, n)
        if finished:
            key = expander(h, key, "finished", b"", n)
        return hmac.digest(key, hashlib.new(h, hashed(hello, length)).digest(), h)

    return make


def _unhashed(label: str) -> Function:
    def make(hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
        n = HASH_LENGTHS[hash_name]
        nothing = hashlib.new(hash_name, b"").digest()
        key = expand_label(hash_name, extract(hash_name, bytes(n), psk), label, nothing, n)
        key = expand_label(hash_name, key, "finished", b"", n)
        return hmac.digest(key, hello[:-length], hash_name)

    return make


def _mistakes(label: str, other: str, of_other: str) -> tuple[Mistake, ...]:
    return (
        Mistake(
            "You hashed the binders, too: a binder cannot be part of its own hash. Cut the "
            "ClientHello off before the list of binders.",
            _made(label, hashed=lambda hello, length: hello),
        ),
        Mistake(
            "You cut off the binders, but kept the two bytes of their list's length: cut before "
            "those.",
            _made(label, hashed=lambda hello, length: hello[: len(hello) - length + 2]),
        ),
        Mistake(
            "You cut off the length of one hash: the list also has two bytes with its own length, "
            "and one byte with the length of the binder.",
            _made(label, hashed=lambda hello, length: hello[: len(hello) - length + 3]),
        ),
        Mistake(
            "The message header of four bytes is missing: the transcript has whole messages, and "
            "the length in the header is that of the whole ClientHello.",
            _made(label, hashed=lambda hello, length: hello[4:-length]),
        ),
        Mistake(f"That is the label for {of_other}.", _made(other)),
        Mistake(
            "You used the binder_key itself as the HMAC key: like a Finished, a binder needs a "
            'finished_key, derived from the binder_key with the label "finished".',
            _made(label, finished=False),
        ),
        Mistake(
            "You used the PSK itself: the binder_key is derived from the early secret, "
            "HKDF-Extract(0, PSK).",
            _made(label, early=lambda h, psk: psk),
        ),
        Mistake(
            "Salt and PSK are the wrong way round in HKDF-Extract: the zeros are the salt.",
            _made(label, early=lambda h, psk: extract(h, psk, bytes(HASH_LENGTHS[h]))),
        ),
        Mistake(
            "You used an empty context for the binder_key; Derive-Secret puts the *hash* of an "
            "empty string there.",
            _made(label, context=False),
        ),
        Mistake(
            'Every label has "tls13 " before it, with the space, inside HkdfLabel.',
            _made(label, expander=bare_expand_label),
        ),
        Mistake(
            "You put the truncated ClientHello itself into the HMAC; its hash goes there.",
            _unhashed(label),
        ),
        Mistake(
            "You used SHA-256 for both suites; one of them has SHA-384.",
            _made(label, only="sha256"),
        ),
    )


RESUMPTION = FunctionTask(
    "2.4",
    PARAMETERS,
    _case,
    _right(PskKind.RESUMPTION),
    _mistakes("res binder", "ext binder", "an external PSK; this one came with a ticket"),
    "That is what a server checks before anything else.",
)
EXTERNAL = FunctionTask(
    "3.3",
    PARAMETERS,
    _case,
    _right(PskKind.EXTERNAL),
    _mistakes("ext binder", "res binder", "a PSK from a ticket; this one is external"),
    "One word in a label keeps the two kinds of PSK apart.",
)
IMPORTED = FunctionTask(
    "8.2",
    PARAMETERS,
    _case,
    _right(PskKind.IMPORTED),
    (
        *_mistakes("imp binder", "ext binder", "an external PSK as it is; this one was imported"),
        Mistake(
            "That is the label for a PSK from a ticket; this one was imported.",
            _made("res binder"),
        ),
    ),
    "So a side that imports the PSK and one that does not can never agree by accident.",
)

TASKS = (RESUMPTION, EXTERNAL, IMPORTED)
