"""What a server does with data: send it back, or answer a browser with a page.

An application is made for each connection. It sees what came, decrypted, and how the handshake
went; it never sees a key.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tls13lab.peers.server import Served


class Application(Protocol):
    """``done`` says that the connection is to be closed when all answers are sent."""

    done: bool

    def receive(self, data: bytes, served: "Served", *, early: bool) -> bytes:
        """What to send back. ``early`` data came as 0-RTT; it is given when the handshake is done.

        ``served`` is what is known of the connection by now.
        """


class Echo:
    """Sends back what comes."""

    done = False

    def receive(self, data: bytes, served: "Served", *, early: bool) -> bytes:
        """The same bytes."""
        return data
