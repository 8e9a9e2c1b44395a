"""Runs a student's cells and hands out the answer: ``python -m coursework.judge.producer``.

Everything in this process belongs to the student: what it says is data to be judged, never a
verdict. The first process imports the lessons' package, runs none of a student's code, and makes a
copy of itself (``os.fork``) for each task, so that a task begins clean and fast, and what one does
to itself does nothing to the next. Where there is no ``fork``, a process serves one task and ends.

The judge's orders come on the standard input and answers go to the standard output, one line of
JSON each; both are moved away before a student's code runs, and what a student prints goes nowhere.
A copy has two pipes of its own to the first process, which passes its lines on. Each order has a
new random number. The copy was made before the order came and is not told the number, so nothing
that it writes can be taken for an answer to a later order, or for a word of the first process.
Limits that the system can set are set here; the judge's end (``answers``) has the clock.
"""

import contextlib
import os
import select
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from coursework.judge import plain
from coursework.judge.lines import FIRST, TASK, Line, Numbered, pair

MEMORY = 2 << 30
"""Bytes that a student's process can have, as on the hub."""
FILE_SIZE, FILES, PROCESSES = 20 << 20, 256, 512
COPIED, COPIED_SIZE = 30, 1 << 20
"""How many files beside the notebook a task gets a copy of, and the most bytes of each."""
OF_MARKER = "timestamp.txt"
"""When it was handed in; no task gets a copy."""


def main(arguments: list[str]) -> int:
    """Serve tasks until the judge hangs up."""
    line = Numbered(os.dup(0), os.dup(1), FIRST)
    nothing = os.open(os.devnull, os.O_RDWR)
    for place in (0, 1, 2):
        os.dup2(nothing, place)
    files = Path(arguments[0]) if arguments else None
    shell = _shell()
    line.say({"ready": True})
    try:
        if not hasattr(os, "fork"):
            order = line.order()
            line.who = TASK
            _task(line, shell, order, files)
            return 0
        _closed(True)
        while True:
            _served(line, shell, files)
    except (EOFError, plain.NotPlain):
        return 0


def _served(line: Numbered, shell: Any, files: Path | None) -> None:
    """Make a copy, give it the next order, pass on what it says, and say how it ended."""
    theirs, ours = pair()
    waking, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for place in (waking, woken):
            os.close(place)
        ours.close()
        line.close()
        _copy_serves(theirs, shell, files)
    theirs.close()
    try:
        while "cells" not in (order := line.order()):
            pass  # it was for a task that has ended
        with contextlib.suppress(OSError):
            ours.say(order)
        status = _passed_on(line, ours, child, waking)
    finally:  # also if the judge hung up, so that the copy ends
        signal.set_wakeup_fd(-1)
        for place in (waking, woken):
            os.close(place)
        ours.close()
    line.say({"ended": os.waitstatus_to_exitcode(status)})


def _copy_serves(line: Line, shell: Any, files: Path | None) -> None:
    """The copy's whole life."""
    code = 1
    with contextlib.suppress(BaseException):  # the judge hung up, or cannot be heard any more
        order = line.hear()
        _closed(False)
        _task(line, shell, order, files)
        code = 0
    os._exit(code)


def _passed_on(line: Numbered, copy: Line, child: int, waking: int) -> int:
    """Pass on lines in both directions until the copy has ended; returns its status."""
    os.set_blocking(copy.reading, False)
    said = bytearray()
    reading = [waking, line.reading, copy.reading]
    while True:
        ready, _, _ = select.select(reading, [], [])
        if copy.reading in ready and _pass_on(line, copy.reading, said) == 0:
            reading.remove(copy.reading)
        if line.reading in ready:
            order = line.raw()
            with contextlib.suppress(OSError):
                copy.write(order)
        if waking in ready:
            os.read(waking, 1 << 10)
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                _end_the_others()
                while copy.reading in reading and _pass_on(line, copy.reading, said):
                    pass
                return status


def _pass_on(line: Numbered, reading: int, said: bytearray) -> int | None:
    """Pass on the whole lines that are there: how many bytes came, 0 at the end, None if none."""
    try:
        found = os.read(reading, 1 << 16)
    except BlockingIOError:
        return None
    said += found
    *lines, rest = said.split(b"\n")
    said[:] = rest
    before, line.who = line.who, TASK
    for one in lines:
        line.write(bytes(one) + b"\n")
    line.who = before
    if len(said) > plain.LONGEST:  # longer than any answer: the judge ends the task
        raise EOFError
    return len(found)


def _closed(closed: bool) -> None:
    """Whether other processes of this account may look into this one; Linux only."""
    with contextlib.suppress(Exception):
        import ctypes

        set_dumpable = 4
        ctypes.CDLL(None).prctl(set_dumpable, int(not closed), 0, 0, 0)


def _end_the_others() -> None:
    """End what a task left running. Only in a sandbox, where the first process is this one."""
    if os.getpid() != 1:
        return
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass


def _shell() -> Any:
    """IPython without its history and its colours, with the package imported."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import tls13lab.lesson  # noqa: F401  once, for all tasks

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.automagic = False
    shell = InteractiveShell.instance(config=config)
    # Some versions keep all that is printed, even without a history: a flood would fill the memory.
    history: Any = shell.history_manager
    if hasattr(history, "outputs"):
        history.outputs = _Forgets()
    return shell


class _Forgets(dict[Any, list[Any]]):
    """Has a new list for every key and keeps none."""

    def __missing__(self, key: Any) -> list[Any]:
        return []


def _task(line: Line, shell: Any, order: Any, files: Path | None) -> None:
    """Run one task's cells, say what became of each, and then do what the judge asks for."""
    limit(int(order["cpu_s"]))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if files is not None:
            _copy(files, Path(folder))
        os.chdir(folder)
        sys.path.insert(0, folder)  # where a notebook finds its own modules
        for place, cell in enumerate(order["cells"]):
            line.say({"ran": place, "error": _run(shell, cell)})
        serve(line, shell.user_ns.get(order["name"], _MISSING))
        os.chdir("/")


_MISSING = object()


def _run(shell: Any, cell: str) -> list[str] | None:
    """Run a cell; what it raised, if anything."""
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
    try:
        result = shell.run_cell(cell, store_history=False)
    except BaseException as fault:  # whatever a student's line raises, the next cell runs
        return described(fault)
    raised = result.error_before_exec or result.error_in_exec
    return None if raised is None else described(raised)


def described(fault: BaseException) -> list[str]:
    """An exception's type and message; the name that it misses, if it does, and in what type."""
    try:
        name = str(getattr(fault, "name", "") or "")[:100]
        where = str(type(getattr(fault, "obj", None)).__name__)[:60]
        return [str(type(fault).__name__)[:60], str(fault)[:500], name, where]
    except BaseException:  # a student's exception may do anything when it is printed
        return ["Exception", "", "", ""]


def serve(line: Line, answer: Any) -> None:
    """Say what the answer is; if it is a function, call it as often as the judge asks."""
    if answer is _MISSING:
        line.say({"answer": "missing"})
        return
    if not callable(answer) or isinstance(answer, type):
        try:
            line.say({"answer": "value", "value": plain.encode(answer)})
        except (plain.NotPlain, RecursionError, MemoryError) as fault:
            line.say({"answer": "too large", "why": str(fault)[:100]})
        except Exception:  # a student's object may raise anything when it is looked at
            line.say({"answer": "value", "value": {"opaque": "object"}})
        return
    line.say({"answer": "function", "parameters": _parameters(answer)})
    while True:
        order = line.hear()
        if "call" not in order:
            return
        line.say(_called(answer, *order["call"]))


def _called(answer: Any, arguments: Any, named: Any) -> Any:
    try:
        result = answer(*plain.decode(arguments), **plain.decode(named))
        # Inside ``try``: a generator runs only while it is encoded.
        return {"result": plain.encode(result)}
    except plain.NotPlain as fault:
        return {"raised": ["TooLarge", f"no right value is as large as this one ({fault})"]}
    except BaseException as fault:  # what a student's function raises is an answer, too
        return {"raised": [*described(fault), _line(answer, fault)]}


def _line(answer: Any, fault: BaseException) -> int:
    from tls13lab.exercises.stopping import line_in

    try:
        return line_in(answer, fault)
    except Exception:  # an object may only look like a function
        return 0


def _parameters(answer: Any) -> list[list[Any]] | None:
    """The names and kinds of a function's parameters and whether they may be left out."""
    import inspect

    try:
        found = inspect.signature(answer).parameters.values()
        return [[one.name, int(one.kind), one.default is not one.empty] for one in found]
    except Exception:  # some callables have none that can be told
        return None


def _copy(files: Path, folder: Path) -> None:
    """Copy the small files that were handed in beside the notebooks."""
    for one in beside(files):
        with contextlib.suppress(OSError):
            shutil.copyfile(one, folder / one.name)


def beside(files: Path) -> list[Path]:
    """The small files that were handed in beside the notebooks, as far as a task gets copies."""
    found = sorted(one for one in files.iterdir() if one.is_file() and not one.is_symlink())
    small = [
        one
        for one in found
        if one.suffix != ".ipynb" and one.name != OF_MARKER and one.stat().st_size <= COPIED_SIZE
    ]
    return small[:COPIED]


def limit(cpu_s: int) -> None:
    """Limit this process and its children, as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    wanted = {
        "RLIMIT_CPU": cpu_s,
        "RLIMIT_DATA": MEMORY,
        "RLIMIT_FSIZE": FILE_SIZE,
        "RLIMIT_NOFILE": FILES,
        "RLIMIT_NPROC": PROCESSES,
        "RLIMIT_CORE": 0,
    }
    for name, most in wanted.items():
        if hasattr(resource, name):
            with contextlib.suppress(ValueError, OSError):  # lower already
                resource.setrlimit(getattr(resource, name), (most, most))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
