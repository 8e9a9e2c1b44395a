"""Python's own ssl module, which is OpenSSL inside: in this process, a thread for its server."""

import platform
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.interop.peers import PeerFailed
from tests.interop.scenarios import Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers.openssl import Certificate

ALLOW_NO_DHE_KEX = 0x400
"""An option of OpenSSL's for which the module has no name."""
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1"}


class PythonPeer:
    """Both roles. It cannot choose the suites of TLS 1.3, so the lab does."""

    name, echoes = "python", True

    def version(self) -> str:
        return f"{platform.python_version()} (OpenSSL {ssl.OPENSSL_VERSION.split()[1]})"

    @contextmanager
    def serve(self, service: Service, certificate: Certificate, folder: Path) -> Iterator[int]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(certificate.leaf, certificate.key)
        context.set_ecdh_curve(CURVES[service.groups[0]])
        if "psk_ke" in service.modes:
            context.options |= ALLOW_NO_DHE_KEX
        with socket.create_server((LOOPBACK, 0)) as listener:
            thread = threading.Thread(target=_accept, args=(listener, context), daemon=True)
            thread.start()
            yield listener.getsockname()[1]
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(SECONDS)

    def visit(
        self,
        visits: Sequence[Visit],
        port: int,
        line: bytes,
        certificate: Certificate,
        folder: Path,
    ) -> bytes:
        context = ssl.create_default_context(cafile=str(certificate.ca))
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        if len(visits[-1].groups) == 1:
            context.set_ecdh_curve(CURVES[visits[-1].groups[0]])
        session, received = None, b""
        try:
            for _ in visits:
                with (
                    socket.create_connection((LOOPBACK, port), SECONDS) as plain,
                    context.wrap_socket(
                        plain, server_hostname="localhost", session=session
                    ) as secure,
                ):
                    secure.sendall(line)
                    received = b""
                    while len(received) < len(line) and (more := secure.recv(4096)):
                        received += more
                    session = secure.session
        except (OSError, ValueError) as error:
            raise PeerFailed(f"Python's ssl: {error}") from error
        return received


def _accept(listener: socket.socket, context: ssl.SSLContext) -> None:
    with suppress(OSError):
        while True:
            accepted, _ = listener.accept()
            threading.Thread(target=_echo, args=(accepted, context), daemon=True).start()


def _echo(accepted: socket.socket, context: ssl.SSLContext) -> None:
    accepted.settimeout(SECONDS)
    with suppress(OSError), accepted, context.wrap_socket(accepted, server_side=True) as secure:
        while data := secure.recv(65536):
            secure.sendall(data)
