"""Masks: all words of a shape, in hashcat's notation. Each word has a number.

``?l`` is a lower-case letter, ``?u`` an upper-case letter, ``?d`` a digit, ``?s`` another printable
ASCII character or the space, and ``?a`` any of these. ``?h`` and ``?H`` are hexadecimal digits,
``?b`` is any byte, ``?1`` to ``?4`` are user-defined sets, and ``??`` is a question mark. All other
characters stand for themselves.

>>> mask = Mask.parse("lab?d?d")
>>> mask.keyspace, [mask[n] for n in (0, 1, 99)]
(100, [b'lab00', b'lab01', b'lab99'])
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING

from tls13lab.search.arrays import np
from tls13lab.search.guesses import Guesses
from tls13lab.wire.faults import LocalFault

if TYPE_CHECKING:
    import numpy.typing as npt

MOST_PLACES = 256
MOST_GUESSES = 2**62
"""More guesses than any search could try."""

_SMALL, _DIGITS = b"abcdefghijklmnopqrstuvwxyz", b"0123456789"
_PRINTABLE = bytes(range(0x20, 0x7F))
_LETTERS = _SMALL + _SMALL.upper()
SETS: Mapping[str, bytes] = {
    "l": _SMALL,
    "u": _SMALL.upper(),
    "d": _DIGITS,
    "s": bytes(byte for byte in _PRINTABLE if byte not in _LETTERS + _DIGITS),
    "a": _PRINTABLE,
    "h": _DIGITS + b"abcdef",
    "H": _DIGITS + b"ABCDEF",
    "b": bytes(range(256)),
}


@dataclass(frozen=True, slots=True)
class Mask:
    """One set of bytes for each place of a word."""

    places: tuple[bytes, ...]

    @classmethod
    def parse(cls, text: str, own: Mapping[str, str] | None = None) -> "Mask":
        """The mask in hashcat's notation; ``own`` has the sets ``1`` to ``4``, written likewise.

        Raises LocalFault for an unknown or empty set, and for a mask with 0 or more than 256
        places.
        """
        sets = dict(SETS)
        for name, content in (own or {}).items():
            if name not in {"1", "2", "3", "4"}:
                raise LocalFault(f"user-defined sets are called 1 to 4, not {name}")
            together = b"".join(_places(content, sets))
            # A byte that is in a set twice would be tried twice.
            sets[name] = bytes(dict.fromkeys(together))
        places = tuple(_places(text, sets))
        if not 0 < len(places) <= MOST_PLACES:
            raise LocalFault(f"a mask has 1 to {MOST_PLACES} places, this one has {len(places)}")
        if not all(places):
            raise LocalFault("a set of this mask is empty")
        return cls(places)

    @property
    def keyspace(self) -> int:
        """The number of words."""
        return prod(len(place) for place in self.places)

    def __getitem__(self, number: int) -> bytes:
        """The word with this number; the last place changes fastest."""
        word = bytearray()
        for place in reversed(self.places):
            number, digit = divmod(number, len(place))
            word.append(place[digit])
        return bytes(reversed(word))

    def guesses(self, first: int, count: int) -> Guesses:
        """The words from number ``first`` on, at most ``count`` of them."""
        if first + count > MOST_GUESSES:
            raise LocalFault("this mask has more words than can be tried: use a smaller one")
        count = max(0, min(count, self.keyspace - first))
        if np is None:
            return Guesses.of((self[number] for number in range(first, first + count)), first)
        length = len(self.places)
        words = np.empty((count, length), np.uint8)
        changing = _changing(self.places)
        endings = _endings(self.places[changing:])
        done = 0
        while done < count:
            # Words with the same beginning have consecutive endings.
            beginning, at = divmod(first + done, len(endings))
            some = min(count - done, len(endings) - at)
            stretch = words[done : done + some]
            stretch[:, changing:] = endings[at : at + some]
            if changing:
                start = Mask(self.places[:changing])[beginning]
                stretch[:, :changing] = np.frombuffer(start, np.uint8)
            done += some
        return Guesses(words.reshape(-1), *_evenly(count, length), first)


MOST_ENDINGS = 2**17


def _changing(places: tuple[bytes, ...]) -> int:
    """The first place from which on all endings together are few enough to be stored."""
    at, count = len(places) - 1, len(places[-1])
    while at and count * len(places[at - 1]) <= MOST_ENDINGS:
        at -= 1
        count *= len(places[at])
    return at


@lru_cache(maxsize=4)
def _evenly(count: int, length: int) -> "tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]":
    """The starts and lengths of words that all have the same length."""
    return np.arange(count, dtype=np.int64) * length, np.full(count, length, np.int64)


@lru_cache(maxsize=4)
def _endings(places: tuple[bytes, ...]) -> "npt.NDArray[np.uint8]":
    """All words of these places, one in each row; the last place changes fastest."""
    count = prod(len(place) for place in places)
    words = np.empty((count, len(places)), np.uint8)
    stays = count  # how many consecutive words have the same byte in this place
    for at, place in enumerate(places):
        stays //= len(place)
        once = np.repeat(np.frombuffer(place, np.uint8), stays)
        words[:, at] = np.tile(once, count // len(once))
    return words


def _places(text: str, sets: Mapping[str, bytes]) -> list[bytes]:
    places = []
    rest = iter(text)
    for character in rest:
        if character != "?":
            # A character of several bytes takes several places.
            places += [bytes([byte]) for byte in _typed(character)]
            continue
        name = next(rest, "")
        if name != "?" and name not in sets:
            known = ", ".join(f"?{each}" for each in sorted(sets))
            raise LocalFault(f"?{name} is not a set of this mask; there are {known} and ??")
        places.append(b"?" if name == "?" else sets[name])
    return places


def _typed(character: str) -> bytes:
    """The bytes that were typed, even if they are not UTF-8."""
    try:
        return os.fsencode(character)
    except UnicodeEncodeError:
        raise LocalFault(f"{character!r} in the mask stands for no bytes") from None
