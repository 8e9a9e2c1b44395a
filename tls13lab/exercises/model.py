"""Tasks of lesson 06: a rule, a leak, a claim. RFC 9846 section 2.2 and appendix F.1.

The checks try the answers in the model itself: for a rule, what the eavesdropper can derive with
it; for a leak, what is lost by it.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from tls13lab.exercises.comparing import called
from tls13lab.exercises.kinds import unlike
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake
from tls13lab.symbolic import scenes
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import RULES, SEALED, DerivationStep, Rule
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.symbolic.vocabulary import SceneMode

# 6.2 ---------------------------------------------------------------------------------------------

Steps = Callable[[Term], Any]


def _rules_without_open() -> Given:
    return Given(rules={key: rule for key, rule in RULES.items() if key != "open"})


def _open(term: Term) -> Iterator[DerivationStep]:
    if term.symbol == SEALED:
        key, iv, content = term.arguments
        yield DerivationStep("open", (key, iv, term), content)


def _with_premises(*places: str) -> Callable[[Given], Steps]:
    def make(given: Given) -> Steps:
        def steps(term: Term) -> Iterator[DerivationStep]:
            if term.symbol == SEALED:
                key, iv, content = term.arguments
                parts = {"key": key, "iv": iv, "record": term}
                yield DerivationStep("open", tuple(parts[place] for place in places), content)

        return steps

    return make


def _the_record_from_its_content(given: Given) -> Steps:
    def steps(term: Term) -> Iterator[DerivationStep]:
        if term.symbol == SEALED:
            yield DerivationStep(
                "open", (term.arguments[0], term.arguments[1], term.arguments[2]), term
            )

    return steps


def _for_every_term(given: Given) -> Steps:
    def steps(term: Term) -> Iterator[DerivationStep]:
        for argument in term.arguments:
            yield DerivationStep("open", (term,), argument)

    return steps


def _knows(known: tuple[Term, ...], asked: Term, steps: Steps, *in_play: Term) -> bool:
    rules = [*_rules_without_open().rules.values(), Rule("open", "yours", "5.2", steps)]
    return asked in World([*known, asked, *in_play], rules).saturate(known)


MOST_TERMS = 1000
"""How many steps or terms of an answer are looked at, for it may go on without an end."""
NO_STEPS = "For a sealed record, return a list with one DerivationStep, whose parts are terms."


def _steps(function: Steps, term: Term) -> list[Any] | None:
    """What the function gives for a term, nothing if that is None; None if it cannot be a list."""
    found = called(function, term)
    if found is None:
        return []
    return list(islice(found, MOST_TERMS)) if isinstance(found, Iterable) else None


def _is_step(step: object) -> bool:
    return (
        type(step) is DerivationStep
        and type(step.rule) is str
        and type(step.premises) is tuple
        and all(type(term) is Term for term in (*step.premises, step.conclusion))
    )


def _judge_rule(given: Given, answer: Any) -> str:
    key, iv, content = name("a key"), name("an IV"), name("content")
    record = apply(SEALED, key, iv, content)
    steps = _steps(answer, record)
    if steps == []:
        return "It gives no DerivationStep for a sealed record: return a list with one."
    if not steps or not all(map(_is_step, steps)):
        return NO_STEPS
    if _steps(answer, apply("early_secret", key, iv)):
        return (
            "It also opens what is not sealed: a hash cannot be inverted. Check that the term's "
            "symbol is SEALED."
        )
    if _knows((record, iv), content, answer):
        return "With your rule, a record opens without its key."
    if _knows((record, key), content, answer):
        return "With your rule, a record opens without its IV: both are needed."
    if _knows((key, iv), content, answer, record):
        return (
            "With your rule, content is known that was never recorded: the record itself must be "
            "among the premises."
        )
    if not _knows((record, key, iv), content, answer):
        return (
            "With record, key and IV, the content still does not follow: it should be the "
            "conclusion of the DerivationStep."
        )
    psk_ke = scenes.recorded("external-psk_ke")
    stolen = scenes.secrets_to_steal("external-psk_ke")["psk"]
    asked = psk_ke.wanted["application_data"][0]
    if not _knows((*psk_ke.known, *stolen), asked, answer):
        return (
            "It opens a simple test record, but not those of a recorded connection: a record's "
            "key, IV and content may be any terms."
        )
    return ""


RULE = JudgedTask(
    "6.2",
    lambda draw: _rules_without_open(),
    _judge_rule,
    lambda given: _open,
    (
        Mistake("With your rule, a record opens without its key.", _with_premises("iv", "record")),
        Mistake(
            "With your rule, a record opens without its IV: both are needed.",
            _with_premises("key", "record"),
        ),
        Mistake(
            "With your rule, content is known that was never recorded: the record itself must be "
            "among the premises.",
            _with_premises("key", "iv"),
        ),
        Mistake(
            "With record, key and IV, the content still does not follow: it should be the "
            "conclusion of the DerivationStep.",
            _the_record_from_its_content,
        ),
        Mistake(
            "It also opens what is not sealed: a hash cannot be inverted. Check that the term's "
            "symbol is SEALED.",
            _for_every_term,
        ),
        Mistake(
            "It gives no DerivationStep for a sealed record: return a list with one.",
            lambda given: lambda term: None,
        ),
    ),
    "With this one rule, anyone with the PSK can read psk_ke, and no rule mentions psk_ke.",
    ("term",),
)

# 6.3 ---------------------------------------------------------------------------------------------

LEAK_MODES: tuple[SceneMode, ...] = (
    "external-psk_ke",
    "external-psk_dhe_ke",
    "resumption-psk_dhe_ke",
)


@remembered(256)
def _lost(mode: SceneMode, stolen: tuple[Term, ...]) -> frozenset[str]:
    """The parts of the recorded connection that these stolen terms reveal."""
    this = scenes.connections(mode)[-1]
    wanted = {
        "client's data": this.client_data,
        "server's data": this.server_data,
        "early data": this.early,
        "psk": this.psk or name("no psk"),
    }
    scene = scenes.recorded(mode)
    world = World([*scene.known, *wanted.values(), *stolen], RULES.values())
    known = world.saturate([*scene.known, *stolen])
    return frozenset(asset for asset, term in wanted.items() if term in known)


def _judge_leak(given: Given, answer: Any) -> str:
    for mode in LEAK_MODES:
        this: SymbolicConnection = scenes.connections(mode)[-1]
        stolen = called(answer, this)
        if type(stolen) is Term:
            return "A theft is a tuple of terms, even if there is only one: write (..., )."
        if stolen is None:
            return unlike(None, (), returned=True)
        stolen = tuple(islice(stolen, MOST_TERMS)) if isinstance(stolen, Iterable) else (stolen,)
        if not all(type(term) is Term for term in stolen):
            return (
                "A theft is made of terms: take them from the connection, as in `this.secret(...)`."
            )
        lost = _lost(mode, stolen)
        if "psk" in lost:
            return "Your leak reveals the PSK, which is not in the log: take less."
        if not {"client's data", "server's data"} & lost:
            return (
                f"In {mode}, nothing is lost yet: the log has traffic secrets for application data."
            )
        if "server's data" not in lost:
            return "Only the client's direction is lost: a key log has a secret for each direction."
        if "client's data" not in lost:
            return "Only the server's direction is lost: a key log has a secret for each direction."
        if "early data" in lost:
            return "The early data is lost as well: this log was switched on after the handshake."
        if set(stolen) != set(_key_log(this)):
            return "The right data is lost, but through secrets that are not in a key log."
    return ""


def _key_log(this: SymbolicConnection) -> tuple[Term, ...]:
    return tuple(
        this.secret(f"{side}_application_traffic_secret_0") for side in ("client", "server")
    )


LEAK = JudgedTask(
    "6.3",
    lambda draw: Given(this=scenes.connections("external-psk_dhe_ke")[0]),
    _judge_leak,
    lambda given: _key_log,
    (
        Mistake(
            "Your leak reveals the PSK, which is not in the log: take less.",
            lambda given: lambda this: (this.psk,),
        ),
        Mistake(
            "Only the client's direction is lost: a key log has a secret for each direction.",
            lambda given: lambda this: _key_log(this)[:1],
        ),
        Mistake(
            "Only the server's direction is lost: a key log has a secret for each direction.",
            lambda given: lambda this: _key_log(this)[1:],
        ),
        Mistake(
            "The right data is lost, but through secrets that are not in a key log.",
            lambda given: lambda this: (this.secret("handshake_secret"),),
        ),
        Mistake(
            "The early data is lost as well: this log was switched on after the handshake.",
            lambda given: (
                lambda this: (
                    *_key_log(this),
                    this.secret("client_early_traffic_secret"),
                )
            ),
        ),
        Mistake(
            "A theft is a tuple of terms, even if there is only one: write (..., ).",
            lambda given: lambda this: this.secret("main_secret"),
        ),
        Mistake(
            "In external-psk_ke, nothing is lost yet: the log has traffic secrets",
            lambda given: lambda this: (this.secret("client_handshake_traffic_secret"),),
        ),
    ),
    "This is what SSLKEYLOGFILE contains: it opens this connection and no other.",
    ("this",),
)

# 6.4 ---------------------------------------------------------------------------------------------


def _beside(draw: Draw) -> Given:
    return Given(
        this=scenes.connections("external-psk_dhe_ke")[0],
        stolen=draw.one_of(["resumption_secret", "main_secret", "handshake_secret"]),
    )


def _follows(given: Given) -> dict[str, bool]:
    this: SymbolicConnection = given.this
    nonces = [this.nonce(1), this.nonce(2)]  # small counters: easily guessed
    stolen = this.secret(given.stolen)
    asked = {
        "the data of this connection": this.client_data,
        "the PSK of its ticket": this.ticket_psk(),
    }
    start = [*scenes.PUBLIC, *this.wire, *nonces, stolen]
    known = World([*start, *asked.values()], RULES.values()).saturate(start)
    return {what: term in known for what, term in asked.items()}


WHY = {
    ("resumption_secret", "the data of this connection"): "in the schedule, the resumption secret "
    "is beside the traffic secrets, not above them",
    ("resumption_secret", "the PSK of its ticket"): "the PSK of a ticket is derived from the "
    "resumption secret and the nonce alone",
    ("main_secret", "the data of this connection"): "the traffic secrets are also bound to the "
    "transcript, and the flight in it is sealed under keys that do not come from the main secret",
    ("main_secret", "the PSK of its ticket"): "the resumption secret is also bound to the "
    "transcript, and the flights in it are sealed under keys that do not come from the main secret",
    ("handshake_secret", "the data of this connection"): "the handshake keys open the flights, and "
    "then both the main secret and the transcript are known",
    ("handshake_secret", "the PSK of its ticket"): "everything below the handshake secret can be "
    "derived from it and the transcript",
}


def _judge_follows(given: Given, answer: Any) -> str:
    for what, right in _follows(given).items():
        if not isinstance(answer.get(what), bool):
            return f"Say True or False for {what!r}."
        if answer[what] != right:
            return f"{what}: {WHY[given.stolen, what]}."
    return ""


def _follows_but(what: str) -> Callable[[Given], dict[str, bool]]:
    return lambda given: {
        asked: right != (asked == what) for asked, right in _follows(given).items()
    }


CLAIM = JudgedTask(
    "6.4",
    _beside,
    _judge_follows,
    _follows,
    (
        Mistake("the data of this connection: ", _follows_but("the data of this connection")),
        Mistake("the PSK of its ticket: ", _follows_but("the PSK of its ticket")),
    ),
    "A claim is a term, what is known, and a question; you can ask your own questions this way.",
)

TASKS = (RULE, LEAK, CLAIM)
