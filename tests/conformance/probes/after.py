"""Records, padding, alerts, Finished and KeyUpdate. RFC 9846 sections 4.5.3, 4.7.3, 5 and 6."""

from collections.abc import Callable

from tests.conformance.probes.question import Question
from tests.conformance.probes.talk import (
    ALERT,
    CCS,
    DATA,
    HANDSHAKE,
    Ask,
    Talk,
)
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import AlertDescription, ContentType

FULL_RECORD = 2**14
UPDATE = b"\x18\x00\x00\x01"
UNEXPECTED, DECODE, OVERFLOW = "unexpected_message", "decode_error", "record_overflow"


def connected(say: Callable[[Talk], bytes]) -> Ask:
    """After the handshake: these bytes."""

    def ask(talk: Talk) -> None:
        talk.shake()
        talk.send(say(talk))

    return ask


def inner(kind: int, content: bytes, padding: int = 0) -> Ask:
    return connected(lambda talk: talk.sealed(kind, content, padding))


def plain(kind: ContentType, content: bytes) -> Ask:
    return connected(lambda talk: frame(kind, content))


def for_finished(data: bytes, *, honest: bool = False) -> Ask:
    """Where the client's Finished should come; with ``honest`` it comes behind."""

    def ask(talk: Talk) -> None:
        talk.greet()
        talk.hear_flight()
        finished = talk.client.outgoing()
        talk.send(data + (finished if honest else b""))

    return ask


def raw(data: bytes) -> Ask:
    """Instead of a hello."""
    return lambda talk: talk.send(data)


def update(body: bytes, *, behind: bytes = b"", times: int = 1) -> Ask:
    """KeyUpdates in one record, with something behind them."""
    message = b"\x18" + len(body).to_bytes(3, "big") + body
    return connected(lambda talk: talk.sealed(HANDSHAKE, message * times + behind))


def updated(request: bool, count: int) -> Ask:
    """Honest KeyUpdates, each in a record of its own under its own keys."""

    def ask(talk: Talk) -> None:
        talk.shake()
        for _ in range(count):
            talk.client.update_keys(request=request)
        talk.flush()

    return ask


def before_hello(data: bytes) -> Ask:
    def ask(talk: Talk) -> None:
        talk.send(data)
        talk.greet()

    return ask


def in_the_hello(data: bytes) -> Ask:
    """Between two halves of the ClientHello."""

    def ask(talk: Talk) -> None:
        half = len(talk.hello_raw) // 2
        first, second = talk.hello_raw[:half], talk.hello_raw[half:]
        talk.send(frame(HANDSHAKE, first) + data + frame(HANDSHAKE, second))

    return ask


def finished(change: Callable[[bytes], bytes]) -> Ask:
    """The honest Finished, changed, in one record under the handshake keys."""

    def ask(talk: Talk) -> None:
        held: list[bytes] = []
        sender = talk.client._sender
        talk.greet()
        sender.flush = lambda: None  # type: ignore[method-assign]
        original = sender.install

        def install(epoch: object, protection: object) -> None:
            if sender._messages:
                held.append(b"".join(sender._messages))
                sender._messages.clear()
                talk.send(sender.take() + talk.sealed(HANDSHAKE, change(held[0])))
            original(epoch, protection)  # type: ignore[arg-type]

        sender.install = install  # type: ignore[method-assign]
        talk.hear_flight()
        del sender.flush, sender.install
        assert held

    return ask


def flip(place: int) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:place] + bytes((raw[place] ^ 1,)) + raw[place + 1 :]


def resized(size: int) -> Callable[[bytes], bytes]:
    """A Finished whose body has so many bytes, and whose length says so."""
    return lambda raw: b"\x14" + size.to_bytes(3, "big") + (raw[4:] + bytes(size))[:size]


TOO_LONG = (1, 2, 16, 100, 239, 255)
FATAL = tuple(one for one in AlertDescription if one.name not in ("CLOSE_NOTIFY", "USER_CANCELED"))
QUESTIONS = (
    # what is in a record, and how long it is
    Question("a full record, all content", "5.1", inner(DATA, bytes(FULL_RECORD))),
    *(
        Question(
            f"content and padding of 2^14 + {more}",
            "5.4",
            inner(DATA, bytes(more), FULL_RECORD),
            OVERFLOW,
        )
        for more in TOO_LONG[:-2]
    ),
    *(
        Question(
            f"content of 2^14 + {more}", "5.2", inner(DATA, bytes(FULL_RECORD + more)), OVERFLOW
        )
        for more in TOO_LONG[:-1]
    ),
    Question(
        "a fragment of 2^14 + 256, no tag that fits",
        "5.2",
        plain(DATA, bytes(FULL_RECORD + 256)),
        "bad_record_mac",
    ),
    *(
        Question(
            f"a fragment of 2^14 + {more}", "5.2", plain(DATA, bytes(FULL_RECORD + more)), OVERFLOW
        )
        for more in (257, 258, 512, 2**14)
    ),
    *(
        Question(
            f"a plaintext handshake record of 2^14 + {more}",
            "5.1",
            raw(frame(HANDSHAKE, b"\x01\x01\x00\x00" + bytes(FULL_RECORD - 4 + more))),
            OVERFLOW,
        )
        for more in TOO_LONG
    ),
    *(
        Question(
            f"a protected record of {size} bytes", "5.2", plain(DATA, bytes(size)), "bad_record_mac"
        )
        for size in (0, 1, 15, 16, 17)
    ),
    Question(
        "nothing but padding", "5.4", connected(lambda talk: talk.sealed(0, b"", 100)), UNEXPECTED
    ),
    Question(
        "nothing but 2^14 of padding",
        "5.4",
        connected(lambda talk: talk.sealed(0, b"", FULL_RECORD)),
        UNEXPECTED,
    ),
    *(
        Question(f"a byte of data and {padding} of padding", "5.4", inner(DATA, b"x", padding))
        for padding in (1, 255, 256, FULL_RECORD - 1)
    ),
    Question("zeros as data are no padding", "5.4", inner(DATA, bytes(10), 10)),
    Question("empty application data", "5.1", connected(lambda talk: talk.sealed(DATA, b""))),
    Question("empty application data with padding", "5.4", inner(DATA, b"", 100)),
    Question(
        "32 empty records of data",
        "5.1",
        connected(lambda talk: b"".join(talk.sealed(DATA, b"") for _ in range(32))),
    ),
    Question("empty handshake record", "5.1", inner(HANDSHAKE, b""), UNEXPECTED),
    Question("empty alert record", "5.1", inner(ALERT, b""), UNEXPECTED),
    Question("a protected change_cipher_spec", "5", inner(CCS, b"\x01"), UNEXPECTED),
    *(
        Question(f"an inner type of {kind}", "5.2", inner(kind, b"x"), UNEXPECTED)
        for kind in (1, 19, 24, 25, 26, 64, 255)
    ),
    *(
        Question(
            f"a plaintext record of type {kind}",
            "5",
            raw(bytes((kind, 3, 3, 0, 1, 0))),
            UNEXPECTED,
        )
        for kind in (0, 19, 24, 25, 128, 255)
    ),
    Question("application data first of all", "5", raw(frame(DATA, bytes(40))), UNEXPECTED),
    Question(
        "empty handshake record first of all",
        "5.1",
        before_hello(frame(HANDSHAKE, b"")),
        UNEXPECTED,
    ),
    *(
        Question(
            f"another record type between two parts of the hello: {name}",
            "5.1",
            in_the_hello(data),
            UNEXPECTED,
        )
        for name, data in (
            ("application data", frame(DATA, bytes(40))),
            ("change_cipher_spec", frame(CCS, b"\x01")),
            ("user_canceled", frame(ALERT, b"\x01\x5a")),
        )
    ),
    # change_cipher_spec
    Question(
        "change_cipher_spec before the hello", "5", before_hello(frame(CCS, b"\x01")), UNEXPECTED
    ),
    Question(
        "change_cipher_spec before Finished",
        "5",
        for_finished(frame(CCS, b"\x01"), honest=True),
    ),
    Question("change_cipher_spec after Finished", "5", plain(CCS, b"\x01"), UNEXPECTED),
    *(
        Question(
            f"change_cipher_spec of {data.hex() or 'nothing'}",
            "5",
            for_finished(frame(CCS, data)),
            UNEXPECTED,
        )
        for data in (b"", b"\x00", b"\x02", b"\x01\x01", b"\x01\x00", b"\xff")
    ),
    # alerts
    *(
        Question(
            f"a fatal alert {one.name.lower()}", "6.2", inner(ALERT, bytes((2, one))), "closed"
        )
        for one in FATAL
    ),
    *(
        Question(
            f"a fatal alert {one.name.lower()} for a hello",
            "6.2",
            raw(frame(ALERT, bytes((2, one)))),
            "closed",
        )
        for one in FATAL
    ),
    *(
        Question(
            f"the alert handshake_failure at level {level}",
            "6",
            inner(ALERT, bytes((level, 40))),
            "closed",
        )
        for level in (0, 1, 3, 255)
    ),
    Question("an alert with an unknown number", "6.2", inner(ALERT, b"\x02\xee"), "closed"),
    Question(
        "a plaintext alert before Finished",
        "6",
        for_finished(frame(ALERT, b"\x02\x28")),
        "closed",
    ),
    Question("a plaintext alert after Finished", "5.2", plain(ALERT, b"\x02\x28"), UNEXPECTED),
    Question("close_notify is answered", "6.1", inner(ALERT, b"\x01\x00"), "closed"),
    Question("user_canceled alone", "6.1", inner(ALERT, b"\x01\x5a")),
    *(
        Question(f"an alert of {len(data)} bytes", "6", inner(ALERT, data), DECODE)
        for data in (b"\x02", b"\x02\x28\x00", b"\x02\x28\x02\x28", bytes(100) + b"\x01")
    ),
    *(
        Question(f"an alert of {len(data)} bytes for a hello", "6", raw(frame(ALERT, data)), DECODE)
        for data in (b"\x02", b"\x02\x28\x00", b"\x02\x28" * 50)
    ),
    # Finished
    Question("an honest Finished", "4.5.3", finished(lambda raw: raw)),
    *(
        Question(
            f"Finished: a bit of byte {place - 4} is another",
            "4.5.3",
            finished(flip(place)),
            "decrypt_error",
        )
        for place in (4, 5, 11, 19, 20, 27, 34, 35)
    ),
    *(
        Question(f"Finished of {size} bytes", "4.5.3", finished(resized(size)), DECODE)
        for size in (0, 1, 16, 31, 33, 48, 64)
    ),
    Question(
        "Finished with a byte behind it", "5.1", finished(lambda raw: raw + b"\x18"), UNEXPECTED
    ),
    Question("Finished twice in a record", "5.1", finished(lambda raw: raw * 2), UNEXPECTED),
    Question("KeyUpdate for Finished", "4.7.3", finished(lambda raw: UPDATE + b"\x00"), UNEXPECTED),
    Question(
        "EndOfEarlyData that was not offered",
        "4.6",
        finished(lambda raw: b"\x05\x00\x00\x00" + raw),
        UNEXPECTED,
    ),
    Question(
        "a ClientHello for Finished", "4", finished(lambda raw: b"\x01" + raw[1:]), UNEXPECTED
    ),
    Question(
        "an unknown message for Finished", "4", finished(lambda raw: b"\x63" + raw[1:]), UNEXPECTED
    ),
    # KeyUpdate
    *(
        Question(
            f"{count} KeyUpdates, {'asking' if request else 'not asking'}",
            "4.7.3",
            updated(request, count),
        )
        for request in (False, True)
        for count in (1, 2, 5)
    ),
    *(
        Question(
            f"KeyUpdate with request_update {value}",
            "4.7.3",
            update(bytes((value,))),
            "illegal_parameter",
        )
        for value in (2, 3, 4, 7, 8, 16, 31, 32, 64, 127, 128, 254, 255)
    ),
    *(
        Question(f"KeyUpdate of {size} bytes", "4.7.3", update(bytes(size)), DECODE)
        for size in (0, 2, 3, 255, 1000)
    ),
    Question("two KeyUpdates in one record", "5.1", update(b"\x00", times=2), UNEXPECTED),
    Question(
        "a KeyUpdate, and a byte of the next message",
        "5.1",
        update(b"\x00", behind=b"\x18"),
        UNEXPECTED,
    ),
    Question("a plaintext KeyUpdate", "5.2", plain(HANDSHAKE, UPDATE + b"\x00"), UNEXPECTED),
    Question(
        "data within a KeyUpdate",
        "5.1",
        connected(lambda talk: talk.sealed(HANDSHAKE, UPDATE) + talk.sealed(DATA, b"x")),
        UNEXPECTED,
    ),
    *(
        Question(
            f"a handshake message of type {kind} after the handshake",
            "4",
            inner(HANDSHAKE, bytes((kind, 0, 0, 0))),
            UNEXPECTED,
        )
        for kind in (0, 1, 2, 4, 5, 8, 11, 13, 15, 20, 99, 254)
    ),
)
