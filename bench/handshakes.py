"""Handshakes per second, client and server in one process: this lab, tlslite-ng, Python's ssl.

All three use secp256r1, TLS_AES_128_GCM_SHA256 and an ECDSA P-256 certificate, and certificates are
verified by all but tlslite-ng, which leaves that to its caller. What cannot be the same is said in
:data:`NOTES`. The time is the process's CPU time, so a busy machine disturbs it less; the rounds of
the contestants alternate, and each one's best round counts.
"""

import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tls13lab.crypto.certificates import Credential, TrustRoots, self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.wire.codepoints import CipherSuite, NamedGroup
from tls13lab.wire.names import PSK_MODES, Mode, PskMode

ROUNDS, HANDSHAKES = 5, 40
NOTES = (
    "Python's ssl is OpenSSL in C; before Python 3.13 it cannot use external PSKs, so its row is "
    "a resumption (psk_dhe_ke, one ticket).",
    "tlslite-ng is Python with its own big-integer arithmetic; gmpy2 would make it faster.",
)


@dataclass(frozen=True)
class Contest:
    """One kind of handshake, and who can do it: name -> a function that does one."""

    mode: Mode
    contestants: dict[str, Callable[[], None]]


def contests() -> Iterator[Contest]:
    """psk_ke, psk_dhe_ke and full."""
    now_ms = int(time.time() * 1000)
    credential = self_signed("localhost", now_ms, seeded("bench"))
    stdlib = _PythonSsl(credential)
    for mode in PSK_MODES:
        ours, theirs = _lab_psk(mode), _tlslite(mode, credential)
        contestants = {"tls13lab": ours, "tlslite-ng": theirs}
        if mode == "psk_dhe_ke":
            contestants["Python ssl"] = stdlib.resumed
        yield Contest(mode, contestants)
    yield Contest(
        "full",
        {
            "tls13lab": _lab_full(credential, now_ms),
            "tlslite-ng": _tlslite("full", credential),
            "Python ssl": stdlib.full,
        },
    )


def rates(contest: Contest) -> dict[str, float]:
    """Handshakes per second of CPU time, each contestant's best of the rounds."""
    best = dict.fromkeys(contest.contestants, 0.0)
    for one in contest.contestants.values():
        one()
    for _ in range(ROUNDS):
        for name, one in contest.contestants.items():
            began = time.process_time()
            for _ in range(HANDSHAKES):
                one()
            best[name] = max(best[name], HANDSHAKES / (time.process_time() - began))
    return best


def _lab(client: ClientConfig, server: ServerConfig, now_ms: int) -> Callable[[], None]:
    suites = (CipherSuite.TLS_AES_128_GCM_SHA256,)
    client = replace(client, groups=(NamedGroup.SECP256R1,), suites=suites)
    server = replace(server, suites=suites)

    def one() -> None:
        pair = Pair(client, server, now_ms=now_ms, traced=False)
        pair.pump()
        if not (pair.client.connected and pair.server.connected):
            raise RuntimeError("the handshake did not complete")

    return one


def _lab_psk(mode: PskMode) -> Callable[[], None]:
    return _lab(*lesson_configs(mode), now_ms=0)


def _lab_full(credential: Credential, now_ms: int) -> Callable[[], None]:
    client = ClientConfig(trust=TrustRoots(credential.chain), server_name="localhost")
    return _lab(client, ServerConfig(credential=credential), now_ms)


def _pem(credential: Credential) -> tuple[bytes, bytes]:
    certificate = x509.load_der_x509_certificate(credential.chain[0]).public_bytes(Encoding.PEM)
    key = credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate, key


def _tlslite(mode: Mode, credential: Credential) -> Callable[[], None]:
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 4)
    settings.eccCurves = settings.keyShares = ["secp256r1"]
    settings.cipherNames = ["aes128gcm"]
    settings.ticket_count = 0
    offered: dict[str, object] = {}
    if mode == "full":
        certificate, key = (part.decode() for part in _pem(credential))
        chain = X509CertChain()
        chain.parsePemList(certificate)
        offered = {"certChain": chain, "privateKey": parsePEMKey(key, private=True)}
    else:
        settings.psk_modes = [mode]
        identity, key_bytes = bytearray(LESSON_PSK.identity), bytearray(LESSON_PSK.key)
        settings.pskConfigs = [(identity, key_bytes, "sha256")]

    def one() -> None:
        left, right = socket.socketpair()
        with left, right:
            left.setblocking(False)
            right.setblocking(False)
            client = TLSConnection(left).handshakeClientCert(settings=settings, async_=True)
            server = TLSConnection(right).handshakeServerAsync(settings=settings, **offered)
            running = [client, server]
            while running:
                # Each goes on until it waits for the other.
                running = [side for side in running if _until_blocked(side)]

    return one


def _until_blocked(handshake: Iterator[int]) -> bool:
    return next(handshake, None) is not None


class _PythonSsl:
    """Python's ssl over memory buffers."""

    def __init__(self, credential: Credential) -> None:
        certificate, key = _pem(credential)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "server.pem")
            path.write_bytes(certificate + key)
            self._server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._server.load_cert_chain(path)
        self._client = ssl.create_default_context(cadata=certificate.decode())
        for context in (self._server, self._client):
            context.minimum_version = ssl.TLSVersion.TLSv1_3
            context.set_ecdh_curve("prime256v1")
        self._session: ssl.SSLSession | None = None
        self._session = self._handshake(None, read=True)

    def full(self) -> None:
        """With a certificate."""
        self._handshake(None)

    def resumed(self) -> None:
        """With a ticket."""
        self._handshake(self._session)

    def _handshake(
        self, session: ssl.SSLSession | None, *, read: bool = False
    ) -> ssl.SSLSession | None:
        to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self._client.wrap_bio(
            to_client, to_server, server_hostname="localhost", session=session
        )
        server = self._server.wrap_bio(to_server, to_client, server_side=True)
        waiting: list[ssl.SSLObject] = [client, server]
        while waiting:
            waiting = [side for side in waiting if not _advance(side)]
        if session is not None and not client.session_reused:
            raise RuntimeError("the session was not resumed")
        if read:
            server.write(b"x")
            client.read(1)
        return client.session


def _advance(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True
