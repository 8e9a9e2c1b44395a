"""A capture file as a recording: TCP connections put together, cut into TLS records.

It reads on as the items are asked for and keeps only what is in flight. Connections that do not
look like TLS are left out.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tls13lab.capture.packets import ACK, FIN, RST, SYN, Segment, segments
from tls13lab.capture.reassembly import Half
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.records.framing import RecordBuffer
from tls13lab.wire.codepoints import ContentType, HandshakeType
from tls13lab.wire.faults import TLSFault

MOST_OPEN = 20_000
"""Connections at a time; the one that has been silent longest is given up for another."""

Address = tuple[str, int]
_LATE = "the capture begins after the connection did"
_OPEN = "the capture ends while the connection is open"


def read_capture(path: Path) -> Iterator[Item]:
    """The connections of a pcap or pcapng file. Raises CaptureError, or OSError.

    What is missing is told as an Incomplete, in the place where it was noticed.
    """
    return reassemble(segments(path))


def reassemble(stream: Iterable[Segment]) -> Iterator[Item]:
    """The same from segments."""
    flows: OrderedDict[frozenset[Address], Flow] = OrderedDict()
    numbers = count(1)
    for segment in stream:
        key = frozenset((segment.source, segment.target))
        flow = flows.get(key)
        if flow is None or (segment.flags & (SYN | ACK) == SYN and not flow.repeats(segment)):
            if flow is not None:
                yield from flow.close(_OPEN)
            flow = flows[key] = Flow(segment, numbers)
        yield from flow.take(segment)
        flows.move_to_end(key)
        if len(flows) > MOST_OPEN:
            yield from flows.popitem(last=False)[1].close(_OPEN)
    for flow in flows.values():
        yield from flow.close(_OPEN)


@dataclass
class _Side:
    """One direction: bytes in order, and the records among them.

    ``head`` keeps the first bytes until there are enough to tell whether this is TLS.
    """

    half: Half = field(default_factory=Half)
    head: bytes = b""
    records: RecordBuffer = field(default_factory=RecordBuffer)
    told: bool = False  # whether something was said to be missing


class Flow:
    """One TCP connection. It is announced when its first bytes look like TLS."""

    def __init__(self, first: Segment, numbers: Iterator[int]) -> None:
        self.number = 0
        self._numbers = numbers
        self._judged = False
        self._late = not first.flags & SYN
        # Who sends a SYN is the client; who sends SYN and ACK, the server.
        self._client = first.target if first.flags & (SYN | ACK) == SYN | ACK else first.source
        self._server = first.source if self._client == first.target else first.target
        self._first = first
        self._closed = False
        self._sides = {"client": _Side(), "server": _Side()}

    def repeats(self, segment: Segment) -> bool:
        """Whether a SYN is this connection's own, once more."""
        return segment.sequence == self._first.sequence and not self._closed

    def _looks_like_tls(self, head: bytes) -> bool | None:
        """Whether a side's first bytes could be a TLS record's; None if there are too few yet."""
        if not head:
            return None
        if head[0] not in (set(ContentType) if self._late else {ContentType.HANDSHAKE}):
            return False
        # Without a SYN the first message is asked, too: it tells who is who.
        wanted = 6 if self._late and head[0] == ContentType.HANDSHAKE else 3
        if len(head) > 1 and head[1] != 3:
            return False
        return True if len(head) >= wanted else None

    def _tell_who_is_who(self, segment: Segment, data: bytes) -> None:
        """Without a SYN: who sends a ClientHello is the client; else whose port is the higher."""
        hello = data[5] if data[0] == ContentType.HANDSHAKE and len(data) > 5 else None
        by_port = segment.target[1] < segment.source[1]
        from_client = by_port if hello is None else hello == HandshakeType.CLIENT_HELLO
        ends = (segment.source, segment.target)
        if (self._client == segment.source) != from_client:
            self._sides["client"], self._sides["server"] = (
                self._sides["server"],
                self._sides["client"],
            )
        self._client, self._server = ends if from_client else ends[::-1]
        self._late = hello != HandshakeType.CLIENT_HELLO

    def _open(self) -> Iterator[Item]:
        self.number = next(self._numbers)
        ends = (f"{host}:{port}" for host, port in (self._client, self._server))
        yield Opened(self.number, *ends)
        if self._late:
            yield from self._lose("client", _LATE)
            yield from self._lose("server", _LATE)

    def take(self, segment: Segment) -> Iterator[Item]:
        """One segment."""
        if self._judged and not self.number:
            return
        sender = "client" if segment.source == self._client else "server"
        side = self._sides[sender]
        sequence = segment.sequence
        if segment.flags & SYN:
            sequence += 1
            if side.half.next is None:
                side.half.begin(sequence)
        side.head += side.half.add(sequence, segment.data)
        if segment.cut:
            side.half.lose("packets were cut short when they were captured")
        if segment.flags & FIN:
            side.half.end(sequence + len(segment.data) + segment.cut)
        if not self._judged:
            yield from self._judge(segment, side)
        if self.number and not self._closed:
            yield from self._advance(segment)

    def _judge(self, segment: Segment, side: _Side) -> Iterator[Item]:
        """Announce it, or leave it out, once the first bytes allow it."""
        looks = self._looks_like_tls(side.head)
        if looks is None:
            return
        self._judged = True
        if not looks:
            self._sides.clear()
            return
        if self._late:
            self._tell_who_is_who(segment, side.head)
        yield from self._open()

    def _advance(self, segment: Segment) -> Iterator[Item]:
        """Records as far as they are there; what is missing; whether that was all."""
        for sender, side in self._sides.items():
            head, side.head = side.head, b""
            yield from self._records(sender, head)
            if side.half.gap:
                yield from self._lose(sender, side.half.gap)
        ended = all(one.half.finished for one in self._sides.values())
        if ended or segment.flags & RST:
            yield from self.close("")

    def _records(self, sender: str, data: bytes) -> Iterator[Item]:
        side = self._sides[sender]
        if not data or side.told:
            return
        side.records.feed(data)
        try:
            while (record := side.records.next()) is not None:
                yield CapturedRecord(self.number, sender, record.header + record.fragment)
        except TLSFault as fault:
            side.half.lose(f"after its records came something else: {fault}")

    def _lose(self, sender: str, why: str) -> Iterator[Item]:
        side = self._sides[sender]
        side.half.lose(why)
        if not side.told:
            side.told = True
            yield Incomplete(self.number, sender, why)

    def close(self, why: str) -> Iterator[Item]:
        """Nothing more comes. ``why`` is said of a side that has not said that it is done."""
        if not self.number or self._closed:
            return
        self._closed = True
        for sender, side in self._sides.items():
            if side.half.waiting:
                yield from self._lose(
                    sender, f"bytes after the first {side.half.count} are missing"
                )
            elif len(side.records):
                yield from self._lose(sender, "its last record breaks off")
            elif why and not side.half.finished:
                yield from self._lose(sender, why)
        yield Closed(self.number)
