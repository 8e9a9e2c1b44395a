"""What a weak word opens with each mend, and what that costs, by the rules.

The PSK is the word itself, or is made from it by a slow *derivation* with a salt, by the
*importer*, or by a *PAKE* that both ends run first. The connection is in psk_ke, in psk_dhe_ke, or
uses a certificate together with the PSK (RFC 9973). In each case, the question is what an adversary
who can guess the word is able to open:

- ``past``: the data of a recorded connection.
- ``early_data``: the 0-RTT data of that connection.
- ``present``: the data that an honest client sends to the adversary, which took the server's place.
- ``next_ticket``: the PSK of a ticket that the recorded connection issued.

The cost is that of the cheapest set of secrets to compute, as in :mod:`~tls13lab.symbolic.cost`.
The unit is a guess at a word that is itself the PSK. A slow derivation only raises the price of a
guess; because its salt is public, it hides nothing.

Left out are a false client (anyone who has the PSK of psk_ke or psk_dhe_ke can be one), and a
quantum computer. It is not counted that the adversary must compute a share while a client waits.

>>> [epoch for epoch in EPOCHS if opens("psk_ke", PLAIN, epoch)]
['past', 'early_data', 'present', 'next_ticket']
>>> [epoch for epoch in EPOCHS if opens("psk_dhe_ke", DERIVED, epoch)]
['early_data', 'present']
>>> [epoch for epoch in EPOCHS if opens("cert_with_extern_psk", PLAIN, epoch)]
[]
>>> cost("psk_dhe_ke", PLAIN, "past", word=20.0).computed
('word', 'client_ecdhe of this')
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final, Literal, get_args

from tls13lab.symbolic import certificate_with_psk as certified
from tls13lab.symbolic import cpace
from tls13lab.symbolic.connection import CERTIFICATE_KEY, SymbolicConnection
from tls13lab.symbolic.cost import Cost, cheapest
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.prices import USUAL, Prices, log2_sum
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES, SEALED, Rule, making
from tls13lab.symbolic.scenes import PUBLIC, Scene, Turn, Wanted
from tls13lab.symbolic.speaking import importing
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.symbolic.vocabulary import Epoch
from tls13lab.wire.names import PskMode

Made = Literal["plain", "derived", "imported", "pake"]
"""How the PSK is made from the word."""
PLAIN: Final = "plain"
DERIVED: Final = "derived"
IMPORTED: Final = "imported"
PAKE: Final = "pake"
MADE: tuple[Made, ...] = get_args(Made)
MendedMode = Literal[PskMode, "cert_with_extern_psk"]
"""How that PSK is used."""
MENDED_MODES: tuple[MendedMode, ...] = get_args(MendedMode)
PAST: Final = "past"
EARLY_DATA: Final = "early_data"
PRESENT: Final = "present"
NEXT_TICKET: Final = "next_ticket"
EPOCHS: Mapping[Epoch, str] = {
    PAST: "past",
    EARLY_DATA: "0-RTT",
    PRESENT: "present",
    NEXT_TICKET: "ticket",
}
"""What is asked for, and its name in tables."""

WORD = certified.PSK
SALT = name("salt")
DERIVATION = making("derivation", "a slow derivation of word and salt", "RFC 7914, RFC 9106")

GUESS, LOGARITHMS = "word", "word, a logarithm for each guess"
"""Two ways to find a word: guesses that a recording verifies; and, against the PAKE, guesses that
each cost a discrete logarithm first."""
_SIDES = ("client_ecdhe", "server_ecdhe")


def opens(mode: MendedMode, made: Made, epoch: Epoch) -> bool:
    """Whether guesses at the word, without any other computation, open an epoch."""
    return not outside(mode, epoch) and enough(mode, made, epoch, frozenset({GUESS}))


def outside(mode: MendedMode, epoch: Epoch) -> bool:
    """Whether a question is outside the model: RFC 9973 does not allow 0-RTT."""
    return mode == certified.BOTH and epoch == EARLY_DATA


def checkable(mode: MendedMode, made: Made, epoch: Epoch = PAST) -> tuple[Term, ...]:
    """The terms that verify a guess at the word offline.

    They are in the recording or, for the epoch ``present``, also in the first message of a client.

    >>> [term.symbol for term in checkable("psk_dhe_ke", IMPORTED)]
    ['binder', 'sealed']
    >>> checkable("psk_dhe_ke", PAKE), checkable("psk_dhe_ke", PAKE, "present")
    ((), ())
    """
    scene = _scenes(mode, made, epoch)[0]
    world = scene.world((*RULES.values(), DERIVATION, *cpace.CPACE_RULES), [WORD])
    _, turns = scene.play(world, ())
    return verifiers(world, scene.heard(max(1, turns) if scene.turns else 0), WORD)


@remembered(1024)
def cost(
    mode: MendedMode,
    made: Made,
    epoch: Epoch,
    word: float,
    dearer: float = 0.0,
    prices: Prices = USUAL,
) -> Cost:
    """The cost of opening an epoch, for a word of 2^``word`` guesses that cost 2^``dearer`` each.

    It is None if the question is outside the model. ``prices`` are those of all other secrets.

    >>> cost("psk_ke", DERIVED, "past", word=20.0, dearer=18.0)
    Cost(log2_guesses=38.0, computed=('word',))
    """
    if outside(mode, epoch):
        return Cost(None)
    priced = dict(_prices(mode, made, prices))
    priced[GUESS] = word + dearer
    if made == PAKE:
        # Each guess costs a logarithm; the rest of the guess is small compared with it.
        priced[LOGARITHMS] = word + log2_sum([prices.share, dearer])
    chosen = cheapest(priced, lambda names: enough(mode, made, epoch, names))
    if chosen is None:
        return Cost(None)
    return Cost(log2_sum(priced[secret] for secret in chosen), chosen)


def _prices(mode: MendedMode, made: Made, prices: Prices) -> Iterator[tuple[str, float]]:
    """The secrets that can be computed, except the word, with log2 of the steps."""
    for secret in _secrets(mode, made):
        kind = "signature" if secret == "certificate_key" else "share"
        yield secret, getattr(prices, "record_key" if secret.startswith("key under") else kind)


@remembered(16)
def _secrets(mode: MendedMode, made: Made) -> Mapping[str, tuple[Term, ...]]:
    """The secrets that can be computed, except the word, and the terms that each yields."""
    this = connection(mode, made, "this")
    found: dict[str, tuple[Term, ...]] = {}
    if mode != "psk_ke":
        for label in ("this", "attacked"):
            found |= {f"{side} of {label}": (name(f"{side} of {label}"),) for side in _SIDES}
    for record in this.wire:
        if record.symbol == SEALED:
            key, iv, _ = record.arguments
            found[f"key under {key.arguments[0].symbol}"] = (key, iv)
    if mode == certified.BOTH:
        found["certificate_key"] = (CERTIFICATE_KEY,)
    return found


@remembered(4096)
def enough(mode: MendedMode, made: Made, epoch: Epoch, computed: frozenset[str]) -> bool:
    """Whether a set of computed secrets opens an epoch, by the rules.

    >>> enough("psk_dhe_ke", PLAIN, PAST, frozenset({GUESS, "server_ecdhe of this"}))
    True
    """
    secrets = _secrets(mode, made)
    stolen = [term for secret in sorted(computed) for term in secrets.get(secret, ())]
    rules: tuple[Rule, ...] = (*RULES.values(), DERIVATION, *cpace.CPACE_RULES)
    if LOGARITHMS in computed:
        rules = (*rules, cpace.CPACE_QUANTUM)
    weak = (WORD,) if {GUESS, LOGARITHMS} & computed else ()
    every = [term for terms in secrets.values() for term in terms]
    for scene in _scenes(mode, made, epoch):
        world = scene.world(rules, [*every, WORD])
        knowledge, turns = scene.play(world, stolen, weak)
        if any(term in knowledge for term in scene.asked(epoch, turns)):
            return True
    return False


# Connections and scenes ---------------------------------------------------------------------------


def connection(mode: MendedMode, made: Made, label: str) -> SymbolicConnection:
    """A connection whose PSK is made from the word; it has 0-RTT data where that is allowed."""
    plain = certified.connection(mode, label)
    one = replace(plain, early_data=mode != certified.BOTH, psk=WORD)
    if made == DERIVED:
        return replace(one, psk=apply(DERIVATION.name, WORD, SALT))
    if made == IMPORTED:
        return importing(one)
    return replace(one, psk=_pake(label)[-1]) if made == PAKE else one


def _pake(label: str) -> tuple[Term, ...]:
    """CPace before a connection: the terms that the adversary knows, and then the key.

    In an attacked connection, the adversary took part, with a wrong guess at the word.
    """
    alices, others = name(f"y of alice, {label}"), name(f"y of the other, {label}")
    base = cpace.generator(WORD)
    Ya = cpace.share(base, alices)
    if label == "this":
        Yb = cpace.share(base, others)
        return Ya, Yb, cpace.isk(base, alices, others, Ya, Yb)
    other = cpace.generator(cpace.ANOTHER)
    Yb = cpace.share(other, others)
    return cpace.ANOTHER, others, Ya, cpace.isk(other, alices, others, Ya, Yb)


def _known(made: Made, labels: Iterable[str]) -> tuple[Term, ...]:
    """What the adversary knows without theft, besides the records."""
    run = [term for label in labels for term in _pake(label)[:-1]] if made == PAKE else []
    return (*PUBLIC, SALT, *run)


@remembered(64)
def _scenes(mode: MendedMode, made: Made, epoch: Epoch) -> tuple[Scene, ...]:
    """The scenes that may open the epoch."""
    this = connection(mode, made, "this")
    if epoch != PRESENT:
        wanted: dict[Wanted, tuple[Term, ...]] = {
            PAST: (this.client_data, this.server_data),
            EARLY_DATA: (this.early,),
            NEXT_TICKET: (this.ticket_psk(1), this.ticket_psk(2)),
        }
        return (Scene((*_known(made, ("this",)), *this.wire), wanted),)
    attacked = connection(mode, made, "attacked")
    answers = [attacked]
    if mode == certified.BOTH:
        # The server may leave the PSK out, and continue with the certificate alone.
        answers.append(certified.Unheeded("attacked", "full"))
    known = (*_known(made, ("this", "attacked")), *this.wire)
    return tuple(_answered(known, one) for one in answers)


def _answered(known: tuple[Term, ...], answer: SymbolicConnection) -> Scene:
    """An honest client connects, and the adversary answers it as its server."""
    own = [answer.name(what) for what in ("server_random", "server_ecdhe", "EncryptedExtensions")]
    turns = (
        Turn((), (answer.client_hello,)),
        Turn((answer.server_hello, answer.server_flight_record), (answer.client_data_record,)),
    )
    return Scene((*known, *own), {PRESENT: (answer.client_data,)}, turns)
