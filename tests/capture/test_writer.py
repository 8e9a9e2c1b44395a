"""Recordings that cannot be written: the connection goes on, and the end says so."""

import errno
import os
from pathlib import Path

import pytest

from tls13lab.capture.files import CaptureError
from tls13lab.capture.packets import segments
from tls13lab.capture.writer import CaptureWriter
from tls13lab.handshake.config import PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.recorder import Recorder

MODES = frozenset({PSK_KE})
SERVER = ServerConfig(psks=(LESSON_PSK,), modes=MODES)
CLIENT = ClientConfig(psks=(LESSON_PSK,), modes=MODES)


class FullDisk:
    """Stands in for the file of a recording."""

    def write(self, _: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def flush(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_a_full_disk_disturbs_no_connection_and_is_told(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"talk{suffix}"
    with serving(SERVER) as server:
        recorder = Recorder(path)
        recorder._writer._file.close()
        recorder._writer._file = FullDisk()  # type: ignore[assignment]
        with pytest.raises(CaptureError, match=f"talk{suffix} breaks off: No space"), recorder:
            done = connect("127.0.0.1", server.port, CLIENT, send=b"words", recorder=recorder)
    assert done.received == b"words"


def test_what_went_wrong_first_is_told(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "talk.pcap")
    recorder._writer._file.close()
    recorder._writer._file = FullDisk()  # type: ignore[assignment]

    def talk() -> None:
        with recorder:
            recorder.connection(("127.0.0.1", 1), ("127.0.0.1", 2))
            raise KeyError

    with pytest.raises(KeyError):
        talk()


def test_sequence_numbers_go_around(tmp_path: Path) -> None:
    path = tmp_path / "long.pcap"
    writer = CaptureWriter(path, now=lambda: 1.0)
    writer.open(1, ("127.0.0.1", 1), ("127.0.0.1", 2))
    writer._streams[1].next["client"] = writer._streams[1].next["server"] = 2**32 - 1
    writer.close()
    assert [one.sequence for one in segments(path)][-2:] == [2**32 - 1] * 2
