"""One TCP connection: its bytes in order, the place where TLS begins, and the records.

A connection is reported once a hello is found in it: at the very beginning, or after another
protocol (:mod:`~tls13lab.capture.preambles`). RFC 9293, RFC 5961.
"""

from collections.abc import Iterator

from tls13lab.capture import preambles
from tls13lab.capture.notes import Notes
from tls13lab.capture.packets import ACK, FIN, RST, SYN, Address, Segment
from tls13lab.capture.reassembly import WINDOW, Half
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.records.framing import RecordBuffer
from tls13lab.wire.codepoints import ContentType, HandshakeType
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

_LATE = "the capture begins after the connection did"
_NOTHING = "nothing that it sent was captured"
_TYPES = frozenset(int(kind) for kind in ContentType)
_HANDSHAKE = int(ContentType.HANDSHAKE)
_CLIENT_HELLO, _SERVER_HELLO = int(HandshakeType.CLIENT_HELLO), int(HandshakeType.SERVER_HELLO)


def _is_late(data: bytes) -> bool:
    """Whether the client's first bytes are not its ClientHello."""
    return data[0] != _HANDSHAKE or data[5:6] not in (b"", b"\x01")


class _Side:
    """One direction: the bytes in order, and the records in them.

    ``head`` keeps bytes that cannot be cut into records yet, because it is not known whether this
    is TLS and where it begins.
    """

    __slots__ = ("begun", "half", "head", "incomplete", "records", "sought")

    def __init__(self) -> None:
        self.half = Half()
        self.head = b""
        self.records = RecordBuffer()
        self.begun = False  # whether its first record was examined
        self.sought = False  # whether the first record must still be found in the head
        self.incomplete = False  # whether an Incomplete was reported


class Flow:
    """One TCP connection. It is reported once its first bytes show that it is TLS."""

    def __init__(self, first: Segment, numbers: Iterator[int], notes: Notes) -> None:
        self.number = 0
        self.closed = False
        self.syn: Segment | None = None  # a later SYN, which may begin another connection
        self._numbers, self._notes = numbers, notes
        self._judged = False
        # The client sends a SYN; the server answers with SYN and ACK.
        from_server = first.flags & (SYN | ACK) == SYN | ACK
        self._client = first.target if from_server else first.source
        self._server = first.source if from_server else first.target
        self._first = first
        self._begun = bool(first.flags & SYN)
        self._reset = False
        self._reset_from = ""
        self._sides: dict[Side, _Side] = {"client": _Side(), "server": _Side()}

    # Segments --------------------------------------------------------------------------------

    def begins_again(self, segment: Segment) -> Segment | None:
        """The SYN that began another connection on the same ports; None if none did.

        A new SYN is returned at once, and again when it is answered: only then is it confirmed.
        """
        if segment.flags & (SYN | ACK) == SYN:
            if segment.sequence == self._first.sequence and self._first.flags & SYN:
                return None
            self.syn = segment
            return segment
        assert self.syn is not None
        after = (self.syn.sequence + 1) % 2**32
        answer = segment.flags & SYN and segment.acknowledged == after
        goes_on = segment.source == self.syn.source and segment.sequence == after
        return self.syn if answer or goes_on else None

    def take(self, segment: Segment) -> Iterator[Item]:
        """Take one segment; yield the items that become complete with it."""
        if self.closed or (self._judged and not self.number):
            return
        source, _, sequence, flags, data, cut, acknowledged = segment
        sender: Side = "client" if source == self._client else "server"
        other: Side = "server" if sender == "client" else "client"
        if flags == ACK and not data and not cut:
            # A bare ACK, as half of all packets are: nothing new from this side.
            self._sides[other].half.confirm(acknowledged)
            return
        side = self._sides[sender]
        half = side.half
        if flags & SYN:
            sequence += 1
            half.begin(sequence)
        if flags & ACK:
            self._sides[other].half.confirm(acknowledged)
        if data:
            new = half.add(sequence, data)
            side.head = side.head + new if side.head else new
        if cut:
            half.lose("packets were cut short when they were captured")
        if flags & FIN:
            half.end(sequence + len(data) + cut)
        if not self._judged:
            yield from self._judge(sender, source)
        if self.number:
            yield from self._advance()
        if flags & RST:
            yield from self._reset_by(sender, sequence)

    def _reset_by(self, sender: Side, sequence: int) -> Iterator[Item]:
        """Take a reset: it counts only if its number is the next one (RFC 5961 section 3.2)."""
        if self.closed:
            return
        half = self._sides[sender].half
        ahead = 0 if half.next is None else half.ahead(sequence)
        if 0 <= ahead <= 1:  # 1 after a FIN, which counts as a byte
            self._reset_from = sender
            yield from self.close("")
        elif 0 < ahead < WINDOW:
            self._reset = True
        else:
            self._notes.pass_over("TCP resets outside the window")

    # Is it TLS? ------------------------------------------------------------------------------

    def _judge(self, sender: Side, source: Address) -> Iterator[Item]:
        """Report the connection, or leave it out, once its first bytes show what it is."""
        side = self._sides[sender]
        head = side.head
        if not head:
            return
        if head[0] in _TYPES and head[1:2] in (b"", b"\x03"):
            # Without a SYN, only the first message shows which side is the client.
            if len(head) < (3 if self._begun else 6):
                return
            if head[0] == _HANDSHAKE or not self._begun:
                yield from self._open_at_once(source, head)
                return
        at = preambles.client_hello_at(head)
        if at >= 0:
            yield from self._open_behind(source, at)
        elif sum(len(each.head) for each in self._sides.values()) > 2 * preambles.MOST:
            self._leave_out()

    def _leave_out(self) -> None:
        self._judged = True
        self._notes.pass_over("TCP connections without TLS")
        self._sides.clear()

    def _open_at_once(self, source: Address, head: bytes) -> Iterator[Item]:
        """Report a connection that consists of TLS records from the first byte on."""
        hello = head[5] if head[0] == _HANDSHAKE and len(head) > 5 else None
        other = self._server if source == self._client else self._client
        late = False
        if hello == _CLIENT_HELLO:
            self._name_client(source)
        elif not self._begun and hello == _SERVER_HELLO:
            self._name_client(other)
        elif not self._begun:
            # No hello shows which side is the client, so take the lower port for the server's.
            self._name_client(source if other[1] < source[1] else other)
            late = True
        said = self._sides["server"].head
        spoken = hello == _CLIENT_HELLO and said[:1] and said[0] not in _TYPES
        self._sides["server"].sought = bool(spoken)
        yield from self._open(preambles.preamble_name(b"", said) if spoken else "")
        if late:
            yield from self._lose("client", _LATE)
            yield from self._lose("server", _LATE)

    def _open_behind(self, source: Address, at: int) -> Iterator[Item]:
        """Report a connection whose ClientHello comes after another protocol."""
        # A client behind a proxy may not be the one that opened the connection.
        self._name_client(source)
        client, server = self._sides["client"], self._sides["server"]
        before = client.head[:at]
        client.head = client.head[at:]
        server.sought = True
        yield from self._open(preambles.preamble_name(before, server.head))

    def _name_client(self, client: Address) -> None:
        if client != self._client:
            self._client, self._server = self._server, self._client
            sides = self._sides
            sides["client"], sides["server"] = sides["server"], sides["client"]

    def _open(self, behind: str = "") -> Iterator[Item]:
        self._judged = True
        self.number = next(self._numbers)
        client, server = (f"{host}:{port}" for host, port in (self._client, self._server))
        yield Opened(self.number, client, server, behind)

    # Records ---------------------------------------------------------------------------------

    def _advance(self, closing: bool = False) -> Iterator[Item]:
        """Yield complete records and what is missing; close if both sides are done."""
        finished = True
        for sender, side in self._sides.items():
            if side.head and (closing or self._may_go_on(sender, side)):
                head, side.head = side.head, b""
                yield from self._records(sender, head)
            if side.half.gap and not side.incomplete:
                yield from self._lose(sender, side.half.gap)
            finished = finished and side.half.finished
        if finished and not closing:
            yield from self.close("")

    def _may_go_on(self, sender: Side, side: _Side) -> bool:
        """Whether the bytes in ``head`` are records, and it is their turn."""
        if sender == "client":
            return True
        if side.sought:
            at = preambles.server_begins_at(side.head)
            if at < 0:
                return len(side.head) > preambles.MOST
            side.head, side.sought = side.head[at:], False
        # In some captures, the server's answer comes before the ClientHello.
        client = self._sides["client"].half
        waits = client.next is not None and not client.count and not client.gap
        return not waits or len(side.head) > 2**16

    def _records(self, sender: Side, data: bytes) -> Iterator[Item]:
        side = self._sides[sender]
        if side.incomplete:
            return
        if not side.begun:
            side.begun = True
            if sender == "client" and not self._begun and _is_late(data):
                yield from self._lose(sender, _LATE)
                return
        records = side.records
        records.feed(data)
        try:
            while (wire := records.next_bytes()) is not None:
                yield CapturedRecord(self.number, sender, wire)
        except TLSFault as fault:
            side.half.lose(f"what follows its records is not a record: {fault}")

    def _lose(self, sender: Side, why: str) -> Iterator[Item]:
        side = self._sides[sender]
        side.half.lose(why)
        if not side.incomplete:
            side.incomplete = True
            yield Incomplete(self.number, sender, why)

    def close(self, why: str) -> Iterator[Item]:
        """End the connection. ``why`` is reported for each side that did not send its FIN."""
        if self.closed:
            return
        self.closed = True
        if not self.number:
            if not self._judged:
                data = any(side.head for side in self._sides.values())
                self._notes.pass_over(f"TCP connections without {'TLS' if data else 'data'}")
            self._sides.clear()
            return
        yield from self._advance(closing=True)
        if self._reset:
            why = "the connection was reset, and bytes before that are missing"
        for sender, side in self._sides.items():
            if side.half.missing:
                missing = f"bytes after the first {side.half.count} are missing"
                yield from self._lose(sender, missing)
            elif len(side.records):
                yield from self._lose(sender, "its last record breaks off")
            elif side.half.next is None:
                yield from self._lose(sender, _NOTHING)
            elif why and not side.half.finished:
                yield from self._lose(sender, why)
        yield Closed(self.number, self._reset_from)
        self._sides.clear()
