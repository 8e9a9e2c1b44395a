"""What a server does with the data that it receives.

Every connection gets an application of its own. It sees the decrypted data and the result of the
handshake, but never a key. The web page for browsers is in :mod:`tls13lab.peers.web_page`.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tls13lab.peers.server import Served


class Application(Protocol):
    """The application of one connection; when ``done`` is true, the server closes it."""

    done: bool

    def receive(self, data: bytes, served: "Served", *, early: bool) -> bytes:
        """Take data and return the answer. ``served`` is what is known about the connection.

        ``early`` says whether the data came as 0-RTT; even so, it is passed on only after the
        handshake.
        """


class Echo:
    """The application that sends all data back unchanged."""

    done = False

    def receive(self, data: bytes, served: "Served", *, early: bool) -> bytes:
        return data
