"""CPace as rules: whether a listener or a participant can verify guesses at the word.

The rules are those of the draft (draft-irtf-cfrg-cpace): the word gives its generator, a generator
and a scalar give a share, one scalar and the other side's share give K, and ISK is a hash of K and
the messages. TLS follows unchanged: ISK is the PSK of a
:class:`~tls13lab.symbolic.connection.SymbolicConnection`. No rule knows about attacks; the guessing
engine must find whatever verifies a guess.

An active adversary must choose a word, its ``guess``, before it sends anything. The engine is asked
twice, once with the right guess and once with a wrong one. Only the first can be verified. That is
what "one guess in each run" means.

One simplification: there is no division. An attacker who has a scalar and its share could compute
the generator, and verify a guess with that. The rules let it verify the guess with the share, which
is equivalent.

>>> [term.symbol for term in checkable(without_pake())]
['binder']
>>> checkable(listened()), checkable(client_came(ANOTHER))
((), ())
>>> [term.symbol for term in checkable(client_came(WORD))]
['binder']
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.rules import RULES, DerivationStep, Rule, making
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import IDENTITY, PUBLIC, Scene, Turn
from tls13lab.symbolic.terms import Term, apply, name

GENERATOR = "cpace_generator"  # of a word
SHARE = "cpace_share"  # of a generator and a scalar
KEY = "cpace_K"  # of a generator and two scalars, in one order
ISK = "cpace_ISK"  # of K and the two shares

WORD, ANOTHER = name("word"), name("another word")
ALICES, PRINTERS, MALLORYS = name("y of alice"), name("y of printer"), name("y of mallory")


def generator(word: Term) -> Term:
    """The word's generator."""
    return apply(GENERATOR, word)


def share(base: Term, scalar: Term) -> Term:
    """Y: what is sent."""
    return apply(SHARE, base, scalar)


def isk(base: Term, mine: Term, theirs: Term, Ya: Term, Yb: Term) -> Term:
    """ISK, computed with the scalar ``mine`` and the share ``theirs * base``."""
    first, second = sorted((mine, theirs), key=repr)
    return apply(ISK, apply(KEY, base, first, second), Ya, Yb)


def _multiply(term: Term) -> Iterator[DerivationStep]:
    base, x, y = term.arguments
    yield DerivationStep(KEY, (x, share(base, y)), term)
    yield DerivationStep(KEY, (y, share(base, x)), term)


def _logarithm(term: Term) -> Iterator[DerivationStep]:
    base, scalar = term.arguments
    yield DerivationStep("cpace_logarithm", (base, term), scalar)


_DRAFT = "draft-irtf-cfrg-cpace"
CPACE_RULES = (
    making(GENERATOR, "the generator of a word", _DRAFT),
    making(SHARE, "a generator times a scalar", _DRAFT),
    Rule(KEY, "a scalar times the other side's share", _DRAFT, _multiply, (KEY,)),
    making(ISK, "the key, from K and what was said", _DRAFT),
)
"""What anyone can do, besides the rules of TLS."""

CPACE_QUANTUM = Rule(
    "cpace_logarithm", "one discrete logarithm a guess", _DRAFT, _logarithm, (SHARE,)
)
"""What a quantum computer could do as well: a share's scalar, for a generator that it has."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: what the adversary has ``known``, and the honest end's connection after it."""

    known: tuple[Term, ...]
    connection: SymbolicConnection


def without_pake() -> Run:
    """The word itself is the PSK, and a connection with it was recorded."""
    one = _connection(WORD)
    return Run(one.wire, one)


def listened() -> Run:
    """Two honest ends, and a recording of everything that they sent."""
    base = generator(WORD)
    Ya, Yb = share(base, ALICES), share(base, PRINTERS)
    one = _connection(isk(base, ALICES, PRINTERS, Ya, Yb))
    return Run((Ya, Yb, *one.wire), one)


def client_came(guess: Term) -> Run:
    """The adversary as the server: Alice sends her share, gets the adversary's, and sends a binder.

    The adversary's own share is not among the known terms: it comes from the guess and verifies
    nothing.
    """
    Ya = share(generator(WORD), ALICES)
    Yb = share(generator(guess), MALLORYS)
    one = _connection(isk(generator(guess), ALICES, MALLORYS, Ya, Yb))
    return Run((*_others(guess), MALLORYS, Ya, one.client_hello), one)


def asked_server(guess: Term) -> Run:
    """The adversary as the client: it gets the printer's share, and must make a binder.

    The printer's answer to the right binder is not among the known terms; see :func:`gets_in`.
    """
    Ya = share(generator(guess), MALLORYS)
    Yb = share(generator(WORD), PRINTERS)
    one = _connection(isk(generator(guess), PRINTERS, MALLORYS, Ya, Yb))
    own = (one.name("client_random"), one.name("client_ecdhe"))
    return Run((*_others(guess), MALLORYS, Yb, *own), one)


def client_comes(guess: Term) -> Scene:
    """:func:`client_came` in turns: the adversary gets Alice's share before it makes its own."""
    Ya, Yb = share(generator(WORD), ALICES), share(generator(guess), MALLORYS)
    turns = (Turn((), (Ya,)), Turn((Yb,), (client_came(guess).connection.client_hello,)))
    return Scene((*PUBLIC, MALLORYS), {}, turns)


def asks_server(guess: Term) -> Scene:
    """:func:`asked_server` in turns: the right ClientHello gets an answer."""
    Ya, Yb = share(generator(guess), MALLORYS), share(generator(WORD), PRINTERS)
    one = asked_server(guess).connection
    own = (MALLORYS, one.name("client_random"), one.name("client_ecdhe"))
    turns = (Turn((Ya,), (Yb,)), Turn((one.client_hello,), (one.server_hello,)))
    return Scene((*PUBLIC, *own), {}, turns)


def _others(guess: Term) -> tuple[Term, ...]:
    """The guess as a known term, if it is wrong; the right word is not known but guessed."""
    return () if guess is WORD else (guess,)


def _connection(psk: Term) -> SymbolicConnection:
    return SymbolicConnection("behind", "psk_dhe_ke", psk, IDENTITY)


def world_of(run: Run, more: Iterable[Rule] = ()) -> World:
    """All terms of the run, and the rules of TLS and of CPace, with ``more``."""
    one = run.connection
    in_play = (*run.known, *PUBLIC, WORD, one.client_hello, one.client_data, one.server_data)
    return World(in_play, (*RULES.values(), *CPACE_RULES, *more))


def checkable(run: Run, leaks: Iterable[Term] = (), more: Iterable[Rule] = ()) -> tuple[Term, ...]:
    """The terms that verify a guess at the word offline, after the run."""
    return verifiers(world_of(run, more), (*PUBLIC, *run.known, *leaks), WORD)


def gets_in(run: Run) -> bool:
    """Whether the adversary of this run can make a ClientHello that the server accepts."""
    tried = [WORD] if ANOTHER not in run.known else []
    knowledge = world_of(run).saturate((*PUBLIC, *run.known, *tried))
    return run.connection.client_hello in knowledge


SCENES: dict[str, Callable[[], Run]] = {
    "the word is the PSK, listens": without_pake,
    "CPace first, listens": listened,
    "CPace first, lets a client come, wrong guess": lambda: client_came(ANOTHER),
    "CPace first, lets a client come, right guess": lambda: client_came(WORD),
    "CPace first, asks the server, wrong guess": lambda: asked_server(ANOTHER),
    "CPace first, asks the server, right guess": lambda: asked_server(WORD),
}
"""The lanes of the race on bytes (:mod:`tls13lab.evidence.race`), as the model has them."""
