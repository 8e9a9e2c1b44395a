"""The task on binders: for a ticket, an external PSK, and an imported PSK. RFC 9846 4.3.11.2.

The ClientHellos come from real handshakes of this package.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

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
PARAMETERS = ("label", "hash_name", "psk", "client_hello", "binders_length")
LABELS = {
    "res binder": PskKind.RESUMPTION,
    "ext binder": PskKind.EXTERNAL,
    "imp binder": PskKind.IMPORTED,
}
OF = {
    "res binder": "a PSK from a ticket",
    "ext binder": "an external PSK",
    "imp binder": "an imported PSK",
}


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


def _case(draw: Draw, case: int) -> tuple[str, str, bytes, bytes, int]:
    # Six cases: each of the three labels with each of the two hashes.
    label, hash_name = list(LABELS)[case % 3], HASHES[case % 2]
    raw, length = _hello(draw.seed + str(case), hash_name)
    return label, hash_name, draw.bytes(HASH_LENGTHS[hash_name]), raw, length


def _right(label: str, hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
    return binder(LABELS[label], psk, hash_name, hello[:-length])


def _made(
    *,
    labelled: Callable[[str], str] = lambda label: label,
    hashed: Callable[[bytes, int], bytes] = lambda hello, length: hello[:-length],
    early: Callable[[str, bytes], bytes] = lambda h, psk: extract(h, bytes(HASH_LENGTHS[h]), psk),
    finished: bool = True,
    context: bool = True,
    expander: Function = expand_label,
    only: str = "",
) -> Function:
    """A function that makes a binder, right by default; each option makes one mistake."""

    def make(label: str, hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
        h = only or hash_name
        n = HASH_LENGTHS[h]
        nothing = hashlib.new(h, b"").digest() if context else b""
        key = expander(h, early(h, psk), labelled(label), nothing, n)
        if finished:
            key = expander(h, key, "finished", b"", n)
        return hmac.digest(key, hashlib.new(h, hashed(hello, length)).digest(), h)

    return make


def _unhashed(label: str, hash_name: str, psk: bytes, hello: bytes, length: int) -> bytes:
    n = HASH_LENGTHS[hash_name]
    nothing = hashlib.new(hash_name, b"").digest()
    key = expand_label(hash_name, extract(hash_name, bytes(n), psk), label, nothing, n)
    key = expand_label(hash_name, key, "finished", b"", n)
    return hmac.digest(key, hello[:-length], hash_name)


def _always(used: str) -> Mistake:
    return Mistake(
        f'You always use "{used}", which is only for {OF[used]}: use the label that is given.',
        _made(labelled=lambda label: used),
    )


def _swapped(one: str, other: str) -> Mistake:
    swap = {one: other, other: one}
    return Mistake(
        f'You use "{one}" for {OF[other]}, and "{other}" for {OF[one]}: it is the other way round.',
        _made(labelled=lambda label: swap.get(label, label)),
    )


BINDER = FunctionTask(
    "2.4",
    PARAMETERS,
    _case,
    _right,
    (
        *map(_always, LABELS),
        *(_swapped(one, other) for one, other in combinations(LABELS, 2)),
        Mistake(
            "You hashed the binders, too: a binder cannot be part of its own hash. Cut the "
            "ClientHello off before the list of binders.",
            _made(hashed=lambda hello, length: hello),
        ),
        Mistake(
            "You cut off the binders, but kept the two bytes of their list's length: cut before "
            "those.",
            _made(hashed=lambda hello, length: hello[: len(hello) - length + 2]),
        ),
        Mistake(
            "You cut off the length of one hash: the list also has two bytes with its own length, "
            "and one byte with the length of the binder.",
            _made(hashed=lambda hello, length: hello[: len(hello) - length + 3]),
        ),
        Mistake(
            "The message header of four bytes is missing: the transcript has whole messages, and "
            "the length in the header is that of the whole ClientHello.",
            _made(hashed=lambda hello, length: hello[4:-length]),
        ),
        Mistake(
            "You used the binder_key itself as the HMAC key: like a Finished, a binder needs a "
            'finished_key, derived from the binder_key with the label "finished".',
            _made(finished=False),
        ),
        Mistake(
            "You used the PSK itself: the binder_key is derived from the early secret, "
            "HKDF-Extract(0, PSK).",
            _made(early=lambda h, psk: psk),
        ),
        Mistake(
            "Salt and PSK are the wrong way round in HKDF-Extract: the zeros are the salt.",
            _made(early=lambda h, psk: extract(h, psk, bytes(HASH_LENGTHS[h]))),
        ),
        Mistake(
            "You used an empty context for the binder_key; Derive-Secret puts the *hash* of an "
            "empty string there.",
            _made(context=False),
        ),
        Mistake(
            'Every label has "tls13 " before it, with the space, inside HkdfLabel.',
            _made(expander=bare_expand_label),
        ),
        Mistake(
            "You put the truncated ClientHello itself into the HMAC; its hash goes there.",
            _unhashed,
        ),
        Mistake(
            "You used SHA-256 for both suites; one of them has SHA-384.",
            _made(only="sha256"),
        ),
    ),
    "A server checks this before anything else; only the label keeps the three kinds of PSK apart.",
)

TASKS = (BINDER,)
