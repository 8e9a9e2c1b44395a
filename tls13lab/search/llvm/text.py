"""Writes a computation on vectors of words in LLVM's language.

A :class:`Vector` stands for one word of many guesses, with one lane for each guess. Operations on
such values compute nothing yet: each adds a line to the text of a :class:`Function`. Operations on
plain numbers are computed at once, so constants cost nothing when the program runs.

>>> text = Function("double", ["x", "out"], GuessShape(32, 8))
>>> text.store("%out", 0, text.add(text.load("%x", 0), text.load("%x", 0)))
>>> print(text.finished().splitlines()[6].strip())
%v5 = add <8 x i32> %v2, %v4
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tls13lab.search.sha2 import Word
from tls13lab.search.sha2 import majority as majority_formula


@dataclass(frozen=True)
class GuessShape:
    """The bits of a word, and the number of lanes in a vector.

    ``ternary``: the processor has AVX-512's instruction for any function of three bits; LLVM does
    not use it for majorities by itself. ``native``: SHA-256 uses the processor's own instructions
    for it (``native``).
    """

    bits: int
    lanes: int
    ternary: bool = False
    native: bool = False

    @property
    def vector(self) -> str:
        """The type of a vector, in LLVM's language."""
        return f"<{self.lanes} x i{self.bits}>"

    @property
    def turn(self) -> str:
        """LLVM's function that rotates to the right."""
        return f"@llvm.fshr.v{self.lanes}i{self.bits}"

    @property
    def any_of_three(self) -> str:
        """LLVM's function for the ternary instruction."""
        letter, width = {32: "d", 64: "q"}[self.bits], self.bits * self.lanes
        return f"@llvm.x86.avx512.pternlog.{letter}.{width}"

    def declarations(self) -> str:
        """The declarations at the beginning of a text that uses these functions."""
        v = self.vector
        lines = [f"declare {v} {self.turn}({v}, {v}, {v})"]
        if self.ternary:
            lines.append(f"declare {v} {self.any_of_three}({v}, {v}, {v}, i32)")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, eq=False)
class Vector:
    """A word in each lane: a name in the text of a function."""

    text: "Function"
    name: str

    def _with(self, operation: str, other: Word) -> "Vector":
        vector = self.text.shape.vector
        return self.text.line(f"{operation} {vector} {self.name}, {self.text.operand(other)}")

    def __xor__(self, other: Word) -> "Vector":
        return self._with("xor", other)

    def __and__(self, other: Word) -> "Vector":
        return self._with("and", other)

    def __or__(self, other: Word) -> "Vector":
        return self._with("or", other)

    def __rshift__(self, other: Word) -> "Vector":
        return self._with("lshr", other)

    __rxor__, __rand__, __ror__ = __xor__, __and__, __or__


class Function:
    """The growing text of a function without a result; its parameters are addresses."""

    def __init__(
        self, name: str, parameters: Sequence[str], shape: GuessShape, numbers: Sequence[str] = ()
    ) -> None:
        self.shape = shape
        self._count = 0
        declared = [f"ptr noalias %{parameter}" for parameter in parameters]
        declared += [f"i64 %{number}" for number in numbers]
        self._lines = [f"define void @{name}({', '.join(declared)}) {{", "entry:"]
        self._block = "entry"

    def raw(self, text: str) -> None:
        """Add a line that has no result."""
        self._lines.append(f"  {text}")

    def name(self, text: str) -> str:
        """Add a line; its result gets a new name, which is returned."""
        self._count += 1
        self.raw(f"%v{self._count} = {text}")
        return f"%v{self._count}"

    def line(self, text: str) -> Vector:
        """Add a line whose result is a vector of words."""
        return Vector(self, self.name(text))

    def operand(self, word: Word) -> str:
        """A value in LLVM's notation; a number is the same in every lane."""
        if isinstance(word, Vector):
            return word.name
        bits = self.shape.bits
        return f"splat (i{bits} {word % (1 << bits)})"

    # --- the arithmetic of SHA-2

    def add(self, *words: Word) -> Word:
        """The sum; numbers are added at once."""
        total = sum(word for word in words if isinstance(word, int)) % (1 << self.shape.bits)
        values = [word for word in words if isinstance(word, Vector)]
        if not values:
            return total
        result = values[0]
        for value in [*values[1:], *([total] if total else [])]:
            result = self.line(f"add {self.shape.vector} {result.name}, {self.operand(value)}")
        return result

    def turn(self, word: Word, right: int) -> Word:
        """A rotation to the right."""
        bits, vector = self.shape.bits, self.shape.vector
        if isinstance(word, int):
            return (word >> right | word << bits - right) % (1 << bits)
        value = f"{vector} {word.name}"
        by = f"{vector} {self.operand(right)}"
        return self.line(f"call {vector} {self.shape.turn}({value}, {value}, {by})")

    def majority(self, a: Word, b: Word, c: Word) -> Word:
        """The majority of three values, bit by bit."""
        if not (self.shape.ternary and any(isinstance(word, Vector) for word in (a, b, c))):
            return majority_formula(a, b, c)
        vector = self.shape.vector
        given = ", ".join(f"{vector} {self.operand(word)}" for word in (a, b, c))
        # The truth table of a majority, from 111 to 000.
        table = 0b11101000
        return self.line(f"call {vector} {self.shape.any_of_three}({given}, i32 {table})")

    # --- memory

    def address(self, base: str, index: str | int, of: str) -> str:
        """The address of element ``index`` of type ``of``, relative to a base address."""
        return self.name(f"getelementptr {of}, ptr {base}, i64 {index}")

    def load(self, base: str, index: str | int) -> Vector:
        """Load the vector at ``index``."""
        vector = self.shape.vector
        return self.line(f"load {vector}, ptr {self.address(base, index, vector)}")

    def everywhere(self, base: str, index: str | int) -> Vector:
        """Load the single word at ``index`` into every lane."""
        word = f"i{self.shape.bits}"
        single = self.name(f"load {word}, ptr {self.address(base, index, word)}")
        return self.spread(single)

    def spread(self, single: str) -> Vector:
        """A single word in every lane."""
        word, lanes, vector = f"i{self.shape.bits}", self.shape.lanes, self.shape.vector
        first = self.name(f"insertelement {vector} poison, {word} {single}, i64 0")
        zeros = f"<{lanes} x i32> zeroinitializer"
        return self.line(f"shufflevector {vector} {first}, {vector} poison, {zeros}")

    def store(self, base: str, index: str | int, word: Word) -> None:
        """Store a vector at ``index``."""
        vector = self.shape.vector
        at = self.address(base, index, vector)
        self.raw(f"store {vector} {self.operand(word)}, ptr {at}")

    # --- control

    @contextmanager
    def loop(self, times: str) -> Iterator[str]:
        """A loop around the lines written inside, run at least once; yields the index."""
        self._count += 1
        mark, before = f"loop{self._count}", self._block
        index, following = f"%{mark}.index", f"%{mark}.next"
        self.raw(f"br label %{mark}")
        self._lines.append(f"{mark}:")
        self._block = mark
        place = len(self._lines)
        yield index
        # The phi is written last, because a loop inside changes the block that jumps back.
        phi = f"  {index} = phi i64 [0, %{before}], [{following}, %{self._block}]"
        self._lines.insert(place, phi)
        self.raw(f"{following} = add i64 {index}, 1")
        again = self.name(f"icmp ult i64 {following}, {times}")
        self.raw(f"br i1 {again}, label %{mark}, label %{mark}.done")
        self._lines.append(f"{mark}.done:")
        self._block = f"{mark}.done"

    def finished(self) -> str:
        """The complete text."""
        return "\n".join([*self._lines, "  ret void", "}"]) + "\n"
