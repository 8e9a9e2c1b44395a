"""Properties beside the matrix, each decided by the model and done on bytes; all must agree.

- ``key_compromise_impersonation``: can a thief pose as others to the party it robbed?
- ``agreement``: do both ends mean the same keys, mode, PSK and name, one session for one?
- ``reveal``: does one secret of one session open more than its own use?
- ``ticket_nonce_reuse``: what does a stolen ticket open, if two tickets have the same nonce?

Each object says what was asked, under ``asks``, and names its counter-test: what else of the same
list comes out the other way.

They are a list beside the matrix and not more assets in it: what a reveal opens, or what two ends
agree on, is asked differently from what a theft opens. Key compromise impersonation alone is a
reading of cells that the matrix has.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tls13lab.claims import agreement, reveals, ticket_nonce
from tls13lab.claims.matrix import Disagreement, verdicts
from tls13lab.symbolic import agreement as agreed
from tls13lab.symbolic import impersonation
from tls13lab.symbolic import reveals as revealed
from tls13lab.symbolic import ticket_nonce as nonce

NAMES = ("key_compromise_impersonation", "agreement", "reveal", "ticket_nonce_reuse")
_GROUPED = {
    NAMES[0]: ("stolen", "poses"),
    NAMES[1]: ("stolen",),
    NAMES[2]: ("revealed",),
    NAMES[3]: ("nonces",),
}
"""What of the questions the summary tells apart."""


def properties(*, searching: bool = False) -> Iterator[dict[str, Any]]:
    """All of them. Raises Disagreement if two methods say different things."""
    yield from _impersonation(searching=searching)
    yield from _agreement(searching=searching)
    yield from _reveals()
    yield from _nonces()


def _impersonation(*, searching: bool) -> Iterator[dict[str, Any]]:
    for one in impersonation.readings():
        asks = {"robbed": one.robbed, "stolen": one.stolen, "poses": one.poses}
        told = verdicts(one.cell, searching=searching)
        counter = "nothing stolen" if one.cell.verdict == "lost" else "psk stolen"
        yield _described(NAMES[0], one.mode, asks, told, impersonation.CITATION, counter)


def _agreement(*, searching: bool) -> Iterator[dict[str, Any]]:
    for mode, on, leaks in agreed.questions():
        told = {"model": agreed.decide(mode, on, leaks).verdict}
        told["bytes"] = _word(agreement.got(mode, on, leaks))
        if searching:
            told["search"] = _word(agreement.found(mode, leaks))
        stolen = " and ".join(leaks) or "nothing"
        counter = "nothing stolen" if told["model"] == "lost" else "psk stolen"
        asks = {"on": on, "stolen": stolen}
        yield _described(NAMES[1], mode, asks, told, agreed.CITATION, counter)


def _reveals() -> Iterator[dict[str, Any]]:
    for mode, what, asked in revealed.questions():
        one = revealed.decide(mode, what, asked)
        told = {
            "model": one.verdict,
            "bytes": _word(asked in reveals.opened(mode, what)),
            "search": _word(asked in reveals.reached(mode, what)),
        }
        asks = {"revealed": what[0], "asked": asked}
        counter = f"{' and '.join(revealed.counter_of(asked))} revealed"
        if one.verdict == "lost":
            counter = "nothing revealed"
        yield _described(NAMES[2], mode, asks, told, one.citation, counter)


def _nonces() -> Iterator[dict[str, Any]]:
    for nonces in nonce.NONCES:
        for ticket in (1, 2):
            told = {
                "model": _word(ticket in nonce.opened(nonces)),
                "bytes": _word(ticket in ticket_nonce.opened(nonces)),
            }
            asks = {"nonces": nonces, "stolen": "the PSK of ticket 1", "asked": f"ticket {ticket}"}
            counter = "nothing stolen" if ticket == 1 else f"the {_other(nonces)} nonces"
            yield _described(NAMES[3], "resumption-psk_ke", asks, told, nonce.CITATION, counter)


def summary(every: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A heading, and then what was asked of each property, and what came of it, in few lines."""
    yield "Properties beside the matrix: what was asked, and how often it was lost and kept"
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in every:
        asks, kind = one["asks"], _GROUPED[one["property"]]
        about = ", ".join(f"{what} {asks[what]}" for what in kind)
        counts.setdefault((one["property"], about), Counter())[one["verdict"]] += 1
    for (name, about), count in counts.items():
        yield f"  {name}: {about}: {count['lost']} lost, {count['kept']} kept"


def _other(nonces: str) -> str:
    (other,) = set(nonce.NONCES) - {nonces}
    return other


def _described(
    name: str,
    mode: str,
    asks: Mapping[str, str],
    told: Mapping[str, str],
    citation: str,
    counter: str,
) -> dict[str, Any]:
    if len(set(told.values())) > 1:
        raise Disagreement(f"{name} in {mode}, {dict(asks)}: {dict(told)}")
    return {
        "property": name,
        "mode": mode,
        "asks": dict(asks),
        "verdict": told["model"],
        "evidence": "both" if told["bytes"] == "lost" else "model",
        "decided": dict(told),
        "counter_test": counter,
        "citation": citation,
    }


def _word(lost: bool) -> str:
    return "lost" if lost else "kept"
