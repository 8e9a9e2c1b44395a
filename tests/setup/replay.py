"""Binder's steps without Binder: a copy of the project, an empty environment, and the Lab in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.memory import Lab
from tests.browser.lab_server import jupyter
from tests.conftest import ROOT

FILES = ["LICENSE", "README.md", "pyproject.toml", "requirements.txt"]
FOLDERS = ["binder", "notebooks", "tls13lab"]
TOKEN = "replay"


def uv() -> str:
    """The uv of the lock, which `run.py test --all` installs."""
    from uv import find_uv_bin

    return find_uv_bin()


def copy_of_the_project(folder: Path) -> Path:
    """What a clone would have of the project, as far as Binder and pip need it."""
    for name in FILES:
        shutil.copy2(ROOT / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@dataclass(frozen=True)
class Environment:
    """A folder to work in, an environment of its own, and a home of its own."""

    folder: Path
    venv: Path
    variables: dict[str, str]

    @property
    def runtime(self) -> Path:
        """Where Jupyter notes its servers and kernels."""
        return Path(self.variables["JUPYTER_RUNTIME_DIR"])

    def step(self, *command: str, seconds: float = 500.0) -> str:
        """Run a command to its end; what it said. It must succeed."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stdout[-3000:]}"
        return done.stdout


def empty_environment(base: Path, folder: Path, *, bytecode: bool = False) -> Environment:
    """A new virtual environment under ``base`` that knows nothing of the one of the tests."""
    venv, home = base / "venv", base / "home"
    home.mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PYTHON"))}
    # To compile to bytecode what is never imported would be a third of a test's time.
    quick = {} if bytecode else {"PIP_NO_COMPILE": "1"}
    variables = (
        kept
        | quick
        | {
            "HOME": str(home),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "PATH": str(venv / "bin") + os.pathsep + os.environ["PATH"],
        }
    )
    made = Environment(folder, venv, variables)
    made.step(sys.executable, "-m", "venv", str(venv))
    return made


def replayed(base: Path, *, bytecode: bool = False) -> Environment:
    """What Binder does with the project, done under ``base``."""
    project = base / "project"
    project.mkdir()
    environment = empty_environment(base, copy_of_the_project(project), bytecode=bytecode)
    environment.step("pip", "install", "-q", "-r", "binder/requirements.txt")
    environment.step("./binder/postBuild")
    return environment


@contextmanager
def lab(environment: Environment, *options: str) -> Iterator[Lab]:
    """JupyterLab as Binder starts it, from the moment on when it answers."""
    command = ["jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--IdentityProvider.token={TOKEN}", *options]
    log = environment.folder.parent / "lab.log"
    with jupyter(command, environment.folder, environment.variables, log) as (pid, url):
        yield Lab(pid, url, TOKEN, environment.runtime)
