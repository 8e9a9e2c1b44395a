"""What the client is asked: the flight behind the ServerHello. RFC 9846 sections 4.4 and 4.5."""

from collections.abc import Sequence
from dataclasses import replace

from tests.conformance.probes.hostile import Flight, Hostile, Packed
from tests.conformance.probes.question import EARLY, FULL, PSK, WITH_PSK
from tests.conformance.probes.talk import ALERT, DATA, GOES_ON
from tests.conformance.probes.to_client import (
    DECODE,
    ILLEGAL,
    UNEXPECTED,
    UNSUPPORTED,
    Asked,
    Say,
    whole,
)
from tests.handshake.scenes import CREDENTIAL
from tls13lab.messages.extension import Extension, RawExtension
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import (
    Alpn,
    EarlyData,
    ServerNameAck,
    SignatureAlgorithms,
    SupportedGroups,
)
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateRequest,
    CertificateVerify,
)
from tls13lab.wire.codepoints import SignatureScheme

NO_NAME = replace(FULL, server_name=None)
WITH_ALPN = replace(FULL, alpn=(b"h2", b"http/1.1"))
TWO_EARLY = replace(EARLY, psks=(PSK, replace(PSK, identity=b"second")))
ENTRIES = tuple(CertificateEntry(der) for der in CREDENTIAL.chain)
CHAIN = pack(Certificate(b"", ENTRIES))
REQUEST = pack(
    CertificateRequest(b"", (SignatureAlgorithms((SignatureScheme.ECDSA_SECP256R1_SHA256,)),))
)
FINISHED = 20


def flown(change: Flight) -> Say:
    """An honest ServerHello, and the messages behind it changed."""

    def say(server: Hostile) -> None:
        server.say_hello()
        server.say_flight(change)

    return say


def ended(change: Packed) -> Say:
    """All honest but the Finished."""

    def say(server: Hostile) -> None:
        server.say_hello()
        server.say_flight(finished=change)

    return say


def answers(*extensions: Extension) -> Say:
    """These in EncryptedExtensions."""

    def say(server: Hostile) -> None:
        server.extensions = extensions
        whole(server)

    return say


def less(place: int) -> Say:
    """Without the message at this place: EncryptedExtensions, Certificate, CertificateVerify."""
    return flown(lambda messages: [*messages[:place], *messages[place + 1 :]])


def chain(raw: bytes) -> Say:
    """This Certificate; the signature behind it is of the honest one."""
    return flown(lambda messages: [messages[0], raw, *messages[2:]])


def verify(*, scheme: int | None = None, flip: bool = False, cut: int = 0) -> Say:
    """Another CertificateVerify."""

    def change(messages: list[bytes]) -> Sequence[bytes]:
        honest = unpack(messages[2])
        assert isinstance(honest, CertificateVerify)
        signature = honest.signature[: len(honest.signature) - cut]
        if flip:
            signature = signature[:-1] + bytes((signature[-1] ^ 1,))
        algorithm = honest.algorithm if scheme is None else scheme
        return [*messages[:2], pack(CertificateVerify(algorithm, signature))]

    return flown(change)


def of_another_handshake(server: Hostile) -> None:
    """A signature that was made over another transcript."""
    server.say_hello()
    other = server.signed([b"another"])
    server.say_flight(lambda messages: [*messages[:2], other])


def requested(server: Hostile) -> None:
    """A CertificateRequest; the signature behind it covers it."""
    server.say_hello()

    def change(messages: list[bytes]) -> Sequence[bytes]:
        before = [messages[0], REQUEST, messages[1]]
        return [*before, server.signed(before)]

    server.say_flight(change)


def second_taken(server: Hostile) -> None:
    """The second PSK, and early data, which was sent under the first."""
    server.index = 1
    answers(EarlyData())(server)


def no_psk_taken(server: Hostile) -> None:
    server.index = None
    answers(EarlyData())(server)


def under_other_keys(server: Hostile) -> None:
    """As of a server that does not have the PSK whose identity it takes."""
    server.say_hello()
    server.lock(bytes(32))
    server.say_flight()


def from_the_client(server: Hostile) -> None:
    """The Finished under the client's secret, as it would come back from a mirror."""
    server.say_hello()
    server.mirror()
    server.say_flight()


def in_the_clear(server: Hostile) -> None:
    server.say_hello()
    server.plain(server.flight()[0])


def data_first(server: Hostile) -> None:
    """Application data under the handshake keys."""
    server.say_hello()
    server.sealed(b"x", DATA)


def under_zeros(server: Hostile) -> None:
    server.say_hello()
    server.tell(b"\x17\x03\x03\x00\x20" + bytes(32))


def alert(level: int, description: int) -> Say:
    def say(server: Hostile) -> None:
        server.say_hello()
        server.sealed(bytes((level, description)), ALERT)

    return say


def flip(place: int) -> Packed:
    return lambda raw: raw[:place] + bytes((raw[place] ^ 1,)) + raw[place + 1 :]


def sized(size: int) -> Packed:
    return lambda raw: bytes((FINISHED,)) + size.to_bytes(3, "big") + (raw[4:] + bytes(size))[:size]


EXTENSIONS = (
    Asked("no extensions", "4.4.1", answers()),
    Asked("supported_groups", "4.3.7", answers(SupportedGroups((0x18, 0x17)))),
    Asked("server_name", "4.4.1", answers(ServerNameAck())),
    Asked(
        "server_name that was not asked for", "4.3", answers(ServerNameAck()), UNSUPPORTED, NO_NAME
    ),
    Asked("ALPN, one that was offered", "4.4.1", answers(Alpn((b"h2",))), GOES_ON, WITH_ALPN),
    Asked("ALPN, one that was not offered", "4.4.1", answers(Alpn((b"h3",))), ILLEGAL, WITH_ALPN),
    Asked("ALPN, two", "4.4.1", answers(Alpn((b"h2", b"http/1.1"))), ILLEGAL, WITH_ALPN),
    Asked("ALPN that was not asked for", "4.3", answers(Alpn((b"h2",))), UNSUPPORTED),
    Asked("an unknown extension", "4.3", answers(RawExtension(0xABCD, b"")), UNSUPPORTED),
    Asked(
        "supported_groups twice",
        "4.3",
        answers(SupportedGroups((0x17,)), SupportedGroups((0x17,))),
        ILLEGAL,
    ),
    Asked("an unknown extension twice", "4.3", answers(*(RawExtension(0xABCD, b""),) * 2), ILLEGAL),
    *(
        Asked(
            f"{name}, which has its place elsewhere",
            "4.3",
            answers(RawExtension(code, data)),
            ILLEGAL,
        )
        for name, code, data in (
            ("key_share", 51, b"\x00\x17\x00\x01\x04"),
            ("pre_shared_key", 41, b"\x00\x00"),
            ("supported_versions", 43, b"\x03\x04"),
            ("signature_algorithms", 13, b"\x00\x02\x04\x03"),
            ("cookie", 44, b"\x00\x01x"),
            ("psk_key_exchange_modes", 45, b"\x01\x01"),
        )
    ),
    # early data
    Asked("early data accepted", "4.3.10", answers(EarlyData()), GOES_ON, EARLY),
    Asked("early data rejected", "4.3.10", whole, GOES_ON, EARLY),
    Asked("early_data that was not offered", "4.3", answers(EarlyData()), UNSUPPORTED),
    Asked(
        "early_data that was not offered, with the PSK",
        "4.3",
        answers(EarlyData()),
        UNSUPPORTED,
        WITH_PSK,
    ),
    Asked(
        "early_data that is not empty", "4.3.10", answers(RawExtension(42, b"\x00")), DECODE, EARLY
    ),
    # "the client MUST verify that the server's selected_identity is 0" (4.3.11)
    Asked("early data accepted under the second PSK", "4.3.11", second_taken, ILLEGAL, TWO_EARLY),
    Asked("early data accepted without a PSK", "4.3.11", no_psk_taken, ILLEGAL, EARLY),
)
CERTIFICATES = (
    Asked("no EncryptedExtensions", "4.4.1", less(0), UNEXPECTED),
    Asked("no EncryptedExtensions, with the PSK", "4.4.1", less(0), UNEXPECTED, WITH_PSK),
    Asked("EncryptedExtensions twice", "4.4.1", flown(lambda m: [m[0], *m]), UNEXPECTED),
    Asked("EncryptedExtensions in the clear", "5.2", in_the_clear, UNEXPECTED),
    Asked("no Certificate", "4.5", less(1), UNEXPECTED),
    Asked("no CertificateVerify", "4.5", less(2), UNEXPECTED),
    Asked("neither of them", "4.5", flown(lambda m: m[:1]), UNEXPECTED),
    Asked("Certificate twice", "4.5", flown(lambda m: [*m[:2], *m[1:]]), UNEXPECTED),
    Asked(
        "CertificateVerify before Certificate",
        "4.5",
        flown(lambda m: [m[0], m[2], m[1]]),
        UNEXPECTED,
    ),
    Asked(
        "a Certificate in a handshake with the PSK",
        "4.5.1",
        flown(lambda m: [*m, CHAIN]),
        UNEXPECTED,
        WITH_PSK,
    ),
    # "Servers which are authenticating with a resumption PSK MUST NOT send [it]" (4.4.2)
    Asked(
        "a CertificateRequest with the PSK",
        "4.4.2",
        flown(lambda m: [*m, REQUEST]),
        UNEXPECTED,
        WITH_PSK,
    ),
    Asked("a CertificateRequest is answered", "4.4.2", requested),
    Asked("an empty certificate_list", "4.5.1.3", chain(pack(Certificate(b"", ()))), DECODE),
    Asked(
        "a context in the Certificate", "4.5.1", chain(pack(Certificate(b"x", ENTRIES))), ILLEGAL
    ),
    Asked(
        "an empty certificate",
        "4.5.1",
        chain(pack(Certificate(b"", (CertificateEntry(b""),)))),
        DECODE,
    ),
    Asked(
        "a certificate with an extension",
        "4.5.1",
        chain(pack(Certificate(b"", (replace(ENTRIES[0], extensions=(RawExtension(18, b""),)),)))),
        UNSUPPORTED,
    ),
    Asked(
        "a certificate that is none",
        "6.2",
        chain(pack(Certificate(b"", (CertificateEntry(bytes(9)),)))),
        "bad_certificate",
    ),
    Asked("a signature with another bit", "4.5.2", verify(flip=True), "decrypt_error"),
    Asked("a signature that is cut", "4.5.2", verify(cut=1), "decrypt_error"),
    Asked("a signature of another handshake", "4.5.2", of_another_handshake, "decrypt_error"),
    *(
        Asked(
            f"a signature as {name}, which was not offered", "4.5.2", verify(scheme=code), ILLEGAL
        )
        for name, code in (
            ("rsa_pkcs1_sha256", 0x0401),
            ("ecdsa_sha1", 0x0203),
            ("unknown", 0xFE01),
        )
    ),
)
ENDS = (
    *(
        Asked(
            f"Finished: a bit of byte {place - 4} is another",
            "4.5.3",
            ended(flip(place)),
            "decrypt_error",
        )
        for place in (4, 5, 19, 34, 35)
    ),
    Asked("the same, with the PSK", "4.5.3", ended(flip(4)), "decrypt_error", WITH_PSK),
    Asked(
        "Finished under the client's secret", "4.5.3", from_the_client, "decrypt_error", WITH_PSK
    ),
    *(
        Asked(f"Finished of {size} bytes", "4.5.3", ended(sized(size)), DECODE)
        for size in (0, 1, 31, 33, 48)
    ),
    Asked("Finished twice in a record", "5.1", ended(lambda raw: raw * 2), UNEXPECTED),
    Asked(
        "Finished with a ticket in its record",
        "5.1",
        ended(lambda raw: raw + b"\x04\x00\x00\x00"),
        UNEXPECTED,
    ),
    Asked(
        "KeyUpdate for Finished", "4.7.3", ended(lambda raw: b"\x18\x00\x00\x01\x00"), UNEXPECTED
    ),
    Asked("a ticket for Finished", "4", ended(lambda raw: b"\x04" + raw[1:]), UNEXPECTED),
    Asked(
        "EndOfEarlyData for Finished",
        "4.6",
        ended(lambda raw: b"\x05\x00\x00\x00"),
        UNEXPECTED,
        EARLY,
    ),
    Asked("a flight under other keys", "5.2", under_other_keys, "bad_record_mac", WITH_PSK),
    Asked("a record that does not open", "5.2", under_zeros, "bad_record_mac"),
    Asked("application data before Finished", "5", data_first, UNEXPECTED),
    Asked("a fatal alert is not answered", "6.2", alert(2, 40), "nothing"),
    Asked("a fatal alert at level warning is not answered", "6", alert(1, 40), "nothing"),
)
QUESTIONS = (*EXTENSIONS, *CERTIFICATES, *ENDS)
