"""Collects, marks and returns a class's work: ``python -m deploy.course collect|mark|return``.

- ``collect`` fetches every student's notebooks from the hub, as they were last saved.
- ``mark`` runs nbgrader's checks on each notebook, with that student's own keys.
- ``return`` puts the marked pages into the students' homes, in ``tls13lab-feedback``.

``--hub`` names the hub, and ``--token-file`` the file with the key to it; the hub's configuration
writes it to ``collect.token``. The course folder is the one that ``run.py nbgrader`` built and
``generate_assignment`` released. If something fails for one student, the command says so and
continues with the others.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from coursework.build import ASSIGNMENT, BUILD
from deploy.hub_api import Hub
from deploy.place import FOLDER, STUDENT

FEEDBACK = f"{FOLDER}-feedback"
AT_ONCE = 4
"""How many students' servers are started at the same time."""


def is_safe(name: str) -> bool:
    """Whether a user name of the hub can be the name of a folder, and of nbgrader's student.

    >>> is_safe("alice@example.org"), is_safe("../alice"), is_safe(".hidden"), is_safe("a+b")
    (True, False, False, False)
    """
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\+\0")


def released(course: Path) -> list[str]:
    """The names of the assignment's notebooks. Raises FileNotFoundError if there are none."""
    names = sorted(path.stem for path in (course / "release" / ASSIGNMENT).glob("*.ipynb"))
    if not names:
        raise FileNotFoundError(
            f"nothing is released in {course}: run nbgrader generate_assignment"
        )
    return names


def collect(hub: Hub, course: Path, name: str) -> str:
    """Fetch one student's notebooks. Earlier ones are replaced once all have been fetched."""
    folder = course / "submitted" / name / ASSIGNMENT
    new = folder.with_name(f".{ASSIGNMENT}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    found = []
    with hub.server(name) as server:
        for notebook in released(course):
            content = hub.read(server, f"{FOLDER}/{notebook}.ipynb")
            if content is not None:
                (new / f"{notebook}.ipynb").write_text(json.dumps(content), encoding="utf-8")
                found.append(notebook)
    # nbgrader reads the time of submission from this file.
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    (new / "timestamp.txt").write_text(now)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    return f"{len(found)} notebooks"


def mark(course: Path, name: str) -> str:
    """Run the checks on one student's work, with that student's keys."""
    nbgrader(course, "autograde", ASSIGNMENT, "--student", name, "--force", **{STUDENT: name})
    return "marked"


def nbgrader(course: Path, *arguments: str, **more: str) -> None:
    """Run nbgrader in the course folder. Raises RuntimeError with the end of its error output."""
    # nbgrader looks on the PATH for a program of its own environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command,
        cwd=course,
        env=os.environ | {"PATH": path} | more,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])


def give_back(hub: Hub, course: Path, name: str) -> str:
    """Put one student's marked pages into the student's home."""
    pages = sorted((course / "feedback" / name / ASSIGNMENT).glob("*.html"))
    with hub.server(name) as server:
        for page in pages:
            hub.write(server, f"{FEEDBACK}/{page.name}", page.read_text(encoding="utf-8"))
    return f"{len(pages)} pages"


def for_each(names: Iterable[str], work: Callable[[str], str], at_once: int) -> int:
    """Do the work for every student and print the result; returns the number of failures."""

    def succeeds(name: str) -> bool:
        try:
            print(f"{name}: {work(name)}", flush=True)
        except Exception as error:  # one student's failure must not stop the others
            print(f"{name}: FAILED: {error}", file=sys.stderr, flush=True)
            return False
        return True

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(succeeds, names)).count(False)


def arguments_of(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.course", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["collect", "mark", "return"])
    parser.add_argument("--hub", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument("--token-file", type=Path, help="the hub's file collect.token")
    parser.add_argument(
        "--course",
        type=Path,
        default=BUILD / "nbgrader",
        help="the course folder; default: %(default)s",
    )
    parser.add_argument("--student", action="append", help="only this student; may be repeated")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Collect, mark or return; the exit code is 1 if it failed for any student."""
    given = arguments_of(arguments)
    course = given.course.resolve()
    submitted = sorted(path.name for path in (course / "submitted").glob("*") if path.is_dir())
    work: Callable[[str], str]
    if given.what == "mark":
        names, work, at_once = submitted, partial(mark, course), 1
    else:
        if given.token_file is None:
            print("course: name the hub's collect.token with --token-file", file=sys.stderr)
            return 2
        hub = Hub(given.hub, given.token_file.read_text().strip())
        names = hub.students() if given.what == "collect" else submitted
        step = collect if given.what == "collect" else give_back
        work, at_once = partial(step, hub, course), AT_ONCE
    names = given.student or names
    for name in (name for name in names if not is_safe(name)):
        print(f"{name!r}: left out, because it cannot be a folder's name", file=sys.stderr)
    failed = for_each(filter(is_safe, names), work, at_once)
    if given.what == "mark":
        nbgrader(course, "generate_feedback", ASSIGNMENT, "--force")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
