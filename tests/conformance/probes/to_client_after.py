"""What the client is asked once it is connected: tickets and KeyUpdates. RFC 9846 section 4.7.

Where a ticket is right, the answer also needs that the client keeps it, with the PSK that the
server has, and offers it as long as it may.
"""

from tests.conformance.probes.hostile import Hostile
from tests.conformance.probes.question import WITH_PSK
from tests.conformance.probes.talk import ALERT, CCS, DATA, GOES_ON, NOW_MS
from tests.conformance.probes.to_client import DECODE, ILLEGAL, UNEXPECTED, Asked, Say
from tests.conformance.probes.to_client_flight import CHAIN, REQUEST
from tls13lab.crypto.keyschedule import resumption_psk
from tls13lab.handshake.events import TicketReceived
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.writer import opaque8, opaque16, uint24, uint32

WEEK_S, DAY_S = 604_800, 86_400
UPDATE = b"\x18\x00\x00\x01\x00"


def ticket(
    *,
    lifetime_s: int = 7_200,
    nonce: bytes = b"\x01",
    name: bytes = b"a ticket",
    extensions: bytes = b"",
    behind: bytes = b"",
) -> bytes:
    """A NewSessionTicket, field by field."""
    body = uint32(lifetime_s) + uint32(0x0102_0304) + opaque8(nonce) + opaque16(name)
    body += opaque16(extensions) + behind
    return b"\x04" + uint24(len(body)) + body


def extension(code: int, data: bytes) -> bytes:
    return code.to_bytes(2, "big") + opaque16(data)


EARLY_LIMIT = extension(42, uint32(1000))


def then(*contents: bytes) -> Say:
    """The honest handshake, and these handshake records, each under the keys that are its own."""

    def say(server: Hostile) -> None:
        server.shake()
        for content in contents:
            server.sealed(content)

    return say


def kept(server: Hostile) -> list[ResumptionPsk]:
    return [one.psk for one in server.events if isinstance(one, TicketReceived)]


def keeps(raw: bytes, *, nonce: bytes = b"\x01", for_s: int = 7_200, updates: int = 0) -> Say:
    """A ticket that the client must keep, with the right PSK, for so many seconds and no longer.

    It comes behind so many KeyUpdates, which change nothing about it.
    """

    def say(server: Hostile) -> None:
        server.shake()
        for _ in range(updates):
            server.update()
        server.sealed(raw)
        right, last_ms = resumption_psk("sha256", server.resumption_secret(), nonce), for_s * 1000
        server.need(that=[one.key for one in kept(server)] == [right], otherwise="another PSK")
        for psk in kept(server):
            lives = psk.usable(NOW_MS + last_ms)
            server.need(that=lives == (for_s > 0), otherwise="a ticket that dies too soon")
            lives = psk.usable(NOW_MS + last_ms + 1)
            server.need(that=not lives, otherwise="a ticket that lives too long")

    return say


def updated(count: int) -> Say:
    """KeyUpdates, each in a record of its own, and a ticket behind them that must still open."""
    return keeps(ticket(), updates=count)


def plain(content: bytes) -> Say:
    def say(server: Hostile) -> None:
        server.shake()
        server.plain(content)

    return say


def inside(kind: int, content: bytes) -> Say:
    def say(server: Hostile) -> None:
        server.shake()
        server.sealed(content, kind)

    return say


def old_keys(server: Hostile) -> None:
    """A KeyUpdate, and then a record under the keys that it ended."""
    server.shake()
    before = server.sealer
    server.update()
    server.tell(before.seal(DATA, b"late"))


def halves(server: Hostile) -> None:
    """Application data between the two halves of a ticket."""
    server.shake()
    server.sealed(ticket()[:9])
    server.sealed(b"x", DATA)


def several(server: Hostile) -> None:
    """Two tickets in one record: each has its own nonce, and so its own PSK."""
    server.shake()
    server.sealed(ticket(nonce=b"\x01") + ticket(nonce=b"\x02", name=b"another"))
    keys = {one.key for one in kept(server)}
    server.need(that=len(keys) == 2, otherwise="not two PSKs")


TICKETS = (
    Asked("a ticket", "4.7.1", keeps(ticket())),
    Asked("a ticket in a handshake with the PSK", "4.7.1", keeps(ticket()), GOES_ON, WITH_PSK),
    Asked("two tickets in a record", "4.7.1", several),
    # "Clients MUST NOT use tickets for longer than 7 days after issuance, regardless of the
    # ticket_lifetime" (4.7.1)
    *(
        Asked(
            f"a ticket_lifetime of {lifetime} s",
            "4.7.1",
            keeps(ticket(lifetime_s=lifetime), for_s=min(lifetime, WEEK_S)),
        )
        for lifetime in (1, DAY_S, WEEK_S, WEEK_S + 1, 2 * WEEK_S, 2**32 - 1)
    ),
    # "The value of zero indicates that the ticket should be discarded immediately." (4.7.1)
    Asked("a ticket_lifetime of 0", "4.7.1", keeps(ticket(lifetime_s=0), for_s=0)),
    Asked("a ticket of 16,000 bytes", "4.7.1", keeps(ticket(name=bytes(16_000)))),
    Asked("an empty ticket", "4.7.1", then(ticket(name=b"")), DECODE),
    *(
        Asked(
            f"a nonce of {size} bytes", "4.7.1", keeps(ticket(nonce=bytes(size)), nonce=bytes(size))
        )
        for size in (0, 8, 255)
    ),
    Asked("early_data in a ticket", "4.7.1", keeps(ticket(extensions=EARLY_LIMIT))),
    Asked("early_data twice in a ticket", "4.3", then(ticket(extensions=EARLY_LIMIT * 2)), ILLEGAL),
    # "Clients MUST ignore unrecognized extensions." (4.7.1)
    Asked(
        "an unknown extension in a ticket",
        "4.7.1",
        keeps(ticket(extensions=extension(0xABCD, b"x"))),
    ),
    Asked(
        "an unknown extension twice in a ticket",
        "4.3",
        then(ticket(extensions=extension(0xABCD, b"") * 2)),
        ILLEGAL,
    ),
    *(
        Asked(f"{name} in a ticket", "4.3", then(ticket(extensions=extension(code, data))), ILLEGAL)
        for name, code, data in (
            ("key_share", 51, b"\x00\x17"),
            ("supported_versions", 43, b"\x03\x04"),
            ("pre_shared_key", 41, b"\x00\x00"),
        )
    ),
    *(
        Asked(
            f"early_data of {size} bytes in a ticket",
            "4.3.10",
            then(ticket(extensions=extension(42, bytes(size)))),
            DECODE,
        )
        for size in (0, 3, 5)
    ),
    Asked("a byte behind the extensions of a ticket", "4", then(ticket(behind=b"\x00")), DECODE),
    Asked("a ticket cut short", "4", then(b"\x04\x00\x00\x05" + bytes(5)), DECODE),
    Asked("a plaintext ticket", "5.2", plain(ticket()), UNEXPECTED),
)
UPDATES = (
    *(Asked(f"a ticket behind {count} KeyUpdates", "4.7.3", updated(count)) for count in (1, 2, 5)),
    Asked("a ticket and a KeyUpdate in a record", "5.1", then(ticket() + UPDATE)),
    Asked("a KeyUpdate and a ticket in a record", "5.1", then(UPDATE + ticket()), UNEXPECTED),
    Asked("a record under the keys that a KeyUpdate ended", "4.7.3", old_keys, "bad_record_mac"),
    *(
        Asked(f"request_update {value}", "4.7.3", then(UPDATE[:-1] + bytes((value,))), ILLEGAL)
        for value in (2, 128, 255)
    ),
    *(
        Asked(
            f"a KeyUpdate of {size} bytes",
            "4.7.3",
            then(b"\x18" + uint24(size) + bytes(size)),
            DECODE,
        )
        for size in (0, 2)
    ),
)
OTHERS = (
    # "A client that receives a post-handshake CertificateRequest message without having sent the
    # "post_handshake_auth" extension MUST send an "unexpected_message" fatal alert." (4.7.2)
    Asked("a CertificateRequest", "4.7.2", then(REQUEST), UNEXPECTED),
    *(
        Asked(f"{name} after the handshake", "4", then(raw), UNEXPECTED)
        for name, raw in (
            ("a HelloRequest of TLS 1.2", bytes(4)),
            ("a Certificate", CHAIN),
            ("EncryptedExtensions", b"\x08\x00\x00\x02\x00\x00"),
            ("EndOfEarlyData", b"\x05\x00\x00\x00"),
            ("Finished", b"\x14\x00\x00\x20" + bytes(32)),
            ("an unknown message", b"\x63\x00\x00\x00"),
        )
    ),
    Asked("an empty handshake record", "5.1", then(b""), UNEXPECTED),
    Asked("a protected change_cipher_spec", "5", inside(CCS, b"\x01"), UNEXPECTED),
    Asked("an alert of one byte", "6", inside(ALERT, b"\x02"), DECODE),
    Asked("data in the middle of a ticket", "5.1", halves, UNEXPECTED),
)
QUESTIONS = (*TICKETS, *UPDATES, *OTHERS)
