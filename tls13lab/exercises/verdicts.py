"""Tasks of lessons 05 and 06: lost or kept? RFC 9846 section 2.2 and appendix F.1.

The symbolic model decides. For a wrong answer, the check gives the reason.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake
from tls13lab.symbolic.claims import decide

Question = tuple[str, str, str, tuple[str, ...]]
POOL: tuple[tuple[Question, str], ...] = (
    (
        ("external-psk_ke", "application_data", "passive", ("psk",)),
        "in psk_ke, the PSK is the only secret in the key schedule",
    ),
    (
        ("external-psk_dhe_ke", "application_data", "passive", ("psk",)),
        "the keys also need the (EC)DHE secret: that is forward secrecy",
    ),
    (
        ("external-psk_dhe_ke", "early_data", "passive", ("psk",)),
        "early data is sealed before there is an (EC)DHE secret, in every mode",
    ),
    (
        ("resumption-psk_ke", "application_data", "passive", ("ticket_key",)),
        "the ticket key opens the ticket, which contains the PSK",
    ),
    (
        ("resumption-psk_dhe_ke", "application_data", "passive", ("ticket_key",)),
        "the ticket gives the PSK, and the PSK alone is not enough in psk_dhe_ke",
    ),
    (
        ("resumption-psk_dhe_ke", "server_authentication", "active", ("ticket_key",)),
        "anyone with the PSK can make the binder and every Finished, and so play either side",
    ),
    (
        ("external-psk_dhe_ke", "client_authentication", "active", ("ticket_key",)),
        "the server also accepts tickets, and one sealed by the thief looks like its own",
    ),
    (
        ("resumption-psk_ke", "application_data", "passive", ("initial_ecdhe",)),
        "the first connection can be opened, and with the ticket nonce in it, the PSK is derived",
    ),
    (
        ("external-psk_dhe_ke", "application_data", "passive", ("psk", "client_ecdhe")),
        "the PSK and a private key of this connection are all that the key schedule needs",
    ),
    (
        ("external-psk_dhe_ke", "application_data", "passive", ("client_ecdhe",)),
        "the keys also need the PSK",
    ),
    (
        ("full", "application_data", "passive", ("certificate_key",)),
        "the certificate's key only signs: no secret in the schedule is derived from it",
    ),
    (
        ("external-psk_dhe_ke", "application_data", "passive", ("weak_psk",)),
        "the guess gives the PSK, and the PSK alone is not enough in psk_dhe_ke",
    ),
    (
        ("external-psk_dhe_ke", "psk", "passive", ("weak_psk",)),
        "the binder shows whether a guess is right, in every mode",
    ),
)
EARLY_POOL: tuple[tuple[Question, str], ...] = (
    (
        ("resumption-psk_dhe_ke", "early_data", "passive", ("psk",)),
        "early data is sealed before there is an (EC)DHE secret, in every mode",
    ),
    (
        ("resumption-psk_dhe_ke", "early_data", "passive", ("client_ecdhe",)),
        "no private key goes into the early secrets, so none reveals them",
    ),
    (
        ("resumption-psk_dhe_ke", "application_data", "passive", ("psk",)),
        "all keys after the ServerHello depend on the (EC)DHE secret",
    ),
    (
        ("resumption-psk_ke", "early_data", "passive", ("ticket_key",)),
        "the ticket key opens the ticket, which contains the PSK",
    ),
    (
        ("external-psk_ke", "early_data", "passive", ("weak_psk",)),
        "the binder shows whether a guess is right, and the early keys follow from the PSK",
    ),
)


def _verdicts(given: Given) -> dict[Question, str]:
    return {question: decide(*question).verdict for question in given.questions}


def _judge_verdicts(given: Given, answer: Any) -> str:
    reasons = dict((*POOL, *EARLY_POOL))
    for question, verdict in _verdicts(given).items():
        if answer.get(question) not in ("lost", "kept"):
            return f'Say "lost" or "kept" for {question}.'
        if answer[question] != verdict:
            return f"{question}: {reasons[question]}."
    return ""


def _but(place: int) -> Callable[[Given], dict[Question, str]]:
    """The right answer, except for the question at index ``place``."""

    def make(given: Given) -> dict[Question, str]:
        right = _verdicts(given)
        wrong = list(right)[place]
        return {**right, wrong: "kept" if right[wrong] == "lost" else "lost"}

    return make


def _verdict_task(number: str, pool: tuple[tuple[Question, str], ...], asked: int) -> JudgedTask:
    def draw(source: Draw) -> Given:
        chosen = source.shuffled(pool)[:asked]
        return Given(questions=tuple(question for question, _ in chosen))

    return JudgedTask(
        number,
        draw,
        _judge_verdicts,
        _verdicts,
        (
            *(Mistake("(", _but(place)) for place in range(asked)),
            Mistake(
                'Say "lost" or "kept" for', lambda given: dict.fromkeys(given.questions, "perhaps")
            ),
        ),
        "Each of them can also be tried on bytes: `tls13lab claims` does so.",
    )


VERDICTS = _verdict_task("6.1", POOL, 6)
EARLY_VERDICTS = _verdict_task("5.5", EARLY_POOL, 4)


TASKS = (VERDICTS, EARLY_VERDICTS)
