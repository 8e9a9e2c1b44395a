"""GnuTLS, client and server: the library itself, through ctypes. No process, no text to parse.

What ``gnutls-serv`` and ``gnutls-cli`` have options for is less than what the library can do: it
can pad records, update keys, and has identities of any bytes. Only declared C functions are called.
"""

import ctypes
import ctypes.util
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_uint, c_void_p
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

SERVER, CLIENT = 1, 2
KEY_SHARE_TOP, EARLY_DATA, NO_TICKET_BY_ITSELF = 1 << 11, 1 << 20, 1 << 21
CERTIFICATE, PSK = 1, 4
SFLAG_EARLY_DATA = 1 << 10
RAW_KEY, PEM, UPDATE_PEER = 0, 1, 1
AGAIN, INTERRUPTED, WARNING = -28, -52, -16
RECORD = 16384
SUITES = {
    "TLS_AES_128_GCM_SHA256": "+AES-128-GCM:+SHA256",
    "TLS_AES_256_GCM_SHA384": "+AES-256-GCM:+SHA384",
    "TLS_CHACHA20_POLY1305_SHA256": "+CHACHA20-POLY1305:+SHA256",
}
GROUPS = {
    "x25519": "X25519",
    "secp256r1": "SECP256R1",
    "X25519MLKEM768": "X25519-MLKEM768",  # since 3.8.9
}
KEY_EXCHANGES = {"psk_ke": "+PSK", "psk_dhe_ke": "+DHE-PSK:+ECDHE-PSK"}


class Datum(ctypes.Structure):
    """gnutls_datum_t: bytes and their number."""

    _fields_ = (("data", c_void_p), ("size", c_uint))

    @classmethod
    def of(cls, data: bytes) -> "Datum":
        """The bytes are kept alive by the structure."""
        self = cls(ctypes.cast(ctypes.c_char_p(data), c_void_p), len(data))
        self.kept = data
        return self

    @property
    def content(self) -> bytes:
        return ctypes.string_at(self.data, self.size) if self.size else b""


FIND_KEY = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(Datum), POINTER(Datum))
REMEMBER = ctypes.CFUNCTYPE(c_int, c_void_p, ctypes.c_long, POINTER(Datum), POINTER(Datum))


class GnuTLS:
    """The library of this machine."""

    name = "gnutls"

    def __init__(self, certificate: Certificate) -> None:
        path = ctypes.util.find_library("gnutls")
        if path is None:
            raise NotHere("there is no libgnutls (Debian: libgnutls30)")
        self.c: Any = ctypes.CDLL(path)
        self.c.gnutls_check_version.restype = c_char_p
        self.c.gnutls_strerror.restype = c_char_p
        for name in ("recv", "send", "send2", "send_early_data", "recv_early_data"):
            getattr(self.c, f"gnutls_record_{name}").restype = ctypes.c_ssize_t
        self.c.gnutls_record_send2.argtypes = (c_void_p, c_char_p, c_size_t, c_size_t, c_uint)
        self.version: str = self.c.gnutls_check_version(None).decode("ascii")
        self.certificate = certificate

    def check(self, code: int, doing: str) -> int:
        """``code``, unless it is an error."""
        if code < 0:
            why = self.c.gnutls_strerror(code).decode("ascii", "replace")
            raise PeerFailed(f"GnuTLS, {doing}: {why}")
        return code

    def has(self, name: str) -> None:
        """:class:`NoSuchCall` if the library has no function of that name."""
        if not hasattr(self.c, name):
            raise NoSuchCall(f"GnuTLS {self.version} has no {name}")

    def context(self, role: Role, setup: Setup) -> Context:
        return _Context(self, role, setup)


class _Context:
    """Credentials, ticket key and memory against replays: what outlives a connection."""

    def __init__(self, library: GnuTLS, role: Role, setup: Setup) -> None:
        self.library, self.setup = library, setup
        self._c = library.c
        self.psk, self.certificates, self.replays = c_void_p(), c_void_p(), c_void_p()
        self.ticket_key = Datum()
        self._keep: list[object] = []
        self._priority = self._make_priority()
        if setup.psk is not None:
            self._make_psk(role)
        library.check(
            self._c.gnutls_certificate_allocate_credentials(byref(self.certificates)), "memory"
        )
        if role == "server":
            self._make_server()

    def _make_psk(self, role: Role) -> None:
        psk, c = self.setup.psk, self._c
        assert psk is not None
        allocate = f"gnutls_psk_allocate_{role}_credentials"
        if psk.hash_name == "sha256":
            getattr(c, allocate)(byref(self.psk))
        else:  # since 3.8.1
            self.library.has(allocate + "2")
            sha384 = c.gnutls_mac_get_id(b"SHA384")
            getattr(c, allocate + "2")(byref(self.psk), sha384)
        name, key = Datum.of(psk.identity), Datum.of(psk.key)
        if role == "client":
            done = c.gnutls_psk_set_client_credentials2(self.psk, byref(name), byref(key), RAW_KEY)
            self.library.check(done, "setting the PSK")
            return

        @FIND_KEY
        def find(_session: int, asked: Any, answer: Any) -> int:
            if asked.contents.content != psk.identity:
                return -1
            allocate = ctypes.CFUNCTYPE(c_void_p, c_size_t).in_dll(c, "gnutls_malloc")
            answer.contents.data = allocate(len(psk.key))  # GnuTLS frees it
            answer.contents.size = len(psk.key)
            ctypes.memmove(answer.contents.data, psk.key, len(psk.key))
            return 0

        self._keep.append(find)
        c.gnutls_psk_set_server_credentials_function2(self.psk, find)

    def _make_server(self) -> None:
        files, c = self.library.certificate, self._c
        paths = (str(files.chain).encode(), str(files.key).encode())
        self.library.check(
            c.gnutls_certificate_set_x509_key_file(self.certificates, *paths, PEM), "certificate"
        )
        c.gnutls_session_ticket_key_generate(byref(self.ticket_key))
        seen: set[bytes] = set()

        @REMEMBER
        def remember(_pointer: int, _expires: int, key: Any, _data: Any) -> int:
            if key.contents.content in seen:
                return -1
            seen.add(key.contents.content)
            return 0

        self._keep.append(remember)
        c.gnutls_anti_replay_init(byref(self.replays))
        c.gnutls_anti_replay_set_add_function(self.replays, remember)

    def _make_priority(self) -> bytes:
        setup = self.setup
        words = ["NONE", "+VERS-TLS1.3", "+AEAD", "+MAC-ALL", "+COMP-ALL", "+SIGN-ALL"]
        words += [SUITES[setup.suite], *(KEY_EXCHANGES[mode] for mode in setup.modes)]
        words += [] if setup.psk else ["+ECDHE-ECDSA", "+ECDHE-RSA", "+CTYPE-SRV-ALL"]
        words += [f"+GROUP-{GROUPS[group]}" for group in setup.groups]
        priority, parsed = ":".join(words).encode("ascii"), c_void_p()
        done = self._c.gnutls_priority_init(byref(parsed), priority, None)
        self.library.check(done, f"{words[-1]} and others")
        self._c.gnutls_priority_deinit(parsed)
        return priority

    def _session(self, flags: int, descriptor: int) -> c_void_p:
        session, c = c_void_p(), self._c
        self.library.check(c.gnutls_init(byref(session), flags), "starting")
        done = c.gnutls_priority_set_direct(session, self._priority, None)
        self.library.check(done, "priorities")
        if self.setup.psk is not None:
            c.gnutls_credentials_set(session, PSK, self.psk)
        c.gnutls_credentials_set(session, CERTIFICATE, self.certificates)
        c.gnutls_transport_set_int2(session, descriptor, descriptor)
        return session

    def connect(self, descriptor: int, session: object | None, early: bytes) -> "_Talker":
        flags = CLIENT | KEY_SHARE_TOP | (EARLY_DATA if early else 0)
        handle = self._session(flags, descriptor)
        if isinstance(session, bytes):
            done = self._c.gnutls_session_set_data(handle, session, c_size_t(len(session)))
            self.library.check(done, "setting the session")
        if early:
            done = self._c.gnutls_record_send_early_data(handle, early, c_size_t(len(early)))
            self.library.check(done, "giving the early data")
        return _Talker(self, handle, client=True)

    def accept(self, descriptor: int, *, early_data: bool) -> "_Talker":
        flags = SERVER | (EARLY_DATA if early_data else 0)
        flags |= 0 if self.setup.tickets is None else NO_TICKET_BY_ITSELF
        handle = self._session(flags, descriptor)
        c = self._c
        c.gnutls_session_ticket_enable_server(handle, byref(self.ticket_key))
        if early_data:
            c.gnutls_anti_replay_enable(handle, self.replays)
            c.gnutls_record_set_max_early_data_size(handle, c_size_t(self.setup.early_data))
        return _Talker(self, handle, client=False)

    def close(self) -> None:
        self._c.gnutls_certificate_free_credentials(self.certificates)


class _Talker:
    def __init__(self, context: _Context, session: c_void_p, *, client: bool) -> None:
        self._library, self._c = context.library, context.library.c
        self._setup, self._session, self._client = context.setup, session, client
        self._buffer = ctypes.create_string_buffer(RECORD)
        self.early, self.early_accepted = b"", False

    def _patiently(self, call: Any, *arguments: object) -> int:
        """Call again after what is no error: a ticket that came, an alert that only warns."""
        for _ in range(100):
            code: int = call(self._session, *arguments)
            if code not in (AGAIN, INTERRUPTED, WARNING):
                return code
        raise PeerFailed("GnuTLS waited in vain")

    def handshake(self) -> None:
        done = self._patiently(self._c.gnutls_handshake)
        if done < 0:
            self._c.gnutls_alert_send_appropriate(self._session, done)
        self._library.check(done, "handshake")
        flags = self._c.gnutls_session_get_flags(self._session)
        self.early_accepted = bool(flags & SFLAG_EARLY_DATA)
        if self.early_accepted and not self._client:
            size = c_size_t(len(self._buffer))
            got = self._c.gnutls_record_recv_early_data(self._session, self._buffer, size)
            self.early = self._buffer.raw[: self._library.check(got, "early data")]
        for _ in range(0 if self._client else self._setup.tickets or 0):
            done = self._patiently(self._c.gnutls_session_ticket_send, 1, 0)
            self._library.check(done, "ticket")

    def send(self, data: bytes) -> None:
        while data:
            piece = data[:RECORD]
            pad = -len(piece) % self._setup.padding if self._setup.padding else 0
            pad = min(pad, RECORD - len(piece))
            call = self._c.gnutls_record_send2
            sent = self._library.check(self._patiently(call, piece, len(piece), pad, 0), "sending")
            data = data[sent:]

    def receive(self) -> bytes:
        size = c_size_t(len(self._buffer))
        got = self._patiently(self._c.gnutls_record_recv, self._buffer, size)
        return self._buffer.raw[: self._library.check(got, "receiving")]

    def update_keys(self) -> None:
        done = self._patiently(self._c.gnutls_session_key_update, UPDATE_PEER)
        self._library.check(done, "KeyUpdate")

    def session(self) -> object:
        data = Datum()
        done = self._c.gnutls_session_get_data2(self._session, byref(data))
        self._library.check(done, "saving the session")
        return data.content

    def close(self) -> None:
        if self._session:
            self._c.gnutls_bye(self._session, 1)
            self._c.gnutls_deinit(self._session)
            self._session = c_void_p()
