"""What is fuzzed: one function a target, which takes bytes and lets nothing out but real findings.

A fault of the lab's own kind is an answer and no finding; any other exception is one, and so is an
``assert`` that fails. Seeds are made by the lab itself, so none need be kept.
"""

import atexit
import os
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz import machines
from tests.fuzz.planted import planted
from tls13lab.capture.keylog import parse as parse_keylog
from tls13lab.capture.packets import segment_in
from tls13lab.capture.reader import read_capture, reassemble
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.messages.handshake import pack, unpack
from tls13lab.peers import session_file
from tls13lab.pictures import inspection, inspection_page, inspection_text
from tls13lab.psk.importer import ImportedIdentity, imported_by
from tls13lab.psk.tickets import TicketState
from tls13lab.records.framing import RecordBuffer
from tls13lab.records.reassembly import Reassembler
from tls13lab.search.checkpoint import Checkpoint
from tls13lab.search.mask import Mask
from tls13lab.search.rules import parse_rules
from tls13lab.search.target import targets, targets_of
from tls13lab.search.wordlist import batches
from tls13lab.vectors import recorded
from tls13lab.wire.faults import TLSFault


@dataclass(frozen=True)
class Target:
    """``max_length`` is how many bytes an input may have."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    max_length: int = 4096


def no_seeds() -> tuple[bytes, ...]:
    """Where the fuzzer finds its way alone."""
    return ()


# Decoders ----------------------------------------------------------------------------------------


def messages(data: bytes) -> None:
    """Any handshake message: decoded or refused, and encoding undoes decoding."""
    try:
        message = unpack(data)
    except TLSFault:
        return
    assert unpack(pack(message)) == message


def said() -> list[bytes]:
    """One message of each kind that a conversation has, in every mode."""
    found = {}
    for mode in ("full", "psk_ke", "psk_dhe_ke"):
        pair = Pair(*lesson_configs(mode), seed=f"fuzz {mode}")
        pair.handshake()
        pair.client.update_keys()
        pair.pump()
        for step in pair.conversation().steps:
            for raw in step.messages:
                found[raw[0], mode] = raw
    return list(found.values())


def records(data: bytes) -> None:
    """Records, and handshake messages out of their fragments, in pieces of any size."""
    buffer, reassembler = RecordBuffer(), Reassembler()
    with suppress(TLSFault):
        for at in range(0, len(data), 1 + data[0] if data else 1):
            buffer.feed(data[at : at + 1 + data[0]])
            while (record := buffer.next()) is not None:
                reassembler.feed(record.fragment)
                while reassembler.next() is not None:
                    pass
    assert len(buffer) <= 2**14 + 256 + 5 + 256


def psk_formats(data: bytes) -> None:
    """Imported identities, the state in a ticket, the targets in a ClientHello."""
    for decode in (ImportedIdentity.decode, TicketState.decode):
        with suppress(TLSFault, ValueError):
            value = decode(data)
            assert decode(value.encode()) == value
    imported_by(data)
    with suppress(TLSFault):
        for target in targets_of(data):
            target.made_with(b"guess")


def hexadecimal_input(data: bytes) -> None:
    """What ``inspect`` is given on the command line, and shows in three ways."""
    with suppress(TLSFault):
        found = inspection.inspect_bytes(data)
        inspection_text.as_text(found)
        inspection_text.as_json(found)
        inspection_page.as_html(found, "fuzz")


# Files -------------------------------------------------------------------------------------------


def keylog(data: bytes) -> None:
    """A key log."""
    with suppress(TLSFault):
        parse_keylog(data.splitlines(keepends=True))


def _file(data: bytes) -> Path:
    """A file with this content: always the same one in a process, so that it is quick."""
    path = Path(tempfile.gettempdir()) / f"tls13lab-fuzz-{os.getpid()}"
    if not path.exists():
        atexit.register(path.unlink, missing_ok=True)
    path.write_bytes(data)
    return path


def capture(data: bytes) -> None:
    """A file that may be a capture: pcap, pcapng, packed or not."""
    with suppress(TLSFault):
        list(targets(read_capture(_file(data))))


def captures() -> list[bytes]:
    """The shipped ones, cut so that the fuzzer is quick."""
    return [recorded.load(name).path.read_bytes()[:4096] for name in recorded.names()][:4]


def segments(data: bytes) -> None:
    """Packets of a link type, put together: the first byte says the type, each length follows."""
    link = (1, 101, 113, 276, 0, 108)[data[0] % 6] if data else 1
    found, at = [], 1
    while at < len(data):
        length = data[at]
        segment = segment_in(link, data[at + 1 : at + 1 + length])
        if segment is not None:
            found.append(segment)
        at += 1 + length
    list(reassemble(found))


def session(data: bytes) -> None:
    """A session file."""
    with suppress(TLSFault, session_file.SessionFileError):
        tickets = session_file.load(_file(data))
        path = _file(b"")
        session_file.save(path, tickets)
        assert session_file.load(path) == tickets


def sessions() -> list[bytes]:
    """One that the lab wrote."""
    pair = Pair(*lesson_configs("full"), seed="fuzz session")
    pair.handshake()
    path = _file(b"")
    session_file.save(path, pair.tickets)
    return [path.read_bytes()]


def checkpoint(data: bytes) -> None:
    """Where a search stopped."""
    with suppress(TLSFault):
        Checkpoint.read(_file(data), "s")


def checkpoints() -> list[bytes]:
    """One that the lab wrote."""
    path = _file(b"")
    Checkpoint("s", (1, 2), 3).write(path)
    return [path.read_bytes()]


def wordlist(data: bytes) -> None:
    """A list of words: whatever it is, the guesses are its lines."""
    with _file(data).open("rb") as file:
        count = sum(len(found) for found, _ in batches(file))
    assert count <= data.count(b"\n") + 1


def rules_and_mask(data: bytes) -> None:
    """Rules that change words, and a mask with its sets."""
    with suppress(TLSFault):
        for rule in parse_rules(data):
            rule.apply(b"password")
    text = data.decode("latin-1")
    with suppress(TLSFault):
        mask = Mask.parse(text, {"1": text[:20]})
        if mask.keyspace:
            mask.guesses(0, min(mask.keyspace, 10))


TARGETS = {
    "messages": Target(messages, said),
    "records": Target(records, machines.flights),
    "psk_formats": Target(psk_formats, machines.psk_seeds),
    "hex": Target(hexadecimal_input, machines.flights),
    "server": Target(machines.server, machines.client_flights),
    "client": Target(machines.client, machines.server_flights),
    "server_inside": Target(machines.server_inside, machines.scripts, 512),
    "client_inside": Target(machines.client_inside, machines.scripts, 512),
    "connected": Target(machines.connected, machines.scripts, 512),
    "keylog": Target(keylog, lambda: [b"CLIENT_RANDOM " + b"0" * 64 + b" " + b"0" * 64 + b"\n"]),
    "capture": Target(capture, captures, 8192),
    "segments": Target(segments, no_seeds),
    "session": Target(session, sessions),
    "checkpoint": Target(checkpoint, checkpoints),
    "wordlist": Target(wordlist, lambda: [b"password\nhallo\r\n\n"]),
    "rules_and_mask": Target(rules_and_mask, lambda: [b":\nl\nc $1\nsa@\n", b"?l?d?1abc"]),
}

EVERY = TARGETS | {"planted": Target(planted, no_seeds, 16)}
"""With the one that is not fuzzed for its own sake."""
