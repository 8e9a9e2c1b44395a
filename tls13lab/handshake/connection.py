"""A TLS connection without a socket: bytes in, events and bytes out. RFC 9846 sections 4 to 6.

A :class:`Connection` joins the state machine and the record layer: it passes messages to the state
machine, and carries out the resulting actions on the record layer. Give it the bytes from the
network with :meth:`Connection.receive`, and send what :meth:`Connection.outgoing` returns.

If the peer breaks the protocol, :meth:`Connection.receive` queues the right alert, closes the
connection and raises the fault.

>>> from tls13lab.handshake.pair import Pair, lesson_configs
>>> pair = Pair(*lesson_configs("psk_ke"), seed="doctest")
>>> pair.handshake().mode
'psk_ke'
>>> pair.client.send(b"hello")
>>> pair.pump()
>>> pair.server_received
b'hello'
"""

from typing import Self

from tls13lab.handshake import client, server
from tls13lab.handshake.actions import (
    Action,
    Completed,
    Direction,
    InstallKeys,
    Outcome,
    RemoveSendingKeys,
    Reveal,
    SendCompatibilityCcs,
    SendEarlyData,
    SendMessage,
    SkipEarlyData,
    StoreTicket,
    TakeEarlyData,
)
from tls13lab.handshake.config import ClientConfig, Environment, ServerConfig
from tls13lab.handshake.connected import Connected, update_sending_keys
from tls13lab.handshake.events import (
    DataReceived,
    EarlyDataReceived,
    Event,
    HandshakeCompleted,
    KeysUpdated,
    PeerClosed,
    Tap,
    TicketReceived,
)
from tls13lab.handshake.machine import AnyState, step
from tls13lab.handshake.sending import Sender
from tls13lab.handshake.states import WaitClientFinished, WaitEndOfEarlyData
from tls13lab.records.early_data_limits import EarlyDataLimits
from tls13lab.records.framing import Record, RecordBuffer
from tls13lab.records.idling import Idling
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import AlertDescription, ContentType, HandshakeType
from tls13lab.wire.faults import (
    AlertReceived,
    BadRecordMac,
    DecodeError,
    LocalFault,
    PeerFault,
    TLSFault,
    UnexpectedMessage,
)
from tls13lab.wire.names import Side


class Connection:
    """One side of a connection. Make it with :meth:`client` or :meth:`server`."""

    def __init__(self, role: Side, state: AnyState, padding: int, tap: Tap | None) -> None:
        self.role = role
        self.secrets: dict[str, bytes] = {}
        self.client_random = b""
        self._state = state
        self._tap = tap
        self._sender = Sender(role, padding, tap)
        self._records = RecordBuffer()
        self._messages = Reassembler()
        self._idling = Idling()
        self._opener: RecordProtection | None = None
        self._saw_hello = role == "client"
        self._closed_by_peer = False
        self._closed = False
        self._early_data = EarlyDataLimits()

    @classmethod
    def client(cls, config: ClientConfig, env: Environment, tap: Tap | None = None) -> Self:
        """A client, whose ClientHello is already waiting in :meth:`outgoing`."""
        state, actions = client.start(config, env)
        connection = cls("client", state, config.padding, tap)
        connection._carry_out(actions)
        return connection

    @classmethod
    def server(cls, config: ServerConfig, tap: Tap | None = None) -> Self:
        """A server that waits for a ClientHello."""
        return cls("server", server.start(config), config.padding, tap)

    # What is known ------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Whether the handshake is complete on this side."""
        return isinstance(self._state, Connected)

    @property
    def closed(self) -> bool:
        """Whether this side will send nothing more."""
        return self._closed

    @property
    def outcome(self) -> Outcome:
        """What the handshake agreed on; raises LocalFault before it is complete."""
        return self._connected().outcome

    @property
    def state_name(self) -> str:
        """The name of the state in the move table."""
        return self._state.state.name

    def exported(self, label: str, context_value: bytes, length: int) -> bytes:
        """Exported keying material for the application: ``length`` bytes. 7.5."""
        return self._connected().exported(label, context_value, length)

    def _connected(self) -> Connected:
        if not isinstance(self._state, Connected):
            raise LocalFault("the handshake is not done yet")
        return self._state

    # What the application does --------------------------------------------------------------------

    def outgoing(self) -> bytes:
        """Remove and return the bytes that are waiting to be sent."""
        return self._sender.take()

    def send(self, data: bytes) -> None:
        """Queue application data, split into as many records as it needs.

        Raises LocalFault before the handshake is complete and after :meth:`close`.
        """
        connected = self._connected()
        if self._closed:
            raise LocalFault("the connection is closed")
        if connected.update_owed or self._sender.exhausted:
            self.update_keys()
        self._sender.send(ContentType.APPLICATION_DATA, data)

    def send_half_rtt(self, data: bytes) -> None:
        """Queue application data of a server before the client's Finished has come.

        "because the handshake is not yet complete, they have no assurance of either the peer's
        identity or its liveness (i.e., the ClientHello might have been replayed)" (4.5.3).
        """
        if self._closed or not isinstance(self._state, WaitEndOfEarlyData | WaitClientFinished):
            raise LocalFault("only a server that waits for the client's Finished can send so")
        self._sender.send(ContentType.APPLICATION_DATA, data)

    def update_keys(self, *, request: bool = False) -> None:
        """Queue a KeyUpdate and switch to the next sending keys.

        With ``request``, the peer is asked to do the same.
        """
        connected = self._connected()
        if self._closed:
            raise LocalFault("the connection is closed")
        self._state, actions = update_sending_keys(connected, request=request)
        self._carry_out(actions)

    def close(self) -> None:
        """Queue close_notify; after it, this side sends nothing more."""
        self._closed = True
        self._sender.alert(AlertDescription.CLOSE_NOTIFY)

    # What the network does ------------------------------------------------------------------------

    def receive(self, data: bytes, env: Environment) -> list[Event]:
        """Process bytes from the peer, and return the events.

        Raises the fault that ended the connection, if one did. Bytes that come after the end are
        ignored.
        """
        events: list[Event] = []
        if self._closed_by_peer:
            # "Any data received after a closure alert has been received MUST be ignored." (6.1)
            return events
        self._records.feed(data)
        try:
            while not self._closed_by_peer and (record := self._records.next()) is not None:
                self._take_record(record, env, events)
        except PeerFault as fault:
            self.abort(fault)
            raise
        except AlertReceived:
            # "Upon transmission or receipt of a fatal alert message, both parties MUST immediately
            # close the connection." (6.2) So we send no alert in return.
            self._closed = self._closed_by_peer = True
            self._sender.silence()
            raise
        return events

    def receive_eof(self) -> None:
        """Note the end of the transport; raises TruncatedConnection if no close_notify came."""
        if not self._closed_by_peer:
            self._closed = True
            raise TruncatedConnection("the peer closed the transport without close_notify")

    def abort(self, fault: TLSFault) -> None:
        """Queue the fault's alert, and close both directions.

        No alert is sent after another alert of ours, or after a fatal one from the peer. After the
        peer's close_notify, our direction is still open (6.1).
        """
        self._closed = self._closed_by_peer = True
        self._sender.alert(fault.alert)

    def _take_record(self, record: Record, env: Environment, events: list[Event]) -> None:
        content_type, content = record.content_type, record.fragment
        if content_type is ContentType.CHANGE_CIPHER_SPEC:
            self._take_ccs(content)
            return
        if self._opener is not None and not self._plaintext_alert(content_type):
            if content_type is not ContentType.APPLICATION_DATA:
                raise UnexpectedMessage("an unprotected record came after the keys were in use")
            opened = self._open(record)
            if opened is None:
                return
            content_type, content = opened
        elif content_type is ContentType.APPLICATION_DATA:
            if self._early_data.skips(content):
                return
            raise UnexpectedMessage("a protected record came before there were keys")
        if content_type is ContentType.HANDSHAKE:
            self._take_handshake(content, env, events)
            return
        if self._messages.pending:
            # "Handshake messages MUST NOT be interleaved with other record types" (5.1)
            raise UnexpectedMessage("another record came in the middle of a handshake message")
        if content_type is ContentType.ALERT:
            self._take_alert(content, events)
            return
        self._idling.something() if content else self._idling.nothing()
        if self.connected:
            events.append(DataReceived(content))
        elif self._early_data.taking:
            self._early_data.taken(len(content))
            events.append(EarlyDataReceived(content))
        else:
            raise UnexpectedMessage("application data came before the handshake was done")

    def _open(self, record: Record) -> tuple[ContentType, bytes] | None:
        """The type and content of a protected record; None to skip it as rejected early data."""
        assert self._opener is not None
        try:
            opened = self._opener.open(record.header, record.fragment)
        except BadRecordMac:
            if self._early_data.skips(record.fragment):
                return None
            raise
        # "Once a record is deprotected successfully, it is treated as the start of the client's
        # second flight" (4.3.10).
        self._early_data.skip(None)
        return opened

    def _plaintext_alert(self, content_type: ContentType) -> bool:
        # A client that rejects the ServerHello has no keys yet to protect its alert.
        return content_type is ContentType.ALERT and self.role == "server" and not self.connected

    def _take_ccs(self, content: bytes) -> None:
        """Check the content and the place of a change_cipher_spec, then "simply drop it" (5)."""
        if content != b"\x01" or not self._saw_hello or self.connected or self._messages.pending:
            raise UnexpectedMessage("a change_cipher_spec came that TLS 1.3 does not allow here")
        self._idling.nothing()

    def _take_alert(self, content: bytes, events: list[Event]) -> None:
        if len(content) != 2:
            raise DecodeError("an alert does not have 2 bytes")
        description = content[1]
        if description == AlertDescription.CLOSE_NOTIFY:
            self._closed_by_peer = True
            events.append(PeerClosed())
        elif description == AlertDescription.USER_CANCELED:
            self._idling.nothing()  # a close_notify follows
        else:
            # Every other alert is fatal, whatever level it claims (6.2).
            raise AlertReceived(description)

    def _take_handshake(self, content: bytes, env: Environment, events: list[Event]) -> None:
        if not content:
            raise UnexpectedMessage("a handshake record is empty")
        self._messages.feed(content)
        while (raw := self._messages.next()) is not None:
            self._saw_hello = True
            self._note_random(raw)
            after, actions = step(self._state, raw, env)
            self._check_alignment(actions)
            self._state = after
            if raw[0] == HandshakeType.KEY_UPDATE:
                self._idling.nothing()
                events.append(KeysUpdated())
            else:
                self._idling.something()
            self._carry_out(actions, events)

    def _check_alignment(self, actions: list[Action]) -> None:
        """Check that a message that makes us send, or that changes keys, ends its record."""
        if not self._messages.pending:
            return
        for action in actions:
            if isinstance(action, InstallKeys) and action.direction is Direction.RECEIVE:
                # "Handshake messages MUST NOT span key changes." (5.1)
                raise UnexpectedMessage("a handshake message spans a key change")
            if isinstance(action, SendMessage):
                raise UnexpectedMessage("a handshake message came before our answer to the last")

    def _carry_out(self, actions: list[Action], events: list[Event] | None = None) -> None:
        for action in actions:
            match action:
                case SendMessage(raw):
                    self._note_random(raw)
                    self._sender.handshake(raw)
                case InstallKeys(direction, epoch, suite, secret):
                    protection = RecordProtection(suite, secret)
                    if direction is Direction.SEND:
                        self._sender.install(epoch, protection)
                    else:
                        self._opener = protection
                        self._early_data.take(None)
                case SendCompatibilityCcs():
                    self._sender.compatibility_ccs()
                case RemoveSendingKeys():
                    self._sender.remove()
                case SendEarlyData(data):
                    self._sender.send(ContentType.APPLICATION_DATA, data)
                case TakeEarlyData(limit):
                    self._early_data.take(limit)
                case SkipEarlyData(limit):
                    self._early_data.skip(limit)
                case Reveal(secrets):
                    self.secrets.update(secrets)
                    if self._tap is not None:
                        self._sender.flush()
                        self._tap(secrets)
                case StoreTicket(psk) if events is not None:
                    events.append(TicketReceived(psk))
                case Completed(outcome) if events is not None:
                    events.append(HandshakeCompleted(outcome))
        self._sender.flush()

    def _note_random(self, raw: bytes) -> None:
        # These 32 bytes identify the connection in a key log (RFC 9850).
        if raw[0] == HandshakeType.CLIENT_HELLO and not self.client_random:
            self.client_random = raw[6:38]


class TruncatedConnection(LocalFault):
    """The transport ended without close_notify: an attacker may have truncated the data (6.1)."""
