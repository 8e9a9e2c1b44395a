"""``psk odds`` as its users run it."""

import json
from math import isclose
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.cli.app import cli

EVEN = ("--even", "1000000", "--rate", "1e6")


def invoke(*arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["psk", "odds", *map(str, arguments)], input=typed)


def told(*arguments: str | Path, typed: str | None = None) -> dict[str, Any]:
    result = invoke(*arguments, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def success(*arguments: str | Path, typed: str | None = None) -> dict[str, float]:
    found = told(*arguments, typed=typed)["guessers"]
    return {one["guesser"]: one["success"] for one in found}


def test_three_odds_of_one_psk() -> None:
    found = success(*EVEN)
    assert found["offline"] == found["harvester"] == 1.0
    assert isclose(found["online"], 1e-5)
    text = invoke(*EVEN).stdout
    assert "a server that accepts 10 wrong binders, 1 visit" in text
    assert "1 in 100,000" in text
    assert "2^36.3" in text


def test_what_bounds_them() -> None:
    assert isclose(success(*EVEN, "--lockout", "5", "--lockout-window", "3600")["online"], 125e-6)
    assert success(*EVEN, "--lockout", "0")["online"] == 1.0
    assert success(*EVEN, "--visits", "0")["harvester"] == 0.0
    assert isclose(success(*EVEN, "--hours", "0.0001")["offline"], 0.36)
    assert isclose(success(*EVEN, "--hours", "0.0001", "--cores", "2")["offline"], 0.72)


def test_behind_cpace() -> None:
    found = success(*EVEN, "--mode", "cpace-psk_dhe_ke", "--visits", "100")
    assert found["offline"] == 0.0
    assert isclose(found["harvester"], 1e-4)
    assert (
        "An attacker with nothing to check a guess against"
        in invoke(*EVEN, "--mode", "cpace-psk_dhe_ke").stdout
    )


def test_several_targets() -> None:
    found = {one["guesser"]: one for one in told(*EVEN, "--targets", "1000")["guessers"]}
    assert isclose(found["online"]["any_of_them"], 0.00995, rel_tol=1e-3)
    text = invoke(*EVEN, "--targets", "1000").stdout
    assert "at least one" in text
    assert "1,000 targets" in text
    assert "1 in 101" in text


def test_counts_as_uniq_writes_them(tmp_path: Path) -> None:
    counts = tmp_path / "counts.txt"
    counts.write_text("     50 123456\n     30 pass word\n\n20 sternchen\n", "ascii")
    assert isclose(success("--counts", counts, "--lockout", "2", "--rate", "1")["online"], 0.8)
    counts.write_text("50 123456\nsternchen\n", "ascii")
    result = invoke("--counts", counts, "--rate", "1")
    assert result.exit_code == 1
    assert "line 2" in result.stderr
    assert "does not begin with a count" in result.stderr


def test_one_psk_by_its_place() -> None:
    found = success("--psk", "-", "--rate", "1e6", typed="sternchen")
    assert found == {"offline": 1.0, "online": 0.0, "harvester": 1.0}
    text = invoke("--psk", "-", "--rate", "1e6", typed="sternchen").stdout
    assert "min-entropy" not in text, "nobody said how it was chosen"
    assert "sternchen" not in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--rate", "1"), "one of --even, --zipf, --counts and --psk"),
        (("--even", "2", "--zipf", "2"), "one of --even, --zipf, --counts and --psk"),
        (("--even", "2", "--mode", "full"), "'full' is not one of 'external-psk_ke'"),
        (("--even", "2", "--lockout", "0", "--lockout-window", "1"), "needs a --lockout"),
    ],
)
def test_what_cannot_be_asked(arguments: tuple[str, ...], says: str) -> None:
    result = invoke(*arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.split())
