"""Wireshark's own dissector, with our key log, sees what we see: each message, all the data."""

import json
import re
import subprocess
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from tests.capture.shapes import every_shape
from tests.conftest import require_tool
from tests.sampled import sampled
from tls13lab.capture.decrypt import Read, decrypted
from tls13lab.capture.keylog import lines, read_keylog
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.keylog import KeyLog
from tls13lab.peers.recorder import Recorder
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import ContentType

Seen = dict[tuple[int, str], list[str]]


def tshark(capture: Path, port: int, *options: str) -> list[dict[str, list[str]]]:
    """The fields asked for, packet by packet; the server's ``port`` is said to carry TLS."""
    command = [require_tool("tshark"), "-r", str(capture), "-d", f"tcp.port=={port},tls"]
    command += ["-T", "json", "-e", "tcp.stream", "-e", "tcp.srcport", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [packet["_source"]["layers"] for packet in json.loads(done.stdout)]


def by_tshark(capture: Path, keylog: Path, port: int = 4433) -> tuple[Seen, Seen]:
    """Handshake types, and application data, by connection (from 0) and sender."""
    options = ["-o", f"tls.keylog_file:{keylog}", "-Y", "tls"]
    messages: Seen = defaultdict(list)
    data: Seen = defaultdict(list)
    for layers in tshark(capture, port, *options, "-e", "tls.handshake.type", "-e", "data.data"):
        sender = "server" if layers["tcp.srcport"] == [str(port)] else "client"
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


@pytest.mark.parametrize("name", sampled(recorded.names(), 2))
def test_the_shipped_captures(name: str, tmp_path: Path) -> None:
    capture = recorded.load(name)
    keylog = {random: dict(rows) for random, rows in capture.keylog.items()}
    theirs, their_data = by_tshark(capture.path, write_keylog(tmp_path / "keys", keylog))
    ours, our_data = by_us(capture.path, keylog)
    assert ours == theirs
    assert {one for many in ours.values() for one in many} >= {"1", "2", "4", "8", "20"}
    data = joined(their_data)
    assert joined(our_data) == data
    last = len(capture.modes) - 1
    assert bytes.fromhex(data[last, "client"]) == capture.early_data + capture.client_sent
    assert bytes.fromhex(data[last, "server"]) == capture.server_sent


@pytest.mark.parametrize("name", sampled(recorded.names(), 2))
def test_the_modes_are_those_that_tshark_sees(name: str) -> None:
    """A ServerHello with pre_shared_key (41) took a PSK; with key_share (51), a key exchange."""
    capture = recorded.load(name)
    modes = {("51",): "full", ("41",): "psk_ke", ("41", "51"): "psk_dhe_ke"}
    options = ["-Y", "tls.handshake.type == 2", "-e", "tls.handshake.extension.type"]
    seen = [
        modes[tuple(sorted({"41", "51"} & set(layers["tls.handshake.extension.type"])))]
        for layers in tshark(capture.path, 4433, *options)
    ]
    assert tuple(seen) == capture.modes


def joined(data: Seen) -> dict[tuple[int, str], str]:
    return {key: "".join(pieces) for key, pieces in data.items() if pieces}


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
    theirs, their_data = by_tshark(capture, keys, port)
    ours, our_data = by_us(capture, read_keylog(keys))
    assert ours == theirs
    # ClientHello, Finished, KeyUpdate.
    assert [theirs[number, "client"] for number in (0, 1)] == [["1", "20", "24"]] * 2
    assert joined(our_data) == joined(their_data)
    assert set(joined(our_data).values()) == {(b"words " * 5000).hex()}


@pytest.mark.full
def test_wireshark_finds_the_same_records_in_every_shape(tmp_path: Path) -> None:
    """In tunnels, fragments and odd links, and behind other protocols on their usual ports."""
    path = tmp_path / "shape.pcap"
    for name, port, content in every_shape(tmp_path):
        if "MySQL" in name:
            continue  # the greeting is made up; a true one is more than this test has use for
        path.write_bytes(content)
        # Told to be TLS from the first byte on, it would not look behind another protocol.
        hint = ["-d", f"tcp.port=={port},tls"] if port == 4433 or "PROXY" in name else []
        command = [require_tool("tshark"), "-r", str(path), *hint, "-T", "fields"]
        command += ["-e", "tls.record.content_type", "-e", "tls.record.opaque_type"]
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        theirs = Counter(re.findall(r"\d+", told.stdout))
        items = read_capture(path)
        ours = Counter(str(one.wire[0]) for one in items if isinstance(one, CapturedRecord))
        assert ours == theirs, name
