"""Gzipped captures that are torn or damaged: every packet before the damage is read."""

import gzip
from pathlib import Path

import pytest

from tests.capture.test_reader import records, wire, written
from tls13lab.capture.files import CaptureError, packets
from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return written(tmp_path / "a.pcapng", wire())


def read(folder: Path, content: bytes) -> tuple[int, list[str]]:
    """The number of packets, and the notes."""
    path, notes = folder / "a.gz", Notes()
    path.write_bytes(content)
    return len(list(packets(path, notes))), notes.lines()


def test_a_torn_file_is_read_as_far_as_it_goes(capture: Path) -> None:
    every = len(list(packets(capture)))
    packed = gzip.compress(capture.read_bytes())
    # Only the checksum and the length are missing.
    for cut in (1, 4, 8):
        count, (note,) = read(capture.parent, packed[:-cut])
        assert count == every
        assert note == f"a.gz, after packet {every}: its gzip data ends early"
    count, (note,) = read(capture.parent, packed[: len(packed) // 2])
    assert 0 < count < every
    assert note == f"a.gz, after packet {count}: its gzip data ends early"
    items = list(read_capture(capture.parent / "a.gz"))
    assert records(items) == wire()[: len(records(items))]
    with pytest.raises(CaptureError, match=r"cannot be unpacked: its gzip data ends early"):
        read(capture.parent, packed[:12])


@pytest.mark.parametrize("at", [-6, -2])
def test_a_wrong_checksum_costs_nothing(capture: Path, at: int) -> None:
    every = len(list(packets(capture)))
    packed = bytearray(gzip.compress(capture.read_bytes()))
    packed[at] ^= 1
    count, (note,) = read(capture.parent, bytes(packed))
    assert count == every
    assert note == f"a.gz, after packet {every}: its gzip checksum is wrong"


def test_damage_in_the_middle_costs_what_comes_after_it(capture: Path) -> None:
    every = len(list(packets(capture)))
    second = b"\x1f\x8b\x08\0\0\0\0\0\0\0" + b"\xff" * 9
    count, (note,) = read(capture.parent, gzip.compress(capture.read_bytes()) + second)
    assert count == every
    assert note == f"a.gz, after packet {every}: its gzip data is damaged"


def test_nothing_of_a_long_file_is_lost(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pcap", [("client", b"\x17\x03\x03\x40\x00" + bytes(2**14))] * 300)
    every = len(list(packets(path)))
    packed = gzip.compress(path.read_bytes())
    assert path.stat().st_size > 4 * 2**20
    assert read(tmp_path, packed) == (every, [])
    assert read(tmp_path, packed[:-8])[0] == every
    assert read(tmp_path, packed[: -len(packed) // 8])[0] > every * 3 // 4


def test_members_padding_and_what_follows(capture: Path) -> None:
    content = capture.read_bytes()
    every = len(list(packets(capture)))
    parts = gzip.compress(content[:100]) + gzip.compress(content[100:])
    assert read(capture.parent, parts) == (every, [])
    assert read(capture.parent, parts + bytes(1000)) == (every, [])
    assert read(capture.parent, parts + b"rest") == (
        every,
        ["skipped: 4 bytes after the gzip data"],
    )
    assert read(capture.parent, parts + b"\0x")[1] == ["skipped: 1 byte after the gzip data"]
