"""The matrix with its evidence: each cell as one JSON object, with what each method says of it.

>>> from tls13lab.symbolic.claims import decide
>>> cell = described(decide("external-psk_ke", "application_data", "passive", ("psk",)))
>>> cell["verdict"], cell["evidence"], cell["log2_guesses"], cell["citation"]
('lost', 'both', 0.0, 'RFC 9846 F.1')
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tls13lab.claims import active, afterwards, passive, searched
from tls13lab.symbolic.claims import Cell, cells
from tls13lab.symbolic.cost import cost
from tls13lab.symbolic.prices import USUAL, Prices
from tls13lab.wire.faults import LocalFault


class Disagreement(LocalFault):
    """Two methods say different things: one of them is wrong."""


_SPEAKING = {
    "active": (active.got, searched.lost),
    "active_then_leak": (afterwards.got, searched.lost_afterwards),
}


def verdicts(cell: Cell, *, searching: bool = False) -> dict[str, str]:
    """What each method says; the same, or it raises Disagreement.

    ``model`` is the symbolic model, ``bytes`` doing it by a script: the eavesdropper's, or that of
    an impersonation. ``search`` is the adversary without a script: where it speaks, and on demand.
    """
    told = {"model": cell.verdict}
    if cell.verdict == "outside":
        return told
    asked = cell.mode, cell.asset, cell.leaks
    if cell.adversary == "passive":
        told["bytes"] = _word(passive.got(*asked))
    else:
        by_script, by_search = _SPEAKING[cell.adversary]
        told["bytes"] = _word(by_script(*asked, cell.options))
        if searching:
            told["search"] = _word(by_search(*asked, cell.options))
    if len(set(told.values())) > 1:
        says = ", ".join(
            f"the {method} say{'' if method == 'bytes' else 's'} {verdict}"
            for method, verdict in told.items()
        )
        raise Disagreement(
            f"{cell.asset} in {cell.mode} against {cell.adversary} with {cell.leaks}: {says}"
        )
    if cell.asset == "next_psk" and cell.verdict == "kept":
        _check_horizon(cell)
    return told


def evidence(told: Mapping[str, str]) -> str:
    """``both`` for what was lost on bytes as well; ``model`` where there is nothing to show.

    That something is kept cannot be shown on bytes; that it was tried in vain is checked here.
    """
    return "both" if told.get("bytes") == "lost" else "model"


def _word(lost: bool) -> str:
    return "lost" if lost else "kept"


def _check_horizon(cell: Cell) -> None:
    """What is kept until a ticket is used must fall when it is used; and nothing else may."""
    if passive.later(cell.mode, cell.leaks) != bool(cell.horizon):
        raise Disagreement(
            f"next_psk in {cell.mode} with {cell.leaks}: model and bytes disagree on whether the "
            "ticket's first use gives it away"
        )


def described(cell: Cell, *, searching: bool = False, prices: Prices = USUAL) -> dict[str, Any]:
    """One cell, for another tool to compare.

    ``decided`` says which methods decided it, and what each said. ``log2_guesses`` is what it takes
    to have the asset all the same, 0 for nothing, None where nothing that has a price opens it;
    ``computed`` names the secrets that are then guessed. ``absent`` are leaks of what the
    mode does not have; ``until`` is when something that is kept will fall; ``why`` it is outside.
    The last three are only there where there is something to say.
    """
    told = verdicts(cell, searching=searching)
    asked = cell.mode, cell.asset, cell.adversary, cell.leaks
    spent = cost(*asked, cell.options, prices)
    found: dict[str, Any] = {
        "mode": cell.mode,
        "asset": cell.asset,
        "adversary": cell.adversary,
        "leaks": list(cell.leaks),
        "options": dict(cell.options),
        "verdict": cell.verdict,
        "evidence": evidence(told),
        "decided": told,
        "steps": cell.steps,
        "log2_guesses": spent.log2_guesses and round(spent.log2_guesses, 3),
        "computed": list(spent.computed),
        "citation": cell.citation,
    }
    found |= {"why": cell.why} if cell.why else {}
    found |= {"absent": list(cell.absent)} if cell.absent else {}
    return found | ({"until": cell.horizon} if cell.horizon else {})


def matrix(*, searching: bool = False, prices: Prices = USUAL) -> Iterator[dict[str, Any]]:
    """All cells. Raises Disagreement if there is one."""
    return (described(cell, searching=searching, prices=prices) for cell in cells())
