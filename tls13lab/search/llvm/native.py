"""SHA-256 with the processor's own instructions (x86's SHA extensions), four guesses at a time.

Such an instruction does two rounds for one message, with the words of that message in a vector.
Everywhere else here, a vector has one word of several guesses. So four guesses are transposed, like
a matrix, before and after the rounds. Each instruction waits for the one before it, so the
instructions of several guesses are interleaved.

``text``, ``state`` and ``block`` are as in ``sha2`` and ``text``, with vectors of four words.
"""

from collections.abc import Callable, Iterator, Sequence

from tls13lab.search.llvm.text import Function, Vector
from tls13lab.search.sha2 import Sha2, Word

LANES = 4
TOGETHER = 2
"""Guesses that are interleaved if each has its own message schedule; registers limit it to 2."""
Quarter = Callable[[int], Vector]
"""Returns four words of a message schedule, plus the constants, by their number from 0 to 15."""

TWO_ROUNDS, SCHEDULE_1, SCHEDULE_2 = (
    f"@llvm.x86.sha256{name}" for name in ("rnds2", "msg1", "msg2")
)


def declarations() -> str:
    """The declarations of the three instructions."""
    three, two = (", ".join(["<4 x i32>"] * count) for count in (3, 2))
    return (
        f"declare <4 x i32> {TWO_ROUNDS}({three})\n"
        f"declare <4 x i32> {SCHEDULE_1}({two})\n"
        f"declare <4 x i32> {SCHEDULE_2}({two})\n"
    )


def compress(sha: Sha2, text: Function, state: Sequence[Word], block: Sequence[Word]) -> list[Word]:
    """The state, 8 words, after a block of 16."""
    turned = [_turned(text, block[at : at + 4]) for at in range(0, 16, 4)]

    def quarters(lane: int) -> Quarter:
        scheduled = _schedule(sha, text, [quarter[lane] for quarter in turned])
        return lambda _: next(scheduled)

    return _rounds(text, state, quarters, TOGETHER)


def rounds(text: Function, state: Sequence[Word], schedule: str) -> list[Word]:
    """The state after a block whose message schedule, the same for all, lies at an address."""

    def quarter(number: int) -> Vector:
        at = text.address(schedule, 4 * number, "i32")
        return text.line(f"load <4 x i32>, ptr {at}, align 4")

    return _rounds(text, state, lambda _: quarter, LANES)


def _rounds(
    text: Function, state: Sequence[Word], quarters: Callable[[int], Quarter], together: int
) -> list[Word]:
    a, b, c, d, e, f, g, h = state
    # The instruction expects the words in this order, from the lowest.
    ways = ((f, e, b, a), (h, g, d, c))
    abef, cdgh = (_turned(text, way) for way in ways)
    for first in range(0, LANES, together):
        lanes = range(first, first + together)
        given = {lane: quarters(lane) for lane in lanes}
        for number in range(16):
            for lane in lanes:
                word = given[lane](number)
                abef[lane], cdgh[lane] = _four_rounds(text, abef[lane], cdgh[lane], word)
    f2, e2, b2, a2 = _turned(text, abef)
    h2, g2, d2, c2 = _turned(text, cdgh)
    after = (a2, b2, c2, d2, e2, f2, g2, h2)
    return [text.add(old, new) for old, new in zip(state, after, strict=True)]


def _four_rounds(text: Function, abef: Vector, cdgh: Vector, word: Vector) -> tuple[Vector, Vector]:
    # After two rounds the old A, B, E, F are the new C, D, G, H.
    half = _call(text, TWO_ROUNDS, cdgh, abef, word)
    later = _shuffled(text, word, word, (2, 3, 2, 3))
    return _call(text, TWO_ROUNDS, abef, half, later), half


def _schedule(sha: Sha2, text: Function, words: list[Vector]) -> Iterator[Vector]:
    """The message schedule of one guess, from the four quarters of its block."""
    for number in range(16):
        constants = sha.constants[4 * number : 4 * number + 4]
        listed = ", ".join(f"i32 {constant}" for constant in constants)
        yield text.add(words[0], Vector(text, f"<{listed}>"))
        begun = _call(text, SCHEDULE_1, words[0], words[1])
        seven_before = _shuffled(text, words[2], words[3], (1, 2, 3, 4))
        summed = text.add(begun, seven_before)
        words[:] = [*words[1:], _call(text, SCHEDULE_2, summed, words[3])]


def _turned(text: Function, rows: Sequence[Word]) -> list[Vector]:
    """Four vectors of four words, transposed."""
    a, b, c, d = (Vector(text, text.operand(row)) for row in rows)
    columns = []
    for pick in ((0, 4, 1, 5), (2, 6, 3, 7)):
        low, high = _shuffled(text, a, b, pick), _shuffled(text, c, d, pick)
        columns += [_shuffled(text, low, high, half) for half in ((0, 1, 4, 5), (2, 3, 6, 7))]
    return columns


def _shuffled(text: Function, a: Vector, b: Vector, places: Sequence[int]) -> Vector:
    """Words of two vectors by their places; those of the second are counted from 4."""
    listed = ", ".join(f"i32 {place}" for place in places)
    given = f"<4 x i32> {a.name}, <4 x i32> {b.name}"
    return text.line(f"shufflevector {given}, <4 x i32> <{listed}>")


def _call(text: Function, instruction: str, *given: Vector) -> Vector:
    listed = ", ".join(f"<4 x i32> {vector.name}" for vector in given)
    return text.line(f"call <4 x i32> {instruction}({listed})")
