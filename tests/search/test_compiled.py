"""The program for other processors' vectors, and compiled code that is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search import compiled
from tls13lab.search.guesses import Guesses
from tls13lab.search.lanes import Lanes
from tls13lab.search.lanes_text import Shape
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


@pytest.mark.parametrize("width", [16, 32, 64])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_vectors_of_any_width(width: int, hash_name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def shape(bits: int) -> Shape:
        return Shape(bits, 8 * width // bits)

    monkeypatch.setattr(compiled, "host_shape", shape)
    compiled.tester.cache_clear()
    compiled._engine.cache_clear()
    try:
        assert places(hash_name) == [0, 3, 400, 776]
    finally:
        compiled.tester.cache_clear()
        compiled._engine.cache_clear()


def test_compiled_code_is_kept_and_a_damaged_file_is_made_again(tmp_path: Path) -> None:
    """In processes of their own: compiled, loaded, and compiled again after damage."""
    asked = "from tls13lab.search.compiled import tester; tester('sha256', 'test')"
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


def test_a_processor_has_one_of_three_widths() -> None:
    shape = compiled.host_shape(32)
    assert shape.bits * shape.lanes in {128, 256, 512}
    assert compiled.host_shape(64).lanes * 2 == shape.lanes
