"""Build the site and visit every lesson on it: ``python -m tests.lite``, with ``.venv``'s Python.

Prints a line for each: seconds until Python is ready, for running all cells, and from opening to
the first answer of a widget. Ends with 1 if anything failed or would have left this machine.
"""

import sys
import tempfile
import time
from pathlib import Path

from lite.build import build
from tests.conftest import ROOT
from tests.lite.browser import closed_browser, served, visit


def main() -> int:
    """All ten lessons, one after the other."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        site = build(Path(folder) / "site")
        size = sum(one.stat().st_size for one in site.rglob("*") if one.is_file())
        print(f"built in {time.monotonic() - began:.1f} s: {size / 2**20:.0f} MiB", flush=True)
        with served(site) as at, closed_browser() as (browser, asked):
            for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
                found = visit(browser, at, path.stem)
                faults = found.errors + found.outside + found.complaints
                faults += [f"the widget of cell {cell} is silent" for cell in found.silent]
                failed = failed or bool(faults)
                print(
                    f"{path.stem:32} ready {found.ready:5.1f}  run {found.ran:5.1f}  "
                    f"answered {found.answered:5.1f}  {'; '.join(faults) or 'well'}",
                    flush=True,
                )
            print("asked of other machines:", asked or "nothing")
            return 1 if failed or asked else 0


if __name__ == "__main__":
    sys.exit(main())
