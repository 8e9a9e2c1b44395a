"""``connect`` and its options: names, sessions, hints, addresses. No timing, no other program."""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.handshake.scenes import BOTH, CREDENTIAL, PSK
from tls13lab.cli.app import cli
from tls13lab.handshake.config import ServerConfig
from tls13lab.peers import session_file
from tls13lab.peers.background import Running, serving
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.wire.codepoints import NamedGroup

KEY = PSK.key.hex()
EXTERNAL = ("--psk", KEY, "--identity", "lab")
SERVER = ServerConfig(credential=CREDENTIAL, psks=(PSK,), modes=BOTH)


@pytest.fixture
def server() -> Iterator[Running]:
    with serving(replace(SERVER, tickets=StatefulTickets())) as running:
        yield running


def connect(server: Running, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["connect", f"127.0.0.1:{server.port}", *arguments, "--json"])


def told(result: Result) -> dict[str, object]:
    content: dict[str, object] = json.loads(result.stdout)
    return content


def test_with_a_ticket_and_a_psk_the_ticket_goes_first(server: Running, tmp_path: Path) -> None:
    session = str(tmp_path / "s")
    assert connect(server, "--insecure", "--save-session", session).exit_code == 0
    both = told(connect(server, *EXTERNAL, "--session", session))
    assert (both["psk_identity_kind"], both["resumed"]) == ("resumption", True)
    # The stateful server has forgotten that ticket, and takes what comes after it.
    after = told(connect(server, *EXTERNAL, "--session", session))
    assert (after["psk_identity_kind"], after["resumed"]) == ("external", False)


def test_a_ticket_that_was_shown_in_vain_is_not_kept(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "s"
    session = ("--session", str(path), "--save-session", str(path))
    connect(server, "--insecure", "--save-session", str(path))
    one, two = session_file.load(path)
    server.config = SERVER  # it has no tickets any more
    failed = connect(server, *session)
    assert failed.exit_code == 1
    assert told(failed)["alert"] == "missing_extension"
    assert "--cafile" in failed.stderr
    assert session_file.load(path) == (one,)
    # Nobody listens, so nobody has seen it.
    unheard = CliRunner().invoke(cli, ["connect", "127.0.0.1:1", *session])
    assert unheard.exit_code == 1
    assert session_file.load(path) == (one,)
    session_file.save(path, [replace(one, lifetime_s=0), replace(two, received_ms=1)])
    expired = connect(server, *session, *EXTERNAL)
    assert "has expired" in expired.stderr
    assert told(expired)["psk_identity_kind"] == "external"
    session_file.save(path, [replace(one, received_ms=2**62)])
    ahead = connect(server, *session, *EXTERNAL)
    assert "later than this machine's clock says" in ahead.stderr
    session_file.save(path, [])
    assert "holds no ticket" in connect(server, *session).stderr


def test_the_newest_ticket_is_taken_and_saved_last(server: Running, tmp_path: Path) -> None:
    path = tmp_path / "s"
    connect(server, "--insecure", "--save-session", str(path))
    first, second = session_file.load(path)
    connect(server, "--session", str(path), "--save-session", str(path))
    kept = session_file.load(path)
    assert kept[0] == first
    assert second not in kept
    assert len(kept) == 3
    for _ in range(session_file.MAX_TICKETS):
        connect(server, "--session", str(path), "--save-session", str(path))
    assert len(session_file.load(path)) == session_file.MAX_TICKETS


@pytest.mark.parametrize(
    ("config", "arguments", "alert", "hint"),
    [
        (SERVER, ("--psk", "00", "--identity", "lab"), "decrypt_error", "compare --psk"),
        (
            replace(SERVER, credential=None),
            ("--psk", KEY, "--identity", "nobody"),
            "unknown_psk_identity",
            "--identity",
        ),
        (
            replace(SERVER, alpn=(b"h2",)),
            (*EXTERNAL, "--alpn", "h3"),
            "no_application_protocol",
            "--alpn",
        ),
    ],
)
def test_an_alert_comes_with_what_to_do(
    server: Running, config: ServerConfig, arguments: tuple[str, ...], alert: str, hint: str
) -> None:
    server.config = config
    result = connect(server, *arguments)
    assert result.exit_code == 1
    assert told(result)["alert"] == alert
    assert hint in str(told(result)["error"])
    assert len(result.stderr.splitlines()) == 1


def test_names_and_trust(server: Running, tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    pem = tmp_path / "c.pem"
    certificate = x509.load_der_x509_certificate(CREDENTIAL.chain[0])
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    asked = ("--server-name", "lab.example", "--alpn", "a,b")
    known = told(connect(server, "--insecure", *asked))
    assert (known["server_name"], known["alpn"]) == ("lab.example", None)
    server.config = replace(SERVER, alpn=(b"b",))
    assert told(connect(server, "--insecure", *asked))["alpn"] == "b"
    assert told(connect(server, "--insecure", "--server-name", ""))["server_name"] is None
    wrong = connect(server, "--pin", "00" * 32)
    assert told(wrong)["alert"] in ("unknown_ca", "certificate_expired")
    assert connect(server, "--insecure", "--server-name", "a" * 254).exit_code == 2


def test_a_retry_is_told(server: Running) -> None:
    server.config = replace(SERVER, groups=(NamedGroup.X25519,))
    groups = ("--groups", "secp256r1,X25519", "--share-groups", "secp256r1")
    result = told(connect(server, *EXTERNAL, *groups))
    assert (result["retried"], result["group"]) == (True, "x25519")
    assert not told(connect(server, *EXTERNAL))["retried"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--groups", "x25519", "--share-groups", "secp256r1"), "--share-groups"),
        (("--suites", "TLS_AES_256_GCM_SHA384"), "none of --suites has the hash"),
        (EXTERNAL, "a different --identity"),
        (("--save-session", "no/such/folder/s"), "folder of --save-session"),
        (("--identity", "two"), "one --identity"),
    ],
)
def test_wrong_usage(server: Running, arguments: tuple[str, ...], says: str) -> None:
    result = connect(server, *EXTERNAL, *arguments)
    assert result.exit_code == 2
    assert says in result.stderr
    assert server.reports == ()


def test_too_short_an_echo_is_said(server: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    from tls13lab.peers import client

    real = client.connect

    def expecting_more(*arguments: object, **options: object) -> client.Report:
        return real(*arguments, **{**options, "expect": 100})  # type: ignore[arg-type]

    monkeypatch.setattr(client, "connect", expecting_more)
    result = connect(server, *EXTERNAL, "--send", "hello", "--timeout", "0.3")
    assert (result.exit_code, told(result)["received"]) == (0, "hello")
    assert (
        "not everything was echoed (the server closed the connection, or 0.3 s passed)"
        in result.stderr
    )


def test_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving(SERVER, host="::1") as server:
        arguments = ["connect", f"[::1]:{server.port}", *EXTERNAL, "--json"]
        assert told(CliRunner().invoke(cli, arguments))["mode"] == "psk_dhe_ke"
        assert server.wait_for(1)[0].peer.startswith("[::1]:")


def test_a_session_file_that_was_cut_short_is_named(tmp_path: Path) -> None:
    path = tmp_path / "torn.json"
    path.write_text('{"format": "tls13lab sess')
    failed = CliRunner().invoke(cli, ["connect", "127.0.0.1:1", "--session", str(path)])
    assert failed.exit_code == 1
    assert failed.stderr == (
        f"tls13lab: {path}: the session file is not JSON; perhaps it was cut short\n"
    )


BOTH_AT_ONCE = (*EXTERNAL, "--insecure", "--cert-with-psk")


def test_a_certificate_and_a_psk_in_one_handshake(server: Running) -> None:
    server.config = replace(SERVER, cert_with_extern_psk=True)
    result = connect(server, *BOTH_AT_ONCE, "--send", "hello")
    seen = told(result)
    assert (seen["mode"], seen["psk_identity_kind"]) == ("cert_with_extern_psk", "external")
    assert (seen["received"], result.stderr) == ("hello", "")


def test_a_server_that_leaves_the_psk_out_is_told_of(server: Running) -> None:
    other = replace(PSK, identity=b"other")
    server.config = replace(SERVER, psks=(other,), cert_with_extern_psk=True)
    result = connect(server, *BOTH_AT_ONCE)
    assert told(result)["mode"] == "full"
    assert "the server used no PSK" in result.stderr


def test_a_server_that_shows_no_certificate_is_refused(server: Running) -> None:
    result = connect(server, *BOTH_AT_ONCE)
    assert (result.exit_code, told(result)["alert"]) == (1, "handshake_failure")
    assert "will not show its certificate" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--insecure", "--cert-with-psk"), 2, "--cert-with-psk needs --psk"),
        ((*EXTERNAL, "--cert-with-psk"), 1, "which certificates to trust"),
        ((*BOTH_AT_ONCE, "--modes", "psk_ke"), 1, "psk_dhe_ke only"),
        ((*BOTH_AT_ONCE, "--early-data", "x"), 1, "rules early data out"),
    ],
)
def test_what_does_not_go_with_it(
    server: Running, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = connect(server, *arguments)
    assert result.exit_code == code
    assert says in result.stderr
