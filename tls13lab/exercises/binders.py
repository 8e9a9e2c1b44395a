"""Tasks on binders: of a ticket, of an external PSK, of an imported one. RFC 9846 4.3.11.2.

The ClientHellos are real ones, out of handshakes of this package.
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
    """A ClientHello with one PSK of that hash, and the length of its list of binders."""
    psk = ExternalPsk(b"a student's", bytes(32), hash_name)
    pair = Pair(*lesson_configs("psk_dhe_ke", psk), seed=seed)
    raw = pair.client.outgoing()[5:]  # behind the record's header
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
    """A binder in which one thing may be done another way."""

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
            "You hashed the binders too: a binder cannot be under its own hash. Cut the "
            "ClientHello off before the list of binders.",
            _made(label, hashed=lambda hello, length: hello),
        ),
        Mistake(
            "You cut off the binders but kept the two bytes of their list's length: the cut is "
            "before those.",
            _made(label, hashed=lambda hello, length: hello[: len(hello) - length + 2]),
        ),
        Mistake(
            "You cut off one hash's length: the list also has a length of its own, two bytes, and "
            "one byte before the binder.",
            _made(label, hashed=lambda hello, length: hello[: len(hello) - length + 3]),
        ),
        Mistake(
            "The message's header of four bytes is missing: the transcript has whole messages, "
            "and the header's length is that of the whole ClientHello.",
            _made(label, hashed=lambda hello, length: hello[4:-length]),
        ),
        Mistake(f"That is the label for {of_other}.", _made(other)),
        Mistake(
            "You keyed the HMAC with the binder_key itself: like a Finished it takes a "
            'finished_key, derived from it with the label "finished".',
            _made(label, finished=False),
        ),
        Mistake(
            "You left the PSK as it is: the binder_key is derived from the early secret, "
            "HKDF-Extract(0, PSK).",
            _made(label, early=lambda h, psk: psk),
        ),
        Mistake(
            "Salt and PSK are the wrong way round in HKDF-Extract: the zeros are the salt.",
            _made(label, early=lambda h, psk: extract(h, psk, bytes(HASH_LENGTHS[h]))),
        ),
        Mistake(
            "The binder_key's context is empty; Derive-Secret puts the *hash* of nothing there.",
            _made(label, context=False),
        ),
        Mistake(
            'Every label has "tls13 " before it, with the space, inside HkdfLabel.',
            _made(label, expander=bare_expand_label),
        ),
        Mistake(
            "You put the truncated ClientHello into the HMAC as it is: it takes its hash.",
            _unhashed(label),
        ),
        Mistake(
            "Right value, wrong hash for this suite: you used SHA-256 for both.",
            _made(label, only="sha256"),
        ),
    )


RESUMPTION = FunctionTask(
    "2.4",
    PARAMETERS,
    _case,
    _right(PskKind.RESUMPTION),
    _mistakes("res binder", "ext binder", "an external PSK; this one came out of a ticket"),
    "That is what a server checks before anything else.",
)
EXTERNAL = FunctionTask(
    "3.3",
    PARAMETERS,
    _case,
    _right(PskKind.EXTERNAL),
    _mistakes("ext binder", "res binder", "a PSK out of a ticket; this one is external"),
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
            "That is the label for a PSK out of a ticket; this one was imported.",
            _made("res binder"),
        ),
    ),
    "So an end that imports and one that does not can never agree by accident.",
)

TASKS = (RESUMPTION, EXTERNAL, IMPORTED)
