"""BoringSSL, client and server: the library that Debian packs for Android, through ctypes.

It has no external PSKs for TLS 1.3, and its suites cannot be chosen. A client's extensions come in
another order each time, as Chrome's do.
"""

import ctypes
import subprocess
from ctypes import c_char_p, c_int, c_size_t, c_uint, c_void_p
from pathlib import Path
from typing import Any

from tests.interop.stacks.stack import (
    Certificate,
    Context,
    NoSuchCall,
    NotHere,
    PeerFailed,
    Role,
    Setup,
)

PACKAGE = "android-libboringssl"
PEM, TLS13, CACHE_CLIENT, UPDATE_REQUESTED = 1, 0x0304, 1, 1
ZERO_RETURN, EARLY_DATA_REJECTED = 6, 15
RECORD = 16384
CURVES = {"x25519": "X25519", "secp256r1": "P-256", "X25519MLKEM768": "X25519MLKEM768"}
NEW_SESSION = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p)
POINTERS = ("SSL_CTX_new", "SSL_new", "TLS_method")


class BoringSSL:
    """The library of this machine."""

    name = "boringssl"

    def __init__(self, certificate: Certificate) -> None:
        # Not under the names that the linker looks for: there they would be OpenSSL's.
        found = sorted(Path("/usr/lib").glob("*/android/libssl.so.0"))
        if not found:
            raise NotHere(f"there is no BoringSSL (Debian: {PACKAGE})")
        self._c = ctypes.CDLL(str(found[0]))
        self.certificate = certificate
        # It has no version of its own.
        asked = ["dpkg-query", "--show", "--showformat=${Version}", PACKAGE]
        self.version = subprocess.run(asked, capture_output=True, text=True, check=False).stdout

    def call(self, name: str, *arguments: object, result: Any = c_int) -> Any:
        """Call the function; :class:`NoSuchCall` if the library does not have it."""
        function = getattr(self._c, name, None)
        if function is None:
            raise NoSuchCall(f"BoringSSL has no {name}")
        function.restype = c_void_p if name in POINTERS else result
        return function(*arguments)

    def check(self, name: str, *arguments: object) -> None:
        """Call a function that must say 1."""
        self.forget_errors()
        if self.call(name, *arguments) != 1:
            raise self.failure(name)

    def failure(self, doing: str) -> PeerFailed:
        code = self.call("ERR_get_error", result=c_uint)
        text: bytes | None = self.call("ERR_reason_error_string", c_uint(code), result=c_char_p)
        self.call("ERR_clear_error", result=None)
        return PeerFailed(f"BoringSSL, {doing}: {text.decode('ascii') if text else 'no reason'}")

    def forget_errors(self) -> None:
        """What went wrong so far is of no interest to the next connection."""
        self.call("ERR_clear_error", result=None)

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    def __init__(self, library: BoringSSL, role: Role, setup: Setup) -> None:
        self.library, self.setup = library, setup
        call, check = library.call, library.check
        if setup.padding:
            raise NoSuchCall("BoringSSL has no call that pads records")
        self.handle = c_void_p(call("SSL_CTX_new", c_void_p(call("TLS_method"))))
        self.newest: dict[int, int] = {}  # connection -> session
        if setup.psk is not None:
            call(f"SSL_CTX_set_psk_{'use' if role == 'client' else 'find'}_session_callback")
        check("SSL_CTX_set_min_proto_version", self.handle, ctypes.c_ushort(TLS13))
        curves = ":".join(CURVES[group] for group in setup.groups).encode("ascii")
        check("SSL_CTX_set1_curves_list", self.handle, curves)
        if role == "client":
            self._make_client()
        else:
            files = library.certificate
            check("SSL_CTX_use_certificate_chain_file", self.handle, str(files.chain).encode())
            check("SSL_CTX_use_PrivateKey_file", self.handle, str(files.key).encode(), PEM)
            if setup.tickets is not None:
                check("SSL_CTX_set_num_tickets", self.handle, c_size_t(setup.tickets))

    def _make_client(self) -> None:
        call = self.library.call
        call("SSL_CTX_set_permute_extensions", self.handle, 1, result=None)
        call("SSL_CTX_set_session_cache_mode", self.handle, CACHE_CLIENT)

        @NEW_SESSION
        def keep(ssl: int, session: int) -> int:
            self.newest[ssl] = session
            return 1  # it is ours now

        self._keep = keep
        call("SSL_CTX_sess_set_new_cb", self.handle, keep, result=None)

    def _ssl(self, descriptor: int, *, early_data: bool) -> c_void_p:
        ssl = c_void_p(self.library.call("SSL_new", self.handle))
        self.library.check("SSL_set_fd", ssl, descriptor)
        self.library.call("SSL_set_early_data_enabled", ssl, int(early_data), result=None)
        return ssl

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        ssl = self._ssl(descriptor, early_data=bool(early))
        if isinstance(session, int):
            self.library.check("SSL_set_session", ssl, c_void_p(session))
        return _Talker(self, ssl, "SSL_connect", early)

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        return _Talker(self, self._ssl(descriptor, early_data=early_data), "SSL_accept", b"")

    def close(self) -> None:
        self.library.call("SSL_CTX_free", self.handle, result=None)


class _Talker:
    def __init__(self, context: _Context, ssl: c_void_p, begin: str, to_send: bytes) -> None:
        self._context, self._library = context, context.library
        self._ssl, self._begin, self._to_send = ssl, begin, to_send
        self._buffer = ctypes.create_string_buffer(RECORD)
        # As a server, early data comes out of receive().
        self.early, self.early_accepted = b"", False

    def handshake(self) -> None:
        """With early data a client's first call returns as soon as that can be sent."""
        self._library.check(self._begin, self._ssl)
        if not self._to_send:
            return
        if self._library.call("SSL_in_early_data", self._ssl):
            self.send(self._to_send)
        done = self._library.call("SSL_do_handshake", self._ssl)
        if done != 1:
            if self._library.call("SSL_get_error", self._ssl, done) != EARLY_DATA_REJECTED:
                raise self._library.failure("handshake")
            self._library.call("SSL_reset_early_data_reject", self._ssl, result=None)
            self._library.check("SSL_do_handshake", self._ssl)
        self.early_accepted = bool(self._library.call("SSL_early_data_accepted", self._ssl))

    def send(self, data: bytes) -> None:
        if self._library.call("SSL_write", self._ssl, data, len(data)) != len(data):
            raise self._library.failure("sending")

    def receive(self) -> bytes:
        got = self._library.call("SSL_read", self._ssl, self._buffer, len(self._buffer))
        if got > 0:
            return self._buffer.raw[:got]
        if self._library.call("SSL_get_error", self._ssl, got) == ZERO_RETURN:
            return b""
        raise self._library.failure("receiving")

    def update_keys(self) -> None:
        self._library.check("SSL_key_update", self._ssl, UPDATE_REQUESTED)

    def session(self) -> object:
        return self._context.newest.get(self._ssl.value or 0)

    def close(self) -> None:
        if self._ssl:
            self._library.call("SSL_shutdown", self._ssl)
            self._library.forget_errors()
            self._library.call("SSL_free", self._ssl, result=None)
            self._ssl = c_void_p()
