"""Collects, marks and returns a class's work, and hands on the marks: ``python -m deploy.course``.

- ``collect`` fetches every student's notebooks from the hub, as they were last saved.
- ``mark`` judges each notebook for that student's own keys, enters the verdicts into nbgrader's
  gradebook, writes the students' pages and a page on the class, and lists what needs a person.
- ``return`` puts the students' pages into their homes, in ``tls13lab-feedback``.
- ``export`` writes the points as a table that Moodle or Canvas reads.

``--hub`` names the hub, and ``--token-file`` the file with its token; the hub's configuration
writes it to ``collect.token``. The course folder is the one that ``run.py nbgrader`` built and
``generate_assignment`` released. If something fails for one student, the command says so and
continues with the others.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path

from tqdm import tqdm

from coursework.build import ASSIGNMENT, BUILD
from coursework.judge.records import Forged
from coursework.source import everything
from deploy import class_page, feedback, marking
from deploy.export import FORMATS, BadList, Person, class_list, columns, same_name
from deploy.export import write as write_table
from deploy.hub_api import Hub
from deploy.marking import released
from deploy.place import FOLDER
from deploy.printing import shown
from deploy.strays import OF_ARCHIVES

FEEDBACK = f"{FOLDER}-feedback"
EXTRAS = ("quiz.json", "student.txt")
"""What is fetched besides notebooks: the quiz for the page on the class, and the name."""
AT_ONCE = 4
"""How many students' servers are started at the same time."""


def is_safe(name: str) -> bool:
    """Whether a user name of the hub can be the name of a folder, and of nbgrader's student.

    >>> is_safe("alice@example.org"), is_safe("../alice"), is_safe(".hidden"), is_safe("a+b")
    (True, False, False, False)
    """
    signs = set(name) & set("/\\+")
    return bool(name) and not name.startswith(".") and not signs and name.isprintable()


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
        for extra in EXTRAS:
            text = hub.read_text(server, f"{FOLDER}/{extra}")
            if text is not None:
                (new / extra).write_bytes(text.encode("utf-8", "backslashreplace"))
    # nbgrader reads the time of submission from this file.
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    (new / "timestamp.txt").write_text(now)
    shutil.rmtree(folder, ignore_errors=True)
    new.rename(folder)
    return f"{len(found)} notebooks"


def mark(course: Path, names: list[str], visible: bool, again: bool = False) -> int:
    """Mark these students; returns the number of failures."""
    with tqdm(total=None, unit=" students", disable=not visible, file=sys.stderr) as bar:

        def tell(_name: str, left: int) -> None:
            bar.total = bar.n + 1 + left
            bar.update()

        done = marking.mark(course, names, tell, again=again)
    for name, record in done.records.items():
        try:
            feedback.write(course, record)
        except Exception as fault:  # one student's failure must not stop the others
            done.failed[name] = f"the pages could not be written: {type(fault).__name__}: {fault}"
    unchanged = len(done.records) - len(done.new)
    print(f"{len(done.new)} judged, {unchanged} unchanged since they were judged")
    try:
        print(f"the class: {class_page.write(course, marking.everyone(course))}")
    except Exception as fault:
        why = f"could not be written: {type(fault).__name__}: {fault}"
        done.failed["the page on the class"] = why
    said = marking.for_a_person(done)
    print(f"for a person: {len(said) or 'nothing'}")
    for line in said:
        print(f"  {line}")
    return len(done.failed)


def export(course: Path, given: argparse.Namespace) -> int:
    """Write the table of points; returns 1 if a verdict and the gradebook do not agree."""
    points = marking.nbgrader_table(course, "points")
    people = [Person(name) for name in sorted(points)]
    if given.class_list is not None:
        people = class_list(given.class_list)
        listed = {same_name(one.name) for one in people}
        for name in sorted(name for name in points if same_name(name) not in listed):
            print(shown(f"{name}: not in the class list, left out"), file=sys.stderr)
    if given.to == "moodle" and given.class_list is None:
        raise BadList("Moodle needs to know who they are: name a class list with --class-list FILE")
    path = given.output or course / f"points-{given.to}.csv"
    released = marking.released(course)
    source = {name: tasks for name, tasks in everything().items() if name in released}
    write_table(path, given.to, people, points, columns(source, given.only))
    print(f"{len(people)} students: {path}")
    wrong = marking.disagreements(course, points)
    for line in wrong:
        print(shown(line), file=sys.stderr)
    return 1 if wrong else 0


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
            print(shown(f"{name}: {work(name)}"), flush=True)
        except Exception as error:  # one student's failure must not stop the others
            print(shown(f"{name}: FAILED: {error}"), file=sys.stderr, flush=True)
            return False
        return True

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(succeeds, names)).count(False)


def arguments_of(arguments: list[str]) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.course", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=["collect", "mark", "return", "export"])
    parser.add_argument("--hub", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument("--token-file", type=Path, help="the hub's file collect.token")
    parser.add_argument(
        "--course",
        type=Path,
        default=BUILD / "nbgrader",
        help="the course folder; default: %(default)s",
    )
    parser.add_argument("--student", action="append", help="only this student; may be repeated")
    parser.add_argument("--again", action="store_true", help="mark: judge also what is unchanged")
    out = parser.add_argument_group("export")
    out.add_argument("--to", choices=FORMATS, default="csv", help="default: %(default)s")
    out.add_argument("--class-list", type=Path, help="a CSV file: name, first name, email, ...")
    out.add_argument("--only", choices=["lessons", "tasks"], default="", help="not both columns")
    out.add_argument("--output", type=Path, help="default: points-....csv in the course folder")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Do what was asked for; the exit code is 1 if it failed for any student."""
    given = arguments_of(arguments)
    course = given.course.resolve()
    for stream in (sys.stdout, sys.stderr):  # not every terminal can show every name
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return act(given, course)
    except KeyboardInterrupt:
        print(
            "course: interrupted; what was done is kept, start it again to go on", file=sys.stderr
        )
        return 130
    except BrokenPipeError:  # whoever read the list has seen enough
        return 1
    except (FileNotFoundError, BadList, Forged, RuntimeError) as error:
        print(shown(f"course: {error}"), file=sys.stderr)
        return 2


def act(given: argparse.Namespace, course: Path) -> int:
    """One of the four commands."""
    submitted = sorted(
        path.name
        for path in (course / "submitted").glob("*")
        if path.is_dir() and path.name != OF_ARCHIVES
    )
    if given.what == "export":
        return export(course, given)
    if given.what == "mark":
        names = safe(given.student or submitted)
        return 1 if mark(course, names, sys.stderr.isatty(), given.again) else 0
    if given.token_file is None:
        print("course: name the hub's collect.token with --token-file", file=sys.stderr)
        return 2
    hub = Hub(given.hub, given.token_file.read_text().strip())
    names = given.student or (hub.students() if given.what == "collect" else submitted)
    step = collect if given.what == "collect" else give_back
    return 1 if for_each(safe(names), partial(step, hub, course), AT_ONCE) else 0


def safe(names: Iterable[str]) -> list[str]:
    """The names that can be folders' names; the others are said."""
    names = list(names)
    for name in names:
        if not is_safe(name):
            print(f"{name!r}: left out, because it cannot be a folder's name", file=sys.stderr)
    return list(filter(is_safe, names))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
