"""The lock, what it was made from, Binder's list and pyproject.toml all say the same."""

import re
import tomllib
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import installing
from tests.conftest import ROOT

GROUPS = [file for file in installing.REQUIREMENTS.values() if file != installing.LOCK]
GROUPS += ["deploy/requirements.txt"]
REFERRING = (*GROUPS, "lite/requirements.txt")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def requirements(name: str) -> list[Requirement]:
    """The requirements of a file, without comments and options."""
    lines = (
        re.sub(r"(^|\s)#.*", "", line).strip() for line in (ROOT / name).read_text().split("\n")
    )
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def locked() -> dict[str, set[str]]:
    """Each package of the lock with its versions: one, or one for each kind of machine."""
    lock: dict[str, set[str]] = {}
    for one in requirements("requirements.txt"):
        lock.setdefault(canonicalize_name(one.name), set()).add(str(one.specifier))
    return lock


def test_every_line_of_both_files_pins_one_exact_version() -> None:
    for name in ("requirements.in", "requirements.txt"):
        found = requirements(name)
        assert len(found) > 20
        for one in found:
            assert re.fullmatch(r"==[\w.]+", str(one.specifier)), f"{name}: {one}"


def test_the_lock_has_every_direct_requirement_in_its_version() -> None:
    lock = locked()
    for one in requirements("requirements.in"):
        assert lock.get(canonicalize_name(one.name)) == {str(one.specifier)}, one.name


def test_a_second_version_of_a_package_is_for_another_machine() -> None:
    lock = locked()
    for one in requirements("requirements.txt"):
        if len(lock[canonicalize_name(one.name)]) > 1:
            assert one.marker is not None, one


def test_the_lock_names_no_index_and_no_local_file() -> None:
    for name in ("requirements.in", "requirements.txt", *REFERRING):
        text = (ROOT / name).read_text()
        assert not re.search(r"://|--(extra-)?index|--find-links|--hash|^-e|@ ", text, re.M), name


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_takes_its_versions_from_the_lock(name: str) -> None:
    up = "../" * name.count("/")
    assert f"-c {up}{installing.LOCK}" in (ROOT / name).read_text().splitlines()
    direct = {canonicalize_name(one.name) for one in requirements("requirements.in")}
    wanted = requirements(name)
    assert all(str(one.specifier) == "" for one in wanted)
    assert {canonicalize_name(one.name) for one in wanted} <= direct


ONLY_WITH_ALL = {
    *("awscrt", "deno"),
    *("check-jsonschema", "jupyter-repo2docker", "pygraphviz", "pyyaml", "uv", "yamllint"),
    *("requests", "websocket-client"),  # in Jupyter already
    *("jsonschema", "traitlets"),  # in the lab already
}
"""What stands in no group."""


def test_every_direct_requirement_is_in_a_group_or_only_there_for_all() -> None:
    direct = {canonicalize_name(one.name) for one in requirements("requirements.in")}
    grouped = {canonicalize_name(one.name) for name in GROUPS for one in requirements(name)}
    assert direct - grouped == ONLY_WITH_ALL


def test_every_direct_requirement_says_what_it_is_for() -> None:
    """On its own line, or, where it has conditions of its own, in the comment above."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()
    for before, line in pairwise(lines):
        if re.match(r"[a-z]", line):
            assert "  # " in line or before.startswith("# "), line


def test_the_site_takes_its_versions_from_the_lock() -> None:
    assert "-c ../requirements.txt" in (ROOT / "lite/requirements.txt").read_text().splitlines()
    lock = locked()
    for one in requirements("lite/requirements.txt"):
        # What the lock has not is for the browser's Python alone, and has its version here.
        in_lock = canonicalize_name(one.name) in lock
        assert bool(re.fullmatch(r"==[\w.]+", str(one.specifier))) != in_lock, one


def test_what_the_package_declares_is_what_binder_and_the_lab_install() -> None:
    project = PYPROJECT["project"]
    extras = project["optional-dependencies"]
    assert extras["lab"][0] == "tls13lab[lessons]"
    declared = [*project["dependencies"], *extras["lessons"], *extras["lab"][1:]]
    declared += extras["fast"]
    declared += PYPROJECT["build-system"]["requires"]
    names = {canonicalize_name(Requirement(one).name) for one in declared}
    assert names == {canonicalize_name(one.name) for one in requirements("binder/requirements.txt")}
    for text in declared:
        one = Requirement(text)
        for version in locked()[canonicalize_name(one.name)]:
            assert one.specifier.contains(version.removeprefix("==")), f"{text} against {version}"


OPENS_THEM = {"jupyterlab", "ipykernel", "hatchling"}
"""What the lessons run in, and what installs the package; no line of code imports these."""


def test_binder_installs_nothing_that_no_line_of_the_lab_imports() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "tls13lab").rglob("*.py"))
    )
    for one in requirements("binder/requirements.txt"):
        used = re.search(rf"(?m)^\s*(import|from) {one.name}\b", code)
        assert used or one.name in OPENS_THEM, one.name
