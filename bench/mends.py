"""What a slow derivation costs beside a plain guess, on this machine: ``python -m bench.mends``.

``--store`` writes it where :func:`tls13lab.psk.mends.measured` reads it; after that
``python -m tests.psk.mends_page`` makes docs/mends.md anew.
"""

import argparse
import json
import platform
from dataclasses import asdict
from math import log2
from pathlib import Path

from tls13lab.psk.memory_hard import Argon2id, Scrypt
from tls13lab.psk.mends import ARGON2ID, SCRYPT, STORED, Measured, Slow
from tls13lab.search.speed import processor_rate, seconds_each

SETTINGS: dict[str, Scrypt | Argon2id] = {
    SCRYPT: Scrypt(bytes(16)),
    ARGON2ID: Argon2id(bytes(16)),
}
"""The defaults of ``psk derive``."""
ROUNDS = 8


def machine() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def measure() -> Measured:
    """A plain guess by the compiled search, and each derivation: seconds of one core."""
    rate, longer, each = 0.0, 0.0, dict.fromkeys(SETTINGS, float("inf"))
    for _ in range(ROUNDS):
        # In turns: what else the machine does then falls on all of them.
        rate, longer = max(rate, processor_rate()), max(longer, processor_rate("sha384"))
        for name, made in SETTINGS.items():
            each[name] = min(each[name], seconds_each(made, times=1))
    slow = {
        name: Slow(str(made), made.memory, round(log2(each[name] * rate + 1), 1))
        for name, made in SETTINGS.items()
    }
    return Measured(machine(), float(f"{rate:.2g}"), round(rate / longer, 1), slow)


def figures() -> dict[str, float]:
    """For ``run.py bench``."""
    found = measure()
    return {
        "plain guesses/s of one core": found.rate,
        **{f"{name}, as so many plain guesses": 2**one.dearer for name, one in found.slow.items()},
        "SHA-384, as so many plain guesses": found.sha384,
    }


def main() -> None:
    """Measure, and print or store."""
    parser = argparse.ArgumentParser(prog="python -m bench.mends", description=__doc__)
    parser.add_argument("--store", action="store_true", help="write it into the package")
    arguments = parser.parse_args()
    found = measure()
    text = json.dumps(asdict(found), indent=2) + "\n"
    if arguments.store:
        STORED.write_text(text, "utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
