"""How a PSK was chosen: the distribution, a PSK drawn from it, and the list of words to try.

The attacker is assumed to know how the PSK was chosen, and to try the most likely values first.
Attackers of real systems have lists and rules, and come close to this.

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
"""Bits of one word: 16 consonants, 4 vowels and 16 consonants make 1,024 words of 3 letters."""
MOST_WORDS = 13
"""The smallest number of such words that has the 128 bits of RFC 9257."""
LONGEST = 32
"""Most letters of a word that is typed in, because zxcvbn is slow with long words."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A PSK, drawn from the distribution ``guessing``.

    ``tried`` are the words that an attacker tries, in order. ``place`` is the position of the PSK
    among them, from 1; None if it is not there. ``how`` describes the choice in a few words.
    """

    how: str
    guessing: Choice | Estimate
    psk: bytes = field(repr=False)
    tried: Source
    place: int | None


@dataclass(frozen=True, slots=True)
class AllWords(MaskSource):
    """All words of a mask, even if there are more than any search could try."""

    def __post_init__(self) -> None:
        """Set no limit, because the search is stopped long before the end."""


def random_bytes() -> Chosen:
    """32 random bytes. No list contains them; the attacker tries the common list all the same."""
    psk = seeded("32 random bytes")(32)
    return Chosen("32 random bytes", even(2**256), psk, _list(), None)


def words(count: int) -> Chosen:
    """This many words, each drawn at random from 1,024. Raises ValueError outside 1 to 13."""
    if not 1 <= count <= MOST_WORDS:
        raise ValueError(f"from 1 to {MOST_WORDS} words")
    mask = Mask.parse("-".join([SYLLABLE] * count), SOUNDS)
    number = int.from_bytes(seeded("words drawn")(32), "big") % mask.keyspace
    how = f"{count} word{'s' if count > 1 else ''} drawn from 1,024"
    return Chosen(how, even(mask.keyspace), mask[number], AllWords(mask), number + 1)


def person(number: int) -> Chosen:
    """What a person chose. Each number stands for one person, with a randomly drawn rank.

    A rank up to 100,000 is a line of the lab's own list; beyond that, the PSK is not in the list.
    """
    rank = rank_of(number)
    listed = rank <= len(listed_words())
    psk = listed_words()[rank - 1] if listed else b"not in the list: rank %d" % rank
    return Chosen(
        f"the choice of person {number}", chosen_by_people(), psk, _list(), rank if listed else None
    )


@lru_cache(maxsize=64)
def given(word: str) -> Chosen:
    """A given word: its place in the list, or zxcvbn's estimate. Raises ValueError if empty."""
    psk = word[:LONGEST].encode()
    if not psk:
        raise ValueError("a PSK has at least one letter")
    place = places().get(psk)
    guessing: Choice | Estimate = strength(psk).guessing if place is None else Estimate(log2(place))
    return Chosen(f"the word {readable(psk)}", guessing, psk, _list(), place)


def rank_of(number: int) -> int:
    """The rank of a person's password, drawn from the distribution of people's choices.

    >>> [rank_of(number) for number in (1, 2, 3)]
    [454094, 60891, 460255]
    """
    drawn = int.from_bytes(seeded(f"person {number}")(8), "big") / 2**64
    return max(1, int(chosen_by_people().guesses_for(drawn)))


@lru_cache(maxsize=1)
def listed_words() -> tuple[bytes, ...]:
    """The words of the lab's own list, most popular first."""
    return tuple(COMMON.read_bytes().splitlines())


@lru_cache(maxsize=1)
def places() -> dict[bytes, int]:
    """The position of each word in the list, from 1."""
    return {word: place for place, word in enumerate(listed_words(), 1)}


@lru_cache(maxsize=1)
def _list() -> WordSource:
    return WordSource(COMMON)
