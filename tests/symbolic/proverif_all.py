"""Ask ProVerif about every model, and compare with the lab.

    .venv/bin/python -m tests.symbolic.proverif_all

Needs ``proverif`` 2.05 on the PATH; takes some minutes. Exits with 1 if any model disagrees.
"""

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tqdm import tqdm

from tls13lab.symbolic.proverif import Model, models


def ask(model: Model, folder: Path) -> tuple[Model, str]:
    """Empty if ProVerif says what the lab says; else what it says."""
    path = folder / f"{model.name}.pv"
    path.write_text(model.text, encoding="utf-8")
    try:
        told = subprocess.run(
            ["proverif", path], capture_output=True, text=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        return model, "no answer within 10 minutes"
    results = [line for line in told.stdout.splitlines() if line.startswith("RESULT")]
    wanted = ["is true." if holds else "is false." for holds in model.expected]
    good = len(results) == len(wanted) and all(
        line.endswith(end) for line, end in zip(results, wanted, strict=True)
    )
    return model, "" if good else "; ".join(results) or told.stdout[-200:]


def main() -> int:
    """Ask about all."""
    every = list(models())
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda model: ask(model, Path(folder)), every)
        for model, answer in tqdm(answers, total=len(every)):
            if answer:
                wrong += 1
                print(f"{model.name}: {answer}")
    print(f"{len(every)} models, {len(every) - wrong} as expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
