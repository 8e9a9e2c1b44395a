"""Tasks of lessons 01, 02, 03 and 05: which fault does this server have?

**A wrong answer is refuted by an experiment.** If a student says that server B reuses nonces, and
this is wrong, the check tries all experiments on B and on a server that does reuse nonces. It shows
one in which the two differ.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tls13lab.exercises.bench import Bench
from tls13lab.exercises.faults import FAULTS
from tls13lab.exercises.kinds import name_of
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake

Experiment = Callable[[Bench], object]


def _randoms(bench: Bench) -> str:
    first, second = bench.external().random, bench.external().random
    return "none to compare" if first is None else "the same" if first == second else "different"


def _ticket_keys(bench: Bench) -> str:
    keys = {ticket.key for ticket in bench.external().tickets}
    return f"{len(keys)} different PSKs"


def _suite(bench: Bench) -> str:
    return str(bench.external().suite)


def _echo(bench: Bench) -> str:
    return str(bench.external().session_id_echoed)


def _replayed(bench: Bench) -> object:
    bench.resume(90, early_data=b"GET")
    return bench.replay()


EXPERIMENTS: dict[str, Experiment] = {
    "external(modes=('psk_ke',))": lambda bench: bench.external(("psk_ke",)),
    "external(modes=('psk_dhe_ke',))": lambda bench: bench.external(("psk_dhe_ke",)),
    "external(unknown_first=True)": lambda bench: bench.external(unknown_first=True),
    "external(spoil_binder=True)": lambda bench: bench.external(spoil_binder=True),
    "resume(after_s=90)": lambda bench: bench.resume(90),
    "resume(after_s=90, early_data=b'GET')": lambda bench: bench.resume(90, early_data=b"GET"),
    "that, and then replay()": _replayed,
    "resume(after_s=90, early_data=b'GET', age_off_s=60)": lambda bench: bench.resume(
        90, early_data=b"GET", age_off_s=60
    ),
    "resume(after_s=8000)": lambda bench: bench.resume(8000),
    "comparing the .random of two connections": _randoms,
    "comparing the .key of two .tickets": _ticket_keys,
    "external().suite": _suite,
    "external().session_id_echoed": _echo,
}
"""The experiments, each by what a student would write; none affects another."""


@lru_cache(maxsize=64)
def shows(fault: str) -> tuple[str, ...]:
    """The result of each experiment with this fault."""
    kind = FAULTS[fault]
    return tuple(str(experiment(Bench(kind, "shows"))) for experiment in EXPERIMENTS.values())


def refuted(fault: str, claimed: str) -> str:
    """An experiment that distinguishes the two faults, with both results; empty if none does."""
    for name, is_so, would_be in zip(EXPERIMENTS, shows(fault), shows(claimed), strict=True):
        if is_so != would_be:
            return f"the result of {name} would be {would_be!r}; here it is {is_so!r}"
    return ""


def _set(draw: Draw, faults: tuple[str, ...]) -> Given:
    order = draw.shuffled(faults)
    letters = "ABCDEFGHIJ"[: len(order)]
    servers = {
        letter: Bench(FAULTS[fault], f"{draw.seed} {letter}")
        for letter, fault in zip(letters, order, strict=True)
    }
    return Given(servers=servers, faults=tuple(FAULTS), _is=dict(zip(letters, order, strict=True)))


def _judge(given: Given, answer: Any) -> str:
    for letter, fault in given._is.items():
        said = answer.get(letter)
        if said is None:
            return f"Give a fault for server {letter}, from the list of faults."
        if not isinstance(said, str) or said not in FAULTS:
            return (
                f"Server {letter}: {name_of(said)} is not in the list of faults; copy one from "
                "that list."
            )
        if said != fault:
            return f"Server {letter}: with the fault {said!r}, {refuted(fault, said)}."
    return ""


def _but(letter: str, claimed: int) -> Callable[[Given], dict[str, str]]:
    """The right answer, except that another fault is named for one server."""

    def make(given: Given) -> dict[str, str]:
        others = [fault for fault in FAULTS if fault != given._is[letter]]
        return {**given._is, letter: others[claimed % len(others)]}

    return make


def _task(number: str, *faults: str) -> JudgedTask:
    return JudgedTask(
        number,
        lambda draw: _set(draw, faults),
        _judge,
        lambda given: dict(given._is),
        (
            *(
                Mistake(f"Server {letter}: with the fault", _but(letter, 5 * place + 1))
                for place, letter in enumerate("ABCDEFGHIJ"[: len(faults)])
            ),
            Mistake(
                "Server A: a bug is not in the list of faults; copy one from that list.",
                lambda given: {**given._is, "A": "a bug"},
            ),
        ),
        "Each of them still completes some handshakes, so such bugs may go unnoticed for years.",
    )


TASKS = (
    _task(
        "1.5",
        "nonce reused",
        "Finished leaves messages out",
        "same random every time",
        "session ID not echoed",
    ),
    _task(
        "2.5",
        "external label for tickets",
        "ticket age in seconds",
        "same nonce in all tickets",
        "tickets live for ever",
    ),
    _task(
        "3.3",
        "binders hashed too",
        "binder not checked",
        "psk_ke although not offered",
        "key exchange not mixed in",
        "selected_identity always 0",
        "only the first identity tried",
        "suite with the wrong hash",
        "resumption label for external PSKs",
    ),
    _task("5.6", "ticket age not checked", "replayed 0-RTT accepted", "ticket age in seconds"),
)
