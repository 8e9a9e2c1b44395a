"""What a foreign TLS 1.3 stack must be able to do to stand in the matrix, and how it is asked.

A stack that is a library is used through :class:`Talker`, one connection on a blocking socket, and
:mod:`~tests.interop.stacks.blocking` makes servers and clients of it. One that must have a process
of its own is a :class:`Stack` itself. Nothing here knows tls13lab.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NoReturn, Protocol

Role = Literal["client", "server"]
Mode = Literal["psk_ke", "psk_dhe_ke"]


class NotHere(RuntimeError):
    """The stack is not installed; the text says what is missing."""


class PeerFailed(RuntimeError):
    """The stack did not do what it was asked."""


class NoSuchCall(PeerFailed):
    """The stack offers no way to ask for this: a fact that was looked up, not a failure."""


def refuse(reason: str, word: str, *where: object) -> NoReturn:
    """Raise :class:`NoSuchCall` for ``reason``, if nothing in ``where`` has a name with ``word``.

    If something has, it may be what was missing, and the failure is another one.
    """
    found = [name for one in where for name in dir(one) if word in name.lower()]
    if found:
        raise PeerFailed(f"{found[0]!r} has not been tried yet")
    raise NoSuchCall(reason)


@dataclass(frozen=True)
class Psk:
    """An external PSK: ``identity`` and ``key`` in bytes."""

    identity: bytes
    key: bytes
    hash_name: Literal["sha256", "sha384"] = "sha256"


@dataclass(frozen=True)
class Setup:
    """How one end is configured; both ends of a cell are described with it.

    A client sends a share in the first of its groups only. ``early_data`` is what a server takes,
    in bytes. With ``update_keys`` the foreign end sends a KeyUpdate before its first data, and with
    ``padding`` it pads its records. ``psks`` are external; without any, a server has a certificate.
    With ``cert_with_psk`` both are asked for, or given, in one handshake (RFC 9973). With ``http``
    a client's data is the body of a request, and comes back as that of the response.
    """

    suite: str
    groups: tuple[str, ...] = ("x25519",)
    modes: tuple[Mode, ...] = ("psk_dhe_ke",)
    psk: Psk | None = None
    early_data: int = 0
    tickets: int | None = None
    update_keys: bool = False
    padding: int = 0
    cert_with_psk: bool = False
    http: bool = False


@dataclass(frozen=True)
class Certificate:
    """PEM files for ``localhost``: the chain, which is its own root, and the private key."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Heard:
    """What a foreign client got back; ``early_accepted`` if early data was sent and it says so."""

    received: bytes = field(repr=False)
    early_accepted: bool = False


class Client(Protocol):
    """A foreign client for the length of one cell: it remembers the session of its last visit."""

    def visit(self, port: int, data: bytes, *, resume: bool, early: bytes) -> Heard:
        """Connect, send ``data``, read as much back, close. :class:`PeerFailed`."""
        ...


class Server(Protocol):
    """A foreign echo server that runs."""

    port: int

    @property
    def complaint(self) -> str:
        """What last went wrong in it."""
        ...

    def refuse_early_data(self) -> None:
        """Take no early data from the next connection on; with the same tickets as before."""
        ...


class Stack(Protocol):
    """A TLS stack. Making one raises :class:`NotHere` if it is not installed."""

    name: str
    version: str

    def serve(self, setup: Setup) -> AbstractContextManager[Server]:
        """A server on loopback. :class:`PeerFailed`."""
        ...

    def client(self, setup: Setup) -> AbstractContextManager[Client]:
        """A client. :class:`PeerFailed`."""
        ...

    def close(self) -> None:
        """End what was started with the stack itself."""
        ...


class Talker(Protocol):
    """One connection of a library's, on a blocking socket. Everything raises :class:`PeerFailed`.

    ``early`` is the early data that a server took; ``early_accepted`` what a client was told.
    """

    early: bytes
    early_accepted: bool

    def handshake(self) -> None: ...

    def send(self, data: bytes) -> None: ...

    def receive(self) -> bytes:
        """Some bytes, or none at the connection's end."""
        ...

    def update_keys(self) -> None:
        """Send a KeyUpdate that asks for one."""
        ...

    def session(self) -> object:
        """What resumes this connection; asked for when all has been received."""
        ...

    def close(self) -> None: ...


class Context(Protocol):
    """A library's configuration for one role, which makes connections. It is closed at the end."""

    def connect(self, descriptor: int, session: object | None, early: bytes) -> Talker:
        """A client's connection on a connected socket."""
        ...

    def accept(self, descriptor: int, *, early_data: bool) -> Talker:
        """A server's connection on an accepted socket."""
        ...

    def close(self) -> None: ...


class Library(Protocol):
    """A TLS library in this process."""

    name: str
    version: str

    def context(self, role: Role, setup: Setup) -> Context:
        """:class:`PeerFailed` if it cannot be configured so."""
        ...
