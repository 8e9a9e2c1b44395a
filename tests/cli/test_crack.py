"""``crack`` as its user runs it: on captures of OpenSSL, stopped with Ctrl-C, gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.capture.writer import CaptureWriter
from tls13lab.claims.scripted import talk
from tls13lab.cli.app import cli
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.keys import ExternalPsk
from tls13lab.vectors import recorded


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["crack", *map(str, arguments)])


def written(path: Path, *pairs: Pair) -> Path:
    writer = CaptureWriter(path, now=lambda: 1.0)
    for number, pair in enumerate(pairs, 1):
        writer.open(number, ("127.0.0.1", 10_000 + number), ("127.0.0.1", 4433))
        for step in pair.conversation().steps:
            writer.add(number, step.sender, step.wire)
        writer.end(number)
    writer.close()
    return path


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Three clients: two PSKs that can be guessed, in both modes, and one that cannot."""
    keys = {"alice": ("psk_ke", b"4711"), "bob": ("psk_dhe_ke", b"0815"), "eve": ("psk_ke", None)}
    pairs = [
        talk(*lesson_configs(mode, ExternalPsk(name.encode(), key or os.urandom(32))), name)
        for name, (mode, key) in keys.items()
    ]
    return written(tmp_path / "talk.pcapng", *pairs)


def told(*arguments: str | Path, code: int = 0) -> dict[str, Any]:
    result = invoke(*arguments, "--json")
    assert result.exit_code == code, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_all_identities_in_one_pass(capture: Path) -> None:
    result = told(capture, "--mask", "?d?d?d?d")
    found = {one["identity"]: one["text"] for one in result["targets"]}
    assert found == {"alice": "4711", "bob": "0815", "eve": None}
    assert (result["tried"], result["keyspace"], result["finished"]) == (10_000, 10_000, True)
    assert not Path(f"{capture}.checkpoint").exists()


def test_only_one_of_them(capture: Path) -> None:
    (one,) = told(capture, "--mask", "?d?d?d?d", "--identity", "bob")["targets"]
    assert (one["connection"], one["text"], one["psk"]) == (2, "0815", b"0815".hex())
    assert told(capture, "--mask", "?d?d?d?d", "--connection", "3", code=1)["ok"] is False


def test_the_labs_own_words_with_its_own_rules(tmp_path: Path) -> None:
    psk = ExternalPsk(b"carol", b"P@ssw0rd")  # "password" with c, a for @ and o for 0
    path = written(tmp_path / "talk.pcap", talk(*lesson_configs("psk_dhe_ke", psk), "carol"))
    rules = tmp_path / "rules"
    rules.write_bytes(b"csa@so0\n")
    assert told(path, "--wordlist", "common", "--rules", rules)["ok"]
    psk = ExternalPsk(b"carol", b"Dragon123")
    path = written(tmp_path / "again.pcap", talk(*lesson_configs("psk_dhe_ke", psk), "carol"))
    assert told(path, "--wordlist", "common", "--rules", "usual", "--workers", "1")["ok"]


def test_a_word_list_with_rules(capture: Path, tmp_path: Path) -> None:
    words, rules = tmp_path / "words", tmp_path / "rules"
    words.write_bytes(b"nothing\n51\n")
    rules.write_bytes(b":\n^8 ^0\nu $1\n")
    result = invoke(capture, "--wordlist", words, "--rules", rules, "--identity", "bob")
    assert result.exit_code == 1
    assert "not found" in result.stdout
    rules.write_bytes(b":\n] ^1 ^8 ^0\n")
    result = invoke(capture, "--wordlist", words, "--rules", rules, "--identity", "bob")
    assert result.exit_code == 0, result.output
    assert "identity bob, external PSK, sha256: 0815  (hex 30383135)" in result.stdout


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_a_word_between_two_openssl_processes_is_found(mode: str, tmp_path: Path) -> None:
    made = recorded.load(f"weak-{mode}")
    copied = tmp_path / "copy.pcapng"
    copied.write_bytes(made.path.read_bytes())
    (one,) = told(copied, "--wordlist", "common")["targets"]
    assert bytes.fromhex(one["psk"]) == made.psk
    # What that opens and what it does not: (EC)DHE keeps what was recorded.
    opened = CliRunner().invoke(
        cli, ["break", str(copied), "--leak", f"psk={one['psk']}", "--json"]
    )
    verdict = json.loads(opened.stdout)["verdict"]
    assert verdict == {"psk_ke": "lost", "psk_dhe_ke": "kept"}[mode]


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_openssls_own_psk_is_random_and_is_not_found(mode: str, tmp_path: Path) -> None:
    copied = tmp_path / "copy.pcapng"
    copied.write_bytes(recorded.load(f"external-{mode}").path.read_bytes())
    assert invoke(copied, "--mask", "?d?d?d").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 2, "either --wordlist or --mask"),
        (["--mask", "?d", "--wordlist", __file__], 2, "either --wordlist or --mask"),
        (["--mask", "?d", "--rules", __file__], 2, "--wordlist"),
        (["--mask", "?x"], 1, "no set of a mask"),
        (["--mask", "?a" * 20], 1, "shorter"),
        (["--wordlist", __file__, "--rules", __file__], 1, "of the rules"),
        (["--mask", "?d", "--identity", "nobody"], 1, "no binder"),
        (["--wordlist", __file__, "--set", "1=ab"], 2, "belongs to a --mask"),
        (["--wordlist", "nowhere.txt"], 1, "nowhere.txt"),
    ],
)
def test_errors_are_one_sentence(capture: Path, arguments: list[str], code: int, said: str) -> None:
    result = invoke(capture, *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_a_capture_without_binders(tmp_path: Path) -> None:
    path = written(tmp_path / "full.pcap", talk(*lesson_configs("full"), "no binder"))
    result = invoke(path, "--mask", "?d")
    assert result.exit_code == 1
    assert "no ClientHello in this capture has a PSK binder" in result.stderr


def interrupted(command: list[str]) -> tuple[int, str, str]:
    """Ctrl-C, to a command and all that it started, a second after it said that it has begun."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Tests that run in the background of a shell have been told to ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    time.sleep(1)  # for work to be under way; wherever it is stopped, the same must hold
    os.killpg(process.pid, signal.SIGINT)
    out, error = process.communicate(timeout=60)
    return process.returncode, out, said + error


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_and_the_same_command_again(capture: Path, workers: str) -> None:
    # The last of ten million: seconds on any machine, unless it was stopped and went on.
    command = [sys.executable, "-m", "tls13lab", "crack", str(capture), "--identity", "alice"]
    command += ["--mask", "?h?h?h?h?h?h?1", "--set", "1=gh4711", "--workers", workers]
    checkpoint = Path(f"{capture}.checkpoint")
    code, out, error = interrupted(command)
    assert code == 130, error
    assert "Traceback" not in error
    assert "the same command goes on from" in out
    tried = json.loads(checkpoint.read_text())["count"]
    code, out, error = interrupted([*command, "--json"])
    result = json.loads(out)
    assert (code, result["finished"]) == (130, False)
    assert result["tried"] >= tried
