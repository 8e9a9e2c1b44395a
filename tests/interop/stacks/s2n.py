"""s2n-tls, client and server: the library inside awscrt's extension module, through ctypes.

The extension exports all of s2n's functions; nothing of awscrt is imported. s2n takes suites and
groups together, as a named security policy: :data:`POLICIES` has one for each first group.
"""

import ctypes
import os
import secrets
from ctypes import (
    POINTER,
    byref,
    c_int,
    c_size_t,
    c_ssize_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from functools import cache
from importlib.metadata import PackageNotFoundError, files, version

from tests.interop.stacks.stack import (
    Certificate,
    Context,
    NoSuchCall,
    NotHere,
    PeerFailed,
    Psk,
    Role,
    Setup,
)

SERVER, CLIENT = 0, 1
SELF_SERVICE_BLINDING, UPDATE_NOT_REQUESTED = 1, 0
MODE_EXTERNAL = 1
HASHES = {"sha256": 0, "sha384": 1}
EARLY_DATA_END = 3
RECORD = 16384
POLICIES = {
    "x25519": b"AWS-CRT-SDK-TLSv1.3",  # x25519, secp256r1, secp384r1
    "secp256r1": b"20190802",  # secp256r1, secp384r1
    "X25519MLKEM768": b"CloudFront-TLS-1-3-2025",  # it, and those of the first
}
CODES = {
    "TLS_AES_128_GCM_SHA256": (0x13, 0x01),
    "TLS_AES_256_GCM_SHA384": (0x13, 0x02),
    "TLS_CHACHA20_POLY1305_SHA256": (0x13, 0x03),
}
NEW_TICKET = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p)
POINTERS = ("config_new", "connection_new", "external_psk_new", "strerror")


@cache
def _loaded(path: str) -> ctypes.CDLL:
    """The library, with the calls' results declared. A process can start it once only."""
    library = ctypes.CDLL(path)
    if not hasattr(library, "s2n_init"):
        raise NotHere("awscrt has no s2n on this system")
    library.s2n_errno_location.restype = POINTER(c_int)
    for name in POINTERS:
        getattr(library, f"s2n_{name}").restype = c_void_p
    for name in ("send", "recv"):
        getattr(library, f"s2n_{name}").restype = c_ssize_t
    # Keys would be locked into memory, of which a process may lock little.
    os.environ.setdefault("S2N_DONT_MLOCK", "1")
    if library.s2n_init() < 0:
        raise PeerFailed("s2n does not start")
    return library


class S2n:
    """The library that awscrt's wheel brings along."""

    name = "s2n"

    def __init__(self, certificate: Certificate) -> None:
        try:
            inside = files("awscrt") or ()
        except PackageNotFoundError:
            raise NotHere("awscrt is not installed: run python3 run.py test --all") from None
        found = [str(one.locate()) for one in inside if one.name.startswith("_awscrt")]
        self._c = _loaded(found[0])
        self.version = f"awscrt {version('awscrt')}"  # it has none of its own
        self.certificate = certificate

    def call(self, name: str, *arguments: object) -> int:
        """Call ``s2n_name``; a pointer or a number, which is negative after a failure."""
        answer: int = getattr(self._c, f"s2n_{name}")(*arguments)
        return answer

    def check(self, name: str, *arguments: object) -> int:
        """The same, and :class:`PeerFailed` after a failure."""
        answer = self.call(name, *arguments)
        if answer < 0:
            raise self.failure(name)
        return answer

    def failure(self, doing: str) -> PeerFailed:
        number = self._c.s2n_errno_location()[0]
        text = ctypes.string_at(self.call("strerror", number, b"EN")).decode("ascii", "replace")
        return PeerFailed(f"s2n, {doing}: {text}")

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    """A configuration: what outlives a connection."""

    def __init__(self, library: S2n, role: Role, setup: Setup) -> None:
        if setup.padding:
            raise NoSuchCall("s2n has no call that pads records")
        self.library, self.setup, self.role = library, setup, role
        self.tickets: list[bytes] = []
        self.handle = c_void_p(library.call("config_new"))
        self._keep: list[object] = []
        self.set("set_cipher_preferences", POLICIES[setup.groups[0]])
        self.set("set_session_tickets_onoff", 1)
        (self._make_client if role == "client" else self._make_server)()

    def set(self, name: str, *arguments: object) -> None:
        self.library.check(f"config_{name}", self.handle, *arguments)

    def _make_client(self) -> None:
        self.set("set_verification_ca_location", str(self.library.certificate.chain).encode(), None)

        @NEW_TICKET
        def keep(_connection: int, _context: int, ticket: int) -> int:
            size = c_size_t()
            self.library.call("session_ticket_get_data_len", c_void_p(ticket), byref(size))
            data = ctypes.create_string_buffer(size.value)
            self.library.call("session_ticket_get_data", c_void_p(ticket), size, data)
            self.tickets.append(data.raw)
            return 0

        self._keep.append(keep)
        self.set("set_session_ticket_cb", keep, None)

    def _make_server(self) -> None:
        setup, pem = self.setup, self.library.certificate
        if setup.psk is None:
            pair = (pem.chain.read_bytes(), pem.key.read_bytes())
            self.set("add_cert_chain_and_key", *pair)
        name, key = secrets.token_bytes(16), secrets.token_bytes(32)
        sized = (name, c_uint32(len(name)), key, c_uint32(len(key)))
        self.set("add_ticket_crypto_key", *sized, c_uint64(0))
        if setup.tickets is not None:
            self.set("set_initial_ticket_count", setup.tickets)
        self.set("set_server_max_early_data_size", c_uint32(setup.early_data))

    def _connection(self, mode: int, descriptor: int) -> c_void_p:
        connection, check = c_void_p(self.library.call("connection_new", mode)), self.library.check
        check("connection_set_config", connection, self.handle)
        check("connection_set_fd", connection, descriptor)
        check("connection_set_blinding", connection, SELF_SERVICE_BLINDING)
        return connection

    def _give(self, connection: c_void_p, psk: Psk) -> None:
        """An external PSK to a connection, which copies it."""
        check, made = self.library.check, c_void_p(self.library.call("external_psk_new"))
        check("psk_set_identity", made, psk.identity, len(psk.identity))
        check("psk_set_secret", made, psk.key, len(psk.key))
        check("psk_set_hmac", made, HASHES[psk.hash_name])
        if self.setup.early_data:
            limit = c_uint32(self.setup.early_data)
            check("psk_configure_early_data", made, limit, *CODES[self.setup.suite])
        check("connection_append_psk", connection, made)
        self.library.check("psk_free", byref(made))

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        connection = self._connection(CLIENT, descriptor)
        self.library.check("set_server_name", connection, b"localhost")
        if isinstance(session, bytes):
            size = c_size_t(len(session))
            self.library.check("connection_set_session", connection, session, size)
        elif self.setup.psk is not None:
            self._give(connection, self.setup.psk)
        return _Talker(self, connection, early, early_data=bool(early))

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        connection = self._connection(SERVER, descriptor)
        if self.setup.psk is not None:
            self._give(connection, self.setup.psk)
        if not early_data:
            nothing = c_uint32(0)
            self.library.check("connection_set_server_max_early_data_size", connection, nothing)
        return _Talker(self, connection, b"", early_data=early_data)

    def close(self) -> None:
        self.library.check("config_free", self.handle)


class _Talker:
    def __init__(
        self, context: _Context, connection: c_void_p, to_send: bytes, *, early_data: bool
    ) -> None:
        self._context, self._library = context, context.library
        self._connection, self._to_send, self._early_data = connection, to_send, early_data
        self._buffer = ctypes.create_string_buffer(RECORD)
        self._blocked = c_int()  # which says nothing on a socket that blocks
        self.early, self.early_accepted = b"", False

    def handshake(self) -> None:
        if self._to_send:
            self._send_early()
        elif self._early_data and self._context.role == "server":
            self._receive_early()
        self._library.check("negotiate", self._connection, byref(self._blocked))
        status = c_int()
        self._library.check("connection_get_early_data_status", self._connection, byref(status))
        self.early_accepted = status.value == EARLY_DATA_END

    def _send_early(self) -> None:
        size = c_ssize_t()
        data = (self._to_send, c_ssize_t(len(self._to_send)), byref(size), byref(self._blocked))
        self._library.check("send_early_data", self._connection, *data)

    def _receive_early(self) -> None:
        size = c_ssize_t()
        room = (self._buffer, c_ssize_t(len(self._buffer)), byref(size), byref(self._blocked))
        self._library.check("recv_early_data", self._connection, *room)
        self.early = self._buffer.raw[: size.value]

    def send(self, data: bytes) -> None:
        given = (data, c_ssize_t(len(data)), byref(self._blocked))
        sent = self._library.check("send", self._connection, *given)
        if sent != len(data):
            raise PeerFailed(f"s2n sent {sent} bytes of {len(data)}")

    def receive(self) -> bytes:
        room = (self._buffer, c_ssize_t(len(self._buffer)), byref(self._blocked))
        got = self._library.check("recv", self._connection, *room)
        return self._buffer.raw[:got]

    def update_keys(self) -> None:
        # It cannot ask for one in return.
        asked = UPDATE_NOT_REQUESTED
        self._library.check("connection_request_key_update", self._connection, asked)

    def session(self) -> object:
        return self._context.tickets[-1] if self._context.tickets else None

    def close(self) -> None:
        if self._connection:
            self._library.call("shutdown_send", self._connection, byref(self._blocked))
            self._library.call("connection_free", self._connection)
            self._connection = c_void_p()
