"""``tls13lab notebooks``: copies the lessons to where they can be worked on.

The lessons are in the package where it was installed from a wheel, and beside it in a checkout.
"""

from os.path import lexists
from pathlib import Path

import click

from tls13lab import whole_file
from tls13lab.cli import report
from tls13lab.wire.faults import LocalFault

PACKAGE = Path(__file__).resolve().parents[1]


def lessons() -> list[Path]:
    """The notebooks that came with this package, in their order; raises LocalFault if none did."""
    for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        found = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
        if found:
            return found
    raise LocalFault("the lessons are not installed here: install the package from its wheel")


@click.command("notebooks")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace notebooks of these names that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(directory: str, *, force: bool, as_json: bool) -> None:
    """Copy the lessons into DIR, ready for Jupyter.

    All of them or, if one of these names is there already, none: your work is not written over.

    \b
    Examples:
      tls13lab notebooks lessons
      tls13lab notebooks . --json
      tls13lab notebooks lessons --force
    """

    def work() -> report.Result:
        folder, sources = Path(directory), lessons()
        there = [one.name for one in sources if lexists(folder / one.name)]
        if there and not force:
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            raise LocalFault(
                f"{folder / there[0]}{more}: already there, so nothing was written "
                "(--force replaces what is there)"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for one in sources:
            whole_file.write(folder / one.name, one.read_bytes())
        names = [one.name for one in sources]
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
