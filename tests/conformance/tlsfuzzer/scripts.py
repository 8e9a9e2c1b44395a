"""tlsfuzzer's scripts: which server each talks to, which of its probes fail, and why.

tlsfuzzer tests servers of every version and with every extension; a line here says what the lab's
server does not have, or does otherwise, with the section of RFC 9846.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")

CLIENT_CERTIFICATES = "the lab's server asks for no client certificate"
FFDHE = "no finite-field groups here"
TLS12 = "expects that the server speaks TLS 1.2, too"

NOT_RUN = {
    "certificate-compression": "no certificate compression (RFC 8879)",
    "certificate-request": CLIENT_CERTIFICATES,
    "certificate-verify": CLIENT_CERTIFICATES,
    "client-certificate-compression": CLIENT_CERTIFICATES,
    "ecdhe-brainpool-curves": "no Brainpool curves here",
    "ecdsa-brainpool-in-certificate-verify": CLIENT_CERTIFICATES,
    "ecdsa-in-certificate-verify": CLIENT_CERTIFICATES,
    "eddsa-in-certificate-verify": CLIENT_CERTIFICATES,
    "ffdhe-groups": FFDHE,
    "ffdhe-sanity": FFDHE,
    "minerva": "measures the time of ECDSA signatures, which pyca/cryptography makes",
    "mldsa-in-certificate-verify": CLIENT_CERTIFICATES,
    "non-support": "is for servers without TLS 1.3",
    "post-handshake-auth": CLIENT_CERTIFICATES,
}
"""Scripts, without ``test-tls13-``, that ask for what is not here."""


@dataclass(frozen=True)
class Script:
    """``server`` names the server in :mod:`~tests.conformance.tlsfuzzer.servers` to talk to.

    ``options`` go to the script; ``expected`` are patterns of probes that fail, and why, and
    ``either`` of those that fail or pass: by chance, or as the network divides what is sent.
    ``file`` is the script's name, if it is not the name in the table: one script may be run
    against several servers.
    """

    server: str = "rsa"
    options: tuple[str, ...] = ()
    expected: dict[str, str] = field(default_factory=dict)
    either: dict[str, str] = field(default_factory=dict)
    file: str = ""


ALL = ("-n", "0")
"""All probes of a script that would otherwise draw some of them at random."""

PSK = ("--psk", "00112233445566778899aabbccddeeff", "--psk-iden", "lab")
NO_GROUP = "of the hybrid groups only X25519MLKEM768 is here"
NO_SCHEME = "no such signature scheme here"
ONE_CERTIFICATE = "the server has one certificate, which signs with another scheme (4.3.3)"
EMPTY_SHARE = (
    "tlsfuzzer wants illegal_parameter; key_exchange<1..2^16-1> (4.3.8) cannot be empty: a "
    "decode_error"
)
NO_LIMIT = (
    "tlsfuzzer wants at most one change_cipher_spec, or two; the RFC sets no number (5), and the "
    "lab's is 32 records in a row that carry nothing"
)
SCRIPTS: dict[str, Script] = {
    "0rtt-garbage": Script(expected={"*downgrade to TLS 1.2*": TLS12}),
    "connection-abort": Script(
        expected={
            "After NewSessionTicket": "tickets go only to clients with psk_key_exchange_modes "
            "(4.7.1), and the script sends none"
        }
    ),
    "crfg-curves": Script(
        expected={
            "empty x25519 key share": EMPTY_SHARE,
            "empty x448 key share": EMPTY_SHARE,
        }
    ),
    "dhe-shared-secret-padding": Script(options=ALL, expected={"*ffdhe*": FFDHE}),
    "ecdsa-support": Script(
        "ecdsa",
        expected={
            "*brainpool*": NO_SCHEME,
            "*secp384r1*": ONE_CERTIFICATE,
            "*secp521r1*": ONE_CERTIFICATE,
        },
    ),
    "ecdsa-support, P-384": Script(
        "ecdsa-p384",
        expected={
            "*brainpool*": NO_SCHEME,
            "*secp256r1*": ONE_CERTIFICATE,
            "*secp521r1*": ONE_CERTIFICATE,
        },
        file="ecdsa-support",
    ),
    "ecdsa-support, P-521": Script(
        "ecdsa-p521",
        expected={
            "*brainpool*": NO_SCHEME,
            "*secp256r1*": ONE_CERTIFICATE,
            "*secp384r1*": ONE_CERTIFICATE,
        },
        file="ecdsa-support",
    ),
    "eddsa": Script("ed25519", expected={"ed448 only": ONE_CERTIFICATE}),
    "eddsa, Ed448": Script("ed448", expected={"ed25519 only": ONE_CERTIFICATE}, file="eddsa"),
    "finished": Script(
        options=ALL,
        either={
            "padding - cipher * pad_right *": "the alert comes while the script is still "
            "sending, and whether it reads it then is a matter of time"
        },
    ),
    "invalid-ciphers": Script(options=ALL),
    "keyupdate": Script(
        "http",
        (*ALL, "--coalescing"),
        expected={
            "app data split, conversation with KeyUpdate msg": "tlsfuzzer waits for an answer to "
            'its KeyUpdate before the request is whole; it must come "prior to sending its next '
            'Application Data record" (4.7.3), and only then it does'
        },
    ),
    "keyupdate-from-server": Script(
        expected={
            "post-handshake KeyUpdate msg from server": "`tls13lab serve` sends no KeyUpdate of "
            "its own accord"
        }
    ),
    # 33 is tls_cert_with_extern_psk (RFC 9973), which the script takes for unassigned.
    "large-number-of-extensions": Script(options=(*ALL, "--exc", "33")),
    "lengths": Script(options=ALL),
    "mlkem": Script(
        options=ALL,
        expected={"*secp256r1mlkem768*": NO_GROUP, "*secp384r1mlkem1024*": NO_GROUP},
    ),
    "multiple-ccs-messages": Script(expected={"*multiple CCS*": NO_LIMIT, "second CCS*": NO_LIMIT}),
    "no-unknown-groups": Script(
        options=("--groups", "x25519,secp256r1,secp384r1,secp521r1,x448"),
        expected={
            "long list of unknown (between 4358 and 4613)": "X25519MLKEM768 is in this range, and "
            "the lab has it"
        },
    ),
    "obsolete-curves": Script(options=("-a", "handshake_failure", "--relaxed")),
    "psk_dhe_ke": Script("psk_dhe_ke", PSK, expected={"ffdhe*": FFDHE}),
    "psk_ke": Script("psk_ke", PSK),
    "record-layer-limits": Script(options=ALL),
    "rsapss-signatures": Script("rsa-pss"),
    "serverhello-random": Script(expected={"*ffdhe*": FFDHE}),
    "session-resumption": Script("both modes", expected={"*TLS 1.2*": TLS12}),
    "shuffled-extentions": Script(
        expected={
            "HRR reversed order of *": "tlsfuzzer wants illegal_parameter if the second "
            "ClientHello has its extensions in another order; their order means nothing (4.3), "
            "and wolfSSL's client changes it"
        }
    ),
    "signature-algorithms": Script(options=ALL),
    "symetric-ciphers": Script("all suites", ALL),
    "unrecognised-groups": Script(expected={"*ffdhe2048*": FFDHE}),
    "version-negotiation": Script(
        options=ALL,
        expected={"fallback from *": TLS12, "TLS 1.[38] in client hello legacy field": TLS12},
    ),
    "zero-content-type": Script("http"),
    "zero-length-data": Script("http"),
}


def recorded() -> dict[str, Any]:
    """The figures, and the commit of the lab that they are of."""
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return found


def expected_of(name: str) -> dict[str, str]:
    """The probes of a script that fail, or may, and why."""
    script = SCRIPTS.get(name, Script())
    return script.expected | script.either
