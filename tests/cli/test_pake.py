"""``psk pake answer``, ``call`` and ``race`` as their users run them."""

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.held_ports import held_port
from tls13lab.cli.app import cli

NAMES = ("--me", "alice", "--other", "printer")


def invoke(*arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["psk", "pake", *map(str, arguments)], input=typed)


def told(*arguments: str | Path, typed: str | None = None, code: int = 0) -> dict[str, Any]:
    result = invoke(*arguments, "--json", typed=typed)
    assert result.exit_code == code, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture
def word(tmp_path: Path) -> Path:
    file = tmp_path / "word.txt"
    file.write_text("dragon\n", "ascii")
    return file


@contextmanager
def answer(word: Path, out: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The other end, a process of its own, and its address."""
    options = ["--me", "printer", "--other", "alice", "--out", str(out), "--json"]
    command = [sys.executable, "-m", "tls13lab", "psk", "pake", "answer", str(word), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            said = re.fullmatch(r"listening on (127\.0\.0\.1:\d+)\n", process.stderr.readline())
            assert said
            yield process, said[1]
        finally:
            process.kill()


def test_both_ends_write_one_key(word: Path, tmp_path: Path) -> None:
    theirs, mine = tmp_path / "printer.hex", tmp_path / "alice.hex"
    with answer(word, theirs) as (process, address):
        called = told("call", address, word, *NAMES, "--out", mine)
        out, _ = process.communicate(timeout=60)
    answered = json.loads(out)
    assert called["identity"] == answered["identity"]
    assert called["bytes"] == len(bytes.fromhex(mine.read_text())) == 64
    assert mine.read_text() == theirs.read_text()
    assert mine.read_text().strip() not in out, "the key is not printed"
    assert f"--psk @{mine} --identity {called['identity']}" in called["then"]
    if os.name == "posix":
        assert stat.S_IMODE(mine.stat().st_mode) == 0o600


def test_with_another_word_they_write_two(word: Path, tmp_path: Path) -> None:
    theirs, mine = tmp_path / "printer.hex", tmp_path / "alice.hex"
    with answer(word, theirs) as (process, address):
        said = invoke("call", address, "-", *NAMES, "--out", mine, typed="Dragon")
        assert said.exit_code == 0
        process.communicate(timeout=60)
    assert "TLS will show" in said.stdout
    assert mine.read_text() != theirs.read_text()


def test_nobody_there(word: Path, tmp_path: Path) -> None:
    with held_port() as port:
        out = tmp_path / "alice.hex"
        result = told("call", f"127.0.0.1:{port}", word, *NAMES, "--out", out, code=1)
    assert result["alert"] is None
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--me", "", "--other", "b"), "a name has 1 to 255 bytes"),
        (("--me", "a", "--other", "b" * 256), "a name has 1 to 255 bytes"),
    ],
)
def test_names_that_are_none(word: Path, arguments: tuple[str, ...], says: str) -> None:
    result = told("call", "127.0.0.1:1", word, *arguments, "--out", "none.hex", code=1)
    assert result["error"] == says


def test_no_word(tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.touch()
    assert "1 to 4096 bytes" in told("race", empty, code=1)["error"]


def test_the_race_on_a_list_of_one_s_own(word: Path, tmp_path: Path) -> None:
    words, svg = tmp_path / "words.txt", tmp_path / "race.svg"
    words.write_text("123456\nqwerty\ndragon\n", "ascii")
    race = told("race", word, "--wordlist", words, "--runs", "2", "--thief", "--svg", svg)
    assert race["words"] == 3
    assert [(lane["found"], lane["tried"], lane["runs"]) for lane in race["lanes"]] == [
        (True, 3, 0),
        (True, 3, 1),
        (False, 2, 2),
        (False, 3, 0),
        (False, 2, 2),
        (False, 2, 2),
        (True, 3, 0),
    ]
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    text = invoke("race", word, "--wordlist", words, "--runs", "3").stdout
    assert "CPace first, listens: not found in 3 guesses, 0 runs" in text
    assert "CPace first, asks the server: found after 3 guesses, 3 runs" in text


def test_a_list_without_words(word: Path, tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.touch()
    race = told("race", word, "--wordlist", words, "--thief")
    assert not any(lane["found"] or lane["tried"] for lane in race["lanes"])
