"""What Go, Java, Bouncy Castle, HAProxy, Erlang and rustls cannot do: most of it external PSKs."""

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
_BOUNCY_CASTLE, _DENO = ("1.72",), ("Deno 2.",)
_NO_PSK = "no external PSKs"
_NO_CALL_FOR_PSKS = "no call for external PSKs"


def _each_ticket(case: Case) -> bool:
    return case.each_ticket


def _resumed_by_retry(case: Case) -> bool:
    return case.retry and case.psk == "ticket" and not case.early


def _external_by_retry(case: Case) -> bool:
    return case.retry and case.psk == "external"


def _resumed(case: Case) -> bool:
    return case.visits[-1].resume and not case.early


def _external_psk_ke(case: Case) -> bool:
    return case.psk == "external" and case.mode == "psk_ke"


def _another_group(case: Case) -> bool:
    return case.group != "x25519" and not case.retry


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
    Limit("bouncycastle", BOTH, early, "it has no 0-RTT", "no early data", _BOUNCY_CASTLE),
    Limit(
        "bouncycastle",
        BOTH,
        _resumed,
        "it neither sends tickets nor keeps them",
        "mode on the wire: 'full'|an external identity: True|enough tickets: False",
        _BOUNCY_CASTLE,
    ),
    Limit(
        "bouncycastle",
        CLIENT,
        _external_by_retry,
        "an error inside it, where a second ClientHello needs a binder",
        "Not buffering",
        _BOUNCY_CASTLE,
    ),
    Limit(
        "bouncycastle",
        SERVER,
        _external_psk_ke,
        "it takes a PSK only with a key_share, which psk_ke does not need",
        "missing_extension",
        _BOUNCY_CASTLE,
    ),
    Limit(
        "bouncycastle", BOTH, padding_from_peer, "no call for it", "call that pads", _BOUNCY_CASTLE
    ),
    Limit(
        "bouncycastle",
        BOTH,
        group,
        "no such group",
        "illegal_parameter|handshake_failure",
        _BOUNCY_CASTLE,
    ),
    Limit("rustls", BOTH, external, "Deno has no call for it", _NO_CALL_FOR_PSKS, _DENO),
    Limit("rustls", BOTH, early, "Deno has no call for it", "call for early data", _DENO),
    Limit(
        "rustls",
        BOTH,
        psk_ke,
        "it offers and takes psk_dhe_ke alone",
        "mode on the wire: 'full'|enough tickets: False",
        _DENO,
    ),
    Limit(
        "rustls",
        CLIENT,
        _resumed_by_retry,
        "it remembers the group, so that nothing is retried the second time",
        "HelloRetryRequest: False",
        _DENO,
    ),
    Limit(
        "rustls",
        CLIENT,
        _another_group,
        "Deno has no call for its groups, and its first share is in x25519",
        "HelloRetryRequest: True",
        _DENO,
    ),
    Limit(
        "rustls",
        SERVER,
        _retry,
        "Deno has no call for its groups, and it takes the share in x25519",
        "HelloRetryRequest: False",
        _DENO,
    ),
    Limit("rustls", BOTH, keys_from_peer, "Deno has no call for it", "call that updates", _DENO),
    Limit("rustls", BOTH, padding_from_peer, "Deno has no call for it", "call that pads", _DENO),
)
