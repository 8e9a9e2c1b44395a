"""The package outside the checkout: what its wheel has, and that it works where it is installed."""

import json
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import yaml
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

import tls13lab
from coursework.elsewhere import prepare
from tests.conftest import ROOT
from tests.setup.replay import Environment, empty_environment, uv

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
STORED = """
from tls13lab.adversary.plan import Shape, plan
from tls13lab.pictures import dot
from tls13lab.pictures.attack_tree import attack_dot

dot.layout_programs = list  # as in a browser, where no program can be started
steps = plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data", every=True)
assert dot.svg(attack_dot(steps)).rstrip().endswith("</svg>")
"""
DATA = ("01_key_schedule", "07_external_psk_and_entropy", "08_identity_and_selfie")
"""Lessons that read what the package ships; the test of Binder's environment runs every one."""
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


def build_wheel(folder: Path) -> Path:
    """The package's wheel; nothing is fetched for it."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


def files_of_the_package() -> Iterator[str]:
    for path in (ROOT / "tls13lab").rglob("*"):
        if path.is_file() and not LEFT_OUT & set(path.parts):
            yield path.relative_to(ROOT).as_posix()
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        yield f"tls13lab/notebooks/{path.name}"


def test_the_wheel_has_the_package_its_data_and_the_lessons_and_nothing_else(
    tmp_path: Path,
) -> None:
    wheel = build_wheel(tmp_path)
    assert wheel.name == f"tls13lab-{tls13lab.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        told = archive.read(metadata).decode().partition("\n\n")[0].splitlines()
    assert names == set(files_of_the_package())
    assert "License-Expression: BSD-3-Clause" in told
    assert "License-File: LICENSE" in told


def test_the_version_stands_once_and_the_citation_and_the_changes_follow_it() -> None:
    assert "version" not in PYPROJECT["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == tls13lab.__version__
    assert cited["license"] == PYPROJECT["project"]["license"]
    assert cited["repository-code"] == PYPROJECT["project"]["urls"]["Repository"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\n## {tls13lab.__version__} " in changes


@pytest.mark.registry
def test_it_works_in_an_empty_folder_far_from_the_checkout(tmp_path: Path) -> None:
    """Only a kernel is there; the first cell of Colab's copy installs the wheel."""
    wheel, far = build_wheel(tmp_path), tmp_path / "far"
    far.mkdir()
    there = empty_environment(tmp_path, far)
    lock = str(ROOT / "requirements.txt")
    there.step(uv(), "pip", "install", "-q", "-p", str(there.venv), "-c", lock, "ipykernel")
    there.variables["PIP_CONSTRAINT"] = lock
    run_in(there, colab_copy(far, wheel))
    home = there.step("python", "-c", "import tls13lab; print(tls13lab.__file__)").strip()
    assert Path(home).is_relative_to(there.venv)
    assert json.loads(there.step("tls13lab", "vectors", "--json"))["ok"]
    doctor = there.step("tls13lab", "doctor", "--json")
    assert json.loads(doctor)["ok"]
    assert "run.py" not in doctor  # which is not there
    there.step("python", "-c", STORED)
    capture = Path(home).parent / "vectors" / "captures" / "weak-psk_ke.pcapng"
    options = ("--checkpoint", "here", "--json")
    found = there.step("tls13lab", "crack", str(capture), "--wordlist", "common", *options)
    assert json.loads(found[found.index("{") :])["targets"][0]["text"]
    there.step("tls13lab", "notebooks", "lessons")
    assert {path.name for path in (far / "lessons").iterdir()} >= {f"{one}.ipynb" for one in DATA}
    for name in DATA:
        run_in(there, far / "lessons" / f"{name}.ipynb")


def colab_copy(folder: Path, wheel: Path) -> Path:
    """The first lesson as Colab gets it, but with the wheel in place of the repository."""
    notebook = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    prepare(notebook, "https://github.com/someone/lab", wheel.as_uri())
    nbformat.write(notebook, folder / "colab.ipynb")
    return folder / "colab.ipynb"


def run_in(there: Environment, path: Path) -> None:
    """Run a notebook with the environment's own Python; raises CellExecutionError."""
    spec = there.folder.parent / "kernels" / "there" / "kernel.json"
    spec.parent.mkdir(parents=True, exist_ok=True)
    command = [str(there.venv / "bin/python"), "-m", "ipykernel_launcher", "-f"]
    described = {"argv": [*command, "{connection_file}"], "display_name": "", "language": "python"}
    spec.write_text(json.dumps(described))
    manager = AsyncKernelManager(
        kernel_name="there",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(spec.parents[1])]),
    )
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, km=manager, timeout=300)
    client.execute(env=there.variables, cwd=str(path.parent))
