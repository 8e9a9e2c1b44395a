"""``break`` and ``--record``: from a socket into a file, and from the file to the plaintext."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.capture.writer import CaptureWriter
from tls13lab.cli.app import cli
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK
from tls13lab.peers.background import serving
from tls13lab.pictures import dot

KEY = LESSON_PSK.key.hex()
SERVER = ServerConfig(psks=(LESSON_PSK,), modes=frozenset({PSK_KE, PSK_DHE_KE}))


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(one) for one in arguments])


def told(*arguments: str | Path) -> dict[str, Any]:
    result = invoke(*arguments, "--json")
    assert result.exit_code == 0, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


@pytest.fixture(params=["psk_ke", "psk_dhe_ke"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path, Path]:
    """A connection on loopback, recorded by the client: its mode, the capture, the key log."""
    capture, keylog = tmp_path / "talk.pcapng", tmp_path / "keys"
    with serving(SERVER) as server:
        done = told(
            *("connect", f"127.0.0.1:{server.port}", "--psk", KEY, "--identity", "lab"),
            *("--modes", request.param, "--send", "the words"),
            *("--record", capture, "--keylog", keylog),
        )
    assert done["mode"] == request.param
    return request.param, capture, keylog


def test_the_psk_opens_psk_ke_and_not_psk_dhe_ke(recorded: tuple[str, Path, Path]) -> None:
    mode, capture, _ = recorded
    result = told("break", capture, "--leak", f"psk={KEY}")
    (connection,) = result["connections"]
    (leak,) = result["leaks"]
    assert (connection["mode"], leak["leak"], leak["fits"]) == (mode, "psk", [1])
    assert leak["where"] == [
        {"connection": 1, "client_hello": 1, "place": 0, "identity": b"lab".hex()}
        | {"kind": "external", "binder": "verified", "answered": True, "chosen": True}
        | {"early_data": False}
    ]
    if mode == "psk_ke":
        assert result["verdict"] == "lost"
        assert result["plaintext"] == {"1": {"client": "the words", "server": "the words"}}
        assert result["steps"][0]["what"] == "early_secret"
        assert not result["missing"]
    else:
        assert result["verdict"] == "kept"
        assert (result["plaintext"], result["steps"]) == ({}, [])
        assert result["missing"] == ["client_ecdhe", "server_ecdhe"]


def test_a_key_log_opens_both(recorded: tuple[str, Path, Path]) -> None:
    _, capture, keylog = recorded
    result = told("break", capture, "--leak", f"keylog={keylog}")
    assert result["plaintext"]["1"]["server"] == "the words"


def test_of_two_key_logs_only_the_right_one_fits(
    recorded: tuple[str, Path, Path], tmp_path: Path
) -> None:
    _, capture, keylog = recorded
    other = tmp_path / "other"
    other.write_text(f"SERVER_TRAFFIC_SECRET_0 {'00' * 32} {'11' * 32}\nhalf a li")
    result = told("break", capture, "--leak", f"keylog={other}", "--leak", f"keylog={keylog}")
    assert [(leak["leak"], leak["fits"]) for leak in result["leaks"]] == [
        ("keylog", []),
        ("keylog", [1]),
    ]
    said = invoke("break", capture, "--leak", f"keylog={other}").stdout
    assert "the leak keylog: line 2 is not LABEL RANDOM SECRET" in said
    assert "the leak keylog fits no connection" in said


def test_a_secret_in_a_file_or_from_standard_input(
    recorded: tuple[str, Path, Path], tmp_path: Path
) -> None:
    mode, capture, _ = recorded
    key = tmp_path / "key.hex"
    key.write_text(f"{KEY}\n")
    verdict = "lost" if mode == "psk_ke" else "kept"
    assert told("break", capture, "--leak", f"psk=@{key}")["verdict"] == verdict
    arguments = ["break", str(capture), "--leak", "psk=@-", "--json"]
    result = CliRunner().invoke(cli, arguments, input=f"{KEY}\n")
    assert json.loads(result.stdout)["verdict"] == verdict
    with serving(SERVER) as server:
        command = ("connect", f"127.0.0.1:{server.port}", "--identity", "lab")
        assert told(*command, "--psk", f"@{key}", "--send", "x")["received"] == "x"
        done = CliRunner().invoke(cli, [*command, "--psk", "@-", "--json"], input=KEY)
        assert json.loads(done.stdout)["mode"] == "psk_dhe_ke"
    missing = invoke(*command, "--psk", f"@{tmp_path}/none")
    assert missing.exit_code == 2
    assert "No such file" in missing.stderr


def test_a_connection_that_came_to_no_server_hello(tmp_path: Path) -> None:
    """What was sent behind the first ClientHello is lost all the same."""
    from dataclasses import replace

    from tls13lab.evidence.scripted import talk
    from tls13lab.handshake.pair import lesson_configs
    from tls13lab.wire.codepoints import CipherSuite

    psk = replace(
        LESSON_PSK, suite=CipherSuite.TLS_CHACHA20_POLY1305_SHA256, max_early_data_size=20
    )
    client, server = lesson_configs("psk_dhe_ke", psk)
    pair = talk(replace(client, early_data=b"too early"), server, "no answer")
    capture = tmp_path / "talk.pcap"
    writer = CaptureWriter(capture, now=lambda: 1.0)
    writer.open(1, ("127.0.0.1", 50_000), ("127.0.0.1", 4433))
    for step in pair.conversation().steps:
        if step.sender == "server":
            break
        writer.add(1, step.sender, step.wire)
    writer.end(1)
    writer.close()
    result = told("break", capture, "--leak", f"psk={KEY}", "--goal", "early_data")
    assert result["plaintext"] == {"1": {"client": "too early"}}
    assert result["connections"][0]["incomplete"] == ""  # the server ended it without a word
    said = invoke("break", capture, "--leak", f"psk={KEY}").stdout
    assert "no ServerHello: unknown" in said
    assert "it makes the recorded binder, and early data was sent under it" in said


def test_what_it_says_to_a_person(recorded: tuple[str, Path, Path], tmp_path: Path) -> None:
    mode, capture, _ = recorded
    result = invoke("break", capture, "--leak", f"psk={KEY}", "--leak", "client_ecdhe=00")
    assert "the leak client_ecdhe fits no connection in this capture" in result.stdout
    assert "(tried on shares in x25519, secp256r1, " in result.stdout
    other = invoke("break", capture, "--leak", f"ticket_key={KEY}").stdout
    assert "fits no connection in this capture (tried on tickets as this lab seals" in other
    svg = tmp_path / "attack.svg"
    drawn = invoke("break", capture, "--leak", f"psk={KEY}", "--svg", svg)
    if mode == "psk_ke":
        assert "client: 'the words'" in result.stdout
        assert "HKDF-Extract [7.1] of zeros, psk" in result.stdout
        assert "<svg" in svg.read_text()
        piped = invoke("break", capture, "--leak", f"psk={KEY}", "--svg", "-")
        assert piped.stdout == svg.read_text() + "\n"
        both = invoke("break", capture, "--leak", f"psk={KEY}", "--svg", "-", "--json")
        assert (both.exit_code, "only one of --svg and --json" in both.stderr) == (2, True)
    else:
        assert "one of these would open it: client_ecdhe, server_ecdhe" in result.stdout
        assert "no single leak would open it" in invoke("break", capture).stdout
        assert (drawn.exit_code, svg.exists()) == (1, False)
        # There is no picture, but the finding is told.
        assert "kept" in drawn.stdout
        assert "nothing was lost" in drawn.stderr


def test_an_attack_that_nothing_can_draw_is_not_written(
    recorded: tuple[str, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(_: str) -> str:
        raise dot.NoLayout

    monkeypatch.setattr(dot, "svg", nothing)
    _, capture, keylog = recorded
    svg = tmp_path / "attack.svg"
    result = invoke("break", capture, "--leak", f"keylog={keylog}", "--svg", svg)
    assert (result.exit_code, svg.exists()) == (1, False)
    assert "pip install pygraphviz" in result.stderr


def test_the_psk_as_the_goal(recorded: tuple[str, Path, Path]) -> None:
    _, capture, _ = recorded
    result = told("break", capture, "--leak", f"psk={KEY}", "--goal", "psk")
    assert result["plaintext"] == {"1": {"psk": KEY}}
    assert told("break", capture, "--goal", "psk")["verdict"] == "kept"
    assert told("break", capture, "--goal", "early_data")["verdict"] == "absent"


@pytest.mark.parametrize(
    ("leak", "says"),
    [
        ("psk", "NAME=HEX"),
        ("wrong=00", "NAME=HEX"),
        ("psk=0", "hexadecimal"),
        ("psk=zz", "hexadecimal"),
        ("psk=@", "name of the file"),
        ("psk=@missing", "No such file"),
        ("ticket_key=00", "48 bytes"),
        ("keylog=missing", "No such file"),
    ],
)
def test_a_leak_that_is_none(tmp_path: Path, leak: str, says: str) -> None:
    capture = tmp_path / "empty.pcap"
    CaptureWriter(capture, now=lambda: 0.0).close()
    result = invoke("break", capture, "--leak", leak, "--json")
    assert result.exit_code == 1
    assert says in json.loads(result.stdout)["error"]
    assert "Traceback" not in result.output


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(b"hello there, this is no capture")
    result = invoke("break", path)
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "neither a pcap nor a pcapng" in result.stderr


def test_a_recording_replaces_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.pcap"
    path.write_bytes(b"precious")
    with serving(SERVER) as server:
        address = f"127.0.0.1:{server.port}"
        result = invoke("connect", address, "--psk", KEY, "--identity", "lab", "--record", path)
    assert (result.exit_code, path.read_bytes()) == (1, b"precious")
    assert "already" in result.stderr


def test_early_data_is_sent_and_its_fate_told(tmp_path: Path) -> None:
    suite = "TLS_AES_128_GCM_SHA256"
    from dataclasses import replace

    from tls13lab.wire.codepoints import CipherSuite

    psk = replace(LESSON_PSK, suite=CipherSuite[suite], max_early_data_size=20)
    config = replace(SERVER, psks=(psk,), max_early_data_size=20)
    with serving(config) as server:
        base = ("connect", f"127.0.0.1:{server.port}", "--psk", KEY, "--identity", "lab")
        capture = tmp_path / "early.pcap"
        done = told(*base, "--early-data", "soon", "--send", "later", "--record", capture)
        assert (done["early_data"], done["received"]) == ("accepted", "soonlater")
        server.config = SERVER
        done = told(*base, "--early-data", "soon", "--send", "later")
        assert (done["early_data"], done["received"]) == ("rejected", "soonlater")
    # Without forward secrecy, also in psk_dhe_ke.
    result = told("break", capture, "--leak", f"psk={KEY}", "--goal", "early_data")
    assert result["plaintext"] == {"1": {"client": "soon"}}
    assert told("break", capture, "--leak", f"psk={KEY}")["verdict"] == "kept"


def test_early_data_without_a_psk_is_a_usage_error() -> None:
    result = invoke("connect", "127.0.0.1:9", "--insecure", "--early-data", "x")
    assert result.exit_code == 2
