"""A file that cannot be written costs no result, and messages that nobody reads cost nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cli.test_faults import CAPTURE, EXTERNAL, SERVER
from tests.conftest import ROOT
from tests.sampled import sampled, sooner
from tls13lab import whole_file
from tls13lab.cli import pake, report
from tls13lab.cli.app import cli
from tls13lab.cli.outputs import Outputs
from tls13lab.peers.background import serving
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import LocalFault

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def invoke(*arguments: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], input=given)


def no_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file written as a whole fail at its end, as on a disk that is full by then."""

    def write(path: Path, content: bytes, *, private: bool = False) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(whole_file, "write", write)


@pytest.mark.parametrize("option", ["--save-session", "--keylog"])
def test_connect_shows_what_it_got_and_then_the_error(option: str) -> None:
    with serving(SERVER) as server:
        command = ("connect", f"127.0.0.1:{server.port}", *EXTERNAL, "--send", "hello")
        text = invoke(*command, option, FULL)
        told = invoke(*command, option, FULL, "--json")
    assert text.exit_code == told.exit_code == 1
    assert "mode: psk_dhe_ke" in text.stdout
    assert "received: hello" in text.stdout
    result = json.loads(told.stdout)
    assert (result["mode"], result["received"]) == ("psk_dhe_ke", "hello")
    assert result["tickets"] > 0
    assert "No space left" in result["error"]
    assert text.stderr == told.stderr == f"tls13lab: {result['error']}\n"


def test_a_folder_that_takes_nothing_is_reported_before_a_connection(tmp_path: Path) -> None:
    with serving(SERVER) as server:
        command = ("connect", f"127.0.0.1:{server.port}", *EXTERNAL)
        done = invoke(*command, "--save-session", "/proc/session.json")
        assert done.exit_code == 1
        assert done.stderr.startswith("tls13lab: /proc/session.json: ")
        assert not server.reports
    whole_file.try_out(tmp_path / "file")
    assert not list(tmp_path.iterdir())


def test_serve_reports_its_connections_though_the_key_log_is_full() -> None:
    command = [sys.executable, "-m", "tls13lab", "serve", *EXTERNAL, "--json"]
    command += ["--connections", "1", "--keylog", str(FULL)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with (
        FULL.open("w") as full,
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=full, text=True
        ) as child,
    ):
        assert child.stdout is not None
        address = child.stdout.readline().removeprefix("listening on ").strip()
        client = invoke("connect", address, *EXTERNAL, "--send", "hello")
        out, _ = child.communicate(timeout=60)
    # Its own log went nowhere, which is no reason to answer with internal_error.
    assert "received: hello" in client.stdout
    result = json.loads(out)
    assert result["connections"][0]["mode"] == "psk_dhe_ke"
    assert "No space left" in result["error"]
    assert child.returncode == 1


@pytest.mark.parametrize("to", ["2>/dev/full", "2>&-"])
def test_crack_searches_though_nobody_reads_its_messages(to: str) -> None:
    capture = Path(__file__).parents[1] / "captures" / "words-in-every-form.pcap"
    words = capture.with_suffix(".txt")
    line = f'exec "{sys.executable}" -m tls13lab crack "{capture}" --wordlist "{words}" {to}'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", line], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0
    assert "connection 1" in done.stdout


# Commands that work out something and then write it, and a part of their result.
WRITERS: dict[str, tuple[Callable[[Path], tuple[str, ...]], str]] = {
    "inspect": (lambda file: ("inspect", CAPTURE, "--html", str(file)), "ClientHello"),
    "break": (lambda file: ("break", CAPTURE, "--svg", str(file)), "connection 1"),
    "derive": (lambda file: ("psk", "derive", "-", "--out", str(file)), "derivation: "),
    "race": (
        lambda file: ("psk", "pake", "race", "-", "--runs", "1", "--svg", str(file)),
        "PSK",
    ),
}


@pytest.mark.parametrize("what", sooner(WRITERS, lambda _, what: what != "race"))
def test_the_result_comes_before_the_error(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_space(monkeypatch)
    command, part = WRITERS[what]
    text = invoke(*command(tmp_path / "file"), given=b"dragon")
    assert text.exit_code == 1
    assert part in text.stdout
    assert text.stderr.splitlines()[-1].startswith("tls13lab: ")
    told = json.loads(invoke(*command(tmp_path / "file"), "--json", given=b"dragon").stdout)
    assert told["error"]
    assert len(told) > 2


def test_a_psk_that_could_not_be_kept_is_not_said_to_be_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_space(monkeypatch)
    agreed = ExternalPsk(b"cpace-00", bytes(64))
    monkeypatch.setattr(pake, "call_other", lambda *_, **__: agreed)
    command = ("psk", "pake", "call", "127.0.0.1:4000", "-", "--me", "a", "--other", "b")
    text = invoke(*command, "--out", tmp_path / "file", given=b"word")
    assert text.exit_code == 1
    assert text.stdout == (
        "a PSK of 64 bytes was agreed on, but not kept; its identity is cpace-00: run both ends "
        "again\n"
    )
    told = json.loads(invoke(*command, "--out", tmp_path / "file", "--json", given=b"word").stdout)
    assert (told["identity"], told["key_file"]) == ("cpace-00", None)
    assert "No space left" in told["error"]


@pytest.mark.parametrize("what", ["inspect", "derive", "race"])
def test_a_file_that_cannot_be_written_is_found_out_at_the_start(what: str) -> None:
    command, part = WRITERS[what]
    done = invoke(*command(Path("/proc/file")), given=b"dragon")
    assert done.exit_code == 1
    assert done.stderr.startswith("tls13lab: /proc/file: ")
    assert part not in done.stdout


def test_errors_follow_the_fault_that_ended_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs()

    def work() -> dict[str, Any]:
        with outputs.writing():
            raise LocalFault("the recording breaks off")
        raise LocalFault("no answer")

    with pytest.raises(SystemExit):
        report.run(work, str, as_json=False, outputs=outputs)
    assert capsys.readouterr().err == "tls13lab: the recording breaks off\ntls13lab: no answer\n"


PAGES = (
    ("inspect", CAPTURE, "--html", "-"),
    ("psk", "pake", "race", "-", "--runs", "1", "--svg", "-"),
)


@pytest.mark.parametrize("command", sampled(PAGES, 2, " ".join))
def test_a_page_or_picture_can_go_to_standard_output(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke(*command, given=b"dragon")
    assert done.exit_code == 0
    assert done.stdout.startswith("<")
    assert done.stdout.rstrip().endswith(("</html>", "</svg>"))
    assert not list(tmp_path.iterdir())
    assert invoke(*command, "--json", given=b"dragon").exit_code == 2
