"""``tls13lab claims``: the matrix, computed, with its evidence."""

from collections import Counter
from pathlib import Path

from tls13lab import whole_file
from tls13lab.claims.chains import chains
from tls13lab.claims.matrix import matrix
from tls13lab.cli import report
from tls13lab.pictures.claims_matrix import matrix_picture, matrix_text
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.proverif import write


def run(*, svg: str | None, proverif: str | None, searching: bool, as_json: bool) -> None:
    """Decide everything by the model, try everything on bytes, and tell."""
    if proverif is not None:
        report.run(lambda: _models(Path(proverif)), _told_of_models, as_json=as_json)
        return

    def work() -> report.Result:
        # The picture first: if it cannot be written, one learns so at once.
        if svg is not None:
            whole_file.write(Path(svg), matrix_picture(cells()).svg.encode())
        return {"cells": list(matrix(searching=searching)), "chains": list(chains())}

    report.run(work, _text, as_json=as_json)


def _text(result: report.Result) -> str:
    counts = Counter((cell["verdict"], tuple(cell["decided"])) for cell in result["cells"])
    lines = [matrix_text(cells()), "", "Chains: full, then two resumptions, each from the last"]
    for chain in result["chains"]:
        opened = ", ".join(map(str, chain["opened"])) or "none"
        lines.append(f"  {' > '.join(chain['modes'])}, {chain['leak']} stolen: opens {opened}")
    lines.append("")
    for (verdict, methods), count in sorted(counts.items()):
        *others, last = (_WORDS[method] for method in methods)
        by = f"{', '.join(others)} and {last}" if others else last
        lines.append(f"{count:5} cells {verdict}, by {by}")
    return "\n".join((*lines, "", *_NOTES))


def _models(folder: Path) -> report.Result:
    return {"folder": str(folder), "models": write(folder)}


def _told_of_models(result: report.Result) -> str:
    return f"{result['models']} models and README.txt written to {result['folder']}"


_NOTES = (
    "Lost is certain: there is a derivation, and it was run. Kept means that these rules derive it",
    "in no way. A guess is verified by what opens, or by a term that is known already; two ways to",
    "one new term are not compared, for with these rules that would tell nothing more.",
)
_WORDS = {"model": "the model", "bytes": "a script on bytes", "search": "a search on bytes"}
