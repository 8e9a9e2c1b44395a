"""A class's work, there and back: ``python -m deploy.course collect|mark|return``.

- ``collect`` fetches every student's notebooks from the hub, as they were last saved;
- ``mark`` runs nbgrader's checks on each, with that student's own keys;
- ``return`` puts the marked pages into the students' homes, into ``tls13lab-feedback``.

The hub is named by ``--hub``, the key by ``--token-file`` (the hub's configuration writes it to
``collect.token``). The course folder is what ``run.py nbgrader`` built and ``generate_assignment``
released. What could not be done for one student is said, and the others go on.
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
"""Students whose servers are started at the same time."""


def is_safe(name: str) -> bool:
    """Whether a hub's user name can be a folder's here, and a student's for nbgrader.

    >>> is_safe("alice@example.org"), is_safe("../alice"), is_safe(".hidden"), is_safe("a+b")
    (True, False, False, False)
    """
    return bool(name) and not name.startswith(".") and not set(name) & set("/\\+\0")


def released(course: Path) -> list[str]:
    """The names of the assignment's notebooks."""
    names = sorted(one.stem for one in (course / "release" / ASSIGNMENT).glob("*.ipynb"))
    if not names:
        raise FileNotFoundError(f"nothing is released in {course}: nbgrader generate_assignment")
    return names


def collect(hub: Hub, course: Path, name: str) -> str:
    """Fetch one student's notebooks; what was fetched before is replaced when all are here."""
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
    # nbgrader reads from this file when the work was handed in.
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
    """Run nbgrader in the course's folder; raises RuntimeError with its last words if it fails."""
    # It looks for a program of its own environment on the PATH.
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
    """Put the marked pages where the student sees them."""
    pages = sorted((course / "feedback" / name / ASSIGNMENT).glob("*.html"))
    with hub.server(name) as server:
        for page in pages:
            hub.write(server, f"{FEEDBACK}/{page.name}", page.read_text(encoding="utf-8"))
    return f"{len(pages)} pages"


def for_each(names: Iterable[str], work: Callable[[str], str], at_once: int) -> int:
    """Do it for every student, and say how it went; how many it went wrong for."""

    def one(name: str) -> bool:
        try:
            print(f"{name}: {work(name)}", flush=True)
        except Exception as error:  # whatever one student's server or work did, the others count
            print(f"{name}: FAILED: {error}", file=sys.stderr, flush=True)
            return False
        return True

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, names)).count(False)


def arguments_of(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.course", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["collect", "mark", "return"])
    parser.add_argument("--hub", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument("--token-file", type=Path, help="the hub's collect.token")
    parser.add_argument("--course", type=Path, default=BUILD / "nbgrader", help="%(default)s")
    parser.add_argument("--student", action="append", help="only this one; may be repeated")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Collect, mark or return; 1 if it went wrong for any student."""
    given = arguments_of(arguments)
    course = given.course.resolve()
    submitted = sorted(one.name for one in (course / "submitted").glob("*") if one.is_dir())
    work: Callable[[str], str]
    if given.what == "mark":
        names, work, at_once = submitted, partial(mark, course), 1
    else:
        if given.token_file is None:
            print("course: --token-file says where the hub's collect.token is", file=sys.stderr)
            return 2
        hub = Hub(given.hub, given.token_file.read_text().strip())
        names = hub.students() if given.what == "collect" else submitted
        step = collect if given.what == "collect" else give_back
        work, at_once = partial(step, hub, course), AT_ONCE
    names = given.student or names
    for name in [one for one in names if not is_safe(one)]:
        print(f"{name!r}: left out, this name cannot be a folder's", file=sys.stderr)
    failed = for_each(filter(is_safe, names), work, at_once)
    if given.what == "mark":
        nbgrader(course, "generate_feedback", ASSIGNMENT, "--force")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
