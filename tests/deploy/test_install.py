"""deploy/install.sh: refuses without notebooks, and makes an environment without the solutions."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import run
from tests.conftest import ROOT

if sys.platform != "linux":
    pytest.skip("the hub runs on Linux", allow_module_level=True)

INSTALL = ROOT / "deploy" / "install.sh"


def test_without_notebooks_nothing_is_installed(tmp_path: Path) -> None:
    command = [str(INSTALL), str(tmp_path / "environment"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no notebooks in" in done.stderr
    assert not (tmp_path / "environment").exists()


def test_its_list_takes_versions_from_the_lock_and_the_lab_from_binders() -> None:
    lines = (ROOT / "deploy" / "requirements.txt").read_text().splitlines()
    assert lines[1:3] == ["-c ../requirements.txt", "-r ../binder/requirements.txt"]
    direct = (ROOT / "requirements.in").read_text()
    for name in lines[3:]:
        assert f"\n{name}==" in direct


RUN = """\
import sys, nbformat, nbclient, tls13lab
nbclient.NotebookClient(nbformat.read(sys.argv[1], 4), kernel_name="python3").execute()
print(tls13lab.__file__)
"""


def test_the_environment_runs_a_lesson_places_notebooks_and_has_no_solutions(
    tmp_path: Path,
) -> None:
    environment, home, given = tmp_path / "environment", tmp_path / "home", tmp_path / "given"
    given.mkdir()
    home.mkdir()
    (given / "00.ipynb").write_bytes((ROOT / "notebooks" / "00_start_here.ipynb").read_bytes())
    python = str(environment / "bin" / "python")
    path = os.pathsep.join([str(environment / "bin"), "/usr/bin", "/bin"])

    def step(*command: str) -> str:
        done = subprocess.run(
            command,
            cwd=home,
            env={"PATH": path, "HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        return done.stdout

    step(sys.executable, "-m", "venv", str(environment))
    # The packages of the running environment serve this one too, so that no network is needed:
    # pip finds each of its list there, in the version that it is to have.
    (site,) = (environment / "lib").glob("python3*/site-packages")
    (site / "those_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    said = step(str(INSTALL), str(environment), str(given))
    assert "jupyterhub_config.py" in said
    assert "Collecting" not in said

    share = environment / "share" / "tls13lab"
    place = [python, f"{share}/deploy/place.py", f"--from={share}/notebooks", "--"]
    answer = step(*place, python, "-c", RUN, f"{home}/tls13lab/00.ipynb")
    assert answer.splitlines()[-1] == str(site / "tls13lab" / "__init__.py")
    assert (share / "deploy" / "jupyterhub" / "limits.py").is_file()
    settings = environment / "share/jupyter/lab/settings/overrides.d/tls13lab.json"
    assert json.loads(settings.read_text()) == run.NEWS_OFF
    server = environment / "etc/jupyter/jupyter_server_config.d/tls13lab.json"
    assert json.loads(server.read_text())["ServerApp"]["jpserver_extensions"] == {
        "tls13lab.widgets.server_extension": True
    }
    assert not list(environment.rglob("coursework"))
