"""``serve --record``: the same bytes as in the client's own recording, alerts too."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.test_serve import EXTERNAL, serve
from tests.handshake.scenes import PSK
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete
from tls13lab.handshake.config import ClientConfig
from tls13lab.peers.client import Report, connect
from tls13lab.peers.recorder import Recorder
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import AlertReceived

GOOD = ClientConfig(psks=(PSK,))
BAD = ClientConfig(psks=(replace(PSK, key=bytes(32)),))


def sent(path: Path, connection: int, sender: str) -> list[bytes]:
    return [
        item.wire
        for item in read_capture(path)
        if isinstance(item, CapturedRecord)
        and (item.connection, item.sender) == (connection, sender)
    ]


def test_both_ends_record_the_same_also_where_the_handshake_fails(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "client.pcapng", tmp_path / "server.pcap"

    def visit(port: int) -> Report:
        theirs.unlink(missing_ok=True)  # of a visit that came too early
        with Recorder(theirs) as recorder:
            report = connect("127.0.0.1", port, GOOD, send=b"words", recorder=recorder)
            with pytest.raises(AlertReceived, match="decrypt_error"):
                connect("127.0.0.1", port, BAD, send=b"words", recorder=recorder)
        return report

    report, _ = serve(visit, *EXTERNAL, "--record", str(ours), connections=2)
    assert report.received == b"words"
    for connection in (1, 2):
        for sender in ("client", "server"):
            there = sent(theirs, connection, sender)
            assert there == sent(ours, connection, sender)
            assert there
    # A wrong binder is answered with an alert in the clear, and that is recorded, too.
    assert [wire[0] for wire in sent(ours, 2, "server")] == [ContentType.ALERT]
    items = list(read_capture(ours))
    assert sum(isinstance(item, Closed) for item in items) == 2
    assert not [item for item in items if isinstance(item, Incomplete)]
