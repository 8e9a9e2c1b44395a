"""How long a widget takes to answer in a real JupyterLab: from the key or click to the change.

Every control of every widget and prediction in every notebook is moved, by keyboard and by mouse,
as the browser tests do it; the page's own clock is read at the first sign of the hand and at the
first change of what is shown. So the kernel, the connection and the browser are all in it.
"""

import shutil
import tempfile
from pathlib import Path

from bench.widgets import p95
from tests.conftest import find_chromium

ROOT = Path(__file__).resolve().parent.parent
LIMIT_MS = 100.0


def answers(names: tuple[str, ...] = ()) -> dict[str, float]:
    """Counts, and the 95th percentile as a share of 100 ms; nothing where there is no Chromium."""
    if find_chromium() is None:
        return {}
    from tests.browser.conftest import add_last_cell
    from tests.browser.lab_page import LabPage
    from tests.browser.lab_server import start_lab
    from tests.browser.launched import launched

    found: dict[str, float] = {"controls": 0, "that never answer": 0}
    every: list[float] = []
    with tempfile.TemporaryDirectory(dir=ROOT / ".venv") as base:
        folder = Path(base) / "project" / "notebooks"
        shutil.copytree(ROOT / "notebooks", folder)
        paths = sorted(folder.glob("*.ipynb"))
        for path in paths:
            add_last_cell(path)
        with start_lab(folder.parent, Path(base) / "state") as server, launched() as browser:
            for path in paths:
                if names and path.stem not in names:
                    continue
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                page = LabPage(context, server)
                page.open(f"notebooks/{path.name}")
                page.run_all()
                for cell in page.widget_cells():
                    driven = page.drive(cell)
                    found["controls"] += len(driven.controls)
                    found["that never answer"] += len(driven.dead)
                    every += driven.milliseconds
                page.close()
    found["answers measured"] = len(every)
    found["95th percentile, share of 100 ms"] = p95(sorted(every)) / LIMIT_MS if every else 0.0
    return found


if __name__ == "__main__":
    import sys

    for name, value in answers(tuple(sys.argv[1:])).items():
        print(f"{name:36} {value:.3g}")
