"""``tls13lab notebooks copy|report``: copy the lessons to a folder, and report what was done there.

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
    """The lessons and the quiz that came with this package. Raises LocalFault if there are none."""
    for folder in (PACKAGE / "notebooks", PACKAGE.parent / "notebooks"):
        found = sorted(folder.glob("*.ipynb"))
        if found:
            return found
    raise LocalFault("the lessons are not installed here: install the package from its wheel")


class CopyByDefault(click.Group):
    """A group in which ``copy`` may be left out: ``notebooks DIR`` means ``notebooks copy DIR``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args[:1] and args[0] in (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["copy", *args])


@click.group("notebooks", cls=CopyByDefault)
def run() -> None:
    """Copy the lessons into a folder, or report what you did in them.

    \b
    Examples:
      tls13lab notebooks lessons
      tls13lab notebooks report lessons
    """


@run.command("copy")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace notebooks with the same names.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def copy(directory: str, *, force: bool, as_json: bool) -> None:
    """Copy the lessons into DIR, ready for Jupyter.

    If DIR already has a notebook with one of the names, nothing is copied, so that your work is
    not overwritten. The word "copy" may be left out.

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


@run.command("report")
@click.argument(
    "directory", metavar="[DIR]", default=".", type=click.Path(exists=True, file_okay=False)
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def report_work(directory: str, *, as_json: bool) -> None:
    """Write my-report.md: what you solved, predicted and explained in the notebooks in DIR.

    It is made from progress.json, which the notebooks keep beside them. Without DIR, it is the
    current folder. The report is your own record and not a mark.

    \b
    Examples:
      tls13lab notebooks lessons
      tls13lab notebooks report lessons
      tls13lab notebooks report lessons --json
    """

    def work() -> report.Result:
        from tls13lab.exercises import my_report
        from tls13lab.exercises.outline import lessons as outlined
        from tls13lab.exercises.progress import Count
        from tls13lab.widgets.keeping import FILE, Keeper

        kept = Keeper(Path(directory) / FILE, always=True)
        if not kept.path.exists():
            raise LocalFault(f"{kept.path}: not there, so nothing was done in this folder yet")
        place = my_report.write(Path(directory), kept)
        counts = [Count.of(one, kept.read()) for one in outlined()]
        return {"ok": True, "report": str(place), "lessons": [one.numbers() for one in counts]}

    report.run(work, _reported, as_json=as_json)


def _reported(result: report.Result) -> str:
    solved, tasks, made, right = (
        sum(one[name] for one in result["lessons"]) for name in ("solved", "tasks", "made", "right")
    )
    return (
        f"{solved} of {tasks} tasks solved; {made} predictions made, {right} of them right\n"
        f"written: {result['report']}"
    )
