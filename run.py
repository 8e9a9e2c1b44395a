#!/usr/bin/env python3
"""One command for everything: the lab, the tests, the checks, the benchmarks.

Needs Python 3.11 or later and nothing else. What it installs goes into ``.venv`` beside this file,
and what it builds into ``build``; to undo either, delete the folder. (Only pip and uv keep their
usual download caches, and ``owner`` edits the files that name the account.) It installs once, from
the locked versions; after that it works without a network.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

if sys.version_info < (3, 11):  # before anything that an older Python could not run
    sys.exit(
        "tls13lab needs Python 3.11 or later, and this is Python {}.{}: install a newer one, then "
        "start this with it, for example `python3.11 run.py lab`.".format(*sys.version_info)
    )

import installing
import owner
from installing import BIN, PYTHON, ROOT, VENV, WINDOWS, call, environment

HELP = """\
usage: python3 run.py COMMAND [ARGUMENTS]        (on Windows: py run.py COMMAND [ARGUMENTS])

commands (the first use of each installs what it needs, which takes half a minute or so):
  lab      open the notebooks in JupyterLab; Ctrl-C ends it
  test     the checks, the tests, and every notebook compared with its stored outputs, in some five
           minutes; with --all: every suite, also what takes longer or needs more installed; with
           other arguments: only pytest, with these arguments
  check    format, lint, types and one-way imports
  bench    the benchmarks
  fuzz     fuzz every parser of untrusted input, guided by coverage (Linux on x86-64)
  site     build the lessons and the reference as web pages, in build/site
  lite     build the lessons as a site that needs no server, into build/lite (once, with a
           network and Node.js's npm); with --serve: show it
  owner    with the name of a GitHub account: make every badge and link lead to its copy (installs
           nothing)

for instructors (into the folder build):
  student    the notebooks as students get them: blanks, no outputs
  solutions  the same with right answers, run
  nbgrader   a course folder for nbgrader
  colab      the notebooks for Colab, which install the package where it is missing

examples:
  python3 run.py lab
  python3 run.py lab --no-browser --port 9999
  python3 run.py test
  python3 run.py test --all
  python3 run.py test tests/crypto -x
  python3 run.py lite --serve
  python3 run.py owner ada
  python3 run.py fuzz --seconds 3600
  python3 run.py test --nbval notebooks/00_start_here.ipynb
"""

START = "/lab/tree/notebooks/00_start_here.ipynb"

NEWS_OFF = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}
PLAIN_LAB = {
    "share/jupyter/lab/settings/overrides.d/tls13lab.json": NEWS_OFF,
    # Read in alphabetical order, and the last one counts.
    "etc/jupyter/jupyter_server_config.d/zz-tls13lab.json": {
        "ServerApp": {
            "jpserver_extensions": {
                "tls13lab.widgets.server_extension": True,
                **{
                    f"nbgrader.server_extensions.{one}": False
                    for one in (
                        *("formgrader", "validate_assignment"),
                        *("assignment_list", "course_list"),
                    )
                },
            }
        }
    },
    "etc/jupyter/labconfig/page_config.json": {
        "disabledExtensions": {"@jupyter/nbgrader": True, "@jupyter-notebook/lab-extension": True}
    },
}

Steps = dict[str, list[str]]
"""Programs with their arguments, by what to call them."""

COPIES = {"student": "lab", "solutions": "lab", "nbgrader": "test", "colab": "lab"}
"""The copies of the notebooks, and the group of requirements that each needs. That of nbgrader's
includes the tools for marking."""
CHECKS: Steps = {
    "format": ["ruff", "format", "--check"],
    "lint": ["ruff", "check"],
    "types": ["mypy"],
    "imports": ["lint-imports", "--no-logo"],
}
PYTEST = ["pytest", "-n", "logical", "--maxprocesses", "8", "--durations=10"]
PYTEST += ["--dist", "worksteal"]
NOT_FULL = "not full"
"""What pytest is told to choose in a quick run; conftest.py knows a quick run by it."""
QUICK: Steps = {"tests": [*PYTEST, "-m", NOT_FULL]}
ALL: Steps = {"tests": PYTEST}
BESIDE = CHECKS | {"notebooks": ["pytest", "--nbval", "notebooks"]}


def install(group: str) -> None:
    """Install a group of requirements, unless that is done already."""
    installing.install(group)
    keep_lab_plain()


def keep_lab_plain() -> None:
    """Turn off JupyterLab's prompt for news, and the extensions that it does not need.

    Those are nbgrader's, which is used only to mark, and JupyterLite's kernel, which only the lab
    in the browser can load. The kernel is moved to where ``run.py lite`` looks for it.
    """
    for extension in (VENV / "share/jupyter/labextensions").glob("@jupyterlite"):
        kept = VENV / "lite/labextensions" / extension.name
        shutil.rmtree(kept, ignore_errors=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(extension, kept)
    for name, content in PLAIN_LAB.items():
        path = VENV / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # it may be a link to a file of uv's cache
        path.write_text(json.dumps(content))


def trust(arguments: list[str]) -> int:
    """Let JupyterLab show the notebooks' stored outputs; ``lab`` starts this beside itself."""
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    trusted = installing.digest(*notebooks)
    if not notebooks or installing.is_stamped("trusted", trusted):
        return 0
    code = call(BIN / "jupyter-trust", *notebooks, *arguments)
    if code == 0:
        installing.write_stamp("trusted", trusted)
    return code


def replace_process(*command: str | Path) -> int:
    """Replace this process by ``command``, so that it receives Ctrl-C and signals directly."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if WINDOWS:  # there, exec would hand the prompt back while the program still runs
        return call(*command)
    os.execve(command[0], list(map(str, command)), environment())


def lab(arguments: list[str]) -> int:
    """Install, then run JupyterLab in place of this process."""
    install("lab")
    # It takes seconds, and is done before the browser has loaded the first notebook.
    trusting = [sys.executable, str(ROOT / "run.py"), "trust"]
    subprocess.Popen(trusting, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    options = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url={START}"]
    # In a container the only user is often root, whom Jupyter refuses; it serves loopback only.
    options += ["--allow-root"] if not WINDOWS and os.geteuid() == 0 else []
    return replace_process(PYTHON, "-m", "jupyterlab", *options, *arguments)


def run_steps(steps: Steps, beside: Steps | None = None) -> int:
    """Run every step, also after one that failed; say at the end which did.

    Those ``beside`` run meanwhile, and what they say is shown afterwards. The tests often wait, for
    a browser or another process; in that time, the processor would have nothing to do.
    """
    stop, beside, failed = threading.Event(), beside or {}, []
    with ThreadPoolExecutor(1) as executor:
        others = executor.submit(run_unseen, beside, stop)
        try:
            for name, (program, *arguments) in steps.items():
                announce(name, [program, *arguments])
                if call(BIN / program, *arguments) != 0:
                    failed.append(name)
            for name, (code, said) in others.result().items():
                announce(name, beside[name])
                print(said, end="")
                failed += [name] if code != 0 else []
        finally:
            stop.set()
    print(f"\nrun.py: {'FAILED: ' + ', '.join(failed) if failed else 'all well'}", flush=True)
    return 1 if failed else 0


def announce(name: str, command: list[str]) -> None:
    """Say which step begins."""
    print(f"\nrun.py: {name}: {' '.join(command)}", flush=True)


def run_unseen(steps: Steps, stop: threading.Event) -> dict[str, tuple[int, str]]:
    """The exit code of each step and what it said; that one has failed is told at once."""
    done: dict[str, tuple[int, str]] = {}
    installing.STATE.mkdir(parents=True, exist_ok=True)
    for name, (program, *arguments) in steps.items():
        if stop.is_set():
            break
        with tempfile.TemporaryFile(dir=installing.STATE) as output:
            code = call(BIN / program, *arguments, output=output)
            output.seek(0)
            done[name] = code, output.read().decode("utf-8", "replace")
        if code != 0 and not stop.is_set():
            print(f"\nrun.py: {name}: FAILED; what it said comes at the end", flush=True)
    return done


def check(arguments: list[str]) -> int:
    """Format, lint, types and one-way imports."""
    if arguments:  # not silently dropped: `check --fix` would seem to have fixed something
        print("run.py: check takes no arguments", file=sys.stderr)
        return 2
    install("test")
    return run_steps(CHECKS)


def test(arguments: list[str]) -> int:
    """The checks, the tests and the notebooks; with arguments of pytest's, only pytest."""
    whole = arguments == ["--all"]
    install("all" if whole else "test")
    if arguments and not whole:
        return run_steps({"tests": ["pytest", *arguments]})
    return run_steps(ALL if whole else QUICK, BESIDE)


def module(name: str, group: str, arguments: list[str]) -> int:
    """Install, then become one of the project's own programs."""
    install(group)
    return replace_process(PYTHON, "-m", name, *arguments)


def build(name: str, group: str, program: list[str], arguments: list[str]) -> int:
    """Build one of the coursework's copies, or the site."""
    if arguments:
        print(f"run.py: {name} takes no arguments", file=sys.stderr)
        return 2
    install(group)
    return call(PYTHON, "-m", *program)


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names; the exit code."""
    commands = {"lab": lab, "test": test, "check": check, "trust": trust}
    commands["owner"] = owner.main
    commands["bench"] = partial(module, "bench", "bench")
    commands["fuzz"] = partial(module, "tests.fuzz", "fuzz")
    commands["lite"] = partial(module, "lite.build", "lite")
    commands["site"] = partial(build, "site", "site", ["pages.build"])
    for name, group in COPIES.items():
        commands[name] = partial(build, name, group, ["coursework.build", name])
    # Behind a command as well: nobody who asks for help wants to wait for an installation.
    if not arguments or arguments[0] == "help" or {"-h", "--help"} & {*arguments}:
        print(HELP, end="")
        return 0 if arguments else 2
    if arguments[0] not in commands:
        print(f"run.py: no command {arguments[0]!r}\n\n{HELP}", end="", file=sys.stderr)
        return 2
    try:
        return commands[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        print("\nrun.py: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    except OSError as error:
        sys.exit(f"run.py: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
