"""The program for other processors' vectors, and compiled code that is kept."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search.guesses import Guesses
from tls13lab.search.llvm import compiled
from tls13lab.search.llvm import native as lanes_native
from tls13lab.search.llvm.lanes import Lanes
from tls13lab.search.llvm.text import GuessShape
from tls13lab.search.target import Target

WORDS = [b"guess %d" % n + b"x" * (n % 90) for n in range(777)]


def places(hash_name: str) -> list[int]:
    """Where the words at these places are found."""
    found = []
    for at in (0, 3, 400, 776):
        made = binder(PskKind.EXTERNAL, WORDS[at], hash_name, b"hello")
        target = Target(b"", PskKind.EXTERNAL, hash_name, b"hello", made)
        found += [place for place, _, _ in Lanes([target]).test(Guesses.of(WORDS))]
    return found


@pytest.fixture
def shaped(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[Callable[[int], GuessShape]], None]]:
    """Compile for another processor's vectors, and forget it afterwards."""

    def use(shape: Callable[[int], GuessShape]) -> None:
        monkeypatch.setattr(compiled, "host_shape", shape)
        monkeypatch.setattr(compiled, "_engines", {})
        compiled.tester.cache_clear()

    yield use
    compiled.tester.cache_clear()


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_vectors_of_any_width(
    width: int, hash_name: str, shaped: Callable[[Callable[[int], GuessShape]], None]
) -> None:
    shaped(lambda bits: GuessShape(bits, 8 * width // bits))
    assert places(hash_name) == [0, 3, 400, 776]


def test_the_processors_own_instructions_for_sha_256(
    shaped: Callable[[Callable[[int], GuessShape]], None],
) -> None:
    if not compiled._features().get("sha"):
        pytest.skip("this processor has no instructions for SHA-256")
    shaped(lambda bits: GuessShape(bits, lanes_native.LANES, native=True))
    assert places("sha256") == [0, 3, 400, 776]


@pytest.mark.parametrize(
    ("features", "bits", "shape"),
    [
        ({}, 32, GuessShape(32, 4)),
        ({"avx2": True}, 32, GuessShape(32, 8)),
        ({"avx2": True, "sha": True}, 32, GuessShape(32, 4, native=True)),
        ({"avx2": True, "sha": True}, 64, GuessShape(64, 4)),
        ({"avx2": True, "sha": True, "avx512f": True}, 32, GuessShape(32, 16, ternary=True)),
        ({"avx2": True, "sha": True, "avx512f": True}, 64, GuessShape(64, 8, ternary=True)),
    ],
)
def test_what_a_processor_is_given(
    features: dict[str, bool], bits: int, shape: GuessShape, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "_features", lambda: features)
    assert compiled.host_shape(bits) == shape


@pytest.mark.full
def test_compiled_code_is_kept_and_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    """In processes of their own: compiled, loaded, and compiled again after damage."""
    asked = "from tls13lab.search.llvm.compiled import tester; tester('sha256', 'test')"
    environment = dict(os.environ, PYTHONPYCACHEPREFIX=str(tmp_path), PYTHONDONTWRITEBYTECODE="")

    def kept() -> tuple[Path, bytes, int]:
        subprocess.run([sys.executable, "-c", asked], env=environment, check=True)
        (path,) = tmp_path.rglob("compiled.*.o")
        return path, path.read_bytes(), path.stat().st_mtime_ns

    path, code, made = kept()
    assert kept() == (path, code, made)
    path.write_bytes(code[:-5] + bytes(5))
    _, again, made_again = kept()
    assert again == code
    assert made_again > made


@pytest.mark.full
def test_code_for_another_processor_is_left_alone_and_made_for_this_one(tmp_path: Path) -> None:
    """As where an image was built on one machine and runs on another."""
    environment = dict(os.environ, PYTHONPYCACHEPREFIX=str(tmp_path), PYTHONDONTWRITEBYTECODE="")
    other = "import llvmlite.binding as llvm; llvm.get_host_cpu_name = lambda: 'generic'; "
    asked = "from tls13lab.search.llvm.compiled import tester; tester('sha256', 'test')"
    subprocess.run([sys.executable, "-c", other + asked], env=environment, check=True)
    (theirs,) = tmp_path.rglob("compiled.*.o")
    theirs.write_bytes(b"would end the process if it were run")
    subprocess.run([sys.executable, "-c", asked], env=environment, check=True)
    assert len(list(tmp_path.rglob("compiled.*.o"))) == 2
    assert theirs.read_bytes() == b"would end the process if it were run"


@pytest.mark.full
def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    nowhere = dict(os.environ, PYTHONPYCACHEPREFIX=str(tmp_path / "file"))
    nowhere["PYTHONDONTWRITEBYTECODE"] = ""
    asked = "from tls13lab.search.llvm.compiled import tester; tester('sha256', 'test')"
    done = subprocess.run([sys.executable, "-c", asked], env=nowhere, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]


def test_two_searches_that_begin_at_once_share_one_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two would each compile; then one is thrown away, and with it code that is being run."""
    begun = []

    def slowly(hash_name: str) -> tuple[object, GuessShape]:
        begun.append(hash_name)
        time.sleep(0.05)
        return object(), GuessShape(32, 4)

    monkeypatch.setattr(compiled, "_engines", {})
    monkeypatch.setattr(compiled, "_compiled", slowly)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(compiled._engine, ["sha256"] * 4))
    assert begun == ["sha256"]
    assert all(one is made[0] for one in made)
