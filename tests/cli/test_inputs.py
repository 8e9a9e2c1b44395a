"""Files that a command reads whole: also from standard input, a pipe, and in UTF-16."""

import os
import ssl
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.handshake.scenes import CREDENTIAL
from tls13lab.capture.keylog import read_keylog
from tls13lab.cli import connect, serve
from tls13lab.cli.app import cli
from tls13lab.crypto.certificates import TrustRoots

CAPTURE = Path(__file__).parents[1] / "captures" / "words-in-every-form.pcap"
CHAIN = ssl.DER_cert_to_PEM_cert(CREDENTIAL.chain[0])
KEY = CREDENTIAL.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
CODECS = ("utf-8", "utf-8-sig", "utf-16")
RULES = "# capitalize, and a digit\nc $1\n"
TOML = """[[psk]]
identity = "printer"
key_file = "key.txt"
"""


def invoke(*arguments: str | Path, given: bytes = b"") -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)], input=given)


@pytest.mark.parametrize("codec", CODECS)
def test_certificates_and_keys_as_powershell_writes_them(tmp_path: Path, codec: str) -> None:
    chain, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    for end in ("\n", "\r\n"):
        chain.write_bytes(CHAIN.replace("\n", end).encode(codec))
        key.write_bytes(KEY.replace("\n", end).encode(codec))
        assert connect.trust_in(str(chain), None, False) == TrustRoots(CREDENTIAL.chain[:1])
        found = serve._credential(str(chain), str(key), False)
        assert found is not None
        assert found.chain == CREDENTIAL.chain[:1]


def test_a_certificate_from_standard_input_and_from_a_pipe(tmp_path: Path) -> None:
    # Port 0 is wrong usage, found after the certificate was read.
    for command in ("connect", "probe"):
        none = invoke(command, "127.0.0.1:1", "--cafile", "-", given=b"none")
        assert "standard input holds no PEM certificate" in none.stderr
        good = invoke(command, "127.0.0.1:1", "--cafile", "-", given=CHAIN.encode())
        assert "PEM" not in good.stderr
    none = invoke("serve", "--cert", "-", "--key", CAPTURE, given=CHAIN.encode())
    assert f"{CAPTURE} holds no unencrypted PEM private key" in none.stderr
    twice = invoke("serve", "--cert", "-", "--key", "-")
    assert twice.exit_code == 2
    assert "only one of --cert and --key can be standard input" in twice.stderr


@pytest.mark.parametrize("codec", CODECS)
def test_rules_from_anywhere(tmp_path: Path, codec: str) -> None:
    words, rules = tmp_path / "words.txt", tmp_path / "a.rule"
    words.write_text("one\n")
    rules.write_bytes(RULES.encode(codec))
    command = ("crack", CAPTURE, "--wordlist", words, "--rules")
    for done in (invoke(*command, rules), invoke(*command, "-", given=rules.read_bytes())):
        assert "tried 1 of 1" in done.stdout, done.stderr
    twice = invoke("crack", CAPTURE, "--wordlist", "-", "--rules", "-")
    assert "only one of --wordlist and --rules can be standard input" in twice.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a named pipe")
@pytest.mark.parametrize("what", ["rules", "lint", "counts"])
def test_pipes(tmp_path: Path, what: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "words.txt").write_text("one\n")
    (tmp_path / "key.txt").write_text("secret")
    command, content, says = {
        "rules": (
            ("crack", CAPTURE, "--wordlist", tmp_path / "words.txt", "--rules", pipe),
            RULES,
            "tried 1 of 1",
        ),
        "lint": (("psk", "lint", pipe), TOML, "checks"),
        "counts": (
            ("psk", "odds", "--rate", "1", "--counts", pipe),
            "5 a\n5 b\n",
            "min-entropy 1.0",
        ),
    }[what]
    writer = threading.Thread(target=lambda: pipe.write_text(content))
    writer.start()
    done = invoke(*command)
    writer.join()
    assert says in done.stdout, done.stderr


@pytest.mark.parametrize("codec", CODECS)
def test_lint_reads_standard_input_with_keys_beside_it(
    tmp_path: Path, codec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("key.txt").write_text("secret")
    assert "printer" in invoke("psk", "lint", "-", given=TOML.encode(codec)).stdout
    wrong = invoke("psk", "lint", "-", given=b"psk = 1")
    assert "standard input has no [[psk]] table" in wrong.stderr


def test_a_session_is_a_file() -> None:
    done = invoke("connect", "127.0.0.1:1", "--session", "-")
    assert done.exit_code == 2
    assert "give --session the name of a file: it cannot be standard input" in done.stderr


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_key_log_in_utf_16_needs_no_mark(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_bytes(f"EXPORTER_SECRET {'00' * 32} {'01' * 32}\r\n".encode(codec))
    assert read_keylog(path) == {bytes(32): {"exporter_secret": b"\1" * 32}}
