"""A Jupyter server is used when it answers, on a port that no other test is given."""

import os
import socket
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.browser.lab_server import jupyter
from tests.held_ports import held_port

SLOW = """
import http.server, sys, time
port = int(sys.argv[1].partition("=")[2])
print("Jupyter Server is running at:", port, flush=True)  # so it says, and listens later
time.sleep(0.5)
http.server.HTTPServer(("127.0.0.1", port), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def test_it_is_waited_for_until_it_answers(tmp_path: Path) -> None:
    (tmp_path / "api").write_text("here")
    command = [sys.executable, "-c", SLOW]
    with jupyter(command, tmp_path, dict(os.environ), tmp_path / "log") as (_, url):
        assert urllib.request.urlopen(f"{url}api", timeout=60).read() == b"here"


def test_one_that_ends_is_not_waited_for_and_its_last_words_are_told(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such option')"]
    with (
        pytest.raises(RuntimeError, match=r"did not start:\nno such option"),
        jupyter(command, tmp_path, dict(os.environ), tmp_path / "log"),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a port cannot be held so")
def test_a_held_port_is_given_to_nobody_else_and_answers_nobody() -> None:
    with held_port() as port, held_port() as other:
        assert port != other
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 60)
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))
