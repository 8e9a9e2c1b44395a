"""Tasks of lessons 01, 02, 03 and 05: which fault does this server have?

**A wrong answer is refuted by an experiment.** Whoever says that server B reuses nonces is told of
an experiment that comes out otherwise with a server that does. All experiments are tried for that,
on B and on a server with the fault that was named.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from tls13lab.exercises.bench import Bench
from tls13lab.exercises.faults import FAULTS
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake

Experiment = Callable[[Bench], object]


def _randoms(bench: Bench) -> str:
    one, other = bench.external().random, bench.external().random
    return "none to compare" if one is None else "the same" if one == other else "different"


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
"""By what a student would write; none changes what another one sees."""


@lru_cache(maxsize=64)
def shows(fault: str) -> tuple[str, ...]:
    """What each experiment comes to with this fault."""
    kind = FAULTS[fault]
    return tuple(str(one(Bench(kind, "shows"))) for one in EXPERIMENTS.values())


def refuted(fault: str, claimed: str) -> str:
    """An experiment that tells the two faults apart, and what it says of each; or nothing."""
    for name, is_so, would_be in zip(EXPERIMENTS, shows(fault), shows(claimed), strict=True):
        if is_so != would_be:
            return f"{name} would come to {would_be!r}; here it comes to {is_so!r}"
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
        if said not in FAULTS:
            return f"Server {letter}: {said!r} is not in the list of faults; copy it from there."
        if said != fault:
            return f"Server {letter}: with the fault {said!r}, {refuted(fault, said)}."
    return ""


def _but(letter: str, claimed: int) -> Callable[[Given], dict[str, str]]:
    """The right answer but for one server, for which another fault is named."""

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
                "Server A: 'a bug' is not in the list of faults; copy it from there.",
                lambda given: {**given._is, "A": "a bug"},
            ),
        ),
        "Each of them still completes some handshakes: that is why such bugs live long.",
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
        "3.4",
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
