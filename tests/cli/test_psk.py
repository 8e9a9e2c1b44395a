"""``psk new``, ``strength`` and ``lint`` as their users run them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tls13lab.cli.app import cli
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.peers.openssl import (
    OpenSSLPsk,
    OpenSSLServer,
    OpenSSLUnavailable,
    find_openssl,
    s_client,
)
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.memory_hard import parse

from tests.conftest import missing  # isort: skip

SECRET = "correcthorse"


def invoke(*arguments: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["psk", *map(str, arguments)], input=typed)


def told(*arguments: str | Path, typed: str | None = None, code: int = 0) -> dict[str, Any]:
    result = invoke(*arguments, "--json", typed=typed)
    assert result.exit_code == code, result.output
    content: dict[str, Any] = json.loads(result.stdout)
    return content


def test_a_new_psk_is_another_one_each_time() -> None:
    keys = {told("new")["key"] for _ in range(3)}
    assert len(keys) == 3
    assert all(len(bytes.fromhex(key)) == 32 for key in keys)
    assert "Wireshark" in invoke("new").stdout


@pytest.mark.openssl
def test_openssl_takes_it() -> None:
    try:
        find_openssl()
    except OpenSSLUnavailable as reason:
        missing(str(reason))
    made = told("new", "--identity", "printer")
    psk = OpenSSLPsk("printer", bytes.fromhex(made["key"]))
    with OpenSSLServer(psk=psk) as server:
        assert s_client(server.port, psk=psk, send=b"hi\n").received


def test_strength_of_a_key_that_is_longer_than_any_float_counts() -> None:
    result = told("strength", "--hex", "-", typed=os.urandom(400).hex())
    assert result["bits"] == 3200
    assert min(one["seconds"] for one in result["found"]) > 1e250


def test_strength_of_a_file_and_of_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n")
    result = told("strength", path)
    assert (result["length"], result["enough"]) == (12, False)
    assert result == told("strength", "-", typed=SECRET) | {"found": result["found"]}
    for encoding in ("utf-8-sig", "utf-16"):  # as editors and shells of Windows write it
        path.write_bytes(f"{SECRET}\r\n".encode(encoding))
        assert told("strength", path)["length"] == 12
    path.write_bytes(bytes.fromhex("fffe00d8") + bytes(28))  # a key that begins like such a file
    assert told("strength", path)["length"] == 32
    seconds = [one["seconds"] for one in result["found"]]
    assert seconds == sorted(seconds, reverse=True)
    said = invoke("strength", path)
    assert SECRET not in said.output
    assert "estimate" in said.stdout


def test_strength_of_hexadecimal(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(told("new")["key"] + "\n")
    assert told("strength", "--hex", path)["length"] == 32
    assert told("strength", "--hex", path)["enough"]


@pytest.mark.parametrize(
    ("content", "arguments"), [(b"", ()), (b"x" * 5000, ()), (b"xyz", ("--hex",)), (b"\n", ())]
)
def test_what_is_no_psk(content: bytes, arguments: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    result = invoke("strength", *arguments, path)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert invoke("strength", tmp_path / "nowhere").exit_code == 1


@pytest.mark.parametrize("function", ["scrypt", "argon2id"])
def test_both_ends_derive_one_psk_and_a_handshake_runs(function: str, tmp_path: Path) -> None:
    word, mine, theirs = (tmp_path / name for name in ("word", "mine.hex", "theirs.hex"))
    word.write_text("sternchen\n")
    small = {
        "scrypt": "$scrypt$ln=2,r=8,p=1$c2FsdA",
        "argon2id": "$argon2id$v=19$m=32,t=1,p=4$c2FsdHNhbHQ",
    }
    settings = ("--derivation", small[function])
    made = told("derive", word, "--identity", "printer", *settings, "--out", mine)
    assert made["derivation"] == small[function]
    assert not made["enough"]
    told("derive", "-", *settings, "--out", theirs, typed="sternchen")
    keys = [bytes.fromhex(path.read_text()) for path in (mine, theirs)]
    assert keys[0] == keys[1] == parse(small[function]).derive(b"sternchen")
    psks = [ExternalPsk(b"printer", key) for key in keys]
    client, _ = lesson_configs("psk_dhe_ke", psks[0])
    _, server = lesson_configs("psk_dhe_ke", psks[1])
    assert Pair(client, server).handshake().mode == "psk_dhe_ke"
    said = invoke("derive", word, *settings, "--out", mine)
    assert "128 bits" in said.stdout
    assert "sternchen" not in said.output
    assert keys[0].hex() not in said.output
    if os.name != "nt":
        assert mine.stat().st_mode & 0o077 == 0


def test_a_derivation_that_is_none(tmp_path: Path) -> None:
    result = invoke("derive", "-", "--derivation", "x", "--out", tmp_path / "key", typed="word")
    assert result.exit_code == 1
    assert "$scrypt$" in result.stderr
    assert not (tmp_path / "key").exists()


CONFIGURATION = """\
[[psk]]
identity = "printer"
key_file = "key"
modes = ["psk_ke", "psk_dhe_ke"]
clients = ["office"]
servers = ["printer"]
"""


def test_lint_tells_what_is_wrong_and_keeps_the_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    path = tmp_path / "psks.toml"
    path.write_text(CONFIGURATION)
    result = told("lint", path, code=1)
    verdicts = {row["check"]: row["verdict"] for row in result["checks"]}
    assert verdicts["entropy"] == "warn"
    assert verdicts["length"] == "fail"
    assert verdicts["one pair of nodes"] == "ok"
    assert SECRET not in invoke("lint", path).output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no [[psk]] table"),
        ("psk = 3", "no [[psk]] table"),
        ("[[psk]]\n", "identity"),
        ('[[psk]]\nidentity = "a"\n', "key_file"),
        ('[[psk]]\nidentity = "a"\nkey_file = "key"\ncolour = 1\n', "colour"),
        ('[[psk]]\nidentity = "a"\nkey_file = "key"\nmodes = "psk_ke"\n', "modes"),
        ('[[psk]]\nidentity = "a"\nkey_file = "key"\ntls12 = "no"\n', "tls12"),
        ("not toml at all", "not valid TOML"),
        (
            CONFIGURATION.replace('["psk_ke", "psk_dhe_ke"]', '["psk-dhe-ke"]'),
            "modes of the PSK printer: there is no mode 'psk-dhe-ke': use psk_ke or psk_dhe_ke",
        ),
        (
            CONFIGURATION.replace('"psk_dhe_ke"', '"full"'),
            "modes of the PSK printer: there is no mode 'full': use psk_ke or psk_dhe_ke",
        ),
        (
            CONFIGURATION + 'hashes = ["sha-256"]\n',
            "hashes of the PSK printer: there is no hash 'sha-256': use sha256 or sha384",
        ),
    ],
)
def test_a_configuration_that_is_none(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(SECRET)
    path = tmp_path / "psks.toml"
    path.write_text(content)
    result = invoke("lint", path)
    assert result.exit_code == 1
    assert said in result.stderr
