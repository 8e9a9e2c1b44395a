"""tlslite-ng as a peer: in this process, a thread for the server's connections."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.errors import BaseTLSException

from tests.interop.peers import Client, PeerFailed, Visited
from tests.interop.scenarios import Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl import CertificateFiles

CIPHERS = {
    "TLS_AES_128_GCM_SHA256": "aes128gcm",
    "TLS_AES_256_GCM_SHA384": "aes256gcm",
    "TLS_CHACHA20_POLY1305_SHA256": "chacha20-poly1305",
}


def _settings(side: Service | Visit) -> Any:
    settings = HandshakeSettings()
    settings.minVersion = settings.maxVersion = (3, 4)
    settings.versions = [(3, 4)]
    settings.cipherNames = [CIPHERS[side.suite]]
    settings.eccCurves = list(side.groups)
    settings.dhGroups = []
    settings.keyShares = [side.groups[0]]
    settings.psk_modes = list(side.modes)
    if side.psk is not None:
        psk = side.psk
        settings.pskConfigs = [(psk.identity.encode("ascii"), bytearray(psk.key), psk.hash_name)]
    return settings


class TlslitePeer:
    """tlslite-ng, client and server."""

    name = "tlslite"

    def __init__(self, certificate: CertificateFiles) -> None:
        self._certificate = certificate

    @contextmanager
    def serve(self, service: Service) -> Iterator[int]:
        settings = _settings(service)
        settings.ticketKeys = [bytearray(range(32))]
        chain = key = None
        if service.psk is None:
            chain = _chain(self._certificate)
            key = parsePEMKey(self._certificate.key.read_text("ascii"), private=True)
        with socket.create_server((LOOPBACK, 0)) as listener:
            accepting = threading.Thread(
                target=_accept, args=(listener, chain, key, settings), daemon=True
            )
            accepting.start()
            port: int = listener.getsockname()[1]
            try:
                yield port
            finally:
                # A last, empty connection wakes the thread everywhere; closing a socket may not.
                listening = listener.getsockname()
                _stopping.add(listening[1])
                socket.create_connection(listening, SECONDS).close()
                accepting.join(SECONDS)
                _stopping.discard(listening[1])

    def client(self, directory: Path) -> Client:
        return _TlsliteClient(_chain(self._certificate))

    def answer(self, line: bytes) -> bytes:
        return line


_stopping: set[int] = set()


def _chain(certificate: CertificateFiles) -> Any:
    chain = X509CertChain()
    chain.parsePemList(certificate.leaf.read_text("ascii"))
    return chain


def _accept(listener: socket.socket, chain: Any, key: Any, settings: Any) -> None:
    port = listener.getsockname()[1]
    while True:
        accepted, _ = listener.accept()
        if port in _stopping:
            accepted.close()
            return
        threading.Thread(target=_echo, args=(accepted, chain, key, settings), daemon=True).start()


def _echo(accepted: socket.socket, chain: Any, key: Any, settings: Any) -> None:
    with accepted:
        accepted.settimeout(SECONDS)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = TLSConnection(accepted)
        try:
            connection.handshakeServer(certChain=chain, privateKey=key, settings=settings)
            while data := connection.read(max=4096):
                connection.write(data)
            connection.close()
        except (BaseTLSException, OSError, ValueError):
            return  # the client sees the alert or the closed connection, and reports it


class _TlsliteClient:
    def __init__(self, expected: Any) -> None:
        self._expected = expected
        self._session: Any = None

    def visit(self, visit: Visit, port: int, line: bytes) -> Visited:
        try:
            with socket.create_connection((LOOPBACK, port), SECONDS) as plain:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._talk(TLSConnection(plain), visit, line)
        except (BaseTLSException, OSError, ValueError) as error:
            raise PeerFailed(f"tlslite-ng: {type(error).__name__}: {error}") from error

    def _talk(self, connection: Any, visit: Visit, line: bytes) -> Visited:
        session = self._session if visit.resume else None
        connection.handshakeClientCert(settings=_settings(visit), session=session)
        shown = connection.session.serverCertChain
        if visit.psk is None and not visit.resume and shown != self._expected:
            raise PeerFailed("tlslite-ng: the server showed another certificate")
        connection.write(line)
        received = bytes(connection.read(max=len(line), min=len(line)))
        if visit.save:
            self._session = connection.session
        connection.close()
        return Visited(received)
