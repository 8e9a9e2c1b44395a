"""What no cell of the table shows: much data, padding, KeyUpdate, tickets, identities, 0-RTT."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.interop.foreign_bench import FOREIGN, LINE, ForeignBench, lab_client, lab_server
from tests.interop.gnutls_peer import free_port, priority, wait_for_port
from tests.interop.scenarios import KEY, SUITES, ExternalPsk, Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tests.interop.test_foreign import here
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl_process import Child
from tls13lab.peers.server import Limits
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.wire.faults import AlertReceived

pytestmark = pytest.mark.openssl
SERVICE = Service(SUITES[0], ("x25519",), ("psk_dhe_ke",), None)
VISIT = Visit(SUITES[0], ("x25519",), ("psk_dhe_ke",), None)
MUCH = b"".join(b"%07d\n" % number for number in range(12_500))
ECHOING = [name for name, peer in FOREIGN.items() if peer.echoes]
LIMITS = Limits(idle_s=0.5)
# The longest identity that a stack takes; None where it takes 65,000 bytes.
LONGEST = {"gnutls": None, "nss": None, "node": 256}


@pytest.fixture(scope="module")
def foreign(binary: object) -> Iterator[ForeignBench]:
    with ForeignBench() as bench:
        yield bench


@pytest.mark.parametrize("name", ECHOING)
def test_much_data_padding_and_key_updates(name: str, foreign: ForeignBench) -> None:
    here(name)
    config = lab_client(VISIT, foreign.certificate)
    with (
        foreign.folder() as folder,
        FOREIGN[name].serve(SERVICE, foreign.certificate, folder) as port,
    ):
        report = connect(LOOPBACK, port, config, send=MUCH, timeout=SECONDS)
        assert report.received == MUCH
        assert len(report.tickets) == 2
        padded = replace(config, padding=512)
        assert connect(LOOPBACK, port, padded, send=LINE, timeout=SECONDS).received == LINE
        updated = connect(LOOPBACK, port, config, send=MUCH, update_keys=True, timeout=SECONDS)
        assert (updated.received, updated.key_updates) == (MUCH, 1)
        # Of several tickets each is good for a connection.
        for ticket in report.tickets:
            again = replace(config, psks=(ticket,))
            assert connect(LOOPBACK, port, again, send=LINE, timeout=SECONDS).resumed


@pytest.mark.parametrize("length", [1, 2, 128, 255, 256, 257, 16_384, 65_000])
@pytest.mark.parametrize("name", LONGEST)
def test_identities_of_any_length(name: str, length: int, foreign: ForeignBench) -> None:
    here(name)
    psk = ExternalPsk("i" * length, KEY, "sha256")
    asked, visit = replace(SERVICE, psk=psk), replace(VISIT, psk=psk)
    most, peer = LONGEST[name], FOREIGN[name]
    config = lab_client(visit, foreign.certificate)
    expect = None if peer.echoes else 0
    with foreign.folder() as folder, peer.serve(asked, foreign.certificate, folder) as port:
        if most is not None and length > most:
            with pytest.raises(AlertReceived):
                connect(LOOPBACK, port, config, send=LINE, timeout=SECONDS)
            return
        report = connect(LOOPBACK, port, config, send=LINE, expect=expect, timeout=SECONDS)
        assert report.mode == "psk_dhe_ke"
    with foreign.folder() as folder, serving(lab_server(asked, foreign.certificate)) as running:
        peer.visit([visit], running.port, LINE, foreign.certificate, folder)
        outcome = running.wait_for(1, SECONDS)[0].outcome
        assert outcome is not None
        assert outcome.psk_identity == b"i" * length


def test_gnutls_serv_takes_our_early_data(foreign: ForeignBench) -> None:
    here("gnutls")
    port = free_port()
    command = ["gnutls-serv", "-p", str(port), "--priority", priority(SERVICE), "--echo"]
    command += ["--earlydata", "--maxearlydata=1000"]
    command += [f"--x509certfile={foreign.certificate.leaf}"]
    command += [f"--x509keyfile={foreign.certificate.key}"]
    with Child(command) as child:
        wait_for_port(port, child)
        config = lab_client(VISIT, foreign.certificate)
        first = connect(LOOPBACK, port, config, send=LINE, timeout=SECONDS)
        assert first.tickets[0].max_early_data_size == 1000
        early = replace(config, psks=first.tickets[:1], early_data=b"early words\n")
        report = connect(LOOPBACK, port, early, expect=0, timeout=SECONDS)
        assert (report.outcome.early_data, report.mode) == ("accepted", "psk_dhe_ke")


def test_our_server_takes_gnutls_cli_s_early_data(foreign: ForeignBench) -> None:
    here("gnutls")
    config = replace(
        lab_server(SERVICE, foreign.certificate),
        max_early_data_size=1000,
        anti_replay=NoAntiReplay(),
    )
    with foreign.folder() as folder, serving(config, limits=LIMITS) as running:
        (folder / "early").write_bytes(b"early words\n")
        command = ["gnutls-cli", "-p", str(running.port), LOOPBACK, "--priority", priority(VISIT)]
        command += [f"--x509cafile={foreign.certificate.ca}", "--verify-hostname=localhost"]
        command += ["--resume", "--waitresumption", f"--earlydata={folder / 'early'}"]
        with Child([*command, "--logfile", str(folder / "log")]) as child:
            child.write(LINE)
            assert child.wait_until(lambda out: LINE in out, SECONDS)
            assert child.stdout == b"early words\n" + LINE
        outcome = running.wait_for(2, SECONDS)[-1].outcome
    assert outcome is not None
    assert (outcome.early_data, outcome.mode) == ("accepted", "psk_dhe_ke")
