"""run.py: what it says and decides, without installing anything and without a network."""

import ast
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import run
from coursework.build import COPIES
from tests.conftest import ROOT


class Calls:
    """Stands in for ``run.call``: keeps every command, and fails those with ``failing`` in."""

    def __init__(self, failing: str = "nothing fails") -> None:
        self.failing = failing
        self.commands: list[list[str]] = []

    def __call__(self, *command: str | Path) -> int:
        words = [str(word) for word in command]
        self.commands.append(words)
        if "venv" in words:  # what the real one leaves behind
            run.PYTHON.parent.mkdir(parents=True)
            run.PYTHON.touch()
        return int(self.failing in words)

    def programs(self) -> list[str]:
        return [Path(command[0]).name for command in self.commands]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in a temporary folder, on a machine without uv."""
    venv = tmp_path / ".venv"
    for name in ("pyproject.toml", *run.REQUIREMENTS.values()):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "VENV", venv)
    monkeypatch.setattr(run, "STATE", venv / "state")
    monkeypatch.setattr(run, "BIN", venv / "bin")
    monkeypatch.setattr(run, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    return tmp_path


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setattr(run, "call", calls)
    return calls


def start(*arguments: str, pretend: str = "") -> subprocess.CompletedProcess[str]:
    """Run the real file in a new process; ``pretend`` is Python that goes before it."""
    code = f"import runpy, sys\n{pretend}\nsys.argv = {['run.py', *arguments]!r}\n"
    code += f"runpy.run_path({str(ROOT / 'run.py')!r}, run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_an_older_python_gets_one_sentence() -> None:
    done = start("lab", pretend="sys.version_info = (3, 9, 18, 'final', 0)")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "needs Python 3.11 or later, and this is Python 3.9" in done.stderr


def test_an_older_python_can_read_the_file_up_to_that_sentence() -> None:
    source = (ROOT / "run.py").read_text()
    ast.parse(source, feature_version=(3, 7))


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_shows_every_command_and_examples(word: str) -> None:
    done = start(word)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.findall(r"^  (\w+)  +\w", done.stdout, re.M)
    expected = ["lab", "test", "check", "bench", "fuzz", "site", "lite", *run.COPIES]
    assert shown == expected
    assert tuple(COPIES) == run.COPIES
    assert "python3 run.py lab --no-browser" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("labb",), ("check", "--fix")])
def test_wrong_use_is_exit_code_2_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_missing_venv_module_names_the_package_to_install(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "ensurepip" or None)
    with pytest.raises(SystemExit) as stop:
        run.install("lab")
    major, minor = sys.version_info[:2]
    assert f"\n    sudo apt install python{major}.{minor}-venv\n" in str(stop.value)
    assert calls.commands == []


def test_installs_once(project: Path, calls: Calls) -> None:
    run.install("lab")
    assert [command[1:4] for command in calls.commands] == [
        ["-m", "venv", str(run.VENV)],
        ["-m", "pip", "install"],
        ["-m", "pip", "install"],
    ]
    assert str(project / "binder/requirements.txt") in calls.commands[1]
    calls.commands.clear()
    run.install("lab")
    assert calls.commands == []


def test_what_the_tests_need_contains_what_the_lab_needs(project: Path, calls: Calls) -> None:
    run.install("test")
    calls.commands.clear()
    run.install("lab")
    assert calls.commands == []


def test_the_lab_alone_is_not_enough_for_the_tests(project: Path, calls: Calls) -> None:
    run.install("lab")
    calls.commands.clear()
    run.install("test")
    assert str(project / "requirements.txt") in calls.commands[0]


@pytest.mark.parametrize("name", ["pyproject.toml", *run.REQUIREMENTS.values()])
def test_a_changed_file_installs_again_over_what_is_there(
    project: Path, calls: Calls, name: str
) -> None:
    run.install("lab")
    calls.commands.clear()
    (project / name).write_text("something else\n")
    run.install("lab")
    assert [command[1:4] for command in calls.commands] == [["-m", "pip", "install"]] * 2


def test_a_moved_folder_is_made_anew(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.install("lab")
    calls.commands.clear()
    monkeypatch.setattr(run, "digest", lambda *paths: f"elsewhere {len(paths)}")
    run.install("lab")
    assert calls.commands[0][1:3] == ["-m", "venv"]


def test_a_failed_install_is_one_sentence_and_is_tried_again(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls.failing = "install"
    with pytest.raises(SystemExit) as stop:
        run.install("lab")
    assert "\n" not in str(stop.value)
    assert "network" in str(stop.value)
    calls.failing = "nothing fails"
    calls.commands.clear()
    run.install("lab")
    assert len(calls.commands) == 2  # not stamped, so both steps run now; the empty .venv stays


def test_uv_is_taken_where_there_is_one(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    run.install("lab")
    assert calls.programs() == ["uv", "uv", "uv"]
    assert calls.commands[0][1:3] == ["venv", "--seed"]


def test_every_step_runs_and_the_failed_ones_are_named(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    calls.failing = "--nbval"
    assert run.main(["test"]) == 1
    assert calls.programs()[-6:] == ["ruff", "ruff", "mypy", "lint-imports", "pytest", "pytest"]
    assert capsys.readouterr().out.endswith("run.py: FAILED: notebooks\n")
    calls.failing = "nothing fails"
    assert run.main(["test"]) == 0
    assert capsys.readouterr().out.endswith("run.py: all well\n")


def test_arguments_of_test_go_to_pytest_alone(calls: Calls) -> None:
    run.install("test")
    calls.commands.clear()
    assert run.main(["test", "tests/crypto", "-x"]) == 0
    assert [command[1:] for command in calls.commands] == [["tests/crypto", "-x"]]


def test_everything_is_written_inside_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/another/python")
    ours = run.environment()
    folders = [value for name, value in ours.items() if name.endswith(("DIR", "VIRTUAL_ENV"))]
    assert {
        *("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"),
        "MPLCONFIGDIR",
    } <= {name for name, value in ours.items() if value.startswith(str(run.STATE))}
    assert folders
    assert "PYTHONPATH" not in ours
    assert ours["PATH"].startswith(str(run.BIN))


def test_the_lab_opens_the_first_notebook_and_passes_arguments_on(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = project / "notebooks" / "00_start_here.ipynb"
    notebook.parent.mkdir()
    notebook.write_text("{}")
    became = Calls()
    monkeypatch.setattr(run, "replace_process", became)
    assert run.main(["lab", "--port", "9999"]) == 0
    (command,) = became.commands
    assert command[:3] == [str(run.PYTHON), "-m", "jupyterlab"]
    assert command[-2:] == ["--port", "9999"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()
    assert calls.commands[-1] == [str(run.BIN / "jupyter-trust"), str(notebook)]
    overrides = run.VENV / "share/jupyter/lab/settings/overrides.d/tls13lab.json"
    assert '"fetchNews": "false"' in overrides.read_text()


def test_ctrl_c_and_a_full_disk_are_no_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_level: str) -> None:
        raise KeyboardInterrupt

    def full(_level: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "install", stopped)
    assert run.main(["check"]) == 130
    monkeypatch.setattr(run, "install", full)
    with pytest.raises(SystemExit) as stop:
        run.main(["check"])
    assert str(stop.value) == "run.py: [Errno 28] No space left on device"


def test_what_only_the_browsers_lab_can_load_is_moved_to_where_it_is_built(project: Path) -> None:
    there = project / ".venv/share/jupyter/labextensions/@jupyterlite/kernel"
    for content in ("first", "after an update"):
        there.mkdir(parents=True)
        (there / "package.json").write_text(content)
        run.keep_lab_plain()
        assert not there.parent.exists()
        kept = project / ".venv/lite/labextensions/@jupyterlite/kernel/package.json"
        assert kept.read_text() == content
