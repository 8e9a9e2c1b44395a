"""What BoGo's tests are about, for the tables: a topic by a test's name, a reason by a flag."""

import re

TOPICS = (
    ("0-RTT data", r"EarlyData|0RTT|Skip.*Early"),
    ("HelloRetryRequest", r"HelloRetry|HRR|SecondClientHello|SecondServerHello"),
    ("resumption, PSKs and tickets", r"Resum|PSK|Ticket|Session"),
    ("groups and key shares", r"Curve|KeyShare|ECDH|X25519|Group"),
    ("KeyUpdate", r"KeyUpdate"),
    ("certificates and signatures", r"Sign|Verif|Cert|ECDSA|RSA|Auth|Ed25519|KeyUsage"),
    ("messages in a wrong place or too long", r"WrongMessage|Trailing|Partial|Stray|Extra"),
    ("extensions", r"Extension|ALPN|ServerName|EMS|GREASE|OCSP|SCT|QUIC|ALPS|ECH|ChannelID"),
    ("versions and downgrade", r"Version|Downgrade|JDK11"),
    (
        "records, alerts and closing",
        r"Record|Alert|Shutdown|Large|Fragment|Empty|Pad|Http|Data|CCS|ChangeCipherSpec|Packed"
        r"|Garbage|BadPackets|Split",
    ),
    ("cipher suites", r"Cipher|AES|CHACHA|TLS-TLS13"),
    ("everything else", r""),
)
"""Each with a pattern of names; the first that fits counts."""


def topic(name: str) -> str:
    """What the test of this name is about."""
    return next(title for title, pattern in TOPICS if re.search(pattern, name))


_FLAGS = {
    "Encrypted Client Hello": ("ech", "enable-ech", "expect-ech", "expect-no-ech"),
    "stapled OCSP answers and SCTs": (
        *(
            "enable-ocsp",
            "use-ocsp",
            "ocsp",
            "expect-ocsp",
            "set-ocsp",
            "decline-ocsp",
            "fail-ocsp",
        ),
        *("enable-signed-cert", "signed-cert", "expect-signed-cert"),
    ),
    "extensions of BoringSSL's, or of other protocols": (
        *("send-channel-id", "enable-channel-id", "expect-channel-id", "application-settings"),
        *("expect-peer-application", "defer-alps", "advertise-npn", "select-next", "expect-next"),
        *("srtp", "quic", "expect-quic"),
    ),
    "client certificates, or a choice of signature schemes": (
        *("cert-file of a client", "verify-peer of a server", "require-any", "use-old-client-cert"),
        *("signing-prefs", "use-client-ca", "expect-client-ca", "retain-only-sha256", "fail-cert"),
        *("expect-sha256-client-cert", "verify-peer-if-no-obc", "key-file"),
    ),
    "a signature scheme or a group": ("cert-file with", "verify-prefs", "curves"),
    "delegated credentials, certificate compression": (
        *("delegated", "expect-delegated", "install-cert-compression", "install-one-cert"),
    ),
    "TLS 1.2 or older": (
        *("max-version", "no-tls13", "fallback", "cipher", "psk", "renegotiate", "jdk11"),
        *("expect-secure", "expect-no-secure", "expect-extended", "expect-total-renego"),
    ),
    "GREASE, or extensions in random order": ("enable-grease", "permute"),
    "a call or a callback of BoringSSL's interface": (
        *("verify-fail", "reverify", "expect-verify", "enforce-rsa", "max-cert-list", "use-early"),
        *("fail-early", "install-ddos", "fail-ddos", "use-ticket-callback", "renew-ticket"),
        *("ticket-key", "peek", "read-with", "early-write", "send-alert", "max-send", "read-size"),
        *("allow-unknown", "allow-hint", "on-shim", "on-handshaker", "server-preference"),
        *("expect-advertised", "expect-peer-sig", "expect-peer-verify", "expect-ticket-age"),
        *("expect-cipher-aes", "expect-cipher-no-aes", "expect-msg-callback", "select-empty"),
    ),
}
"""What the lab lacks, and how the flags begin that ask for it."""


def reason(flag: str) -> str:
    """Why the shim refuses a flag; raises KeyError for one that nobody has thought about."""
    fitting = {
        why: max((len(one) for one in flags if flag[1:].startswith(one)), default=0)
        for why, flags in _FLAGS.items()
    }
    best = max(fitting, key=lambda why: fitting[why])
    if not fitting[best]:
        raise KeyError(flag)
    return best
