"""RFC 9257's advice on external PSKs as a table of checks. Sections 4 and 6.

A check looks at how one PSK is used, as a configuration describes it, and says what is wrong; it
does not change anything. What a configuration does not say is taken as the worst.

>>> use = Use("printer", length=4, bits=13.3, modes=("psk_ke",))
>>> [check.name for check, wrong in examine(use) if wrong][:3]
['entropy', 'length', 'forward secrecy']
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tls13lab.psk.strength import ENOUGH_BITS


@dataclass(frozen=True, slots=True)
class Use:
    """How an external PSK is used. ``length`` in bytes; ``bits`` of estimated strength.

    ``clients`` and ``servers`` name the nodes in either role; ``context_names_both``: imported with
    both ends in the context; ``names_checked``: told over the connection, and compared.
    """

    identity: str
    length: int
    bits: float
    modes: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ("sha256",)
    imported: bool = False
    context_names_both: bool = False
    names_checked: bool = False
    base_key_kept: bool = True
    tls12: bool = False
    early_data: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """``must``: whether the RFC says MUST; ``wrong`` gives the reason, or nothing."""

    name: str
    section: str
    must: bool
    wrong: Callable[[Use], str]


def _entropy(use: Use) -> str:
    if use.bits >= ENOUGH_BITS:
        return ""
    return (
        f"about {use.bits:.0f} bits, where 128 are asked for: a recorded binder gives it away; "
        "make another with `tls13lab psk new`"
    )


def _length(use: Use) -> str:
    return "" if use.length >= 16 else f"{use.length} bytes, where 16 are the least"


def _forward_secrecy(use: Use) -> str:
    if use.modes == ("psk_dhe_ke",):
        return ""
    return "psk_ke is allowed: whoever gets the PSK later reads what was recorded before"


def _group(use: Use) -> str:
    if len(use.clients) == 1 and len(use.servers) == 1:
        return ""
    if use.context_names_both or use.names_checked:
        return ""
    nodes = len({*use.clients, *use.servers})
    return (
        f"{nodes or 'unknown'} nodes share it, and neither the importer's context nor a check of "
        "names tells them apart: any of them can stand in for any other, and be rerouted"
    )


def _both_roles(use: Use) -> str:
    both = sorted({*use.clients} & {*use.servers})
    if not both or use.context_names_both or use.names_checked:
        return ""
    return f"{both[0]} is client and server under it: its own handshake can be sent back (Selfie)"


def _importer(use: Use) -> str:
    return "" if use.imported else "it is used as it is: import it (RFC 9258)"


def _one_hash(use: Use) -> str:
    if use.imported or len(use.hashes) <= 1:
        return ""
    return "one key for several hashes: an external PSK belongs to one, or is imported"


def _base_key(use: Use) -> str:
    if not use.imported or not use.base_key_kept:
        return ""
    return "the key that went into the importer is kept: delete it once the imported ones are made"


def _old_version(use: Use) -> str:
    return "the same key serves TLS 1.2: give each version one of its own" if use.tls12 else ""


def _early_data(use: Use) -> str:
    return "0-RTT data has no forward secrecy, and may be replayed" if use.early_data else ""


CHECKS = (
    Check("entropy", "RFC 9257 6", False, _entropy),
    Check("length", "RFC 9257 6", True, _length),
    Check("forward secrecy", "RFC 9257 6", False, _forward_secrecy),
    Check("one pair of nodes", "RFC 9257 6", True, _group),
    Check("roles", "RFC 9257 4.1", False, _both_roles),
    Check("importer", "RFC 9257 6", False, _importer),
    Check("one hash", "RFC 9846 4.3.11", True, _one_hash),
    Check("base key deleted", "RFC 9257 6", False, _base_key),
    Check("one protocol version", "RFC 9258 7", False, _old_version),
    Check("early data", "RFC 9846 2.3", False, _early_data),
)
"""In the order of the RFC's recommendations."""


def examine(use: Use) -> Iterator[tuple[Check, str]]:
    """Every check, with what is wrong or an empty string."""
    return ((check, check.wrong(use)) for check in CHECKS)
