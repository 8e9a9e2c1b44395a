"""nginx as a server, with tickets and early data. It says itself in its answers what it saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import which

from tests.conftest import missing
from tests.held_ports import held_port
from tests.interop.listening import wait_until_it_listens
from tests.interop.matrix import make_certificate
from tests.interop.tap import LOOPBACK
from tls13lab.crypto.certificates import TrustRoots
from tls13lab.handshake.config import ClientConfig
from tls13lab.peers.client import Report, connect
from tls13lab.peers.openssl_process import Child
from tls13lab.wire.codepoints import NamedGroup

GET = b"GET / HTTP/1.0\r\n\r\n"
CONFIG = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen {host}:{port} ssl;
        ssl_certificate {folder}/server.pem;
        ssl_certificate_key {folder}/server.key;
        ssl_protocols TLSv1.3;
        ssl_session_cache shared:lab:1m;
        ssl_ecdh_curve {curves};
        ssl_early_data on;
        default_type text/plain;
        return 200 "reused: $ssl_session_reused, early: $ssl_early_data, curve: $ssl_curve\\n";
    }}
}}
"""


@contextmanager
def nginx(folder: Path, curves: str = "X25519") -> Iterator[tuple[int, ClientConfig]]:
    """A server's port, and a client that believes its certificate."""
    program = which("nginx") or which("nginx", path="/usr/sbin")
    if program is None:
        missing("there is no nginx (Debian: nginx-light)")
    credential, _ = make_certificate(folder)
    client = ClientConfig(trust=TrustRoots(credential.chain), server_name="localhost")
    with held_port() as port:
        file = folder / "nginx.conf"
        file.write_text(CONFIG.format(folder=folder, host=LOOPBACK, port=port, curves=curves))
        with Child([str(program), "-p", str(folder), "-c", str(file), "-e", "stderr"]) as child:
            wait_until_it_listens(child, port)
            yield port, client


def told(report: Report) -> str:
    """The response's body."""
    return report.received.partition(b"\r\n\r\n")[2].decode("ascii").strip()


def get(port: int, client: ClientConfig) -> Report:
    send = b"" if client.early_data else GET
    return connect(LOOPBACK, port, client, send=send, expect=2**16)


def test_full_then_resumed_then_early_and_early_again(tmp_path: Path) -> None:
    with nginx(tmp_path) as (port, client):
        first = get(port, client)
        assert told(first).startswith("reused: ., early: , curve: ")
        assert (first.mode, len(first.tickets)) == ("full", 2)
        one, two = first.tickets
        resumed = get(port, replace(client, psks=(one,)))
        assert resumed.mode == "psk_dhe_ke"
        assert told(resumed).startswith("reused: r, early: , ")
        eager = replace(client, psks=(two,), early_data=GET)
        early = get(port, eager)
        assert early.outcome.early_data == "accepted"
        assert told(early).startswith("reused: r, early: ")
        # nginx turns OpenSSL's memory of tickets off: replays are left to the application, which
        # it tells by $ssl_early_data (RFC 8470).
        again = get(port, eager)
        assert again.outcome.early_data == "accepted"


def test_after_a_hello_retry_request(tmp_path: Path) -> None:
    with nginx(tmp_path, curves="secp521r1") as (port, client):
        groups = replace(client, groups=(NamedGroup.X25519, NamedGroup.SECP521R1))
        report = get(port, groups)
        assert (report.outcome.retried, report.outcome.group) == (True, NamedGroup.SECP521R1)
        assert "secp521r1" in told(report)
