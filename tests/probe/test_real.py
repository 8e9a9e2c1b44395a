"""Real servers: OpenSSL, tlslite-ng, Node, GnuTLS; what is known of each must be found."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from tests.conftest import require_tool
from tests.held_ports import held_port
from tests.interop.listening import wait_until_it_listens
from tests.interop.scenarios import SUITES
from tests.interop.tap import SECONDS
from tls13lab.cli.app import cli
from tls13lab.peers.openssl import (
    CertificateFiles,
    OpenSSLPsk,
    OpenSSLServer,
    find_openssl,
    make_certificate,
)
from tls13lab.peers.openssl_process import Child
from tls13lab.probe.finding import CATALOGUE, Grade
from tls13lab.probe.probe import NothingToProbe, probe
from tls13lab.probe.prober import Prober
from tls13lab.psk.keys import ExternalPsk

pytestmark = pytest.mark.openssl
KEY = bytes(range(32))
PSK = ExternalPsk(b"lab", KEY)
NODE = """
const tls = require("tls"), fs = require("fs"), o = JSON.parse(process.argv[1]);
const server = tls.createServer({minVersion: "TLSv1.3", cert: fs.readFileSync(o.cert),
    key: fs.readFileSync(o.key), ...(o.zeros ? {ticketKeys: Buffer.alloc(48)} : {})},
    s => { s.on("error", () => {}); s.pipe(s); });
server.on("tlsClientError", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
"""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> CertificateFiles:
    return make_certificate(tmp_path_factory.mktemp("probe"))


def found(port: int, psk: ExternalPsk | None = None) -> set[str]:
    prober = Prober("127.0.0.1", port, psk, server_name="localhost", pause=0.0, timeout=SECONDS)
    return {one.name for one in probe(prober)}


def faults(names: set[str]) -> set[str]:
    return {name for name in names if CATALOGUE[name].grade is Grade.FAULT}


def test_openssl_with_tickets_and_early_data() -> None:
    with OpenSSLServer(early_data=1000, modes=("psk_ke", "psk_dhe_ke")) as server:
        names = found(server.port)
    assert {"full-handshake", "tickets", "psk-ke-accepted", "resumption-works"} <= names
    assert {"early-data-accepted", "replay-rejected", "binder-checked"} <= names
    assert {"stale-early-data-rejected", "ticket-key-not-known-bad"} <= names
    assert not faults(names)


def test_openssl_without_its_anti_replay() -> None:
    with OpenSSLServer(early_data=1000, anti_replay=False) as server:
        names = found(server.port)
    assert faults(names) == {"replay-accepted"}
    assert "psk-ke-refused" in names


def test_openssl_with_an_external_psk() -> None:
    with OpenSSLServer(psk=OpenSSLPsk("lab", KEY), suites=[SUITES[0]], certificate=None) as server:
        names = found(server.port, PSK)
    assert {"psk-accepted", "psk-only", "binder-checked", "wrong-hellos-refused"} <= names
    assert not faults(names)


def test_openssl_of_an_older_version(certificate: CertificateFiles) -> None:
    command = [str(find_openssl().path), "s_server", "-accept", "127.0.0.1:0", "-tls1_2"]
    command += ["-cert", str(certificate.leaf), "-key", str(certificate.key)]
    with Child(command) as child:
        assert child.wait_until(lambda out: b"ACCEPT 127.0.0.1:" in out, SECONDS), child.stderr
        port = int(child.stdout.partition(b"ACCEPT 127.0.0.1:")[2].split()[0])
        with pytest.raises(NothingToProbe, match=r"does not speak TLS 1\.3"):
            found(port)


@contextmanager
def node(certificate: CertificateFiles, *, zeros: bool) -> Iterator[int]:
    told = {"cert": str(certificate.leaf), "key": str(certificate.key), "zeros": zeros}
    with Child(["node", "-e", NODE, json.dumps(told)]) as child:
        assert child.wait_until(lambda out: b"\n" in out, SECONDS), child.stderr
        yield int(child.stdout)


@pytest.mark.parametrize("zeros", [True, False])
def test_node_whose_ticket_key_is_all_zeros_and_one_whose_is_not(
    zeros: bool, certificate: CertificateFiles
) -> None:
    require_tool("node")
    with node(certificate, zeros=zeros) as port:
        names = found(port)
    assert ("ticket-key-known" in names) == zeros
    assert ("ticket-key-not-known-bad" in names) != zeros
    assert {"resumption-works", "ticket-many-times"} <= names


def test_gnutls(certificate: CertificateFiles) -> None:
    program = require_tool("gnutls-serv")
    command = [program, "--echo", "--priority", "NORMAL:-VERS-ALL:+VERS-TLS1.3"]
    command += [f"--x509certfile={certificate.leaf}", f"--x509keyfile={certificate.key}"]
    # It cannot choose a port itself.
    with held_port() as port, Child([*command, "-p", str(port)]) as child:
        wait_until_it_listens(child, port)
        names = found(port)
    assert {"full-handshake", "resumption-works", "psk-ke-refused", "early-data-off"} <= names
    # Mended in 3.6.14; CVE-2020-13777 would be found.
    assert "ticket-key-not-known-bad" in names


def test_the_command(certificate: CertificateFiles) -> None:
    with OpenSSLServer(early_data=1000, anti_replay=False) as server:
        address = f"127.0.0.1:{server.port}"
        result = CliRunner().invoke(cli, ["probe", address, "--json", "--pause", "0"])
        told = json.loads(result.stdout)
        shown = CliRunner().invoke(cli, ["probe", address, "--pause", "0"]).stdout
    assert result.exit_code == 1
    assert set(told) == {"address", "connections", "findings"}
    assert told["findings"][0]["name"] == "replay-accepted"
    assert shown.startswith("fault    replay-accepted")
    assert "(RFC 9846 8, 8446 8)" in shown
    gone = CliRunner().invoke(cli, ["probe", address])
    assert gone.exit_code == 1
    assert "nothing is listening there" in gone.stderr
    half = CliRunner().invoke(cli, ["probe", address, "--psk", "00"])
    assert half.exit_code == 2
