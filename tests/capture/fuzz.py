"""Throw damaged captures at everything that reads them, and see that only our own faults come out.

    .venv/bin/python -m tests.capture.fuzz --count 1000000

``count`` is how many bytes and records are damaged altogether. The same seed does the same.
"""

import argparse
import gzip
import random
import struct
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.theft import Theft
from tls13lab.capture.files import LONGEST_PACKET, packets
from tls13lab.capture.packets import Segment, segments
from tls13lab.capture.reader import read_capture, reassemble
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.pictures import inspection, inspection_page, inspection_text
from tls13lab.vectors import recorded
from tls13lab.wire.faults import TLSFault

RAW_IP = 101
SLOWEST_S = 20.0
"""No case may take longer; they take milliseconds."""


def damaged_bytes(data: bytes, dice: random.Random) -> tuple[bytes, int]:
    """A file with some bytes changed, cut or repeated; and how many places were touched."""
    changed = bytearray(data)
    count = dice.randint(1, 64)
    for _ in range(count):
        at = dice.randrange(len(changed))
        match dice.randrange(8):
            case 0:
                del changed[at : at + dice.randint(1, 40)]
            case 1:
                changed[at:at] = changed[at : at + dice.randint(1, 40)]
            case 2:
                changed[at : at + 4] = b"\xff\xff\xff\xff"
            case _:
                changed[at] ^= 1 << dice.randrange(8)
        if not changed:
            return bytes(data[:1]), count
    return bytes(changed), count


def as_pcap(path: Path) -> bytes:
    """The same packets in the older format."""
    found = bytearray(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, LONGEST_PACKET, RAW_IP))
    for _, data, length in packets(path):
        found += struct.pack("<IIII", 0, 0, len(data), length) + data
    return bytes(found)


def damaged_segments(found: list[Segment], dice: random.Random) -> tuple[list[Segment], int]:
    """Packets lost, repeated, out of order."""
    changed = list(found)
    count = dice.randint(1, 8)
    for _ in range(count):
        at, other = dice.randrange(len(changed)), dice.randrange(len(changed))
        match dice.randrange(3):
            case 0 if len(changed) > 1:
                del changed[at]
            case 1:
                changed.insert(other, changed[at])
            case _:
                changed[at], changed[other] = changed[other], changed[at]
    return changed, count


def damaged_records(items: list[Item], dice: random.Random) -> tuple[list[Item], int]:
    """Records with bytes changed inside: their framing is left whole, so that they get far."""
    changed = list(items)
    count = dice.randint(1, 16)
    for _ in range(count):
        at = dice.randrange(len(changed))
        item = changed[at]
        if isinstance(item, CapturedRecord) and len(item.wire) > 5:
            wire = bytearray(item.wire)
            wire[dice.randrange(5, len(wire))] = dice.randrange(256)
            changed[at] = CapturedRecord(item.connection, item.sender, bytes(wire))
    return changed, count


def exercise(items: Iterator[Item] | list[Item], capture: recorded.Recorded) -> None:
    """All readers, one after the other."""
    every = list(items)
    theft = Theft(psks=(capture.psk,), client_ecdhe=capture.private_shares, keylog=capture.keylog)
    for goal in ("application_data", "early_data", "psk"):
        list(eavesdrop(iter(every), theft, goal))
    found = inspection.inspect(iter(every), capture.keylog)
    for show in (inspection_text.as_text, inspection_text.as_json):
        show(found)
    inspection_page.as_html(found, capture.name)


def cases(seed: int, folder: Path) -> Iterator[int]:
    """One damaged capture after the other; gives how many places were touched."""
    dice = random.Random(seed)
    captures = [recorded.load(name) for name in recorded.names()]
    files = {one.name: [one.path.read_bytes(), as_pcap(one.path)] for one in captures}
    whole = {one.name: list(segments(one.path)) for one in captures}
    items = {one.name: list(read_capture(one.path)) for one in captures}
    path = folder / "damaged.pcapng"
    while True:
        capture = dice.choice(captures)
        began = time.monotonic()
        try:
            match dice.randrange(4):
                case 0:
                    data, count = damaged_bytes(dice.choice(files[capture.name]), dice)
                    path.write_bytes(gzip.compress(data, 1) if dice.randrange(8) == 0 else data)
                    exercise(read_capture(path), capture)
                case 1:
                    stream, count = damaged_segments(whole[capture.name], dice)
                    exercise(reassemble(stream), capture)
                case _:
                    records, count = damaged_records(items[capture.name], dice)
                    exercise(records, capture)
        except TLSFault:
            pass  # ours, in one sentence
        assert time.monotonic() - began < SLOWEST_S, f"seed {seed}: a case hangs"
        yield count


def run(count: int, seed: int, *, progress: bool = False) -> int:
    """Damage so many places; returns the number of captures that it took."""
    captures = 0
    with tempfile.TemporaryDirectory() as folder, tqdm(total=count, disable=not progress) as bar:
        for touched in cases(seed, Path(folder)):
            captures += 1
            count -= touched
            bar.update(touched)
            if count <= 0:
                break
    return captures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    number = run(arguments.count, arguments.seed, progress=True)
    print(f"{arguments.count} places in {number} captures damaged: only our own faults came out")
