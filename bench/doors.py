"""What each door of the lab costs: its size, its memory for each notebook, and the time to begin.

``python -m bench.doors`` prints the tables of ``docs/doors.md``; a name measures one door alone.
Binder is its steps, replayed into an empty environment here; the network and the building of an
image are in no figure.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench import lab as laptop
from bench.memory import installed, peaks
from tests.setup import replay

LARGEST = 12


def binder() -> dict[str, dict[str, float]]:
    """MB installed and in memory, and seconds, for Binder's environment."""
    with tempfile.TemporaryDirectory() as base:
        here = replay.replayed(Path(base), bytecode=True)
        sizes = installed(str(here.venv / "bin" / "python"))
        found = {
            "Binder, MB installed": {"all": sum(sizes.values())}
            | dict(list(sizes.items())[:LARGEST])
        }
        for title, keep in (("one notebook open", False), ("those before still open", True)):
            with replay.lab(here) as server:
                found[f"Binder, MB of memory, {title}"] = peaks(server, here.folder, keep=keep)
        began = time.perf_counter()
        with replay.lab(here, laptop.IN_REACH) as server:
            if laptop.chromium():
                title = "Binder's environment, seconds until"
                found[title] = laptop.readings(began, server.url, server.token)
    return found


DOORS = {
    "binder": binder,
    "laptop": lambda: {"run.py lab, seconds until": laptop.usable_seconds()},
}


def main(names: list[str]) -> None:
    """Measure the doors that are named, or all, and print Markdown."""
    for name in names or DOORS:
        for title, figures in DOORS[name]().items():
            print(f"\n| {title} | |\n|---|---:|")
            for row, value in figures.items():
                print(f"| {row} | {value:.1f} |" if value < 30 else f"| {row} | {value:.0f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
