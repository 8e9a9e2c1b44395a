"""Wireshark's own dissector, with our key log, sees what we see: each message, all the data."""

import json
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from tests.conftest import require_tool
from tls13lab.capture.decrypt import Read, decrypted
from tls13lab.capture.keylog import lines, read_keylog
from tls13lab.capture.reader import read_capture
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.recorder import Recorder
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import ContentType

Seen = dict[tuple[int, str], list[str]]


def by_tshark(capture: Path, keylog: Path) -> tuple[Seen, Seen]:
    """Handshake types, and application data, by connection (from 0) and sender."""
    command = [
        *(require_tool("tshark"), "-r", str(capture), "-d", "tcp.port==4433,tls"),
        *("-o", f"tls.keylog_file:{keylog}"),
        *("-T", "json", "-Y", "tls", "-e", "tcp.stream", "-e", "tcp.srcport"),
        *("-e", "tls.handshake.type", "-e", "data.data"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    messages: Seen = defaultdict(list)
    data: Seen = defaultdict(list)
    for packet in json.loads(done.stdout):
        layers = packet["_source"]["layers"]
        sender = "server" if layers["tcp.srcport"] == ["4433"] else "client"
        key = (int(layers["tcp.stream"][0]), sender)
        messages[key] += layers.get("tls.handshake.type", [])
        data[key] += layers.get("data.data", [])
    return messages, data


def by_us(capture: Path, keylog: dict[bytes, dict[str, bytes]]) -> tuple[Seen, Seen]:
    """The same from the lab."""
    messages: Seen = defaultdict(list)
    data: Seen = defaultdict(list)
    for item in decrypted(read_capture(capture), keylog):
        if not isinstance(item, Read):
            continue
        key = (item.record.connection - 1, item.record.sender)
        messages[key] += [str(raw[0]) for raw in item.messages]
        assert item.content is not None, "a record that the key log does not open"
        if item.content_type is ContentType.APPLICATION_DATA:
            data[key].append(item.content.hex())
    return messages, data


def write_keylog(path: Path, keylog: dict[bytes, dict[str, bytes]]) -> Path:
    text = [line for random, secrets in keylog.items() for line in lines(random, secrets)]
    path.write_text("\n".join(text) + "\n")
    return path


@pytest.mark.parametrize("name", recorded.names())
def test_the_shipped_captures(name: str, tmp_path: Path) -> None:
    capture = recorded.load(name)
    keylog = {random: dict(rows) for random, rows in capture.keylog.items()}
    theirs, their_data = by_tshark(capture.path, write_keylog(tmp_path / "keys", keylog))
    ours, our_data = by_us(capture.path, keylog)
    assert ours == theirs
    assert {one for many in ours.values() for one in many} >= {"1", "2", "4", "8", "20"}
    joined = {key: "".join(pieces) for key, pieces in our_data.items()}
    assert joined == {key: "".join(pieces) for key, pieces in their_data.items() if pieces}


def test_a_recording_and_a_key_log_of_our_own(tmp_path: Path) -> None:
    both = frozenset({PSK_KE, PSK_DHE_KE})
    config = ServerConfig(psks=(LESSON_PSK,), modes=both)
    capture, keys = tmp_path / "ours.pcapng", tmp_path / "keys"
    with serving(config) as server:
        with Recorder(capture, now=lambda: 1.0) as recorder:
            for mode in (PSK_KE, PSK_DHE_KE):
                client = ClientConfig(psks=(LESSON_PSK,), modes=frozenset({mode}))
                connect(
                    "127.0.0.1",
                    server.port,
                    client,
                    send=b"words " * 5000,
                    update_keys=True,
                    keylog=KeyLog(keys),
                    recorder=recorder,
                )
        port = server.port
    command = ["tshark", "-r", str(capture), "-d", f"tcp.port=={port},tls"]
    command += ["-o", f"tls.keylog_file:{keys}", "-Y", "tls.handshake.type", "-T", "fields"]
    command += ["-e", "tls.handshake.type"]
    require_tool("tshark")
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    theirs = sorted(told.replace(",", " ").split())
    ours, _ = by_us(capture, read_keylog(keys))
    assert sorted(one for many in ours.values() for one in many) == theirs
    assert theirs.count("24") == 4  # a KeyUpdate from each side of each connection
