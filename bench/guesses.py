"""What guessing costs: ``crack`` beside what the model predicts of it. Writes docs/guessing.md.

``python -m bench.guesses`` measures how many guesses a second one core makes, records connections
whose PSKs are where they are expected in a list, and has ``crack`` find them, in a process of its
own. What it took is the processor's time, of the whole command: what else the machine does falls on
the clock only, which is recorded beside it. ``--page`` writes the page from recorded figures.
"""

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from bench import guesses_page
from bench.guesses_cases import ALONE, BY_RULES, MANY, Alone, Many, Words
from tls13lab.capture.writer import CaptureWriter
from tls13lab.evidence.scripted import talk
from tls13lab.handshake.pair import lesson_configs
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.search.engine import Engine
from tls13lab.search.guesses import Guesses
from tls13lab.search.llvm.compiled import host_shape
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.sha2 import SHA2
from tls13lab.search.speed import engine_for
from tls13lab.search.wordlist import COMMON
from tls13lab.wire.names import PSK_MODES, Mode

ROUNDS = 20
EACH = 200_000
"""Guesses of a piece of the word list."""
EIGHT = Mask.parse("?d?d?d?d?d?d?d?d")

_TIMED = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
clock = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([clock, used.ru_utime + used.ru_stime, done.stdout]))
"""


def rate(hash_name: str) -> float:
    """Guesses a second of one core at one target: the best of some rounds of processor time."""
    engine, count = engine_for(hash_name)
    return _best(engine, (EIGHT.guesses(number * count, count) for number in range(ROUNDS)))


def rate_by_rules(words: Words) -> float:
    """The same with guesses that are made by rules, with SHA-256."""
    engine, _ = engine_for("sha256")
    source = WordSource(COMMON, parse_rules(words.rules().encode("ascii")))
    pieces = islice(source.pieces((), lambda: EACH), 3)
    return _best(engine, (batch for piece in pieces for batch in piece.guesses()))


def _best(engine: Engine, batches: Iterator[Guesses]) -> float:
    best = 0.0
    while True:
        began = time.process_time()
        batch = next(batches, None)
        if batch is None:
            return best
        list(engine.test(batch))
        best = max(best, len(batch) / (time.process_time() - began))


def record(path: Path, mode: Mode, psk: ExternalPsk) -> Path:
    """One whole connection, as its network heard it."""
    pair = talk(*lesson_configs(mode, psk), seed=path.name)
    writer = CaptureWriter(path, now=lambda: 1.0)
    writer.open(1, ("127.0.0.1", 10_000), ("127.0.0.1", 4433))
    for step in pair.conversation().steps:
        writer.add(1, step.sender, step.wire)
    writer.end(1)
    writer.close()
    return path


def timed(*command: str | Path) -> tuple[float, float, Any]:
    """Seconds by the clock and of the processor, and the JSON object that was printed."""
    whole = [sys.executable, "-m", "tls13lab", *map(str, command), "--json"]
    told = subprocess.run(
        [sys.executable, "-c", _TIMED, *whole], capture_output=True, text=True, check=True
    )
    clock, used, printed = json.loads(told.stdout)
    return clock, used, json.loads(printed)


def crack(folder: Path, captures: Sequence[Path], words: Words) -> dict[str, Any]:
    """Find all PSKs with one core: how long it took, how many guesses it was, what was found."""
    rules = folder / "rules"
    rules.write_text(words.rules() if words.digits else "", encoding="ascii")
    options = [one.format(rules=rules) for one in words.options]
    clock, used, result = timed("crack", *captures, *options, "--workers", "1")
    found = [one["psk"] for one in result["targets"]]
    return {"processor": used, "clock": clock, "tried": result["tried"], "found": found}


def alone(folder: Path, case: Alone) -> dict[str, Any]:
    """One victim; and what its PSK opens of what was recorded."""
    (place,) = case.places
    psk = case.words.at(place)
    capture = record(
        folder / f"{case.mode}.pcapng", case.mode, ExternalPsk(b"lab", psk, case.hash_name)
    )
    told = crack(folder, [capture], case.words)
    assert told.pop("found") == [psk.hex()], case
    _, _, opened = timed("break", capture, "--leak", f"psk={psk.hex()}")
    return told | {"application_data": opened["verdict"]}


def many(folder: Path, case: Many) -> dict[str, Any]:
    """As many victims, in either mode by turns, each in a capture of its own."""
    captures, words = [], []
    for number, place in enumerate(case.places):
        words.append(case.words.at(place))
        psk = ExternalPsk(b"victim %d" % number, words[-1])
        if case.imported:
            (psk,) = import_psk(psk, b"hall %d" % number, (case.hash_name,))
        path = folder / f"{number}.pcapng"
        captures.append(record(path, PSK_MODES[number % len(PSK_MODES)], psk))
    told = crack(folder, captures, case.words)
    assert told.pop("found") == [word.hex() for word in words], case
    return told


def measure() -> dict[str, Any]:
    """All figures, as they are recorded."""
    (ruled,) = {case.words for case in ALONE if case.rate == BY_RULES}
    rates = {name: rate(name) for name in SHA2} | {BY_RULES: rate_by_rules(ruled)}
    figures: dict[str, Any] = {"about": about(), "rates": rates, "alone": {}, "many": {}}
    cases: tuple[Alone | Many, ...] = (*ALONE, *MANY)
    for case in cases:
        with tempfile.TemporaryDirectory() as name:
            if isinstance(case, Alone):
                told = figures["alone"][case.key] = alone(Path(name), case)
            else:
                told = figures["many"][case.key] = many(Path(name), case)
        predicted, taken = case.seconds(rates), told["processor"]
        print(f"{case.key}: {predicted:.2f} s predicted, {taken:.2f} s taken", file=sys.stderr)
    return figures


def about() -> dict[str, str]:
    """What all this was measured with."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    shape = host_shape(32)
    vectors = "instructions for SHA-256" if shape.native else f"{shape.lanes} lanes"
    return {
        "processor": names[0] if names else platform.machine(),
        "engine": vectors,
        "python": platform.python_version(),
    }


def main() -> None:
    """Measure and write the figures and the page."""
    parser = argparse.ArgumentParser(prog="python -m bench.guesses", description=__doc__)
    parser.add_argument("--page", action="store_true", help="only write the page anew")
    if not parser.parse_args().page:
        figures = measure()
        text = json.dumps(figures, indent=1) + "\n"
        guesses_page.FIGURES.write_text(text, encoding="ascii")
    guesses_page.PATH.write_text(guesses_page.page(guesses_page.figures()), encoding="utf-8")


if __name__ == "__main__":
    main()
