"""DOT text is drawn with the best that there is, and the stored pictures are current."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest

from lite.lessons import pictures
from tests.conftest import ROOT, missing
from tests.pictures import store
from tests.setup.test_stdlib_only import blocked
from tls13lab.adversary.plan import Shape, plan
from tls13lab.pictures import dot
from tls13lab.pictures.attack_tree import attack_dot, attack_tree
from tls13lab.pictures.words import cell

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
GRAPH = 'digraph { "made for this test" }\n'
STEPS = plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data", every=True)
STALE = "run python -m tests.pictures.store"


@pytest.fixture(autouse=True)
def forget_drawings() -> None:
    dot.svg.cache_clear()


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], str]:
    """Makes programs: each a Python script with the given body."""

    def make(name: str, body: str) -> str:
        if sys.platform == "win32":
            pytest.skip("a script is no program on Windows")
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\nimport sys\n{body}\n")
        path.chmod(0o755)
        return str(path)

    return make


def test_the_first_program_that_works_draws(
    program: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = program("broken", "sys.exit(3)")
    works = program("works", "print('<svg>', len(sys.stdin.read()))")
    never = program("never", "print('never')")
    commands = {one: [one] for one in ("/does/not/exist", broken, works, never)}
    monkeypatch.setattr(dot, "layout_programs", lambda: commands)
    assert dot.svg(GRAPH) == f"<svg> {len(GRAPH)}\n"


def test_pygraphviz_comes_before_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "pygraphviz", lambda: ["pygraphviz"])
    monkeypatch.setattr("shutil.which", lambda name: f"found {name}")
    assert list(dot.layout_programs().items()) == [
        ("PyGraphviz", ["pygraphviz"]),
        ("dot", ["found dot", "-Tsvg"]),
    ]
    monkeypatch.setattr(dot, "pygraphviz", lambda: None)
    assert list(dot.layout_programs()) == ["dot"]
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert dot.layout_programs() == {}


def test_pygraphviz_is_asked_only_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "find_spec", lambda _: None)
    assert dot.pygraphviz() is None


def test_the_stored_drawing_comes_before_every_program(
    program: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    works = program("works", "print('drawn')")
    monkeypatch.setattr(dot, "layout_programs", lambda: {"one": [works]})
    source = attack_dot(STEPS)
    assert dot.svg(source) == dot.stored(source)
    # The twin: a graph that nobody has stored.
    assert dot.svg(GRAPH) == "drawn\n"


@pytest.mark.parametrize("programs", [{}, {"none": ["/does/not/exist"]}])
def test_without_a_program_there_is_one_thing_to_do(
    programs: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dot, "layout_programs", lambda: programs)
    with pytest.raises(dot.NoLayout, match="install PyGraphviz"):
        dot.svg(GRAPH)


@pytest.mark.full
def test_what_a_layout_program_complains_of_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    # Of a font that it does not find, or a cell that it thinks too small.
    small = cell("words", size=11).replace('width="', 'width="1" nothing="')
    command = pygraphviz()
    assert "words" in dot.run(command, f"digraph {{ a [label={small}] }}")
    assert capfd.readouterr() == ("", "")


def pygraphviz() -> Sequence[str]:
    """The command, or no test."""
    command = dot.pygraphviz()
    if command is None:
        missing("PyGraphviz is not installed")
    assert command is not None
    return command


@pytest.mark.full
def test_a_drawing_is_stored_for_each_source_and_none_besides() -> None:
    names = {file.name for file in store.FOLDER.iterdir()}
    graphs = {f"{name}.svg" for name in store.sources()}
    assert names == graphs | set(store.moves()) | {dot.INDEX}, STALE
    assert (store.FOLDER / dot.INDEX).read_text("utf-8") == store.index(), STALE
    assert all(dot.stored(source) for source in store.sources().values())
    assert sum(name.startswith("attack-") for name in graphs) > 20


@pytest.mark.full
def test_the_stored_drawings_are_what_pygraphviz_draws() -> None:
    pygraphviz()
    for name, text in store.current().items():
        stored = (store.FOLDER / name).read_text(encoding="utf-8")
        assert NUMBER.sub("0", stored) == NUMBER.sub("0", text), f"{name}: {STALE}"
        numbers = [[float(one) for one in NUMBER.findall(two)] for two in (stored, text)]
        # Another kind of processor rounds otherwise.
        assert numbers[0] == pytest.approx(numbers[1], abs=0.02), f"{name}: {STALE}"


def test_only_what_pygraphviz_draws_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "pygraphviz", lambda: None)
    with pytest.raises(dot.NoLayout, match="PyGraphviz"):
        store.current()


def test_every_attack_of_the_lessons_is_stored() -> None:
    stored = json.loads((store.FOLDER / dot.INDEX).read_text("utf-8"))
    drawn = [
        digest
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for digest, svg in pictures(nbformat.read(path, as_version=4))
        if 'id="term' in svg
    ]
    assert len(drawn) >= 2
    # A picture's digest is the beginning of the digest of its DOT text.
    assert [one for one in drawn if not any(key.startswith(one) for key in stored)] == []


IN_A_BROWSER = """
import subprocess

def no_processes(*_, **__):
    raise OSError("there are no processes here")

subprocess.run = no_processes
from tls13lab.adversary.plan import Shape, plan
from tls13lab.pictures.attack_tree import attack_tree

steps = plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data", every=True)
picture = attack_tree(steps)
print("<img" in picture.html, 'class="node part"' in picture.svg, picture.digest)
"""


def test_graphs_are_drawn_with_nothing_compiled_and_without_processes() -> None:
    done: subprocess.CompletedProcess[str] = blocked(IN_A_BROWSER, "graphviz")
    here = attack_tree(STEPS)
    assert (done.stdout, done.stderr) == (f"True True {here.digest}\n", "")
