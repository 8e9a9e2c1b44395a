"""The ClientHello itself, its key shares and its lists. RFC 9846 sections 4.2.2, 4.3.1 to 4.3.8."""

from dataclasses import replace

from tests.conformance.probes.hello import Hello
from tests.conformance.probes.psks import changed
from tests.conformance.probes.question import RETRIED, Question
from tests.conformance.probes.talk import GOES_ON, Ask, Talk, in_records
from tls13lab.wire.writer import opaque8, opaque16, uint16, uint24

GROUPS, SCHEMES, VERSIONS, SHARES, MODES, COOKIE = 10, 13, 43, 51, 45, 44
X25519, P256, P384, HYBRID = 0x1D, 0x17, 0x18, 0x11EC
POINT = bytes.fromhex(  # the base point of P-256
    "04"
    "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)


def put(code: int, data: bytes) -> Ask:
    return changed(lambda hello: hello.put(code, data))


def twice(code: int) -> Ask:
    return changed(lambda hello: hello.again(code))


def less(code: int) -> Ask:
    return changed(lambda hello: hello.without(code))


def greeted_twice(talk: Talk) -> None:
    talk.greet()
    talk.greet()


def share(*entries: tuple[int, bytes], groups: tuple[int, ...] = ()) -> Ask:
    """These key shares, and these groups, or those of the shares."""
    listed = b"".join(map(uint16, groups or tuple(group for group, _ in entries)))
    packed = b"".join(uint16(group) + opaque16(key) for group, key in entries)
    return changed(lambda hello: hello.put(GROUPS, opaque16(listed)).put(SHARES, opaque16(packed)))


def tail(data: bytes) -> Ask:
    return changed(lambda hello: replace(hello, tail=data))


def length_says(difference: int) -> Ask:
    """The message's own length is wrong, and its record is as long as the message was."""

    def ask(talk: Talk) -> None:
        raw = talk.hello_raw
        body = raw[4:]
        talk.send(in_records(b"\x01" + uint24(len(body) + difference) + body))

    return ask


def cut(size: int) -> Ask:
    """In records of so many bytes."""

    def ask(talk: Talk) -> None:
        talk.send(in_records(talk.hello_raw, size))

    return ask


def field(**values: bytes) -> Ask:
    def change(hello: Hello) -> Hello:
        return replace(hello, **values)  # type: ignore[arg-type]

    return changed(change)


def own_share(group: int) -> Ask:
    """The honest share, and one of 10 bytes in ``group`` before it, which the server has not."""

    def change(hello: Hello) -> Hello:
        known = hello.data(GROUPS)[2:]
        shares = uint16(group) + opaque16(bytes(10)) + hello.data(SHARES)[2:]
        return hello.put(GROUPS, opaque16(uint16(group) + known)).put(SHARES, opaque16(shares))

    return changed(change)


def listed(code: int, before: bytes) -> Ask:
    """More in front of what the honest list of this extension holds."""
    return changed(lambda hello: hello.put(code, opaque16(before + hello.data(code)[2:])))


SESSION_IDS = (0, 1, 16, 31, 32)
QUESTIONS = (
    Question("an honest hello", "4.2.2", Talk.greet),
    *(
        Question(f"a session ID of {size} bytes is echoed", "4.2.3", field(session_id=bytes(size)))
        for size in SESSION_IDS
    ),
    *(
        Question(
            f"a session ID of {size} bytes", "4.2.2", field(session_id=bytes(size)), "decode_error"
        )
        for size in (33, 64, 255)
    ),
    *(
        Question(
            f"compression methods {methods.hex() or 'none'}",
            "4.2.2",
            field(compression=methods),
            answer,
        )
        for methods, answer in (
            (b"", "decode_error"),
            (b"\x01", "illegal_parameter"),
            (b"\x01\x00", "illegal_parameter"),
            (b"\x00\x01", "illegal_parameter"),
            (b"\x00\x00", "illegal_parameter"),
        )
    ),
    *(
        Question(
            f"legacy_version {version.hex()}", "4.2.2", field(version=version), "protocol_version"
        )
        for version in (
            b"\x00\x00",
            b"\x02\x00",
            b"\x03\x00",
            b"\x03\x01",
            b"\x03\x02",
            b"\x03\x04",
            b"\x7f\x1c",
            b"\xff\xff",
        )
    ),
    Question(
        "no supported_versions", "4.3.1", changed(lambda h: h.without(VERSIONS)), "protocol_version"
    ),
    Question(
        "versions: only TLS 1.2", "4.3.1", put(VERSIONS, opaque8(b"\x03\x03")), "protocol_version"
    ),
    Question("versions: none", "4.3.1", put(VERSIONS, b"\x00"), "decode_error"),
    Question(
        "versions: an odd length", "4.3.1", put(VERSIONS, opaque8(b"\x03\x04\x03")), "decode_error"
    ),
    Question(
        "versions: unknown ones first", "4.3.1", put(VERSIONS, opaque8(b"\x0a\x0a\x7f\x1c\x03\x04"))
    ),
    Question(
        "versions: as they stand in a ServerHello",
        "4.3.1",
        put(VERSIONS, b"\x03\x04"),
        "decode_error",
    ),
    Question("no cipher suites", "4.2.2", field(suites=b""), "decode_error"),
    Question("cipher suites of 3 bytes", "4.2.2", field(suites=b"\x13\x01\x13"), "decode_error"),
    Question(
        "only unknown cipher suites",
        "4.2.2",
        field(suites=b"\x13\x99\x0a\x0a\xc0\x2f"),
        "handshake_failure",
    ),
    Question(
        "a thousand unknown suites before the known",
        "4.2.2",
        field(suites=b"\x5a\x5a" * 1000 + b"\x13\x01"),
    ),
    *(
        Question(f"the hello in records of {size} bytes", "5.1", cut(size))
        for size in (1, 2, 3, 4, 5, 64)
    ),
    *(
        Question(f"a byte {what}", "4", tail(data), "decode_error")
        for what, data in (
            ("behind the extensions", b"\x00"),
            ("and another behind them", b"\x00\x00"),
        )
    ),
    Question("the message's length one too small", "4", length_says(-1), "decode_error"),
    *(
        Question(
            f"the extension {code} twice",
            "4.3",
            twice(code),
            "illegal_parameter",
        )
        for code in (0, GROUPS, SCHEMES, VERSIONS, MODES, SHARES)
    ),
    Question("an unknown extension", "4.3", put(0xABCD, bytes(100))),
    Question(
        "an unknown extension twice",
        "4.3",
        changed(lambda h: h.put(0xABCD, b"").again(0xABCD)),
        "illegal_parameter",
    ),
    Question(
        "unknown extensions, a thousand",
        "4.3",
        changed(
            lambda h: replace(
                h, extensions=(*((code, b"") for code in range(0x4000, 0x43E8)), *h.extensions)
            )
        ),
    ),
    Question(
        "extensions in the reverse order",
        "4.3",
        changed(lambda h: replace(h, extensions=h.extensions[::-1])),
    ),
    # key shares
    *(
        Question(f"no {name}", "9.2", less(code), "missing_extension")
        for name, code in (
            ("key_share", SHARES),
            ("supported_groups", GROUPS),
            ("signature_algorithms", SCHEMES),
        )
    ),
    Question(
        "neither groups nor shares",
        "9.2",
        changed(lambda h: h.without(SHARES, GROUPS)),
        "missing_extension",
    ),
    Question("no groups in the list", "4.3.7", put(GROUPS, b"\x00\x00"), "decode_error"),
    Question("groups of 3 bytes", "4.3.7", put(GROUPS, b"\x00\x03\x00\x1d\x00"), "decode_error"),
    Question("unknown groups before the known", "4.3.7", listed(GROUPS, b"\x0a\x0a\x7f\x7f" * 50)),
    Question("a share in an unknown group", "4.3.8", own_share(0x0A0A)),
    Question(
        "a share in a group that is not listed",
        "4.3.8",
        share((P256, POINT), groups=(X25519,)),
        "illegal_parameter",
    ),
    Question(
        "two shares in one group",
        "4.3.8",
        share((X25519, b"\x09" + bytes(31)), (X25519, b"\x09" + bytes(31))),
        "illegal_parameter",
    ),
    Question("an empty share", "4.3.8", share((X25519, b"")), "decode_error"),
    Question(
        "a share cut short", "4.3.8", put(SHARES, b"\x00\x05\x00\x1d\x00\x20\x00"), "decode_error"
    ),
    Question(
        "a byte behind the shares",
        "4.3.8",
        changed(lambda h: h.put(SHARES, h.data(SHARES) + b"\x00")),
        "decode_error",
    ),
    *(
        Question(
            f"X25519: a key of {size} bytes",
            "4.3.8.2",
            share((X25519, bytes(size))),
            "illegal_parameter",
        )
        for size in (1, 16, 31, 33, 64, 65)
    ),
    *(
        Question(
            f"X25519: {name}, all zeros come of it",
            "7.4.2",
            share((X25519, key)),
            "illegal_parameter",
        )
        for name, key in (
            ("zero", bytes(32)),
            ("one", b"\x01" + bytes(31)),
            (
                "a point of order 8",
                bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            ),
            ("p", b"\xed" + b"\xff" * 30 + b"\x7f"),
            ("p - 1", b"\xec" + b"\xff" * 30 + b"\x7f"),
            ("p + 1", b"\xee" + b"\xff" * 30 + b"\x7f"),
        )
    ),
    *(
        Question(f"P-256: {name}", "4.3.8.2", share((P256, key)), "illegal_parameter")
        for name, key in (
            ("64 bytes", POINT[1:]),
            ("66 bytes", POINT + b"\x00"),
            ("compressed", b"\x03" + POINT[1:33]),
            ("hybrid form", b"\x07" + POINT[1:]),
            ("the point at infinity", b"\x00"),
            ("zeros", b"\x04" + bytes(64)),
            ("not on the curve", POINT[:-1] + b"\x00"),
            ("X above p", b"\x04" + b"\xff" * 32 + POINT[33:]),
        )
    ),
    Question("P-384: a key of 96 bytes", "4.3.8.2", share((P384, bytes(96))), "illegal_parameter"),
    *(
        Question(
            f"X25519MLKEM768: a key of {size} bytes",
            "4.3.8",
            share((HYBRID, bytes(size))),
            "illegal_parameter",
        )
        for size in (32, 1184, 1215, 1217)
    ),
    # signatures
    Question("signature schemes: none", "4.3.3", put(SCHEMES, b"\x00\x00"), "decode_error"),
    Question(
        "signature schemes: an odd length",
        "4.3.3",
        put(SCHEMES, b"\x00\x03\x04\x03\x04"),
        "decode_error",
    ),
    Question(
        "signature schemes: unknown before the known",
        "4.3.3",
        listed(SCHEMES, b"\xfe\x01\x0a\x0a" * 200),
    ),
    *(
        Question(
            f"signature schemes: only {name}",
            "4.3.3",
            put(SCHEMES, opaque16(scheme)),
            "handshake_failure",
        )
        for name, scheme in (
            ("rsa_pkcs1_sha256", b"\x04\x01"),
            ("rsa_pkcs1_sha1", b"\x02\x01"),
            ("ecdsa_sha1", b"\x02\x03"),
            ("rsa_pss_rsae_sha256", b"\x08\x04"),
            ("rsa_pss_pss_sha256", b"\x08\x09"),
            ("ecdsa_secp384r1_sha384", b"\x05\x03"),
            ("ed25519", b"\x08\x07"),
            ("unknown ones", b"\xfe\x01"),
        )
    ),
    # HelloRetryRequest
    Question("no share yet", "4.2.4", Talk.greet, GOES_ON, RETRIED),
    Question(
        "the first hello again after the request",
        "4.2.4",
        greeted_twice,
        "illegal_parameter",
        RETRIED,
    ),
)
