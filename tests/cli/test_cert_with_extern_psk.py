"""``inspect`` and ``break`` name a certificate with a PSK, and say what opens it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tls13lab.capture.writer import CaptureWriter
from tls13lab.cli.app import cli
from tls13lab.evidence.scripted import talk
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.wire.names import Mode

MODE: Mode = "cert_with_extern_psk"
PSK = f"psk={LESSON_PSK.key.hex()}"


@pytest.fixture(scope="module")
def pair() -> Pair:
    return talk(*lesson_configs(MODE), "captured")


@pytest.fixture
def capture(pair: Pair, tmp_path: Path) -> Path:
    path = tmp_path / "both.pcapng"
    writer = CaptureWriter(path, lambda: 0.0)
    writer.open(1, ("127.0.0.1", 40000), ("127.0.0.1", 4433))
    for one in pair.conversation().steps:
        writer.add(1, one.sender, one.wire)
    writer.close()
    return path


def told(*arguments: str | Path) -> dict[str, Any]:
    result = CliRunner().invoke(cli, [*map(str, arguments), "--json"])
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_break_needs_the_psk_and_a_share(pair: Pair, capture: Path) -> None:
    share = f"client_ecdhe={pair.conversation().secrets['client_ecdhe'].hex()}"
    for leaks, missing in (((PSK,), ["client_ecdhe", "server_ecdhe"]), ((share,), ["psk"])):
        kept = told("break", capture, *(word for one in leaks for word in ("--leak", one)))
        (connection,) = kept["connections"]
        assert (connection["mode"], kept["verdict"]) == (MODE, "kept")
        assert connection["missing"] == missing
    lost = told("break", capture, "--leak", PSK, "--leak", share)
    assert lost["verdict"] == "lost"
    assert lost["plaintext"] == {"1": {"client": "client's words", "server": "server's words"}}


def test_inspect_names_it(capture: Path) -> None:
    result = CliRunner().invoke(cli, ["inspect", str(capture), "--summary"])
    assert result.exit_code == 0
    assert MODE in result.stdout
    whole = CliRunner().invoke(cli, ["inspect", str(capture)]).stdout
    assert "tls_cert_with_extern_psk" in whole
