"""What a foreign stack cannot do, why, and how a failed cell shows that this is the reason.

A limit is no excuse: its cell runs all the same. It must fail in just this way; and where the stack
has a version in which the limit was seen, the test fails if the cell works after all.
"""

from dataclasses import dataclass

from tests.interop.cases import Case
from tests.interop.limit import (
    BOTH,
    CLIENT,
    SERVER,
    Limit,
    any_identity,
    early,
    early_external,
    early_psk_ke,
    external,
    group,
    keys_from_lab,
    keys_from_peer,
    longer_than,
    padding_from_lab,
    padding_from_peer,
    psk_ke,
    rejected_by_retry,
    retry,
    sha384_psk,
    then_ticket,
    ticket,
)
from tests.interop.limits_of_processes import LIMITS as OF_PROCESSES
from tests.interop.stacks.stack import Role

_GNUTLS, _NSS, _WOLFSSL = ("3.7",), ("3.87",), ("5.5",)
_PYTHON, _OLD_PYTHON = ("3.11", "3.12", "3.13", "3.14"), ("3.11", "3.12")
_NEW_PYTHON = ("3.13", "3.14")
_NODE, _OPENSSL = ("18", "20", "22", "24"), ("OpenSSL 3.0",)
_SCAPY, _TLSLITE, _BORINGSSL = ("2.8",), ("0.8",), ("13.",)
_S2N = ("awscrt 0.3",)

LIMITS = (
    Limit("openssl", BOTH, group, "no such group before 3.5", "passed invalid argument", ("3.0",)),
    Limit(
        "boringssl",
        BOTH,
        external,
        "it has no external PSKs for TLS 1.3",
        "no SSL_CTX_set_psk_(use|find)_session_callback",
        _BORINGSSL,
    ),
    Limit(
        "boringssl",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|accepted, says the peer: False|enough tickets: False",
        _BORINGSSL,
    ),
    Limit("boringssl", BOTH, group, "no such group", "SSL_CTX_set1_curves_list", _BORINGSSL),
    Limit("boringssl", BOTH, padding_from_peer, "no call for it", "no call that pads", _BORINGSSL),
    Limit("tlslite", BOTH, early, "it has no 0-RTT", "no early data", _TLSLITE),
    Limit("tlslite", BOTH, group, "no such group", "Unknown ECC Curve name", _TLSLITE),
    Limit(
        "tlslite",
        BOTH,
        padding_from_peer,
        "its setting for padding has no effect",
        "padded records: False",
        _TLSLITE,
    ),
    Limit(
        "gnutls",
        BOTH,
        sha384_psk,
        "before 3.8.1 an external PSK is one for SHA-256",
        "no gnutls_psk_allocate_",
        _GNUTLS,
    ),
    Limit(
        "gnutls",
        BOTH,
        early_external,
        "it has 0-RTT with tickets only",
        "early data accepted, says the peer: False|early data: 'rejected'",
        _GNUTLS,
    ),
    Limit(
        "gnutls",
        CLIENT,
        rejected_by_retry,
        "it protects its second ClientHello as if that were early data, too",
        "was not done within|the server was stopped",
        _GNUTLS,
        stalls=True,
    ),
    Limit(
        "gnutls",
        SERVER,
        rejected_by_retry,
        "behind its HelloRetryRequest it does not pass over early data",
        "bad_record_mac",
        _GNUTLS,
    ),
    Limit("gnutls", BOTH, group, "no such group", "GROUP-X25519-MLKEM768", _GNUTLS),
    Limit(
        "nss",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|early data: '(none|rejected)'|WOULD_BLOCK"
        "|missing_extension|no offered PSK",
        _NSS,
    ),
    Limit(
        "nss",
        CLIENT,
        then_ticket,
        "it cannot keep a ticket of a connection that had no certificate",
        "NSS, receiving",
        _NSS,
    ),
    Limit("nss", SERVER, then_ticket, "it sends no ticket then", "enough tickets", _NSS),
    Limit("nss", BOTH, group, "no such group", "NO_CIPHERS_SUPPORTED|NO_CYPHER_OVERLAP", _NSS),
    Limit("nss", BOTH, padding_from_peer, "no call for it", "no call that pads", _NSS),
    Limit(
        "wolfssl",
        BOTH,
        early,
        "Debian's build has no 0-RTT",
        "no wolfSSL_(write|read)_early_data",
        _WOLFSSL,
    ),
    Limit("wolfssl", BOTH, group, "no such group", "refuses CTX_set_groups", _WOLFSSL),
    Limit("wolfssl", BOTH, padding_from_peer, "no call for it", "no call that pads", _WOLFSSL),
    Limit(
        "wolfssl",
        BOTH,
        longer_than(1536),
        "it has room for an identity of 1,536 bytes",
        "room for an identity of 1536|Buffer error|too large",
        _WOLFSSL,
    ),
    Limit(
        "python-ssl",
        BOTH,
        external,
        "no external PSKs before Python 3.13",
        "no external PSKs",
        _OLD_PYTHON,
    ),
    Limit(
        "python-ssl",
        BOTH,
        sha384_psk,
        "an external PSK is one for SHA-256",
        "does not verify|MISSING_SIGALGS",
        _NEW_PYTHON,
    ),
    Limit(
        "python-ssl",
        BOTH,
        longer_than(255),
        "it has room for an identity of 255 bytes as a client, of 256 as a server",
        "offers no PSK|MISSING_SIGALGS",
        (),
    ),
    Limit("python-ssl", BOTH, early, "no call for it", "no early data", _PYTHON),
    Limit("python-ssl", BOTH, keys_from_peer, "no call for it", "no call that updates", _PYTHON),
    Limit("python-ssl", BOTH, padding_from_peer, "no call for it", "no call that pads", _PYTHON),
    Limit("python-ssl", BOTH, group, "not in its OpenSSL", "set_ecdh_curve", _OPENSSL),
    Limit(
        "node",
        BOTH,
        sha384_psk,
        "an external PSK is one for SHA-256",
        "does not verify|missing_extension|no offered PSK",
        _NODE,
    ),
    Limit("node", BOTH, early, "no call for it", "no early data", _NODE),
    Limit("node", BOTH, keys_from_peer, "no call for it", "no call that updates", _NODE),
    Limit("node", BOTH, padding_from_peer, "no call for it", "no call that pads", _NODE),
    Limit("node", BOTH, group, "not in its OpenSSL", "Failed to set ECDH curve", _OPENSSL),
    Limit(
        "node",
        BOTH,
        longer_than(256),
        "it has room for an identity of 256 bytes",
        "exceeds 256 bytes|missing_extension",
        _NODE,
    ),
    Limit("scapy", CLIENT, early, "no option for it", "no early data", _SCAPY),
    Limit(
        "scapy",
        CLIENT,
        sha384_psk,
        "an external PSK is one for SHA-256",
        "binder of identity 0 does not verify",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        retry,
        "its second ClientHello has another random than the first",
        "second ClientHello changes what it may not change",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        lambda case: ticket(case) or then_ticket(case),
        "it resumes only from a file with a secret that is copied by hand; and without a PSK it "
        "sends no psk_key_exchange_modes, so that a server has no reason to give it a ticket",
        "got no ticket",
        _SCAPY,
    ),
    Limit("scapy", CLIENT, any_identity, "it has one identity", "no identity but", _SCAPY),
    Limit(
        "scapy",
        CLIENT,
        keys_from_lab,
        "it does not answer a KeyUpdate",
        "whether a KeyUpdate came",
        _SCAPY,
    ),
    Limit(
        "scapy",
        CLIENT,
        padding_from_lab,
        "it cannot read padded records",
        "Scapy did not hear all",
        _SCAPY,
    ),
    Limit("scapy", CLIENT, padding_from_peer, "no option for it", "no option that pads", _SCAPY),
    Limit("scapy", CLIENT, group, "no such group", "no group X|has no attribute", _SCAPY),
    Limit(
        "s2n",
        SERVER,
        early_psk_ke,
        "where it takes no PSK, it does not pass over early data",
        "recv_early_data: Maximum early data bytes exceeded",
        _S2N,
    ),
    Limit(
        "s2n",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|no offered PSK|accepted, says the peer: False"
        "|Unable to negotiate a supported signature scheme",
        _S2N,
    ),
    Limit("s2n", SERVER, then_ticket, "it sends no ticket then", "enough tickets", _S2N),
    Limit("s2n", BOTH, padding_from_peer, "no call for it", "no call that pads", _S2N),
    *OF_PROCESSES,
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
_LONGEST_MESSAGE = "a ClientHello of more than 65,536 bytes, which it does not take"
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
    ("s2n", "client"): Longest(65346, _ROOM, ("awscrt 0.38.",)),
    ("s2n", "server"): Longest(65351, _LONGEST_MESSAGE, _S2N),
    ("bouncycastle", "client"): Longest(65346, _ROOM, ("1.72",)),
    ("bouncycastle", "server"): Longest(65425, _FORMAT, ("1.72",)),
    ("node", "client"): Longest(256, _BUFFER, _NODE),
    ("node", "server"): Longest(256, _BUFFER, _NODE),
}
