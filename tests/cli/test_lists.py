"""What a command could not read of a word list or a capture stands beside its result."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.cli.app import cli

CAPTURES = Path(__file__).parents[1] / "captures"
WORDS = CAPTURES / "words-in-every-form.pcap"


def invoke(*arguments: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], input=given)


def told(*arguments: str | Path, given: bytes = b"") -> dict[str, Any]:
    result = invoke(*arguments, "--json", given=given)
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """A capture with a binder, that breaks off."""
    path = tmp_path / "torn.pcap"
    path.write_bytes(WORDS.read_bytes() + b"torn")
    return path


def test_crack_says_what_it_did_not_read_and_did_not_try(capture: Path) -> None:
    words = capture.with_name("words.txt")
    words.write_bytes("\ufeffnothing\nneither\n".encode("utf-16-le")[:-1])
    notes = told("crack", capture, "--wordlist", words)["notes"]
    assert "breaks off" in notes[0]
    assert notes[1:] == [
        "the list is UTF-16, its words are tried as UTF-8",
        "1 character is damaged, so the words with them are not tried as they were",
    ]
    text = invoke("crack", capture, "--wordlist", words).stdout.splitlines()
    assert text[-4:-1] == notes
    assert text[-1].startswith("tried 2 of 2")
    none = invoke("crack", capture, "--wordlist", words, "--identity", "nobody").stderr
    assert "no binder in this capture has that --identity" in none
    assert "breaks off" in none


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_odds_counts_the_same_words_in_every_form(tmp_path: Path, codec: str, end: str) -> None:
    counts = tmp_path / "counts.txt"
    counts.write_bytes(f"50 123456{end}30 pass word{end}20 sternchen{end}".encode(codec))
    chosen = told("psk", "odds", "--counts", counts, "--rate", "1")["chosen"]
    assert chosen["min_entropy"] == pytest.approx(1.0)
    assert chosen["shannon"] == pytest.approx(1.485, abs=0.001)
    given = counts.read_bytes()
    assert told("psk", "odds", "--counts", "-", "--rate", "1", given=given)["chosen"] == chosen
    counts.write_bytes(f"{'9' * 5000} word{end}".encode(codec))
    assert "line 1 of counts.txt" in told("psk", "odds", "--counts", counts, "--rate", "1")["error"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_race_reads_lists_as_crack_does(tmp_path: Path, codec: str) -> None:
    word, words = tmp_path / "word.txt", tmp_path / "words.txt"
    word.write_text("drachen")
    words.write_bytes("erstes\rgr\u00fcn\r\n\r\ndrachen\n".encode(codec))
    race = told("psk", "pake", "race", word, "--wordlist", words, "--runs", "1")
    assert race["words"] == 3
    assert race["lanes"][0]["found"]
    given = words.read_bytes()
    piped = told("psk", "pake", "race", word, "--wordlist", "-", "--runs", "1", given=given)
    assert piped == race
    words.write_bytes(b"x" * 2000)
    text = invoke("psk", "pake", "race", word, "--wordlist", words, "--runs", "1").stdout
    assert "1 line is longer than 1,024 bytes and not tried" in text
    twice = invoke("psk", "pake", "race", "-", "--wordlist", "-", given=b"word")
    assert twice.exit_code == 2
    assert "only one of the word and --wordlist" in twice.stderr
