"""What the client is asked: HelloRetryRequest and ServerHello. RFC 9846 sections 4.2.3, 4.2.4, 4.3.

The flight behind them is in ``to_client_flight``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.conformance.probes.hostile import Hostile, Packed, message
from tests.conformance.probes.question import EARLY, FULL, PSK, PSK_KE_ONLY, SUITE, WITH_PSK
from tests.conformance.probes.talk import GOES_ON
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.key_share import (
    KeyShareEntry,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import Alpn, Cookie, EarlyData, SelectedVersion
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

Say = Callable[[Hostile], None]
Change = Callable[[tuple[Extension, ...]], tuple[Extension, ...]]
P256, P384, X25519 = NamedGroup.SECP256R1, NamedGroup.SECP384R1, NamedGroup.X25519
SHA384 = CipherSuite.TLS_AES_256_GCM_SHA384
CHACHA = CipherSuite.TLS_CHACHA20_POLY1305_SHA256
ILLEGAL, UNSUPPORTED, DECODE = "illegal_parameter", "unsupported_extension", "decode_error"
UNEXPECTED = "unexpected_message"
TWO_HASHES = replace(WITH_PSK, suites=(SUITE, SHA384, CHACHA))
OTHER = ExternalPsk(b"other", bytes(48), hash_name="sha384", suite=SHA384)
DHE_ONLY = replace(WITH_PSK, modes=frozenset({PSK_DHE_KE}))
KE_AND_TRUST = replace(WITH_PSK, modes=frozenset({PSK_KE}))


@dataclass(frozen=True, slots=True)
class Asked:
    """As a :class:`~tests.conformance.probes.question.Question`, but the client answers."""

    name: str
    section: str
    say: Say
    answer: str = GOES_ON
    client: ClientConfig = FULL

    def put(self, port: int = 0) -> str:
        """What the client answers; no port is needed."""
        del port
        server = Hostile(self.client)
        self.say(server)
        return server.answer()


def whole(server: Hostile) -> None:
    """The honest handshake."""
    server.say_hello()
    server.say_flight()


def greeted(change: Packed) -> Say:
    """The ServerHello changed, and the honest rest, if it is still wanted."""

    def say(server: Hostile) -> None:
        server.say_hello(change)
        server.say_flight()

    return say


def having(change: Change) -> Packed:
    """The extensions changed."""
    return message(lambda hello: replace(hello, extensions=change(hello.extensions)))


def extended(*more: Extension) -> Say:
    return greeted(having(lambda found: (*found, *more)))


def swapped(new: Extension) -> Change:
    """In the place of the one of its type."""
    return lambda found: tuple(new if type(one) is type(new) else one for one in found)


def less(kind: type) -> Change:
    return lambda found: tuple(one for one in found if not isinstance(one, kind))


def fields(**values: Any) -> Packed:
    return message(lambda hello: replace(hello, **values))


def byte(place: int, value: int) -> Packed:
    """One byte of the packed message; negative places count from the end."""
    return lambda raw: bytes((*raw[: place % len(raw)], value, *raw[place % len(raw) + 1 :]))


def compressed(value: int) -> Packed:
    """legacy_compression_method, behind a session ID of 32 bytes and the suite."""
    return byte(4 + 2 + 32 + 1 + 32 + 2, value)


def longer(raw: bytes) -> bytes:
    """A byte behind the extensions, and the length says so."""
    return raw[:1] + (len(raw) - 3).to_bytes(3, "big") + raw[4:] + b"\x00"


def asked(*extensions: Extension, sent: Packed = lambda raw: raw, suite: int = SUITE) -> Say:
    """A HelloRetryRequest, and the honest rest, if it is still wanted."""

    def say(server: Hostile) -> None:
        server.retry(*extensions, sent=sent, suite=suite)
        if not server.ended:
            whole(server)

    return say


def asked_twice(server: Hostile) -> None:
    server.retry(KeyShareHelloRetryRequest(P256))
    server.retry(Cookie(b"once more"))


def cookie_comes_back(server: Hostile) -> None:
    server.retry(KeyShareHelloRetryRequest(P256), Cookie(b"crumbs"))
    server.need(that=server.hello.find(Cookie) == Cookie(b"crumbs"), otherwise="another cookie")
    whole(server)


def after_retry(change: Packed) -> Say:
    """An honest HelloRetryRequest, and a ServerHello that is not."""

    def say(server: Hostile) -> None:
        server.retry(KeyShareHelloRetryRequest(P256))
        server.say_hello(change)

    return say


def selecting(index: int) -> Say:
    return greeted(having(swapped(SelectedPsk(index))))


ASK_P256 = KeyShareHelloRetryRequest(P256)
ZEROS, SHORT = KeyShareEntry(X25519, bytes(32)), KeyShareEntry(X25519, bytes(31))
TWELVE = b"DOWNGRD\x01"


def made_older(hello: ServerHello) -> ServerHello:
    """Without supported_versions, and a random that says that it could do more (4.2.3)."""
    extensions = less(SelectedVersion)(hello.extensions)
    return replace(hello, random=bytes(24) + TWELVE, extensions=extensions)


def request_of(hello: HelloRetryRequest) -> HelloRetryRequest:
    return replace(hello, legacy_session_id_echo=bytes(32))


RETRIES = (
    Asked("a share in another group is asked for", "4.2.4", asked(ASK_P256)),
    Asked("the same, of a client with a PSK", "4.3.11.2", asked(ASK_P256), GOES_ON, WITH_PSK),
    Asked("the same, of a client with early data", "4.3.10", asked(ASK_P256), GOES_ON, EARLY),
    Asked("a cookie is copied", "4.3.2", cookie_comes_back),
    Asked(
        "a cookie and no share is asked for", "4.3.2", asked(Cookie(b"c" * 1000)), GOES_ON, WITH_PSK
    ),
    Asked("a second HelloRetryRequest", "4.2.4", asked_twice, UNEXPECTED),
    Asked("a HelloRetryRequest that changes nothing", "4.2.4", asked(), ILLEGAL),
    Asked(
        "a HelloRetryRequest for a group that was not offered",
        "4.3.8",
        asked(KeyShareHelloRetryRequest(P384)),
        ILLEGAL,
    ),
    Asked(
        "a HelloRetryRequest for the share that was sent",
        "4.3.8",
        asked(KeyShareHelloRetryRequest(X25519)),
        ILLEGAL,
    ),
    Asked(
        "a HelloRetryRequest for a share where none was offered",
        "4.3",
        asked(ASK_P256),
        UNSUPPORTED,
        PSK_KE_ONLY,
    ),
    Asked(
        "a HelloRetryRequest with a suite that was not offered",
        "4.2.3",
        asked(ASK_P256, suite=CHACHA),
        ILLEGAL,
    ),
    Asked(
        "a HelloRetryRequest with another session ID",
        "4.2.3",
        asked(ASK_P256, sent=message(request_of)),
        ILLEGAL,
    ),
    Asked(
        "a HelloRetryRequest with a compression method",
        "4.2.3",
        asked(ASK_P256, sent=compressed(1)),
        ILLEGAL,
    ),
    Asked(
        "a HelloRetryRequest with an unknown extension",
        "4.3",
        asked(ASK_P256, RawExtension(0xABCD, b"")),
        UNSUPPORTED,
    ),
    Asked(
        "a HelloRetryRequest with pre_shared_key",
        "4.3",
        asked(ASK_P256, SelectedPsk(0)),
        ILLEGAL,
        WITH_PSK,
    ),
    Asked(
        "a HelloRetryRequest with early_data", "4.3", asked(ASK_P256, EarlyData()), ILLEGAL, EARLY
    ),
    Asked(
        "a HelloRetryRequest with a cookie twice", "4.3", asked(Cookie(b"a"), Cookie(b"b")), ILLEGAL
    ),
    Asked(
        "a HelloRetryRequest with an empty cookie",
        "4.3.2",
        asked(RawExtension(44, b"\x00\x00")),
        DECODE,
    ),
    Asked(
        "a HelloRetryRequest without supported_versions",
        "4.2.4",
        asked(ASK_P256, sent=having(less(SelectedVersion))),
        "protocol_version",
    ),
    Asked("a HelloRetryRequest a byte too long", "4", asked(ASK_P256, sent=longer), DECODE),
    # the ServerHello behind it
    Asked(
        "another suite after the HelloRetryRequest",
        "4.2.4",
        after_retry(fields(cipher_suite=CHACHA)),
        ILLEGAL,
        TWO_HASHES,
    ),
    Asked(
        "a share in the first group after the HelloRetryRequest",
        "4.3.8",
        after_retry(
            having(swapped(KeyShareServerHello(KeyShareEntry(X25519, b"\x09" + bytes(31)))))
        ),
        ILLEGAL,
    ),
    Asked(
        "another version after the HelloRetryRequest",
        "4.2.4",
        after_retry(having(swapped(SelectedVersion(0x0303)))),
        ILLEGAL,
    ),
    Asked(
        "no share after the HelloRetryRequest",
        "4.3.11",
        after_retry(having(less(KeyShareServerHello))),
        ILLEGAL,
        DHE_ONLY,
    ),
)

HELLOS = (
    Asked("an honest server with a certificate", "4.2.3", whole),
    Asked("an honest server with the PSK", "4.2.3", whole, GOES_ON, WITH_PSK),
    Asked("an honest server with the PSK, in psk_ke", "4.2.3", whole, GOES_ON, PSK_KE_ONLY),
    Asked(
        "another session ID", "4.2.3", greeted(fields(legacy_session_id_echo=bytes(32))), ILLEGAL
    ),
    Asked("no session ID", "4.2.3", greeted(fields(legacy_session_id_echo=b"")), ILLEGAL),
    Asked(
        "a session ID of 33 bytes",
        "4.2.3",
        greeted(fields(legacy_session_id_echo=bytes(33))),
        DECODE,
    ),
    *(
        Asked(
            f"the suite {suite:#06x}, which was not offered",
            "4.2.3",
            greeted(fields(cipher_suite=suite)),
            ILLEGAL,
        )
        for suite in (0x1302, 0x1304, 0x1399, 0xC02F, 0)
    ),
    Asked("a compression method", "4.2.3", greeted(compressed(1)), ILLEGAL),
    *(
        Asked(
            f"supported_versions says {version:#06x}",
            "4.3.1",
            greeted(having(swapped(SelectedVersion(version)))),
            ILLEGAL,
        )
        for version in (0x0303, 0x0302, 0x0305, 0x7F1C, 0)
    ),
    Asked(
        "no supported_versions", "4.3.1", greeted(having(less(SelectedVersion))), "protocol_version"
    ),
    Asked(
        "no supported_versions, and a random that says why",
        "4.2.3",
        greeted(message(made_older)),
        ILLEGAL,
    ),
    Asked(
        "an unknown extension in ServerHello",
        "4.3",
        extended(RawExtension(0xABCD, b"")),
        UNSUPPORTED,
    ),
    Asked("ALPN in ServerHello", "4.3", extended(Alpn((b"h2",))), ILLEGAL),
    Asked("supported_versions twice", "4.3", extended(SelectedVersion()), ILLEGAL),
    Asked("key_share twice", "4.3", extended(KeyShareServerHello(ZEROS)), ILLEGAL),
    Asked("pre_shared_key twice", "4.3", extended(SelectedPsk(0)), ILLEGAL, WITH_PSK),
    Asked("a ServerHello a byte too long", "4", greeted(longer), DECODE),
    # the share
    Asked(
        "no share, and no PSK",
        "9.2",
        greeted(having(less(KeyShareServerHello))),
        "missing_extension",
    ),
    *(
        Asked(
            f"{name} for a share",
            section,
            greeted(having(swapped(KeyShareServerHello(entry)))),
            answer,
        )
        for name, section, entry, answer in (
            ("all zeros", "7.4.2", ZEROS, ILLEGAL),
            ("31 bytes", "4.3.8.2", SHORT, ILLEGAL),
            ("a point of order 2", "7.4.2", KeyShareEntry(X25519, b"\x01" + bytes(31)), ILLEGAL),
            ("nothing", "4.3.8", KeyShareEntry(X25519, b""), DECODE),
            ("one in a group without a share", "4.3.8", KeyShareEntry(P256, bytes(65)), ILLEGAL),
            ("one in a group not offered", "4.3.8", KeyShareEntry(P384, bytes(97)), ILLEGAL),
        )
    ),
    # the PSK
    *(
        Asked(f"selected_identity {index} of one", "4.3.11", selecting(index), ILLEGAL, WITH_PSK)
        for index in (1, 2, 255, 65535)
    ),
    Asked(
        "selected_identity of a PSK with another hash",
        "4.3.11",
        selecting(1),
        ILLEGAL,
        replace(TWO_HASHES, psks=(PSK, OTHER)),
    ),
    Asked(
        "a suite whose hash is not the PSK's",
        "4.3.11",
        greeted(fields(cipher_suite=SHA384)),
        ILLEGAL,
        TWO_HASHES,
    ),
    Asked("pre_shared_key that was not offered", "4.3", extended(SelectedPsk(0)), UNSUPPORTED),
    Asked(
        "psk_ke that was not offered",
        "4.3.11",
        greeted(having(less(KeyShareServerHello))),
        ILLEGAL,
        DHE_ONLY,
    ),
    Asked("a share in psk_ke", "4.3.8", whole, ILLEGAL, KE_AND_TRUST),
    Asked(
        "a share where none was offered",
        "4.3",
        extended(KeyShareServerHello(ZEROS)),
        UNSUPPORTED,
        PSK_KE_ONLY,
    ),
    Asked(
        "neither the PSK nor a certificate that is believed",
        "6.2",
        greeted(having(less(SelectedPsk))),
        "handshake_failure",
        replace(WITH_PSK, trust=None),
    ),
    # something else
    Asked(
        "EncryptedExtensions for the ServerHello",
        "4",
        lambda server: server.plain(b"\x08\x00\x00\x02\x00\x00"),
        UNEXPECTED,
    ),
    Asked("the client's own hello", "4", lambda server: server.plain(server.raw), UNEXPECTED),
    Asked(
        "a NewSessionTicket for the ServerHello",
        "4",
        lambda server: server.plain(b"\x04\x00\x00\x00"),
        UNEXPECTED,
    ),
)
QUESTIONS = (*RETRIES, *HELLOS)
