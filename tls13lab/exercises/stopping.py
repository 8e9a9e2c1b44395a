"""Trying a student's function: what it must take, and what to say if it stops with an error.

The words name the line of the function and the kind of error, and nothing of this package.

>>> def divided(number):
...     return number / 0
>>> try:
...     divided(1)
... except ZeroDivisionError as fault:
...     stopped(divided, fault)
'Line 2 of your function stopped: it divides by zero.'
>>> wrong_number(divided, ("age_ms", "ticket_age_add"))
'Your function must take 2 values, age_ms and ticket_age_add; it takes 1.'
"""

import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

from tls13lab.exercises.comparing import Strange, plain
from tls13lab.exercises.kinds import noun
from tls13lab.exercises.patience import RanTooLong
from tls13lab.wire.faults import TLSFault

FORM = "It could not be tried: check that it has the form that the task asks for."

_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ZeroDivisionError, "it divides by zero"),
    (IndexError, "it takes an element that is not there, beyond the end"),
    (KeyError, "it looks for a key that is not in the dictionary"),
    (RecursionError, "it calls itself again and again, without an end"),
    (UnboundLocalError, "it uses a name that has no value yet"),
    (
        UnicodeError,
        "it converts between text and bytes something that cannot be converted that way",
    ),
    (OverflowError, "a number is negative, or too large for its place"),
    (ModuleNotFoundError, "it imports something that is not there"),
    (ImportError, "it imports a name that is not there"),
    (AssertionError, "an assert in it does not hold"),
    (StopIteration, "it takes a next element where there is none"),
    (MemoryError, "it needs more memory than there is"),
    (OSError, "a file or a connection could not be used"),
    (SystemExit, "it tries to end Python"),
    (ValueError, "a value is of the right kind, but not allowed in that place"),
    (TLSFault, "the lab refuses a value that it is given"),
)
_TYPES = (
    "two kinds of values do not go together there, such as text and bytes, or something is "
    "called with the wrong number of values"
)


def wrong_number(function: Callable[..., Any], parameters: tuple[str, ...]) -> str:
    """What to say if the function cannot be called with so many values; empty if it can."""
    try:
        signature = inspect.signature(function)
        signature.bind(*parameters)
    except TypeError:
        takes = sum(
            one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
            for one in signature.parameters.values()
        )
        count = len(parameters)
        return (
            f"Your function must take {count} value{'' if count == 1 else 's'}, "
            f"{_listed(parameters)}; it takes {takes or 'none'}."
        )
    except Exception:  # some callables have no signature: calling them will tell
        return ""
    return ""


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def stopped(function: object, fault: BaseException) -> str:
    """One sentence on the error that the student's function raised."""
    line = line_in(function, fault)
    if isinstance(fault, RanTooLong):
        return f"It did not end within {fault.seconds:g} seconds; perhaps there is an endless loop."
    where = f"Line {line} of your function" if line else "Your function"
    return f"{where} stopped: {_words(fault)}."


def is_theirs(function: object, fault: BaseException) -> bool:
    """Whether the error arose while the student's function ran."""
    return line_in(function, fault) > 0


def _words(fault: BaseException) -> str:
    kind = type(fault)
    if issubclass(kind, NameError) and not issubclass(kind, UnboundLocalError):
        name = plain(getattr(fault, "name", None))
        known = f"`{name}`" if isinstance(name, str) and len(name) < 40 else "a name in it"
        return f"{known} is not known there"
    if issubclass(kind, AttributeError):
        return _attribute(fault)
    if issubclass(kind, TypeError):
        return _TYPES
    return next((words for one, words in _WORDS if issubclass(kind, one)), "an error was raised")


def _attribute(fault: BaseException) -> str:
    name, owner = plain(getattr(fault, "name", None)), plain(getattr(fault, "obj", None))
    if not isinstance(name, str) or len(name) > 40:
        return "it asks a value for something that the value does not have"
    of = "a value" if isinstance(owner, Strange) else noun(owner)
    return f"it asks {of} for `.{name}`, which is not there"


def line_in(function: object, fault: BaseException) -> int:
    """The line of the function, from 1, in which the error arose; 0 if that cannot be said."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return 0
    inside, line = set(_codes(code)), 0
    trace = fault.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in inside:
            line = trace.tb_lineno - code.co_firstlineno + 1
        trace = trace.tb_next
    return line


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of the functions and comprehensions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
