"""GitHub's workflows and CITATION.cff: well-formed, and what they call is there."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import run
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
COMMANDS = {"lab", "test", "check", "bench", "fuzz", "site", "lite", *run.COPIES}


def validated(path: Path, schema: str) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of a file; its schemas come with it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def called(workflow: dict[str, Any]) -> list[list[str]]:
    """The command of each line of each step, in words."""
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    scripts = [step["run"].replace("\\\n", " ") for step in steps if "run" in step]
    return [line.split() for script in scripts for line in script.splitlines()]


@pytest.mark.full
@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
@pytest.mark.parametrize(
    "schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"]
)
def test_a_workflow_has_githubs_form_and_ends_some_time(path: Path, schema: str) -> None:
    done = validated(path, schema)
    assert done.returncode == 0, done.stdout


@pytest.mark.full
def test_the_citation_has_its_form_and_a_wrong_one_is_seen(tmp_path: Path) -> None:
    done = validated(ROOT / "CITATION.cff", "vendor.citation-file-format")
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "CITATION.cff"
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    wrong.write_text(text.replace("BSD-3-Clause", "BSD-3"), encoding="utf-8")
    assert validated(wrong, "vendor.citation-file-format").returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_a_workflow_calls_is_there(path: Path) -> None:
    calls = called(yaml.safe_load(path.read_text(encoding="utf-8")))
    ours = [words for words in calls if words[0] in ("python", "python3", ".ci/run")]
    assert ours
    for words in ours:
        if words[0] == ".ci/run":
            assert (ROOT / ".ci" / "run").is_file()
            continue
        assert words[1] == "run.py"
        assert words[2] in COMMANDS
        files = [one for one in words[3:] if re.match(r"(tests|notebooks)\b", one)]
        assert all((ROOT / one).exists() for one in files), files
        assert files or words[2] != "test"


def test_everything_is_run_and_on_three_systems_with_each_python() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert [".ci/run"] in called(workflow)
    matrix = workflow["jobs"]["systems"]["strategy"]["matrix"]
    assert {one.partition("-")[0] for one in matrix["os"]} == {"ubuntu", "windows", "macos"}
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
