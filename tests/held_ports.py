"""Loopback ports for the tests: nobody listens on them but a server that was told to.

A test that finds a free port, lets it go and uses it later can meet a stranger there: the tests run
in several processes, and each of them starts servers.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.jupyterhub.held_port import LOOPBACK, held


@contextmanager
def held_port() -> Iterator[int]:
    """A port where nobody listens; a server that says SO_REUSEADDR, as most do, can take it.

    Other systems than Linux would refuse that server: there the port is let go at once.
    """
    if sys.platform == "linux":
        with held(LOOPBACK) as one:
            yield one.getsockname()[1]
    else:
        with socket.socket() as one:
            one.bind((LOOPBACK, 0))
            port: int = one.getsockname()[1]
        yield port
