"""What mends a weak PSK, and what that changes, in numbers. RFC 9257 sections 4.2 and 6.

Somebody has chosen a word, and a word is weak. Each *mend* here changes one thing: what is chosen,
how the PSK is made of it, which mode it is used in, what stands beside it, how long it is used.
What the change is worth is not written down but computed: the guesses from the distribution, the
price of each from the schedule table or from a measurement, what opens from the symbolic model.

Each row keeps apart what is often thrown together:

- *guesses*: how many words come before the right one. Only another way of choosing changes that;
- *work*: what all these guesses cost, in guesses at a plain PSK. Nothing where no recording tells a
  right guess from a wrong one: then whoever guesses has to ask, and gets one guess a run;
- *what opens*, epoch by epoch, once the word is found, and what it costs if that is not enough.

What no row says: that a mend makes a word as good as 128 bits. RFC 9257 asks for "at least 128 bits
of entropy" that a PSK is *derived from*, and for a PAKE "If only low-entropy keys are available";
:attr:`Mended.entropy` is that number. A slow derivation is not even mentioned there.

>>> from tls13lab.psk.guesswork import even
>>> rows = {row.mend: row for row in mends(even(2**21))}
>>> [round(rows[name].log2_work, 1) for name in (NOTHING, DHE, IMPORTER)]
[20.0, 20.0, 20.5]
>>> [epoch for epoch, cost in rows[DHE].opens.items() if cost.computed == ("word",)]
['early_data', 'present']
>>> rows[PAKE].log2_work is None, round(rows[PAKE].success(10) * 2**21)
(True, 10)
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import log2
from pathlib import Path
from typing import Final

from tls13lab.psk.amortised import blocks
from tls13lab.psk.guesswork import Choice, Guessable, even
from tls13lab.psk.keys import PskKind
from tls13lab.psk.spending import Means
from tls13lab.symbolic import mended
from tls13lab.symbolic.certificate_with_psk import BOTH
from tls13lab.symbolic.cost import Cost
from tls13lab.symbolic.mended import DERIVED, EPOCHS, IMPORTED, PLAIN
from tls13lab.symbolic.prices import USUAL, Prices, drawn_bits
from tls13lab.wire.names import Mode

NOTHING = "nothing"
DHE: Final = "psk_dhe_ke"
WORDS, RANDOM = "more words", "128 random bits"
SCRYPT, ARGON2ID = "scrypt", "Argon2id"
IMPORTER, SHA384, ROTATION = "importer", "SHA-384", "rotation"
CERTIFICATE, PAKE = "certificate and PSK", "PAKE"
MENDS = (
    *(NOTHING, DHE, WORDS, RANDOM, SCRYPT, ARGON2ID, IMPORTER, SHA384, ROTATION),
    *(CERTIFICATE, PAKE),
)
"""The rows, in order."""

DICEWARE = 7776
"""The words of a list for five dice, such as the EFF's."""
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Slow:
    """A slow derivation as it was measured: ``text`` is its PHC string, with a salt of zeros.

    ``memory`` in bytes; ``dearer`` is log2 of the plain guesses that take as long on the same core.
    """

    text: str
    memory: int
    dearer: float


@dataclass(frozen=True, slots=True)
class Measured:
    """``rate`` of plain guesses a second of one core of ``machine``; ``slow`` by mend.

    ``sha384`` is how much longer a plain guess takes with that hash.
    """

    machine: str
    rate: float
    sha384: float
    slow: Mapping[str, Slow]


STORED = Path(__file__).with_name("mends_measured.json")


@lru_cache(maxsize=1)
def measured() -> Measured:
    """What ``python -m bench.mends --store`` measured last, on the machine that it names."""
    content = json.loads(STORED.read_text("utf-8"))
    slow = {name: Slow(**one) for name, one in content["slow"].items()}
    return Measured(content["machine"], content["rate"], content["sha384"], slow)


@dataclass(frozen=True, slots=True)
class Mended:
    """One row. ``mode`` and ``made`` are those of :mod:`tls13lab.symbolic.mended`.

    ``choice`` is what is guessed at, and ``log2_work`` what it costs to find it without asking
    anybody, in guesses at a plain PSK; None where that cannot be. A guess costs 2^``dearer`` of
    these and takes ``memory`` bytes. ``opens`` says what each epoch costs, the word included.
    ``days``: how long a PSK is used; None for as long as it is not changed.
    """

    mend: str
    mode: Mode
    made: str
    choice: Guessable = field(repr=False)
    log2_work: float | None
    dearer: float
    memory: int
    opens: Mapping[str, Cost] = field(repr=False)
    does: str = field(repr=False)
    does_not: str = field(repr=False)
    days: float | None = None

    @property
    def entropy(self) -> float:
        """Bits that the PSK is derived from: the min-entropy of the choice, or an estimate."""
        choice = self.choice
        return choice.min_entropy if isinstance(choice, Choice) else choice.log2_guesses

    @property
    def log2_guesses(self) -> float:
        """log2 of the words that come before the right one."""
        return self.choice.log2_guesses

    def success(self, runs: float) -> float:
        """The chance of who has to ask, and is answered so often: a guess a run, whatever it costs.

        The same for all mends that leave the choice as it is: only who counts runs bounds it.
        """
        return self.choice.success(runs)

    def seconds(self, means: Means) -> float | None:
        """How long the work takes; None where there is none that helps."""
        return None if self.log2_work is None else means.seconds(self.log2_work)

    def cents(self, means: Means) -> float | None:
        """What it costs; None where there is none that helps, or no price is known."""
        return None if self.log2_work is None else means.cents(self.log2_work)

    def in_time(self, means: Means, days: float) -> float:
        """The probability that the word is found within so many days; 0 if it cannot be.

        >>> from tls13lab.psk.guesswork import even
        >>> row = mends(even(2**40), days=30)[0]
        >>> round(row.in_time(Means(2.0**20), 6), 2)
        0.49
        """
        if self.log2_work is None:
            return 0.0
        return self.choice.success(means.rate * means.cores * days * _DAY_S / 2**self.dearer)

    def found_while_used(self, means: Means) -> float | None:
        """The probability that it is found before it is changed; None if it never is changed."""
        return None if self.days is None else self.in_time(means, self.days)


def mends(
    choice: Guessable,
    *,
    mode: Mode = "psk_ke",
    better: Guessable | None = None,
    slow: Mapping[str, Slow] | None = None,
    days: float = 30.0,
    prices: Prices = USUAL,
) -> tuple[Mended, ...]:
    """Each mend of a PSK that was chosen like this and is used in ``mode``, one at a time.

    ``better`` is chosen instead under ``more words``, six words from dice if nothing is said;
    ``slow`` are derivations by mend, those that were :func:`measured` on one machine if not; a
    rotated PSK is changed after ``days``. ``prices`` are those of all other secrets.
    """
    if mode not in ("psk_ke", "psk_dhe_ke"):
        raise ValueError("a PSK alone is used in psk_ke or psk_dhe_ke")
    better = better or even(DICEWARE**6)
    slow = measured().slow if slow is None else slow
    return tuple(_rows(choice, mode, better, slow, days, prices))


def _rows(
    choice: Guessable,
    mode: Mode,
    better: Guessable,
    slow: Mapping[str, Slow],
    days: float,
    prices: Prices,
) -> Iterator[Mended]:
    def row(
        mend: str,
        made: str = PLAIN,
        *,
        of: Guessable = choice,
        used: Mode = mode,
        dearer: float = 0.0,
        memory: int = 0,
        others: Prices = prices,
    ) -> Mended:
        bits = of.log2_guesses
        opens = {one: mended.cost(used, made, one, bits, dearer, others) for one in EPOCHS}
        work = bits + dearer if mended.checkable(used, made) else None
        return Mended(mend, used, made, of, work, dearer, memory, opens, *SAYS[mend])

    yield row(NOTHING)
    if mode != DHE:
        yield row(DHE, used=DHE)
    yield row(WORDS, of=better)
    yield row(RANDOM, of=even(2**128))
    for mend, one in slow.items():
        yield row(mend, DERIVED, dearer=one.dearer, memory=one.memory)
    yield row(IMPORTER, IMPORTED, dearer=importers())
    # The suite with this hash has keys of 256 bits as well.
    longer = replace(prices, record_key=max(prices.record_key, drawn_bits(256)))
    yield row(SHA384, dearer=sha384s(), others=longer)
    yield replace(row(ROTATION), days=days)
    yield row(CERTIFICATE, used=BOTH)
    yield row(PAKE, mended.PAKE, used=DHE)


# What a guess costs -------------------------------------------------------------------------------


def importers() -> float:
    """log2 of what a guess at an imported PSK costs, in plain ones: by compressions of SHA-256.

    >>> round(importers(), 2)
    0.51
    """
    imported = blocks(kind=PskKind.IMPORTED).for_targets(1)
    return log2(imported / blocks().for_targets(1))


ROUNDS: Mapping[str, tuple[int, int]] = {"sha256": (64, 32), "sha384": (80, 64)}
"""Rounds of a compression, and the bits of a word in it: FIPS 180-4 sections 6.2 and 6.4."""


def sha384s() -> float:
    """log2 of what a guess costs with SHA-384 instead of SHA-256, by rounds and width of words.

    On a machine that works on whole words it may cost less or more; the bench measures that.

    >>> round(sha384s(), 2)
    1.32
    """
    one, other = (
        blocks(name).for_targets(1) * rounds * width for name, (rounds, width) in ROUNDS.items()
    )
    return log2(other / one)


# What it does, and what it does not ---------------------------------------------------------------

SAYS: Mapping[str, tuple[str, str]] = {
    NOTHING: (
        "nothing",
        "whoever records one ClientHello tries words on its binder, at home",
    ),
    DHE: (
        "what was said stays closed when the word is found later, for it also depends on a key "
        "exchange; so do the tickets",
        "the word is found as fast as before, and then stands open: 0-RTT data, and every client "
        "that connects to whoever answers in the server's place",
    ),
    WORDS: (
        "more guesses; drawn with dice, a word adds the same number of bits each time",
        "words that a person makes up instead of drawing them have fewer bits, and nobody can say "
        "how many",
    ),
    RANDOM: (
        "no guess helps: this is what RFC 9257 asks for",
        "a stolen PSK opens as much as before; in psk_ke also what is past",
    ),
    SCRYPT: (
        "each guess takes as long as the derivation, and its memory",
        "the word has as many bits as before and a guess is checked at home as before; it does not "
        "reach RFC 9257's 128 bits",
    ),
    ARGON2ID: (
        "each guess takes as long as the derivation, and its memory",
        "the word has as many bits as before and a guess is checked at home as before; it does not "
        "reach RFC 9257's 128 bits",
    ),
    IMPORTER: (
        "the identity acts as a salt: victims share hardly any of the work; and it says which two "
        "ends, which hash and which context a PSK is for",
        "two more hashes a guess do not slow the search for one victim's word",
    ),
    SHA384: (
        "longer keys",
        "the word has as many bits as before, and a guess costs about the same",
    ),
    ROTATION: (
        "a word that was found opens only what its own period had, if the next one is chosen anew",
        "the guess is as cheap as before, and a recording waits for it; a new PSK that is sent "
        "under the old one, or derived from it, falls with it",
    ),
    CERTIFICATE: (
        "the word alone opens nothing while the certificate's key and the shares hold",
        "the word is found as fast as before, for its binder is in the ClientHello; with it goes "
        "what the PSK was to add, against a quantum computer",
    ),
    PAKE: (
        "no recording tells a right guess from a wrong one: whoever guesses takes part, and has "
        "one guess a run",
        "runs have to be counted; both ends keep the word, and whoever steals it has it; a "
        "quantum computer takes one logarithm a guess",
    ),
}
"""By mend: what it does, and what it does not."""
