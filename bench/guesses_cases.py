"""What is guessed at by ``bench.guesses``, and what the model predicts for it. Nothing is measured.

A case is a way of choosing a PSK, and the list in which an attacker has all that may be chosen, in
the best order. The PSKs are at the places where they are expected, so that one run tells what the
average would tell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log2

from tls13lab.psk.amortised import Blocks, blocks, expected_places, until_all
from tls13lab.psk.guesswork import Choice, even, zipf
from tls13lab.psk.keys import PskKind
from tls13lab.psk.spending import Means
from tls13lab.search.mask import Mask
from tls13lab.search.wordlist import COMMON
from tls13lab.symbolic.cost import cost
from tls13lab.symbolic.prices import USUAL
from tls13lab.symbolic.vocabulary import Asset, with_external_psk
from tls13lab.wire.names import PSK_MODES, PskMode

TARGETS = (1, 4, 16, 64)
LABELS = {False: 1, True: 2}
"""Of an imported PSK ``crack`` tries two labels, so that it makes two searches of one: a stack
without an importer makes "ext binder" of it. The other label of a plain PSK is a ticket's, and is
tried on guesses of a hash's length only."""


BY_RULES = "by rules"
"""How the rate is named at which guesses are made by rules and tried: Python makes them one by one,
which takes longer than trying them."""


@dataclass(frozen=True)
class Words:
    """A list: how a PSK is chosen from it, what ``crack`` is told, and the word at a place."""

    name: str
    choice: Choice
    mask: str = ""
    digits: int = 0
    """Without a mask: so many digits behind each word of the lab's own list, by rules."""

    @property
    def options(self) -> tuple[str, ...]:
        """For ``crack``; {rules} is a file with a rule for each number of so many digits."""
        if self.mask:
            return ("--mask", self.mask)
        return ("--wordlist", "common", "--rules", "{rules}")

    def rules(self) -> str:
        """Lines in hashcat's notation."""
        numbers = (f"{number:0{self.digits}}" for number in range(10**self.digits))
        return "".join(" ".join(f"${digit}" for digit in number) + "\n" for number in numbers)

    def at(self, place: float) -> bytes:
        """The word there; the first place is 1."""
        index = round(place) - 1
        if self.mask:
            return bytes(Mask.parse(self.mask)[index])
        line, number = divmod(index, 10**self.digits)
        word: bytes = COMMON.read_bytes().split(b"\n")[line]
        return word + b"%0*d" % (self.digits, number)


def digits(count: int) -> Words:
    """All numbers of so many digits, each as likely as the others."""
    return Words(f"{count} digits, drawn", even(10**count), mask="?d" * count)


def ranked(exponent: float, count: int) -> Words:
    """A list of as many entries as there are numbers, the usual ones first, by Zipf's law.

    The entries are the numbers themselves: for the cost of guessing only a place counts.
    """
    choice = zipf(10**count, exponent)
    return Words(f"one of 10^{count}, by Zipf's law, {exponent}", choice, mask="?d" * count)


def word_and_digits(exponent: float, count: int) -> Words:
    """A word, the usual ones more often, by Zipf's law; and digits behind it, drawn."""
    several = 10**count
    words = zipf(100_000, exponent).blocks
    choice = Choice(tuple((several * number, each - log2(several)) for number, each in words))
    return Words(f"a word, by Zipf's law, {exponent}, and {count} digits", choice, digits=count)


@dataclass(frozen=True)
class Alone:
    """One victim, whose PSK is where the guesswork says."""

    words: Words
    hash_name: str
    mode: PskMode

    @property
    def key(self) -> str:
        """Its name among the recorded figures."""
        return f"{self.words.name}, {self.hash_name}, {self.mode}"

    def log2_guesses(self, asset: Asset) -> float:
        """What the model says that this asset of a recorded connection costs."""
        prices = replace(USUAL, weak_psk=self.words.choice.log2_guesses)
        told = cost(with_external_psk(self.mode), asset, "passive", ("weak_psk",), prices=prices)
        assert told.log2_guesses is not None
        return told.log2_guesses

    @property
    def places(self) -> tuple[float, ...]:
        """Where the PSK is."""
        return (2.0 ** self.log2_guesses("psk"),)

    @property
    def rate(self) -> str:
        """The name of the rate that counts here."""
        return self.hash_name if self.words.mask else BY_RULES

    def seconds(self, rates: Mapping[str, float], asset: Asset = "psk") -> float:
        """Predicted: guesses, divided by the rate of one core."""
        return Means(rates[self.rate]).seconds(self.log2_guesses(asset))


@dataclass(frozen=True)
class Many:
    """So many victims, each with a PSK of its own, all of whom are to be found."""

    targets: int
    imported: bool
    words: Words
    hash_name: str = "sha256"

    @property
    def key(self) -> str:
        """Its name among the recorded figures."""
        return f"{self.targets} {'imported' if self.imported else 'plain'}, {self.words.name}"

    @property
    def blocks(self) -> Blocks:
        """Of one word."""
        kind = PskKind.IMPORTED if self.imported else PskKind.EXTERNAL
        return blocks(self.hash_name, kind, length=len(self.words.at(1)))

    @property
    def places(self) -> tuple[float, ...]:
        """Where the PSKs are."""
        return expected_places(self.words.choice, self.targets)

    def log2_guesses(self) -> float:
        """The cost of finding all, counted in guesses at one plain target."""
        found = LABELS[self.imported] * until_all(self.blocks, self.places)
        return log2(found / blocks(self.hash_name).for_targets(1))

    def one_by_one(self) -> float:
        """The same if each victim is attacked by itself."""
        found = sum(until_all(self.blocks, [place]) for place in self.places)
        return log2(LABELS[self.imported] * found / blocks(self.hash_name).for_targets(1))

    def seconds(self, rates: Mapping[str, float]) -> float:
        """Predicted."""
        return Means(rates[self.hash_name]).seconds(self.log2_guesses())


LISTS = (
    (digits(7), "sha256"),
    (digits(7), "sha384"),
    (ranked(0.8, 8), "sha256"),
    (word_and_digits(0.6, 2), "sha256"),
)
ALONE = tuple(Alone(words, name, mode) for words, name in LISTS for mode in PSK_MODES)
MANY = tuple(
    Many(targets, imported, digits(6 if imported and targets >= 16 else 7))
    for imported in (False, True)
    for targets in TARGETS
)
"""With a digit less where it would take minutes."""
