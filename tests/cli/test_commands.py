"""The command line as its user meets it: what it prints, and how it ends."""

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.handshake.scenes import BOTH, CREDENTIAL, PSK
from tls13lab.cli import doctor
from tls13lab.cli.app import cli
from tls13lab.handshake.config import ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.openssl import OpenSSLUnavailable
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.vectors import rfc8448

KEY = PSK.key.hex()
SERVER = ServerConfig(
    credential=CREDENTIAL,
    psks=(PSK,),
    modes=BOTH,
    tickets=StatelessTickets(TicketKey.from_bytes(bytes(48))),
)


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def told(*arguments: str) -> dict[str, Any]:
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_psk_in_both_modes() -> None:
    with serving(SERVER) as server:
        address = f"127.0.0.1:{server.port}"
        base = ("connect", address, "--psk", KEY, "--identity", "lab", "--send", "hi")
        assert told(*base) == {
            "mode": "psk_dhe_ke",
            "resumed": False,
            "suite": "TLS_AES_128_GCM_SHA256",
            "group": "x25519",
            "psk_identity_kind": "external",
            "retried": False,
            "alpn": None,
            "server_name": None,
            "early_data": "none",
            "received": "hi",
            "tickets": 2,
        }
        ke = told(*base, "--modes", "psk_ke")
        assert (ke["mode"], ke["group"]) == ("psk_ke", None)
        text = invoke(*base)
        assert "mode: psk_dhe_ke" in text.stdout
        wrong = invoke("connect", address, "--psk", "00", "--identity", "lab", "--json")
        assert wrong.exit_code == 1
        assert json.loads(wrong.stdout)["alert"] == "decrypt_error"
        assert KEY not in text.output + wrong.output


def test_a_session_is_saved_used_and_used_up(tmp_path: Path) -> None:
    session = str(tmp_path / "session.json")
    with serving(SERVER) as server:
        address = f"127.0.0.1:{server.port}"
        first = told("connect", address, "--insecure", "--save-session", session)
        assert (first["mode"], first["tickets"]) == ("full", 2)
        resume = ("connect", address, "--session", session, "--save-session", session)
        second = told(*resume)
        assert (second["mode"], second["psk_identity_kind"]) == ("psk_dhe_ke", "resumption")
        # Two were there, one was used, two came.
        assert len(json.loads(Path(session).read_text())["tickets"]) == 3
        assert told(*resume, "--modes", "psk_ke,psk_dhe_ke")["resumed"]
        name = invoke(*resume, "--server-name", "other.example")
        assert "--server-name" in name.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("connect", "nowhere"), 2, "HOST:PORT"),
        (("connect", "h:99999"), 2, "HOST:PORT"),
        (("connect", "127.0.0.1:1"), 1, "give --psk and --identity"),
        (("connect", "127.0.0.1:1", "--insecure", "--timeout", "5"), 1, "127.0.0.1"),
        (("connect", "127.0.0.1:1", "--psk", "xyz", "--identity", "a"), 2, "hexadecimal"),
        (("connect", "127.0.0.1:1", "--psk", "00"), 2, "one --identity"),
        (("connect", "127.0.0.1:1", "--psk", "00", "--identity", ""), 2, "1 to 65535"),
        (("connect", "127.0.0.1:1", "--pin", "00"), 2, "32 bytes"),
        (("connect", "127.0.0.1:1", "--insecure", "--pin", "00" * 32), 2, "only one of"),
        (("connect", "127.0.0.1:1", "--insecure", "--suites", "RC4"), 2, "none of"),
        (("connect", "127.0.0.1:1", "--insecure", "--alpn", ","), 2, "--alpn"),
        (("connect", "127.0.0.1:1", "--session", "no/such/file"), 1, "no/such/file"),
        (("connect", "127.0.0.1:1", "--cafile", __file__), 1, "no PEM certificate"),
        (("serve",), 2, "--self-signed"),
        (("serve", "--cert", "x"), 2, "--cert and --key"),
        (("serve", "--cert", "no-such", "--key", "file"), 1, "no-such"),
        (("serve", "--self-signed", "--tickets", "off", "--ticket-key", "00" * 32), 2, "stateless"),
        (("serve", "--self-signed", "--host", "192.0.2.1"), 1, "cannot listen"),
        (("serve", "--self-signed", "--keylog", "no/such/keys"), 1, "no/such/keys"),
        (("bake",), 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_said_in_a_sentence(
    arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = invoke(*arguments)
    assert result.exit_code == code, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("command", ["serve", "connect", "vectors", "doctor"])
def test_help_shows_examples(command: str) -> None:
    text = invoke(command, "--help").stdout
    assert "Examples:" in text
    assert f"tls13lab {command}" in text
    assert "not for protecting real traffic" in invoke("--help").stdout


def test_vectors_are_all_right_and_a_wrong_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    result = invoke("vectors")
    count = sum(1 for _ in rfc8448.checks())
    assert result.exit_code == 0
    assert f"{count} of {count} values" in result.stdout
    assert told("vectors")["ok"] is True
    from tls13lab.cli import vectors

    def one_wrong() -> list[rfc8448.CheckedValue]:
        first = next(rfc8448.checks())
        return [rfc8448.CheckedValue(first.section, first.name, first.expected, b"wrong")]

    monkeypatch.setattr(vectors, "checks", one_wrong)
    wrong = invoke("vectors")
    assert wrong.exit_code == 1
    assert wrong.stdout.startswith("FAIL")


def test_the_doctor_finds_what_is_needed_and_misses_what_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {one["name"]: one for one in told("doctor")["findings"]}
    assert found["cryptography"]["there"]
    assert found["tls13lab"]["needed"]

    def without(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    def no_openssl() -> None:
        raise OpenSSLUnavailable("there is no openssl here.")

    monkeypatch.setattr(metadata, "version", without)
    monkeypatch.setattr(doctor, "find_openssl", no_openssl)
    monkeypatch.setattr(doctor, "layout_programs", dict)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    sick = invoke("doctor")
    assert sick.exit_code == 1
    assert "MISSING cryptography" in sick.stdout
    assert "absent  openssl: there is no openssl here." in sick.stdout
    assert "run: python3 run.py lab" in sick.stdout
    assert "absent  graph layout: not found; pip install pygraphviz" in sick.stdout


def test_serve_says_where_at_once_and_ends_with_its_connections(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tls13lab", "serve", "--self-signed", "--json"]
    command += ["--connections", "2", "--psk", KEY, "--identity", "lab"]
    command += ["--keylog", str(tmp_path / "keys"), "--ticket-key", "11" * 32]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on 127.0.0.1:")
        address = line.split()[-1]
        assert told("connect", address, "--insecure", "--alpn", "x")["mode"] == "full"
        wrong = invoke("connect", address, "--psk", "00", "--identity", "lab")
        assert wrong.exit_code == 1
        out, err = process.communicate(timeout=120)
    served = json.loads(out)["connections"]
    assert [one["mode"] for one in served] == ["full", None]
    assert served[1]["alert"] == "decrypt_error"
    assert "--pin" in err
    assert "full TLS_AES_128_GCM_SHA256" in err
    assert "CLIENT_TRAFFIC_SECRET_0" in (tmp_path / "keys").read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to catch")
def test_serve_ends_cleanly_on_a_signal() -> None:
    command = [sys.executable, "-m", "tls13lab", "serve", "--self-signed"]
    command += ["--tickets", "stateful"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.terminate()
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "served 0" in out
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("crack", "--mask", "?d"),
        ("crack", __file__),
        ("crack", "no such file", "--mask", "?d"),
        ("connect", "127.0.0.1:1", "--psk", "zz"),
        ("serve", "--modes", "nothing"),
        ("inspect", "no file and no digits"),
        ("break", __file__, "--no-such-option"),
        ("no-such-command",),
        ("psk", "no-such-command"),
        ("psk", "new", "--no-such-option"),
    ],
)
def test_wrong_usage_is_told_in_json_too(arguments: tuple[str, ...]) -> None:
    plain = invoke(*arguments)
    assert (plain.exit_code, plain.stdout) == (2, "")
    result = invoke(*arguments, "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    # The same sentence; a person's has its lines broken.
    assert error.split() == plain.stderr.rpartition("Error: ")[2].split()


@pytest.mark.parametrize("page", ["cp1252", "latin-1", "utf-8"])
def test_what_a_code_page_lacks_is_written_all_the_same(page: str, tmp_path: Path) -> None:
    """Of break and connect, whose words may be anybody's."""
    words, environment = "слова", {"PYTHONUTF8": "0", "PYTHONIOENCODING": page}
    capture = tmp_path / "talk.pcap"
    with serving(SERVER) as server:
        commands = (
            *("connect", f"127.0.0.1:{server.port}", "--psk", KEY, "--identity", "lab"),
            *("--modes", "psk_ke", "--send", words, "--record", str(capture)),
        )
        for command in (commands, ("break", str(capture), "--leak", f"psk={KEY}")):
            done = subprocess.run(
                [sys.executable, "-m", "tls13lab", *command],
                env={**os.environ, **environment},
                capture_output=True,
                timeout=60,
                check=False,
            )
            assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
            assert words.encode(page, "backslashreplace") in done.stdout
