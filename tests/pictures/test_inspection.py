"""``inspect``: every byte in one field, bad bytes shown and not thrown, and the command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.capture.decrypt import Read, decrypted
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import recording_of
from tls13lab.cli.app import cli
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.pictures import inspection
from tls13lab.pictures.inspection import Field, NothingToInspect, inspect, inspect_bytes, message_of
from tls13lab.pictures.meanings import meaning, section
from tls13lab.vectors import recorded
from tls13lab.wire.faults import TLSFault


def whole(fields: tuple[Field, ...]) -> bytes:
    """The fields put together again; they must follow one another without a gap."""
    at = fields[0].offset if fields else 0
    for one in fields:
        assert one.offset == at
        at += one.length
    return b"".join(bytes.fromhex(one.bytes) for one in fields)


@pytest.mark.parametrize("name", recorded.names())
def test_every_byte_of_every_shipped_capture_is_in_one_field(name: str) -> None:
    capture = recorded.load(name)
    connections = inspect(read_capture(capture.path), capture.keylog)
    assert not any(one.incomplete for one in connections)
    for item in decrypted(read_capture(capture.path), capture.keylog):
        if isinstance(item, Read):
            record = next(
                one
                for one in connections[item.record.connection - 1].records
                if whole(one.fields) == item.record.wire
            )
            assert not record.fault
            assert len(record.messages) == max(len(item.messages), bool(item.content))
            for raw, message in zip(item.messages, record.messages, strict=False):
                assert whole(message.fields) == raw
                assert all(one.section for one in message.fields), message


def test_early_data_is_read_with_the_key_log() -> None:
    capture = recorded.load("early_data-psk_ke")
    text = inspection.as_text(inspect(read_capture(capture.path), capture.keylog))
    assert "under client_early_traffic_secret" in text
    assert "EndOfEarlyData" in text
    closed = inspection.as_text(inspect(read_capture(capture.path)))
    assert "EndOfEarlyData" not in closed
    assert "ClientHello" in closed


def test_meanings_and_sections() -> None:
    pair = Pair(*lesson_configs("psk_dhe_ke"), "inspect")
    pair.handshake()
    hello = message_of(pair.conversation().steps[0].messages[0])
    told = {one.field: (one.meaning, one.section) for one in hello.fields}
    base = "client_hello.extensions"
    assert told[f"{base}.pre_shared_key.identities.identity"] == ("'lab'", "4.3.11")
    assert told[f"{base}.psk_key_exchange_modes.ke_modes"] == ("psk_dhe_ke", "4.3.9")
    assert told[f"{base}.key_share.client_shares.group"] == ("x25519", "4.3.8")
    assert told["client_hello.legacy_version"] == ("TLS 1.2", "4.2.2")
    assert meaning("key_update.request_update", b"\x01").startswith("the peer is to")
    assert section("new_session_ticket.ticket_nonce") == "4.7.1"


def test_bytes_that_are_a_message_or_records() -> None:
    assert inspect_bytes(bytes.fromhex("05000000"))[0].records[0].messages[0].name == (
        "EndOfEarlyData"
    )
    records = bytes.fromhex("140303000101" + "1503030002022f")
    (connection,) = inspect_bytes(records)
    assert [one.messages[0].name for one in connection.records] == ["change_cipher_spec", "alert"]
    fields = connection.records[1].messages[0].fields
    assert [one.meaning for one in fields] == ["fatal", "illegal_parameter"]
    (connection,) = inspect_bytes(records[:-1])
    assert connection.incomplete == ["from the client: the last record breaks off"]
    for bad in (b"", b"hello", bytes.fromhex("01000005")):
        with pytest.raises(NothingToInspect):
            inspect_bytes(bad)


def test_a_message_that_cannot_be_read_is_shown_with_what_is_wrong() -> None:
    message = message_of(bytes.fromhex("140000"))
    assert (message.name.startswith("unreadable"), bool(message.fault)) == (True, True)
    assert whole(message.fields) == bytes.fromhex("140000")


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_fault(data: bytes) -> None:
    for given_bytes in (data, b"\x16\x03\x03" + len(data).to_bytes(2, "big") + data):
        try:
            found = inspect_bytes(given_bytes)
        except TLSFault:
            continue
        assert inspection.as_text(found)
        assert "</html>" in inspection.as_html(found, "x")
    items = recording_of([("client", b"\x17\x03\x03" + len(data).to_bytes(2, "big") + data)])
    assert inspect(items)


def test_the_command(tmp_path: Path) -> None:
    capture = recorded.load("external-psk_ke")
    run = CliRunner().invoke
    told = json.loads(run(cli, ["inspect", str(capture.path), "--json"]).stdout)
    (connection,) = told["connections"]
    assert connection["records"][0]["messages"][0]["name"] == "ClientHello"
    field = connection["records"][0]["messages"][0]["fields"][0]
    assert set(field) == {"offset", "length", "field", "bytes", "meaning", "section"}
    page = tmp_path / "page.html"
    assert run(cli, ["inspect", str(capture.path), "--html", str(page)]).exit_code == 0
    text = page.read_text()
    assert "<th" in text
    assert "src=" not in text
    assert "http" not in text
    for arguments, code in (
        (["inspect", "zz"], 2),
        (["inspect", "00"], 1),
        (["inspect", str(capture.path), "--connection", "7"], 1),
        (["inspect", "a" * 5000], 1),
    ):
        result = run(cli, arguments)
        assert result.exit_code == code
        assert "Traceback" not in result.output
