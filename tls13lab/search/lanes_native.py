"""SHA-256 by the processor's own instructions (x86's SHA extensions), four guesses at a time.

Such an instruction does two rounds of one message, whose words stand side by side in a vector.
Here it is the guesses that stand side by side, so four of them are turned, as a matrix is, before
the rounds and after. An instruction waits for the one before it: the guesses take turns.

``text``, ``state`` and ``block`` are as in ``sha2`` and ``lanes_text``, with vectors of four words.
"""

from collections.abc import Callable, Iterator, Sequence

from tls13lab.search.lanes_text import Function, Vector
from tls13lab.search.sha2 import Sha2, Word

LANES = 4
TOGETHER = 2
"""Guesses that take turns where each has a message schedule: the registers hold no more."""
Quarter = Callable[[int], Vector]
"""Four words of a message schedule with their rounds' constants, by their number from 0 to 15."""

TWO_ROUNDS, SCHEDULE_1, SCHEDULE_2 = (
    f"@llvm.x86.sha256{name}" for name in ("rnds2", "msg1", "msg2")
)


def declarations() -> str:
    """LLVM's names of the three instructions."""
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
    # The order in which the instruction wants them, from the lowest word.
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
    """The message schedule of one guess, from its block's four quarters."""
    for number in range(16):
        constants = sha.constants[4 * number : 4 * number + 4]
        listed = ", ".join(f"i32 {constant}" for constant in constants)
        yield text.add(words[0], Vector(text, f"<{listed}>"))
        begun = _call(text, SCHEDULE_1, words[0], words[1])
        seven_before = _shuffled(text, words[2], words[3], (1, 2, 3, 4))
        summed = text.add(begun, seven_before)
        words[:] = [*words[1:], _call(text, SCHEDULE_2, summed, words[3])]


def _turned(text: Function, rows: Sequence[Word]) -> list[Vector]:
    """Four vectors of four words, with rows and columns exchanged."""
    one, two, three, four = (Vector(text, text.operand(row)) for row in rows)
    columns = []
    for pick in ((0, 4, 1, 5), (2, 6, 3, 7)):
        low, high = _shuffled(text, one, two, pick), _shuffled(text, three, four, pick)
        columns += [_shuffled(text, low, high, half) for half in ((0, 1, 4, 5), (2, 3, 6, 7))]
    return columns


def _shuffled(text: Function, one: Vector, two: Vector, places: Sequence[int]) -> Vector:
    """Words of two vectors by their places, the second's counted from 4."""
    listed = ", ".join(f"i32 {place}" for place in places)
    given = f"<4 x i32> {one.name}, <4 x i32> {two.name}"
    return text.line(f"shufflevector {given}, <4 x i32> <{listed}>")


def _call(text: Function, instruction: str, *given: Vector) -> Vector:
    listed = ", ".join(f"<4 x i32> {one.name}" for one in given)
    return text.line(f"call <4 x i32> {instruction}({listed})")
