"""A full disk, a folder that cannot be written to, a signal: one sentence, and no file is lost."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.handshake.scenes import BOTH, CREDENTIAL, PSK
from tls13lab import whole_file
from tls13lab.capture.reader import read_capture
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.peers.background import serving
from tls13lab.peers.link import real_environment
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.vectors import recorded

SECONDS = 120
KEY = PSK.key.hex()
EXTERNAL = ("--psk", KEY, "--identity", "lab")
CAPTURE = str(recorded.load(next(iter(recorded.names()))).path)
SERVER = ServerConfig(
    psks=(PSK,),
    credential=CREDENTIAL,
    modes=BOTH,
    tickets=StatelessTickets(TicketKey.new(os.urandom)),
)
LIMIT = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)); "
"""A disk with room for files of 200 bytes, as far as the program can tell."""

pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and resource limits"),
]


def tls13lab(*arguments: str, full: bool = False) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    program = (LIMIT if full else "import sys; ") + (
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "from tls13lab.cli.app import cli; cli(sys.argv[1:], prog_name='tls13lab')"
    )
    return subprocess.run(
        # Without -B it would leave compiled modules that are cut off at the limit.
        [sys.executable, "-B", "-c", program, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(("tls13lab: ", "Error: "))
    return last


# Commands that write a file, without the option's value.
WRITERS: dict[str, Callable[[str, int], tuple[str, ...]]] = {
    "session": lambda path, port: (
        *("connect", f"127.0.0.1:{port}", *EXTERNAL, "--insecure"),
        *("--save-session", path, "--send", "x"),
    ),
    "key log": lambda path, port: (
        *("connect", f"127.0.0.1:{port}", *EXTERNAL, "--keylog", path, "--send", "x"),
    ),
    "recording": lambda path, port: (
        *("connect", f"127.0.0.1:{port}", *EXTERNAL, "--record", f"{path}.pcapng", "--send", "x"),
    ),
    "page": lambda path, port: ("inspect", CAPTURE, "--html", path),
    "matrix": lambda path, port: ("claims", "--html", path),
    "models": lambda path, port: ("claims", "--proverif", path),
    "theories": lambda path, port: ("claims", "--tamarin", path),
}


@pytest.mark.parametrize("what", [one for one in WRITERS if one != "matrix"])
def test_a_full_disk_leaves_nothing_behind(what: str, tmp_path: Path) -> None:
    with serving(SERVER) as server:
        done = tls13lab(*WRITERS[what](str(tmp_path / "file"), server.port), full=True)
    assert re.search("too large|no space", one_sentence(done), re.IGNORECASE)
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


@pytest.mark.parametrize("what", ["session", "key log", "page", "matrix"])
def test_a_full_disk_harms_no_good_file(what: str, tmp_path: Path) -> None:
    """The others write a folder, or replace nothing."""
    path = tmp_path / "file"
    with serving(SERVER) as server:
        command = WRITERS[what](str(path), server.port)
        if what == "matrix":  # it takes a third of a minute to make
            path.write_text("a page of yesterday's\n" * 100)
        else:
            good = tls13lab(*command)
            assert good.returncode == 0, good.stderr
        before = path.read_bytes()
        assert len(before) > 200
        done = tls13lab(*command, full=True)
    assert re.search("too large|no space", one_sentence(done), re.IGNORECASE)
    assert path.read_bytes() == before
    assert not [one for one in tmp_path.iterdir() if one.name.startswith(".")]


@pytest.mark.parametrize("what", WRITERS)
def test_a_folder_that_cannot_be_written_to(what: str, tmp_path: Path) -> None:
    """Under a file there can be no folder: that holds for the system's administrator, too."""
    (tmp_path / "file").write_text("")
    with serving(SERVER) as server:
        done = tls13lab(*WRITERS[what](str(tmp_path / "file" / "in it"), server.port))
    assert "in it" in one_sentence(done) or "folder" in one_sentence(done)


@pytest.mark.parametrize("private", [True, False])
def test_who_may_read_a_file(private: bool, tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        whole_file.write(tmp_path / "file", b"x", private=private)
    finally:
        os.umask(mask)
    assert (tmp_path / "file").stat().st_mode & 0o777 == (0o600 if private else 0o644)


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="space"):
        whole_file.write(Path("/dev/full"), b"x")
    assert Path("/dev/full").is_char_device()
    with pytest.raises(OSError, match="directory"):
        whole_file.write(tmp_path, b"x")
    assert tmp_path.is_dir()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_ends_in_good_order(number: signal.Signals, tmp_path: Path) -> None:
    """close_notify to who is connected; the log, the recording and the JSON are whole."""
    log, tape = tmp_path / "keys.txt", tmp_path / "talk.pcapng"
    command = [sys.executable, "-m", "tls13lab", "serve", *EXTERNAL, "--json"]
    command += ["--keylog", str(log), "--record", str(tape)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, **pipes) as child:  # type: ignore[call-overload]
        line = child.stdout.readline()
        port = int(re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", line)[1])  # type: ignore[index]
        client = Connection.client(ClientConfig(psks=(PSK,)), real_environment())
        address = ("127.0.0.1", port)
        with (
            socket.create_connection(address, SECONDS) as connected,
            socket.create_connection(address, SECONDS) as half_open,
        ):
            connected.sendall(client.outgoing())
            while not client.connected:
                client.receive(connected.recv(65536), real_environment())
            client.send(b"an echo says that the server is connected, too")
            connected.sendall(client.outgoing())
            events = list(client.receive(connected.recv(65536), real_environment()))
            child.send_signal(number)
            while data := connected.recv(65536):
                events += client.receive(data, real_environment())
            assert type(events[-1]).__name__ == "PeerClosed"
            while half_open.recv(65536):
                pass
        out, _ = child.communicate(timeout=SECONDS)
    assert child.returncode == 0
    told = json.loads(out.splitlines()[-1])["connections"]
    assert {one["mode"] for one in told} == {None, "psk_dhe_ke"}
    assert {one["error"] for one in told} == {"the server was stopped"}
    assert log.read_text().count("\n") == 5  # all but the early secrets
    assert log.stat().st_mode & 0o777 == tape.stat().st_mode & 0o777 == 0o600
    assert list(read_capture(tape))


# Commands that print something, and nothing else.
PRINTERS = (
    *(("--help",), ("--version",), ("crack", "--help")),
    *(("doctor",), ("doctor", "--json"), ("vectors",), ("psk", "new"), ("psk", "new", "--json")),
    *(("inspect", CAPTURE), ("inspect", CAPTURE, "--json"), ("break", CAPTURE)),
    ("serve", *EXTERNAL),
)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", PRINTERS, ids=" ".join)
def test_standard_output_that_takes_nothing(command: tuple[str, ...]) -> None:
    # With this variable nothing would be left in a buffer, to fail once more at the end.
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "tls13lab", *command],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            env=buffered,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert (done.returncode, "Traceback" in done.stderr, "Exception" in done.stderr) == (1, 0, 0)
    last = done.stderr.strip().splitlines()[-1]
    assert last == "tls13lab: standard output: No space left on device"
