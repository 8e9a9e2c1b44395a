"""The matrix with its evidence: each cell as one JSON object, model and bytes side by side.

>>> from tls13lab.symbolic.claims import decide
>>> cell = described(decide("external-psk_ke", "application_data", "passive", ("psk",)))
>>> cell["verdict"], cell["evidence"], cell["citation"]
('lost', 'both', 'RFC 9846 F.1')
"""

from collections.abc import Iterator
from typing import Any

from tls13lab.claims import active, passive
from tls13lab.symbolic.claims import Cell, cells
from tls13lab.wire.faults import LocalFault


class Disagreement(LocalFault):
    """Model and bytes say different things: one of them is wrong."""


def evidence(cell: Cell) -> str:
    """``both`` for what was lost on bytes as well; ``model`` where there is nothing to show.

    That something is kept cannot be shown on bytes; that it was tried in vain is checked here.
    """
    if cell.verdict == "outside":
        return "model"
    if cell.adversary == "passive":
        lost = passive.got(cell.mode, cell.asset, cell.leaks)
    else:
        lost = active.got(cell.mode, cell.asset, cell.leaks, cell.options)
    if lost != (cell.verdict == "lost"):
        raise Disagreement(
            f"{cell.asset} in {cell.mode} against {cell.adversary} with {cell.leaks}: the model "
            f"says {cell.verdict}, the bytes say {'lost' if lost else 'kept'}"
        )
    if cell.asset == "next_psk" and not lost:
        _check_horizon(cell)
    return "both" if lost else "model"


def _check_horizon(cell: Cell) -> None:
    """What is kept until a ticket is used must fall when it is used; and nothing else may."""
    if passive.later(cell.mode, cell.leaks) != bool(cell.horizon):
        raise Disagreement(
            f"next_psk in {cell.mode} with {cell.leaks}: model and bytes disagree on whether the "
            "ticket's first use gives it away"
        )


def described(cell: Cell) -> dict[str, Any]:
    """One cell, for another tool to compare."""
    found: dict[str, Any] = {
        "mode": cell.mode,
        "asset": cell.asset,
        "adversary": cell.adversary,
        "leaks": list(cell.leaks),
        "options": dict(cell.options),
        "verdict": cell.verdict,
        "evidence": evidence(cell),
        "steps": cell.steps,
        "citation": cell.citation,
    }
    found |= {"why": cell.why} if cell.why else {}
    found |= {"absent": list(cell.absent)} if cell.absent else {}
    return found | ({"until": cell.horizon} if cell.horizon else {})


def matrix() -> Iterator[dict[str, Any]]:
    """All cells. Raises Disagreement if there is one."""
    return (described(cell) for cell in cells())
