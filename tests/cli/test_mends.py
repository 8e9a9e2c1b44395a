"""``psk mends`` as its user runs it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.cli.app import cli
from tls13lab.psk.mends import DHE, MENDS, NOTHING, PAKE, ROTATION, SCRYPT, WORDS, measured


def invoke(*arguments: str | int | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["psk", "mends", *map(str, arguments)], input=typed)


def told(*arguments: str | int | Path, typed: str | None = None) -> dict[str, Any]:
    result = invoke(*arguments, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def rows(*arguments: str | int | Path, typed: str | None = None) -> dict[str, dict[str, Any]]:
    return {row["mend"]: row for row in told(*arguments, typed=typed)["mends"]}


def test_all_of_them_in_figures() -> None:
    result = told("--rate", "1048576", "--cents", "36")
    assert [row["mend"] for row in result["mends"]] == list(MENDS)
    assert (result["entropy"], result["enough"]) == (21.0, False)
    by_mend = {row["mend"]: row for row in result["mends"]}
    assert by_mend[NOTHING]["seconds"] == pytest.approx(1.0, rel=1e-5)
    assert by_mend[NOTHING]["cents"] == pytest.approx(0.01, rel=1e-5)
    past = {name: by_mend[name]["opens"]["past"]["by_the_word_alone"] for name in (NOTHING, DHE)}
    assert past == {NOTHING: True, DHE: False}
    assert by_mend[PAKE]["log2_work"] is by_mend[PAKE]["seconds"] is None
    assert by_mend[PAKE]["success_online"] == pytest.approx(10 / 2**21)
    assert result["derivations"][SCRYPT]["measured"] == measured().machine


def test_what_was_asked_for(tmp_path: Path) -> None:
    assert rows("--words", "10")[WORDS]["entropy"] == pytest.approx(129.2)
    assert rows("--days", "7", "--even", 2**48)[ROTATION]["days"] == 7
    assert DHE not in rows("--mode", "psk_dhe_ke")
    assert rows("--even", 1000)[NOTHING]["log2_guesses"] == pytest.approx(9.0)
    people = told("--zipf", "100000", "--exponent", "0.8")
    assert people["entropy"] < people["mends"][0]["log2_guesses"]
    counts = tmp_path / "counts"
    counts.write_text("   6 dragon\n   3 qwerty\n   1 iloveyou\n")
    assert rows("--counts", counts, "--runs", 2)[PAKE]["success_online"] == pytest.approx(0.9)
    assert 15 < rows("--psk", "-", typed="sternchen")[NOTHING]["log2_guesses"] < 30


@pytest.mark.full
def test_each_is_played_on_bytes_if_asked() -> None:
    result = rows("--play")
    assert result[NOTHING]["played"].startswith("nothing: found after 601 guesses; opens past")
    assert result[SCRYPT]["played"].startswith("scrypt: found after 601")
    assert result[PAKE]["played"] == "PAKE: not found in 1,001 guesses; opens nothing"
    said = invoke("--play").stdout
    assert "on bytes: found after 601 guesses; opens past, 0-RTT, present, ticket" in said
    assert "stays closed" in said


def test_in_words_it_says_what_each_does_not_do() -> None:
    said = invoke("--cents", "5").stdout
    assert said.count("  but:      ") == said.count("  does:     ") == len(MENDS)
    assert "asks for 128" in said
    assert all(len(line) <= 100 for line in said.splitlines())


def test_usage(tmp_path: Path) -> None:
    assert "one of" in invoke("--even", "5", "--zipf", "5").stderr
    wrong = tmp_path / "counts"
    wrong.write_text("dragon\n")
    result = invoke("--counts", wrong)
    assert result.exit_code == 1
    assert "does not begin with a count" in result.stderr
    wrong.write_text("0 dragon\n")
    assert invoke("--counts", wrong).exit_code == 1
