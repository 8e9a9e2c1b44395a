"""The matrix with its evidence: each cell as a JSON object, with the verdict of each method.

>>> from tls13lab.symbolic.claims import decide
>>> cell = described(decide("external-psk_ke", "application_data", "passive", ("psk",)))
>>> cell["verdict"], cell["evidence"], cell["log2_guesses"], cell["citation"]
('lost', 'both', 0.0, 'RFC 9846 F.1')
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tls13lab.evidence import active, afterwards, passive, searched
from tls13lab.symbolic.claims import Cell, cells
from tls13lab.symbolic.cost import cost
from tls13lab.symbolic.prices import USUAL, Prices
from tls13lab.symbolic.vocabulary import Verdict
from tls13lab.wire.faults import LocalFault


class Disagreement(LocalFault):
    """Two methods give different verdicts, so one of them is wrong."""


_SPEAKING = {
    "active": (active.got, searched.lost),
    "active_then_leak": (afterwards.got, searched.lost_afterwards),
}


def verdicts(cell: Cell, *, searching: bool = False) -> dict[str, Verdict]:
    """The verdict of each method. Raises Disagreement if they differ.

    ``model`` is the symbolic model. ``bytes`` is a script: the eavesdropper's, or that of an
    impersonation. ``search`` is the adversary without a script, for adversaries that speak; it is
    run only if ``searching``.
    """
    found: dict[str, Verdict] = {"model": cell.verdict}
    if cell.verdict == "outside":
        return found
    asked = cell.mode, cell.asset, cell.leaks
    if cell.adversary == "passive":
        found["bytes"] = _word(passive.got(*asked))
    else:
        by_script, by_search = _SPEAKING[cell.adversary]
        found["bytes"] = _word(by_script(*asked, cell.options))
        if searching:
            found["search"] = _word(by_search(*asked, cell.options))
    if len(set(found.values())) > 1:
        says = ", ".join(
            f"the {method} say{'' if method == 'bytes' else 's'} {verdict}"
            for method, verdict in found.items()
        )
        raise Disagreement(
            f"{cell.asset} in {cell.mode} against {cell.adversary} with {cell.leaks}: {says}"
        )
    if cell.asset == "next_psk" and cell.verdict == "kept":
        _check_horizon(cell)
    return found


def evidence(decided: Mapping[str, Verdict]) -> str:
    """``both`` if the asset was lost on bytes, too; otherwise ``model``.

    Bytes cannot prove that something is kept; they only show that the attacks fail.
    """
    return "both" if decided.get("bytes") == "lost" else "model"


def _word(lost: bool) -> Verdict:
    return "lost" if lost else "kept"


def _check_horizon(cell: Cell) -> None:
    """Check that the next PSK is lost when its ticket is used exactly if the model says so."""
    if passive.later(cell.mode, cell.leaks) != bool(cell.horizon):
        raise Disagreement(
            f"next_psk in {cell.mode} with {cell.leaks}: model and bytes disagree on whether the "
            "ticket's first use gives it away"
        )


def described(cell: Cell, *, searching: bool = False, prices: Prices = USUAL) -> dict[str, Any]:
    """One cell as a JSON object.

    ``decided`` has the verdict of each method. ``log2_guesses`` is the cost of the asset to an
    attacker: 0 if it costs nothing, None if nothing that has a price opens it. ``computed`` names
    the secrets that are then guessed. Three keys are there only when needed: ``absent`` has leaks
    of secrets that the mode does not have, ``until`` says when something kept will be lost, and
    ``why`` says why a cell is outside the model.
    """
    found_by = verdicts(cell, searching=searching)
    asked = cell.mode, cell.asset, cell.adversary, cell.leaks
    spent = cost(*asked, cell.options, prices)
    found: dict[str, Any] = {
        "mode": cell.mode,
        "asset": cell.asset,
        "adversary": cell.adversary,
        "leaks": list(cell.leaks),
        "options": dict(cell.options),
        "verdict": cell.verdict,
        "evidence": evidence(found_by),
        "decided": found_by,
        "steps": cell.steps,
        "log2_guesses": spent.log2_guesses and round(spent.log2_guesses, 3),
        "computed": list(spent.computed),
        "citation": cell.citation,
    }
    found |= {"why": cell.why} if cell.why else {}
    found |= {"absent": list(cell.absent)} if cell.absent else {}
    return found | ({"until": cell.horizon} if cell.horizon else {})


def matrix(*, searching: bool = False, prices: Prices = USUAL) -> Iterator[dict[str, Any]]:
    """All cells. Raises Disagreement if two methods differ."""
    return (described(cell, searching=searching, prices=prices) for cell in cells())
