"""``python -m pages.build``, or ``run.py site``: builds the site into ``build/site``.

A warning makes it fail: a link without a target, a term without a meaning, a module that does not
import. Figures and outputs are the stored ones; nothing of a notebook is run.
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
    """Make ``folder`` anew, and beside it what the site is made of; Sphinx's exit code."""
    sources = folder.with_name(f"{folder.name}-sources")
    stage(sources, Doors.of())
    shutil.rmtree(folder, ignore_errors=True)
    return run(sources, folder)


def run(sources: Path, folder: Path) -> int:
    """Sphinx on what was put together; not 0 if it has anything to complain of."""
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs", "auto", "--fresh-env"]
    return sphinx([*options, "-d", str(sources / ".doctrees"), str(sources), str(folder)])


if __name__ == "__main__":
    code = build(SITE)
    if code == 0:
        print(f"The site is in {SITE}; open its index.html.")
    sys.exit(code)
