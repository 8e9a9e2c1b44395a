"""What was found for each student, in the course folder: ``verdicts/NAME.json``, each one signed.

A record says for which files it is, and by which judge it was made. If both are still the same,
there is nothing to do again.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from coursework.build import ASSIGNMENT
from coursework.judge.odd import Hint
from coursework.judge.seal import Verdict, digest, genuine, seal

FOLDER = "verdicts"


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
    """All notebooks of one student, and the judge's version."""

    student: str
    version: str
    marked: tuple[Marked, ...]

    def save(self, course: Path, key: bytes) -> None:
        """Sign and write the record."""
        content: dict[str, Any] = asdict(self)
        for marked, raw in zip(self.marked, content["marked"], strict=True):
            raw["seals"] = [
                seal(key, one, self.student, marked.notebook, marked.submission)
                for one in marked.verdicts
            ]
        path = course / FOLDER / f"{self.student}.json"
        path.parent.mkdir(exist_ok=True, mode=0o700)
        new = path.with_suffix(".new")
        new.write_text(json.dumps(content, indent=1), encoding="utf-8")
        new.replace(path)


def load(course: Path, student: str, key: bytes) -> Record | None:
    """A student's record; None if there is none. Raises Forged."""
    path = course / FOLDER / f"{student}.json"
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
        return Record(student, raw["version"], marked)
    except (ValueError, KeyError, TypeError):
        raise Forged(f"the record of {student} is not the judge's") from None


def submissions(course: Path, student: str, notebooks: list[str]) -> dict[str, str]:
    """The digests of what a student handed in now; "" for what is missing."""
    folder = course / "submitted" / student / ASSIGNMENT
    return {name: digest(folder / f"{name}.ipynb") for name in notebooks}
