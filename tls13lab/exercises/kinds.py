"""What to say of an answer of the wrong kind: one plain sentence that says what to give instead.

>>> unlike("psk", 7)
'This is text; a whole number is wanted, without quotation marks.'
>>> unlike(b"abc", bytes(32)), unlike(b"", bytes(32), returned=True)
('This has 3 bytes; 32 are wanted.', 'It returned no bytes; 32 are wanted.')
>>> unlike({1: "ticket_key"}, {1: {"ticket_key"}})
'For 1: this is text; a set is wanted, such as {"a", "b"}.'
"""

from collections.abc import Sequence
from typing import Any

from tls13lab.exercises.comparing import Strange, same

_NOUNS: tuple[tuple[type, str], ...] = (
    (bool, "True or False"),
    (int, "a whole number"),
    (float, "a number"),
    (str, "text"),
    (bytes, "bytes"),
    (list, "a list"),
    (tuple, "a tuple"),
    (set, "a set"),
    (frozenset, "a set"),
    (dict, "a dictionary"),
)
_HINTS = {
    ("text", "bytes"): ', such as b"..." or bytes.fromhex("...")',
    ("a list", "bytes"): ": bytes(...) makes them from a list of numbers",
    ("a whole number", "bytes"): ': number.to_bytes(LENGTH, "big") makes them',
    ("bytes", "text"): ": .decode() makes it",
    ("bytes", "a whole number"): ': int.from_bytes(..., "big") makes one',
    ("text", "a whole number"): ", without quotation marks",
}
_EXAMPLES = {
    "a list": ", such as [1, 2]",
    "a tuple": ", such as (1, 2)",
    "a set": ', such as {"a", "b"}',
    "a dictionary": ", such as {1: ..., 2: ...}",
}
NO_FUNCTION = "give the function itself: its name, without parentheses."
TOO_LONG = 40


def noun(value: Any) -> str:
    """What to call a plain value's kind."""
    if isinstance(value, Strange):
        return value.noun
    return next((words for kind, words in _NOUNS if isinstance(value, kind)), "None")


def name_of(key: object) -> str:
    """A key of a dictionary, as it is called in a sentence."""
    shown = key if isinstance(key, str) else repr(key)
    return shown if len(shown) <= TOO_LONG or isinstance(key, tuple) else f"{shown[:TOO_LONG]}..."


def no_function(answer: Any) -> str:
    """What to say of a plain answer where a function is wanted."""
    if answer is None:
        return f"The value is None; {NO_FUNCTION}"
    return f"{_this(noun(answer), False)}; {NO_FUNCTION}"


def unlike(answer: Any, right: Any, *, returned: bool = False, entries: bool = True) -> str:
    """How the plain ``answer`` is of another kind than ``right``; empty if it is of the same.

    ``returned`` says that a function returned it. With ``entries``, the lengths of bytes, lists and
    tuples count, too, and dictionaries must have the same keys; without, ``right`` is an example.
    """
    if answer is None and right is not None:
        return (
            "It returned None: `return` the value, because `print` only shows it."
            if returned
            else "The value is None; perhaps a `return` or an assignment is missing."
        )
    if isinstance(answer, Strange) and answer.noun == "a function" and not returned:
        return "This is a function; call it and give its value."
    is_, wanted = noun(answer), noun(right)
    if not _fits(answer, right):
        return _another_kind(answer, right, _this(is_, returned), is_, wanted)
    if isinstance(right, bytes):
        return _lengths(answer, right, returned) if entries else ""
    if isinstance(right, dict):
        return _entries(answer, right, entries)
    if isinstance(right, list | tuple) and entries and len(answer) != len(right):
        has = "It returned" if returned else "This has"
        return f"{has} {_counted(len(answer), 'value')}; {len(right)} {_are(len(right))} wanted."
    if isinstance(right, list | tuple):
        return _places(answer, right)
    return ""


def _another_kind(answer: Any, right: Any, this: str, is_: str, wanted: str) -> str:
    if (
        isinstance(answer, str)
        and isinstance(right, bytes)
        and right == _hexadecimal(answer) != b""
    ):
        return (
            f"{this}; bytes are wanted. They are right, but in hexadecimal: bytes.fromhex(...) "
            "makes bytes."
        )
    how = _HINTS.get((is_, wanted)) or _EXAMPLES.get(wanted, "")
    return f"{this}; {wanted} {'are' if wanted == 'bytes' else 'is'} wanted{how}."


def _hexadecimal(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _fits(answer: Any, right: Any) -> bool:
    if isinstance(right, bool) or isinstance(answer, bool):
        return isinstance(right, bool) and isinstance(answer, bool)
    if isinstance(right, float):
        return isinstance(answer, int | float)
    if isinstance(right, int):
        return isinstance(answer, int) or (isinstance(answer, float) and answer.is_integer())
    if isinstance(right, list | tuple):
        return isinstance(answer, list | tuple)
    if isinstance(right, set | frozenset):
        return isinstance(answer, frozenset | set | list | tuple)
    return isinstance(answer, type(right)) if right is not None else answer is None


def _lengths(answer: bytes, right: bytes, returned: bool) -> str:
    if len(answer) == len(right):
        return ""
    count = _counted(len(answer), "byte")
    return f"{'It returned' if returned else 'This has'} {count}; {len(right)} are wanted."


def _entries(answer: dict[Any, Any], right: dict[Any, Any], entries: bool) -> str:
    for key in right:
        if key in answer:
            if not entries and not isinstance(right[key], set | frozenset):
                continue  # the task's judge says it better
            said = unlike(answer[key], right[key], entries=entries)
            if said:
                return f"For {name_of(key)}: {said[0].lower()}{said[1:]}"
        elif entries:
            return f"There is no entry for {name_of(key)}."
    if entries and len(answer) > len(right):
        return "There are entries that the task does not ask for."
    return ""


def _places(answer: Any, right: Any) -> str:
    for number, (mine, one) in enumerate(zip(answer, right, strict=False), 1):
        said = unlike(mine, one)
        if said:
            return f"For value {number} of {len(answer)}: {said[0].lower()}{said[1:]}"
    return ""


def _this(words: str, returned: bool) -> str:
    if returned:
        return f"It returned {words}"
    return f"These are {words}" if words == "bytes" else f"This is {words}"


def _counted(count: int, word: str) -> str:
    return f"{f'{count:,}' if count else 'no'} {word}{'' if count == 1 else 's'}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def one_of(values: Sequence[Any]) -> str:
    """Plain values as Python writes them, of which one may be chosen.

    >>> one_of(("psk_ke", "psk_dhe_ke", None))
    '"psk_ke", "psk_dhe_ke" or None'
    """
    shown = [f'"{one}"' if isinstance(one, str) else repr(one) for one in values]
    return f"{', '.join(shown[:-1])} or {shown[-1]}" if shown[1:] else shown[0]


def only_wrong(answer: Any, right: Any, *, returned: bool = False) -> str:
    """What to say of a plain answer that is wrong, and not by one of the task's mistakes."""
    said = unlike(answer, right, returned=returned)
    if said:
        return said
    if isinstance(right, bytes):
        return "The length is right, but the bytes are not what is wanted: go step by step."
    if isinstance(right, dict):
        wrong = [key for key in right if not same(answer[key], right[key])]
        count = len(right)
        return f"{count - len(wrong)} of {count} entries are right; {name_of(wrong[0])} is not."
    return "This value is wrong, and not by a common mistake: go through the steps one by one."
