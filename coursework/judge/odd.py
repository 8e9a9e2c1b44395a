"""Lines of a submission that a person may want to read. A hint: it changes no mark.

An honest student can write every one of these lines, and a dishonest one can avoid them all.

>>> [(hint.line, hint.why) for hint in hints("x = 1\\nFeedback.require = lambda self: None")]
[('Feedback.require = lambda self: None', "changes or uses the checks' own classes")]
"""

import re
from dataclasses import dataclass

from coursework.judge.cells import Submission
from tls13lab.exercises.feedback import Feedback, Grade

PATTERNS: tuple[tuple[str, str], ...] = (
    (rf"\b({Feedback.__name__}|{Grade.__name__})\b", "changes or uses the checks' own classes"),
    (r"\bTASKS\b|\.(right|example|_all)\s*\(|\.mistakes\b|\.check\s*=", "asks the checks"),
    (r"\btls13lab\.exercises\b|\bexercises\.\w+\.", "reaches into the checks' package"),
    (r"\bcoursework\b|gradebook|nbgrader|autograded|marks\.key", "names the marker's files"),
    (r"\bTLS13LAB_\w+|student\.txt", "sets whose tasks these are"),
    (r"\bos\._exit|\bos\.kill|\bsignal\.|\bos\.fork|\bos\.abort", "ends or copies the process"),
    (r"\bsetattr\s*\(|\bmock\b|__eq__|__class__|\bsys\.modules\b", "patches objects"),
    (r"\bbuiltins\b|\bsettrace\b|_getframe|\bgc\.get_|\bctypes\b", "patches Python"),
    (r"\bsubprocess\b|\bos\.system|^\s*[!%]|\bget_ipython\b", "starts programs"),
    (r"\bsocket\b|\burllib\b|\brequests\.|\bhttp\.client\b", "uses a network"),
    (r"/proc/|\brmtree\b|\bos\.remove|\bos\.unlink|\.unlink\(|(?<![\w.])open\s*\(", "uses files"),
)
LONGEST = 160


@dataclass(frozen=True)
class Hint:
    """A line, why it is shown, and the place of its cell, counted from 1."""

    line: str
    why: str
    cell: int = 0


def hints(source: str, cell: int = 0) -> list[Hint]:
    """The odd lines of a cell; each line once."""
    found = []
    for line in source.splitlines():
        code = line.partition("#")[0]
        for pattern, why in PATTERNS:
            if re.search(pattern, code):
                found.append(Hint(line.strip()[:LONGEST], why, cell))
                break
    return found


def of_submission(submission: Submission) -> list[Hint]:
    """The odd lines in what a student wrote; what was handed out is left out."""
    found = []
    for place, cell in enumerate(submission.cells):
        if cell.kind == "code" and submission.changed(place):
            handed_out = submission.released.cells.get(cell.mark, ("", ""))[1]
            before = {line.strip() for line in handed_out.splitlines()}
            new = [hint for hint in hints(cell.source, place + 1) if hint.line not in before]
            found += new
    return found
