"""Binder: the recipe that it would build, and the same steps replayed into an empty environment."""

import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import run
from bench import memory
from tests.conftest import ROOT, missing
from tests.setup.replay import copy_of_the_project, lab, replayed

FIRST = "lab/tree/notebooks/00_start_here.ipynb"
MOST_MB = 1000.0
"""Of the 1 GB that Binder promises; Lab and every kernel together."""


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


@pytest.mark.full
def test_the_recipe_has_our_python_requirements_and_last_step(dockerfile: str) -> None:
    assert (ROOT / "binder/runtime.txt").read_text() == "python-3.11\n"
    # Its base environment for Python 3.11, with the name as it escapes it.
    assert "fenvironment-2epy-2d3-2e11-2d" in dockerfile
    assert re.search(r'pip install --no-cache-dir -r "binder/requirements\.txt"', dockerfile)
    assert re.search(r"chmod \+x binder/postBuild", dockerfile)
    assert re.search(r"RUN \./binder/postBuild", dockerfile)


@pytest.mark.full
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
@pytest.mark.skipif(sys.platform != "linux", reason="Binder is Linux, as is /proc")
def test_all_notebooks_run_in_its_environment_and_all_of_them_fit_in_its_memory(
    tmp_path: Path,
) -> None:
    """Binder's steps, then Lab, then every notebook; the kernels of those before stay open."""
    environment = replayed(tmp_path)
    overrides = environment.venv / "share/jupyter/lab/settings/overrides.d/tls13lab.json"
    assert json.loads(overrides.read_text()) == run.NEWS_OFF
    kept = list((environment.folder / "tls13lab/search/llvm/__pycache__").glob("compiled.*.o"))
    assert len(kept) == 2  # the last step compiled the binder search for both hashes
    with lab(environment) as running:
        assert "<title>JupyterLab" in page(f"{running.url}{FIRST}?token={running.token}")
        found = memory.peaks(running, environment.folder, keep=True)
    assert len(found) == 1 + len(list((ROOT / "notebooks").glob("*.ipynb")))
    assert found.popitem()[1] < MOST_MB, found


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())
