"""tls13lab's end of a case, in this process: what a case asks for, as its configurations."""

import os
import re
import socket
from contextlib import suppress
from dataclasses import dataclass, replace

from tests.interop.cases import PADDING, Case, Visit
from tests.interop.stacks.stack import Context, PeerFailed, Psk, Role, Setup
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.crypto.certificates import Credential, TrustRoots
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived, KeysUpdated, PeerClosed
from tls13lab.peers.client import Report, connect
from tls13lab.peers.link import real_environment
from tls13lab.peers.server import Served
from tls13lab.psk.keys import ExternalPsk, ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, NamedGroup
from tls13lab.wire.faults import TLSFault

MODES = {"psk_ke": PSK_KE, "psk_dhe_ke": PSK_DHE_KE}


def _groups(names: tuple[str, ...]) -> tuple[NamedGroup, ...]:
    return tuple(NamedGroup[name.upper()] for name in names)


def _external(psk: Psk | None, suite: str, early_data: int) -> tuple[ExternalPsk, ...]:
    if psk is None:
        return ()
    provisioned = CipherSuite[suite] if early_data else None
    key = ExternalPsk(
        psk.identity, psk.key, psk.hash_name, provisioned, max_early_data_size=early_data
    )
    return (key,)


def client_config(case: Case, visit: Visit, credential: Credential) -> ClientConfig:
    """The client of a case; without the tickets, which come from its visits."""
    setup = case.client
    return ClientConfig(
        psks=_external(setup.psk, setup.suite, setup.early_data),
        modes=frozenset(MODES[mode] for mode in setup.modes),
        trust=None if setup.psk else TrustRoots(credential.chain),
        server_name=None if setup.psk else "localhost",
        suites=(CipherSuite[setup.suite],),
        groups=_groups(setup.groups),
        padding=PADDING if case.padding == "tls13lab" else 1,
        early_data=visit.early,
    )


def visit_with_lab(
    case: Case, visit: Visit, port: int, credential: Credential, tickets: tuple[ResumptionPsk, ...]
) -> Report:
    """One connection of tls13lab's client."""
    config = client_config(case, visit, credential)
    if visit.resume:
        config = replace(config, psks=tickets)
    return connect(
        LOOPBACK,
        port,
        config,
        send=case.data,
        update_keys=case.key_update == "tls13lab",
        timeout=SECONDS,
    )


def server_config(setup: Setup, credential: Credential, *, padding: int = 1) -> ServerConfig:
    """A server for the setup; like the foreign ones, without a certificate beside a PSK."""
    return ServerConfig(
        credential=None if setup.psk else credential,
        psks=_external(setup.psk, setup.suite, setup.early_data),
        modes=frozenset(MODES[mode] for mode in setup.modes),
        tickets=StatelessTickets(TicketKey(os.urandom(16), os.urandom(32))),
        ticket_count=2 if setup.tickets is None else setup.tickets,
        suites=(CipherSuite[setup.suite],),
        groups=_groups(setup.groups),
        padding=padding,
        max_early_data_size=setup.early_data,
    )


class Posted:
    """For clients that speak HTTP: a request's body is sent back, and the connection ended."""

    def __init__(self) -> None:
        self.done = False
        self._request = b""

    def receive(self, data: bytes, served: Served, *, early: bool) -> bytes:
        self._request += data
        head, end, body = self._request.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if not end or length is None or len(body) < int(length[1]):
            return b""
        self.done = True
        size = str(len(body)).encode("ascii")
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + size + end + body


class LabLibrary:
    """tls13lab's server as a library under the same driver as the foreign ones.

    It is there for what :mod:`tls13lab.peers.server` does not do: a server that sends a KeyUpdate
    of its own accord. ``answered`` counts the KeyUpdates that came back.
    """

    name, version = "tls13lab", ""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self.answered = 0

    def context(self, role: Role, setup: Setup) -> Context:
        assert role == "server"
        return _LabContext(self, server_config(setup, self._credential))


@dataclass
class _LabContext:
    library: LabLibrary
    config: ServerConfig

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_LabTalker":
        raise NotImplementedError("tls13lab's client is peers.client.connect")

    def accept(self, descriptor: int, *, early_data: bool) -> "_LabTalker":
        return _LabTalker(self.library, Connection.server(self.config), descriptor)

    def close(self) -> None:
        return


class _LabTalker:
    early, early_accepted = b"", False

    def __init__(self, library: LabLibrary, connection: Connection, descriptor: int) -> None:
        self._library, self._connection = library, connection
        self._plain = socket.socket(fileno=os.dup(descriptor))
        self._waiting = b""

    def _step(self) -> bool:
        """Take in what comes, send what is to be sent; whether there may be more."""
        try:
            data = self._plain.recv(65536)
            events = self._connection.receive(data, real_environment()) if data else []
            self._plain.sendall(self._connection.outgoing())
        except (OSError, TLSFault) as error:
            raise PeerFailed(str(error)) from error
        self._library.answered += sum(isinstance(one, KeysUpdated) for one in events)
        self._waiting += b"".join(one.data for one in events if isinstance(one, DataReceived))
        return bool(data) and not any(isinstance(one, PeerClosed) for one in events)

    def handshake(self) -> None:
        while not self._connection.connected:
            if not self._step():
                raise PeerFailed("the client went away")

    def send(self, data: bytes) -> None:
        self._connection.send(data)
        self._plain.sendall(self._connection.outgoing())

    def receive(self) -> bytes:
        while not self._waiting and self._step():
            pass
        data, self._waiting = self._waiting, b""
        return data

    def update_keys(self) -> None:
        self._connection.update_keys(request=True)

    def session(self) -> object:
        return None

    def close(self) -> None:
        with suppress(OSError):
            self._connection.close()
            self._plain.sendall(self._connection.outgoing())
        self._plain.close()
