"""Properties beside the matrix, each decided by the model and tested on bytes; all must agree.

- ``key_compromise_impersonation``: can a thief pose as others to the party it robbed?
- ``agreement``: do both ends agree on keys, mode, PSK and identity, one session with one session?
- ``reveal``: does one revealed secret of one session open more than what it protects?
- ``ticket_nonce_reuse``: what does a stolen ticket open if two tickets have the same nonce?

Each object has the question under ``asks`` and names a counter-test: a row of the same list with
the opposite verdict.

These are not assets of the matrix, because their questions have another form: not what a theft
opens, but what a reveal opens, or what two ends agree on. Only key compromise impersonation can be
read from cells of the matrix.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tls13lab.evidence import agreement, reveals, ticket_nonce
from tls13lab.evidence.matrix import Disagreement, verdicts
from tls13lab.symbolic import agreement as agreed
from tls13lab.symbolic import impersonation
from tls13lab.symbolic import reveals as revealed
from tls13lab.symbolic import ticket_nonce as nonce
from tls13lab.symbolic.vocabulary import SceneMode, Verdict

NAMES = ("key_compromise_impersonation", "agreement", "reveal", "ticket_nonce_reuse")
_GROUPED = {
    NAMES[0]: ("stolen", "poses"),
    NAMES[1]: ("stolen",),
    NAMES[2]: ("revealed",),
    NAMES[3]: ("nonces",),
}
"""The parts of each question by which the summary counts."""


def properties(*, searching: bool = False) -> Iterator[dict[str, Any]]:
    """All properties. Raises Disagreement if two methods differ."""
    yield from _impersonation(searching=searching)
    yield from _agreement(searching=searching)
    yield from _reveals()
    yield from _nonces()


def _impersonation(*, searching: bool) -> Iterator[dict[str, Any]]:
    for reading in impersonation.readings():
        asks = {"robbed": reading.robbed, "stolen": reading.stolen, "poses": reading.poses}
        found = verdicts(reading.cell, searching=searching)
        counter = "nothing stolen" if reading.cell.verdict == "lost" else "psk stolen"
        yield _described(NAMES[0], reading.mode, asks, found, impersonation.CITATION, counter)


def _agreement(*, searching: bool) -> Iterator[dict[str, Any]]:
    for mode, on, leaks in agreed.questions():
        found: dict[str, Verdict] = {"model": agreed.decide(mode, on, leaks).verdict}
        found["bytes"] = _word(agreement.got(mode, on, leaks))
        if searching:
            found["search"] = _word(agreement.found(mode, leaks))
        stolen = " and ".join(leaks) or "nothing"
        counter = "nothing stolen" if found["model"] == "lost" else "psk stolen"
        asks = {"on": on, "stolen": stolen}
        yield _described(NAMES[1], mode, asks, found, agreed.CITATION, counter)


def _reveals() -> Iterator[dict[str, Any]]:
    for mode, what, asked in revealed.questions():
        decided = revealed.decide(mode, what, asked)
        found = {
            "model": decided.verdict,
            "bytes": _word(asked in reveals.opened(mode, what)),
            "search": _word(asked in reveals.reached(mode, what)),
        }
        asks = {"revealed": what[0], "asked": asked}
        counter = f"{' and '.join(revealed.counter_of(asked))} revealed"
        if decided.verdict == "lost":
            counter = "nothing revealed"
        yield _described(NAMES[2], mode, asks, found, decided.citation, counter)


def _nonces() -> Iterator[dict[str, Any]]:
    for nonces in nonce.NONCES:
        for ticket in (1, 2):
            found = {
                "model": _word(ticket in nonce.opened(nonces)),
                "bytes": _word(ticket in ticket_nonce.opened(nonces)),
            }
            asks = {"nonces": nonces, "stolen": "the PSK of ticket 1", "asked": f"ticket {ticket}"}
            counter = "nothing stolen" if ticket == 1 else f"the {_other(nonces)} nonces"
            yield _described(NAMES[3], "resumption-psk_ke", asks, found, nonce.CITATION, counter)


def summary(every: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a summary: a heading, then how often each question was lost and kept."""
    yield "Properties beside the matrix: what was asked, and how often it was lost and kept"
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in every:
        asks, kind = row["asks"], _GROUPED[row["property"]]
        about = ", ".join(f"{what} {asks[what]}" for what in kind)
        counts.setdefault((row["property"], about), Counter())[row["verdict"]] += 1
    for (name, about), count in counts.items():
        yield f"  {name}: {about}: {count['lost']} lost, {count['kept']} kept"


def _other(nonces: nonce.Nonces) -> nonce.Nonces:
    (other,) = set(nonce.NONCES) - {nonces}
    return other


def _described(
    name: str,
    mode: SceneMode,
    asks: Mapping[str, str],
    found: Mapping[str, Verdict],
    citation: str,
    counter: str,
) -> dict[str, Any]:
    if len(set(found.values())) > 1:
        raise Disagreement(f"{name} in {mode}, {dict(asks)}: {dict(found)}")
    return {
        "property": name,
        "mode": mode,
        "asks": dict(asks),
        "verdict": found["model"],
        "evidence": "both" if found["bytes"] == "lost" else "model",
        "decided": dict(found),
        "counter_test": counter,
        "citation": citation,
    }


def _word(lost: bool) -> Verdict:
    return "lost" if lost else "kept"
