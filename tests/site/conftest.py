"""One build of the site for all tests of this folder, also where they are spread over processes."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT

PATIENCE_SECONDS = 1800
BUILD = """
import sys
from pathlib import Path
from pages.build import build
sys.exit(build(Path(sys.argv[1])))
"""


@dataclass(frozen=True)
class Site:
    """A built site: its folder, Sphinx's exit code, and all that was said."""

    folder: Path
    code: int
    said: str

    def pages(self) -> list[Path]:
        """The site's own; among the theme's files is a template that ends so, too."""
        found = self.folder.rglob("*.html")
        return sorted(path for path in found if "_static" not in path.parts)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Site:
    """The first process that asks for it builds it; the others wait for that one."""
    base = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):  # pytest-xdist's processes have folders in one
        base = base.parent
    folder, said, code = base / "site", base / "site.said", base / "site.code"
    try:
        (base / "site.begun").mkdir()
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not code.exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    else:
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        said.write_text(done.stdout, encoding="utf-8")
        (base / "site.ended").write_text(str(done.returncode))
        (base / "site.ended").rename(code)  # so that nobody reads it half written
    return Site(folder, int(code.read_text()), said.read_text(encoding="utf-8"))
