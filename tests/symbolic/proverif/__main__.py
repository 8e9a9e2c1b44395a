"""Ask ProVerif about the models, and compare with the lab.

    .venv/bin/python -m tests.symbolic.proverif [--jobs N] [--longest SECONDS] [PATTERN]

Asks about each model (whose name contains PATTERN) that has no recorded answer, and records it, so
it can be stopped and gone on with. Needs ``proverif`` on the PATH. At its end it says what does not
agree, and exits with 1 if anything does not. Nothing is recorded of a model that takes longer than
--longest.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

from tqdm import tqdm

from tests.symbolic.proverif.asking import (
    LONGEST,
    ask,
    digest,
    every_model,
    installed,
    record,
    recorded,
)
from tls13lab.symbolic.proverif.models import Model


def main() -> int:
    """Ask about all that is open."""
    parser = argparse.ArgumentParser(prog="python -m tests.symbolic.proverif")
    parser.add_argument(
        "pattern", nargs="?", default="", help="only models with this in their name"
    )
    parser.add_argument("--jobs", type=int, default=2, help="how many at once")
    parser.add_argument("--longest", type=float, default=LONGEST, help="seconds for each")
    options = parser.parse_args()
    version, before, every = installed(), recorded(), list(every_model().values())
    digests = {digest(one): one for one in every}
    if not version:
        record(before.version, before.answers, digests)
        print("There is no proverif on the PATH. Answers to no model are dropped.", file=sys.stderr)
        return 2
    answers = dict(before.answers) if before.version == version else {}
    # Few thefts first, for they say the most. Then, Diffie-Hellman takes the time.
    ordered = sorted(digests, key=lambda key: _weight(digests[key]))
    waiting = [key for key in ordered if key not in answers]
    waiting = [key for key in waiting if options.pattern in digests[key].name]
    with ThreadPoolExecutor(options.jobs) as pool:
        asked = {pool.submit(ask, digests[key], options.longest): key for key in waiting}
        for done in tqdm(as_completed(asked), total=len(asked)):
            answer, key = done.result(), asked[done]
            if answer is None:
                print(f"{digests[key].name}: no answer in time", file=sys.stderr)
                continue
            answers[key] = answer
            record(version, answers, digests)
    return _compare(every)


def _weight(model: Model) -> tuple[int, int]:
    return len(model.cell.leaks), model.text.count("share(")


def _compare(every: list[Model]) -> int:
    known = recorded().answers
    answered = [(one, known.get(digest(one))) for one in every]
    asked = [(one, answer) for one, answer in answered if answer]
    wrong = [(one, answer) for one, answer in asked if answer.queries != one.expected]
    for one, answer in wrong:
        print(f"{one.name}: expected {one.expected}, answered {answer.queries}")
    print(f"{len(every)} models, {len(asked)} asked about, {len(asked) - len(wrong)} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
