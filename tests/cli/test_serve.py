"""``serve`` within this process: a client in a thread, the command in the main one."""

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import tls13lab.cli
from tests.handshake.scenes import BOTH, CREDENTIAL, PSK
from tests.held_ports import held_port
from tls13lab.cli.app import cli
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_KE, ClientConfig
from tls13lab.impostor.forged_ticket import forge
from tls13lab.impostor.stand_in import false_client
from tls13lab.peers.client import Report, Unreachable, connect
from tls13lab.peers.link import real_environment
from tls13lab.psk.stateless import TicketKey
from tls13lab.wire.codepoints import AlertDescription
from tls13lab.wire.faults import TLSFault

KEY = PSK.key.hex()
CLIENT = ClientConfig(trust=TrustAnyone(), modes=BOTH)
EXTERNAL = ("--psk", KEY, "--identity", "lab")
Visit = Callable[[int], Report]


def serve(visit: Visit, *arguments: str, connections: int = 1) -> tuple[Report, Result]:
    def visitor(port: int) -> Report:
        end = time.monotonic() + 120
        while True:
            try:
                return visit(port)
            except Unreachable:  # it does not listen yet
                if time.monotonic() > end:
                    raise

    with held_port() as port, ThreadPoolExecutor(1) as thread:
        coming = thread.submit(visitor, port)
        command = ["serve", "--port", str(port), "--connections", str(connections), *arguments]
        result = CliRunner().invoke(cli, command)
        assert result.exit_code == 0, result.output
        return coming.result(120), result


def visit(config: ClientConfig) -> Visit:
    return lambda port: connect("127.0.0.1", port, config, send=b"hello")


def told(result: Result) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])["connections"][0]
    return content


def test_it_says_where_first_and_what_became_of_it_last() -> None:
    report, result = serve(visit(CLIENT), "--self-signed", "--json")
    assert result.stdout.startswith("listening on 127.0.0.1:")
    assert (report.mode, report.received, len(report.tickets)) == ("full", b"hello", 2)
    served = told(result)
    assert served.pop("peer").startswith("127.0.0.1:")
    assert served == {
        "mode": "full",
        "suite": "TLS_AES_128_GCM_SHA256",
        "resumed": False,
        "early_data": "none",
        "echoed": 5,
        "error": None,
        "alert": None,
    }
    assert len(result.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("modes", "mode"),
    [
        ((), "psk_dhe_ke"),
        (("--modes", "psk_ke"), "psk_ke"),
        (("--modes", "psk_ke,psk_dhe_ke"), "psk_dhe_ke"),
        (("--modes", "psk_ke,psk_dhe_ke", "--prefer-psk-ke"), "psk_ke"),
    ],
)
def test_modes(modes: tuple[str, ...], mode: str) -> None:
    report, _ = serve(visit(replace(CLIENT, psks=(PSK,))), *EXTERNAL, *modes)
    assert report.mode == mode


def test_psk_ke_is_not_taken_unless_asked_for() -> None:
    config = replace(CLIENT, psks=(PSK,), modes=frozenset({PSK_KE}))
    report, _ = serve(visit(config), *EXTERNAL, "--self-signed")
    assert report.mode == "full"


def test_a_certificate_together_with_a_psk_from_who_asks_for_both() -> None:
    options = (*EXTERNAL, "--self-signed", "--cert-with-psk")
    asks = replace(CLIENT, psks=(PSK,), cert_with_extern_psk=True)
    report, _ = serve(visit(asks), *options)
    assert report.mode == "cert_with_extern_psk"
    report, _ = serve(visit(replace(CLIENT, psks=(PSK,))), *options)
    assert report.mode == "full"


def test_a_page_for_a_browser_needs_a_certificate() -> None:
    alone = CliRunner().invoke(cli, ["serve", *EXTERNAL, "--http"])
    assert alone.exit_code == 2
    assert "--http needs a certificate" in alone.stderr


def test_a_certificate_together_with_a_psk_needs_both() -> None:
    alone = CliRunner().invoke(cli, ["serve", *EXTERNAL, "--cert-with-psk", "--json"])
    assert alone.exit_code == 1
    assert "the server needs both" in alone.stderr


@pytest.mark.parametrize(
    ("option", "count", "has_key_inside"),
    [("off", 0, False), ("stateful", 2, False), ("stateless", 2, True)],
)
def test_tickets(option: str, count: int, has_key_inside: bool) -> None:
    options = ("--self-signed", "--tickets", option, "--ticket-lifetime", "60")
    report, _ = serve(visit(CLIENT), *options)
    assert [one.lifetime_s for one in report.tickets] == [60] * count
    # A name of 32 bytes, or all of the server's memory.
    assert all((len(one.identity) > 32) is has_key_inside for one in report.tickets)


def test_no_ticket_outlives_its_chain_of_resumptions() -> None:
    report, _ = serve(visit(CLIENT), "--self-signed", "--resume-within", "3600")
    # What the handshake took is gone from it, in whole seconds.
    assert all(3000 < one.lifetime_s <= 3600 for one in report.tickets)
    assert len(report.tickets) == 2
    none, _ = serve(visit(CLIENT), "--self-signed", "--resume-within", "0")
    assert none.tickets == ()


@pytest.mark.parametrize("key", ["11" * 32, "22" * 16 + "11" * 32])
def test_a_ticket_outlives_the_server_if_the_ticket_key_does(key: str) -> None:
    options = ("--self-signed", "--ticket-key", key)
    first, _ = serve(visit(CLIENT), *options)
    client = replace(CLIENT, psks=first.tickets[:1])
    again, _ = serve(visit(client), *options)
    assert again.resumed
    stranger, _ = serve(visit(client), "--self-signed")
    assert not stranger.resumed


def test_whoever_has_the_ticket_key_needs_no_ticket() -> None:
    """A server of an external PSK takes a ticket that it never issued, if it is sealed right."""
    key = TicketKey.from_bytes(bytes(range(48)))

    def forger(port: int) -> Report:
        forged = forge(key, os.urandom(32), real_environment().now_ms, os.urandom)
        return connect("127.0.0.1", port, false_client(forged), send=b"it is I")

    options = (*EXTERNAL, "--ticket-key", key.to_bytes().hex(), "--json")
    report, result = serve(forger, *options)
    assert (report.received, report.resumed) == (b"it is I", True)
    assert told(result)["mode"] == "psk_dhe_ke"


def test_a_certificate_from_files(tmp_path: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate = x509.load_der_x509_certificate(CREDENTIAL.chain[0])
    cert.write_bytes(certificate.public_bytes(Encoding.PEM))
    key.write_bytes(CREDENTIAL.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    report, result = serve(visit(CLIENT), "--cert", str(cert), "--key", str(key))
    assert report.outcome.chain == CREDENTIAL.chain
    assert result.stdout.endswith("served 1\n")


def test_a_lockout_is_for_the_owner_as_well() -> None:
    """One wrong binder from anybody, and the right one is not looked at any more."""
    owner = replace(CLIENT, psks=(PSK,))
    guess = replace(CLIENT, psks=(replace(PSK, key=bytes(32)),))
    alerts = []

    def visits(port: int) -> Report:
        try:
            visit(guess)(port)
        except Unreachable:
            raise
        except TLSFault as wrong:
            alerts.append(wrong.alert)
        return visit(owner)(port)

    options = (*EXTERNAL, "--self-signed", "--lockout")
    report, _ = serve(visits, *options, "1", connections=2)
    assert report.mode == "full"
    report, _ = serve(visits, *options, "2", "--lockout-window", "3600", connections=2)
    assert report.mode == "psk_dhe_ke"
    assert alerts == [AlertDescription.DECRYPT_ERROR] * 2


def test_a_window_needs_a_lockout() -> None:
    result = CliRunner().invoke(cli, ["serve", *EXTERNAL, "--lockout-window", "9"])
    assert result.exit_code == 2
    assert "--lockout-window needs a --lockout" in result.stderr


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(cli, ["serve", "--self-signed", "--port", port, "--json"])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{port}: " in json.loads(result.stdout)["error"]


def test_the_installed_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["anything", "--version"])
    with pytest.raises(SystemExit) as caught:
        tls13lab.cli.main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("tls13lab, version ")
