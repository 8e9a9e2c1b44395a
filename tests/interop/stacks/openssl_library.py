"""OpenSSL, client and server: the library, through ctypes. No process, and no ``openssl`` program.

The table of whole programs drives ``s_client`` and ``s_server``; what those have no option for is
here: identities of any length, KeyUpdates, padding, and both ends in this process.
"""

import ctypes
import ctypes.util
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_uint64, c_ulong, c_void_p
from typing import Any

from tests.interop.stacks.stack import (
    Certificate,
    Context,
    NotHere,
    PeerFailed,
    Psk,
    Role,
    Setup,
)

PEM, TLS13, UPDATE_REQUESTED = 1, 0x0304, 1
ALLOW_NO_DHE_KEX, NO_ANTI_REPLAY = 0x400, 1 << 24
SET_GROUPS_LIST, SET_LEAST_VERSION = 92, 123  # of SSL_CTX_ctrl
EARLY_ERROR, EARLY_SUCCESS, EARLY_FINISH = 0, 1, 2
EARLY_ACCEPTED, ZERO_RETURN = 2, 6
RECORD = 16384
CODES = {
    "TLS_AES_128_GCM_SHA256": b"\x13\x01",
    "TLS_AES_256_GCM_SHA384": b"\x13\x02",
    "TLS_CHACHA20_POLY1305_SHA256": b"\x13\x03",
}
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "X25519MLKEM768": "X25519MLKEM768"}
USE_PSK = ctypes.CFUNCTYPE(
    c_int, c_void_p, c_void_p, POINTER(c_void_p), POINTER(c_size_t), POINTER(c_void_p)
)
FIND_PSK = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t, POINTER(c_void_p))
POINTERS = (
    "SSL_CIPHER_find",
    "SSL_CTX_new",
    "SSL_SESSION_new",
    "SSL_get1_session",
    "SSL_new",
    "TLS_client_method",
    "TLS_server_method",
)


class OpenSSL:
    """The library of this machine, 3.0 or later."""

    name = "openssl"

    def __init__(self, certificate: Certificate) -> None:
        self._crypto, self._ssl = map(ctypes.CDLL, self.paths())
        if not hasattr(self._ssl, "SSL_get1_peer_certificate"):
            raise NotHere("libssl is older than OpenSSL 3")
        self._crypto.OpenSSL_version.restype = c_char_p
        banner: bytes = self._crypto.OpenSSL_version(0)
        self.version = banner.decode("ascii").split()[1]
        self.certificate = certificate

    def paths(self) -> tuple[str, str]:
        """Where libcrypto and libssl are; raises NotHere."""
        crypto, ssl = (ctypes.util.find_library(name) for name in ("crypto", "ssl"))
        if crypto is None or ssl is None:
            raise NotHere("there is no libssl (Debian: libssl3)")
        return crypto, ssl

    def call(self, name: str, *arguments: object, result: Any = c_int) -> Any:
        function = getattr(self._ssl, name)
        function.restype = c_void_p if name in POINTERS else result
        return function(*arguments)

    def check(self, name: str, *arguments: object) -> None:
        """Call a function that must say 1."""
        self.forget_errors()
        if self.call(name, *arguments) != 1:
            raise self.failure(name)

    def failure(self, doing: str) -> PeerFailed:
        self._crypto.ERR_get_error.restype = c_ulong
        self._crypto.ERR_reason_error_string.restype = c_char_p
        text: bytes | None = self._crypto.ERR_reason_error_string(
            c_ulong(self._crypto.ERR_get_error())
        )
        self._crypto.ERR_clear_error()
        return PeerFailed(f"OpenSSL, {doing}: {text.decode('ascii') if text else 'no reason'}")

    def forget_errors(self) -> None:
        """What went wrong so far is of no interest to the next connection."""
        self._crypto.ERR_clear_error()

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    def __init__(self, library: OpenSSL, role: Role, setup: Setup) -> None:
        self.library, self.setup = library, setup
        call, check = library.call, library.check
        method = c_void_p(call(f"TLS_{role}_method"))
        self.handle = c_void_p(call("SSL_CTX_new", method))
        check("SSL_CTX_ctrl", self.handle, SET_LEAST_VERSION, c_long(TLS13), None)
        check("SSL_CTX_set_ciphersuites", self.handle, setup.suite.encode("ascii"))
        groups = ":".join(GROUPS[group] for group in setup.groups).encode("ascii")
        check("SSL_CTX_ctrl", self.handle, SET_GROUPS_LIST, c_long(0), groups)
        if "psk_ke" in setup.modes:
            allowed = c_uint64(ALLOW_NO_DHE_KEX)
            call("SSL_CTX_set_options", self.handle, allowed, result=c_uint64)
        if setup.padding:
            check("SSL_CTX_set_block_padding", self.handle, c_size_t(setup.padding))
        self._keep: list[object] = []
        if setup.psk is not None:
            (self._client_psk if role == "client" else self._server_psk)(setup.psk)
        elif role == "server":
            files = library.certificate
            check("SSL_CTX_use_certificate_chain_file", self.handle, str(files.chain).encode())
            check("SSL_CTX_use_PrivateKey_file", self.handle, str(files.key).encode(), PEM)
        if role == "server":
            if setup.tickets is not None:
                check("SSL_CTX_set_num_tickets", self.handle, c_size_t(setup.tickets))
            check("SSL_CTX_set_max_early_data", self.handle, setup.early_data)
            # With it, a ticket is gone once it was seen, were it only in a ClientHello that is
            # answered with a HelloRetryRequest; test_early_data.py has it.
            off = c_uint64(NO_ANTI_REPLAY)
            call("SSL_CTX_set_options", self.handle, off, result=c_uint64)

    def _psk_session(self, ssl: int, psk: Psk) -> int:
        """OpenSSL's form of an external PSK: a session with the PSK for its secret."""
        call = self.library.call
        session: int = call("SSL_SESSION_new")
        cipher = c_void_p(call("SSL_CIPHER_find", c_void_p(ssl), CODES[self.setup.suite]))
        key = (c_void_p(session), psk.key, c_size_t(len(psk.key)))
        self.library.check("SSL_SESSION_set1_master_key", *key)
        self.library.check("SSL_SESSION_set_cipher", c_void_p(session), cipher)
        self.library.check("SSL_SESSION_set_protocol_version", c_void_p(session), TLS13)
        limit = self.setup.early_data
        self.library.check("SSL_SESSION_set_max_early_data", c_void_p(session), limit)
        return session

    def _client_psk(self, psk: Psk) -> None:
        name = ctypes.create_string_buffer(psk.identity, len(psk.identity))

        @USE_PSK
        def use(ssl: int, digest: int, identity: Any, length: Any, session: Any) -> int:
            identity[0], length[0] = ctypes.addressof(name), len(psk.identity)
            session[0] = self._psk_session(ssl, psk)
            return 1

        self._keep += [name, use]
        self.library.call("SSL_CTX_set_psk_use_session_callback", self.handle, use, result=None)

    def _server_psk(self, psk: Psk) -> None:
        @FIND_PSK
        def find(ssl: int, identity: int, length: int, session: Any) -> int:
            known = ctypes.string_at(identity, length) == psk.identity
            session[0] = self._psk_session(ssl, psk) if known else None
            return 1

        self._keep.append(find)
        self.library.call("SSL_CTX_set_psk_find_session_callback", self.handle, find, result=None)

    def _ssl(self, descriptor: int) -> c_void_p:
        ssl = c_void_p(self.library.call("SSL_new", self.handle))
        self.library.check("SSL_set_fd", ssl, descriptor)
        return ssl

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        ssl = self._ssl(descriptor)
        if isinstance(session, int):
            self.library.check("SSL_set_session", ssl, c_void_p(session))
        return _Talker(self.library, ssl, "SSL_connect", early, early_data=bool(early))

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        ssl = self._ssl(descriptor)
        if not early_data:
            self.library.check("SSL_set_max_early_data", ssl, 0)
        return _Talker(self.library, ssl, "SSL_accept", b"", early_data=early_data)

    def close(self) -> None:
        self.library.call("SSL_CTX_free", self.handle, result=None)


class _Talker:
    def __init__(
        self, library: OpenSSL, ssl: c_void_p, begin: str, to_send: bytes, *, early_data: bool
    ) -> None:
        self._library, self._ssl, self._begin = library, ssl, begin
        self._to_send, self._early_data = to_send, early_data
        self._buffer = ctypes.create_string_buffer(RECORD)
        self.early, self.early_accepted = b"", False

    def handshake(self) -> None:
        size = c_size_t()
        if self._to_send:
            data = (self._to_send, c_size_t(len(self._to_send)))
            self._library.check("SSL_write_early_data", self._ssl, *data, byref(size))
        elif self._early_data:
            self._read_early_data()
        self._library.check(self._begin, self._ssl)
        status = self._library.call("SSL_get_early_data_status", self._ssl)
        self.early_accepted = status == EARLY_ACCEPTED

    def _read_early_data(self) -> None:
        size, room = c_size_t(), c_size_t(len(self._buffer))
        while True:
            got = self._library.call(
                "SSL_read_early_data", self._ssl, self._buffer, room, byref(size)
            )
            if got == EARLY_ERROR:
                raise self._library.failure("early data")
            self.early += self._buffer.raw[: size.value]
            if got == EARLY_FINISH:
                return

    def send(self, data: bytes) -> None:
        size = c_size_t()
        self._library.check("SSL_write_ex", self._ssl, data, c_size_t(len(data)), byref(size))

    def receive(self) -> bytes:
        size, room = c_size_t(), c_size_t(len(self._buffer))
        got = self._library.call("SSL_read_ex", self._ssl, self._buffer, room, byref(size))
        if got == 1:
            return self._buffer.raw[: size.value]
        if self._library.call("SSL_get_error", self._ssl, got) == ZERO_RETURN:
            return b""
        raise self._library.failure("receiving")

    def update_keys(self) -> None:
        self._library.check("SSL_key_update", self._ssl, UPDATE_REQUESTED)

    def session(self) -> object:
        return self._library.call("SSL_get1_session", self._ssl)

    def close(self) -> None:
        if self._ssl:
            self._library.call("SSL_shutdown", self._ssl)
            self._library.forget_errors()
            self._library.call("SSL_free", self._ssl, result=None)
            self._ssl = c_void_p()
