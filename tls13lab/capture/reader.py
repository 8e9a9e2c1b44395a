"""From a capture file to a recording: the TCP connections and their TLS records.

The file is read only as far as items are requested, and only open connections are kept in memory.
Connections without TLS are left out and counted.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from tls13lab.capture.flow import Flow
from tls13lab.capture.notes import Notes
from tls13lab.capture.packets import ACK, SYN, Address, Segment, segments
from tls13lab.capture.recording import Item

MOST_OPEN = 20_000
"""The most connections open at a time; beyond that, the one silent for longest is given up."""
_OPEN = "the capture ends while the connection is open"


def read_capture(path: Path, notes: Notes | None = None) -> Iterator[Item]:
    """The connections in a pcap or pcapng file. Raises CaptureError, OSError.

    The file may be a pipe; ``-`` is standard input. If something is missing, an Incomplete stands
    where it was noticed. What was skipped is counted in ``notes``.
    """
    notes = Notes() if notes is None else notes
    return reassemble(segments(path, notes), notes)


def reassemble(stream: Iterable[Segment], notes: Notes | None = None) -> Iterator[Item]:
    """The connections in a stream of TCP segments; :func:`read_capture` takes those of a file."""
    notes = Notes() if notes is None else notes
    flows: OrderedDict[frozenset[Address], Flow] = OrderedDict()
    numbers = count(1)
    for segment in stream:
        key = frozenset((segment[0], segment[1]))
        flow = flows.get(key)
        if flow is None or (flow.closed and segment.flags & SYN):
            flow = flows[key] = Flow(segment, numbers, notes)
            if len(flows) > MOST_OPEN:
                yield from flows.popitem(last=False)[1].close(_OPEN)
        elif flow.syn is not None or segment.flags & (SYN | ACK) == SYN:
            again = flow.begins_again(segment)
            if again is segment:
                continue  # wait for an answer: a SYN alone does not end a connection (RFC 5961)
            if again is not None:
                yield from flow.close("the same ports began another connection")
                flow = flows[key] = Flow(again, numbers, notes)
                yield from flow.take(again)
        flows.move_to_end(key)
        yield from flow.take(segment)
    for flow in flows.values():
        yield from flow.close(notes.torn or _OPEN)
