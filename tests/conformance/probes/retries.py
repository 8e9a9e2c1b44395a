"""The second ClientHello, after a HelloRetryRequest. RFC 9846 sections 4.2.2, 4.2.4 and 4.3.11.2.

The honest client sends no share at first, so that the server has to ask for one. Of its second
hello, "the client MUST send the same ClientHello without modification, except as follows" (4.2.2):
a server that would let other fields change could be made to choose from one hello and to be bound
by another. Its alert for a value that is "incorrect or out of range" is illegal_parameter (6).
"""

from collections.abc import Callable
from dataclasses import replace

from tests.conformance.probes.hello import PSK_TYPE, Hello, offered
from tests.conformance.probes.hellos import (
    COOKIE,
    GROUPS,
    MODES,
    P256,
    POINT,
    SCHEMES,
    SHARES,
    VERSIONS,
    X25519,
)
from tests.conformance.probes.psks import IDENTITY, UNKNOWN
from tests.conformance.probes.question import EARLY, PSK, RETRIED, WITH_PSK, Question
from tests.conformance.probes.talk import CCS, DATA, GOES_ON, HANDSHAKE, Ask, Talk
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.writer import opaque8, opaque16, uint16, uint32

NAME, ALPN, PADDING, EARLY_DATA = 0, 16, 21, 42
NO_SHARE = (NamedGroup.X25519, NamedGroup.SECP256R1)
WITH_PSK_RETRIED = replace(WITH_PSK, groups=NO_SHARE, share_groups=())
EARLY_RETRIED = replace(EARLY, groups=NO_SHARE, share_groups=())
TWO = (replace(PSK, identity=b"nobody"), PSK)
TWO_RETRIED = replace(WITH_PSK_RETRIED, psks=TWO)
ILLEGAL, UNEXPECTED = "illegal_parameter", "unexpected_message"


def second(change: Callable[[Hello], Hello], *, before: bytes | None = None) -> Ask:
    """The honest second hello, changed; its last binder fits.

    With ``before`` the binder is made as if these bytes, and not the right ones, preceded it.
    """

    def ask(talk: Talk) -> None:
        talk.hear_retry()
        hello = change(talk.second)
        precedes = talk.before if before is None else before
        talk.say(hello.bound(PSK, precedes))

    return ask


def with_first_binder(talk: Talk) -> None:
    """The binder of the first hello once more."""
    talk.hear_retry()
    talk.say(talk.second.put(PSK_TYPE, talk.hello.data(PSK_TYPE)))


def identities(*packed: bytes) -> Ask:
    """Other identities in the second hello than in the first; the last binder is PSK's."""
    binders = opaque8(bytes(32)) * len(packed)
    return second(lambda hello: hello.put(PSK_TYPE, offered(b"".join(packed), binders)))


def instead(data: bytes) -> Ask:
    """Not a second hello but this."""

    def ask(talk: Talk) -> None:
        talk.hear_retry()
        talk.send(data)

    return ask


def between(data: bytes) -> Ask:
    """This, and then the honest second hello."""

    def ask(talk: Talk) -> None:
        talk.hear_retry()
        hello = talk.second
        talk.send(data)
        talk.say(hello)

    return ask


def early_after(count: int) -> Ask:
    """Early data still under way when the request comes: it cannot be opened and is passed over."""
    return between(frame(DATA, b"\x5c" * 40) * count)


def put(code: int, data: bytes) -> Ask:
    return second(lambda hello: hello.put(code, data))


def shares(*entries: tuple[int, bytes]) -> Ask:
    packed = b"".join(uint16(group) + opaque16(key) for group, key in entries)
    return put(SHARES, opaque16(packed))


def more_shares(group: int, key: bytes) -> Ask:
    """The share that was asked for, and another behind it."""

    def change(hello: Hello) -> Hello:
        entries = hello.data(SHARES)[2:] + uint16(group) + opaque16(key)
        return hello.put(SHARES, opaque16(entries))

    return second(change)


def field(**values: bytes) -> Ask:
    return second(lambda hello: replace(hello, **values))  # type: ignore[arg-type]


def turned(hello: Hello) -> Hello:
    """In the reverse order; pre_shared_key stays the last."""
    last = hello.extensions[-1:] if hello.extensions[-1][0] == PSK_TYPE else ()
    rest = hello.extensions[: len(hello.extensions) - len(last)]
    return replace(hello, extensions=(*rest[::-1], *last))


def no_group(talk: Talk) -> None:
    """Groups that nobody has, and no share: there is nothing that a request could ask for."""
    groups = opaque16(b"\x0a\x0a\x7f\x7f")
    talk.say(talk.hello.put(GROUPS, groups).put(SHARES, opaque16(b"")))


CHANGES = (
    ("another random", field(random=bytes(32))),
    ("another session ID", field(session_id=bytes(32))),
    ("no session ID", field(session_id=b"")),
    ("a suite more", field(suites=b"\x13\x01\x13\x02")),
    ("another server_name", put(NAME, b"\x00\x0e\x00\x00\x0bother.where")),
    ("no server_name", second(lambda hello: hello.without(NAME))),
    ("a group less", put(GROUPS, b"\x00\x02\x00\x1d")),
    ("groups in another order", put(GROUPS, b"\x00\x04\x00\x17\x00\x1d")),
    (
        "a scheme more",
        second(lambda hello: hello.put(SCHEMES, opaque16(hello.data(SCHEMES)[2:] + b"\xfe\x01"))),
    ),
    ("a version more", put(VERSIONS, opaque8(b"\x03\x04\x03\x03"))),
    ("a mode less", put(MODES, b"\x01\x01")),
    ("no modes", second(lambda hello: hello.without(MODES))),
    ("ALPN, for the first time", put(ALPN, b"\x00\x03\x02h2")),
    ("an unknown extension, for the first time", put(0xABCD, b"")),
    ("a cookie that was not given", put(COOKIE, opaque16(b"crumbs"))),
)
QUESTIONS = (
    Question("an honest second hello", "4.2.4", second(lambda h: h), client=RETRIED),
    Question(
        "with a PSK: an honest second hello", "4.2.4", second(lambda h: h), GOES_ON, TWO_RETRIED
    ),
    *(Question(f"changed: {name}", "4.2.2", ask, ILLEGAL, RETRIED) for name, ask in CHANGES),
    Question("other suites", "4.2.4", field(suites=b"\x13\x02"), ILLEGAL, RETRIED),
    Question("a padding extension more", "4.2.2", put(PADDING, bytes(64)), client=RETRIED),
    Question("the order of extensions turned", "4.3", second(turned), client=RETRIED),
    # the share
    Question("no share again", "4.2.2", shares(), ILLEGAL, RETRIED),
    Question(
        "no key_share at all",
        "9.2",
        second(lambda h: h.without(SHARES)),
        "missing_extension",
        RETRIED,
    ),
    Question(
        "a share in a group that was not asked for",
        "4.2.2",
        shares((P256, POINT)),
        ILLEGAL,
        RETRIED,
    ),
    Question(
        "another share behind the one asked for",
        "4.2.2",
        more_shares(P256, POINT),
        ILLEGAL,
        RETRIED,
    ),
    Question(
        "the share asked for twice",
        "4.3.8",
        more_shares(X25519, b"\x09" + bytes(31)),
        ILLEGAL,
        RETRIED,
    ),
    Question("a share of zeros", "7.4.2", shares((X25519, bytes(32))), ILLEGAL, RETRIED),
    Question(
        "a share in a group that is in no list",
        "4.3.8",
        shares((0x18, bytes(97))),
        ILLEGAL,
        RETRIED,
    ),
    # the binder covers message_hash, the request and the second hello
    Question(
        "with a PSK: a binder over the second hello alone",
        "4.3.11.2",
        second(lambda h: h, before=b""),
        "decrypt_error",
        WITH_PSK_RETRIED,
    ),
    Question(
        "with a PSK: the first hello's binder",
        "4.3.11.2",
        with_first_binder,
        "decrypt_error",
        WITH_PSK_RETRIED,
    ),
    # the identities
    Question(
        "with a PSK: another age, and the binder for it",
        "4.2.2",
        identities(opaque16(PSK.identity) + uint32(77)),
        GOES_ON,
        WITH_PSK_RETRIED,
    ),
    Question(
        "with a PSK: an identity that was not in the first hello",
        "4.2.2",
        identities(UNKNOWN, IDENTITY),
        ILLEGAL,
        WITH_PSK_RETRIED,
    ),
    Question(
        "with a PSK: the identities turned",
        "4.2.2",
        identities(IDENTITY, UNKNOWN),
        ILLEGAL,
        TWO_RETRIED,
    ),
    Question(
        "with a PSK: the PSK that fits left out",
        "4.2.2",
        second(lambda h: h.without(PSK_TYPE)),
        ILLEGAL,
        WITH_PSK_RETRIED,
    ),
    Question(
        "with a PSK: a PSK for the first time",
        "4.2.2",
        second(
            lambda h: replace(
                h, extensions=(*h.extensions, (PSK_TYPE, offered(IDENTITY, opaque8(bytes(32)))))
            )
        ),
        ILLEGAL,
        RETRIED,
    ),
    # early data
    Question(
        "early data, and an honest second hello",
        "4.3.10",
        second(lambda h: h),
        GOES_ON,
        EARLY_RETRIED,
    ),
    Question(
        "early_data in the second hello", "4.3.10", put(EARLY_DATA, b""), ILLEGAL, EARLY_RETRIED
    ),
    Question(
        "early data still under way after the request",
        "4.3.10",
        early_after(5),
        GOES_ON,
        EARLY_RETRIED,
    ),
    Question("early data where none was announced", "4.3.10", early_after(1), UNEXPECTED, RETRIED),
    # something else than a hello
    Question(
        "change_cipher_spec before the second hello",
        "E.4",
        between(frame(CCS, b"\x01")),
        GOES_ON,
        RETRIED,
    ),
    *(
        Question(
            f"{name} for the second hello",
            "4",
            instead(frame(HANDSHAKE, data)),
            UNEXPECTED,
            RETRIED,
        )
        for name, data in (
            ("Finished", b"\x14\x00\x00\x20" + bytes(32)),
            ("KeyUpdate", b"\x18\x00\x00\x01\x00"),
            ("EndOfEarlyData", b"\x05\x00\x00\x00"),
        )
    ),
    Question("no group in common", "4.2.1", no_group, "handshake_failure"),
)
