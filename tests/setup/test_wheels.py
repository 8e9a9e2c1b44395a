"""Wherever the lab is said to run there are wheels for all of the lock: nothing is compiled."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.setup.replay import uv
from tests.setup.test_requirements import requirements

MACHINES = {
    "x86_64-pc-windows-msvc": ("win32", "x86_64"),
    "aarch64-apple-darwin": ("darwin", "arm64"),
    "x86_64-unknown-linux-gnu": ("linux", "x86_64"),
    "aarch64-unknown-linux-gnu": ("linux", "aarch64"),
}
PYTHONS = ("3.11", "3.12", "3.13")
NOT_EVERYWHERE = {
    "awscrt": "a peer of the interop tests, for s2n, which is inside on Linux only",
    "deno": "a peer of the interop tests, where libraries are driven on Linux only",
    "atheris": "fuzzing; its wheels are for Linux on x86-64 alone, and only `run.py fuzz` wants it",
    "configurable-http-proxy": "a class's hub; hubs are for Linux and macOS",
    "jupyterhub": "a class's hub; it does not run on Windows",
    "jupyterhub-idle-culler": "a class's hub, as above",
    "jupyterhub-systemdspawner": "a class's hub where systemd runs, which is Linux",
    "pycurl": "a peer of the interop tests, for the OpenSSL in its wheel, which only Linux's has",
    "jupyter-repo2docker": "prints Binder's recipe, for a test; it does not run on Windows",
}
"""What requirements.in asks for on some machines only, and why that takes nothing from the lab."""


def without_wheels(lock: Path, machine: str, python: str) -> str:
    """What uv complains of if it may take wheels only; nothing is installed."""
    command = [uv(), "pip", "compile", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--python-platform", machine, "--python-version", python, "--no-header"]
    # Looks for that Python, and would fetch one; the running one will do.
    command += ["--python", sys.executable, "--no-python-downloads", "--no-config", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 0:
        assert "cryptography==" in done.stdout or "atheris==" in done.stdout
        return ""
    return done.stderr


@pytest.mark.registry
def test_every_package_of_the_lock_has_wheels_for_every_machine() -> None:
    places = [(machine, python) for machine in MACHINES for python in PYTHONS]
    with ThreadPoolExecutor(4) as pool:
        said = pool.map(lambda place: without_wheels(ROOT / "requirements.txt", *place), places)
        assert {place: one for place, one in zip(places, said, strict=True) if one} == {}


@pytest.mark.registry
def test_a_package_without_wheels_is_seen(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("atheris==3.0.0\n")
    linux, windows = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"
    assert without_wheels(tmp_path / "lock", linux, "3.12") == ""
    assert "no usable wheels" in without_wheels(tmp_path / "lock", windows, "3.12")


def test_what_is_not_asked_for_everywhere_is_named_with_its_reason() -> None:
    """Nothing of the lab itself: of that, every machine gets everything."""
    partly = {canonicalize_name(one.name) for one in requirements("requirements.in") if one.marker}
    assert partly == set(NOT_EVERYWHERE)
    lab = {canonicalize_name(one.name) for one in requirements("binder/requirements.txt")}
    assert not partly & lab


def test_the_lock_has_the_lab_for_every_machine() -> None:
    """A marker in the lock may choose between versions; it may not leave out all of them."""
    lab = {canonicalize_name(one.name) for one in requirements("binder/requirements.txt")}
    for system, processor in MACHINES.values():
        for python in PYTHONS:
            there = {
                canonicalize_name(one.name)
                for one in requirements("requirements.txt")
                if applies(one, system, processor, python)
            }
            assert lab <= there


def applies(one: Requirement, system: str, processor: str, python: str) -> bool:
    variables = {
        "sys_platform": system,
        "platform_machine": processor,
        "python_version": python,
        "python_full_version": f"{python}.0",
    }
    return one.marker is None or one.marker.evaluate(variables)
