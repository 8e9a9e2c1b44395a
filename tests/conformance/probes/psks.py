"""PSKs: the offer, its modes, its binders, and tickets. RFC 9846 sections 4.3.9, 4.3.11, 4.7.1."""

from collections.abc import Callable
from dataclasses import replace

from tests.conformance.probes.hello import PSK_TYPE, Hello, offered
from tests.conformance.probes.question import FULL, PSK, PSK_KE_ONLY, WITH_PSK, Question
from tests.conformance.probes.talk import GOES_ON, Ask, Talk
from tls13lab.wire.writer import opaque8, opaque16, uint32

MODES, VERSIONS = 45, 43
IDENTITY = opaque16(PSK.identity) + bytes(4)
UNKNOWN = opaque16(b"nobody") + bytes(4)


def changed(change: Callable[[Hello], Hello], *, bind: bool = True, offers: int = 1) -> Ask:
    """The honest hello, changed; its last binder fits again, or with ``bind`` False does not.

    ``offers`` is how many PSKs it then offers; the known one is the last.
    """

    def ask(talk: Talk) -> None:
        hello = change(talk.hello)
        psks = talk.config.psks * offers
        talk.say(hello.bound(PSK) if bind else hello, psks)

    return ask


def offer(identities: bytes, *binders: bytes) -> Ask:
    """These identities, packed, and these binders as they are."""
    packed = b"".join(opaque8(one) for one in binders)
    return changed(lambda hello: hello.put(PSK_TYPE, offered(identities, packed)), bind=False)


def rebound(identities: bytes, count: int) -> Ask:
    """These identities, with ``count`` binders of which the last is the known PSK's."""
    packed = opaque8(bytes(32)) * count
    return changed(lambda hello: hello.put(PSK_TYPE, offered(identities, packed)), offers=count)


def flipped(place: int) -> Ask:
    """One bit of the binder is another."""

    def change(hello: Hello) -> Hello:
        data = bytearray(hello.data(PSK_TYPE))
        data[-32 + place] ^= 1
        return hello.put(PSK_TYPE, bytes(data))

    return changed(change, bind=False)


def with_age(age: int) -> Ask:
    identity = opaque16(PSK.identity) + uint32(age)
    return rebound(identity, 1)


def modes(data: bytes) -> Ask:
    return changed(lambda hello: hello.put(MODES, data))


def not_last(hello: Hello) -> Hello:
    first, last = hello.extensions[:-1], hello.extensions[-1]
    return replace(hello, extensions=(*first[:-1], last, first[-1]))


WRONG_LENGTHS = (*range(0, 32, 3), 31, 33, 34, 40, 47, 48, 49, 63, 64, 65, 128, 255)
QUESTIONS = (
    Question("a binder that fits", "4.3.11.2", Talk.greet, client=WITH_PSK),
    Question("in psk_ke", "4.3.9", Talk.greet, client=PSK_KE_ONLY),
    *(
        Question(
            f"a binder of {length} bytes",
            "4.3.11",
            offer(IDENTITY, bytes(length)),
            "decode_error" if length < 32 else "decrypt_error",
            WITH_PSK,
        )
        for length in WRONG_LENGTHS
    ),
    *(
        Question(
            f"bit flipped in byte {at} of the binder",
            "4.3.11",
            flipped(at),
            "decrypt_error",
            WITH_PSK,
        )
        for at in range(0, 32, 5)
    ),
    Question(
        "a binder over another hello",
        "4.3.11.2",
        changed(lambda hello: replace(hello, random=bytes(32)), bind=False),
        "decrypt_error",
        WITH_PSK,
    ),
    Question(
        "two identities, one binder",
        "4.3.11",
        offer(IDENTITY * 2, bytes(32)),
        "illegal_parameter",
        WITH_PSK,
    ),
    Question(
        "one identity, two binders",
        "4.3.11",
        offer(IDENTITY, bytes(32), bytes(32)),
        "illegal_parameter",
        WITH_PSK,
    ),
    Question("no identity, no binder", "4.3.11", offer(b""), "decode_error", WITH_PSK),
    Question("no identity, one binder", "4.3.11", offer(b"", bytes(32)), "decode_error", WITH_PSK),
    Question("an identity, no binder", "4.3.11", offer(IDENTITY), "decode_error", WITH_PSK),
    Question("an empty identity", "4.3.11", offer(bytes(6), bytes(32)), "decode_error", WITH_PSK),
    Question(
        "an empty identity beside the known one",
        "4.3.11",
        offer(IDENTITY + bytes(6), bytes(32), bytes(32)),
        "decode_error",
        WITH_PSK,
    ),
    Question(
        "an identity cut short",
        "4.3.11",
        offer(opaque16(b"lab") + bytes(3), bytes(32)),
        "decode_error",
        WITH_PSK,
    ),
    Question(
        "a byte behind the binders",
        "4.3.11",
        changed(lambda hello: hello.put(PSK_TYPE, hello.data(PSK_TYPE) + b"\x00"), bind=False),
        "decode_error",
        WITH_PSK,
    ),
    Question(
        "an empty pre_shared_key",
        "4.3.11",
        changed(lambda hello: hello.put(PSK_TYPE, b""), bind=False),
        "decode_error",
        WITH_PSK,
    ),
    Question(
        "an unknown identity falls back to the certificate",
        "4.3.11",
        offer(UNKNOWN, bytes(32)),
        GOES_ON,
        WITH_PSK,
    ),
    Question(
        "an unknown identity before the known one",
        "4.3.11",
        rebound(UNKNOWN + IDENTITY, 2),
        GOES_ON,
        WITH_PSK,
    ),
    Question(
        "100 unknown identities",
        "4.3.11",
        offer(UNKNOWN * 100, *(bytes(32),) * 100),
        GOES_ON,
        WITH_PSK,
    ),
    Question(
        "an identity of 60,000 bytes",
        "4.3.11",
        offer(opaque16(bytes(60_000)) + bytes(4), bytes(32)),
        GOES_ON,
        WITH_PSK,
    ),
    *(
        Question(f"an external PSK's age of {age}", "4.3.11", with_age(age), GOES_ON, WITH_PSK)
        for age in (1, 2**31, 2**32 - 1)
    ),
    Question(
        "pre_shared_key before the last",
        "4.3.11",
        changed(not_last, bind=False),
        "illegal_parameter",
        WITH_PSK,
    ),
    Question(
        "pre_shared_key twice",
        "4.3",
        changed(lambda hello: hello.again(PSK_TYPE), bind=False),
        "illegal_parameter",
        WITH_PSK,
    ),
    Question(
        "no psk_key_exchange_modes",
        "4.3.9",
        changed(lambda hello: hello.without(MODES)),
        "missing_extension",
        WITH_PSK,
    ),
    Question("no modes in the list", "4.3.9", modes(b"\x00"), "decode_error", WITH_PSK),
    Question("an empty psk_key_exchange_modes", "4.3.9", modes(b""), "decode_error", WITH_PSK),
    Question(
        "a list of modes longer than its extension",
        "4.3.9",
        modes(b"\x02\x01"),
        "decode_error",
        WITH_PSK,
    ),
    Question("a byte behind the modes", "4.3.9", modes(b"\x01\x01\x00"), "decode_error", WITH_PSK),
    Question(
        "an unknown mode among the known", "4.3.9", modes(b"\x03\x7f\x01\x00"), GOES_ON, WITH_PSK
    ),
    Question("the same mode many times", "4.3.9", modes(opaque8(b"\x01" * 255)), GOES_ON, WITH_PSK),
    Question("nothing but unknown modes", "4.3.9", modes(b"\x02\x7f\xff"), GOES_ON, WITH_PSK),
    Question("modes without a PSK", "4.3.9", Talk.greet, GOES_ON, FULL),
    Question(
        "psk_dhe_ke alone, without a group or a signature scheme",
        "4.3.9",
        changed(lambda hello: hello.put(MODES, b"\x01\x7f")),
        "missing_extension",
        PSK_KE_ONLY,
    ),
)
