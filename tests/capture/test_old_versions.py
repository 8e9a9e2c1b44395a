"""TLS 1.2: what is sealed is shown as sealed, also without the server's side. RFC 5246."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tls13lab.capture.decrypt import Read
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord, recording_of
from tls13lab.capture.versions import is_sealed
from tls13lab.capture.writer import CaptureWriter
from tls13lab.cli.app import cli
from tls13lab.pictures.inspection import header_of, inspect
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import Side

TLS12 = Path(__file__).parents[1] / "captures" / "odd" / "tls12.pcapng"
Wire = list[tuple[Side, bytes]]


def tls12() -> Wire:
    return [
        (item.sender, item.wire) for item in read_capture(TLS12) if isinstance(item, CapturedRecord)
    ]


def of_client(*, abbreviated: bool) -> Wire:
    """Only the client's records; in an abbreviated handshake, it sends no ClientKeyExchange."""
    found = [(sender, wire) for sender, wire in tls12() if sender == "client"]
    return [one for one in found if not abbreviated or one[1][5] != 16]


def capture(folder: Path, wire: Wire) -> str:
    path = folder / "old.pcap"
    writer = CaptureWriter(path, now=lambda: 1.0)
    writer.open(1, ("192.0.2.1", 50_001), ("192.0.2.2", 443))
    for sender, data in wire:
        writer.add(1, sender, data)
    writer.close()
    return str(path)


def test_what_the_summary_counts_as_protected_is_shown_as_ciphertext() -> None:
    (connection,) = inspect(recording_of(tls12()))
    sealed = [
        (record.number, field.meaning, field.section)
        for record in connection.records
        for field in record.fields
        if field.field == "ciphertext"
    ]
    assert [number for number, _, _ in sealed] == [8, 11, 12, 13]
    assert connection.summary.protected == 4
    assert all("does not open" in meaning for _, meaning, _ in sealed)
    assert {section for _, _, section in sealed} == {"RFC 5246 section 6.2.3"}


@pytest.mark.parametrize(
    ("version", "says", "section"),
    [(0x0303, "does not open", "RFC 5246"), (0x0304, "real type", "5.2"), (0, "real type", "5.2")],
)
def test_application_data_is_explained_by_its_version(
    version: int, says: str, section: str
) -> None:
    wire = frame(ContentType.APPLICATION_DATA, bytes(40))
    record = CapturedRecord(1, "client", wire)
    fields = header_of(Read(record, "", ContentType.APPLICATION_DATA, None, version=version))
    assert says in fields[-1].meaning
    assert fields[-1].section.startswith(section)


@pytest.mark.parametrize("abbreviated", [True, False])
def test_the_client_s_side_alone_shows_the_version(tmp_path: Path, abbreviated: bool) -> None:
    path = capture(tmp_path, of_client(abbreviated=abbreviated))
    told = CliRunner().invoke(cli, ["inspect", path])
    assert "TLS 1.2: only the hellos are decoded" in told.stdout
    assert "0 of 2" in told.stdout
    assert "wrong:" not in told.stdout
    broken = CliRunner().invoke(cli, ["break", path, "--leak", "psk=00112233"])
    lines = broken.stdout.splitlines()
    assert lines[0].endswith(", not TLS 1.3: unknown")
    assert lines[1] == (
        "  incomplete: from the client: this connection speaks TLS 1.2, and not TLS 1.3"
    )


def test_after_change_cipher_spec_only_a_hello_is_in_the_clear() -> None:
    hello = next(wire for sender, wire in tls12() if sender == "client")[5:]
    assert not is_sealed(hello)  # the second ClientHello, after a HelloRetryRequest
    assert not is_sealed(b"")
    assert is_sealed(bytes(40))  # an explicit nonce of 0 looks like a HelloRequest
    assert is_sealed(b"\x01" + b"\xff" * 39)
