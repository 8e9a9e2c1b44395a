"""What a check says: right, not yet and why, or still blank.

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
    """How an answer was found; the value is the word that stands before the sentence."""

    RIGHT = "Right."
    NOT_YET = "Not yet."
    BLANK = "Still blank."


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict and what to make of it. True if the answer is right."""

    verdict: Verdict
    says: str = ""

    @classmethod
    def right(cls, says: str = "") -> "Feedback":
        """The answer is right."""
        return cls(Verdict.RIGHT, says)

    @classmethod
    def wrong(cls, says: str) -> "Feedback":
        """It is not, and this is what seems to have happened."""
        return cls(Verdict.NOT_YET, says)

    @classmethod
    def blank(cls) -> "Feedback":
        """Nothing was answered yet."""
        return cls(
            Verdict.BLANK,
            "Put your answer in the place of the dots, run that cell, then this one. The hint "
            "above is there to be opened.",
        )

    def __bool__(self) -> bool:
        return self.verdict is Verdict.RIGHT

    @property
    def text(self) -> str:
        """One line of plain text."""
        return f"{self.verdict.value} {self.says}".rstrip()

    def require(self) -> None:
        """For a grader: raise AssertionError, with what there is to say, unless it is right."""
        if not self:
            raise AssertionError(self.text)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        said = f"<p><strong>{self.verdict.value}</strong> {escape(self.says)}</p>"
        return {"text/html": said, "text/plain": self.text}
