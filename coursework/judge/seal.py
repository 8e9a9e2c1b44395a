"""Verdicts, and the signature that says that the judge wrote them, for this student's submission.

The key is made at the first marking. It lies in the project's folder, outside the course folder
and all that a student's process is shown. Whoever has it can write verdicts.

>>> one = Verdict("2.1", "right", "Right.", 2, 2)
>>> sealed = seal(b"key", one, "alice", "02_resumption", "ab12")
>>> genuine(b"key", one, "alice", "02_resumption", "ab12", sealed)
True
>>> genuine(b"key", one, "bob", "02_resumption", "ab12", sealed)
False
"""

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "TLS13LAB_MARKS_KEY"
"""Names another file for the key."""
RIGHT, NOT_YET, BLANK = "right", "not yet", "blank"


@dataclass(frozen=True)
class Verdict:
    """What the judge found for one task: ``says`` is for the student, ``note`` for the marker."""

    task: str
    verdict: str
    says: str
    points: int
    of: int
    note: str = ""
    answer: str = ""
    """A hash of the answer, if it is a value that says enough: equal answers have equal ones."""
    known: bool = False
    """Whether a common mistake explains the answer."""


def seal(key: bytes, verdict: Verdict, student: str, notebook: str, submission: str) -> str:
    """The signature of a verdict, in hexadecimal; ``submission`` is the digest of the file."""
    told = [student, notebook, submission, asdict(verdict)]
    text = json.dumps(told, sort_keys=True).encode("ascii")
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def genuine(
    key: bytes, verdict: Verdict, student: str, notebook: str, submission: str, sealed: str
) -> bool:
    """Whether the judge signed this verdict for this submission."""
    return hmac.compare_digest(seal(key, verdict, student, notebook, submission), sealed)


def key_file() -> Path:
    """Where the key is."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else Path(__file__).resolve().parents[2] / "marks.key"


def the_key() -> bytes:
    """The key (32 bytes). If there is none yet, it is made."""
    path = key_file()
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()
