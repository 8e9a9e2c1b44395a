"""Captures that were once read wrongly, each for its kind. The files are in tests/captures/odd."""

import json
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.capture.shapes import RAW_IP, ip_frames, pcap
from tls13lab.capture.flow import _LATE, _NOTHING
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.notes import Notes
from tls13lab.capture.packets import ACK, FIN, RST, SYN, Address, Segment
from tls13lab.capture.reader import read_capture, reassemble
from tls13lab.capture.recording import CapturedRecord, Closed, Incomplete, Item, Opened
from tls13lab.cli.app import cli
from tls13lab.pictures.inspection import InspectedConnection, inspect, message_of
from tls13lab.pictures.inspection_text import as_text
from tls13lab.records.framing import frame
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import Side

ODD = Path(__file__).parents[1] / "captures" / "odd"
CLIENT, SERVER = ("127.0.0.1", 50_000), ("127.0.0.1", 4433)
HELLO = frame(ContentType.HANDSHAKE, b"\x01 a hello, nearly")
ANSWER = frame(ContentType.HANDSHAKE, b"\x02 an answer, nearly")
DATA = frame(ContentType.APPLICATION_DATA, b"ciphertext" * 10)


def inspected(name: str, keylog: str = "") -> tuple[list[InspectedConnection], Notes]:
    notes = Notes()
    if keylog:
        notes.keylog.update(read_keylog(ODD / keylog))
    return inspect(read_capture(ODD / name, notes), notes.keylog), notes


def talk(*parts: tuple[str, int, int, int, bytes]) -> list[Segment]:
    """(sender, sequence, acknowledged, flags, data) as segments."""
    ends: dict[str, tuple[Address, Address]] = {
        "client": (CLIENT, SERVER),
        "server": (SERVER, CLIENT),
    }
    return [Segment(*ends[who], seq, flags, data, 0, ack) for who, seq, ack, flags, data in parts]


def records(items: list[Item]) -> list[tuple[Side, bytes]]:
    return [(one.sender, one.wire) for one in items if isinstance(one, CapturedRecord)]


def gaps(items: list[Item]) -> dict[str, str]:
    return {one.sender: one.why for one in items if isinstance(one, Incomplete)}


# The files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "keylog", "opened"),
    [
        ("challenge-ack.pcap", "stray-reset.keys", ["7 of 7"]),
        ("stray-reset.pcap", "stray-reset.keys", ["7 of 7"]),
        ("fcs.pcap", "stray-reset.keys", ["7 of 7"]),
        ("embedded-secrets.pcapng", "", ["10 of 10", "7 of 7"]),
        ("ccm.pcapng", "ccm.keys", ["10 of 10", "9 of 9"]),
        ("torn.pcapng", "torn.keys", ["6 of 6"]),
        ("early-data-rejected.pcapng", "early-data-rejected.keys", ["1 of 11"]),
    ],
)
def test_as_many_records_are_opened_as_tshark_opens(
    name: str, keylog: str, opened: list[str]
) -> None:
    connections, _ = inspected(name, keylog)
    told = [one.summary for one in connections]
    assert [f"{one.opened} of {one.protected}" for one in told] == opened
    if name != "torn.pcapng":
        assert not any(one.incomplete for one in connections)


def test_a_file_cut_in_a_block_says_so() -> None:
    connections, notes = inspected("torn.pcapng")
    assert notes.torn == "torn.pcapng breaks off after packet 11"
    assert connections[0].summary.remarks == [f"incomplete: {notes.torn}"]


def test_a_reset_outside_the_window_is_counted() -> None:
    _, notes = inspected("stray-reset.pcap")
    assert notes.lines() == ["skipped: 1 TCP reset outside the window"]


def test_tls_12_is_named_its_hellos_are_shown_and_no_finished_is_taken_for_a_length() -> None:
    connections, _ = inspected("tls12.pcapng")
    (one,) = connections
    assert one.summary.version == "TLS 1.2"
    names = [message.name for record in one.records for message in record.messages]
    assert names == [
        "ClientHello",
        "ServerHello",
        *(f"{name} of TLS 1.2" for name in ("Certificate", "ServerKeyExchange", "ServerHelloDone")),
        *("ClientKeyExchange of TLS 1.2", "change_cipher_spec"),
        *("NewSessionTicket of TLS 1.2", "change_cipher_spec"),
    ]
    assert not [record.fault for record in one.records if record.fault]
    assert not [m.fault for record in one.records for m in record.messages if m.fault]
    text = as_text(connections)
    assert "TLS 1.2: only the hellos are decoded" in text
    assert "handshake message of" not in text
    assert "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" in text


@pytest.mark.parametrize("version", [0x0300, 0x0301, 0x0302])
def test_older_versions_than_that_are_named_too(version: int) -> None:
    hello = struct.pack("!BxHH", 2, 38, version) + bytes(32) + b"\0\x00\x2f\0"
    message = message_of(hello, version)
    assert (message.name, message.fault) == ("ServerHello", "")
    assert [one.field for one in message.fields][2:4] == [
        "server_hello.legacy_version",
        "server_hello.random",
    ]


def test_of_a_message_with_a_fault_all_is_shown_that_could_be_read() -> None:
    raw = bytes.fromhex("01000029 0303") + bytes(32) + bytes.fromhex("00 0002 1301 01 00 ff")
    message = message_of(raw[:3] + bytes([len(raw) - 4]) + raw[4:])
    assert message.name == "unreadable client_hello"
    assert message.fault
    assert [one.field for one in message.fields][-3:] == [
        "length of client_hello.legacy_compression_methods",
        "client_hello.legacy_compression_methods",
        "bytes",
    ]


# Made here ----------------------------------------------------------------------------------------

SYNS = (("client", 99, 0, SYN, b""), ("server", 499, 100, SYN | ACK, b""))
REST = (
    ("client", 100, 500, ACK, HELLO),
    ("server", 500, 100 + len(HELLO), ACK, DATA),
    ("server", 500 + len(DATA), 0, ACK | FIN, b""),
    ("client", 100 + len(HELLO), 0, ACK | FIN, b""),
)


@pytest.mark.parametrize(
    "stray",
    [
        ("server", 77_777, 5, ACK, b""),  # a challenge ACK of a connection that is gone
        ("server", 77_777, 5, SYN | ACK, b""),  # an old answer, before the true one or after
        ("client", 77_777, 0, SYN, b""),  # a SYN that nobody answers
        ("server", 2**31, 0, RST, b""),
        ("client", 2**31 + 5, 0, RST | ACK, b""),
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_one_stray_segment_changes_nothing(
    stray: tuple[str, int, int, int, bytes], place: int
) -> None:
    plain = [*SYNS, *REST]
    stream = talk(*plain[:place], stray, *plain[place:])
    items = list(reassemble(stream))
    assert records(items) == [("client", HELLO), ("server", DATA)]
    assert not gaps(items)
    assert sum(isinstance(one, Opened) for one in items) == 1


def test_a_reset_behind_missing_bytes_ends_nothing_but_is_told() -> None:
    stream = talk(*SYNS, REST[0], ("server", 500 + len(DATA), 0, RST, b""), REST[1])
    items = list(reassemble(stream))
    assert records(items) == [("client", HELLO), ("server", DATA)]
    why = "the connection was reset, and bytes before that are missing"
    assert gaps(items) == {"client": why, "server": why}


def test_a_reset_in_its_place_ends_the_connection() -> None:
    stream = talk(*SYNS, *REST[:2], ("server", 500 + len(DATA), 0, RST, b""))
    items = list(reassemble([*stream, *talk(("client", 100 + len(HELLO), 0, ACK, DATA))]))
    assert records(items) == [("client", HELLO), ("server", DATA)]
    assert items[-1] == Closed(1, "server")
    assert not gaps(items)
    refused = talk(*SYNS, REST[0], ("server", 500, 0, RST | ACK, b""))
    (one,) = inspect(reassemble(refused))
    assert (one.summary.remarks, one.incomplete) == (["reset by the server"], [])


def test_a_server_that_says_nothing_and_ends_has_nothing_missing() -> None:
    end = (("server", 500, 0, ACK | FIN, b""), ("client", 100 + len(HELLO), 0, ACK | FIN, b""))
    items = list(reassemble(talk(*SYNS, REST[0], *end)))
    assert records(items) == [("client", HELLO)]
    assert not gaps(items)


@pytest.mark.parametrize("answered", [True, False])
def test_the_same_ports_begin_another_connection(answered: bool) -> None:
    again = talk(
        ("client", 5_099, 0, SYN, b""),
        *[("server", 6_099, 5_100, SYN | ACK, b"")] * answered,
        ("client", 5_100, 6_100, ACK, HELLO),
        ("server", 6_100, 0, ACK, DATA),
    )
    items = list(reassemble([*talk(*SYNS, *REST[:2]), *again]))
    assert records(items) == [("client", HELLO), ("server", DATA)] * 2
    first = {one.why for one in items if isinstance(one, Incomplete) and one.connection == 1}
    assert first == {"the same ports began another connection"}


def test_a_capture_of_the_server_alone_keeps_its_records_and_says_what_is_not_there() -> None:
    """With a SYN or without one; so for the client alone."""
    server = [one for one in (*SYNS, *REST) if one[0] == "server" or one[3] == SYN]
    server[2:2] = [("server", 500, 100 + len(HELLO), ACK, ANSWER)]
    server[3] = ("server", 500 + len(ANSWER), 100 + len(HELLO), ACK, DATA)
    end = 500 + len(ANSWER) + len(DATA)
    server[4] = ("server", end, 101 + len(HELLO), ACK | FIN, b"")
    seen = "bytes after the first 0 are missing"  # the server has acknowledged them
    for parts, why in ((server, seen), (server[1:], _NOTHING), (server[2:], _NOTHING)):
        items = list(reassemble(talk(*parts)))
        assert items[0] == Opened(1, "127.0.0.1:50000", "127.0.0.1:4433")
        assert records(items) == [("server", ANSWER), ("server", DATA)]
        assert gaps(items) == {"client": why}
    client = [one for one in (*SYNS, *REST) if one[0] == "client"]
    for parts in (client, client[1:]):
        items = list(reassemble(talk(*parts)))
        assert records(items) == [("client", HELLO)]
        assert gaps(items) == {"server": _NOTHING}


def test_a_capture_that_begins_between_the_hellos_keeps_what_the_server_said() -> None:
    finished = ("client", 9_000, 0, ACK, DATA)
    items = list(reassemble(talk(("server", 500, 0, ACK, ANSWER), finished)))
    assert records(items) == [("server", ANSWER)]
    assert gaps(items)["client"] == _LATE


def test_the_answer_may_be_captured_before_the_question() -> None:
    stream = talk(*SYNS, REST[1], REST[0], *REST[2:])
    items = list(reassemble(stream))
    assert records(items) == [("client", HELLO), ("server", DATA)]
    assert not gaps(items)


# The command --------------------------------------------------------------------------------------


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["inspect", *arguments], input=stdin)
    return done.exit_code, done.stdout, done.stderr


def test_one_line_a_connection_comes_first_and_can_be_had_alone() -> None:
    path = str(ODD / "embedded-secrets.pcapng")
    code, told, _ = run(path, "--summary")
    assert code == 0
    lines = told.splitlines()
    assert len(lines) == 4
    assert "| psk_dhe_ke | TLS_AES_256_GCM_SHA384 | x25519 |" in lines[3]
    code, whole, _ = run(path)
    assert whole.splitlines()[:4] == lines
    assert "connection 2, record 11" in whole


def test_how_many_records_are_shown_can_be_said_and_is_told() -> None:
    path = str(ODD / "embedded-secrets.pcapng")
    _, told, _ = run(path, "--records", "3")
    assert told.count("== connection") == 3
    assert told.splitlines()[-1].startswith("22 more records are not shown: choose with")
    _, told, _ = run(path, "--connection", "2")
    assert told.count("== connection 2") == 11
    assert "connection 1" not in told
    _, told, _ = run(path, "--records", "3", "--json")
    connections = json.loads(told)["connections"]
    assert [(one["count"], len(one["records"]), one["left_out"]) for one in connections] == [
        (14, 3, 11),
        (11, 0, 11),
    ]
    assert connections[1]["suite"] == "TLS_AES_256_GCM_SHA384"


def test_a_capture_and_a_key_log_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    capture, keys = ODD / "challenge-ack.pcap", ODD / "stray-reset.keys"
    code, told, _ = run("-", "--keylog", str(keys), "--summary", stdin=capture.read_bytes())
    assert (code, "| 7 of 7 |" in told) == (0, True)
    code, told, _ = run(str(capture), "--keylog", "-", "--summary", stdin=keys.read_bytes())
    assert (code, "| 7 of 7 |" in told) == (0, True)
    code, _, error = run("-", stdin=b"hello")
    assert (code, error) == (1, "tls13lab: standard input is neither a pcap nor a pcapng file\n")


def test_what_was_passed_over_is_said_also_where_there_is_no_tls(tmp_path: Path) -> None:
    path = tmp_path / "plain.pcap"
    before: list[tuple[Side, bytes]] = [("client", b"GET / HTTP/1.1\r\n\r\n")]
    path.write_bytes(pcap(RAW_IP, ip_frames(tmp_path, 80, before)[:4]))
    code, _, error = run(str(path))
    assert code == 1
    assert error == (
        "tls13lab: there is no TLS connection in plain.pcap; skipped: 1 TCP connection "
        "without TLS\n"
    )


def test_a_torn_key_log_serves_as_far_as_it_goes() -> None:
    arguments = (str(ODD / "embedded-secrets.pcapng"), "--keylog", str(ODD / "torn.keys"))
    _, told, _ = run(*arguments, "--summary")
    assert told.splitlines()[-1] == (
        "torn.keys: line 11 is not LABEL RANDOM SECRET and was skipped"
    )


@pytest.mark.parametrize("command", ["break", "crack", "inspect"])
def test_every_command_reads_a_capture_from_standard_input(command: str) -> None:
    capture = recorded.load("external-psk_ke")
    more = {"break": ["--leak", f"psk={capture.psk.hex()}"], "crack": ["--mask", "?d"]}
    done = CliRunner().invoke(
        cli, [command, "-", *more.get(command, [])], input=capture.path.read_bytes()
    )
    told = {"break": "application_data: 1 lost", "crack": "not found", "inspect": "psk_ke"}
    assert told[command] in done.stdout, done.output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["inspect", "-", "--keylog", "-"], "the key log"),
        (["break", "-", "--leak", "psk=@-"], "the leaks"),
        (["break", "-", "--leak", "keylog=-"], "the leaks"),
        (["crack", "-", "--wordlist", "-"], "only one"),
    ],
)
def test_standard_input_is_read_once(arguments: list[str], why: str) -> None:
    done = CliRunner().invoke(cli, arguments, input=b"")
    assert done.exit_code == 2
    assert why in done.stderr


def test_break_says_what_it_passed_over_and_that_the_file_is_torn() -> None:
    done = CliRunner().invoke(
        cli, ["break", str(ODD / "torn.pcapng"), "--leak", f"keylog={ODD / 'torn.keys'}"]
    )
    assert "torn.pcapng breaks off after packet 11" in done.stdout.splitlines()
    assert "the leak keylog: line 11 is not LABEL RANDOM SECRET" in done.stdout


def test_break_names_the_version_that_it_does_not_know() -> None:
    done = CliRunner().invoke(cli, ["break", str(ODD / "tls12.pcapng"), "--leak", "psk=00112233"])
    lines = done.stdout.splitlines()
    assert lines[0].endswith(", not TLS 1.3: unknown")
    assert (
        lines[1] == "  incomplete: from the server: this connection speaks TLS 1.2, and not TLS 1.3"
    )
