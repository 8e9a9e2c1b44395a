"""What each door of the lab costs: its size, its memory for each notebook, and the time to begin.

``python -m bench.doors`` prints the tables of ``docs/doors.md``; a name measures one door alone:
``clone``, which takes as long as ``run.py test``, ``binder``, ``laptop``, ``browser`` or ``page``.
The last two need what ``run.py test --all`` installs. Only a name measures ``everything``, which is
``run.py test --all`` in a clone, or ``binder-size``, a part of ``binder``. Binder is its steps,
replayed into an empty environment here; the network and the building of an image are in the figures
of ``clone`` alone.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench import clone
from bench import lab as laptop
from bench.memory import installed, peaks
from tests.conftest import find_chromium
from tests.setup import replay

FIRST = "00_start_here"
LARGEST = 12


def binder() -> dict[str, dict[str, float]]:
    """MB installed and in memory, and seconds, for Binder's environment."""
    with tempfile.TemporaryDirectory() as base:
        here = replay.replayed(Path(base), bytecode=True)
        found = _sizes(here)
        for title, keep in (("one notebook open", False), ("those before still open", True)):
            with replay.lab(here) as server:
                found[f"Binder, MB of memory, {title}"] = peaks(server, here.folder, keep=keep)
        began = time.perf_counter()
        with replay.lab(here, laptop.IN_REACH) as server:
            if find_chromium():
                title = "Binder's environment, seconds until"
                found[title] = laptop.readings(began, server.url, server.token)
    return found


def binder_size() -> dict[str, dict[str, float]]:
    """MB installed for Binder: all, and the largest."""
    with tempfile.TemporaryDirectory() as base:
        return _sizes(replay.replayed(Path(base), bytecode=True))


def _sizes(here: replay.Environment) -> dict[str, dict[str, float]]:
    sizes = installed(str(here.venv / "bin" / "python"))
    largest = dict(list(sizes.items())[:LARGEST])
    return {"Binder, MB installed": {"all": sum(sizes.values())} | largest}


def browser_alone() -> dict[str, dict[str, float]]:
    """Seconds from the first page of the site without a server into the first lesson."""
    from lite import build as without_server
    from tests.lite.browser import closed_browser, served, visit

    with tempfile.TemporaryDirectory() as base:
        site = without_server.build(Path(base) / "site")
        with served(site) as at, closed_browser() as (browser, _):
            found = visit(browser, at, FIRST, widgets=1)
    seconds = {"notebook usable": found.ready, "first widget answered": found.answered}
    return {"In the browser alone, seconds until": seconds}


def page_to_read() -> dict[str, dict[str, float]]:
    """Seconds until the first lesson's page is there, with all of its pictures."""
    from pages import build as to_read
    from tests.lite.browser import closed_browser

    page = to_read.SITE / "notebooks" / f"{FIRST}.html"
    if not page.is_file():
        raise SystemExit("bench.doors: no site to open; build it with: python3 run.py site")
    with closed_browser() as (browser, _):
        tab = browser.new_page()
        began = time.perf_counter()
        tab.goto(page.as_uri())
        seconds = time.perf_counter() - began
    return {"A page to read, seconds until": {"all of it is there": seconds}}


DOORS = {
    "binder": binder,
    "laptop": lambda: {"run.py lab, seconds until": laptop.usable_seconds()},
    "browser": browser_alone,
    "page": page_to_read,
}
BY_NAME = {
    "binder-size": binder_size,
    "everything": lambda: {"from a fresh clone, seconds until": clone.everything()},
}


def main(names: list[str]) -> None:
    """Measure the doors that are named, or all, and print Markdown."""
    known = ("clone", *DOORS, *BY_NAME)
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"bench.doors: no door {unknown[0]!r}; there are {', '.join(known)}")
    for name in names or ("clone", *DOORS):
        if name == "clone":
            print(f"\n{clone.table(clone.measure())}")
            continue
        for title, figures in (DOORS | BY_NAME)[name]().items():
            print(f"\n| {title} | |\n|---|---:|")
            for row, value in figures.items():
                print(f"| {row} | {value:.1f} |" if value < 30 else f"| {row} | {value:.0f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
