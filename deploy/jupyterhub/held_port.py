"""Reserves the port of each student's server from the moment it is chosen.

JupyterHub's spawners look for a free port, release it, and pass its number to the server. The
server binds the port when it has started; with a whole class, that can be a minute later. Until
then, the system may give the same port to another server. The second of two servers with the same
port exits. The hub gets an answer from the first and believes for a while that the second is
running, while its student sees "not running". Linux has 14,000 ports to choose from (the odd ones
of its range), so this happens in one of 75 classes of 20 students, and in one of three classes of
100.

Here, the hub keeps a socket that is bound to the port and never listens. Linux lets the server
listen on the same port, because both sockets set SO_REUSEADDR (Tornado's servers do), but does not
give it to others who ask for a free one. Other systems would refuse the server, so nothing is
reserved there.
"""

import socket
import sys
from typing import Any

from traitlets import HasTraits, validate

LOOPBACK = "127.0.0.1"


def held(address: str) -> socket.socket:
    """A socket on a free port of ``address``; only sockets with SO_REUSEADDR can share the port.

    >>> with held("127.0.0.1") as holder, socket.socket() as server:
    ...     server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ...     server.bind(holder.getsockname())
    """
    holder = socket.socket()
    # The option is set after binding: otherwise the kernel could choose a port that is held.
    holder.bind((address, 0))
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return holder


class HeldPort(HasTraits):
    """A mixin for spawners of local processes; it comes before the spawner's own class."""

    ip: str
    _held: socket.socket | None = None

    @validate("port")
    def _hold(self, proposal: Any) -> int:
        """Replace any port that a spawner sets by one that is held; 0 means no port."""
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
        """The hub calls this when a server has ended, and before it starts a new one."""
        super().clear_state()  # type: ignore[misc]  # the spawner's
        self._release()
