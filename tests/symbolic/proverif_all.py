"""Ask ProVerif about every model, and compare with the lab.

    .venv/bin/python -m tests.symbolic.proverif_all

Needs ``proverif`` 2.05 on the PATH; takes about 20 minutes on two cores. Exits with 1
if any model disagrees.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from tls13lab.symbolic.proverif import Model, models


def disagreement(model: Model, folder: Path) -> str:
    """Empty if ProVerif says what the lab says; else what it says."""
    path = folder / f"{model.name}.pv"
    path.write_text(model.text, encoding="utf-8")
    try:
        told = subprocess.run(
            ["proverif", path], capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        return "no answer within 10 minutes"
    results = [line for line in told.stdout.splitlines() if line.startswith("RESULT")]
    # Of a query about "once" that is false it also says, in brackets, what of it is true.
    answers = [line for line in results if not line.startswith("RESULT (")]
    wanted = ["is true." if holds else "is false." for holds in model.expected]
    good = len(answers) == len(wanted) and all(
        line.endswith(end) for line, end in zip(answers, wanted, strict=True)
    )
    return "" if good else "; ".join(results) or told.stdout[-200:]


def main() -> int:
    """Ask about all."""
    every = list(models())
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda model: disagreement(model, Path(folder)), every)
        for model, answer in tqdm(zip(every, answers, strict=True), total=len(every)):
            if answer:
                wrong += 1
                print(f"{model.name}: {answer}")
    print(f"{len(every)} models, {len(every) - wrong} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
