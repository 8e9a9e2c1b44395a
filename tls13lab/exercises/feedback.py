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


class Verdict(Enum):
    """The result of a check; its value is the first word of the feedback."""

    RIGHT = "Right."
    NOT_YET = "Not yet."
    BLANK = "Still blank."


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict and an explanation; it counts as true if the answer is right."""

    verdict: Verdict
    says: str = ""

    @classmethod
    def right(cls, says: str = "") -> "Feedback":
        """Feedback for a right answer, with a remark on it."""
        return cls(Verdict.RIGHT, says)

    @classmethod
    def wrong(cls, says: str) -> "Feedback":
        """Feedback for a wrong answer; ``says`` explains the mistake."""
        return cls(Verdict.NOT_YET, says)

    @classmethod
    def blank(cls) -> "Feedback":
        """Feedback for a task that was not answered yet."""
        return cls(
            Verdict.BLANK,
            "Put your answer in the place of the dots, run that cell, then this one. The hint "
            "above is there to be opened.",
        )

    def __bool__(self) -> bool:
        return self.verdict is Verdict.RIGHT

    @property
    def text(self) -> str:
        """The feedback as one line of plain text."""
        return f"{self.verdict.value} {self.says}".rstrip()

    def require(self) -> None:
        """For automatic grading: raise AssertionError with the feedback unless it is right."""
        if not self:
            raise AssertionError(self.text)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        said = f"<p><strong>{self.verdict.value}</strong> {escape(self.says)}</p>"
        return {"text/html": said, "text/plain": self.text}
