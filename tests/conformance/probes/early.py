"""Early data: too much of it, without its PSK, and its end. RFC 9846 sections 4.3.10 and 4.6."""

from collections.abc import Callable

from tests.conformance.probes.hello import PSK_TYPE
from tests.conformance.probes.psks import changed
from tests.conformance.probes.question import EARLY, FULL, MOST_EARLY, PSK, WITH_PSK, Question
from tests.conformance.probes.talk import ALERT, DATA, HANDSHAKE, Ask, Talk
from tls13lab.records.framing import frame
from tls13lab.wire.writer import opaque16

EARLY_DATA = 42
UNEXPECTED = "unexpected_message"


def behind(say: Callable[[Talk], bytes]) -> Ask:
    """The honest hello and early data, and then these bytes, under the early keys or none."""

    def ask(talk: Talk) -> None:
        talk.greet()
        talk.send(say(talk))

    return ask


def more(size: int) -> Ask:
    """So many bytes in all: the honest client has sent 11."""
    return behind(lambda talk: talk.sealed(DATA, bytes(size - len(talk.config.early_data))))


def ended(data: bytes) -> Ask:
    """This for EndOfEarlyData."""
    return behind(lambda talk: talk.sealed(HANDSHAKE, data))


def unreadable(count: int, size: int) -> Ask:
    """Early data under a PSK that the server does not know: it can open none of these records."""

    def ask(talk: Talk) -> None:
        hello = talk.hello
        psks = hello.data(PSK_TYPE).replace(opaque16(PSK.identity), opaque16(b"bad"), 1)
        talk.say(hello.put(PSK_TYPE, psks))
        talk.send(frame(DATA, b"\x5c" * size) * count)

    return ask


QUESTIONS = (
    *(
        Question(
            f"{count} rejected records of {size} bytes",
            "4.3.10",
            unreadable(count, size),
            answer,
            EARLY,
        )
        for count, size, answer in (
            (1, 17, "goes on"),
            (1, 117, "goes on"),
            (5, 37, "goes on"),
            (100, 17, "goes on"),
            (1, 2**14 + 256, UNEXPECTED),
            (2, 16_000, UNEXPECTED),
        )
    ),
    Question("early data that is accepted", "4.3.10", Talk.greet, "goes on", EARLY),
    *(
        Question(
            f"{size} bytes of early data, of {MOST_EARLY} allowed",
            "4.7.1",
            more(size),
            answer,
            EARLY,
        )
        for size, answer in (
            (MOST_EARLY - 1, "goes on"),
            (MOST_EARLY, "goes on"),
            (MOST_EARLY + 1, UNEXPECTED),
            (2 * MOST_EARLY, UNEXPECTED),
            (2**14, UNEXPECTED),
        )
    ),
    Question(
        "early_data without a PSK",
        "4.3.10",
        changed(lambda hello: hello.put(EARLY_DATA, b"")),
        "goes on",
        FULL,
    ),
    Question(
        "early_data that is not empty",
        "4.3.10",
        changed(lambda hello: hello.put(EARLY_DATA, b"\x00")),
        "decode_error",
        WITH_PSK,
    ),
    Question(
        "early_data twice",
        "4.3",
        changed(lambda hello: hello.again(EARLY_DATA), bind=False),
        "illegal_parameter",
        EARLY,
    ),
    *(
        Question(
            f"EndOfEarlyData of {size} bytes",
            "4.6",
            ended(b"\x05" + size.to_bytes(3, "big") + bytes(size)),
            "decode_error",
            EARLY,
        )
        for size in (1, 2, 4, 100)
    ),
    Question(
        "EndOfEarlyData with a byte behind it",
        "5.1",
        ended(b"\x05\x00\x00\x00\x14"),
        UNEXPECTED,
        EARLY,
    ),
    Question("EndOfEarlyData twice", "5.1", ended(b"\x05\x00\x00\x00" * 2), UNEXPECTED, EARLY),
    Question(
        "Finished for EndOfEarlyData",
        "4.6",
        ended(b"\x14\x00\x00\x20" + bytes(32)),
        UNEXPECTED,
        EARLY,
    ),
    Question(
        "KeyUpdate under the early keys", "4.7.3", ended(b"\x18\x00\x00\x01\x00"), UNEXPECTED, EARLY
    ),
    Question(
        "an early record that does not open",
        "5.2",
        behind(lambda talk: frame(DATA, bytes(40))),
        "bad_record_mac",
        EARLY,
    ),
    Question(
        "a plaintext EndOfEarlyData",
        "5.2",
        behind(lambda talk: frame(HANDSHAKE, b"\x05\x00\x00\x00")),
        UNEXPECTED,
        EARLY,
    ),
    Question(
        "an alert under the early keys",
        "6.2",
        behind(lambda talk: talk.sealed(ALERT, b"\x02\x28")),
        "closed",
        EARLY,
    ),
)
