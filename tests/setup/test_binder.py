"""Binder: the recipe that it would build, and the same steps replayed into an empty environment."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

import run
from tests.conftest import ROOT, missing

PROJECT_FILES = ["LICENSE", "README.md", "pyproject.toml", "requirements.txt"]
PROJECT_FOLDERS = ["binder", "notebooks", "tls13lab"]
FIRST = "lab/tree/notebooks/00_start_here.ipynb"


@pytest.fixture(scope="module")
def dockerfile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What Binder would build from this folder; no Docker is needed for asking."""
    if importlib.util.find_spec("repo2docker") is None:
        missing("jupyter-repo2docker is not installed (it does not run on Windows)")
    copy = copy_of_the_project(tmp_path_factory.mktemp("binder"))
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug"]
    command += ["--user-id=1000", "--user-name=jovyan", "."]
    done = subprocess.run(
        command,
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def copy_of_the_project(folder: Path) -> Path:
    """What a clone would have of the project, as far as Binder needs it."""
    for name in PROJECT_FILES:
        if (ROOT / name).exists():
            shutil.copy2(ROOT / name, folder / name)
    for name in PROJECT_FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_the_recipe_has_our_python_requirements_and_last_step(dockerfile: str) -> None:
    assert (ROOT / "binder/runtime.txt").read_text() == "python-3.11\n"
    # Its base environment for Python 3.11, with the name as it escapes it.
    assert "fenvironment-2epy-2d3-2e11-2d" in dockerfile
    assert re.search(r'pip install --no-cache-dir -r "binder/requirements\.txt"', dockerfile)
    assert re.search(r"chmod \+x binder/postBuild", dockerfile)
    assert re.search(r"RUN \./binder/postBuild", dockerfile)


def test_the_requirements_are_installed_after_the_lock_is_there(dockerfile: str) -> None:
    """The list refers to ../requirements.txt, so all of the project must be copied first."""
    copied = re.search(r"^COPY .*src/ \$\{REPO_DIR\}", dockerfile, re.M)
    installed = re.search(r"pip install .* -r \"binder/requirements", dockerfile)
    assert copied
    assert installed
    assert copied.start() < installed.start()


def test_nothing_is_there_that_would_win_over_these_files() -> None:
    for name in ("environment.yml", "Dockerfile", "Pipfile", "setup.py"):
        assert not (ROOT / name).exists()
        assert not (ROOT / "binder" / name).exists()
    assert os.access(ROOT / "binder/postBuild", os.X_OK) or os.name == "nt"


def test_the_last_step_silences_the_same_news_as_the_lab() -> None:
    written = re.search(r"^\{.*\}$", (ROOT / "binder/postBuild").read_text(), re.M)
    assert written
    assert json.loads(written.group()) == run.NEWS_OFF


@pytest.mark.registry
def test_its_steps_replayed_into_an_empty_environment_give_a_lab(tmp_path: Path) -> None:
    """Install Binder's list, run postBuild, start Lab, ask for the first notebook, run it."""
    project, venv, home = tmp_path / "project", tmp_path / "venv", tmp_path / "home"
    project.mkdir()
    home.mkdir()
    copy_of_the_project(project)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON"))}
    environment = kept | {
        "HOME": str(home),
        "PATH": str(venv / "bin") + os.pathsep + os.environ["PATH"],
    }

    def step(*command: str) -> None:
        done = subprocess.run(
            command,
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=500,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]

    step(sys.executable, "-m", "venv", str(venv))
    step("pip", "install", "-q", "-r", "binder/requirements.txt")
    step("./binder/postBuild")
    overrides = venv / "share/jupyter/lab/settings/overrides.d/tls13lab.json"
    assert json.loads(overrides.read_text()) == run.NEWS_OFF
    step("jupyter", "execute", "notebooks/00_start_here.ipynb")
    assert "<title>JupyterLab" in first_page(project, environment)


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


def first_page(project: Path, environment: dict[str, str]) -> str:
    """Start Lab as Binder would and ask for the address that the badge opens."""
    log = project.parent / "lab.log"
    command = ["jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=t"]
    with log.open("wb") as output:
        lab = subprocess.Popen(
            command, cwd=project, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and lab.poll() is None:
            addresses = re.findall(r"http://127\.0\.0\.1:\d+/", log.read_text())
            # Lab logs addresses before it listens, the first of them with the port still open.
            with suppress(urllib.error.URLError):
                if addresses:
                    return page(f"{addresses[-1]}{FIRST}?token=t")
            time.sleep(0.1)
        pytest.fail(f"Lab did not start: {log.read_text()[-2000:]}")
    finally:
        lab.terminate()
        lab.wait(timeout=20)
