"""tlslite-ng, client and server: pure Python, in process."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import tlslite
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import KeyUpdateMessageType
from tlslite.errors import BaseTLSException

from tests.interop.stacks.stack import (
    Certificate,
    Context,
    PeerFailed,
    Role,
    Setup,
    refuse,
)

CIPHERS = {
    "TLS_AES_128_GCM_SHA256": "aes128gcm",
    "TLS_AES_256_GCM_SHA384": "aes256gcm",
    "TLS_CHACHA20_POLY1305_SHA256": "chacha20-poly1305",
}


class TlsliteNg:
    """The one that is installed in this Python."""

    name = "tlslite"

    def __init__(self, certificate: Certificate) -> None:
        self.version = str(tlslite.__version__)
        self.chain = X509CertChain()
        self.chain.parsePemList(certificate.chain.read_text("ascii"))
        self.key = parsePEMKey(certificate.key.read_text("ascii"), private=True)

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    def __init__(self, library: TlsliteNg, role: Role, setup: Setup) -> None:
        if setup.early_data:  # as a server it passes over some, as `max_early_data` says
            refuse("tlslite-ng has no early data", "early", TLSConnection)
        self.library, self.setup = library, setup
        self.settings = settings = HandshakeSettings()
        settings.minVersion = settings.maxVersion = (3, 4)
        settings.versions = [(3, 4)]
        settings.cipherNames = [CIPHERS[setup.suite]]
        settings.eccCurves = list(setup.groups)
        settings.dhGroups = []
        settings.keyShares = [setup.groups[0]]
        settings.psk_modes = list(setup.modes)
        if setup.psk is not None:
            psk = setup.psk
            settings.pskConfigs = [(psk.identity, bytearray(psk.key), psk.hash_name)]
        if setup.padding:
            settings.padding_cb = self._padding
        if role == "server":
            settings.ticketKeys = [bytearray(os.urandom(32))]
            settings.ticket_count = 2 if setup.tickets is None else setup.tickets

    def _padding(self, length: int, content_type: int, room: int) -> int:
        """How many bytes of padding; the length counts the content's type in."""
        return min(-(length - 1) % self.setup.padding, room)

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        return _Talker(self, descriptor, session, client=True)

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        return _Talker(self, descriptor, None, client=False)

    def close(self) -> None:
        return


class _Talker:
    early, early_accepted = b"", False

    def __init__(
        self, context: _Context, descriptor: int, session: object | None, *, client: bool
    ) -> None:
        self._context, self._session, self._client = context, session, client
        self._plain = socket.socket(fileno=os.dup(descriptor))
        self._tls: Any = TLSConnection(self._plain)

    def _try(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        try:
            return call(*arguments, **named)
        except (BaseTLSException, OSError, ValueError) as error:
            raise PeerFailed(f"tlslite-ng: {type(error).__name__}: {error}") from error

    def handshake(self) -> None:
        settings, library = self._context.settings, self._context.library
        if self._client:
            options = {"settings": settings, "session": self._session}
            self._try(self._tls.handshakeClientCert, **options)
            return
        credential = {"certChain": library.chain, "privateKey": library.key}
        credential = {} if self._context.setup.psk else credential
        self._try(self._tls.handshakeServer, settings=settings, **credential)

    def send(self, data: bytes) -> None:
        self._try(self._tls.write, data)

    def receive(self) -> bytes:
        return bytes(self._try(self._tls.read, max=16384))

    def update_keys(self) -> None:
        requested = KeyUpdateMessageType.update_requested
        for _ in self._try(self._tls.send_keyupdate_request, requested):
            pass

    def session(self) -> object:
        return self._tls.session

    def close(self) -> None:
        with suppress(BaseTLSException, OSError, ValueError):
            self._tls.close()
        self._plain.close()
