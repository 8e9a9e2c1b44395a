"""One ProVerif model, asked about; and what was answered before.

What is recorded lies under a digest of the model without its comments. So a model that changes in
anything that ProVerif reads has no answer until it is asked again.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tls13lab.symbolic.proverif.models import Model, models

RESULTS = Path(__file__).with_name("results.json")
LONGEST = 3600.0  # seconds, after which there is no answer
_ANSWERS = {"is true.": True, "is false.": False}


@cache
def every_model() -> dict[str, Model]:
    """All models by name; writing them takes seconds."""
    return {model.name: model for model in models()}


@dataclass(frozen=True, slots=True)
class Answer:
    """Of each query whether it is proved, None if ProVerif cannot tell; and seconds of CPU."""

    queries: tuple[bool | None, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was answered, by digest; and by which ProVerif."""

    version: str
    answers: dict[str, Answer]


def digest(model: Model) -> str:
    """Of what ProVerif reads: comments and spaces do not count.

    >>> one, other = "(* a *) free c: channel.", "free  c: channel. (* b *)"
    >>> _bare(one) == _bare(other)
    True
    """
    return hashlib.sha256(_bare(model.text).encode()).hexdigest()[:16]


def _bare(text: str) -> str:
    return " ".join(re.sub(r"\(\*.*?\*\)", " ", text, flags=re.DOTALL).split())


def installed() -> str:
    """The version of the ``proverif`` on the PATH; empty if there is none."""
    if shutil.which("proverif") is None:
        return ""
    says = subprocess.run(["proverif", "-help"], capture_output=True, text=True, check=False)
    found = re.search(r"Proverif (\d+\.\d+\S*)\.", says.stdout, re.IGNORECASE)
    return found[1] if found else "unknown"


def ask(model: Model, longest: float = LONGEST) -> Answer | None:
    """Run ProVerif. No answer to a query where it gives up; None if it was stopped for its time.

    The seconds of the answer are the process's own (POSIX only), so that what else runs does not
    count; ``longest`` are the clock's.

    Now and then ProVerif knows how a query fails but cannot construct a concrete attack ("cannot be
    proved"). It is then asked again with another setting, which changes no proof.
    """
    first = _ask(model, longest)
    if first is None or None not in first.queries:
        return first
    second = _ask(replace(model, text=_ANOTHER_RUN + model.text), longest)
    if second is None:
        return first
    pairs = zip(first.queries, second.queries, strict=True)
    queries = tuple(other if one is None else one for one, other in pairs)
    return Answer(queries, round(first.seconds + second.seconds, 2))


_ANOTHER_RUN = "set unifyDerivation = false.\n"


def _ask(model: Model, longest: float) -> Answer | None:
    with tempfile.TemporaryDirectory() as folder:
        path, said = Path(folder) / f"{model.name}.pv", Path(folder) / "said"
        path.write_text(model.text, encoding="utf-8")
        with said.open("wb") as out:
            process = subprocess.Popen(["proverif", path], stdout=out, stderr=subprocess.STDOUT)
            stop = threading.Timer(longest, process.kill)
            stop.start()
            _, status, usage = os.wait4(process.pid, 0)
            stop.cancel()
            process.returncode = 0  # it has been waited for
        if os.WIFSIGNALED(status):
            return None
        lines = results(said.read_text("utf-8"))
    return Answer(tuple(map(_answer, lines)), round(usage.ru_utime + usage.ru_stime, 2))


def results(output: str) -> list[str]:
    """ProVerif's result of each query, in the order of the file.

    Of a query about "once" that is false it also says, in brackets, what of it is true.
    """
    lines = [line for line in output.splitlines() if line.startswith("RESULT")]
    return [line for line in lines if not line.startswith("RESULT (")]


def _answer(line: str) -> bool | None:
    return next((value for end, value in _ANSWERS.items() if line.endswith(end)), None)


def recorded() -> Recorded:
    """What lies in ``results.json``."""
    if not RESULTS.exists():
        return Recorded("", {})
    found = json.loads(RESULTS.read_text("utf-8"))
    answers = {
        key: Answer(tuple(queries), seconds) for key, (queries, seconds) in found["answers"].items()
    }
    return Recorded(found["version"], answers)


def record(version: str, answers: dict[str, Answer], wanted: Iterable[str]) -> None:
    """Write the answers under these digests, one a line; an answer to no model is dropped."""
    lines = [
        f'  "{key}": {json.dumps([answers[key].queries, answers[key].seconds])}'
        for key in wanted
        if key in answers
    ]
    body = ",\n".join(lines)
    text = f'{{\n "version": "{version}",\n "answers": {{\n{body}\n }}\n}}\n'
    RESULTS.write_text(text, encoding="utf-8")
