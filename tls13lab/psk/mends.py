"""What mends a weak PSK, and what each mend changes, in numbers. RFC 9257 sections 4.2 and 6.

A PSK that is a word is weak. Each *mend* changes one thing: what is chosen, how the PSK is derived
from it, the mode, what is used besides the PSK, or how long it is used. The value of a mend is
computed: the number of guesses from the distribution, the price of a guess from the schedule table
or from a measurement, and what opens from the symbolic model.

Each row separates three things that are often confused:

- *guesses*: how many words come before the right one. Only another way of choosing changes this.
- *work*: what all these guesses cost, in guesses at a plain PSK. There is no such number if a
  recording does not show whether a guess is right. Then the attacker has to ask, with one guess in
  each run.
- *what opens*, epoch by epoch, once the word is found, and what it costs if the word alone is not
  enough.

No mend makes a word as good as 128 bits. RFC 9257 asks for "at least 128 bits of entropy" that a
PSK is *derived from*, and for a PAKE "If only low-entropy keys are available".
:attr:`Mended.entropy` is that number. RFC 9257 does not even mention slow derivations.

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
from tls13lab.symbolic.mended import DERIVED, EPOCHS, IMPORTED, PLAIN, Made, MendedMode
from tls13lab.symbolic.prices import USUAL, Prices, drawn_bits
from tls13lab.symbolic.vocabulary import Epoch
from tls13lab.wire.names import PSK_MODES, PskMode, one_of

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
"""The number of words in a list for five dice, such as the EFF's."""
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Slow:
    """The measured cost of a slow derivation; ``text`` is its PHC string, with a salt of zeros.

    ``memory`` is in bytes. ``dearer`` is log2 of the number of plain guesses that take as long on
    the same core.
    """

    text: str
    memory: int
    dearer: float


@dataclass(frozen=True, slots=True)
class Measured:
    """``rate`` is plain guesses per second of one core of ``machine``; ``slow`` is by mend.

    ``sha384`` says how many times longer a plain guess takes with that hash.
    """

    machine: str
    rate: float
    sha384: float
    slow: Mapping[str, Slow]


STORED = Path(__file__).with_name("mends_measured.json")


@lru_cache(maxsize=1)
def measured() -> Measured:
    """The latest stored measurement of ``python -m bench.mends --store``."""
    content = json.loads(STORED.read_text("utf-8"))
    slow = {name: Slow(**each) for name, each in content["slow"].items()}
    return Measured(content["machine"], content["rate"], content["sha384"], slow)


@dataclass(frozen=True, slots=True)
class Mended:
    """One row. ``mode`` and ``made`` are names of :mod:`tls13lab.symbolic.mended`.

    ``choice`` is the distribution of what is guessed. ``log2_work`` is log2 of the cost of finding
    it offline, in guesses at a plain PSK; None if that is impossible. A guess costs as much as
    2^``dearer`` plain ones and needs ``memory`` bytes. ``opens`` has the total cost of opening each
    epoch. ``days`` is how long a PSK is used; None if it is never replaced.
    """

    mend: str
    mode: MendedMode
    made: Made
    choice: Guessable = field(repr=False)
    log2_work: float | None
    dearer: float
    memory: int
    opens: Mapping[Epoch, Cost] = field(repr=False)
    does: str = field(repr=False)
    does_not: str = field(repr=False)
    days: float | None = None

    @property
    def entropy(self) -> float:
        """Bits of entropy that the PSK is derived from: min-entropy, or an estimate."""
        choice = self.choice
        return choice.min_entropy if isinstance(choice, Choice) else choice.log2_guesses

    @property
    def log2_guesses(self) -> float:
        """log2 of the expected number of words until the right one."""
        return self.choice.log2_guesses

    def success(self, runs: float) -> float:
        """The probability that an attacker who must ask finds the word in ``runs`` runs.

        Each run is one guess. The probability is the same for all mends that do not change the
        choice; only counting runs limits it.
        """
        return self.choice.success(runs)

    def seconds(self, means: Means) -> float | None:
        """How long the work takes, in seconds; None where ``log2_work`` is None."""
        return None if self.log2_work is None else means.seconds(self.log2_work)

    def cents(self, means: Means) -> float | None:
        """What the work costs, in cents; None where ``log2_work`` or the price is None."""
        return None if self.log2_work is None else means.cents(self.log2_work)

    def in_time(self, means: Means, days: float) -> float:
        """The probability that the word is found offline within ``days``.

        >>> from tls13lab.psk.guesswork import even
        >>> row = mends(even(2**40), days=30)[0]
        >>> round(row.in_time(Means(2.0**20), 6), 2)
        0.49
        """
        if self.log2_work is None:
            return 0.0
        return self.choice.success(means.rate * means.cores * days * _DAY_S / 2**self.dearer)

    def found_while_used(self, means: Means) -> float | None:
        """The probability that the word is found before the PSK is replaced; None without days."""
        return None if self.days is None else self.in_time(means, self.days)


def mends(
    choice: Guessable,
    *,
    mode: PskMode = "psk_ke",
    better: Guessable | None = None,
    slow: Mapping[str, Slow] | None = None,
    days: float = 30.0,
    prices: Prices = USUAL,
) -> tuple[Mended, ...]:
    """Each mend, one at a time, of a PSK with this choice that is used in ``mode``.

    ``better`` is the choice of the mend ``more words``, by default six words drawn with dice.
    ``slow`` are the slow derivations by mend, by default those of :func:`measured`. A rotated PSK
    is replaced after ``days``. ``prices`` are those of all other secrets. Raises NotAllowed for
    another mode.
    """
    mode = one_of(mode, PSK_MODES, "mode of a PSK alone,")
    better = better or even(DICEWARE**6)
    slow = measured().slow if slow is None else slow
    return tuple(_rows(choice, mode, better, slow, days, prices))


def _rows(
    choice: Guessable,
    mode: PskMode,
    better: Guessable,
    slow: Mapping[str, Slow],
    days: float,
    prices: Prices,
) -> Iterator[Mended]:
    def row(
        mend: str,
        made: Made = PLAIN,
        *,
        of: Guessable = choice,
        used: MendedMode = mode,
        dearer: float = 0.0,
        memory: int = 0,
        others: Prices = prices,
    ) -> Mended:
        bits = of.log2_guesses
        opens = {epoch: mended.cost(used, made, epoch, bits, dearer, others) for epoch in EPOCHS}
        work = bits + dearer if mended.checkable(used, made) else None
        return Mended(mend, used, made, of, work, dearer, memory, opens, *SAYS[mend])

    yield row(NOTHING)
    if mode != DHE:
        yield row(DHE, used=DHE)
    yield row(WORDS, of=better)
    yield row(RANDOM, of=even(2**128))
    for mend, each in slow.items():
        yield row(mend, DERIVED, dearer=each.dearer, memory=each.memory)
    yield row(IMPORTER, IMPORTED, dearer=importers())
    # The suite with this hash also has keys of 256 bits.
    longer = replace(prices, record_key=max(prices.record_key, drawn_bits(256)))
    yield row(SHA384, dearer=sha384s(), others=longer)
    yield replace(row(ROTATION), days=days)
    yield row(CERTIFICATE, used=BOTH)
    yield row(PAKE, mended.PAKE, used=DHE)


# What a guess costs -------------------------------------------------------------------------------


def importers() -> float:
    """log2 of the cost of a guess at an imported PSK, in plain guesses, by compressions of SHA-256.

    >>> round(importers(), 2)
    0.51
    """
    imported = blocks(kind=PskKind.IMPORTED).for_targets(1)
    return log2(imported / blocks().for_targets(1))


ROUNDS: Mapping[str, tuple[int, int]] = {"sha256": (64, 32), "sha384": (80, 64)}
"""Rounds of a compression, and the bits of a word: FIPS 180-4 sections 6.2 and 6.4."""


def sha384s() -> float:
    """log2 of the cost of a guess with SHA-384, in guesses with SHA-256, by rounds and word size.

    On a real machine, it may cost more or less; the bench measures that.

    >>> round(sha384s(), 2)
    1.32
    """
    sha256, sha384 = (
        blocks(name).for_targets(1) * rounds * width for name, (rounds, width) in ROUNDS.items()
    )
    return log2(sha384 / sha256)


# What it does, and what it does not ---------------------------------------------------------------

SAYS: Mapping[str, tuple[str, str]] = {
    NOTHING: (
        "nothing",
        "an attacker who records one ClientHello can try words on its binder offline",
    ),
    DHE: (
        "recorded data stays closed if the word is found later, because its keys also depend on a "
        "key exchange; the same holds for the tickets",
        "the word is found as fast as before; it then opens 0-RTT data, and with it an attacker "
        "can take the server's place",
    ),
    WORDS: (
        "more guesses are needed; each word drawn with dice adds the same number of bits",
        "words that a person makes up have fewer bits than drawn ones, and nobody can say how many",
    ),
    RANDOM: (
        "guessing is hopeless; this is what RFC 9257 asks for",
        "a stolen PSK opens as much as before; in psk_ke, that includes the past",
    ),
    SCRYPT: (
        "each guess takes the time and the memory of the derivation",
        "the word has as many bits as before, and guesses can still be checked offline; the PSK "
        "does not reach RFC 9257's 128 bits",
    ),
    ARGON2ID: (
        "each guess takes the time and the memory of the derivation",
        "the word has as many bits as before, and guesses can still be checked offline; the PSK "
        "does not reach RFC 9257's 128 bits",
    ),
    IMPORTER: (
        "the identity acts as a salt, so victims share hardly any work; a PSK is bound to two "
        "ends, a hash and a context",
        "two more hashes for each guess do not slow down the search for one victim's word",
    ),
    SHA384: (
        "longer keys",
        "the word has as many bits as before, and a guess costs about the same",
    ),
    ROTATION: (
        "a word that is found opens only data of its own period, if the next PSK is chosen "
        "independently",
        "a guess is as cheap as before, and recordings do not expire; a new PSK that is sent under "
        "the old one, or derived from it, is lost with it",
    ),
    CERTIFICATE: (
        "the word alone opens nothing as long as the certificate's key and the key shares are safe",
        "the word is found as fast as before, because its binder is in the ClientHello; then the "
        "PSK no longer protects against a quantum computer",
    ),
    PAKE: (
        "a recording does not show whether a guess is right; an attacker must take part, and has "
        "one guess in each run",
        "runs have to be counted; both ends store the word, so it can be stolen from either; a "
        "quantum computer can guess at the cost of one discrete logarithm for each word",
    ),
}
"""For each mend, what it does and what it does not do."""
