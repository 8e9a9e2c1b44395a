"""Driving the real binary: what is promised about sessions, errors, time-outs and processes."""

import base64
import re
import socket
import subprocess
import textwrap
from inspect import getdoc
from pathlib import Path

import pytest

from tests.held_ports import held_port
from tests.interop.tap import LOOPBACK, Tap
from tests.interop.wire import observe
from tls13lab.peers import openssl, openssl_binary
from tls13lab.peers.openssl import (
    OpenSSL,
    OpenSSLFailed,
    OpenSSLPsk,
    OpenSSLServer,
    OpenSSLUnavailable,
    find_openssl,
    make_certificate,
    s_client,
)
from tls13lab.peers.openssl_process import Child
from tls13lab.peers.openssl_session import MAX_PSK_BYTES, SUITES, psk_session_pem

pytestmark = [pytest.mark.openssl, pytest.mark.usefixtures("binary")]
KEY = bytes(range(1, 33))
PSK = OpenSSLPsk("lab", KEY)
NOW = 1_800_000_000


# --- the session file --------------------------------------------------------------------------


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(("size", "early"), [(1, 0), (32, 127), (48, 128), (512, 0xFFFFFFFF)])
def test_openssl_reads_our_session_file(binary: OpenSSL, suite: str, size: int, early: int) -> None:
    key = bytes(number % 251 for number in range(size))
    text = subprocess.run(
        [binary.path, "sess_id", "-text", "-noout"],
        input=psk_session_pem(key, suite, now=NOW, lifetime=600, max_early_data=early),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    told = dict(re.findall(r"^ *([^:\n]+?) *: (.+)$", text, re.MULTILINE))
    assert (told["Protocol"], told["Cipher"]) == ("TLSv1.3", suite)
    assert bytes.fromhex(told["Resumption PSK"]) == key
    assert (told["Start Time"], told["Timeout"]) == (str(NOW), "600 (sec)")
    assert told["Max Early Data"] == str(early)


def test_openssl_writes_a_session_back_as_we_wrote_it(binary: OpenSSL) -> None:
    """Its own DER writer adds defaults of its own, but must begin with our fields."""
    ours = psk_session_pem(KEY, "TLS_AES_256_GCM_SHA384", now=NOW, max_early_data=9)
    theirs = subprocess.run(
        [binary.path, "sess_id"],
        input=ours,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    mine, written = (
        base64.b64decode("".join(re.findall(r"^[A-Za-z0-9+/=]+$", pem, re.MULTILINE)))
        for pem in (ours, theirs)
    )
    up_to_timeout = mine[2 : mine.index(b"\xaf")]
    assert up_to_timeout in written
    assert all(b"\xaf\x03\x02\x01\x09" in der for der in (mine, written))


@pytest.mark.parametrize(
    ("key", "suite", "now"),
    [
        (b"", "TLS_AES_128_GCM_SHA256", NOW),
        (bytes(MAX_PSK_BYTES + 1), "TLS_AES_128_GCM_SHA256", NOW),
        (KEY, "TLS_CHACHA20_POLY1305", NOW),
        (KEY, "TLS_AES_128_GCM_SHA256", -1),
    ],
)
def test_a_session_that_cannot_be_is_refused(key: bytes, suite: str, now: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        psk_session_pem(key, suite, now=now)


# --- finding the binary ------------------------------------------------------------------------


def test_the_binary_says_what_it_can_do(binary: OpenSSL) -> None:
    assert binary.version >= (3, 0)
    assert all(binary.abilities[name] for name in ("psk_ke", "0-RTT", "key log"))
    assert binary.prefers_psk_ke == (binary.version >= (3, 5))


def fake(directory: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = directory / "openssl"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv(openssl_binary.ENVIRONMENT, str(path))


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("echo LibreSSL 3.3.6", "is LibreSSL 3.3.6, which has no TLS 1.3 PSKs"),
        ("echo OpenSSL 1.1.1w  11 Sep 2023", "OpenSSL 3.0 or later is needed"),
        ("echo OpenSSL 3.0.2 15 Mar 2022", "was built without the option -tls1_3"),
        ("echo hello", "does not say that it is OpenSSL"),
        ("exit 1", "does not say that it is OpenSSL"),
        ("exec sleep 60", "did not answer within"),
    ],
)
def test_a_binary_of_no_use_is_named_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, complaint: str
) -> None:
    fake(tmp_path, monkeypatch, script)
    monkeypatch.setattr(openssl_binary, "_SECONDS", 0.5)
    with pytest.raises(OpenSSLUnavailable, match=complaint) as caught:
        find_openssl()
    assert re.fullmatch(r"[^\n]+\.", str(caught.value))


def test_no_binary_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(openssl_binary, "_ELSEWHERE", ())
    monkeypatch.delenv(openssl_binary.ENVIRONMENT, raising=False)
    with pytest.raises(OpenSSLUnavailable, match="no openssl on the PATH"):
        find_openssl()
    monkeypatch.setenv(openssl_binary.ENVIRONMENT, str(tmp_path / "missing"))
    with pytest.raises(OpenSSLUnavailable, match="cannot be run: No such file"):
        find_openssl()


def test_after_libressl_on_the_path_the_next_place_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: OpenSSL
) -> None:
    fake(tmp_path, monkeypatch, "echo LibreSSL 3.3.6")
    monkeypatch.delenv(openssl_binary.ENVIRONMENT)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(openssl_binary, "_ELSEWHERE", ("/nowhere/openssl", str(binary.path)))
    assert find_openssl().path == binary.path


# --- server and client -------------------------------------------------------------------------


@pytest.mark.parametrize("documented", [openssl, OpenSSLServer, find_openssl])
def test_the_examples_in_the_docstrings_run(documented: object) -> None:
    example = textwrap.dedent((getdoc(documented) or "").partition("example::\n")[2])
    assert "assert" in example
    exec(example, dict(vars(openssl)))


def test_the_certificate_is_checked_if_a_cafile_is_given(tmp_path: Path) -> None:
    other = make_certificate(tmp_path)
    with OpenSSLServer() as server:
        assert server.certificate is not None
        assert s_client(server.port, cafile=server.certificate.ca).received == b"olleh\n"
        with pytest.raises(OpenSSLFailed, match="certificate verify failed"):
            s_client(server.port, cafile=other.ca)
        assert s_client(server.port).received == b"olleh\n"


@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_a_wrong_key_and_an_unknown_identity(hash_name: str) -> None:
    right = OpenSSLPsk("lab", KEY, hash_name)  # type: ignore[arg-type]
    wrong = OpenSSLPsk("lab", bytes(31) + b"x", right.hash_name)
    stranger = OpenSSLPsk("somebody", KEY, right.hash_name)
    with OpenSSLServer(psk=right) as server:
        assert s_client(server.port, psk=right).suite.lower().endswith(hash_name)
        for psk, alert in ((wrong, 47), (stranger, 40)):
            with pytest.raises(OpenSSLFailed) as caught:
                s_client(server.port, psk=psk)
            assert caught.value.alert == alert
            assert psk.key.hex() not in str(caught.value).lower()


def test_the_key_stays_out_of_reprs_and_command_lines(tmp_path: Path) -> None:
    assert KEY.hex() not in repr(PSK)
    assert repr(KEY) not in repr(PSK)
    assert KEY.hex() not in " ".join(PSK.arguments("TLS_AES_128_GCM_SHA256", tmp_path)).lower()


@pytest.mark.parametrize("identity", ["", "a\0b"])
def test_an_identity_that_the_command_line_cannot_carry(identity: str) -> None:
    with pytest.raises(ValueError, match="identity"), OpenSSLServer(psk=OpenSSLPsk(identity, KEY)):
        pass


def test_a_psk_needs_a_suite_of_its_hash() -> None:
    with pytest.raises(ValueError, match="none of the suites"):
        OpenSSLServer(psk=PSK, suites=["TLS_AES_256_GCM_SHA384"])


@pytest.mark.parametrize("suite", SUITES)
def test_0rtt_with_an_external_psk(suite: str) -> None:
    psk = OpenSSLPsk("lab", KEY, "sha384" if suite.endswith("384") else "sha256")
    with OpenSSLServer(psk=psk, suites=[suite], early_data=4096) as server:
        run = s_client(server.port, psk=psk, suites=[suite], early_data=b"early bird\n", answer=0)
        server.wait_for(b"early bird\n")
        server.wait_for(b"hello\n")
    assert run.suite == suite


@pytest.mark.parametrize(
    ("tickets", "mode"), [("stateless", "psk_dhe_ke"), ("stateful", "psk_dhe_ke")]
)
def test_tickets_resume(tmp_path: Path, tickets: openssl.Tickets, mode: str) -> None:
    session = tmp_path / "session.pem"
    with OpenSSLServer(tickets=tickets) as server, Tap(server.port) as tap:
        s_client(tap.port, save_session=session)
        s_client(tap.port, session=session)
        seen = [observe(bytes(one.from_client), bytes(one.from_server)) for one in tap.recordings]
    assert [one.mode for one in seen] == ["full", mode]
    assert (len(seen[1].identity) > 32) == (tickets == "stateless")


def test_no_tickets(tmp_path: Path) -> None:
    with OpenSSLServer(tickets="off") as server:
        s_client(server.port, save_session=tmp_path / "session.pem")
    assert not (tmp_path / "session.pem").exists()


def test_the_key_logs_of_both_sides_agree(tmp_path: Path) -> None:
    with OpenSSLServer(keylog=tmp_path / "server") as server:
        s_client(server.port, keylog=tmp_path / "client")
    logs = [(tmp_path / side).read_text().splitlines() for side in ("server", "client")]
    one, other = ({line for line in log if not line.startswith("#")} for log in logs)
    assert one == other
    assert any(line.startswith("CLIENT_TRAFFIC_SECRET_0 ") for line in one)


# --- time-outs and processes -------------------------------------------------------------------


def test_a_server_that_never_speaks_is_given_up() -> None:
    with (
        socket.create_server((LOOPBACK, 0)) as listener,
        pytest.raises(OpenSSLFailed, match=r"did not finish within 0\.3 s"),
    ):
        s_client(listener.getsockname()[1], timeout=0.3)


def test_no_server_at_all_is_no_handshake() -> None:
    with held_port() as unused, pytest.raises(OpenSSLFailed, match="made no handshake"):
        s_client(unused)


def test_a_server_that_cannot_start_says_why() -> None:
    with pytest.raises(OpenSSLFailed, match="did not start listening") as caught:
        OpenSSLServer(groups=["no-such-group"]).__enter__()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("fails", [False, True])
def test_the_server_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    children: list[Child] = []

    def watched(command: list[str]) -> Child:
        children.append(Child(command))
        return children[-1]

    monkeypatch.setattr(openssl, "Child", watched)
    try:
        with OpenSSLServer(psk=PSK) as server:
            port = server.port
            assert fails is False or 1 / 0
    except ZeroDivisionError:
        pass
    assert [child.finish(0) is None for child in children] == [False]
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, port), 5)


def test_a_child_that_ignores_the_polite_request_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tls13lab.peers.openssl_process._PATIENCE", 0.2)
    script = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
    with Child(["sh", "-c", script]) as child:
        assert child.wait_until(lambda out: b"ready" in out, 120)
    assert child.finish(0) == -9


def test_what_is_waited_for_and_never_comes() -> None:
    with (
        OpenSSLServer(psk=PSK, early_data=16) as server,
        pytest.raises(OpenSSLFailed, match="did not print"),
    ):
        server.wait_for(b"godot", timeout=0.2)
