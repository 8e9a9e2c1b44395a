"""``tls13lab notebooks``: copy the lessons to a folder of the user's.

A package installed from a wheel contains the lessons. In a checkout, they are beside the package.
"""

from os.path import lexists
from pathlib import Path

import click

from tls13lab import whole_file
from tls13lab.cli import report
from tls13lab.wire.faults import LocalFault

PACKAGE = Path(__file__).resolve().parents[1]


def lessons() -> list[Path]:
    """The notebooks that came with this package, in order. Raises LocalFault if there are none."""
    for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        if found:
            return found
    raise LocalFault("the lessons are not installed here: install the package from its wheel")


@click.command("notebooks")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace notebooks with the same names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(directory: str, *, force: bool, as_json: bool) -> None:
    """Copy the lessons into DIR, ready for Jupyter.

    If DIR already has a notebook with one of the names, nothing is copied, so that your work is
    not overwritten.

    \b
    Examples:
      tls13lab notebooks lessons
      tls13lab notebooks . --json
      tls13lab notebooks lessons --force
    """

    def work() -> report.Result:
        folder, sources = Path(directory), lessons()
        there = [source.name for source in sources if lexists(folder / source.name)]
        if there and not force:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            raise LocalFault(
                f"{folder / there[0]}{more}: already there, so nothing was written "
                "(--force replaces existing notebooks)"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for source in sources:
            whole_file.write(folder / source.name, source.read_bytes())
        names = [source.name for source in sources]
        return {"ok": True, "directory": directory, "notebooks": names, "replaced": there}

    report.run(work, _text, as_json=as_json)


def _text(result: report.Result) -> str:
    names, folder = result["notebooks"], Path(result["directory"])
    return "\n".join(
        [
            *names,
            f"{len(names)} notebooks in {folder}; begin with {folder / names[0]}",
        ]
    )
