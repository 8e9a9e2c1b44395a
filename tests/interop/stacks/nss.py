"""NSS, client and server: the libraries themselves, through ctypes. No process and no database.

What ``selfserv`` and ``tstclnt`` have options for is less than what the libraries can do. Many of
the calls are "experimental": NSS gives them out by name.
"""

import ctypes
import ctypes.util
import os
from collections.abc import Callable
from ctypes import byref, c_char_p, c_int, c_int64, c_long, c_uint, c_ulong, c_void_p
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization as form

from tests.interop.stacks.gate import Gate
from tests.interop.stacks.stack import (
    Certificate,
    Context,
    NoSuchCall,
    NotHere,
    PeerFailed,
    Role,
    Setup,
)
from tests.interop.tap import SECONDS

RECORD = 16384
SESSION_TICKETS, EARLY_DATA = 18, 33  # of SSL_OptionSet
SUITES = {
    "TLS_AES_128_GCM_SHA256": 0x1301,
    "TLS_AES_256_GCM_SHA384": 0x1302,
    "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
}
GROUPS = {"x25519": 29, "secp256r1": 23, "X25519MLKEM768": 4588}
HASHES = {"sha256": 4, "sha384": 5}
HKDF_KEY, UNWRAPPED, DERIVE = 0x402C, 4, 0x10C
ANY_USE, WOULD_BLOCK = 0xFF, -5998
WINDOW_US = 10_000_000
"""How long NSS remembers a ClientHello, in microseconds."""
BELIEVE = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int)
KEEP_TOKEN = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_uint, c_void_p)
POINTERS = (
    "CERT_GetDefaultCertDB",
    "CERT_NewTempCertificate",
    "PK11_GetInternalKeySlot",
    "PK11_ImportSymKey",
    "PR_ImportTCPSocket",
    "SSL_GetExperimentalAPI",
    "SSL_ImportFD",
)


class Item(ctypes.Structure):
    """SECItem: a kind (0 for plain bytes), the bytes, and their number."""

    _fields_ = (("kind", c_int), ("data", c_char_p), ("length", c_uint))


class Versions(ctypes.Structure):
    """SSLVersionRange."""

    _fields_ = (("least", ctypes.c_ushort), ("most", ctypes.c_ushort))


class SocketOption(ctypes.Structure):
    """PRSocketOptionData, for an option that is a truth value; the first one is `nonblocking`."""

    _fields_ = (("option", c_int), ("unused", c_int), ("value", c_int), ("rest", c_char_p * 32))


class ChannelInfo(ctypes.Structure):
    """The beginning of SSLChannelInfo."""

    _fields_ = (
        ("length", c_uint),
        ("suite_and_version", c_uint),
        ("bits_times_and_sizes", c_uint * 6),
        ("session_id", ctypes.c_ubyte * 32),
        ("compression_name", c_void_p),
        ("compression", c_int),
        ("extended_main_secret", c_int),
        ("early_data_accepted", c_int),
    )


class NSS:
    """The libraries of this machine."""

    name = "nss"

    def __init__(self, certificate: Certificate) -> None:
        paths = [ctypes.util.find_library(name) for name in ("nspr4", "nss3", "ssl3")]
        if None in paths:
            raise NotHere("there is no libnss3 (Debian: libnss3)")
        self._libraries = [ctypes.CDLL(path) for path in paths]
        self.version: str = self.call("NSS_GetVersion", result=c_char_p).decode("ascii")
        self.certificate = certificate
        if not self.call("NSS_IsInitialized"):
            self.check("NSS_NoDB_Init", None)
            self.check("NSS_SetDomesticPolicy")
            self.check("SSL_ConfigServerSessionIDCache", 0, 0, 0, None)

    def call(self, name: str, *arguments: object, result: Any = c_int) -> Any:
        """Call the function; :class:`NoSuchCall` if no library has it."""
        function = next((f for one in self._libraries if (f := getattr(one, name, None))), None)
        if function is None:
            raise NoSuchCall(f"NSS {self.version} has no {name}")
        function.restype = c_void_p if name in POINTERS else result
        return function(*arguments)

    def check(self, name: str, *arguments: object) -> None:
        """Call a function that must say SECSuccess."""
        if self.call(name, *arguments) != 0:
            raise self.failure(name)

    def failure(self, doing: str) -> PeerFailed:
        code = self.call("PR_GetError")
        name: bytes | None = self.call("PR_ErrorToName", code, result=c_char_p)
        return PeerFailed(f"NSS, {doing}: {name.decode('ascii') if name else code}")

    def experimental(self, name: str, *types: Any) -> Callable[..., None]:
        """A function that NSS gives out by its name, with the types of its arguments."""
        found = self.call("SSL_GetExperimentalAPI", name.encode("ascii"))
        if not found:
            raise NoSuchCall(f"NSS {self.version} has no {name}")
        function = ctypes.CFUNCTYPE(c_int, *types)(found)

        def checked(*arguments: object) -> None:
            if function(*arguments) != 0:
                raise self.failure(name)

        return checked

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


@BELIEVE
def _believe(_argument: int, _fd: int, _check: int, _server: int) -> int:
    """Whom to trust is not what the matrix is about; the signature is checked all the same."""
    return 0


class _Context:
    def __init__(self, library: NSS, role: Role, setup: Setup) -> None:
        self.library, self.setup, self._role = library, setup, role
        if setup.padding:
            raise NoSuchCall("NSS has no call that pads records")
        self._slot = c_void_p(library.call("PK11_GetInternalKeySlot"))
        self._certificate, self._key, self._replays = c_void_p(), c_void_p(), c_void_p()
        if role == "server":
            self._make_server()

    def _make_server(self) -> None:
        files, library = self.library.certificate, self.library
        der = x509.load_pem_x509_certificate(files.chain.read_bytes()).public_bytes(
            form.Encoding.DER
        )
        secret = form.load_pem_private_key(files.key.read_bytes(), None)
        encoding = (form.Encoding.DER, form.PrivateFormat.PKCS8, form.NoEncryption())
        info = secret.private_bytes(*encoding)
        point = secret.public_key().public_bytes(
            form.Encoding.X962, form.PublicFormat.UncompressedPoint
        )
        database = c_void_p(library.call("CERT_GetDefaultCertDB"))
        item = Item(0, der, len(der))
        made = library.call("CERT_NewTempCertificate", database, byref(item), None, 0, 1)
        if not made:
            raise library.failure("certificate")
        self._certificate = c_void_p(made)
        private, public = Item(0, info, len(info)), Item(0, point, len(point))
        library.check(
            "PK11_ImportDERPrivateKeyInfoAndReturnKey",
            self._slot,
            byref(private),
            None,
            byref(public),
            0,
            0,
            ANY_USE,
            byref(self._key),
            None,
        )
        if self.setup.early_data:
            create = library.experimental(
                "SSL_CreateAntiReplayContext", c_int64, c_int64, c_uint, c_uint, c_void_p
            )
            # In its first window it refuses all, as it cannot know what came before: made as if
            # long ago, it is past that.
            now = library.call("PR_Now", result=c_int64) - 10 * WINDOW_US
            create(now, WINDOW_US, 7, 14, byref(self._replays))

    def _socket(self, descriptor: int) -> c_void_p:
        # A copy, since NSPR closes what it was given.
        plain = self.library.call("PR_ImportTCPSocket", os.dup(descriptor))
        fd = c_void_p(self.library.call("SSL_ImportFD", None, c_void_p(plain)))
        check = self.library.check
        check("SSL_ResetHandshake", fd, int(self._role == "server"))
        check("SSL_VersionRangeSet", fd, byref(Versions(0x0304, 0x0304)))
        check("SSL_OptionSet", fd, SESSION_TICKETS, c_long(1))
        check("SSL_OptionSet", fd, EARLY_DATA, c_long(0))
        for suite, code in SUITES.items():
            check("SSL_CipherPrefSet", fd, code, int(suite == self.setup.suite))
        codes = [GROUPS[group] for group in self.setup.groups]
        check("SSL_NamedGroupConfig", fd, (c_int * len(codes))(*codes), len(codes))
        self._add_psk(fd)
        return fd

    def _add_psk(self, fd: c_void_p) -> None:
        psk, library = self.setup.psk, self.library
        if psk is None:
            return
        item = Item(0, psk.key, len(psk.key))
        key = library.call(
            "PK11_ImportSymKey",
            self._slot,
            c_ulong(HKDF_KEY),
            UNWRAPPED,
            c_ulong(DERIVE),
            byref(item),
            None,
        )
        if not key:
            raise library.failure("importing the PSK")
        types: tuple[Any, ...] = (c_void_p, c_void_p, c_char_p, c_uint, c_int)
        what = (fd, c_void_p(key), psk.identity, len(psk.identity), HASHES[psk.hash_name])
        if self.setup.early_data:
            early = (SUITES[self.setup.suite], self.setup.early_data)
            types += (ctypes.c_ushort, c_uint)
            library.experimental("SSL_AddExternalPsk0Rtt", *types)(*what, *early)
        else:
            library.experimental("SSL_AddExternalPsk", *types)(*what)
        library.call("PK11_FreeSymKey", c_void_p(key), result=None)

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        gate = Gate(descriptor) if early else None
        fd, library = self._socket(gate.descriptor if gate else descriptor), self.library
        library.check("SSL_SetURL", fd, b"localhost")
        library.check("SSL_AuthCertificateHook", fd, _believe, None)
        talker = _Talker(library, fd, early, gate)
        if self.setup.psk is None:
            # With an external PSK, NSS 3.87 crashes when it makes a token: there is no certificate.
            talker.keep_tokens()
        if isinstance(session, bytes):
            resume = library.experimental("SSL_SetResumptionToken", c_void_p, c_char_p, c_uint)
            resume(fd, session, len(session))
        if early:
            library.check("SSL_OptionSet", fd, EARLY_DATA, c_long(1))
        return talker

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        fd, library = self._socket(descriptor), self.library
        library.check("SSL_ConfigServerCert", fd, self._certificate, self._key, None, 0)
        if early_data:
            library.check("SSL_OptionSet", fd, EARLY_DATA, c_long(1))
            library.experimental("SSL_SetAntiReplayContext", c_void_p, c_void_p)(fd, self._replays)
        extra = max(0, (self.setup.tickets or 0) - 1)  # one it sends by itself
        return _Talker(library, fd, b"", None, extra_tickets=extra)

    def close(self) -> None:
        if self._replays:
            self.library.experimental("SSL_ReleaseAntiReplayContext", c_void_p)(self._replays)


class _Talker:
    def __init__(
        self,
        library: NSS,
        fd: c_void_p,
        to_send_early: bytes,
        gate: Gate | None,
        *,
        extra_tickets: int = 0,
    ) -> None:
        self._library, self._fd, self._gate = library, fd, gate
        self._patience = library.call("PR_SecondsToInterval", int(SECONDS))
        self._buffer = ctypes.create_string_buffer(RECORD)
        self._to_send_early, self._extra_tickets = to_send_early, extra_tickets
        self._token: bytes | None = None
        self.early, self.early_accepted = b"", False

    def keep_tokens(self) -> None:
        """As a client, remember the newest ticket."""

        @KEEP_TOKEN
        def keep(_fd: int, token: int, length: int, _context: int) -> int:
            self._token = ctypes.string_at(token, length)
            return 0

        self._keep = keep
        library = self._library
        library.experimental("SSL_SetResumptionTokenCallback", c_void_p, KEEP_TOKEN, c_void_p)(
            self._fd, keep, None
        )

    def handshake(self) -> None:
        if self._to_send_early:
            self._send_early()
        while self._library.call("SSL_ForceHandshake", self._fd) != 0:
            # A server that took early data wants it to be read first.
            if self._library.call("PR_GetError") != WOULD_BLOCK:
                raise self._library.failure("handshake")
            self.early += self.receive()
        info = ChannelInfo()
        self._library.check("SSL_GetChannelInfo", self._fd, byref(info), ctypes.sizeof(info))
        self.early_accepted = bool(info.early_data_accepted)
        for _ in range(self._extra_tickets):
            send = self._library.experimental("SSL_SendSessionTicket", c_void_p, c_void_p, c_uint)
            send(self._fd, None, 0)

    def _send_early(self) -> None:
        """The ClientHello goes first, without waiting for the answer; then the data."""
        option = SocketOption(0, 0, 1)
        self._library.check("PR_SetSocketOption", self._fd, byref(option))
        if self._library.call("SSL_ForceHandshake", self._fd) == 0:
            raise PeerFailed("NSS: the handshake was done before there was an answer")
        if self._library.call("PR_GetError") != WOULD_BLOCK:
            raise self._library.failure("first ClientHello")
        early = self._to_send_early
        if self._library.call("PR_Write", self._fd, early, len(early)) != len(early):
            raise self._library.failure("early data")
        assert self._gate is not None
        self._gate.open()
        option.value = 0
        self._library.check("PR_SetSocketOption", self._fd, byref(option))

    def send(self, data: bytes) -> None:
        while data:
            sent = self._library.call(
                "PR_Send", self._fd, data, min(len(data), RECORD), 0, self._patience
            )
            if sent <= 0:
                raise self._library.failure("sending")
            data = data[sent:]

    def receive(self) -> bytes:
        size = len(self._buffer)
        got: int = self._library.call("PR_Recv", self._fd, self._buffer, size, 0, self._patience)
        if got < 0:
            raise self._library.failure("receiving")
        return self._buffer.raw[:got]

    def update_keys(self) -> None:
        self._library.experimental("SSL_KeyUpdate", c_void_p, c_int)(self._fd, 1)

    def session(self) -> object:
        return self._token

    def close(self) -> None:
        if self._fd:
            self._library.call("PR_Close", self._fd)
            self._fd = c_void_p()
        if self._gate is not None:
            self._gate.close()
