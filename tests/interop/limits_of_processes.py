"""What Go, Java, HAProxy and Erlang cannot do: as most stacks, external PSKs and psk_ke."""

from tests.interop.cases import Case
from tests.interop.limit import (
    BOTH,
    CLIENT,
    SERVER,
    Limit,
    early,
    external,
    group,
    keys_from_peer,
    padding_from_peer,
    psk_ke,
    rejected_by_retry,
    ticket,
)

_GO, _JAVA = ("1.19", "1.2"), ("17.", "21.", "25.")
_HAPROXY, _ERLANG = ("2.6", "2.8", "3.0"), ("25 ",)
_NO_PSK = "no external PSKs"


def _each_ticket(case: Case) -> bool:
    return case.each_ticket


def _resumed_by_retry(case: Case) -> bool:
    return case.retry and case.psk == "ticket" and not case.early


def _retry(case: Case) -> bool:
    return case.retry


def _rejected(case: Case) -> bool:
    return case.early == "rejected"


LIMITS = (
    Limit("go", BOTH, external, "it has no external PSKs", _NO_PSK, _GO),
    Limit("go", BOTH, early, "it has no 0-RTT over TCP", "no early data", _GO),
    Limit(
        "go",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|enough tickets: False",
        _GO,
    ),
    Limit(
        "go",
        CLIENT,
        _resumed_by_retry,
        "versions 1.19.6 to 1.19.8 make the binder of a second ClientHello wrongly",
        "binder of identity 0 does not verify",
        ("1.19.6", "1.19.7", "1.19.8"),
    ),
    Limit("go", SERVER, _each_ticket, "it sends one ticket", "enough tickets: False", _GO),
    Limit("go", BOTH, keys_from_peer, "no call for it", "no call that updates", _GO),
    Limit("go", BOTH, padding_from_peer, "no call for it", "no call that pads", _GO),
    Limit(
        "go",
        BOTH,
        group,
        "no such group before 1.24",
        "unsupported curve|internal_error",
        ("1.19", "1.20", "1.21", "1.22", "1.23"),
    ),
    Limit("java", BOTH, external, "it has no external PSKs", _NO_PSK, _JAVA),
    Limit("java", BOTH, early, "it has no 0-RTT", "no early data", _JAVA),
    Limit(
        "java",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|enough tickets: False",
        _JAVA,
    ),
    Limit(
        "java",
        CLIENT,
        _retry,
        "it sends shares in x25519 and secp256r1 at once",
        "HelloRetryRequest: False",
        _JAVA,
    ),
    Limit("java", SERVER, _each_ticket, "it sends one ticket", "enough tickets: False", _JAVA),
    Limit("java", BOTH, padding_from_peer, "no call for it", "no call that pads", _JAVA),
    Limit(
        "java",
        BOTH,
        group,
        "no such group",
        "contains no supported named groups|ExceptionInInitializerError|NoClassDefFoundError",
        ("17.", "21.", "25."),
    ),
    Limit("haproxy", SERVER, external, "it has no external PSKs", _NO_PSK, _HAPROXY),
    Limit(
        "haproxy",
        SERVER,
        psk_ke,
        "it has no option that lets it take psk_ke",
        "mode on the wire: 'full'|early data: 'rejected'",
        _HAPROXY,
    ),
    Limit("haproxy", SERVER, keys_from_peer, "no option for it", "option that updates", _HAPROXY),
    Limit("haproxy", SERVER, padding_from_peer, "no option for it", "option that pads", _HAPROXY),
    Limit("haproxy", SERVER, group, "not in its OpenSSL", "curves list", ("OpenSSL 3.0",)),
    Limit("erlang", BOTH, external, "it has no external PSKs", _NO_PSK, _ERLANG),
    Limit(
        "erlang",
        CLIENT,
        ticket,
        "without a PSK it sends no psk_key_exchange_modes, so that a server has no reason to give "
        "it a ticket",
        "mode on the wire: 'full'|early_data,use_ticket",
        _ERLANG,
    ),
    Limit(
        "erlang",
        SERVER,
        psk_ke,
        "it chooses psk_dhe_ke where a client offers psk_ke alone, which the RFC forbids (4.3.9)",
        "chose psk_dhe_ke, which was not offered",
        _ERLANG,
    ),
    Limit(
        "erlang",
        SERVER,
        rejected_by_retry,
        "behind its HelloRetryRequest it does not pass over early data",
        "unexpected_message",
        _ERLANG,
    ),
    Limit(
        "erlang",
        SERVER,
        _rejected,
        "its ticket keys cannot be given to a server that takes no early data",
        "early data: 'accepted'",
        _ERLANG,
    ),
    Limit("erlang", BOTH, padding_from_peer, "no option for it", "option that pads", _ERLANG),
    Limit("erlang", BOTH, group, "no such group", "decode_error|insufficient_security", _ERLANG),
)
