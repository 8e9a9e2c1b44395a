"""Python's ``ssl``, client and server: the OpenSSL that this Python was built with, in process.

Until 3.13 it has no external PSKs, and no version has early data or KeyUpdate. Its groups are those
that OpenSSL takes by default, which can be reduced to one.
"""

import os
import platform
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from tests.interop.stacks.stack import (
    Certificate,
    Context,
    NoSuchCall,
    PeerFailed,
    Role,
    Setup,
    refuse,
)

ALLOW_NO_DHE_KEX = 0x400  # SSL_OP_ALLOW_NO_DHE_KEX, which ssl does not name
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "X25519MLKEM768": "X25519MLKEM768"}


class PythonSSL:
    """The standard library's."""

    name = "python-ssl"

    def __init__(self, certificate: Certificate) -> None:
        self.version = f"{platform.python_version()} with {ssl.OPENSSL_VERSION}"
        self.certificate = certificate

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    def __init__(self, library: PythonSSL, role: Role, setup: Setup) -> None:
        files = library.certificate
        self._tls = tls = ssl.SSLContext(
            ssl.PROTOCOL_TLS_CLIENT if role == "client" else ssl.PROTOCOL_TLS_SERVER
        )
        tls.minimum_version = ssl.TLSVersion.TLSv1_3
        names = (ssl.SSLContext, ssl.SSLSocket, ssl.SSLObject)
        if setup.early_data:
            refuse("Python's ssl has no early data", "early", *names)
        if setup.update_keys:
            refuse("Python's ssl has no call that updates keys", "key_update", *names)
        if setup.padding:
            refuse("Python's ssl has no call that pads records", "padding", *names)
        if "psk_ke" in setup.modes:
            tls.options |= ALLOW_NO_DHE_KEX
        if setup.psk is not None:
            self._set_psk(role, setup)
        elif role == "client":
            tls.load_verify_locations(files.chain)
        else:
            tls.load_cert_chain(files.chain, files.key)
        if setup.tickets is not None:
            tls.num_tickets = setup.tickets
        self._set_groups(setup)

    def _set_groups(self, setup: Setup) -> None:
        if len(setup.groups) == 1:
            try:
                self._tls.set_ecdh_curve(CURVES[setup.groups[0]])
            except (ValueError, ssl.SSLError) as error:
                raise PeerFailed(f"Python's ssl, set_ecdh_curve: {error}") from error
        # Otherwise it is OpenSSL's own list, with the first share in x25519.

    def _set_psk(self, role: Role, setup: Setup) -> None:
        psk, tls = setup.psk, self._tls
        assert psk is not None
        call = getattr(tls, f"set_psk_{role}_callback", None)
        if call is None:
            raise NoSuchCall("this Python's ssl has no external PSKs")
        name = psk.identity.decode("ascii")
        if role == "client":
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
            call(lambda _hint: (name, psk.key))
        else:
            call(lambda asked: psk.key if asked == name else b"")

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        plain = socket.socket(fileno=os.dup(descriptor))
        return _Talker(
            self._tls.wrap_socket(
                plain,
                server_hostname="localhost",
                do_handshake_on_connect=False,
                session=session if isinstance(session, ssl.SSLSession) else None,
            )
        )

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        plain = socket.socket(fileno=os.dup(descriptor))
        return _Talker(
            self._tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        )

    def close(self) -> None:
        return


class _Talker:
    early, early_accepted = b"", False

    def __init__(self, tls: ssl.SSLSocket) -> None:
        self._tls = tls

    def handshake(self) -> None:
        self._try(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        self._try(self._tls.sendall, data)

    def receive(self) -> bytes:
        return bytes(self._try(self._tls.recv, 65536))

    def _try(self, call: Callable[..., Any], *arguments: object) -> Any:
        try:
            return call(*arguments)
        except OSError as error:  # ssl.SSLError is one
            raise PeerFailed(f"Python's ssl: {error}") from error

    def update_keys(self) -> None:
        raise NoSuchCall("Python's ssl has no call that updates keys")

    def session(self) -> object:
        return self._tls.session

    def close(self) -> None:
        with suppress(OSError, ValueError):
            self._tls.unwrap()
        self._tls.close()
