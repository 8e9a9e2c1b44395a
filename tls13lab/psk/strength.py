"""How many guesses a PSK stands: an estimate, and what it means in time. RFC 9257 section 6.

Nobody can measure the entropy of one key: entropy belongs to the way it was made. What can be told
is an upper bound, by its length, and, for what people make up, about how many guesses come before
it if the usual ones are tried first. For that zxcvbn is asked. A password that it thinks strong may
still be in somebody's list.

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
"""Guesses a second of one card of the H100 class: an estimate from published rates of hashcat for
HMAC-SHA256, divided by what a guess costs more."""
SPEEDS: Mapping[str, float] = {"one GPU": GPU, "a billion GPUs": 1e9 * GPU}
_HOUR, _YEAR = 3600.0, 365.25 * 86400


@dataclass(frozen=True, slots=True)
class Strength:
    """``bits``: logarithm of the guesses; ``length`` of the PSK in bytes; ``by``: who says so.

    ``drawn``: all values of this length are taken to be equally likely. Then ``bits`` counts them
    all, and the right one comes after half of them, on average. Otherwise ``bits`` counts the
    guesses that come before this very password.
    """

    length: int
    bits: float
    by: str
    drawn: bool = False

    def seconds(self, rate: float) -> float:
        """Until it is found, at so many guesses a second; on average, if it was drawn.

        >>> made_up, drawn = Strength(2, 10.0, ""), Strength(2, 10.0, "", drawn=True)
        >>> made_up.seconds(1.0), round(drawn.seconds(1.0), 1)
        (1024.0, 512.5)
        """
        return Means(rate).seconds(self.guessing.log2_guesses)

    @property
    def guessing(self) -> Choice | Estimate:
        """The same as guesses: all values of a length, or one password's place.

        >>> Strength(2, 10.0, "").guessing
        Estimate(log2_guesses=10.0)
        """
        return even(2 ** round(self.bits)) if self.drawn else Estimate(self.bits)

    @property
    def verdict(self) -> str:
        """In words."""
        if self.bits >= ENOUGH_BITS:
            return "not to be guessed, if it was drawn at random"
        if self.seconds(GPU) < _HOUR:
            return "guessed at once"
        if self.seconds(1e9 * GPU) < _YEAR:
            return "guessed by whoever can pay for it"
        return "weaker than RFC 9257 asks for"


def strength(psk: bytes) -> Strength:
    """The estimate; it is made here and kept nowhere."""
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

    told = zxcvbn(text[:LONGEST_ESTIMATED])
    known = sum(len(one["token"]) for one in told["sequence"] if one["pattern"] != "bruteforce")
    return log2(max(1, int(told["guesses"]))), 2 * known > min(len(text), LONGEST_ESTIMATED)


def in_words(seconds: float) -> str:
    """A time for people.

    >>> in_words(0.002), in_words(7200), in_words(1e12)
    ('less than a second', '2 hours', '31,688 years')
    """
    if seconds < 1:
        return "less than a second"
    for name, unit in (("years", _YEAR), ("days", 86400.0), ("hours", _HOUR), ("minutes", 60.0)):
        if seconds >= 2 * unit:
            count = seconds / unit
            return f"{count:,.0f} {name}" if count < 1e9 else f"{count:.0e} {name}"
    count = round(seconds)
    return f"{count} seconds" if count != 1 else "1 second"
