"""A server is used when it listens, whatever it has printed before."""

import socket
import sys

import pytest

from tests.held_ports import held_port
from tests.interop.listening import wait_until_it_listens
from tests.interop.stacks.stack import PeerFailed
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl_process import Child

SLOW = """
import socket, sys, time
print("listening on", sys.argv[1], file=sys.stderr, flush=True)  # so it says, and listens later
time.sleep(0.5)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    server.accept()[0].sendall(b"here")
"""
FAILS = "print('x' * 100_000, 'no such option', file=__import__('sys').stderr); raise SystemExit(1)"


def test_it_is_waited_for_until_it_listens() -> None:
    with held_port() as port, Child([sys.executable, "-c", SLOW, str(port)]) as child:
        wait_until_it_listens(child, port)
        with socket.create_connection((LOOPBACK, port), SECONDS) as client:
            assert client.recv(4) == b"here"


def test_one_that_ends_is_not_waited_for_and_its_last_words_are_told() -> None:
    with (
        held_port() as port,
        Child([sys.executable, "-c", FAILS]) as child,
        pytest.raises(PeerFailed, match=rf"nobody listens at port {port}: x+ no such option$"),
    ):
        wait_until_it_listens(child, port)
