"""Each target for a bounded number of executions; what was found before; and a planted fault."""

import importlib.util
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.fuzz import machines
from tests.fuzz.targets import TARGETS
from tls13lab.handshake.connection import Connection

REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*.bin"))
RUNS = {"capture": 300, "connected": 300, "server_inside": 500, "client_inside": 500}


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path) -> None:
    TARGETS[path.stem.partition("-")[0]].run(path.read_bytes())


def test_there_is_a_regression_for_each_finding() -> None:
    assert len(REGRESSIONS) >= 1


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_are_taken_and_changes_of_them_too(name: str) -> None:
    """Without atheris, so on every machine: each byte of a seed flipped, each cut."""
    target = TARGETS[name]
    for seed in target.seeds():
        step = max(1, len(seed) // 40)
        for at in range(0, len(seed), step):
            target.run(seed[:at])
            target.run(seed[:at] + bytes([seed[at] ^ 0xFF]) + seed[at + 1 :])


@pytest.mark.parametrize("number", range(4))
def test_a_script_can_come_to_the_end_of_the_handshake(number: int) -> None:
    """So that the fuzzer has something to begin with, behind every message."""
    reached = []
    seen = machines.receive

    def note(end: Connection, data: bytes) -> bool:
        alive = seen(end, data)
        reached.append(end.connected)
        return alive

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machines, "receive", note)
        for seed in machines.scripts():
            machines.client_inside(bytes([number]) + seed[1:])
            machines.server_inside(bytes([number + 128]) + seed[1:])
    assert any(reached)


@pytest.fixture
def atheris() -> None:
    if importlib.util.find_spec("atheris") is None:
        missing("atheris is not installed: it is made for Linux on x86-64")


@pytest.mark.parametrize("name", TARGETS)
def test_a_short_run_finds_nothing(name: str, atheris: None, tmp_path: Path) -> None:
    from tests.fuzz.__main__ import fuzz

    result = fuzz(name, [f"-runs={RUNS.get(name, 2000)}"], tmp_path)
    assert result.finding is None
    assert result.executions >= RUNS.get(name, 2000)
    assert result.edges > 0


def test_a_planted_fault_is_found(atheris: None, tmp_path: Path) -> None:
    """A target that has a fault behind three bytes, which no seed has: coverage leads there."""
    from tests.fuzz.__main__ import fuzz

    result = fuzz("planted", ["-runs=200000"], tmp_path)
    assert result.finding is not None
    assert result.finding.read_bytes().startswith(b"TLS")
