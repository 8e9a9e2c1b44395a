"""wolfSSL, client and server: the library itself, through ctypes. No process, no compiler.

It hands identities around as C strings: without zero bytes, and no longer than its own buffer.
``TLS13LAB_WOLFSSL`` may name another library than the machine's, a newer one for instance.
"""

import ctypes
import ctypes.util
import os
from ctypes import POINTER, c_char_p, c_int, c_uint, c_ulong, c_void_p
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

BUILT = Path(__file__).parents[3] / "build" / "wolfssl" / "libwolfssl.so"
"""Where install_wolfssl.sh puts the one that has RFC 9973."""
OK, PEM, NO_VERIFY, VERIFY_PEER = 1, 1, 0, 1
RECORD = 16384
WANT_READ, ZERO_RETURN = 2, 6
SUITES = {
    "TLS_AES_128_GCM_SHA256": b"TLS13-AES128-GCM-SHA256",
    "TLS_AES_256_GCM_SHA384": b"TLS13-AES256-GCM-SHA384",
    "TLS_CHACHA20_POLY1305_SHA256": b"TLS13-CHACHA20-POLY1305-SHA256",
}
GROUPS = {"x25519": 29, "secp256r1": 23, "X25519MLKEM768": 4588}
CLIENT_PSK = ctypes.CFUNCTYPE(
    c_uint, c_void_p, c_char_p, c_void_p, c_uint, c_void_p, c_uint, POINTER(c_char_p)
)
SERVER_PSK = ctypes.CFUNCTYPE(c_uint, c_void_p, c_char_p, c_void_p, c_uint, POINTER(c_char_p))
POINTERS = ("CTX_new", "TLSv1_3_client_method", "TLSv1_3_server_method", "new", "get1_session")


class WolfSSL:
    """The library of this machine, or the one that is named."""

    name = "wolfssl"

    def __init__(self, certificate: Certificate) -> None:
        path = os.environ.get("TLS13LAB_WOLFSSL") or ctypes.util.find_library("wolfssl")
        if path is None:
            raise NotHere("there is no libwolfssl (Debian: libwolfssl-dev)")
        try:
            self._c = ctypes.CDLL(path)
        except OSError as error:
            raise NotHere(str(error)) from None
        self.call("Init")
        self.version: str = self.call("lib_version", result=c_char_p).decode("ascii")
        self.certificate = certificate

    def call(self, name: str, *arguments: object, result: Any = c_int) -> Any:
        """Call ``wolfSSL_name``; :class:`NoSuchCall` if this build does not have it."""
        if name.startswith("TLSv1_3"):
            function = getattr(self._c, "wolf" + name, None)
        else:
            function = getattr(self._c, "wolfSSL_" + name, None)
        if function is None:
            raise NoSuchCall(f"this build of wolfSSL has no wolfSSL_{name}")
        function.restype = c_void_p if name in POINTERS else result
        return function(*arguments)

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    def __init__(self, library: WolfSSL, role: Role, setup: Setup) -> None:
        self.library, self.setup = library, setup
        if setup.padding:
            raise NoSuchCall("wolfSSL has no call that pads records")
        if setup.early_data:
            library.call("write_early_data" if role == "client" else "read_early_data")
        method = library.call(f"TLSv1_3_{role}_method")
        self.handle = c_void_p(library.call("CTX_new", c_void_p(method)))
        self._keep: list[object] = []
        self.room: int | None = None  # for an identity, once one was too long
        self._set("CTX_set_cipher_list", SUITES[setup.suite])
        self._set_groups()
        if setup.cert_with_psk:
            self._set("CTX_set_cert_with_extern_psk", 1)
        if role == "client":
            self._make_client()
        else:
            self._make_server()
        if setup.modes == ("psk_ke",):
            library.call("CTX_no_dhe_psk", self.handle)
        if setup.psk is not None:
            (self._client_psk if role == "client" else self._server_psk)()

    def _set_groups(self) -> None:
        codes = [GROUPS[group] for group in self.setup.groups]
        self._set("CTX_set_groups", (c_int * len(codes))(*codes), len(codes))

    def _set(self, name: str, *arguments: object) -> None:
        if self.library.call(name, self.handle, *arguments) != OK:
            raise PeerFailed(f"wolfSSL refuses {name}")

    def _make_client(self) -> None:
        verify = VERIFY_PEER if self.setup.cert_with_psk else NO_VERIFY
        self.library.call("CTX_set_verify", self.handle, verify, None, result=None)
        if verify:
            chain = str(self.library.certificate.chain).encode()
            self._set("CTX_load_verify_locations", chain, None)

    def _make_server(self) -> None:
        files, setup = self.library.certificate, self.setup
        if setup.psk is None or setup.cert_with_psk:
            self._set("CTX_use_certificate_file", str(files.chain).encode(), PEM)
            self._set("CTX_use_PrivateKey_file", str(files.key).encode(), PEM)
        if setup.tickets is not None:
            self.library.call("CTX_set_num_tickets", self.handle, ctypes.c_size_t(setup.tickets))

    def _client_psk(self) -> None:
        psk, suite = self.setup.psk, SUITES[self.setup.suite]
        assert psk is not None

        @CLIENT_PSK
        def give(
            _ssl: int, _hint: bytes, name: int, room: int, key: int, key_room: int, chosen: Any
        ) -> int:
            # The room is for the string without its end. wolfSSL crashes if it gets no key here, so
            # an identity that is too long is cut, which nobody will know.
            if len(psk.identity) > room:
                self.room = room
            identity = psk.identity[:room]
            ctypes.memmove(name, identity + b"\x00", len(identity) + 1)
            ctypes.memmove(key, psk.key, min(len(psk.key), key_room))
            chosen[0] = suite
            return len(psk.key)

        self._keep.append(give)
        self.library.call("CTX_set_psk_client_tls13_callback", self.handle, give, result=None)

    def _server_psk(self) -> None:
        psk, suite = self.setup.psk, SUITES[self.setup.suite]
        assert psk is not None

        @SERVER_PSK
        def give(_ssl: int, name: bytes, key: int, key_room: int, chosen: Any) -> int:
            if name != psk.identity or len(psk.key) > key_room:
                return 0
            ctypes.memmove(key, psk.key, len(psk.key))
            chosen[0] = suite
            return len(psk.key)

        self._keep.append(give)
        self.library.call("CTX_set_psk_server_tls13_callback", self.handle, give, result=None)

    def _ssl(self, descriptor: int) -> c_void_p:
        ssl = c_void_p(self.library.call("new", self.handle))
        if not ssl or self.library.call("set_fd", ssl, descriptor) != OK:
            raise PeerFailed("wolfSSL makes no connection")
        return ssl

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        ssl = self._ssl(descriptor)
        self.library.call("UseKeyShare", ssl, ctypes.c_ushort(GROUPS[self.setup.groups[0]]))
        if isinstance(session, int):
            self.library.call("set_session", ssl, c_void_p(session))
        return _Talker(self, ssl, "connect")

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        return _Talker(self, self._ssl(descriptor), "accept")

    def close(self) -> None:
        self.library.call("CTX_free", self.handle, result=None)


class _Talker:
    def __init__(self, context: _Context, ssl: c_void_p, begin: str) -> None:
        self._context, self._library = context, context.library
        self._ssl, self._begin = ssl, begin
        self._buffer = ctypes.create_string_buffer(RECORD)
        self.early, self.early_accepted = b"", False

    def _fail(self, doing: str, code: int) -> PeerFailed:
        error = self._library.call("get_error", self._ssl, code)
        text = ctypes.create_string_buffer(120)
        self._library.call("ERR_error_string", c_ulong(error), text, result=c_char_p)
        return PeerFailed(f"wolfSSL, {doing}: {text.value.decode('ascii', 'replace')}")

    def handshake(self) -> None:
        code = self._library.call(self._begin, self._ssl)
        room = self._context.room
        if room is not None:
            raise PeerFailed(f"wolfSSL has room for an identity of {room} bytes only")
        if code != OK:
            raise self._fail("handshake", code)

    def send(self, data: bytes) -> None:
        sent = self._library.call("write", self._ssl, data, len(data))
        if sent != len(data):
            raise self._fail("sending", sent)

    def receive(self) -> bytes:
        got = self._library.call("read", self._ssl, self._buffer, len(self._buffer))
        if got > 0:
            return self._buffer.raw[:got]
        if self._library.call("get_error", self._ssl, got) == ZERO_RETURN:
            return b""
        raise self._fail("receiving", got)

    def update_keys(self) -> None:
        if self._library.call("update_keys", self._ssl) != OK:
            raise PeerFailed("wolfSSL sends no KeyUpdate")

    def session(self) -> object:
        return self._library.call("get1_session", self._ssl)

    def close(self) -> None:
        if self._ssl:
            self._library.call("shutdown", self._ssl)
            self._library.call("free", self._ssl, result=None)
            self._ssl = c_void_p()
