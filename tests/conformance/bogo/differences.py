"""Where BoGo and the lab disagree, and why the lab stays as it is. RFC 9846.

BoGo tests BoringSSL, and so also its choices. Each line says how a test fails; the suite holds that
it fails just so, and that none of them passes unnoticed.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    """Tests of these names fail with ``said`` in what the runner prints, for the reason ``why``."""

    names: tuple[str, ...]
    said: str
    why: str


SUCCESS = "unexpected success"

DIFFERENCES = (
    Difference(
        ("SendWarningAlerts-TLS13", "SendBogusAlertType"),
        "AlertReceived: the peer sent the alert unexpected_message",
        "BoringSSL answers an error alert of another level than fatal with an alert of its own. "
        '"All the alerts listed in Section 6.2 MUST be sent with AlertLevel=fatal and MUST be '
        'treated as error alerts when received regardless of the AlertLevel in the message" (6): '
        "the connection ends, and nothing is sent.",
    ),
    Difference(
        ("SendUserCanceledAlerts-TooMany-TLS13",),
        SUCCESS,
        "BoringSSL takes at most 4 user_canceled alerts in a row. The RFC has no number; the "
        "lab's is 32, the same as for every record that carries nothing.",
    ),
    Difference(
        ("TLS13-HRR-InvalidCompressionMethod",),
        "IllegalParameter: legacy_compression_method is not 0",
        "BoringSSL says decode_error. A byte with the wrong value is "
        '"syntactically correct but semantically invalid", which is illegal_parameter (6).',
    ),
    Difference(
        ("VersionTolerance-TLS13",),
        "WrongVersion: legacy_version is not 0x0303",
        "The client's legacy_version is higher than 0x0303, which RFC 8446 let pass. "
        '"A server which receives a legacy_version value not equal to 0x0303 MUST abort" '
        "(RFC 9846, 4.2.2).",
    ),
    Difference(
        ("DuplicateExtensionClient-TLS-TLS13", "DuplicateExtensionServer-TLS-TLS13"),
        "appears twice",
        "BoringSSL says decode_error. The RFC forbids two extensions of one type (4.3) and names "
        "no alert; the block itself conforms to the syntax, so the lab says illegal_parameter (6).",
    ),
    Difference(
        ("Resume-Server-UnofferedCipher-TLS13",),
        "resumed is True and should be False",
        "BoringSSL resumes only under the ticket's own suite. A PSK is bound to a hash, not to a "
        "suite (4.3.11), and the lab resumes under another one with that hash. BoGo's own comment "
        "says that servers may.",
    ),
    Difference(
        ("Resume-Server-BinderWrongLength", "Resume-Server-BinderWrongLength-SecondBinder"),
        "DecodeError",
        "BoringSSL parses a binder of any length and finds it wrong: decrypt_error. The syntax is "
        "PskBinderEntry<32..255> (4.3.11), so one of 31 bytes is a decode_error.",
    ),
    Difference(
        (
            "TrailingMessageData-TLS13-ServerFinished-TLS",
            "TrailingMessageData-TLS13-ClientFinished-TLS",
        ),
        "DecodeError: verify_data does not have Hash.length bytes",
        "BoringSSL compares a Finished that is too long with the right one: decrypt_error. The "
        "syntax is verify_data[Hash.length] (4.5.3), so it is a decode_error.",
    ),
    Difference(
        ("EmptySessionID-TLS13", "Server-JDK11-NoWorkaround-3"),
        "error invalid TLS 1.3 ChangeCipherSpec",
        "BoringSSL's server always sends a change_cipher_spec, and the runner waits for it. A "
        "server MUST send one only to a client with a session ID (E.4), and this one has none.",
    ),
    Difference(
        ("SkipEarlyData-TooMuchData-TLS13", "SkipEarlyData-HRR-TooMuchData-TLS13"),
        SUCCESS,
        "BoringSSL counts the encrypted bytes of rejected early data, the lab its content; the "
        "bound is 16,384 in both, and the test is one byte over BoringSSL's.",
    ),
    Difference(
        ("SkipEarlyData-SecondClientHelloEarlyData-TLS13",),
        "IllegalParameter: the second ClientHello has early_data",
        "BoringSSL passes over early_data in the second ClientHello and fails at the data behind "
        'it. "A client MUST NOT include the "early_data" extension in its followup ClientHello" '
        "(4.3.10), so the lab ends the connection there.",
    ),
    Difference(
        ("EncryptedExtensionsWithKeyShare-TLS13",),
        "IllegalParameter: the extension key_share may not appear in this message",
        'BoringSSL says unsupported_extension. For an extension which is "not specified for the '
        'message in which it appears" the alert is illegal_parameter (4.3).',
    ),
    Difference(
        ("SendHelloRetryRequest-2-TLS13",),
        "expected peer to use curve 001d, but got 0018",
        "BoringSSL asks for its favourite group in a HelloRetryRequest. The lab's server takes a "
        "group it supports in which a share has come, and saves the round trip (4.2.1 allows "
        "both).",
    ),
    Difference(
        ("CheckRecordVersion-TLS13", "GarbageInitialRecordVersion-TLS13"),
        SUCCESS,
        'BoringSSL checks legacy_record_version, which "MUST be ignored for all purposes" (5.1).',
    ),
    Difference(
        ("GarbageCertificate-Client-TLS13",),
        "BadCertificate: the certificate cannot be parsed",
        "BoringSSL says decode_error. The message's syntax is right, and bad_certificate is for "
        'a certificate that "was corrupt" (6.2).',
    ),
    Difference(
        ("CertificateVerificationFail-Client-TLS13-*Sync*",),
        "CertificateExpired: the certificate is not valid at this time",
        "BoringSSL leaves the alert to whoever calls it, here unknown_certificate or "
        "handshake_failure. The runner's certificate is out of date, for which there is "
        "certificate_expired (6.2).",
    ),
)
