"""Each student's server has a port of its own, held from the moment it is chosen.

JupyterHub's spawners look for a free port, let it go, and tell it to the server, which binds it
when it has started: a minute later, when a whole class comes at once. Until then the port may be
given out again. Of two servers with one port the second ends; the hub, which hears an answer there,
believes for a while that the second is up, and its student is left with "not running". Linux has
14,000 ports to give out first (the odd ones of its range): so it happens to one of 75 classes of 20
students, and to every third class of 100.

So the hub keeps a socket that is bound to the port and never listens. Linux lets the server listen
beside it, since both say SO_REUSEADDR (Tornado's servers do), and gives the port to nobody else who
asks for a free one. Other systems would refuse the server, so there nothing is held.
"""

import socket
import sys
from typing import Any

from traitlets import HasTraits, validate

LOOPBACK = "127.0.0.1"


def held(address: str) -> socket.socket:
    """A socket on a free port of ``address``, which only those share who say SO_REUSEADDR.

    >>> with held("127.0.0.1") as one, socket.socket() as server:
    ...     server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ...     server.bind(one.getsockname())
    """
    one = socket.socket()
    # Bound first: said before, the kernel could give out a port that another holds in this way.
    one.bind((address, 0))
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return one


class HeldPort(HasTraits):
    """For any spawner of local processes: put it before the spawner's own class."""

    ip: str
    _held: socket.socket | None = None

    @validate("port")
    def _hold(self, proposal: Any) -> int:
        """Whatever port a spawner sets, it gets one that is held; 0, no port, stays 0."""
        self._release()
        if not proposal["value"] or sys.platform != "linux":
            return int(proposal["value"])
        self._held = held(self.ip or LOOPBACK)
        return int(self._held.getsockname()[1])

    def _release(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def clear_state(self) -> None:
        """The hub's last word to a server that has ended, and its first to a new one."""
        super().clear_state()  # type: ignore[misc]  # the spawner's
        self._release()
