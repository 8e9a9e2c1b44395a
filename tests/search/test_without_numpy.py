"""Where there is no NumPy and no thread, a search finds the same at the same places."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tls13lab.search import runner
from tls13lab.search.runner import AtOnce, local_workers

BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("numpy", "llvmlite"):
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

sys.meta_path.insert(0, Blocker())
from tls13lab.search import runner
runner.THREADS = False
"""
SEARCHES = """
import hashlib
from pathlib import Path
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search.arrays import np
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, WordSource
from tls13lab.search.rules import WordRule
from tls13lab.search.runner import Search, local_workers
from tls13lab.search.target import Target
from tls13lab.search.wordlist import COMMON

words = Path("words.txt")
words.write_bytes(b"\\n".join([b"one", b"", b"two\\r", b"x" * 2000, *[b"word%d" % n for n in
    range(5000)], b"pass", b"last"]))
sources = [MaskSource(Mask.parse("?l?d?u")), WordSource(words), WordSource(COMMON),
    WordSource(words, (WordRule.parse("c"), WordRule.parse("$1")))]
print("NumPy" if np else "none")
for source in sources:
    told = hashlib.sha256()
    places = []
    for piece in source.pieces((), lambda: 777):
        places.append(piece.after)
        for batch in piece.guesses():
            told.update(repr([(batch.first + n, batch[n]) for n in range(len(batch))]).encode())
    print(source.total, places[3], told.hexdigest())
for source, word in zip(sources, (b"q7Q", b"last", b"sternchen", b"pass1")):
    made = binder(PskKind.EXTERNAL, word, "sha256", b"hello")
    run = Search((Target(b"", PskKind.EXTERNAL, "sha256", b"hello", made),), source)
    for _ in run.run(local_workers(1)):
        pass
    print(run.progress.found)
"""


def searched(code: str, folder: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.full
def test_the_same_guesses_in_the_same_order_and_the_same_finds(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with_it = searched(SEARCHES, str(tmp_path_factory.mktemp("with")))
    without = searched(BLOCKER + SEARCHES, str(tmp_path_factory.mktemp("without")))
    assert (with_it[0], without[0]) == ("NumPy", "none")
    assert with_it[1:] == without[1:]
    assert all("Hit" in line for line in without[-4:])


def test_one_that_has_no_threads_does_the_work_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "THREADS", False)
    workers = local_workers(4)
    assert workers.count == 1
    executor = workers.start()
    assert isinstance(executor, AtOnce)
    assert executor.submit(int, "7").result() == 7
    with pytest.raises(ValueError, match="invalid literal"):
        executor.submit(int, "x").result()
