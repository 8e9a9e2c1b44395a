"""Keeps a student's work in ``progress.json`` beside the notebooks; nothing is sent anywhere.

Several kernels may write at the same time. Each change reads the file, changes one entry and writes
the file whole, one process at a time. What was not understood is never overwritten: such a file is
first set aside under another name. Where nothing can be written, the work lives in this kernel's
memory, and that is said once. A failure here never reaches a check or a widget.

``TLS13LAB_PROGRESS=off`` in the environment leaves the file alone, for reading, too. The project's
own runs of the notebooks set it: what they store must not depend on what a person answered. A
variable reaches every kernel, however it is started, and needs no cell in a notebook.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     one, other = (Keeper(Path(folder) / FILE, always=True) for _ in range(2))
...     one.change(lambda work: work.with_verdict("2.1", "RIGHT"))
...     other.read().tasks
{'2.1': TaskWork(verdict='RIGHT', solved=True)}
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock

from tls13lab import whole_file
from tls13lab.widgets.kept import LARGEST, Work, parsed
from tls13lab.widgets.one_at_a_time import turn

FILE = "progress.json"
RESET = "progress-before-reset.json"
UNREADABLE = "progress-not-understood.json"
VARIABLE = "TLS13LAB_PROGRESS"
OFF: Mapping[str, str] = {VARIABLE: "off"}
"""What a program adds to the environment of a kernel that is to leave the file alone."""

NOT_KEPT = (
    "Your progress cannot be written to this folder, so it lasts only until this kernel is "
    "restarted."
)

Change = Callable[[Work], Work]


def _is_off() -> bool:
    return os.environ.get(VARIABLE, "").strip().lower() == "off"


class Keeper:
    """One file of work. Any thread may use it; no method but ``reset`` raises an exception."""

    def __init__(self, path: Path, *, always: bool = False) -> None:
        self.path = path
        self.always = always
        """Whether to use the file even if the variable is off: for a command that was given it."""
        self.only_in_memory = False
        """Whether the last change could not be written."""
        self._unwritten: list[Change] = []
        self._said = False
        self._one_thread = RLock()

    @property
    def _uses_the_file(self) -> bool:
        return self.always or not _is_off()

    def read(self) -> Work:
        """Everything that is kept."""
        with self._one_thread:
            return self._with_unwritten(self._load()[0])

    def change(self, change: Change) -> None:
        """Change what is kept: in the file, or else in memory."""
        with self._one_thread:
            before = self.read()
            if change(before) == before:
                return
            self._unwritten.append(change)
            if not self._uses_the_file:
                self._only(self.read())
                return
            try:
                self._write(lambda work: work)
            except Exception:  # whatever it is, a lesson goes on without its file
                self.only_in_memory = True

    def reset(self, lesson: str = "") -> Path | None:
        """Forget all, or a lesson's; where a copy of the old file is, None if there was none.

        Raises OSError if the folder cannot be written to; then everything is as it was.
        """

        def left(work: Work) -> Work:
            return work.without_lesson(lesson) if lesson else Work()

        with self._one_thread:
            if self._uses_the_file and self.path.exists():
                return self._write(left, aside=RESET)
            self._only(left(self.read()))
            return None

    def note(self) -> str:
        """A warning, once, if nothing can be written here; otherwise empty."""
        if self._said or not self.only_in_memory:
            return ""
        self._said = True
        return NOT_KEPT

    # The file ------------------------------------------------------------------------------------

    def _only(self, work: Work) -> None:
        self._unwritten = [lambda _: work]

    def _with_unwritten(self, work: Work) -> Work:
        for change in self._unwritten:
            work = change(work)
        return work

    def _load(self) -> tuple[Work, bool]:
        """The file's work, and whether all of the file was understood."""
        if not self._uses_the_file:
            return Work(), True
        try:
            with self.path.open("rb") as file:
                return parsed(file.read(LARGEST + 1))
        except FileNotFoundError:
            return Work(), True
        except OSError:
            return Work(), False

    def _write(self, change: Change, aside: str = "") -> Path | None:
        """Write the file, changed; where its copy is, if one was asked for or had to be made."""
        with turn(self.path.with_name(f".{self.path.name}.lock")):
            work, understood = self._load()
            aside = aside or ("" if understood else UNREADABLE)
            copy = whole_file.set_aside(self.path, aside) if aside else None
            changed = change(self._with_unwritten(work))
            content = changed.to_json()
            if parsed(content) != (changed, True):
                raise ValueError("too large to be read again")
            whole_file.write(self.path, content, private=True)
        self._unwritten.clear()
        self.only_in_memory = False
        return copy


keeper = Keeper(Path(FILE))
"""The keeper of the kernel's folder, which is the notebook's."""
