"""How a PSK was chosen: the distribution, one PSK that came of it, and the list to try.

Whoever attacks is taken to know the way of choosing, and to try in its best order: an attacker of a
real system has a list and rules, and comes close.

>>> words(2).psk, words(2).guessing.log2_guesses, words(2).tried.total
(b'jub-pip', 19.000001375860553, 1048576)
>>> given("sternchen").place
36070
"""

from dataclasses import dataclass, field
from functools import lru_cache
from math import log2

from tls13lab.crypto.entropy import seeded
from tls13lab.psk.guesswork import Choice, Estimate, even
from tls13lab.psk.people import chosen_by_people
from tls13lab.psk.strength import strength
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, Source, WordSource
from tls13lab.search.target import readable
from tls13lab.search.wordlist import COMMON

SYLLABLE = "?1?2?1"
SOUNDS = {"1": "bdfgklmnprstvzjh", "2": "aiou"}
BITS_EACH = 10
"""16 consonants, 4 vowels and 16 consonants: 1,024 words, all of three letters."""
MOST_WORDS = 13
"""The first number of such words that makes RFC 9257's 128 bits."""
LONGEST = 32
"""Letters of a word that is typed in; zxcvbn takes long over long ones."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """``psk`` came about in the way that ``guessing`` is the distribution of.

    ``tried`` is what an attacker tries, in this order; ``place`` the PSK's number in it, from 1, or
    None if it is not there. ``how`` says the way in a few words.
    """

    how: str
    guessing: Choice | Estimate
    psk: bytes = field(repr=False)
    tried: Source
    place: int | None


@dataclass(frozen=True, slots=True)
class AllWords(MaskSource):
    """All words of a mask, also where there are more than any search could get through."""

    def __post_init__(self) -> None:
        """No limit: the search is stopped long before the end."""


def random_bytes() -> Chosen:
    """32 bytes from a random generator; no list has them, so the common one is tried."""
    psk = seeded("32 random bytes")(32)
    return Chosen("32 random bytes", even(2**256), psk, _list(), None)


def words(count: int) -> Chosen:
    """So many words, each drawn evenly from 1,024. Raises ValueError for none, or too many."""
    if not 1 <= count <= MOST_WORDS:
        raise ValueError(f"from 1 to {MOST_WORDS} words")
    mask = Mask.parse("-".join([SYLLABLE] * count), SOUNDS)
    number = int.from_bytes(seeded("words drawn")(32), "big") % mask.keyspace
    how = f"{count} word{'s' if count > 1 else ''} drawn from 1,024"
    return Chosen(how, even(mask.keyspace), mask[number], AllWords(mask), number + 1)


def person(number: int) -> Chosen:
    """What some person chose, the same for each number: a rank of popularity is drawn for them.

    Up to rank 100,000 it is that line of the list that is shipped; beyond it no line of the list.
    """
    rank = rank_of(number)
    listed = rank <= len(listed_words())
    psk = listed_words()[rank - 1] if listed else b"not in the list: rank %d" % rank
    return Chosen(
        f"the choice of person {number}", chosen_by_people(), psk, _list(), rank if listed else None
    )


@lru_cache(maxsize=64)
def given(word: str) -> Chosen:
    """A word: its place in the list, or else zxcvbn's estimate. Raises ValueError for none."""
    psk = word[:LONGEST].encode()
    if not psk:
        raise ValueError("a PSK has a letter at the least")
    place = places().get(psk)
    guessing: Choice | Estimate = strength(psk).guessing if place is None else Estimate(log2(place))
    return Chosen(f"the word {readable(psk)}", guessing, psk, _list(), place)


def rank_of(number: int) -> int:
    """The rank of a person's password: drawn from how people choose.

    >>> [rank_of(number) for number in (1, 2, 3)]
    [454094, 60891, 460255]
    """
    drawn = int.from_bytes(seeded(f"person {number}")(8), "big") / 2**64
    return max(1, int(chosen_by_people().guesses_for(drawn)))


@lru_cache(maxsize=1)
def listed_words() -> tuple[bytes, ...]:
    """The list that the lab ships, most popular first."""
    return tuple(COMMON.read_bytes().splitlines())


@lru_cache(maxsize=1)
def places() -> dict[bytes, int]:
    """The number of each word of the list, from 1."""
    return {word: place for place, word in enumerate(listed_words(), 1)}


@lru_cache(maxsize=1)
def _list() -> WordSource:
    return WordSource(COMMON)
