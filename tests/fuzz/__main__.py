"""Coverage-guided fuzzing of everything that hears a stranger. See ``targets.py`` for what.

    python3 run.py fuzz                          all targets, ten minutes in all
    python3 run.py fuzz server client --seconds 3600
    python3 run.py fuzz server --input FILE      one input again, without the fuzzer
    python3 run.py fuzz --coverage               what the inputs found so far reach

The inputs found are kept in build/fuzz, and the next run goes on from them. Ctrl-C ends it.
"""

import argparse
import importlib.util
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.targets import EVERY, TARGETS

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
ROOMS = ("wire", "messages", "records", "handshake", "psk", "capture", "search/target.py")
SLOWEST_S = 20
MEMORY_MB = 2048


@dataclass(frozen=True)
class Result:
    """What came of a target: executions, edges reached, inputs kept, and the finding's file."""

    name: str
    executions: int
    edges: int
    kept: int
    finding: Path | None

    def __str__(self) -> str:
        line = f"{self.name:16} {self.executions:>12,} executions {self.edges:>6,} edges "
        line += f"{self.kept:>6,} inputs kept"
        return f"{line}  FINDING {self.finding}" if self.finding else line


def fuzz(name: str, limits: list[str], kept: Path = KEPT) -> Result:
    """Run one target to a limit of libFuzzer's: ``-runs=N`` or ``-max_total_time=SECONDS``."""
    corpus, seeds = kept / name / "corpus", kept / name / "seeds"
    for folder in (corpus, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    target = EVERY[name]
    for number, seed in enumerate(target.seeds()):
        (seeds / str(number)).write_bytes(seed)
    before = {path.name for path in (kept / name).iterdir()}
    command = [sys.executable, "-m", "tests.fuzz.child", name, *limits]
    command += [f"-max_len={target.max_length}", f"-timeout={SLOWEST_S}"]
    command += [f"-rss_limit_mb={MEMORY_MB}", f"-artifact_prefix={kept / name}/", "-seed=1"]
    child = subprocess.Popen(
        [*command, corpus, seeds], cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    try:
        said = child.communicate()[1].decode("utf-8", "replace")
    except KeyboardInterrupt:
        # libFuzzer writes down what it has when it is interrupted, and says so.
        child.send_signal(signal.SIGINT)
        child.communicate()
        raise
    (kept / name / "log").write_text(said, encoding="utf-8")
    found = [path for path in (kept / name).iterdir() if path.name not in {*before, "log"}]
    if child.returncode and not found:
        sys.exit(f"the fuzzer could not run {name}: see {kept / name / 'log'}")
    progress = re.findall(r"^#(\d+)\s.*cov: (\d+)", said, re.MULTILINE)
    executions, edges = map(int, progress[-1]) if progress else (0, 0)
    return Result(name, executions, edges, len(list(corpus.iterdir())), next(iter(found), None))


def covered() -> None:
    """Which lines the kept inputs reach, by coverage.py."""
    from coverage import Coverage

    measure = Coverage(data_file=None, include=[f"{ROOT}/tls13lab/{room}*" for room in ROOMS])
    inputs = {name: sorted((KEPT / name).glob("*/*")) for name in TARGETS}
    with measure.collect():
        for name, paths in inputs.items():
            for path in paths:
                TARGETS[name].run(path.read_bytes())
    measure.report(sort="cover")


def main(arguments: list[str]) -> int:
    """The exit code is 1 if anything was found."""
    parser = argparse.ArgumentParser(
        prog="run.py fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("--input", type=Path, help="run one target on this file, and no fuzzer")
    parser.add_argument("--coverage", action="store_true", help="lines that the inputs reach")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.targets if name not in TARGETS]
    if unknown:
        parser.error(f"there is no target {unknown[0]}: choose from {', '.join(TARGETS)}")
    if given.input is not None:
        if len(given.targets) != 1:
            parser.error("name the one target that --input is for")
        TARGETS[given.targets[0]].run(given.input.read_bytes())
        print(f"{given.targets[0]} takes it")
        return 0
    if given.coverage:
        covered()
        return 0
    if importlib.util.find_spec("atheris") is None:
        sys.exit("atheris is not installed: it is made for Linux on x86-64 and Python 3.11 to 3.13")
    names = given.targets or list(TARGETS)
    share = max(1, given.seconds // len(names))
    results = []
    for name in names:
        results.append(fuzz(name, [f"-max_total_time={share}"]))
        print(results[-1], flush=True)
    total = sum(one.executions for one in results)
    findings = [one for one in results if one.finding]
    print(f"{total:,} executions, {len(findings)} findings")
    for one in findings:
        print(f"again: python3 run.py fuzz {one.name} --input {one.finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
