"""What was found for each student, in the course folder: ``verdicts/NAME.json``, each one signed.

A record says for which files it is, and by which judge it was made. If both are still the same,
there is nothing to do again.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coursework.judge.odd import Hint
from coursework.judge.seal import Verdict, genuine, seal

FOLDER = "verdicts"
ENTERED = ".entered"
"""The ending of the file with the digest of the record that was entered into the gradebook."""


class Forged(Exception):
    """A record that the judge did not write, or that was changed since."""


@dataclass(frozen=True)
class Marked:
    """One notebook of one student. ``submission`` is its digest, or "" if none was handed in.

    ``notes`` is what a person should look at, besides the notes of single verdicts.
    """

    notebook: str
    submission: str
    verdicts: tuple[Verdict, ...]
    hints: tuple[Hint, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """The points of all its tasks."""
        return sum(one.points for one in self.verdicts)

    @classmethod
    def from_json(cls, raw: Any) -> "Marked":
        """The notebook that ``asdict`` was made of."""
        return cls(
            raw["notebook"],
            raw["submission"],
            tuple(Verdict(**one) for one in raw["verdicts"]),
            tuple(Hint(**one) for one in raw["hints"]),
            tuple(raw["notes"]),
        )


@dataclass(frozen=True)
class Record:
    """All notebooks of one student, the judge's version, and a digest of the files beside them."""

    student: str
    version: str
    marked: tuple[Marked, ...]
    files: str = ""

    def save(self, course: Path, key: bytes) -> None:
        """Sign and write the record."""
        content: dict[str, Any] = asdict(self)
        for marked, raw in zip(self.marked, content["marked"], strict=True):
            raw["seals"] = [
                seal(key, one, self.student, marked.notebook, marked.submission)
                for one in marked.verdicts
            ]
        path = file_of(course, self.student)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(content, indent=1), encoding="utf-8")
        new.replace(path)


def file_of(course: Path, student: str) -> Path:
    """Where a student's record is."""
    return course / FOLDER / f"{student}.json"


def is_entered(course: Path, student: str) -> bool:
    """Whether the gradebook has what the record says now."""
    mark = file_of(course, student).with_suffix(ENTERED)
    return mark.exists() and mark.read_text(encoding="ascii") == _digest(course, student)


def set_entered(course: Path, student: str) -> None:
    """Note that the gradebook has what the record says now."""
    file_of(course, student).with_suffix(ENTERED).write_text(
        _digest(course, student), encoding="ascii"
    )


def _digest(course: Path, student: str) -> str:
    return hashlib.sha256(file_of(course, student).read_bytes()).hexdigest()


def forget(course: Path, student: str) -> bool:
    """Remove a record that holds no longer; whether there was one."""
    path = file_of(course, student)
    was = path.exists()
    for one in (path, path.with_suffix(ENTERED)):
        one.unlink(missing_ok=True)
    return was


def load(course: Path, student: str, key: bytes) -> Record | None:
    """A student's record; None if there is none. Raises Forged."""
    path = file_of(course, student)
    if not path.exists():
        return None
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        marked = tuple(Marked.from_json(one) for one in raw["marked"])
        for one, told in zip(marked, raw["marked"], strict=True):
            for verdict, sealed in zip(one.verdicts, told["seals"], strict=True):
                if not genuine(key, verdict, student, one.notebook, one.submission, sealed):
                    raise Forged(
                        f"the verdict on task {verdict.task} of {student} is not the judge's"
                    )
        return Record(student, raw["version"], marked, str(raw["files"]))
    except (ValueError, KeyError, TypeError):
        raise Forged(f"the record of {student} is not the judge's") from None
