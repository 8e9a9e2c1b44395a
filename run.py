#!/usr/bin/env python3
"""One command for everything: the lab, the tests, the checks, the benchmarks.

Needs Python 3.11 or later and nothing else. Whatever it installs or writes goes into ``.venv``
beside this file (only pip and uv keep their usual download caches), so deleting that folder undoes
it. It installs once, from the locked versions; after that it works without a network.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

if sys.version_info < (3, 11):  # before anything that an older Python could not run
    sys.exit(
        "tls13lab needs Python 3.11 or later, and this is Python {}.{}: install a newer one, then "
        "start this with it, for example `python3.11 run.py lab`.".format(*sys.version_info)
    )

HELP = """\
usage: python3 run.py COMMAND [ARGUMENTS]        (on Windows: py run.py COMMAND [ARGUMENTS])

commands (the first use of each installs what it needs, which takes a minute or two):
  lab      open the notebooks in JupyterLab; Ctrl-C ends it
  test     the checks, the tests, and every notebook compared with its stored outputs;
           with arguments: only pytest, with these arguments
  check    format, lint, types and one-way imports
  bench    the benchmarks
  fuzz     throw coverage-guided garbage at all that hears a stranger (Linux on x86-64)
  site     the lessons and all there is to look up as pages to read, in build/site
  lite     build the lessons as a site that needs no server, into build/lite (once, with a
           network and Node.js's npm); with --serve: show it

for instructors (into the folder build):
  student    the notebooks as students get them: blanks, no outputs
  solutions  the same with right answers, run
  nbgrader   a course folder for nbgrader
  colab      the notebooks for Colab, which install the package where it is missing

examples:
  python3 run.py lab
  python3 run.py lab --no-browser --port 9999
  python3 run.py test
  python3 run.py test tests/crypto -x
  python3 run.py lite --serve
  python3 run.py fuzz --seconds 3600
  python3 run.py test --nbval notebooks/00_start_here.ipynb
"""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STATE = VENV / "state"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
START = "/lab/tree/notebooks/00_start_here.ipynb"

# What is installed for whom; the lab's file takes its versions from the lock, so is a part of it.
REQUIREMENTS = {"lab": "binder/requirements.txt", "test": "requirements.txt"}
NEWS_OFF = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}
PLAIN_LAB = {
    "share/jupyter/lab/settings/overrides.d/tls13lab.json": NEWS_OFF,
    # Read in alphabetical order, and the last one counts.
    "etc/jupyter/jupyter_server_config.d/zz-tls13lab.json": {
        "ServerApp": {
            "jpserver_extensions": {
                f"nbgrader.server_extensions.{one}": False
                for one in ("formgrader", "validate_assignment", "assignment_list", "course_list")
            }
        }
    },
    "etc/jupyter/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyter/nbgrader": True, "@jupyter-notebook/lab-extension": True}
    },
}

COPIES = ("student", "solutions", "nbgrader", "colab")
CHECKS = {
    "format": ["ruff", "format", "--check"],
    "lint": ["ruff", "check"],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
}
PYTEST = ["pytest", "-n", "logical", "--maxprocesses", "8", "--dist"]
TESTS = {
    "tests": [*PYTEST, "worksteal", "tests", "tls13lab", "pages"],
    "notebooks": [*PYTEST, "loadfile", "--nbval", "notebooks"],
}


def environment() -> dict[str, str]:
    """The environment of all that is started: the project's own Python, and its own folders."""
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "MPLCONFIGDIR": "matplotlib",
    }
    # The first two would mix another Python's packages into this one's; with the third, every
    # program would compile all that it imports, each time anew.
    unwanted = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    ours = {k: v for k, v in os.environ.items() if k not in unwanted}
    ours |= {name: str(STATE / folder) for name, folder in folders.items()}
    ours |= {"VIRTUAL_ENV": str(VENV), "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    ours["PATH"] = str(BIN) + os.pathsep + ours.get("PATH", os.defpath)
    return ours


def call(*command: str | Path) -> int:
    """Run a program to its end with its output in sight; its exit code."""
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def digest(*paths: Path) -> str:
    """One hash of where the project lies and of these files: it changes when any of them does."""
    state = hashlib.sha256(str(ROOT).encode())
    for path in sorted(paths):
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    """Whether the step ``name`` was finished for exactly this ``value``."""
    stamp = STATE / f"{name}.stamp"
    return stamp.is_file() and stamp.read_text() == value


def write_stamp(name: str, value: str) -> None:
    """Note that the step ``name`` is finished for ``value``."""
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / f"{name}.stamp").write_text(value)


def make_venv(uv: str | None) -> None:
    """An empty environment; what is there already is thrown away."""
    print(f"run.py: making {VENV.name} for Python {sys.version.split()[0]}", flush=True)
    if not uv and not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        package = "python{}.{}-venv".format(*sys.version_info)
        sys.exit(
            f"This Python has no venv module; install it with\n\n    sudo apt install {package}\n\n"
            "(on Debian and Ubuntu), then run the same command again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    with_uv = [uv or "uv", "venv", "--seed", "--python", sys.executable]
    if call(*(with_uv if uv else [sys.executable, "-m", "venv"]), VENV) != 0:
        sys.exit(f"Could not make {VENV}; see the message above.")


def install(level: str) -> None:
    """Install the locked requirements and this package, unless that is done already."""
    lock = digest(ROOT / "pyproject.toml", *(ROOT / name for name in REQUIREMENTS.values()))
    usable = is_stamped("where", digest()) and PYTHON.exists()  # a moved .venv is not
    if usable and any(is_stamped(done, lock) for done in {level, "test"}):
        return
    uv = shutil.which("uv")
    if not usable:
        make_venv(uv)
        write_stamp("where", digest())
    print(f"run.py: installing {REQUIREMENTS[level]}", flush=True)
    pip = [uv, "pip"] if uv else [str(PYTHON), "-m", "pip"]
    pip += ["install", "--python", str(PYTHON)] if uv else ["install"]
    failed = call(*pip, "-r", ROOT / REQUIREMENTS[level])
    # Built with what has just been installed, so nothing more is fetched.
    if failed or call(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT):
        sys.exit(
            "Installing failed (the reason is above): if it is the network, "
            "run the same command again when there is one."
        )
    keep_lab_plain()
    write_stamp(level, lock)


def keep_lab_plain() -> None:
    """Keep JupyterLab from asking for news, and what is not for it out of it.

    That is nbgrader, which only marks, and JupyterLite's kernel, which only the lab in the browser
    can load; that one is moved to where ``run.py lite`` looks for it.
    """
    for extension in (VENV / "share/jupyter/labextensions").glob("@jupyterlite"):
        kept = VENV / "lite/labextensions" / extension.name
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(extension, kept)
    for name, content in PLAIN_LAB.items():
        path = VENV / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))


def prepare_lab() -> None:
    """Let JupyterLab show the notebooks' stored outputs."""
    keep_lab_plain()
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    trusted = digest(*notebooks)
    if notebooks and not is_stamped("trusted", trusted):
        print("run.py: trusting the notebooks", flush=True)
        if call(BIN / "jupyter-trust", *notebooks) == 0:
            write_stamp("trusted", trusted)


def replace_process(*command: str | Path) -> int:
    """Become ``command``, so that Ctrl-C and a signal reach it and nothing stands between."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if WINDOWS:  # there, exec would hand the prompt back while the program still runs
        return call(*command)
    os.execve(command[0], list(map(str, command)), environment())


def lab(arguments: list[str]) -> int:
    """Install, then become JupyterLab."""
    install("lab")
    prepare_lab()
    options = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={START}"]
    # In a container the only user is often root, whom Jupyter refuses; it serves loopback only.
    options += ["--allow-root"] if not WINDOWS and os.geteuid() == 0 else []
    return replace_process(PYTHON, "-m", "jupyterlab", *options, *arguments)


def run_steps(steps: dict[str, list[str]]) -> int:
    """Run every step, also after one that failed; say at the end which did."""
    failed = []
    for name, (program, *arguments) in steps.items():
        print(f"\nrun.py: {name}: {program} {' '.join(arguments)}", flush=True)
        if call(BIN / program, *arguments) != 0:
            failed.append(name)
    print(f"\nrun.py: {'FAILED: ' + ', '.join(failed) if failed else 'all well'}", flush=True)
    return 1 if failed else 0


def check(arguments: list[str]) -> int:
    """Format, lint, types and one-way imports."""
    if arguments:  # not silently dropped: `check --fix` would seem to have fixed something
        print("run.py: check takes no arguments", file=sys.stderr)
        return 2
    install("test")
    return run_steps(CHECKS)


def test(arguments: list[str]) -> int:
    """The checks, the tests and the notebooks; with arguments, only pytest."""
    install("test")
    return run_steps({"tests": ["pytest", *arguments]} if arguments else CHECKS | TESTS)


def module(name: str, arguments: list[str]) -> int:
    """Install, then become one of the project's own programs."""
    install("test")
    return replace_process(PYTHON, "-m", name, *arguments)


def build(name: str, program: list[str], arguments: list[str]) -> int:
    """Build one of the coursework's copies, or the site."""
    if arguments:
        print(f"run.py: {name} takes no arguments", file=sys.stderr)
        return 2
    install("test")
    return call(PYTHON, "-m", *program)


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names; the exit code."""
    commands = {"lab": lab, "test": test, "check": check}
    modules = {"bench": "bench", "fuzz": "tests.fuzz", "lite": "lite.build"}
    commands |= {name: partial(module, called) for name, called in modules.items()}
    commands |= {name: partial(build, name, ["coursework.build", name]) for name in COPIES}
    commands["site"] = partial(build, "site", ["pages.build"])
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0 if arguments else 2
    if arguments[0] not in commands:
        print(f"run.py: no command {arguments[0]!r}\n\n{HELP}", end="", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.exit(f"run.py: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
