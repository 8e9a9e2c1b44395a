"""Submissions that harm, cheat or stumble, and what each gets: the table of docs/instructors.md.

Every case begins with a notebook in which all tasks are solved, changes it, and says which verdicts
change. A task that is not named stays right. ``python -m tests.coursework.hostile`` writes the
table into the page.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from coursework.build import made
from coursework.place import as_solution, as_student, required
from coursework.source import everything

Notebook = Any
Change = Callable[[Notebook], Any]
WHO = "alice"


@dataclass(frozen=True)
class Case:
    """What is handed in, what the named tasks get, and why.

    ``gets`` has verdicts by task; ``listed`` says whether a person gets a hint or a note;
    ``boxed`` that it needs bubblewrap to come out like this, ``endless`` that it runs into a limit.
    """

    what: str
    notebook: str
    change: Change
    gets: dict[str, str] = field(default_factory=dict)
    why: str = ""
    listed: bool = False
    boxed: bool = False
    endless: bool = False


@cache
def _solved(name: str) -> Notebook:
    return made(name, everything()[name], as_solution, required)


@cache
def _blank(name: str) -> Notebook:
    return made(name, everything()[name], as_student, required)


def handed_in(case: Case, folder: Path) -> None:
    """Write the case's notebook, or whatever it makes in its place, into a folder."""
    notebook = copy.deepcopy(_solved(case.notebook))
    raw = case.change(notebook)
    path = folder / f"{case.notebook}.ipynb"
    if raw is DELETED:
        return
    text = raw if isinstance(raw, str) else json.dumps(raw or notebook)
    path.write_text(text, encoding="utf-8")


DELETED = object()
HARMLESS = "What is printed goes nowhere."


# Ways to change a notebook ------------------------------------------------------------------------


def cell_id(number: str, part: str) -> str:
    return f"task-{number.replace('.', '-')}{part}"


def place_of(notebook: Notebook, cell: str) -> int:
    return next(n for n, one in enumerate(notebook.cells) if one.id == cell)


def code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source)


def answer(number: str, source: str) -> Change:
    """The task's answer cell has this text."""

    def change(notebook: Notebook) -> None:
        notebook.cells[place_of(notebook, cell_id(number, "-answer"))].source = source

    return change


def before(number: str, source: str) -> Change:
    """The answer cell begins with this; the solution follows."""

    def change(notebook: Notebook) -> None:
        cell = notebook.cells[place_of(notebook, cell_id(number, "-answer"))]
        cell.source = f"{source}\n{cell.source}"

    return change


def after(number: str, source: str) -> Change:
    """A cell of the student's own follows the answer."""

    def change(notebook: Notebook) -> None:
        at = place_of(notebook, cell_id(number, "-answer"))
        notebook.cells.insert(at + 1, code(source))

    return change


def first(source: str, *, solved: bool) -> Change:
    """A cell of the student's own comes first; the tasks are solved, or still blank."""

    def change(notebook: Notebook) -> None:
        if not solved:
            blank(notebook)
        notebook.cells.insert(1, code(source))

    return change


def blank(notebook: Notebook) -> None:
    stubs = {cell.id: cell.source for cell in _blank(_name(notebook)).cells}
    for cell in notebook.cells:
        cell.source = stubs.get(cell.id, cell.source)


def _name(notebook: Notebook) -> str:
    ids = {cell.id for cell in notebook.cells if cell.id.startswith("task-")}
    return next(
        name for name, tasks in everything().items() if cell_id(tasks[0].number, "-answer") in ids
    )


def without(*ids: str) -> Change:
    """These cells were deleted."""

    def change(notebook: Notebook) -> None:
        notebook.cells = [cell for cell in notebook.cells if cell.id not in ids]

    return change


def check(number: str, source: str) -> Change:
    """The check was edited."""

    def change(notebook: Notebook) -> None:
        notebook.cells[place_of(notebook, cell_id(number, "-check"))].source = source

    return change


def without_ids(notebook: Notebook) -> Any:
    """As an editor saves it that knows neither ids nor grading metadata."""
    raw = json.loads(json.dumps(notebook))
    raw["nbformat_minor"] = 4
    for cell in raw["cells"]:
        del cell["id"]
        cell["metadata"] = {}
    return raw


def in_format_3(notebook: Notebook) -> Any:
    return json.loads(json.dumps(nbformat.convert(notebook, 3)))


def without_lesson(notebook: Notebook) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.id.startswith("task-")]


def split(number: str) -> Change:
    """The answer cell was split in the middle."""

    def change(notebook: Notebook) -> None:
        at = place_of(notebook, cell_id(number, "-answer"))
        lines = notebook.cells[at].source.splitlines()
        notebook.cells[at].source = lines[0]
        notebook.cells.insert(at + 1, code("\n".join(lines[1:])))

    return change


def at_the_end(number: str) -> Change:
    """The answer stands in the last cell; its place has the dots still."""

    def change(notebook: Notebook) -> None:
        at = place_of(notebook, cell_id(number, "-answer"))
        notebook.cells.append(code(notebook.cells[at].source))
        stubs = {cell.id: cell.source for cell in _blank(_name(notebook)).cells}
        notebook.cells[at].source = stubs[notebook.cells[at].id]

    return change


def misplaced(number: str, other: str) -> Change:
    """The answer stands in another task's cell; its own cell is empty."""

    def change(notebook: Notebook) -> None:
        own = notebook.cells[place_of(notebook, cell_id(number, "-answer"))]
        cell = notebook.cells[place_of(notebook, cell_id(other, "-answer"))]
        cell.source, own.source = f"{cell.source}\n{own.source}", ""

    return change


def check_twice(notebook: Notebook) -> None:
    """A check was copied, with its id."""
    at = place_of(notebook, cell_id("0.1", "-check"))
    notebook.cells.insert(at + 1, copy.deepcopy(notebook.cells[at]))


ALL_00 = {"0.1": "blank", "0.2": "blank"}
ALL_01 = {f"1.{n}": "blank" for n in range(1, 6)}

CASES: tuple[Case, ...] = (
    # Cheating: the verdict
    Case(
        "`Feedback.require = lambda self: None`, no work",
        "01_key_schedule",
        first(
            "from tls13lab.exercises.feedback import Feedback\n"
            "Feedback.require = lambda self: None",
            solved=False,
        ),
        ALL_01,
        "no verdict is made where the student's code runs",
        listed=True,
    ),
    Case(
        "`check` replaced by a class of one's own, no work",
        "00_start_here",
        first("class check:\n    def __init__(self, *a): pass\n    require = print", solved=False),
        ALL_00,
        "the student's checks are not used",
    ),
    Case(
        "the task's own object patched to want 7, answer 7",
        "00_start_here",
        answer(
            "0.1",
            "from tls13lab.exercises import catalogue\n"
            "object.__setattr__(catalogue.TASKS['0.1'], 'right', lambda given: 7)\nlength = 7",
        ),
        {"0.1": "not yet"},
        "the judge has another copy of the package",
        listed=True,
    ),
    Case(
        'check edited to `check("0.1", 42)`, answer wrong',
        "00_start_here",
        lambda nb: (answer("0.1", "length = 7")(nb), check("0.1", 'check("0.1", 42)')(nb))[2:],
        {"0.1": "not yet"},
        "which name is the answer is in the tasks' source",
    ),
    Case(
        'forged lines to the judge: `{"verdict": "right"}`',
        "00_start_here",
        answer(
            "0.1",
            "import os\nfor fd in range(3, 64):\n    try:\n"
            '        os.write(fd, b\'{"verdict": "right"}\\n\')\n    except OSError:\n        pass',
        ),
        {"0.1": "not yet"},
        "the judge reads answers there, and never a verdict",
        listed=True,
    ),
    Case(
        "forged answer to the judge",
        "00_start_here",
        answer(
            "0.1",
            "import os\nfor fd in range(3, 64):\n    try:\n"
            '        os.write(fd, b\'{"answer": "value", "value": 1}\\n\')\n'
            "    except OSError:\n        pass",
        ),
        {"0.1": "not yet"},
        "an answer out of turn ends the task; it would have to be right, too",
        listed=True,
    ),
    Case(
        "its own word that the task has ended, then a wrong answer to the next",
        "00_start_here",
        answer(
            "0.1",
            'import os\nlines = [b\'{"ended": 0}\', b\'{"ran": 0, "error": null}\'] * 2\n'
            "for fd in range(3, 64):\n    try:\n"
            "        os.write(fd, b'\\n'.join([*lines, b'{\"answer\": \"missing\"}', b'']))\n"
            "    except OSError:\n        pass",
        ),
        {"0.1": "not yet"},
        "each task has pipes of its own",
        listed=True,
    ),
    # Cheating: the answer
    Case(
        "`unittest.mock.ANY`",
        "00_start_here",
        answer("0.1", "from unittest.mock import ANY as length"),
        {"0.1": "not yet"},
        "only plain data crosses",
        listed=True,
    ),
    Case(
        "an int that equals everything",
        "07_external_psk_and_entropy",
        answer(
            "7.2",
            "class One(float):\n    __eq__ = lambda *_: True\n    __hash__ = float.__hash__\n"
            "def expected(alphabet, length):\n    return One(1)",
        ),
        {"7.2": "not yet"},
        "it crosses as the number that it holds",
        listed=True,
    ),
    Case(
        "an object with every method",
        "09_capstone",
        answer(
            "9.3",
            "class Any:\n    def __getattr__(self, name): return lambda *_: True\n"
            "    def __eq__(self, other): return True\n    def __iter__(self): return iter(())\n"
            "    def __hash__(self): return 1\nlost = Any()",
        ),
        {"9.3": "not yet"},
        "only the name of its type crosses",
        listed=True,
    ),
    Case(
        "a value copied from another student",
        "01_key_schedule",
        answer(
            "1.1", "my_secret = (t := give.__globals__['task']('1.1')).right(t.everything('bob'))"
        ),
        {"1.1": "not yet"},
        "the judge asks for the keys of the folder's name",
        listed=True,
    ),
    Case(
        '`TLS13LAB_STUDENT = "bob"`, then bob\'s answers',
        "02_resumption",
        first("import os\nos.environ['TLS13LAB_STUDENT'] = 'bob'", solved=True),
        {},
        "the cell is needed by no task, so it does not run",
        listed=True,
    ),
    Case(
        "the same in the answer's cell",
        "02_resumption",
        before("2.1", "import os\nos.environ['TLS13LAB_STUDENT'] = 'bob'"),
        {"2.1": "not yet"},
        "the judge asks for the keys of the folder's name",
        listed=True,
    ),
    Case(
        "the package's own right answer is called",
        "04_forward_secrecy",
        answer(
            "4.1",
            "from tls13lab.exercises.catalogue import TASKS\nmy_keys = TASKS['4.1'].right("
            "TASKS['4.1']._all('alice'))",
        ),
        {},
        "the value is right; the line is listed for a person",
        listed=True,
    ),
    Case(
        "reads the gradebook and the solutions",
        "03_psk_modes",
        answer(
            "3.1",
            "import coursework\nexec(open(coursework.__path__[0] + '/03_psk_modes.md').read())",
        ),
        {"3.1": "not yet"},
        "with bubblewrap, none of the marker's files is there",
        listed=True,
        boxed=True,
    ),
    Case(
        "mounts the package once more, to write to it",
        "00_start_here",
        before(
            "0.1",
            "import subprocess\nsubprocess.run("
            "['mount', '-o', 'remount,bind,rw', '/shelf/tls13lab'], check=True)",
        ),
        {"0.1": "not yet"},
        "with bubblewrap it may not, even if root marks",
        listed=True,
        boxed=True,
    ),
    Case(
        "asks a server for the answer",
        "04_forward_secrecy",
        answer(
            "4.1",
            "import socket\nsocket.create_connection(('127.0.0.1', 22), 1)\nmy_keys = None",
        ),
        {"4.1": "not yet"},
        "with bubblewrap there is no network",
        listed=True,
    ),
    # Harm
    Case(
        "`os._exit(0)`",
        "00_start_here",
        before("0.1", "import os\nos._exit(0)"),
        {"0.1": "not yet"},
        "it ends that task's process only",
        listed=True,
    ),
    Case(
        "kills the process above it",
        "05_early_data",
        before("5.2", "import os\nos.kill(os.getppid(), 9)\nos.kill(os.getpid(), 9)"),
        {"5.2": "not yet"},
        "the next task gets a new process",
        listed=True,
    ),
    Case(
        "an endless loop",
        "03_psk_modes",
        before("3.2", "while True: pass"),
        {"3.2": "not yet"},
        "a cell has 30 seconds",
        listed=True,
        endless=True,
    ),
    Case(
        "a function that never ends",
        "02_resumption",
        answer("2.2", "def obfuscate(age_ms, age_add):\n    while True: pass"),
        {"2.2": "not yet"},
        "a call has 10 seconds",
        listed=True,
        endless=True,
    ),
    Case(
        "130 cells that sleep",
        "00_start_here",
        lambda nb: [after("0.1", "import time\ntime.sleep(5)")(nb) for _ in range(130)][130:],
        {"0.1": "not yet"},
        "a task has 60 seconds in all",
        listed=True,
        endless=True,
    ),
    Case(
        "an endless flood of output",
        "07_external_psk_and_entropy",
        after("7.2", "while True: print('x' * 10_000)"),
        {"7.2": "not yet"},
        f"{HARMLESS} The loop costs the task.",
        listed=True,
        endless=True,
    ),
    Case(
        "100 MB of output",
        "08_identity_and_selfie",
        after("8.1", "for _ in range(100): print('x' * 1_000_000)"),
        {},
        HARMLESS,
    ),
    Case(
        "asks for 4 GB of memory",
        "06_symbolic_model",
        before("6.4", "too_much = bytearray(4 << 30)"),
        {"6.4": "not yet"},
        "a process has 2 GB",
    ),
    Case(
        "fills the disk",
        "06_symbolic_model",
        before("6.3", "open('large', 'wb').write(bytes(100 << 20))"),
        {"6.3": "not yet"},
        "a file has at most 20 MB",
        listed=True,
    ),
    Case(
        "deletes every file that it can reach",
        "04_forward_secrecy",
        after(
            "4.2",
            "import shutil, os\nfor place in ('/submission', '/shelf', os.getcwd(), '/tmp'):\n"
            "    shutil.rmtree(place, ignore_errors=True)",
        ),
        {},
        "it has copies, and the rest is read-only",
        listed=True,
        boxed=True,
    ),
    Case(
        "leaves programs running",
        "05_early_data",
        after(
            "5.3",
            "import subprocess, sys\nfor _ in range(5):\n    subprocess.Popen([sys.executable,"
            " '-c', 'import time; time.sleep(600)'], start_new_session=True)",
        ),
        {},
        "with bubblewrap they end with the task",
        listed=True,
        boxed=True,
    ),
    Case(
        "closes all its files",
        "00_start_here",
        before("0.1", "import os\nos.closerange(3, 1000)"),
        {"0.1": "not yet"},
        "the judge hears nothing of an answer",
        listed=True,
    ),
    Case(
        "a list inside a list, 100,000 deep",
        "04_forward_secrecy",
        answer("4.2", "opens = []\nfor _ in range(100_000):\n    opens = [opens]"),
        {"4.2": "not yet"},
        "what crosses has at most 16 levels",
        listed=True,
    ),
    Case(
        "a dictionary that contains itself",
        "09_capstone",
        answer("9.1", "modes = {}\nmodes[1] = modes"),
        {"9.1": "not yet"},
        "what crosses has at most 16 levels",
        listed=True,
    ),
    Case(
        "8,000 numbers with the same hash",
        "04_forward_secrecy",
        answer("4.2", "opens = {n * (2**61 - 1) for n in range(8_000)}"),
        {"4.2": "not yet"},
        "at most 100 members or keys may have the same hash",
        listed=True,
    ),
    Case(
        "five million characters in a cell",
        "00_start_here",
        before("0.1", "#" * 5_000_000),
        {"0.1": "not yet"},
        "a task's cells have at most 4,000,000 characters",
        listed=True,
    ),
    Case(
        "half a surrogate pair, in a comment and as an error's text",
        "03_psk_modes",
        lambda nb: (
            after("3.1", "# \ud83d")(nb),
            answer("3.2", "raise ValueError(chr(0xD800))")(nb),
        )[2:],
        {"3.2": "not yet"},
        "it is spelled out",
    ),
    Case(
        "a number of a million digits",
        "07_external_psk_and_entropy",
        answer("7.3", "def length_for(alphabet, rate, seconds):\n    return 10**1_000_000"),
        {"7.3": "not yet"},
        "a number has at most 65,536 bits",
    ),
    Case(
        "plan of infinitely many keys",
        "04_forward_secrecy",
        answer("4.3", "plan = dict(rotate_every_h=1e-300, keep_h=float('inf'), lifetime_h=6)"),
        {"4.3": "not yet"},
        "the check finds it wrong; it has a limit, too",
    ),
    Case(
        "an exception whose text is an exception",
        "01_key_schedule",
        answer(
            "1.3",
            "class Bad(Exception):\n    def __str__(self): raise Bad\n"
            "def my_nonce(iv, n):\n    raise Bad",
        ),
        {"1.3": "not yet"},
        "only a name and a text cross",
    ),
    # Clumsiness that costs nothing
    Case(
        "a variable called `check`",
        "01_key_schedule",
        after("1.1", "check = my_secret == context"),
        {},
        "the student's checks are not used",
    ),
    Case(
        "the check was deleted",
        "01_key_schedule",
        without("task-1-1-check", "task-1-2-check"),
        {},
        "it is put back",
        listed=True,
    ),
    Case(
        "a check was copied",
        "00_start_here",
        check_twice,
        {},
        "the first is the check; copies are not used",
    ),
    Case(
        "the answer was put into the check's cell",
        "00_start_here",
        lambda nb: (
            answer("0.1", "given = give('0.1')")(nb),
            check("0.1", "length = int.from_bytes(given.record[3:5], 'big')\ncheck('0.1', length)")(
                nb
            ),
        )[2:],
        {},
        "an edited check runs as a part of the answer",
    ),
    Case(
        "an editor dropped ids and metadata",
        "02_resumption",
        without_ids,
        {},
        "cells are also known by their text",
    ),
    Case("the notebook is in Jupyter's format 3", "00_start_here", in_format_3, {}, "converted"),
    Case(
        "the whole lesson was deleted, only tasks are left",
        "01_key_schedule",
        without_lesson,
        {},
        "cells that a task needs are put back",
    ),
    Case(
        "a lesson's cell was broken",
        "03_psk_modes",
        first("raise SystemExit('oops')", solved=True),
        {},
        "only cells that a task needs run for it",
    ),
    Case(
        "the answer's cell was split", "02_resumption", split("2.1"), {}, "both belong to the task"
    ),
    Case(
        "the answer stands at the notebook's end",
        "02_resumption",
        at_the_end("2.1"),
        {},
        "found by its name",
        listed=True,
    ),
    Case(
        "the first answer is corrected in a new cell",
        "09_capstone",
        lambda nb: (
            after("9.1", nb.cells[place_of(nb, "task-9-1-answer")].source)(nb),
            answer("9.1", "modes = {}")(nb),
        )[2:],
        {},
        "the last value before the next task counts",
    ),
    Case(
        "a bytearray, numpy's number, a subclass of dict",
        "09_capstone",
        lambda nb: (
            after("9.2", "from collections import OrderedDict\npasswords = OrderedDict(passwords)")(
                nb
            ),
            after("9.1", "import numpy\nmodes = {numpy.int64(k): v for k, v in modes.items()}")(nb),
        )[2:],
        {},
        "each crosses as what it holds",
    ),
    Case(
        "magics, a shell's line, `await`, `input()`",
        "00_start_here",
        after("0.1", "%time x = 1\n!true\nimport asyncio\nawait asyncio.sleep(0)\ninput('?')"),
        {},
        "cells run in IPython; there is nobody to ask",
        listed=True,
    ),
    Case(
        "a Fraction where a number is asked for",
        "07_external_psk_and_entropy",
        after(
            "7.2",
            "from fractions import Fraction\nfirst = expected\n"
            "def expected(alphabet, length):\n    return Fraction(first(alphabet, length))",
        ),
        {},
        "what a check in the notebook accepts counts here, too",
    ),
    # Clumsiness that costs a task
    Case(
        "an answer in another task's cell, its own cell empty",
        "02_resumption",
        misplaced("2.3", "2.2"),
        {"2.3": "blank"},
        "a person finds it in the list",
        listed=True,
    ),
    Case(
        "all cells of a task were deleted",
        "08_identity_and_selfie",
        without("task-8-1", "task-8-1-answer", "task-8-1-check"),
        {"8.1": "blank"},
        "there is nothing to judge",
        listed=True,
    ),
    Case(
        "a generator where a list is asked for",
        "05_early_data",
        answer("5.3", "def first_times(hellos):\n    yield True"),
        {"5.3": "not yet"},
        "as in the notebook",
    ),
    Case(
        "a function where a value is asked for",
        "01_key_schedule",
        answer("1.1", "def my_secret():\n    return b''"),
        {"1.1": "not yet"},
        "as in the notebook",
    ),
    Case(
        "a cell that stops with an error",
        "03_psk_modes",
        answer("3.2", "choose = undefined"),
        {"3.2": "not yet"},
        "the error's name and text are the feedback",
    ),
    Case(
        "the file is half a notebook",
        "00_start_here",
        lambda nb: json.dumps(nb)[:1000],
        {"0.1": "not yet", "0.2": "not yet"},
        "listed; the other notebooks are marked",
        listed=True,
    ),
    Case(
        "the notebook was not handed in",
        "00_start_here",
        lambda nb: DELETED,
        ALL_00,
        "the other notebooks are marked",
    ),
)


def table() -> str:
    """The cases as a table in Markdown."""
    rows = ["| handed in | lesson | gets | why | listed |", "|---|---|---|---|---|"]
    for case in CASES:
        lost = [
            f"{verdict}: {', '.join(t for t, v in case.gets.items() if v == verdict)}"
            for verdict in dict.fromkeys(case.gets.values())
        ]
        gets = f"{'; '.join(lost)}" if lost else "full points"
        rows.append(
            f"| {case.what} | {case.notebook[:2]} | {gets} | {case.why} "
            f"| {'yes' if case.listed else ''} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Put the table into the instructors' page, in the place of the old one."""
    page = Path(__file__).resolve().parents[2] / "docs" / "instructors.md"
    text = page.read_text(encoding="utf-8")
    head, rest = text.split("### What submissions get\n", 1)
    about, _, _ = rest.partition("\n| ")
    _, after = rest.split("\n### What is still possible", 1)
    page.write_text(
        f"{head}### What submissions get\n{about}\n{table()}\n\n### What is still possible{after}",
        encoding="utf-8",
        newline="\n",
    )


if __name__ == "__main__":
    main()
