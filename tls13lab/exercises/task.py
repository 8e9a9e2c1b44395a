"""A task: what it gives, the right answer, and the common mistakes.

**A mistake is a program**, as the right answer is. A student who hashes the binders, too, gets a
certain wrong value, and a check recognizes the mistake because its program gives the same value.
How an answer was computed does not matter, if the value is right.

>>> double = FunctionTask(
...     "0.0", ("number",), lambda draw, case: (draw.number(3, 9),), lambda number: 2 * number,
...     (Mistake("You squared it.", lambda number: number * number),),
... )
>>> print(double.check(lambda n: n + n, "alice").text)
Right.
>>> print(double.check(lambda n: n ** 2, "alice").text)
Not yet. You squared it.
>>> double.check(..., "alice").verdict.name
'BLANK'
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Protocol

from tls13lab.exercises.comparing import Blank, Strange, called, is_blank, plain, same
from tls13lab.exercises.feedback import Feedback
from tls13lab.exercises.kinds import no_function, one_of, only_wrong, unlike
from tls13lab.exercises.patience import RanTooLong, patience
from tls13lab.exercises.stopping import FORM, is_theirs, stopped, wrong_number
from tls13lab.exercises.student import Draw

CASES = 6
"""The number of inputs that a function is tried with."""


class Given(SimpleNamespace):
    """The values that a task gives, as attributes; bytes are shown with their length and beginning.

    >>> Given(psk=bytes(32), age_ms=1500)
    Given:
      psk     32 bytes, 0000000000000000...
      age_ms  1500
    """

    def __repr__(self) -> str:
        width = max((len(name) for name in vars(self)), default=0)
        lines = (f"  {name:<{width}}  {_shown(value)}" for name, value in vars(self).items())
        return "\n".join(["Given:", *lines])


WIDEST = 72


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return _bytes_shown(value)
    if isinstance(value, dict):
        return _names_shown(list(map(str, value)))
    shown = repr(value)
    if isinstance(value, list | tuple) and len(shown) > WIDEST:
        connections = {getattr(one, "connection", None) for one in value} - {None}
        if connections:
            return f"a capture of {len(connections)} connections"
        return f"{len(value)} of them; the first is {shown_briefly(value[0])}"
    if len(shown) > WIDEST and hasattr(value, "__dataclass_fields__"):
        return f"its parts: {', '.join(value.__dataclass_fields__)}"
    return shown if len(shown) <= WIDEST else f"{shown[:69]}..."


def _bytes_shown(value: bytes) -> str:
    if value and value.isascii() and value.decode().isprintable() and len(value) <= 32:
        return repr(value)
    dots = "..." if len(value) > 8 else ""
    return f"{len(value)} bytes, {value[:8].hex()}{dots}"


def _names_shown(names: list[str]) -> str:
    shown = "; ".join(names)
    if len(shown) <= 2 * WIDEST:
        return f"by name: {shown}"
    return f"{len(names)} of them, by name; the first is {names[0]}"


def _for_students(given: Given) -> Given:
    return Given(**{name: value for name, value in vars(given).items() if name[0] != "_"})


@dataclass(frozen=True, slots=True)
class Mistake:
    """A common mistake: ``make`` computes a wrong answer, and ``says`` explains it.

    ``make`` takes the same arguments as the task's ``right``. In a JudgedTask, ``says`` is only the
    beginning of the explanation, because the judge may add details.
    """

    says: str
    make: Callable[..., Any] = field(repr=False)


def shown_briefly(value: object) -> str:
    """The beginning of a value's ``repr``, at most 48 characters."""
    shown = repr(value)
    return shown if len(shown) <= 48 else f"{shown[:45]}..."


class Task(Protocol):
    """What all kinds of tasks have in common."""

    @property
    def number(self) -> str:
        """The numbers of the lesson and of the task in it, such as ``2.1``."""

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The common mistakes."""

    def given(self, student: str) -> Given:
        """The values for this student."""

    def check(self, answer: Any, student: str) -> Feedback:
        """Check an answer: right, blank, or wrong with an explanation."""


@dataclass(frozen=True)
class ValueTask:
    """A task that asks for one value.

    ``draw`` makes the given values. ``right`` and the mistakes compute the answer from them.
    """

    number: str
    draw: Callable[[Draw], Given]
    right: Callable[[Given], Any]
    mistakes: tuple[Mistake, ...] = ()
    well_done: str = ""

    def given(self, student: str) -> Given:
        """The fields, without what only the check needs (names that begin with ``_``)."""
        return _for_students(self.draw(Draw(student, self.number)))

    def _all(self, student: str) -> Given:
        return self.draw(Draw(student, self.number))

    def check(self, answer: Any, student: str) -> Feedback:
        """Compare the answer with the right value, then with those of the mistakes."""
        answer = plain(answer)
        if is_blank(answer):
            return Feedback.blank()
        given = self._all(student)
        right = self.right(given)
        if same(answer, right):
            return Feedback.right(self.well_done)
        for mistake in self.mistakes:
            if same(answer, mistake.make(given)):
                return Feedback.wrong(mistake.says)
        return Feedback.wrong(only_wrong(answer, plain(right)))


@dataclass(frozen=True)
class FunctionTask:
    """A task that asks for a function, which must be right for several inputs.

    ``draw`` makes the arguments of a case, given by its number, in the order of ``parameters``.
    ``allowed`` are the values that the function may return, if they are only a few.
    """

    number: str
    parameters: tuple[str, ...]
    draw: Callable[[Draw, int], tuple[Any, ...]]
    right: Callable[..., Any]
    mistakes: tuple[Mistake, ...] = ()
    well_done: str = ""
    cases: int = CASES
    allowed: tuple[Any, ...] = ()

    def given(self, student: str) -> Given:
        """The arguments of the first case, to try the function on."""
        return Given(**dict(zip(self.parameters, self._inputs(student)[0], strict=True)))

    def _inputs(self, student: str) -> list[tuple[Any, ...]]:
        draw = Draw(student, self.number)
        return [self.draw(draw, case) for case in range(self.cases)]

    def check(self, answer: Any, student: str) -> Feedback:
        """Run the function on every case; if it is wrong, look for a mistake with equal values."""
        if answer is ...:
            return Feedback.blank()
        inputs = self._inputs(student)
        expected = [self.right(*arguments) for arguments in inputs]
        said = _no_such_function(answer, self.parameters)
        if said:
            return Feedback.wrong(said)
        try:
            with patience():
                # With copies, because a function may change its arguments.
                found = [plain(called(answer, *deepcopy(arguments))) for arguments in inputs]
        except Blank:
            return Feedback.blank()
        except (Exception, RanTooLong, SystemExit) as fault:  # all that it may raise is an answer
            return Feedback.wrong(stopped(answer, fault))
        wrong = [n for n in range(len(inputs)) if not same(found[n], expected[n])]
        if not wrong:
            return Feedback.right(self.well_done)
        for mistake in self.mistakes:
            made = [mistake.make(*arguments) for arguments in inputs]
            if all(map(same, found, made)):
                return Feedback.wrong(mistake.says)
        said = self._not_allowed(found)
        said = said or only_wrong(found[wrong[0]], plain(expected[wrong[0]]), returned=True)
        if len(wrong) < len(inputs):
            said = f"It is right for {len(inputs) - len(wrong)} of {len(inputs)} inputs. {said}"
        return Feedback.wrong(said)

    def _not_allowed(self, found: list[Any]) -> str:
        """What may be returned, if something of the right kind is none of it; otherwise empty."""
        if not self.allowed:
            return ""
        other = (one for one in found if not any(same(one, each) for each in self.allowed))
        of_a_kind = (not unlike(one, self.allowed[0], returned=True) for one in other)
        return f"Return {one_of(self.allowed)}." if any(of_a_kind) else ""


@dataclass(frozen=True)
class JudgedTask:
    """A task with more than one right answer: a judge tries the answer.

    ``judge`` takes the given values and the answer, and returns what is wrong with it, or an empty
    string. ``example`` makes a right answer, and the mistakes make wrong ones. The answer is of the
    example's kind; if it is made of Python's own values, the judge gets a plain copy. If a function
    is wanted, ``parameters`` are the names of what it takes.
    """

    number: str
    draw: Callable[[Draw], Given]
    judge: Callable[[Given, Any], str]
    example: Callable[[Given], Any]
    mistakes: tuple[Mistake, ...] = ()
    well_done: str = ""
    parameters: tuple[str, ...] = ()

    def given(self, student: str) -> Given:
        """The fields, without what only the check needs (names that begin with ``_``)."""
        return _for_students(self.draw(Draw(student, self.number)))

    def check(self, answer: Any, student: str) -> Feedback:
        """Look at the form of the answer, and let the judge try it."""
        if is_blank(plain(answer)):
            return Feedback.blank()
        given = self.draw(Draw(student, self.number))
        try:
            with patience():
                says = self._judged(given, answer)
        except Blank:
            return Feedback.blank()
        except (Exception, RanTooLong, SystemExit) as fault:  # all that it may raise is an answer
            theirs = isinstance(fault, RanTooLong) or is_theirs(answer, fault)
            return Feedback.wrong(stopped(answer, fault) if theirs else FORM)
        return Feedback.wrong(says) if says else Feedback.right(self.well_done)

    def _judged(self, given: Given, answer: Any) -> str:
        if self.parameters:
            return _no_such_function(answer, self.parameters) or self.judge(given, answer)
        example = plain(self.example(given))
        if isinstance(example, Strange):
            return self.judge(given, answer)
        answer = plain(answer)
        return unlike(answer, example, entries=False) or self.judge(given, answer)


def _no_such_function(answer: Any, parameters: tuple[str, ...]) -> str:
    """What to say if the answer is no function that takes these parameters; empty if it is."""
    if not callable(answer) or isinstance(answer, type):
        return no_function(plain(answer))
    return wrong_number(answer, parameters)
