"""Without LLVM, which the extra `fast` installs, the lessons run as well, and show the same."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ABSENT = "raise ModuleNotFoundError(\"No module named 'llvmlite'\", name='llvmlite')\n"


def without_llvmlite(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """What this Python says to the command where llvmlite is not installed; it must succeed."""
    (folder / "llvmlite.py").write_text(ABSENT)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    return done


def test_the_search_finds_what_it_finds_with_it(tmp_path: Path) -> None:
    code = """if True:
        from tls13lab.psk.binder import binder
        from tls13lab.psk.keys import PskKind
        from tls13lab.search.engine import MANY
        from tls13lab.search.mask import Mask
        from tls13lab.search.pieces import MaskSource
        from tls13lab.search.runner import Search, local_workers
        from tls13lab.search.target import Target

        made = binder(PskKind.EXTERNAL, b"zq77", "sha256", b"hello")
        target = Target(b"", PskKind.EXTERNAL, "sha256", b"hello", made)
        search = Search((target,), MaskSource(Mask.parse("?l?l?d?d")))
        assert search.total > MANY  # so that it would compile
        for _ in search.run(local_workers(1)):
            pass
        print(search.progress.found)
        try:
            import tls13lab.search.llvm.compiled
        except ModuleNotFoundError as error:
            print(error.name)
        """
    said = without_llvmlite(tmp_path, "-c", code)
    assert "zq77" in said.stdout
    assert said.stdout.endswith("llvmlite\n")
    assert said.stderr == ""  # where a thread that ends with an exception would tell it


@pytest.mark.full
def test_every_lesson_shows_the_same(tmp_path: Path) -> None:
    lessons = sorted(str(path) for path in (ROOT / "notebooks").glob("*.ipynb"))
    said = without_llvmlite(tmp_path, "-m", "pytest", "-q", "--nbval", *lessons)
    assert " passed" in said.stdout
