"""When a server that was started can be connected to: when somebody has been, and no sooner.

What such a program prints may come before it listens: ``gnutls-serv`` names its port, and calls
``bind`` and ``listen`` afterwards.
"""

import socket
import time

from tests.interop.stacks.stack import PeerFailed
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl_process import Child

PAUSE_S = 0.02
"""Between two tries, in seconds."""


def wait_until_it_listens(child: Child, port: int) -> None:
    """Connect to the port and close, until that works.

    :class:`PeerFailed`, with the last of what the child wrote, if it ends or never listens.
    """
    end = time.monotonic() + SECONDS
    while not _listens(port):
        if child.finish(PAUSE_S) is not None or time.monotonic() > end:
            child.stop()  # so that all it wrote has been read
            told = " ".join(child.stderr.split()) or "it says nothing"
            raise PeerFailed(f"nobody listens at port {port}: {told[-400:]}")


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), SECONDS).close()
    except OSError:
        return False
    return True
