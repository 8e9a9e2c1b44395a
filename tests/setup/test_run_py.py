"""run.py: what it says and decides, without installing anything and without a network."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

import pytest

import installing
import run
from coursework.build import COPIES
from tests.conftest import ROOT


class Calls:
    """Stands in for what starts programs: keeps every command, fails those with ``failing`` in."""

    def __init__(self, failing: str = "nothing fails") -> None:
        self.failing, self.says = failing, ""
        self.commands: list[list[str]] = []

    def __call__(self, *command: str | Path, output: IO[bytes] | None = None) -> int:
        words = [str(word) for word in command]
        self.commands.append(words)
        fails = self.failing in words
        if "venv" in words:  # what the real one leaves behind
            installing.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            installing.PYTHON.touch()
        if any(word.startswith("uv==") for word in words) and not fails:
            installing.OWN_UV.touch()
        if output is not None:
            output.write(f"said {words[-1]}\n".encode())
        return int(fails)

    def follow(self, command: list[str]) -> int:
        installing.STATE.mkdir(parents=True, exist_ok=True)
        code = self(*command)
        installing.LOG.write_text(self.says if code else "")
        return code

    def programs(self) -> list[str]:
        return [Path(command[0]).name for command in self.commands]

    def installed(self) -> list[str]:
        """The files of requirements that were asked for."""
        return [command[command.index("-r") + 1] for command in self.commands if "-r" in command]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project in a temporary folder, on a machine without uv."""
    venv = tmp_path / ".venv"
    for name in ("pyproject.toml", *installing.REQUIREMENTS.values()):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(f"{name}\nuv==1.2.3\n")
    places = {"ROOT": tmp_path, "VENV": venv, "BIN": venv / "bin", "PYTHON": venv / "bin/python"}
    places |= {"STATE": venv / "state", "LOG": venv / "state/install.log"}
    for name, path in places.items():
        monkeypatch.setattr(installing, name, path)
        if hasattr(run, name):
            monkeypatch.setattr(run, name, path)
    monkeypatch.setattr(installing, "OWN_UV", venv / "bin" / "uv")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    return tmp_path


@pytest.fixture
def calls(project: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    calls = Calls()
    monkeypatch.setattr(run, "call", calls)
    monkeypatch.setattr(installing, "call", calls)
    monkeypatch.setattr(installing, "follow", calls.follow)
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
    expected = ["lab", "test", "check", "bench", "fuzz", "site", "lite", "owner"]
    expected += run.COPIES
    assert shown == expected
    assert list(COPIES) == list(run.COPIES)
    assert "python3 run.py lab --no-browser" in done.stdout


@pytest.mark.parametrize("command", ["owner", "lite", "test", "site"])
def test_help_behind_a_command_installs_nothing(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "install", lambda group: pytest.fail(f"installs {group}"))
    assert run.main([command, "--help"]) == 0
    assert capsys.readouterr().out == run.HELP


@pytest.mark.parametrize("arguments", [(), ("labb",), ("check", "--fix")])
def test_wrong_use_is_exit_code_2_and_no_traceback(arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_missing_venv_module_names_the_package_to_install(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ("ensurepip", "pip")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name not in missing or None)
    with pytest.raises(SystemExit) as stop:
        run.install("lab")
    major, minor = sys.version_info[:2]
    assert f"\n    sudo apt install python{major}.{minor}-venv\n" in str(stop.value)
    assert calls.commands == []


def test_installs_once_with_uv_which_pip_fetches(project: Path, calls: Calls) -> None:
    run.install("lab")
    made, fetched, packages, package = calls.commands
    assert made[1:] == ["-m", "venv", "--without-pip", str(installing.VENV)]
    assert fetched[: len(installing.pip())] == installing.pip()
    assert fetched[-1] == "uv==1.2.3"
    assert packages[:3] == [str(installing.OWN_UV), "pip", "install"]
    assert calls.installed() == [str(project / "binder/requirements.txt")]
    assert package[-2:] == ["-e", str(project)]
    calls.commands.clear()
    run.install("lab")
    assert calls.commands == []


def test_where_uv_cannot_be_fetched_pip_does_it_all(project: Path, calls: Calls) -> None:
    calls.failing = "uv==1.2.3"
    run.install("lab")
    pip = [*installing.pip(), "install"]
    assert all(command[: len(pip)] == pip for command in calls.commands[1:])
    assert len(calls.commands) == 4  # and uv is asked for once
    assert calls.installed() == [str(project / "binder/requirements.txt")]


def test_a_uv_on_the_path_is_taken(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/somewhere/{name}")
    run.install("lab")
    assert calls.programs()[1:] == ["uv", "uv"]


@pytest.mark.parametrize(("had", "wanted"), [("test", "lab"), ("all", "site"), ("fuzz", "test")])
def test_a_larger_group_contains_the_smaller(
    project: Path, calls: Calls, had: str, wanted: str
) -> None:
    run.install(had)
    calls.commands.clear()
    run.install(wanted)
    assert calls.commands == []


def test_a_group_is_added_to_what_is_there(project: Path, calls: Calls) -> None:
    run.install("test")
    calls.commands.clear()
    run.install("site")
    assert "venv" not in calls.commands[0]
    assert calls.installed() == [str(project / "pages/requirements.txt")]


def test_each_group_asks_for_all_of_those_that_it_contains() -> None:
    for group, larger in installing.CONTAINED.items():
        for name in larger:
            assert named(installing.REQUIREMENTS[group]) <= named(installing.REQUIREMENTS[name])


def named(file: str) -> set[str]:
    """The packages of a file of requirements and of those that it refers to."""
    found: set[str] = set()
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= named(str((ROOT / file).parent.relative_to(ROOT) / line[3:]))
        elif line and not line.startswith(("#", "-")):
            found.add(line.split()[0])
    return found


@pytest.mark.parametrize("name", ["pyproject.toml", *installing.REQUIREMENTS.values()])
def test_a_changed_file_installs_again_over_what_is_there(
    project: Path, calls: Calls, name: str
) -> None:
    run.install("lab")
    calls.commands.clear()
    (project / name).write_text("something else\n")
    run.install("lab")
    assert len(calls.commands) == 2
    assert len(calls.installed()) == 1


def test_a_moved_folder_is_made_anew(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.install("lab")
    calls.commands.clear()
    monkeypatch.setattr(installing, "digest", lambda *paths: f"elsewhere {len(paths)}")
    run.install("lab")
    assert calls.commands[0][1:3] == ["-m", "venv"]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("  Caused by: dns error: failed to lookup address", "when there is a network, run the"),
        ("ERROR: ReadTimeoutError: Read timed out.", "when there is a network, run the same"),
        ("error: No space left on device", "(error: No space left on device): fix this"),
    ],
)
def test_a_failed_install_is_one_sentence_and_is_taken_up_again(
    project: Path, calls: Calls, said: str, shown: str
) -> None:
    calls.failing, calls.says = "-r", f"Downloading llvmlite (56.9MiB)\n{said}\n\n"
    with pytest.raises(SystemExit) as stop:
        run.install("lab")
    assert shown in str(stop.value)
    assert "\n" not in str(stop.value)
    calls.failing = "nothing fails"
    calls.commands.clear()
    run.install("lab")
    assert len(calls.commands) == 2  # not stamped, so both steps run now; the environment stays


UV_SAYS = """\
Resolved 97 packages in 1.48s
Downloading llvmlite (56.9MiB)
Downloading debugpy (512.0KiB)
 Downloaded llvmlite
Prepared 96 packages in 7.88s
Installed 97 packages in 1.52s
 + zxcvbn==4.5.0
"""


def test_a_line_says_how_far_it_is_and_the_whole_story_is_kept(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    progress = installing.Progress()
    shown = [progress.hear(line) for line in UV_SAYS.splitlines()]
    assert shown[0] == "resolved 97 packages"
    assert shown[2] == "resolved 97 packages, 0 of 57 MB"
    assert shown[-1] == "installed 97 packages, 57 of 57 MB"
    command = [sys.executable, "-c", f"print({UV_SAYS!r}); raise SystemExit(3)"]
    assert installing.follow(command) == 3
    assert capsys.readouterr().out == "  installed 97 packages, 57 of 57 MB\n"
    assert UV_SAYS in installing.LOG.read_text()


@pytest.mark.full
@pytest.mark.parametrize("way", ["this Python's", "one in a file"])
def test_pip_is_pythons_own_and_needs_no_installing(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that run.py gives, tried with this Python for its own or the environment's."""
    monkeypatch.setattr(installing, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(installing, "has_pip", lambda: way == "this Python's")
    if way == "this Python's" and importlib.util.find_spec("pip") is None:
        pytest.skip("this Python has no pip")
    command = installing.pip()[1:]
    done = subprocess.run(
        [sys.executable, *command, "--version"], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("pip "), done.stderr


def test_without_a_network_pip_is_not_asked_for_the_rest(project: Path, calls: Calls) -> None:
    calls.failing, calls.says = "uv==1.2.3", "WARNING: Retrying: NewConnectionError: no route\n"
    with pytest.raises(SystemExit, match="when there is a network, run the same command again"):
        run.install("lab")
    assert len(calls.commands) == 2  # the environment, and uv
    calls.failing = "nothing fails"
    calls.commands.clear()
    run.install("lab")
    assert len(calls.commands) == 3  # the environment stays


@pytest.mark.parametrize("uv", [True, False])
def test_what_was_cut_off_is_put_in_again_over_what_is_there(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch, *, uv: bool
) -> None:
    def cut_off(command: list[str]) -> int:
        if "-r" in command:
            raise KeyboardInterrupt
        return calls.follow(command)

    calls.failing = "nothing fails" if uv else "uv==1.2.3"
    monkeypatch.setattr(installing, "follow", cut_off)
    assert run.main(["lab"]) == 130
    monkeypatch.setattr(installing, "follow", calls.follow)
    calls.commands.clear()
    run.install("lab")
    packages, package = calls.commands[-2:]
    again = "--reinstall" if uv else "--force-reinstall"
    assert again in packages
    assert again not in package
    calls.commands.clear()
    run.install("test")
    assert again not in calls.commands[-2]


def test_ctrl_c_ends_the_installer_too(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the signal reaches run.py alone."""
    children: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen

    def kept(*command: Any, **options: Any) -> subprocess.Popen[str]:
        children.append(popen(*command, **options))
        return children[-1]

    def pressed(_progress: object, _line: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", kept)
    monkeypatch.setattr(installing.Progress, "hear", pressed)
    endless = "import time; print('begun', flush=True); time.sleep(600)"
    with pytest.raises(KeyboardInterrupt):
        installing.follow([sys.executable, "-c", endless])
    assert children[0].wait(timeout=120) != 0


NO_ANSWER = "http://127.0.0.1:9/simple"
"""A port of this machine at which nothing listens, so no network is asked."""


def test_what_the_real_installers_say_without_a_network_is_understood(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "PYTHON", Path(sys.executable))
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "UV_FIND_LINKS", "UV_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    offline = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": NO_ANSWER, "PIP_RETRIES": "1"}
    offline |= {"UV_NO_CONFIG": "1", "UV_DEFAULT_INDEX": NO_ANSWER, "UV_HTTP_RETRIES": "0"}
    for name, value in (offline | {"UV_CACHE_DIR": str(project / "cache")}).items():
        monkeypatch.setenv(name, value)
    commands = {"pip": [*installing.pip(), "install", "--dry-run", "--no-cache-dir"]}
    if uv := installed_uv():
        commands["uv"] = [uv, "pip", "install", "--dry-run", "--python", sys.executable]
    for name, command in commands.items():
        assert installing.follow([*command, "no-such-package-of-tls13lab==1"]) != 0, name
        assert installing.failure().startswith("Packages could not be fetched"), installing.log()


def installed_uv() -> str | None:
    """uv of the requirements, where it is installed, or another that is there."""
    try:
        from uv import find_uv_bin
    except ImportError:
        return os.environ.get("UV")
    return find_uv_bin()


def test_a_file_of_uvs_cache_is_not_written_through_a_link(project: Path, tmp_path: Path) -> None:
    cached = tmp_path / "cached.json"
    cached.write_text("{}")
    linked = installing.VENV / "etc/jupyter/labconfig/page_config.json"
    linked.parent.mkdir(parents=True)
    os.link(cached, linked)
    run.keep_lab_plain()
    assert cached.read_text() == "{}"
    assert "disabledExtensions" in linked.read_text()


def test_every_step_runs_and_the_failed_ones_are_named(
    calls: Calls, capsys: pytest.CaptureFixture[str]
) -> None:
    calls.failing = "--nbval"
    assert run.main(["test"]) == 1
    steps = ["ruff", "ruff", "mypy", "lint-imports", "pytest", "pytest"]
    assert sorted(calls.programs()[-6:]) == sorted(steps)
    said = capsys.readouterr().out
    assert said.endswith("said notebooks\n\nrun.py: FAILED: notebooks\n")
    assert "run.py: notebooks: FAILED; what it said comes at the end\n" in said
    # What ran beside the tests is shown in the order in which it ran.
    assert said.index("said --check") < said.index("said check") < said.index("said --no-logo")
    calls.failing = "nothing fails"
    assert run.main(["test"]) == 0
    assert capsys.readouterr().out.endswith("run.py: all well\n")


def test_ctrl_c_in_the_tests_ends_what_runs_beside_them(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []

    def unseen(_: run.Steps, stop: threading.Event) -> dict[str, tuple[int, str]]:
        told.append(stop.wait(60))
        return {}

    def call(*_: str | Path) -> int:
        raise KeyboardInterrupt

    run.install("test")
    monkeypatch.setattr(run, "run_unseen", unseen)
    monkeypatch.setattr(run, "call", call)
    assert run.main(["test"]) == 130
    assert told == [True]


def test_no_further_step_begins_once_it_was_stopped(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()

    def call(*command: str | Path, output: IO[bytes]) -> int:
        stop.set()
        return calls(*command, output=output)

    monkeypatch.setattr(run, "call", call)
    assert run.run_unseen(run.CHECKS, stop) == {"format": (0, "said --check\n")}


def test_all_is_installed_for_all_and_nothing_is_left_out(project: Path, calls: Calls) -> None:
    assert run.main(["test"]) == 0
    assert run.main(["test", "--all"]) == 0
    assert calls.installed() == [
        str(project / "tests/requirements.txt"),
        str(project / "requirements.txt"),
    ]
    quick, whole = (command for command in calls.commands if "worksteal" in command)
    assert quick[-2:] == ["-m", "not full"]
    assert "-m" not in whole


def test_arguments_of_test_go_to_pytest_alone(calls: Calls) -> None:
    run.install("test")
    calls.commands.clear()
    assert run.main(["test", "tests/crypto", "-x"]) == 0
    assert [command[1:] for command in calls.commands] == [["tests/crypto", "-x"]]


def test_everything_is_written_inside_the_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/another/python")
    ours = installing.environment()
    folders = [value for name, value in ours.items() if name.endswith(("DIR", "VIRTUAL_ENV"))]
    assert {
        *("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"),
        "MPLCONFIGDIR",
    } <= {name for name, value in ours.items() if value.startswith(str(installing.STATE))}
    assert folders
    assert "PYTHONPATH" not in ours
    assert ours["PATH"].startswith(str(installing.BIN))


def test_the_lab_opens_the_first_notebook_and_passes_arguments_on(
    project: Path, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = project / "notebooks" / "00_start_here.ipynb"
    notebook.parent.mkdir()
    notebook.write_text("{}")
    became = Calls()
    monkeypatch.setattr(run, "replace_process", became)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: None)  # trusts beside it
    assert run.main(["lab", "--port", "9999"]) == 0
    (command,) = became.commands
    assert command[:3] == [str(installing.PYTHON), "-m", "jupyterlab"]
    assert command[-2:] == ["--port", "9999"]
    assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command
    assert (ROOT / "notebooks" / "00_start_here.ipynb").is_file()
    assert run.main(["trust"]) == 0
    assert calls.commands[-1] == [str(installing.BIN / "jupyter-trust"), str(notebook)]
    calls.commands.clear()
    assert run.main(["trust"]) == 0  # done already
    assert calls.commands == []
    overrides = installing.VENV / "share/jupyter/lab/settings/overrides.d/tls13lab.json"
    assert '"fetchNews": "false"' in overrides.read_text()


def test_ctrl_c_and_a_full_disk_are_no_tracebacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_level: str) -> None:
        raise KeyboardInterrupt

    def full(_level: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "install", stopped)
    assert run.main(["check"]) == 130
    assert capsys.readouterr().err == "\nrun.py: stopped; the same command goes on from here\n"
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
