"""The program that tests many guesses at once: from the bytes of guesses to marks for hits.

A guess at one target costs 14 compressions, for both hashes. The early secret is an HMAC under a
salt of zeros (RFC 9846 section 7.1). The blocks of that key are constant and computed in advance,
so 2 compressions are left if the PSK fits in one block. Three HMACs of 4 compressions follow. The
key of each is the output of the one before, and its message is the same for all guesses, so the
program gets only the message schedule. The key of the last HMAC is the same for all targets, so
each further target costs 2. A lane compares one word of the binder; a match is then checked with
the honest endpoints' function.

An imported PSK (RFC 9258) is different for each identity. Only the work before the identity is done
once, 4 compressions; then each identity costs 14, and each of its targets 2. ``psk.amortised``
counts the same from the schedule table.

>>> from tls13lab.search.sha2 import SHA256
>>> "define void @test" in program(SHA256, GuessShape(32, 8))
True
"""

from collections.abc import Callable, Mapping, Sequence

from tls13lab.search.llvm import native as lanes_native
from tls13lab.search.llvm.pack import (
    GROUP,
    GUESSES,
    declarations,
    last_part,
    pack,
    spread_long,
    types,
)
from tls13lab.search.llvm.text import Function, GuessShape, Vector
from tls13lab.search.sha2 import Numbers, Sha2, Word, compress, rounds, words

PARAMETERS = (
    *("data", "starts", "lengths", "shared", "imports", "firsts", "counts"),
    *("transcripts", "wanted", "marks"),
)
"""The addresses that ``test`` gets: the bytes of all guesses; the start and length of each guess
(64 bits each); the two message schedules that all targets share; for each identity of imported
PSKs, a message schedule, the number of its first target and how many it has (without imported PSKs,
these two numbers once); for each target, the message schedule of its transcript hash and the first
word of its binder; and the output, 16 bits for each vector and target, where bit n is lane n."""
NUMBERS = ("groups", "targets", "identities")


def program(sha: Sha2, shape: GuessShape) -> str:
    """The text of ``test`` and of all functions that it calls."""
    kernels = (
        _message(sha, shape),
        _finish(sha, shape),
        *(_pad(sha, shape, name) for name in PADS),
        _shared(sha, shape),
    )
    declared = shape.declarations() + declarations(shape)
    if shape.native:
        declared += lanes_native.declarations()
    tests = (_test(sha, shape, imported=imported) for imported in (False, True))
    return "".join((declared, *kernels, pack(sha, shape), *tests))


# --- a function for each kind of block, by where the state comes from and which words are constant


def _kernel(
    name: str,
    parameters: Mapping[str, int],
    shape: GuessShape,
    compressed: Callable[..., Sequence[Word]],
) -> str:
    """A function that does ``compressed`` for all vectors of a group.

    The parameters are addresses, each with the number of vectors for one vector of guesses; the
    last is the address of the new state. With many vectors for each call, the code stays in the
    processor's cache.
    """
    text = Function(name, list(parameters), shape)
    with text.loop(str(GROUP)) as vector:
        *given, out = (
            text.address(f"%{each}", text.name(f"mul i64 {vector}, {size}"), shape.vector)
            for each, size in parameters.items()
        )
        for i, word in enumerate(compressed(text, *given)):
            text.store(out, i, word)
    return text.finished()


def _compressed(
    sha: Sha2, text: Function, state: Sequence[Word], block: Sequence[Word]
) -> list[Word]:
    """The state after a block, with the processor's own instructions if these are faster."""
    if text.shape.native:
        return lanes_native.compress(sha, text, state, block)
    return compress(sha, text, state, block)


def _loaded(text: Function, at: str, count: int) -> list[Vector]:
    return [text.load(at, i) for i in range(count)]


def _message(sha: Sha2, shape: GuessShape) -> str:
    """The function for a block whose words all differ between guesses."""

    def compressed(text: Function, state: str, block: str) -> list[Word]:
        return _compressed(sha, text, _loaded(text, state, 8), _loaded(text, block, 16))

    return _kernel("message", {"state": 8, "block": 16, "out": 8}, shape, compressed)


def _finish(sha: Sha2, shape: GuessShape) -> str:
    """The function for a digest as the message, after the block of the outer key."""
    count = sha.digest_words
    padding = [1 << (sha.bits - 1), *[0] * (14 - count), sha.bits * (16 + count)]

    def compressed(text: Function, state: str, digest: str) -> list[Word]:
        block = [*_loaded(text, digest, count), *padding]
        return _compressed(sha, text, _loaded(text, state, 8), block)

    return _kernel("finish", {"state": 8, "digest": 8, "out": 8}, shape, compressed)


PADS = {"inner_pad": 0x36, "outer_pad": 0x5C}
"""The two pads of HMAC, RFC 2104 section 2."""


def _pad(sha: Sha2, shape: GuessShape, name: str) -> str:
    """The function for a key under a pad, from the hash's initial state."""
    (pad,) = words(sha, bytes([PADS[name]]) * sha.word)
    count = sha.digest_words

    def compressed(text: Function, key: str) -> list[Word]:
        block = [word ^ pad for word in _loaded(text, key, count)] + [pad] * (16 - count)
        return _compressed(sha, text, sha.start, block)

    return _kernel(name, {"key": 8, "out": 8}, shape, compressed)


def _shared(sha: Sha2, shape: GuessShape) -> str:
    """The function for a block that is the same for all guesses, given as its message schedule."""

    def compressed(text: Function, state: str, schedule: str) -> list[Word]:
        if shape.native:
            return lanes_native.rounds(text, _loaded(text, state, 8), schedule)
        scheduled = (text.everywhere(schedule, t) for t in range(len(sha.constants)))
        return rounds(sha, text, _loaded(text, state, 8), scheduled)

    return _kernel("shared", {"state": 8, "schedule": 0, "out": 8}, shape, compressed)


# --- the whole


def _test(sha: Sha2, shape: GuessShape, *, imported: bool) -> str:
    """The main function, from a guess to the marks. For imported PSKs, the extracted key of the
    external PSK is computed once, and then an imported PSK for each identity."""
    name = "test_imported" if imported else "test"
    text = Function(name, [*PARAMETERS], shape, NUMBERS)
    buffers = {"block": 16, "key": 8, "digest": 8, "state": 8, "inner": 8, "outer": 8}
    buffers |= {"import_inner": 8, "import_outer": 8} if imported else {}
    for name, count in buffers.items():
        text.raw(f"%{name} = alloca {shape.vector}, i64 {count * GROUP}")
    with text.loop("%groups") as group:
        first = text.name(f"mul i64 {group}, {shape.lanes * GROUP}")
        _early_secret(text, sha, *(text.address(f"%{each}", first, "i64") for each in GUESSES))
        if imported:
            _keyed(text, "%import_inner", "%import_outer")
            with text.loop("%identities") as identity:
                schedule = _nth(text, sha, "%imports", identity)
                _hmac(text, schedule, "%key", "%import_inner", "%import_outer")
                _extract_again(text, sha)
                _binders(text, sha, group, identity)
        else:
            _binders(text, sha, group, "0")
    return text.finished()


def _binders(text: Function, sha: Sha2, group: str, identity: str) -> None:
    """From the early secret in %key to the marks for the targets of an identity."""
    # Derive-Secret over an empty transcript gives the binder key, another HMAC the finished key.
    for step in range(2):
        _keyed(text, "%inner", "%outer")
        _hmac(text, _nth(text, sha, "%shared", str(step)), "%key", "%inner", "%outer")
    _keyed(text, "%inner", "%outer")
    begin, count = (
        text.name(f"load i64, ptr {text.address(f'%{each}', identity, 'i64')}")
        for each in ("firsts", "counts")
    )
    with text.loop(count) as number:
        target = text.name(f"add i64 {begin}, {number}")
        transcript = _nth(text, sha, "%transcripts", target)
        _hmac(text, transcript, "%digest", "%inner", "%outer")
        _mark(text, group, target)


def _nth(text: Function, sha: Sha2, base: str, number: str) -> str:
    """The address of a message schedule in an array of them."""
    first = text.name(f"mul i64 {number}, {len(sha.constants)}")
    return text.address(base, first, f"i{sha.bits}")


def _early_secret(text: Function, sha: Sha2, starts: str, lengths: str) -> None:
    """HKDF-Extract(0, PSK) of each guess of the group, into %key."""
    vector, long, _, truths = types(text.shape)
    inner, outer = _salted(sha)
    _everywhere(text, "%digest", inner)
    most = _longest(text, lengths)
    padded = text.name(f"add i64 {most}, {sha.length_bytes + sha.block}")
    with text.loop(text.name(f"udiv i64 {padded}, {sha.block}")) as part:
        given = f"ptr %data, ptr {starts}, ptr {lengths}, ptr %block, i64 {part}, i64 {most}"
        text.raw(f"call void @pack({given})")
        text.raw("call void @message(ptr %digest, ptr %block, ptr %state)")
        # A guess that ended in an earlier block keeps its state.
        with text.loop(str(GROUP)) as number:
            first = text.name(f"mul i64 {number}, {text.shape.lanes}")
            last = last_part(text, sha, text.address(lengths, first, "i64"))
            goes_on = text.name(f"icmp uge {long} {last}, {spread_long(text, part)}")
            here = text.name(f"mul i64 {number}, 8")
            state, digest = (text.address(each, here, vector) for each in ("%state", "%digest"))
            for i in range(8):
                new, old = text.load(state, i), text.load(digest, i)
                chosen = f"select {truths} {goes_on}, {vector} {new.name}, {vector} {old.name}"
                text.store(digest, i, text.line(chosen))
    _everywhere(text, "%state", outer)
    text.raw("call void @finish(ptr %state, ptr %digest, ptr %key)")


def _salted(sha: Sha2) -> tuple[list[Word], list[Word]]:
    """The states after the two blocks of a key of zeros."""
    inner, outer = (
        compress(sha, Numbers(sha.bits), sha.start, words(sha, bytes([pad]) * sha.block))
        for pad in PADS.values()
    )
    return inner, outer


def _extract_again(text: Function, sha: Sha2) -> None:
    """HKDF-Extract(0, %key), into %key."""
    inner, outer = _salted(sha)
    _everywhere(text, "%state", inner)
    text.raw("call void @finish(ptr %state, ptr %key, ptr %digest)")
    _everywhere(text, "%state", outer)
    text.raw("call void @finish(ptr %state, ptr %digest, ptr %key)")


def _everywhere(text: Function, base: str, state: Sequence[Word]) -> None:
    """Store the same state for all guesses of the group."""
    with text.loop(str(GROUP)) as number:
        at = text.address(base, text.name(f"mul i64 {number}, 8"), text.shape.vector)
        for i, word in enumerate(state):
            text.store(at, i, word)


def _longest(text: Function, lengths: str) -> str:
    """The length of the longest guess of the group."""
    _, long, _, _ = types(text.shape)
    lanes = text.shape.lanes
    most = "zeroinitializer"
    for number in range(GROUP):
        at = text.address(lengths, number * lanes, "i64")
        some = text.name(f"load {long}, ptr {at}, align 8")
        most = text.name(f"call {long} @llvm.smax.v{lanes}i64({long} {most}, {long} {some})")
    return text.name(f"call i64 @llvm.vector.reduce.umax.v{lanes}i64({long} {most})")


def _keyed(text: Function, inner: str, outer: str) -> None:
    """The two states of an HMAC under %key, before the message."""
    text.raw(f"call void @inner_pad(ptr %key, ptr {inner})")
    text.raw(f"call void @outer_pad(ptr %key, ptr {outer})")


def _hmac(text: Function, schedule: str, out: str, inner: str, outer: str) -> None:
    """The HMAC from these states, over the block with this message schedule."""
    text.raw(f"call void @shared(ptr {inner}, ptr {schedule}, ptr %block)")
    text.raw(f"call void @finish(ptr {outer}, ptr %block, ptr {out})")


def _mark(text: Function, group: str, target: str) -> None:
    """Mark the lanes in which the first word of the binder is the target's."""
    shape = text.shape
    wanted = text.everywhere("%wanted", target)
    with text.loop(str(GROUP)) as number:
        made = text.load("%digest", text.name(f"mul i64 {number}, 8"))
        same = text.name(f"icmp eq {shape.vector} {made.name}, {wanted.name}")
        bits = text.name(f"bitcast <{shape.lanes} x i1> {same} to i{shape.lanes}")
        if shape.lanes < 16:
            bits = text.name(f"zext i{shape.lanes} {bits} to i16")
        whole = text.name(f"add i64 {text.name(f'mul i64 {group}, {GROUP}')}, {number}")
        row = text.name(f"mul i64 {whole}, %targets")
        at = text.address("%marks", text.name(f"add i64 {row}, {target}"), "i16")
        text.raw(f"store i16 {bits}, ptr {at}")
