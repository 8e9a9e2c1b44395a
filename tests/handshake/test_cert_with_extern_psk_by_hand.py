"""The handshake with certificate and PSK, worked out a second time, with nothing of the package.

From the recorded bytes, the PSK and the client's private key: each field of the hellos, the binder,
the key schedule, both Finished, the certificate's signature, the application data. Only hashlib,
hmac and pyca/cryptography are used, and the schedule is written down from RFC 9846 7.1. Wireshark
then reads the same bytes as a second stranger.
"""

import hashlib
import hmac
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from tests.conftest import require_tool
from tls13lab.capture.keylog import lines
from tls13lab.capture.writer import CaptureWriter
from tls13lab.evidence.scripted import talk
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs

# Numbers, written down from the registries and not from the package.
SERVER_NAME, GROUPS, ALGORITHMS, BOTH, PSK, VERSIONS, MODES, SHARE = 0, 10, 13, 33, 41, 43, 45, 51
KEY = bytes(range(32))


@pytest.fixture(scope="module")
def pair() -> Pair:
    return talk(*lesson_configs("cert_with_extern_psk"), "by hand")


def bytes_of(pair: Pair, sender: str) -> bytes:
    return b"".join(one.wire for one in pair.conversation().steps if one.sender == sender)


# Reading -----------------------------------------------------------------------------------------


def records(stream: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Type, header, body; without change_cipher_spec."""
    while stream:
        size = int.from_bytes(stream[3:5], "big")
        header, body, stream = stream[:5], stream[5 : 5 + size], stream[5 + size :]
        if header[0] != 20:
            yield header[0], header, body


def blocks(data: bytes, width: int) -> Iterator[bytes]:
    """Items behind lengths of ``width`` bytes."""
    while data:
        end = width + int.from_bytes(data[:width], "big")
        yield data[width:end]
        data = data[end:]


def extensions(message: bytes) -> dict[int, bytes]:
    """Of a ClientHello or a ServerHello, in their order; checks what comes before them."""
    assert int.from_bytes(message[1:4], "big") == len(message) - 4
    assert message[4:6] == b"\x03\x03"
    at = 38 + 1 + message[38]
    if message[0] == 1:
        at += 2 + int.from_bytes(message[at : at + 2], "big")
        assert message[at : at + 2] == b"\x01\x00"
        at += 2
    else:
        assert message[at : at + 3] == b"\x13\x01\x00"
        at += 3
    block = message[at + 2 :]
    assert int.from_bytes(message[at : at + 2], "big") == len(block)
    found = {}
    while block:
        kind, size = int.from_bytes(block[:2], "big"), int.from_bytes(block[2:4], "big")
        assert kind not in found
        found[kind], block = block[4 : 4 + size], block[4 + size :]
    return found


# RFC 9846 7.1, for SHA-256 -----------------------------------------------------------------------


def digest(*messages: bytes) -> bytes:
    return hashlib.sha256(b"".join(messages)).digest()


def extract(salt: bytes, secret: bytes) -> bytes:
    return hmac.digest(salt, secret, "sha256")


def expand(secret: bytes, label: str, context: bytes, length: int = 32) -> bytes:
    name = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + bytes([len(context)]) + context
    return hmac.digest(secret, info + b"\x01", "sha256")[:length]


def mac(secret: bytes, transcript: bytes) -> bytes:
    return hmac.digest(expand(secret, "finished", b""), transcript, "sha256")


class Opener:
    """One direction under one traffic secret: AES-128-GCM."""

    def __init__(self, secret: bytes) -> None:
        self.aead = AESGCM(expand(secret, "key", b"", 16))
        self.iv, self.number = int.from_bytes(expand(secret, "iv", b"", 12), "big"), 0

    def open(self, header: bytes, body: bytes) -> tuple[int, bytes]:
        nonce = (self.iv ^ self.number).to_bytes(12, "big")
        self.number += 1
        inner = self.aead.decrypt(nonce, body, header).rstrip(b"\x00")
        return inner[-1], inner[:-1]


class ByHand:
    """Everything, from the bytes."""

    def __init__(self, pair: Pair, psk: bytes = KEY) -> None:
        self.client = list(records(bytes_of(pair, "client")))
        self.server = list(records(bytes_of(pair, "server")))
        self.client_hello, self.server_hello = self.client.pop(0)[2], self.server.pop(0)[2]
        self.asked, self.told = extensions(self.client_hello), extensions(self.server_hello)
        self.early = extract(bytes(32), psk)
        private = X25519PrivateKey.from_private_bytes(pair.conversation().secrets["client_ecdhe"])
        shared = private.exchange(X25519PublicKey.from_public_bytes(self.told[SHARE][4:]))
        self.handshake = extract(expand(self.early, "derived", digest()), shared)
        self.main = extract(expand(self.handshake, "derived", digest()), bytes(32))
        hellos = digest(self.client_hello, self.server_hello)
        self.from_client = expand(self.handshake, "c hs traffic", hellos)
        self.from_server = expand(self.handshake, "s hs traffic", hellos)

    def flight(self, of: list[tuple[int, bytes, bytes]], secret: bytes) -> list[bytes]:
        """The handshake messages up to Finished; takes their records away."""
        opener, found = Opener(secret), list[bytes]()
        while not found or found[-1][0] != 20:
            kind, header, body = of.pop(0)
            inner, content = opener.open(header, body)
            assert (kind, inner) == (23, 22)
            while content:
                end = 4 + int.from_bytes(content[1:4], "big")
                found.append(content[:end])
                content = content[end:]
        return found


def test_each_field_of_the_hellos(pair: Pair) -> None:
    seen = ByHand(pair)
    wanted = [SERVER_NAME, GROUPS, ALGORITHMS, VERSIONS, MODES, BOTH, SHARE, PSK]
    assert list(seen.asked) == wanted
    assert seen.asked[BOTH] == seen.told[BOTH] == b""
    assert seen.asked[MODES] == b"\x01\x01"
    assert seen.asked[VERSIONS] == b"\x02\x03\x04"
    assert seen.asked[SHARE][2:6] == b"\x00\x1d\x00\x20"
    assert seen.asked[PSK][: 2 + 2 + 3 + 4] == b"\x00\x09\x00\x03lab" + bytes(4)
    assert sorted(seen.told) == sorted([BOTH, VERSIONS, SHARE, PSK])
    assert (seen.told[PSK], seen.told[VERSIONS]) == (b"\x00\x00", b"\x03\x04")


def test_the_binder(pair: Pair) -> None:
    hello = ByHand(pair).client_hello
    binder_key = expand(extract(bytes(32), KEY), "ext binder", digest())
    assert hello[-35:-32] == b"\x00\x21\x20"
    assert mac(binder_key, digest(hello[:-35])) == hello[-32:]


def test_the_server_s_flight_and_the_rest(pair: Pair) -> None:
    seen = ByHand(pair)
    hellos = (seen.client_hello, seen.server_hello)
    flight = seen.flight(seen.server, seen.from_server)
    assert [one[0] for one in flight] == [8, 11, 15, 20]
    extra, certificate, verify, finished = flight
    # The certificate, and its key's signature over the transcript up to it.
    assert certificate[4] == 0
    assert int.from_bytes(certificate[5:8], "big") == len(certificate) - 8
    (der,) = blocks(certificate[8:-2], 3)
    assert certificate[-2:] == b"\x00\x00"
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert verify[4:6] == b"\x04\x03"
    signed = b" " * 64 + b"TLS 1.3, server CertificateVerify\x00"
    signed += digest(*hellos, extra, certificate)
    key.verify(verify[8:], signed, ec.ECDSA(SHA256()))
    # Both Finished.
    assert finished[4:] == mac(seen.from_server, digest(*hellos, extra, certificate, verify))
    (answer,) = seen.flight(seen.client, seen.from_client)
    assert answer[4:] == mac(seen.from_client, digest(*hellos, *flight))
    # The application data.
    for of, label, words in (
        (seen.client, "c ap traffic", b"client's words"),
        (seen.server, "s ap traffic", b"server's words"),
    ):
        opener = Opener(expand(seen.main, label, digest(*hellos, *flight)))
        opened = [opener.open(header, body) for _, header, body in of]
        assert [content for kind, content in opened if kind == 23] == [words]


def test_with_the_wrong_psk_nothing_opens(pair: Pair) -> None:
    """So it is the PSK that does it: the certificate and the shares are the right ones."""
    seen = ByHand(pair, bytes(32))
    with pytest.raises(InvalidTag):
        seen.flight(seen.server, seen.from_server)


def test_wireshark_knows_the_extension_and_sees_the_certificate(pair: Pair, tmp_path: Path) -> None:
    capture, keylog = tmp_path / "both.pcapng", tmp_path / "keys"
    writer = CaptureWriter(capture, lambda: 0.0)
    writer.open(1, ("127.0.0.1", 40000), ("127.0.0.1", 4433))
    for one in pair.conversation().steps:
        writer.add(1, one.sender, one.wire)
    writer.end(1)
    writer.close()
    random = pair.client.client_random
    keylog.write_text("\n".join(lines(random, pair.client.secrets)) + "\n")
    fields = ("tls.handshake.type", "tls.handshake.extension.type")
    options = ["-o", f"tls.keylog_file:{keylog}", "-Y", "tls.handshake", "-T", "fields"]
    options += [one for field in fields for one in ("-e", field)]
    done = subprocess.run(
        [require_tool("tshark"), "-r", str(capture), "-d", "tcp.port==4433,tls", *options],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    seen = [line.split("\t") for line in done.stdout.splitlines()]
    assert "33" in seen[0][1].split(",")
    assert "33" in seen[1][1].split(",")
    kinds = [kind for line in seen for kind in line[0].split(",")]
    assert kinds[:7] == ["1", "2", "8", "11", "15", "20", "20"]


def test_the_psk_is_the_lessons(pair: Pair) -> None:
    assert LESSON_PSK.key == KEY
