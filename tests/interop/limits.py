"""What a foreign stack cannot do, why, and how a failed cell shows that this is the reason.

A limit is no excuse: its cell runs all the same. It must fail in just this way; and where the stack
has a version in which the limit was seen, the test fails if the cell works after all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.interop.cases import Case
from tests.interop.stacks.stack import Role

BOTH: tuple[Role, ...] = ("client", "server")
CLIENT: tuple[Role, ...] = ("client",)
SERVER: tuple[Role, ...] = ("server",)


def is_among(version: str, seen_in: tuple[str, ...]) -> bool:
    """Whether the version begins with one of these, or names one behind a space."""
    return any(version.startswith(one) or f" {one}" in version for one in seen_in)


@dataclass(frozen=True)
class Limit:
    """``pattern`` is found in the failure's text; ``seen_in`` are the versions, see `is_among`."""

    peer: str
    roles: tuple[Role, ...]
    applies: Callable[[Case], bool]
    reason: str
    pattern: str
    seen_in: tuple[str, ...]

    def shows(self, problem: str) -> bool:
        """Whether a failure with this text is due to the limit."""
        return re.search(self.pattern, problem) is not None


def _sha384_psk(case: Case) -> bool:
    return case.psk == "external" and case.suite.endswith("SHA384")


def _early(case: Case) -> bool:
    return bool(case.early)


def _early_external(case: Case) -> bool:
    return bool(case.early) and case.psk == "external"


def _rejected_by_retry(case: Case) -> bool:
    return case.early == "rejected" and case.retry


def _psk_ke(case: Case) -> bool:
    return case.last_mode == "psk_ke"


def _external(case: Case) -> bool:
    return case.psk == "external"


def _ticket(case: Case) -> bool:
    return case.psk == "ticket"


def _then_ticket(case: Case) -> bool:
    return case.then_ticket


def _group(case: Case) -> bool:
    return case.group == "X25519MLKEM768"


def _retry(case: Case) -> bool:
    return case.retry


def _keys_from_peer(case: Case) -> bool:
    return case.key_update == "peer"


def _keys_from_lab(case: Case) -> bool:
    return case.key_update == "tls13lab"


def _padding_from_peer(case: Case) -> bool:
    return case.padding == "peer"


def _padding_from_lab(case: Case) -> bool:
    return case.padding == "tls13lab"


def _longer_than(size: int) -> Callable[[Case], bool]:
    return lambda case: case.identity > size


def _any_identity(case: Case) -> bool:
    return case.identity > 0


_GNUTLS, _NSS, _WOLFSSL = ("3.7",), ("3.87",), ("5.5",)
_PYTHON, _OLD_PYTHON = ("3.11", "3.12", "3.13", "3.14"), ("3.11", "3.12")
_NEW_PYTHON = ("3.13", "3.14")
_NODE, _OPENSSL = ("18", "20", "22", "24"), ("OpenSSL 3.0",)
_SCAPY, _TLSLITE, _BORINGSSL = ("2.8",), ("0.8",), ("13.",)

LIMITS = (
    Limit("openssl", BOTH, _group, "no such group before 3.5", "passed invalid argument", ("3.0",)),
    Limit(
        "boringssl",
        BOTH,
        _external,
        "it has no external PSKs for TLS 1.3",
        "no SSL_CTX_set_psk_(use|find)_session_callback",
        _BORINGSSL,
    ),
    Limit(
        "boringssl",
        BOTH,
        _psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|accepted, says the peer: False|enough tickets: False",
        _BORINGSSL,
    ),
    Limit("boringssl", BOTH, _group, "no such group", "SSL_CTX_set1_curves_list", _BORINGSSL),
    Limit("boringssl", BOTH, _padding_from_peer, "no call for it", "no call that pads", _BORINGSSL),
    Limit("tlslite", BOTH, _early, "it has no 0-RTT", "no early data", _TLSLITE),
    Limit("tlslite", BOTH, _group, "no such group", "Unknown ECC Curve name", _TLSLITE),
    Limit(
        "tlslite",
        BOTH,
        _padding_from_peer,
        "its setting for padding has no effect",
        "padded records: False",
        _TLSLITE,
    ),
    Limit(
        "gnutls",
        BOTH,
        _sha384_psk,
        "before 3.8.1 an external PSK is one for SHA-256",
        "no gnutls_psk_allocate_",
        _GNUTLS,
    ),
    Limit(
        "gnutls",
        BOTH,
        _early_external,
        "it has 0-RTT with tickets only",
        "early data accepted, says the peer: False|early data: 'rejected'",
        _GNUTLS,
    ),
    Limit(
        "gnutls",
        CLIENT,
        _rejected_by_retry,
        "it protects its second ClientHello as if that were early data, too",
        "was not done within|the server was stopped",
        _GNUTLS,
    ),
    Limit(
        "gnutls",
        SERVER,
        _rejected_by_retry,
        "behind its HelloRetryRequest it does not pass over early data",
        "bad_record_mac",
        _GNUTLS,
    ),
    Limit("gnutls", BOTH, _group, "no such group", "GROUP-X25519-MLKEM768", _GNUTLS),
    Limit(
        "nss",
        BOTH,
        _psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|early data: '(none|rejected)'|WOULD_BLOCK"
        "|missing_extension|no offered PSK",
        _NSS,
    ),
    Limit(
        "nss",
        CLIENT,
        _then_ticket,
        "it cannot keep a ticket of a connection that had no certificate",
        "NSS, receiving",
        _NSS,
    ),
    Limit("nss", SERVER, _then_ticket, "it sends no ticket then", "enough tickets", _NSS),
    Limit("nss", BOTH, _group, "no such group", "NO_CIPHERS_SUPPORTED|NO_CYPHER_OVERLAP", _NSS),
    Limit("nss", BOTH, _padding_from_peer, "no call for it", "no call that pads", _NSS),
    Limit(
        "wolfssl",
        BOTH,
        _early,
        "Debian's build has no 0-RTT",
        "no wolfSSL_(write|read)_early_data",
        _WOLFSSL,
    ),
    Limit("wolfssl", BOTH, _group, "no such group", "refuses CTX_set_groups", _WOLFSSL),
    Limit("wolfssl", BOTH, _padding_from_peer, "no call for it", "no call that pads", _WOLFSSL),
    Limit(
        "wolfssl",
        BOTH,
        _longer_than(1536),
        "it has room for an identity of 1,536 bytes",
        "room for an identity of 1536|Buffer error|too large",
        _WOLFSSL,
    ),
    Limit(
        "python-ssl",
        BOTH,
        _external,
        "no external PSKs before Python 3.13",
        "no external PSKs",
        _OLD_PYTHON,
    ),
    Limit(
        "python-ssl",
        BOTH,
        _sha384_psk,
        "an external PSK is one for SHA-256",
        "does not verify|MISSING_SIGALGS",
        _NEW_PYTHON,
    ),
    Limit(
        "python-ssl",
        BOTH,
        _longer_than(255),
        "it has room for an identity of 255 bytes as a client, of 256 as a server",
        "offers no PSK|MISSING_SIGALGS",
        (),
    ),
    Limit("python-ssl", BOTH, _early, "no call for it", "no early data", _PYTHON),
    Limit("python-ssl", BOTH, _keys_from_peer, "no call for it", "no call that updates", _PYTHON),
    Limit("python-ssl", BOTH, _padding_from_peer, "no call for it", "no call that pads", _PYTHON),
    Limit("python-ssl", BOTH, _group, "not in its OpenSSL", "set_ecdh_curve", _OPENSSL),
    Limit(
        "node",
        BOTH,
        _sha384_psk,
        "an external PSK is one for SHA-256",
        "does not verify|missing_extension|no offered PSK",
        _NODE,
    ),
    Limit("node", BOTH, _early, "no call for it", "no early data", _NODE),
    Limit("node", BOTH, _keys_from_peer, "no call for it", "no call that updates", _NODE),
    Limit("node", BOTH, _padding_from_peer, "no call for it", "no call that pads", _NODE),
    Limit("node", BOTH, _group, "not in its OpenSSL", "Failed to set ECDH curve", _OPENSSL),
    Limit(
        "node",
        BOTH,
        _longer_than(256),
        "it has room for an identity of 256 bytes",
        "exceeds 256 bytes|missing_extension",
        _NODE,
    ),
    Limit("scapy", CLIENT, _early, "no option for it", "no early data", _SCAPY),
    Limit(
        "scapy",
        CLIENT,
        _sha384_psk,
        "an external PSK is one for SHA-256",
        "binder of identity 0 does not verify",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        _retry,
        "its second ClientHello has another random than the first",
        "second ClientHello changes what it may not change",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        lambda case: _ticket(case) or _then_ticket(case),
        "it resumes only from a file with a secret that is copied by hand; and without a PSK it "
        "sends no psk_key_exchange_modes, so that a server has no reason to give it a ticket",
        "got no ticket",
        _SCAPY,
    ),
    Limit("scapy", CLIENT, _any_identity, "it has one identity", "no identity but", _SCAPY),
    Limit(
        "scapy",
        CLIENT,
        _keys_from_lab,
        "it does not answer a KeyUpdate",
        "whether a KeyUpdate came",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        _padding_from_lab,
        "it cannot read padded records",
        "Scapy did not hear all",
        _SCAPY,
    ),
    Limit("scapy", CLIENT, _padding_from_peer, "no option for it", "no option that pads", _SCAPY),
    Limit("scapy", CLIENT, _group, "no such group", "no group X|has no attribute", _SCAPY),
)


def limits_of(peer: str, role: Role, case: Case) -> tuple[Limit, ...]:
    """The limits that the case falls under: more than one where a later version has fewer."""
    return tuple(
        one for one in LIMITS if one.peer == peer and role in one.roles and one.applies(case)
    )


@dataclass(frozen=True)
class Longest:
    """The longest external identity, in bytes, and why there is no longer one.

    A client's own extensions share the 65,535 bytes with it, so the figure holds for some versions.
    """

    size: int
    reason: str
    seen_in: tuple[str, ...]


_FORMAT = "what tls13lab's own ClientHello has room for"
_ROOM = "what its own ClientHello has room for"
_BUFFER = "the room that the library has for it"
LONGEST: dict[tuple[str, Role], Longest] = {
    ("openssl", "client"): Longest(65371, _ROOM, ("3.0",)),
    ("openssl", "server"): Longest(65425, _FORMAT, ("3.",)),
    ("tlslite", "client"): Longest(65348, _ROOM, _TLSLITE),
    ("tlslite", "server"): Longest(65425, _FORMAT, _TLSLITE),
    ("gnutls", "client"): Longest(65353, _ROOM, ("3.7.9",)),
    ("gnutls", "server"): Longest(65425, _FORMAT, _GNUTLS),
    ("nss", "client"): Longest(65360, _ROOM, ("3.87.1",)),
    ("nss", "server"): Longest(65425, _FORMAT, _NSS),
    ("wolfssl", "client"): Longest(1536, _BUFFER, _WOLFSSL),
    ("wolfssl", "server"): Longest(1536, _BUFFER, _WOLFSSL),
    ("node", "client"): Longest(256, _BUFFER, _NODE),
    ("node", "server"): Longest(256, _BUFFER, _NODE),
}
