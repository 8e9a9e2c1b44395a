"""``crack`` as its user runs it: on captures of OpenSSL, stopped with Ctrl-C, gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.sampled import sampled, sooner
from tls13lab.capture.writer import CaptureWriter
from tls13lab.cli.app import cli
from tls13lab.evidence.scripted import talk
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.memory_hard import Scrypt
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.names import Mode


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
    keys: dict[str, tuple[Mode, bytes | None]] = {
        "alice": ("psk_ke", b"4711"),
        "bob": ("psk_dhe_ke", b"0815"),
        "eve": ("psk_ke", None),
    }
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
        (["--mask", "?x"], 1, "not a set of this mask"),
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
@pytest.mark.parametrize("workers", sampled(["1", "2"], 2))
def test_ctrl_c_and_the_same_command_again(capture: Path, workers: str) -> None:
    # The last of ten million: seconds on any machine, unless it was stopped and went on.
    command = [sys.executable, "-m", "tls13lab", "crack", str(capture), "--identity", "alice"]
    command += ["--mask", "?h?h?h?h?h?h?1", "--set", "1=gh4711", "--workers", workers]
    checkpoint = Path(f"{capture}.checkpoint")
    code, out, error = interrupted(command)
    assert code == 130, error
    assert "Traceback" not in error
    assert "the same command continues from" in out
    tried = json.loads(checkpoint.read_text())["count"]
    code, out, error = interrupted([*command, "--json"])
    result = json.loads(out)
    assert (code, result["finished"]) == (130, False)
    assert result["tried"] >= tried


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.full
@pytest.mark.parametrize("what", ["capture", "words"])
def test_one_ctrl_c_is_enough_while_it_reads(capture: Path, what: str) -> None:
    command = [sys.executable, "-m", "tls13lab", "crack", "--json", "--wordlist"]
    command += ["common", "-"] if what == "capture" else ["-", str(capture)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        time.sleep(3)  # it waits for standard input, or for its own modules: both must end
        process.send_signal(signal.SIGINT)
        out, error = process.stdout, process.stderr
        assert out is not None
        assert error is not None
        process.wait(timeout=60)
        assert "Traceback" not in error.read()
        told = json.loads(out.read())
    assert (process.returncode, told["alert"]) == (130, None)
    assert told["error"] == "stopped before the search began, so nothing was tried"


# What may not be lost -----------------------------------------------------------------------------

CYRILLIC = "пароль"


def process(
    *arguments: str | Path, environment: dict[str, str] | None = None, stdout: str | None = None
) -> subprocess.CompletedProcess[str]:
    """``crack`` in a process of its own; ``stdout`` is a file that takes its standard output."""
    with open(stdout or os.devnull, "w") as file:
        return subprocess.run(
            [sys.executable, "-m", "tls13lab", "crack", *map(str, arguments)],
            env={**os.environ, **(environment or {})},
            stdout=file if stdout else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def cyrillic(tmp_path: Path) -> tuple[Path, Path]:
    """A capture and a word list with its PSK."""
    psk = ExternalPsk("Принтер".encode(), CYRILLIC.encode())
    words = tmp_path / "words.txt"
    words.write_text(f"one\n{CYRILLIC}\n", encoding="utf-8")
    return written(tmp_path / "talk.pcap", talk(*lesson_configs("psk_ke", psk), "printer")), words


def test_a_password_is_told_whatever_the_code_page(
    cyrillic: tuple[Path, Path], tmp_path: Path
) -> None:
    capture, words = cyrillic
    for page in ("cp1252", "cp1251", "utf-8"):
        told = tmp_path / page
        environment = {"PYTHONUTF8": "0", "PYTHONIOENCODING": page}
        done = process(capture, "--wordlist", words, environment=environment, stdout=str(told))
        assert (done.returncode, "Traceback" in done.stderr) == (0, False)
        content = told.read_bytes()
        assert CYRILLIC.encode().hex().encode() in content
        assert CYRILLIC.encode(page, "backslashreplace") in content


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_result_that_standard_output_does_not_take_is_told_on_the_other(
    cyrillic: tuple[Path, Path],
) -> None:
    capture, words = cyrillic
    checkpoint = Path(f"{capture}.checkpoint")
    done = process(capture, "--wordlist", words, "--json", stdout="/dev/full")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert CYRILLIC.encode().hex() in done.stderr
    assert "No space left" in done.stderr.splitlines()[-1]
    # Nothing is tried again for it, and now it is delivered.
    assert checkpoint.exists()
    again = process(capture, "--wordlist", words)
    assert CYRILLIC.encode().hex() in again.stdout
    assert not checkpoint.exists()


def test_where_no_checkpoint_can_be_written_it_is_said_and_the_psk_is_told(
    cyrillic: tuple[Path, Path],
) -> None:
    """Under a file there can be no folder: that holds for the system's administrator, too."""
    capture, words = cyrillic
    for place in (words / "in it", words.parent / "no such folder" / "in it"):
        result = invoke(capture, "--wordlist", words, "--checkpoint", place)
        assert result.exit_code == 0
        assert CYRILLIC in result.stdout
        assert result.stderr.count("tls13lab: ") == 1
        assert "searching without a checkpoint" in result.stderr


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_workers_end_with_the_process_that_was_killed(capture: Path) -> None:
    command = [sys.executable, "-m", "tls13lab", "crack", str(capture), "--identity", "eve"]
    command += ["--mask", "?d" * 14, "--workers", "2"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stderr is not None
    child.stderr.readline()  # it has said what is to be tried
    until = time.monotonic() + 60
    while len(workers := descendants(child.pid)) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert len(workers) >= 2
    child.kill()
    child.communicate(timeout=60)  # their standard error is this one: it ends when they have
    until = time.monotonic() + 60
    while any(map(running, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(running, workers))


def running(pid: int) -> bool:
    """Whether there is such a process, and no mere memory of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def descendants(pid: int) -> list[int]:
    """All processes that this one started."""
    return [
        int(one)
        for task in Path(f"/proc/{pid}/task").glob("*/children")
        for one in task.read_text().split()
    ]


# What else may be searched for --------------------------------------------------------------------


@pytest.mark.parametrize(
    "hashes",
    sooner(product(("sha256", "sha384"), repeat=2), lambda _, both: len(set(both)) == 2, "-".join),
)
def test_the_external_psk_behind_an_import_has_a_hash_of_its_own(
    hashes: tuple[str, str], tmp_path: Path
) -> None:
    epsk_hash, target_hash = hashes
    base = ExternalPsk(b"base", b"4711", epsk_hash)
    (imported,) = import_psk(base, b"context", (target_hash,))
    path = written(tmp_path / "talk.pcap", talk(*lesson_configs("psk_ke", imported), "imported"))
    for told_hash in ("sha256", "sha384"):
        code = 0 if told_hash == epsk_hash else 1
        (one,) = told(path, "--mask", "?d?d?d?d", "--epsk-hash", told_hash, code=code)["targets"]
        assert (one["kind"], one["epsk_hash"]) == ("imported", told_hash)
        assert one["text"] == (None if code else "4711")
    # What was found is what break wants to know, too.
    leak = ["--leak", f"psk={b'4711'.hex()}", "--json"]
    opened = CliRunner().invoke(cli, ["break", str(path), *leak])
    assert json.loads(opened.stdout)["verdict"] == "lost"


def test_an_imported_psk_in_a_stack_without_an_importer(tmp_path: Path) -> None:
    """What an importer made is used as an external PSK: the label is "ext binder" (RFC 9258)."""
    (imported,) = import_psk(ExternalPsk(b"base", b"4711"), b"context", ("sha256",))
    plain = ExternalPsk(imported.identity, imported.key)
    path = written(tmp_path / "talk.pcap", talk(*lesson_configs("psk_ke", plain), "plain"))
    (one,) = told(path, "--mask", "?d?d?d?d")["targets"]
    # The kind is what the label says; that the external PSK has a hash, that it was imported.
    assert (one["kind"], one["text"], one["epsk_hash"]) == ("external", "4711", "sha256")
    said = invoke(path, "--mask", "4?d?d?d").output
    assert 'imported PSK, though with "ext binder", sha256 (its external PSK: sha256): 4711' in said
    leak = ["--leak", f"psk={b'4711'.hex()}", "--json"]
    opened = CliRunner().invoke(cli, ["break", str(path), *leak])
    assert json.loads(opened.stdout)["verdict"] == "lost"
    (one,) = told(path, "--mask", "?d?d?d", code=1)["targets"]
    assert (one["kind"], one["text"]) == ("imported", None)


def test_a_word_behind_a_slow_derivation(tmp_path: Path) -> None:
    made = Scrypt(b"salt", 2)
    psk = ExternalPsk(b"printer", made.derive(b"47"))
    path = written(tmp_path / "talk.pcapng", talk(*lesson_configs("psk_dhe_ke", psk), "slow"))
    result = told(path, "--mask", "?d?d", "--derivation", str(made))
    (one,) = result["targets"]
    assert (one["text"], one["derivation"]) == ("47", str(made))
    assert (
        "derived from a word: 47"
        in invoke(path, "--mask", "?d?d", "--derivation", str(made)).stdout
    )
    assert not told(path, "--mask", "?d?d", code=1)["ok"]
    refused = invoke(path, "--mask", "?d?d", "--derivation", "$scrypt$ln=2$c2FsdA")
    assert refused.exit_code == 2
    assert "--derivation" in refused.output


def test_both_sides_of_a_connection_in_any_order_in_the_file(tmp_path: Path) -> None:
    psk = ExternalPsk(b"late", b"4711")
    client, server = lesson_configs("psk_dhe_ke", psk)
    pair = talk(client, replace(server, groups=(NamedGroup.SECP256R1,)), "retried")
    steps = pair.conversation().steps
    for first in ("client", "server"):
        path = tmp_path / f"{first}.pcap"
        writer = CaptureWriter(path, now=lambda: 1.0)
        writer.open(1, ("127.0.0.1", 10_000), ("127.0.0.1", 4433))
        for step in sorted(steps, key=lambda step: step.sender != first):
            writer.add(1, step.sender, step.wire)
        writer.end(1)
        writer.close()
        found = told(path, "--mask", "47?d?d")["targets"]
        assert [one["text"] for one in found] == ["4711", "4711"]
        assert [one["client_hello"] for one in found] == [1, 2]


def test_words_in_every_form(tmp_path: Path) -> None:
    """A byte order mark, Windows' ends of lines, bytes that are no text, $HEX, no last end."""
    folder = Path(__file__).parents[1] / "captures"
    path = tmp_path / "words.pcap"
    path.write_bytes((folder / "words-in-every-form.pcap").read_bytes())
    found = told(path, "--wordlist", folder / "words-in-every-form.txt")["targets"]
    assert {bytes.fromhex(one["psk"]) for one in found} == {
        *(b"first", b"pa\0ss", b"caf\xe9", "café".encode(), b"tail\r", b" lead"),
        *(b"00112233", b"last"),
    }
