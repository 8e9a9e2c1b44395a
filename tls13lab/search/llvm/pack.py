"""Puts guesses of any length into blocks of SHA-2, one guess in each lane.

Each word is read from where the guess is in memory, so no data has to be rearranged beforehand.
"""

from tls13lab.search.llvm.text import Function, GuessShape, Vector
from tls13lab.search.sha2 import Sha2

GROUP = 16
"""Vectors of guesses that are processed together."""
GUESSES = ("starts", "lengths")


def types(shape: GuessShape) -> tuple[str, str, str, str]:
    """The types of vectors of words, of 64-bit numbers, of addresses and of truth values."""
    lanes = shape.lanes
    return shape.vector, f"<{lanes} x i64>", f"<{lanes} x ptr>", f"<{lanes} x i1>"


def declarations(shape: GuessShape) -> str:
    """The declarations of LLVM's functions that are used here."""
    vector, long, addresses, truths = types(shape)
    lanes, bits = shape.lanes, shape.bits
    return f"""\
declare {vector} @llvm.bswap.v{lanes}i{bits}({vector})
declare {long} @llvm.smax.v{lanes}i64({long}, {long})
declare {long} @llvm.smin.v{lanes}i64({long}, {long})
declare i64 @llvm.umin.i64(i64, i64)
declare i64 @llvm.vector.reduce.umax.v{lanes}i64({long})
declare {vector} {_gather(shape)}({addresses}, i32, {truths}, {vector})
"""


def _gather(shape: GuessShape) -> str:
    """LLVM's function that reads a word from each of many addresses."""
    return f"@llvm.masked.gather.v{shape.lanes}i{shape.bits}.v{shape.lanes}p0"


def pack(sha: Sha2, shape: GuessShape) -> str:
    """A function that makes block ``part`` of each guess of a group, with the padding of SHA-2.

    The last word of a guess is read as a whole, so some bytes after it must be readable.
    """
    text = Function("pack", ["data", *GUESSES, "block"], shape, ["part", "most"])
    size = sha.word
    before = text.name(f"mul i64 %part, {sha.block}")
    # Only words in which a guess has bytes, or the one bit after its end.
    left = text.name(f"sub i64 %most, {before}")
    filled = text.name(f"add i64 {text.name(f'udiv i64 {left}, {size}')}, 1")
    count = text.name(f"call i64 @llvm.umin.i64(i64 {filled}, i64 16)")
    _, long, _, truths = types(shape)
    with text.loop(str(GROUP)) as number:
        first = text.name(f"mul i64 {number}, {shape.lanes}")
        starts, lengths = (
            text.name(f"load {long}, ptr {text.address(f'%{each}', first, 'i64')}, align 8")
            for each in GUESSES
        )
        block = text.address("%block", text.name(f"mul i64 {number}, 16"), shape.vector)
        for i in range(16):
            text.store(block, i, 0)
        with text.loop(count) as place:
            done = text.name(f"add i64 {before}, {text.name(f'mul i64 {place}, {size}')}")
            text.store(block, place, _word_at(text, size, starts, lengths, spread_long(text, done)))
        total = text.name(f"add {long} {lengths}, splat (i64 {sha.block})")
        length = _narrowed(text, text.name(f"shl {long} {total}, splat (i64 3)")).name
        last = last_part(text, sha, text.address("%lengths", first, "i64"))
        ended = text.name(f"icmp eq {long} {last}, {spread_long(text, '%part')}")
        v = shape.vector
        word = text.line(f"select {truths} {ended}, {v} {length}, {v} zeroinitializer")
        text.store(block, 15, text.load(block, 15) | word)
    return text.finished()


def _word_at(text: Function, size: int, starts: str, lengths: str, place: str) -> Vector:
    """The word of each guess at this offset from its beginning."""
    vector, long, addresses, truths = types(text.shape)
    kind = f"v{text.shape.lanes}i{text.shape.bits}"
    rest = text.name(f"sub {long} {lengths}, {place}")
    at = text.name(f"add {long} {starts}, {place}")
    where = text.name(f"getelementptr i8, ptr %data, {long} {at}")
    some = text.name(f"icmp sgt {long} {rest}, zeroinitializer")
    given = f"{addresses} {where}, i32 1, {truths} {some}, {vector} zeroinitializer"
    read = text.name(f"call {vector} {_gather(text.shape)}({given})")
    word = text.line(f"call {vector} @llvm.bswap.{kind}({vector} {read})")
    return _ending(text, word, rest, size)


def _ending(text: Function, word: Vector, rest: str, size: int) -> Vector:
    """A word of which only ``rest`` bytes belong to the guess, followed by a one bit."""
    vector, long, _, truths = types(text.shape)
    lanes, bits = text.shape.lanes, text.shape.bits
    positive = text.name(f"call {long} @llvm.smax.v{lanes}i64({long} {rest}, {long} splat (i64 0))")
    within = text.name(
        f"call {long} @llvm.smin.v{lanes}i64({long} {positive}, {long} splat (i64 {size}))"
    )
    turned = text.name(f"shl {vector} {_narrowed(text, within).name}, splat (i{bits} 3)")
    full = text.name(f"icmp eq {long} {within}, splat (i64 {size})")
    beyond = text.name(f"lshr {vector} splat (i{bits} -1), {turned}")
    # In LLVM, a shift by all bits of a word is undefined, so its result is not used.
    after = text.line(f"select {truths} {full}, {vector} zeroinitializer, {vector} {beyond}")
    inside = text.name(f"icmp ult {long} {rest}, splat (i64 {size})")
    mark = text.name(f"lshr {vector} splat (i{bits} {1 << (bits - 1)}), {turned}")
    end = text.line(f"select {truths} {inside}, {vector} {mark}, {vector} zeroinitializer")
    return (word & (after ^ ((1 << bits) - 1))) | end


def _narrowed(text: Function, long: str) -> Vector:
    """64-bit numbers, truncated to words."""
    vector, wide, _, _ = types(text.shape)
    if vector == wide:
        return Vector(text, long)
    return text.line(f"trunc {wide} {long} to {vector}")


def spread_long(text: Function, single: str) -> str:
    """A 64-bit number in every lane."""
    _, long, _, _ = types(text.shape)
    first = text.name(f"insertelement {long} poison, i64 {single}, i64 0")
    zeros = f"<{text.shape.lanes} x i32> zeroinitializer"
    return text.name(f"shufflevector {long} {first}, {long} poison, {zeros}")


def last_part(text: Function, sha: Sha2, lengths: str) -> str:
    """The number of each guess's last block; the padding needs a byte, and those of the length."""
    _, long, _, _ = types(text.shape)
    loaded = text.name(f"load {long}, ptr {lengths}, align 8")
    total = text.name(f"add {long} {loaded}, splat (i64 {sha.length_bytes})")
    return text.name(f"lshr {long} {total}, splat (i64 {sha.block.bit_length() - 1})")
