"""BoGo's shim: each connection on a socket, with what the test wants done on it.

The runner listens, whichever role it plays; the shim connects, and once more for each resumption.
It echoes data with all bits turned over. A fault is printed by its class and its sentence, which
``config.json`` maps to BoringSSL's names for errors.
"""

import os
import socket
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress

from tests.conformance.bogo.checks import (
    Unexpected,
    check_handshake,
    check_messages,
    check_tickets,
)
from tests.conformance.bogo.flags import Options, Values, number
from tests.conformance.bogo.roles import HELLO, Roles
from tls13lab.handshake.config import Environment
from tls13lab.handshake.connection import Connection, TruncatedConnection
from tls13lab.handshake.events import (
    DataReceived,
    EarlyDataReceived,
    Event,
    HandshakeCompleted,
    PeerClosed,
    Tap,
    TicketReceived,
)
from tls13lab.handshake.machine import AnyState
from tls13lab.messages.handshake import Message, unpack
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.faults import PeerFault, TLSFault
from tls13lab.wire.names import Side

CRASHED = 90
"""The exit code by which a test fails even where an error is what it expects."""


def run(options: Options) -> int:
    """Every connection of one test; the exit code."""
    try:
        roles, ticket, later_s, start_ms = Roles(), None, 0, time.time_ns() // 1_000_000
        for turn in range(number(options.initial, "resume-count") + 1):
            values = options.resume if turn else options.initial
            now_ms = start_ms + later_s * 1000
            exchange = Exchange(values, options.retry, roles, ticket, now_ms, resuming=turn > 0)
            ticket = exchange.run()
            later_s += number(values, "resumption-delay")
    except (TLSFault, Unexpected) as fault:
        whose = "PeerFault " if isinstance(fault, PeerFault) else ""
        print(f"{whose}{type(fault).__name__}: {fault}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        return CRASHED
    return 0


class Hearing(Connection):
    """A connection that remembers the handshake messages that its peer sent."""

    def __init__(self, role: Side, state: AnyState, padding: int, tap: Tap | None) -> None:
        super().__init__(role, state, padding, tap)
        self._whole, self.heard = Reassembler(), list[Message]()

    def _take_handshake(self, content: bytes, env: Environment, events: list[Event]) -> None:
        self._whole.feed(content)
        with suppress(PeerFault):  # the connection itself says what is wrong
            while (raw := self._whole.next()) is not None:
                self.heard.append(unpack(raw))
        super()._take_handshake(content, env, events)


class Exchange:
    """One connection."""

    def __init__(
        self,
        values: Values,
        retry: Values,
        roles: Roles,
        ticket: ResumptionPsk | None,
        now_ms: int,
        *,
        resuming: bool,
    ) -> None:
        self._values, self._retry, self._now_ms = values, retry, now_ms
        self._resuming = resuming
        self._expected = values  # what the test expects in the end
        self._tickets: list[ResumptionPsk] = []
        self._ended = False
        self._offered = ticket
        if values.get("server"):
            self._connection: Hearing = Hearing.server(roles.server(values))
        else:
            config = roles.client(values, ticket, resuming=resuming)
            self._connection = Hearing.client(config, self._environment())
        self._socket = _connect(number(values, "port"))

    def _environment(self) -> Environment:
        # The clock stands still, so that a ticket's age is just what the test says.
        return Environment(self._now_ms, os.urandom)

    def run(self) -> ResumptionPsk | None:
        """To its end; the last ticket that came, if any did."""
        try:
            self._talk()
        finally:
            self._flush()
            self._drain()
        if not self._values.get("server"):
            check_tickets(self._expected, self._tickets)
        return self._tickets[-1] if self._tickets else None

    def _talk(self) -> None:
        self._flush()
        while not self._connection.connected:
            self._take(self._next())
        values = self._values
        if values.get("shim-shuts-down"):
            self._shut_down_first()
            return
        while not self._ended:
            self._take(self._next())
        if values.get("check-close-notify"):
            self._connection.close()

    def _shut_down_first(self) -> None:
        if not self._values.get("check-close-notify"):
            return
        self._connection.close()
        self._flush()
        while not self._ended:
            self._take(self._next(), echo=False)

    def _take(self, events: Iterator[Event], *, echo: bool = True) -> None:
        for event in events:
            match event:
                case HandshakeCompleted():
                    self._begin()
                case EarlyDataReceived(data):
                    self._connection.send_half_rtt(_turned(data))
                case DataReceived(data) if data and echo:
                    if self._values.get("key-update"):
                        self._connection.update_keys()
                    self._connection.send(_turned(data))
                case TicketReceived(psk):
                    self._tickets.append(psk)
                case PeerClosed():
                    self._ended = True
            self._flush()

    def _begin(self) -> None:
        """The handshake is done: check what the test expects of it, and say what it wants said."""
        connection, values = self._connection, self._values
        outcome = connection.outcome
        if outcome.early_data == "rejected" and not values.get("server"):
            if not values.get("expect-reject-early-data"):
                raise Unexpected("early data was rejected")
            values = self._expected = self._retry
        check_handshake(values, outcome, resuming=self._resuming, offered=self._offered)
        check_messages(values, connection.heard)
        if length := number(values, "export-keying-material"):
            label, context = str(values["export-label"]), str(values["export-context"])
            connection.send(connection.exported(label, context.encode(), length))
        if values.get("export-traffic-secrets"):
            connection.send(self._traffic_secrets())
        already = outcome.early_data == "accepted" and not values.get("server")
        if values.get("shim-writes-first") and not already:
            connection.send(HELLO)

    def _traffic_secrets(self) -> bytes:
        both = ["server", "client"] if self._connection.role == "client" else ["client", "server"]
        reading, writing = (
            self._connection.secrets[f"{side}_application_traffic_secret_0"] for side in both
        )
        return len(reading).to_bytes(2, "little") + reading + writing

    def _next(self) -> Iterator[Event]:
        """Wait for bytes; what they bring, byte for byte if the test is an asynchronous one."""
        try:
            data = self._socket.recv(2**16)
        except OSError:  # a reset says no more than an end
            data = b""
        if not data:
            self._ended = True
            try:
                self._connection.receive_eof()
            except TruncatedConnection:
                if not self._connection.connected or self._values.get("check-close-notify"):
                    raise
        size = 1 if self._values.get("async") else max(1, len(data))
        for start in range(0, len(data), size):
            if self._ended:
                return
            yield from self._connection.receive(data[start : start + size], self._environment())
        self._flush()

    def _flush(self) -> None:
        data = self._connection.outgoing()
        try:
            self._socket.sendall(data)
        except OSError:
            self._ended = True

    def _drain(self) -> None:
        """Closing a socket with unread bytes would reset it, and so hide our alert."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            while self._socket.recv(2**16):
                pass
        except OSError:
            pass
        self._socket.close()


def _turned(data: bytes) -> bytes:
    return bytes(byte ^ 0xFF for byte in data)


def _connect(port: int) -> socket.socket:
    try:
        there = socket.create_connection(("::1", port))
    except OSError:
        there = socket.create_connection(("127.0.0.1", port))
    there.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return there
