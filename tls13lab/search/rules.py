"""Rules: how people change a word to make a password. The common part of hashcat's notation.

A rule is a line of functions, applied from left to right; spaces between them are allowed:

``:`` does nothing, ``l`` converts to lower case, ``u`` to upper case, ``c`` capitalizes, ``C`` does
the opposite, ``t`` swaps the case, ``r`` reverses, ``d`` doubles the word, ``[`` and ``]`` delete
the first and the last character, ``$X`` appends X, ``^X`` prepends X, ``sXY`` replaces X by Y,
``@X`` deletes every X, and ``TN`` swaps the case at position N.

>>> WordRule.parse("c so0 $1").apply(b"password")
b'Passw0rd1'
>>> len(parse_rules(b"# years\\n:\\n$2$0$2$6\\n"))
2
"""

from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tls13lab.wire.faults import LocalFault

LONGEST_RULE = 31
"""Most functions in a rule, as in hashcat."""
MOST_RULES = 100_000

Change = Callable[[bytes], bytes]
_PLAIN: Mapping[int, Change] = {
    ord(":"): lambda word: word,
    ord("l"): bytes.lower,
    ord("u"): bytes.upper,
    ord("c"): bytes.capitalize,
    ord("C"): lambda word: word[:1].lower() + word[1:].upper(),
    ord("t"): bytes.swapcase,
    ord("r"): lambda word: word[::-1],
    ord("d"): lambda word: word + word,
    ord("["): lambda word: word[1:],
    ord("]"): lambda word: word[:-1],
}
_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _change(name: int, given: bytes) -> Change:
    """A function that has one argument."""
    if name == ord("$"):
        return lambda word: word + given
    if name == ord("^"):
        return lambda word: given + word
    if name == ord("@"):
        return lambda word: word.replace(given, b"")
    at = _DIGITS.index(given)
    return lambda word: word[:at] + word[at : at + 1].swapcase() + word[at + 1 :]


@dataclass(frozen=True, slots=True)
class WordRule:
    """One rule; ``text`` is its notation."""

    text: bytes
    changes: tuple[Change, ...]

    @classmethod
    def parse(cls, text: str | bytes) -> "WordRule":
        """The rule in this notation. Raises LocalFault for an unknown function, or too many."""
        line = text.encode() if isinstance(text, str) else text
        changes: list[Change] = []
        rest = iter(line)
        for name in rest:
            if name in b" \t":
                continue
            if name in _PLAIN:
                changes.append(_PLAIN[name])
                continue
            count = {ord("s"): 2}.get(name, 1 if name in b"$^@T" else 0)
            given = bytes(value for _, value in zip(range(count), rest, strict=False))
            # A place is one of hashcat's digits: 0 to 9, then A for 10.
            placed = name != ord("T") or given in {bytes([digit]) for digit in _DIGITS}
            if not count or len(given) < count or not placed:
                raise LocalFault(
                    f"{chr(name)!r} in the rule {line.decode('latin-1')!r} is not known"
                )
            if count == 2:
                changes.append(_swap(given[:1], given[1:]))
            else:
                changes.append(_change(name, given))
        if not 0 < len(changes) <= LONGEST_RULE:
            raise LocalFault(f"a rule has 1 to {LONGEST_RULE} functions, this one {len(changes)}")
        return cls(line, tuple(changes))

    def apply(self, word: bytes) -> bytes:
        """The word after all changes."""
        for change in self.changes:
            word = change(word)
        return word


def _swap(old: bytes, new: bytes) -> Change:
    return lambda word: word.replace(old, new)


def parse_rules(content: bytes) -> tuple[WordRule, ...]:
    """The rules of a file, one on each line; ``#`` begins a comment. Raises LocalFault."""
    found = []
    for number, line in enumerate(content.removeprefix(BOM_UTF8).splitlines(), 1):
        if not line.strip() or line.startswith(b"#"):
            continue
        try:
            found.append(WordRule.parse(line))
        except LocalFault as fault:
            raise LocalFault(f"line {number} of the rules: {fault}") from None
        if len(found) > MOST_RULES:
            raise LocalFault(f"there are more than {MOST_RULES} rules: use fewer")
    if not found:
        raise LocalFault("the file contains no rule")
    return tuple(found)
