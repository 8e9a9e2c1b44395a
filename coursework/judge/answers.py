"""The judge's end of a student's process: starts it, asks for answers, and stops it in time.

Nothing that comes from there is believed or run. A line is read only up to a length, is taken apart
by ``plain``, and every wait has an end. Whatever goes wrong costs the task that was asked for; the
next one gets a new process.
"""

import builtins
import contextlib
import inspect
import os
import queue
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from coursework.judge import plain, sandbox
from coursework.judge.lines import FIRST, TASK
from tls13lab.wire import faults


@dataclass(frozen=True)
class Limits:
    """Seconds: for the start of a process, a cell, a call, all of a task, and its processor time.

    A task's limit holds for its cells and its calls together, also if it is tried twice.
    """

    start_s: float = 60
    cell_s: float = 30
    call_s: float = 10
    task_s: float = 60
    cpu_s: int = 120


@dataclass
class Answer:
    """What became of a task's cells. ``trouble`` is empty if the process answered to the end.

    ``errors`` are the exceptions of single cells: the cell's place in the order, type, message.
    """

    kind: str = "missing"
    value: Any = None
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    trouble: str = ""


class Gone(Exception):
    """The process ended, hung, or said what no producer says; the text says which."""


class Producer:
    """A student's process. It starts when it is needed, and again after it was lost."""

    def __init__(self, student: str, files: Path | None, shelf: Path, limits: Limits) -> None:
        self.student, self.files, self.shelf, self.limits = student, files, shelf, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._home = tempfile.TemporaryDirectory(
            prefix="tls13lab-home-", ignore_cleanup_errors=True
        )
        self.started = 0
        self._number, self._until = "0", float("inf")

    def __enter__(self) -> "Producer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._home.cleanup()

    def begin(self) -> None:
        """From here on, the next task's time runs."""
        self._until = time.monotonic() + self.limits.task_s

    @contextmanager
    def answer(self, cells: list[str], name: str) -> Iterator[Answer]:
        """Run cells and give the value of ``name``; a function can be called inside the block."""
        found = Answer()
        at = -1
        try:
            if self._process is None:
                self._start()
            number = secrets.token_hex(16)
            order = {"cells": cells, "name": name, "cpu_s": self.limits.cpu_s, "number": number}
            self._say(order)
            self._number = number
            for at in range(len(cells)):
                ran = self._hear(self.limits.cell_s)
                if ran.get("ran") != at:
                    raise Gone(_ended(ran))
                if ran.get("error") is not None:
                    found.errors.append((at, *_two_texts(ran["error"])))
            at = len(cells)
            self._take(self._hear(self.limits.cell_s), found)
        except plain.NotPlain as fault:  # more text than any notebook has
            found.kind, found.trouble = "lost", f"{fault}: the task's cells"
            self.stop()  # it got no task, and would not say that one has ended
        except Gone as gone:
            where = f"cell {at + 1} of {len(cells)}" if 0 <= at < len(cells) else "its end"
            found.kind, found.trouble = "lost", f"{gone} in {where}"
            self.stop()
        try:
            yield found
        finally:
            self._finish(found)

    def _take(self, said: Any, found: Answer) -> None:
        """Read what the process says that the answer is."""
        match said:
            case {"answer": "missing"}:
                found.kind = "missing"
            case {"answer": "value", "value": value}:
                try:
                    found.kind, found.value = "value", plain.decode(value)
                except plain.NotPlain as fault:
                    found.kind, found.trouble = "too large", str(fault)
            case {"answer": "too large", "why": str() as why}:
                found.kind, found.trouble = "too large", why[:100]
            case {"answer": "function", "parameters": parameters}:
                found.kind, found.value = "function", self._function(parameters, found)
            case _:
                raise Gone(_ended(said))

    def _finish(self, found: Answer) -> None:
        """End the task. A process that does not say that it is ready for another is stopped."""
        if self._process is None:
            return
        try:
            if found.kind == "function":
                self._say({"end": True})
            if self._hear(self.limits.call_s).get("ended") != 0:
                self.stop()
        except Gone:
            self.stop()

    def _function(self, parameters: Any, found: Answer) -> Any:
        """A function that is called in the student's process."""

        def theirs(*arguments: Any, **named: Any) -> Any:
            try:
                self._say({"call": [plain.encode(list(arguments)), plain.encode(named)]})
                said = self._hear(self.limits.call_s)
                if isinstance(said, dict) and said.keys() == {"result"}:
                    return plain.decode(said["result"])
                if not (isinstance(said, dict) and said.keys() == {"raised"}):
                    raise Gone(_ended(said))
            except (Gone, plain.NotPlain) as fault:
                # A check takes it for an exception of the student's; this tells it from one.
                found.trouble = str(fault)
                self.stop()
                raise
            raised = _as_raised(*_two_texts(said["raised"]), said["raised"])
            raise raised.with_traceback(_at_line(said["raised"], sys._getframe()))

        signature = _signature(parameters)
        if signature is not None:
            theirs.__signature__ = signature  # type: ignore[attr-defined]
        return theirs

    # The process -------------------------------------------------------------------------------

    def _start(self) -> None:
        self.started += 1
        began = time.monotonic()
        home = Path(self._home.name)
        self._number = "0"
        try:
            # Without bubblewrap, an earlier task may have deleted both.
            home.mkdir(parents=True, exist_ok=True)
            sandbox.fill(self.shelf)
            self._process = subprocess.Popen(
                sandbox.command(self.shelf, self.files),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=sandbox.environment(self.shelf, self.student, home),
                cwd=home,
                start_new_session=True,
            )
        except OSError as fault:
            raise Gone(f"the process did not start ({type(fault).__name__})") from None
        self._lines: queue.Queue[bytes] = queue.Queue(maxsize=100)
        reading = threading.Thread(
            target=_read, args=(self._process.stdout, self._lines), daemon=True
        )
        reading.start()
        until, self._until = self._until, float("inf")
        try:
            if self._hear(self.limits.start_s) != {"ready": True}:
                self.stop()
                raise Gone("the process did not start")
        finally:
            self._until = until + time.monotonic() - began  # which is not the student's time

    def stop(self) -> None:
        """End the process and, as far as the system knows them, all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                if pipe is process.stdin and pipe is not None:
                    pipe.close()

    def _say(self, message: Any) -> None:
        if self._process is None or self._process.stdin is None:
            raise Gone("the process ended")
        try:
            self._process.stdin.write(plain.dumps(message))
            self._process.stdin.flush()
        except OSError:
            raise Gone("the process ended") from None

    def _hear(self, seconds: float) -> Any:
        """The next line from the process, a mapping."""
        if self._process is None:
            raise Gone("the process ended")
        left = self._until - time.monotonic()
        try:
            line = self._lines.get(timeout=max(0.0, min(seconds, left)))
        except queue.Empty:
            self.stop()
            if left < seconds:
                raise Gone(f"it took more than {self.limits.task_s:g} seconds in all") from None
            raise Gone(f"nothing came back for {seconds:g} seconds") from None
        said = self._said(line)
        if said is None:
            self.stop()
            raise Gone("the process ended" if not line else "what came back was not an answer")
        return said

    def _said(self, line: bytes) -> dict[str, Any] | None:
        """What a line says; None if it is not to this order, or not this process's to say."""
        number, who, rest = [*line.split(b" ", 2), b"", b""][:3]
        try:
            said = plain.loads(rest)
        except plain.NotPlain:
            return None
        if not isinstance(said, dict) or number != self._number.encode():
            return None
        mine = FIRST if said.keys() & {"ready", "ended"} else TASK
        return said if who == mine else None


def _read(pipe: Any, lines: "queue.Queue[bytes]") -> None:
    """Put lines into the queue, and b"" at the end; a line that is too long ends it."""
    with contextlib.suppress(OSError, ValueError):
        while line := pipe.readline(plain.LONGEST + 100):
            lines.put(line)
            if not line.endswith(b"\n"):
                break
    lines.put(b"")
    with contextlib.suppress(OSError):
        pipe.close()


def _ended(said: Any) -> str:
    match said:
        case {"ended": int() as code} if code < 0:
            return f"the process was ended by signal {-code}"
        case {"ended": int() as code}:
            return f"the process ended itself (exit code {code})"
    return "what came back was not an answer"


def _two_texts(found: Any) -> tuple[str, str]:
    match found:
        case [str() as kind, str() as message, *_] if kind.isidentifier():
            return kind[:60], message[:500]
    return "Exception", ""


_EMPTY: dict[str, Any] = {
    kind.__name__: kind()
    for kind in (int, float, bool, str, bytes, bytearray, list, tuple, dict, set)
} | {"NoneType": None}
"""Stands for the value that lacks the attribute that was asked for."""


def _as_raised(kind: str, message: str, found: Any) -> BaseException:
    """An exception of the same built-in kind, name and message as the student's.

    Checks tell kinds apart; for a missing name or attribute, they also say which it is.
    """
    base = getattr(builtins, kind, None) or getattr(faults, kind, None)
    if not (isinstance(base, type) and issubclass(base, Exception | SystemExit)):
        base = Exception
    made: type[BaseException] = type(
        kind, (base,), {"__str__": lambda _: message, "__module__": "student"}
    )
    fault = made.__new__(made)
    fault.args = (message,)
    if isinstance(fault, NameError | AttributeError):
        fault.name = found[2][:100] if len(found) > 2 and isinstance(found[2], str) else ""
    if isinstance(fault, AttributeError):
        fault.obj = _EMPTY.get(str(found[3]), plain.Opaque()) if len(found) > 3 else None
    return fault


def _at_line(found: Any, here: FrameType) -> TracebackType:
    """A traceback that names the student's line, for checks that say in which line it was.

    A check counts lines from the first one of the function that it called, which is ``here``.
    """
    line = found[4] if len(found) > 4 and isinstance(found[4], int) else 0
    first = here.f_code.co_firstlineno
    return TracebackType(None, here, here.f_lasti, first - 1 + max(0, min(line, 10_000)))


def _signature(parameters: Any) -> inspect.Signature | None:
    """The signature of a student's function, so that a check can look at it."""
    if not isinstance(parameters, list) or len(parameters) > 50:
        return None
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name,
                    list(inspect._ParameterKind)[kind],
                    default=None if optional else inspect.Parameter.empty,
                )
                for name, kind, optional in parameters
            ]
        )
    except (ValueError, TypeError, IndexError):
        return None
