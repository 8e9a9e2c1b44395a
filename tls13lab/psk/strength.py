"""How many guesses a PSK withstands: an estimate, and what it means in time. RFC 9257 section 6.

Nobody can measure the entropy of a key, because entropy is a property of the way keys are chosen.
But the length gives an upper bound. And for a key that a person made up, zxcvbn estimates how many
guesses come before it if the most common ones are tried first. A password that zxcvbn considers
strong may still be in somebody's word list.

>>> strength(b"sternchen").verdict
'guessed at once'
>>> strength(bytes(range(7, 200, 6))).bits
264.0
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from tls13lab.psk.guesswork import Choice, Estimate, even
from tls13lab.psk.spending import Means

ENOUGH_BITS = 128
"""\"Each PSK SHOULD be derived from at least 128 bits of entropy\" (RFC 9257 section 6)."""
LONGEST_ESTIMATED = 72
GPU = 0.9e9
"""Guesses per second of a GPU of the H100 class: an estimate, from hashcat's published rates for
HMAC-SHA256 and the higher cost of a guess."""
SPEEDS: Mapping[str, float] = {"one GPU": GPU, "a billion GPUs": 1e9 * GPU}
_HOUR, _YEAR = 3600.0, 365.25 * 86400


@dataclass(frozen=True, slots=True)
class Strength:
    """The estimated strength of a PSK.

    ``length`` is that of the PSK in bytes, ``bits`` the base-2 logarithm of a number of guesses,
    and ``by`` says what the estimate is based on. If ``drawn`` is true, the PSK is taken to be
    random: ``bits`` counts all values of its length, and on average the search finds it after half
    of them. Otherwise, ``bits`` counts the guesses that come before this very password.
    """

    length: int
    bits: float
    by: str
    drawn: bool = False

    def seconds(self, rate: float) -> float:
        """The time until it is found at ``rate`` guesses per second; on average, if it is random.

        >>> made_up, drawn = Strength(2, 10.0, ""), Strength(2, 10.0, "", drawn=True)
        >>> made_up.seconds(1.0), round(drawn.seconds(1.0), 1)
        (1024.0, 512.5)
        """
        return Means(rate).seconds(self.guessing.log2_guesses)

    @property
    def guessing(self) -> Choice | Estimate:
        """The estimate as a model of guessing: an even choice, or the rank of one password.

        >>> Strength(2, 10.0, "").guessing
        Estimate(log2_guesses=10.0)
        """
        return even(2 ** round(self.bits)) if self.drawn else Estimate(self.bits)

    @property
    def verdict(self) -> str:
        """The estimate in words, by the time that one GPU and a billion GPUs need."""
        if self.bits >= ENOUGH_BITS:
            return "cannot be guessed, if it was drawn at random"
        if self.seconds(GPU) < _HOUR:
            return "guessed at once"
        if self.seconds(1e9 * GPU) < _YEAR:
            return "can be guessed at great cost"
        return "weaker than RFC 9257 asks for"


def strength(psk: bytes) -> Strength:
    """Estimate the strength of a PSK, locally; it is neither stored nor sent."""
    most = 8.0 * len(psk)
    text = psk.decode("ascii", "replace")
    if text.isascii() and text.isprintable():
        bits, _ = _by_habits(text)
        return Strength(len(psk), min(most, bits), "zxcvbn, as something made up by a person")
    # Bytes that follow a pattern in their hexadecimal digits were not drawn at random.
    bits, patterned = _by_habits(psk.hex())
    if patterned:
        return Strength(len(psk), min(most, bits), "zxcvbn, for the pattern in its digits")
    return Strength(len(psk), most, "its length, if it was drawn at random", drawn=True)


def _by_habits(text: str) -> tuple[float, bool]:
    """zxcvbn's guesses as bits, and whether most of the text follows a pattern that it knows."""
    from zxcvbn import zxcvbn

    estimate = zxcvbn(text[:LONGEST_ESTIMATED])
    parts = (part for part in estimate["sequence"] if part["pattern"] != "bruteforce")
    known = sum(len(part["token"]) for part in parts)
    return log2(max(1, int(estimate["guesses"]))), 2 * known > min(len(text), LONGEST_ESTIMATED)


def in_words(seconds: float) -> str:
    """A duration in words.

    >>> in_words(0.002), in_words(1.2), in_words(7200), in_words(1e12)
    ('less than a second', '1 second', '2 hours', '31,688 years')
    """
    if seconds < 1:
        return "less than a second"
    for name, unit in (("years", _YEAR), ("days", 86400.0), ("hours", _HOUR), ("minutes", 60.0)):
        if seconds >= 2 * unit:
            count = seconds / unit
            return f"{count:,.0f} {name}" if count < 1e9 else f"{count:.0e} {name}"
    count = round(seconds)
    return f"{count} seconds" if count != 1 else "1 second"


def in_figures(count: float) -> str:
    """A large number for people, with two digits that count.

    >>> in_figures(921_413), in_figures(3e6), in_figures(9e11), in_figures(9e17)
    ('920,000', '3 million', '900 billion', '900 million billion')
    """
    for name, unit in (("billion", 1e9), ("million", 1e6)):
        if count >= unit:
            return f"{in_figures(count / unit)} {name}"
    rounded = float(f"{count:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
