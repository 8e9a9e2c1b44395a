"""A server under a thousand hostile connections: what they cost, and what honest clients notice.

A real ``tls13lab serve``, and beside it this process, which holds connections of five kinds: silent
from the start, stopped within the ClientHello, sending it a byte at a time, stopped after it, and
connected and then silent. Meanwhile honest clients complete handshakes, one after the other; the
same is done first with the server idle, so that the figure is a ratio of one run. Loopback only,
bounded in number and time.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tls13lab.handshake.config import ClientConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_PSK
from tls13lab.peers.client import connect
from tls13lab.peers.link import real_environment
from tls13lab.wire.faults import TLSFault

HOST = "127.0.0.1"
CONNECTIONS = 1000
HONEST = 60
KINDS = ("silent", "in the hello", "byte by byte", "after the hello", "connected")
CLIENT = ClientConfig(psks=(LESSON_PSK,))
MORE_THAN_DEADLINE_S = 12.0
"""A handshake may last ten seconds."""


@contextmanager
def server() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """``tls13lab serve``, and its port."""
    command = [sys.executable, "-m", "tls13lab", "serve", "--psk", LESSON_PSK.key.hex()]
    command += ["--identity", LESSON_PSK.identity.decode(), "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    ) as child:
        assert child.stdout is not None
        found = re.search(r":(\d+)$", child.stdout.readline().strip())
        assert found is not None
        try:
            yield child, int(found[1])
        finally:
            child.terminate()
            child.stdout.read()


def resident(child: subprocess.Popen[str]) -> int:
    """Bytes of memory that the process has in use (Linux)."""
    pages = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def honest(port: int, count: int) -> tuple[int, float]:
    """Handshakes with an echo: how many were done, and how many a second."""
    began, done = time.perf_counter(), 0
    for _ in range(count):
        with suppress(TLSFault):
            done += connect(HOST, port, CLIENT, send=b"hello", timeout=30).received == b"hello"
    return done, done / (time.perf_counter() - began)


def hostile(kind: str, port: int) -> socket.socket:
    """One connection of a kind, left as it is."""
    one = socket.create_connection((HOST, port), 30)
    client = Connection.client(CLIENT, real_environment())
    hello = client.outgoing()
    if kind == "in the hello":
        one.sendall(hello[: len(hello) // 2])
    elif kind == "after the hello":
        one.sendall(hello)
    elif kind == "connected":
        one.sendall(hello)
        while not client.connected:
            client.receive(one.recv(65536), real_environment())
        one.sendall(client.outgoing())
    return one


def trickle(held: dict[socket.socket, str]) -> None:
    """One byte more from those that send so slowly."""
    for one, kind in held.items():
        if kind == "byte by byte":
            with suppress(OSError):
                one.send(b"\x16")


def measure() -> dict[str, float]:
    """All figures."""
    with server() as (child, port), ExitStack() as stack:
        honest(port, 5)
        _, unloaded = honest(port, HONEST)
        before = resident(child)
        held: dict[socket.socket, str] = {}
        for number in range(CONNECTIONS):
            kind = KINDS[number % len(KINDS)]
            held[stack.enter_context(hostile(kind, port))] = kind
        trickle(held)
        full = resident(child)
        began = time.monotonic()
        done, loaded = honest(port, HONEST)
        while time.monotonic() - began < MORE_THAN_DEADLINE_S:
            trickle(held)
            time.sleep(1)
        open_still = sum(1 for one, kind in held.items() if kind != "connected" and not ended(one))
        stack.close()
        later, _ = honest(port, HONEST)
        return {
            "connections held at once": len(held),
            "KiB of memory each": (full - before) / 1024 / len(held),
            "MiB of the server, at most": max(full, resident(child)) / 2**20,
            f"honest handshakes done, of {HONEST}": done,
            "and as fast as unloaded, times": loaded / unloaded,
            "unfinished ones that outlived the deadline": open_still,
            f"honest handshakes afterwards, of {HONEST}": later,
        }


def ended(one: socket.socket) -> bool:
    """Whether the server has closed: what it still says is read, and then there is an end."""
    one.settimeout(0.5)
    try:
        while one.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
