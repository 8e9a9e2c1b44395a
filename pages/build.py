"""Builds the site in ``build/site``: ``python -m pages.build``, or ``run.py site``.

Any warning makes it fail: a link without a target, a term without a definition, a module that
cannot be imported. Figures and outputs are the stored ones, except for the instruments, for which
each notebook is run once (:mod:`pages.taping`).
"""

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

from pages.launch import Doors
from pages.lessons import ROOT
from pages.stage import stage

SITE = ROOT / "build" / "site"


def build(folder: Path) -> int:
    """Build the site in ``folder``, and its sources beside it; returns Sphinx's exit code."""
    sources = folder.with_name(f"{folder.name}-sources")
    stage(sources, Doors.of())
    shutil.rmtree(folder, ignore_errors=True)
    return run(sources, folder)


def run(sources: Path, folder: Path) -> int:
    """Run Sphinx on the collected sources; the exit code is not 0 if there are warnings."""
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto", "--fresh-env"]
    return sphinx([*options, "-d", str(sources / ".doctrees"), str(sources), str(folder)])


if __name__ == "__main__":
    code = build(SITE)
    if code == 0:
        print(f"The site is in {SITE}; open its index.html.")
    sys.exit(code)
