"""The feedback of a check: right, not yet (and why), or still blank.

>>> print(Feedback.right().text)
Right.
>>> bool(Feedback.wrong("You hashed the binders too."))
False
"""

from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import Any


class Grade(Enum):
    """The result of a check; its value is the first word of the feedback."""

    RIGHT = "Right."
    NOT_YET = "Not yet."
    BLANK = "Still blank."


_LOOKS = {
    Grade.RIGHT: ("\N{HEAVY CHECK MARK}", "#2f8a4c"),
    Grade.NOT_YET: ("\N{HEAVY BALLOT X}", "#c2571a"),
    Grade.BLANK: ("\N{MEDIUM WHITE CIRCLE}", "#6b7fa3"),
}
"""A sign and a colour for each grade; the colours have a contrast of more than 3 to 1 with the
background of both themes, and the text takes the theme's own colour."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A grade and an explanation; it counts as true if the answer is right."""

    verdict: Grade
    says: str = ""

    @classmethod
    def right(cls, says: str = "") -> "Feedback":
        """Feedback for a right answer, with a remark on it."""
        return cls(Grade.RIGHT, says)

    @classmethod
    def wrong(cls, says: str) -> "Feedback":
        """Feedback for a wrong answer; ``says`` explains the mistake."""
        return cls(Grade.NOT_YET, says)

    @classmethod
    def blank(cls) -> "Feedback":
        """Feedback for a task that was not answered yet."""
        return cls(
            Grade.BLANK,
            "Put your answer in the place of the dots, run that cell, then this one. If you are "
            "stuck, open the hint above.",
        )

    def __bool__(self) -> bool:
        return self.verdict is Grade.RIGHT

    @property
    def text(self) -> str:
        """The feedback as one line of plain text."""
        return f"{self.verdict.value} {self.says}".rstrip()

    def require(self) -> None:
        """For automatic grading: raise AssertionError with the feedback unless it is right."""
        if not self:
            raise AssertionError(self.text)

    @property
    def html(self) -> str:
        """The feedback with a sign and a coloured border; the words alone say all of it."""
        sign, colour = _LOOKS[self.verdict]
        style = f"border-left:6px solid {colour};padding:4px 12px;margin:4px 0"
        return (
            f'<p style="{style}"><span aria-hidden="true">{sign}</span> '
            f"<strong>{self.verdict.value}</strong> {escape(self.says)}</p>"
        )

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}
