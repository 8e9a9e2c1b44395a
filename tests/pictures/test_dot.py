"""DOT text is drawn with the best that there is, and the stored pictures are current."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.pictures import store
from tests.setup.test_stdlib_only import blocked
from tls13lab.pictures import dot, guessing_time
from tls13lab.pictures.schedule_dot import MODES, schedule_dot

GRAPH = 'digraph { "made for this test" }\n'
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
    monkeypatch.setattr(dot, "layout_programs", lambda: ["/does/not/exist", broken, works, never])
    assert dot.svg(GRAPH) == f"<svg> {len(GRAPH)}\n"


def test_graphviz_pure_comes_before_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "graphviz_pure", lambda: "pure")
    monkeypatch.setattr("shutil.which", lambda name: f"found {name}")
    assert dot.layout_programs() == ["pure", "found dot"]
    assert dot.layout_program() == "pure"
    monkeypatch.setattr(dot, "graphviz_pure", lambda: None)
    assert dot.layout_program() == "found dot"


@pytest.mark.parametrize("programs", [[], ["/does/not/exist"]])
def test_without_a_program_the_stored_picture_is_shown(
    programs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dot, "layout_programs", lambda: programs)
    assert dot.svg(schedule_dot()) == dot.stored(schedule_dot())
    # The twin: a graph that nobody has stored.
    with pytest.raises(dot.NoLayout, match="install graphviz-pure"):
        dot.svg(GRAPH)


def test_a_picture_is_stored_for_each_source_and_none_besides() -> None:
    names = {file.name for file in store.FOLDER.iterdir()}
    graphs = {f"{dot.digest(one)}.svg" for one in store.sources()}
    assert names == graphs | {guessing_time.STORED}, STALE
    assert len(graphs) == 2 * len(MODES)


def test_the_stored_pictures_are_what_graphviz_pure_draws() -> None:
    if dot.graphviz_pure() is None:
        missing("graphviz-pure is not installed, and only it draws the same everywhere")
    stored = {one.name: one.read_text(encoding="utf-8") for one in store.FOLDER.glob("*.svg")}
    assert stored == store.current(), STALE


def test_only_what_graphviz_pure_draws_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "graphviz_pure", lambda: None)
    with pytest.raises(dot.NoLayout, match="graphviz-pure"):
        store.current()


IN_A_BROWSER = """
import subprocess

def no_processes(*_, **__):
    raise OSError("there are no processes here")

subprocess.run = no_processes
from tls13lab.pictures.schedule_graph import schedule_graph

picture = schedule_graph("resumption_secret", "psk_ke", {"psk": bytes(32)})
print("<img" in picture.html, "[id=" in picture.svg, picture.digest)
"""


def test_the_schedule_is_drawn_with_the_standard_library_alone_and_without_processes() -> None:
    from tls13lab.pictures.schedule_graph import schedule_graph

    done: subprocess.CompletedProcess[str] = blocked(IN_A_BROWSER)
    here = schedule_graph("resumption_secret", "psk_ke", {"psk": bytes(32)})
    assert (done.stdout, done.stderr) == (f"True True {here.digest}\n", "")
