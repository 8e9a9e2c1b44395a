"""The end that BoGo's runner talks to: configurations out of flags, one connection at a time."""

import os
import socket
import time
from pathlib import Path

from tls13lab.crypto.certificates import Credential, TrustAnyone, load_credential
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, ServerConfig
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.events import (
    DataReceived,
    EarlyDataReceived,
    Event,
    PeerClosed,
    TicketReceived,
)
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.faults import AlertReceived, TLSFault

Flags = dict[str, list[str]]
HELLO = b"hello"
MODES = frozenset({PSK_DHE_KE})
MOST_EARLY = 14_336
"""What BoringSSL allows, and the runner expects."""
GROUPS = (NamedGroup.X25519, NamedGroup.SECP256R1)


class Failed(Exception):
    """The connection, or what was expected of it, came to nothing; the text is for the runner."""


class Unimplemented(SystemExit):
    """What the test wants is not in the lab."""

    def __init__(self) -> None:
        super().__init__(89)


def now() -> Environment:
    """The machine's clock and randomness."""
    return Environment(time.time_ns() // 1_000_000, os.urandom)


class End:
    """Client or server through all connections of a test: tickets are kept between them."""

    def __init__(self, flags: Flags) -> None:
        self._server = "-server" in flags
        self._tickets: list[Psk] = []
        self._book = StatelessTickets(TicketKey.new(os.urandom))
        self._credential = _credential(flags) if self._server else None

    def connect(self, flags: Flags, *, resumed: bool) -> None:
        """One connection, from the TCP handshake to its end. Raises :class:`Failed`."""
        config: ClientConfig | ServerConfig
        config = self._server_config(flags) if self._server else self._client_config(flags)
        with _runner(int(flags["-port"][0])) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if isinstance(config, ServerConfig):
                connection = Connection.server(config)
            else:
                connection = Connection.client(config, now())
            talk = _Talk(plain, connection, flags, config, self._tickets)
            talk.run(resumed=resumed)

    def _client_config(self, flags: Flags) -> ClientConfig:
        alpn = _protocols(flags["-advertise-alpn"][0]) if "-advertise-alpn" in flags else ()
        early = b""
        ticket = self._tickets[-1:]
        if "-enable-early-data" in flags and ticket and "-shim-writes-first" in flags:
            early = HELLO
        return ClientConfig(
            psks=tuple(ticket),
            modes=MODES,
            trust=TrustAnyone(),
            server_name=flags.get("-host-name", [None])[0],
            alpn=alpn,
            groups=_groups(flags),
            early_data=early,
        )

    def _server_config(self, flags: Flags) -> ServerConfig:
        early = MOST_EARLY if "-enable-early-data" in flags else 0
        return ServerConfig(
            credential=self._credential,
            modes=MODES,
            tickets=None if "-no-ticket" in flags else self._book,
            groups=_groups(flags),
            alpn=tuple(one.encode("latin-1") for one in flags.get("-select-alpn", [])),
            max_early_data_size=early,
            anti_replay=NoAntiReplay(),
        )


def _runner(port: int) -> socket.socket:
    """To the runner, which listens on one of the two loopback addresses."""
    try:
        return socket.create_connection(("::1", port))
    except OSError:
        return socket.create_connection(("127.0.0.1", port))


def _credential(flags: Flags) -> Credential:
    # A test that wants another than the usual one names it after that.
    chain, key = (Path(flags[name][-1]).read_bytes() for name in ("-cert-file", "-key-file"))
    return load_credential(chain, key)


def _groups(flags: Flags) -> tuple[NamedGroup, ...]:
    if "-curves" not in flags:
        return GROUPS
    chosen = [int(value) for value in flags["-curves"]]
    if not set(chosen) <= {int(one) for one in GROUPS}:
        raise Unimplemented
    return tuple(NamedGroup(one) for one in chosen)


def _protocols(listed: str) -> tuple[bytes, ...]:
    data, found = listed.encode("latin-1"), []
    while data:
        found.append(data[1 : 1 + data[0]])
        data = data[1 + data[0] :]
    return tuple(found)


class _Talk:
    """What is said on one connection."""

    def __init__(
        self,
        plain: socket.socket,
        connection: Connection,
        flags: Flags,
        config: ClientConfig | ServerConfig,
        tickets: list[Psk],
    ) -> None:
        self._plain, self._connection = plain, connection
        self._flags, self._config, self._tickets = flags, config, tickets
        self._closed = False

    def run(self, *, resumed: bool) -> None:
        connection = self._connection
        self._flush()
        while not connection.connected:
            self._take()
            if self._closed:
                raise Failed("HANDSHAKE_FAILURE")
        self._expect(resumed=resumed)
        early = getattr(self._config, "early_data", b"")
        if "-key-update" in self._flags:
            connection.update_keys()
        sent_early = early and connection.outcome.early_data == "accepted"
        if "-export-keying-material" in self._flags:
            connection.send(self._exported())
        if "-shim-writes-first" in self._flags and not sent_early:
            connection.send(HELLO)
        if "-shim-shuts-down" in self._flags:
            connection.close()
        self._flush()
        while not self._closed:
            self._take()
        if not connection.closed:
            connection.close()
        self._flush()

    def _exported(self) -> bytes:
        """Keying material, which the runner compares with its own (7.5)."""
        flags = self._flags
        length = int(flags["-export-keying-material"][0])
        label, context = (flags[f"-export-{name}"][0] for name in ("label", "context"))
        # No context and an empty one are the same in TLS 1.3.
        return self._connection.exported(label, context.encode("latin-1"), length)

    def _take(self) -> None:
        """Read, and answer."""
        try:
            data = self._plain.recv(65536)
        except OSError:
            data = b""
        try:
            if not data:
                self._connection.receive_eof()
                self._closed = True
                return
            events = self._connection.receive(data, now())
        except TruncatedConnection:
            if "-check-close-notify" in self._flags or not self._connection.connected:
                raise Failed("TRUNCATED") from None
            self._closed = True
            return
        except TLSFault as fault:
            self._flush()
            self._drain()
            kind = "ALERT" if isinstance(fault, AlertReceived) else type(fault).__name__
            raise Failed(f"{kind}: {fault}") from None
        for event in events:
            self._answer(event)
        self._flush()

    def _answer(self, event: Event) -> None:
        match event:
            case DataReceived(data) if data and not self._connection.closed:
                self._connection.send(bytes(byte ^ 0xFF for byte in data))
            case EarlyDataReceived():
                raise Unimplemented  # the lab's server says nothing before the client's Finished
            case TicketReceived(psk):
                self._tickets.append(psk)
            case PeerClosed():
                self._closed = True

    def _flush(self) -> None:
        data = self._connection.outgoing()
        if data:
            try:
                self._plain.sendall(data)
            except OSError:
                raise Failed("the runner hung up") from None

    def _drain(self) -> None:
        """Unread bytes would become a reset, which overtakes the alert."""
        try:
            self._plain.shutdown(socket.SHUT_WR)
            self._plain.settimeout(1.0)
            while self._plain.recv(65536):
                pass
        except OSError:
            return

    def _expect(self, *, resumed: bool) -> None:
        """What the flags say of the handshake."""
        flags, outcome = self._flags, self._connection.outcome
        if resumed and outcome.resumed == ("-expect-session-miss" in flags):
            raise Failed("resumed" if outcome.resumed else "not resumed")
        if "-expect-hrr" in flags and not outcome.retried:
            raise Failed("no HelloRetryRequest")
        if "-expect-no-hrr" in flags and outcome.retried:
            raise Failed("a HelloRetryRequest")
        if "-expect-curve-id" in flags and outcome.group != int(flags["-expect-curve-id"][0]):
            raise Failed("another group")
        if "-expect-alpn" in flags:
            wanted = flags["-expect-alpn"][0].encode("latin-1") or None
            if outcome.alpn != wanted:
                raise Failed("another protocol")
        if (
            "-expect-server-name" in flags
            and outcome.server_name != flags["-expect-server-name"][0]
        ):
            raise Failed("another name")
        for kind in ("accept", "reject"):
            if f"-expect-{kind}-early-data" in flags and outcome.early_data != f"{kind}ed":
                raise Failed(f"early data {outcome.early_data}")
