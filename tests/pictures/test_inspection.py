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
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.messages.handshake import pack
from tls13lab.messages.server_hello import ServerHello
from tls13lab.pictures import code_names, inspection_page, inspection_text
from tls13lab.pictures.inspection import Field, NothingToInspect, inspect, inspect_bytes, message_of
from tls13lab.pictures.meanings import meaning, section
from tls13lab.records.framing import frame
from tls13lab.records.protection import RecordProtection
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import CipherSuite, ContentType, SignatureScheme
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side


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
            assert bool(record.inner) == bool(item.keys)
            if record.inner:
                names = [one.field for one in record.inner]
                assert names == ["content", "inner content_type", "padding"][: len(names)]
                assert record.inner[1].meaning == item.content_type.name.lower()
                # The tag, and the ciphertext as long as what is inside.
                assert record.fields[-1].length == 16
                assert record.fields[-2].length == len(whole(record.inner))


def test_early_data_is_read_with_the_key_log() -> None:
    capture = recorded.load("early_data-psk_ke")
    resumed = inspect(read_capture(capture.path), capture.keylog)[1:]
    text = inspection_text.as_text(resumed)
    assert "under client_early_traffic_secret" in text
    assert "EndOfEarlyData" in text
    # In its place, though the ServerHello that names the suite comes later.
    assert text.index("under client_early_traffic_secret") < text.index("-- ServerHello")
    assert repr(capture.early_data.decode()) in text
    closed = inspection_text.as_text(inspect(read_capture(capture.path)))
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
    assert meaning("key_update.request_update", b"\x01").startswith("the peer must")
    assert section("new_session_ticket.ticket_nonce") == "4.7.1"


def test_what_tls_1_2_means_by_its_hellos_is_said() -> None:
    random = bytes(24) + b"DOWNGRD"
    told = [meaning("server_hello.random", random + last) for last in (b"\x00", b"\x01", b"\x02")]
    assert [("TLS 1.2" in one, "TLS 1.3" in one) for one in told] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert "sign" not in meaning("client_hello.random", random + b"\x01")
    assert "TLS 1.3" in meaning("client_hello.legacy_session_id", bytes(32))
    path = "server_hello.legacy_session_id_echo"
    assert "client sent" in meaning(path, bytes(32), 0x0304)
    assert "resume" in meaning(path, bytes(32), 0x0303)
    assert "ignored" in meaning("change_cipher_spec", b"\x01", 0x0304)
    assert "new keys" in meaning("change_cipher_spec", b"\x01", 0x0303)
    path = "client_hello.legacy_compression_methods"
    assert [meaning(path, one) == "none" for one in (b"\0", b"\1\0")] == [True, False]


def test_in_a_connection_of_tls_1_2_change_cipher_spec_is_not_to_be_ignored() -> None:
    hello = bytes.fromhex("020000260303" + "5a" * 32 + "00c02f00")
    wire = bytes.fromhex("160303") + len(hello).to_bytes(2, "big") + hello
    (connection,) = inspect_bytes(wire + bytes.fromhex("140303000101"))
    (told,) = [
        field.meaning
        for record in connection.records
        for message in record.messages
        for field in message.fields
        if field.field == "change_cipher_spec"
    ]
    assert "new keys" in told


def test_a_server_s_hybrid_share_is_not_only_a_public_key() -> None:
    path = "server_hello.extensions.key_share.server_share.key_exchange"
    assert meaning(path, bytes(32)) == "a public key"
    assert "ciphertext" in meaning(path, bytes(1088 + 32))
    assert "ciphertext" not in meaning(path, bytes(1184 + 32))


def test_an_obfuscated_age_is_said_to_be_the_sum_that_it_is() -> None:
    field = "client_hello.extensions.pre_shared_key.identities.obfuscated_ticket_age"
    age_ms, age_add = 3_723_456, 0xFFFF_FFF0
    on_the_wire = (age_ms + age_add) % 2**32
    told = meaning(field, on_the_wire.to_bytes(4, "big"))
    assert told.startswith(f"{on_the_wire}: ")
    assert "plus ticket_age_add, modulo 2^32" in told
    # "an obfuscated_ticket_age of 0 SHOULD be used" for an external PSK; a sum may be 0, too.
    assert meaning(field, bytes(4)).startswith("0: an external PSK has no age; or ")


@pytest.mark.parametrize("name", recorded.names())
def test_every_code_point_and_field_that_openssl_sends_means_something(name: str) -> None:
    capture = recorded.load(name)
    for connection in inspect(read_capture(capture.path), capture.keylog):
        for record in connection.records:
            messages = [one for message in record.messages for one in message.fields]
            for one in (*record.fields, *record.inner, *messages):
                assert one.meaning, one
                assert not one.meaning.startswith("0x"), one


def test_what_the_lab_can_use_is_not_named_among_the_others() -> None:
    for registry, others in code_names._OTHERS.items():
        assert not set(others) & set(registry)
    schemes = (0x0503, 0x0603, 0x0808, 0x080A)
    assert [code_names.name_for(SignatureScheme, one) for one in schemes] == [
        "ecdsa_secp384r1_sha384",
        "ecdsa_secp521r1_sha512",
        "ed448",
        "rsa_pss_pss_sha384",
    ]


def test_padding_is_named() -> None:
    suite, secret = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256], bytes(32)
    rows = "server_handshake_traffic_secret", "server_application_traffic_secret_0"
    pair = Pair(*lesson_configs("psk_ke"), "padding")
    pair.handshake()
    first = pair.conversation().steps[0].wire
    hello = pack(ServerHello(bytes(32), b"", suite.code_point, ()))
    random = first[11 : 11 + 32]
    wire: list[tuple[Side, bytes]] = [
        ("client", first),
        ("server", frame(ContentType.HANDSHAKE, hello)),
        ("server", RecordProtection(suite, secret).seal(ContentType.ALERT, b"\x01\x00", padding=7)),
    ]
    (connection,) = inspect(recording_of(wire), {random: dict.fromkeys(rows, secret)})
    inner = connection.records[-1].inner
    assert [(one.field, one.length, one.section) for one in inner] == [
        ("content", 2, "5.2"),
        ("inner content_type", 1, "5.2"),
        ("padding", 7, "5.4"),
    ]
    assert connection.records[-1].messages[0].fields[1].meaning == "close_notify"


def test_a_message_in_parts_is_shown_part_by_part() -> None:
    raw = bytes.fromhex("080000020000")
    parts: list[tuple[Side, bytes]] = [
        ("server", frame(ContentType.HANDSHAKE, raw[at : at + 2])) for at in (0, 2, 4)
    ]
    (connection,) = inspect(recording_of(parts))
    names = [message.name for record in connection.records for message in record.messages]
    assert names == ["part of a handshake message"] * 2 + ["EncryptedExtensions"]
    assert not any(record.fault for record in connection.records)


def test_what_is_wrong_with_a_record_is_shown_as_text_and_as_a_page() -> None:
    part: tuple[Side, bytes] = ("server", frame(ContentType.HANDSHAKE, bytes.fromhex("0801")))
    for other, why in (
        (bytes.fromhex("140303000101"), "interrupts a handshake message"),
        (bytes.fromhex("170303000101"), "interrupts a handshake message"),
        (frame(ContentType.HANDSHAKE, b""), "a handshake record is empty"),
        (frame(ContentType.HANDSHAKE, bytes.fromhex("ffff")), "longer than"),
    ):
        connections = inspect(recording_of([part, ("server", other)]))
        assert not connections[0].records[0].fault
        assert why in connections[0].records[1].fault
        assert why in inspection_text.as_text(connections)
        assert why in inspection_page.as_html(connections, "x")


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
        assert inspection_text.as_text(found)
        assert "</html>" in inspection_page.as_html(found, "x")
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
        (["inspect", "05000000", "--html", str(tmp_path / "hex.html")], 0),
        (["inspect", "050000" + "00" * 2500, "--html", str(tmp_path / "long.html")], 1),
        (["inspect", "05000000", "--connection", "1"], 2),
        (["inspect", str(tmp_path / "none.pcap"), "--connection", "1"], 2),
    ):
        result = run(cli, arguments)
        assert result.exit_code == code
        assert "Traceback" not in result.output
