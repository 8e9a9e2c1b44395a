"""The advice of RFC 9257 on external PSKs, as a table of checks. Sections 4 and 6.

A check looks at how a PSK is used, as described by :class:`Use`, and says what is wrong. If the
description leaves something out, the worst case is assumed.

>>> use = Use("printer", length=4, bits=13.3, modes=("psk_ke",))
>>> [check.name for check, wrong in examine(use) if wrong][:3]
['entropy', 'length', 'forward secrecy']
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tls13lab.psk.strength import ENOUGH_BITS
from tls13lab.wire.names import HASHES, PSK_MODES, HashName, PskMode, each_of


@dataclass(frozen=True, slots=True)
class Use:
    """How an external PSK is used.

    ``length`` is in bytes, ``bits`` is the estimated strength. ``clients`` and ``servers`` name the
    nodes in each role. ``context_names_both`` says that the PSK was imported with the names of both
    nodes in the context; ``names_checked``, that the nodes send their names over the connection and
    compare them. Raises NotAllowed for an unknown mode or hash.
    """

    identity: str
    length: int
    bits: float
    modes: tuple[PskMode, ...] = ()
    clients: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()
    hashes: tuple[HashName, ...] = ("sha256",)
    imported: bool = False
    context_names_both: bool = False
    names_checked: bool = False
    base_key_kept: bool = True
    tls12: bool = False
    early_data: bool = False

    def __post_init__(self) -> None:
        each_of(self.modes, PSK_MODES, "mode")
        each_of(self.hashes, HASHES, "hash")


@dataclass(frozen=True, slots=True)
class Check:
    """A check; ``wrong`` returns what is wrong, or "". ``must`` says that the RFC has a MUST."""

    name: str
    section: str
    must: bool
    wrong: Callable[[Use], str]


def _entropy(use: Use) -> str:
    if use.bits >= ENOUGH_BITS:
        return ""
    return (
        f"about {use.bits:.0f} bits instead of at least 128: it can be guessed from a recorded "
        "binder; make a new PSK with `tls13lab psk new`"
    )


def _length(use: Use) -> str:
    return "" if use.length >= 16 else f"{use.length} bytes instead of at least 16"


def _forward_secrecy(use: Use) -> str:
    if use.modes == ("psk_dhe_ke",):
        return ""
    return "psk_ke is allowed: anyone who gets the PSK later can read earlier recordings"


def _group(use: Use) -> str:
    if len(use.clients) == 1 and len(use.servers) == 1:
        return ""
    if use.context_names_both or use.names_checked:
        return ""
    nodes = len({*use.clients, *use.servers})
    return (
        f"{nodes or 'unknown'} nodes share it, and neither the importer's context nor a check of "
        "names distinguishes them: each can pose as any other, and connections can be rerouted"
    )


def _both_roles(use: Use) -> str:
    both = sorted({*use.clients} & {*use.servers})
    if not both or use.context_names_both or use.names_checked:
        return ""
    return f"{both[0]} is client and server with it: its own messages can be reflected (Selfie)"


def _importer(use: Use) -> str:
    return "" if use.imported else "it is used directly: import it (RFC 9258)"


def _one_hash(use: Use) -> str:
    if use.imported or len(use.hashes) <= 1:
        return ""
    return "it is used with several hashes: use it with one hash, or import it"


def _base_key(use: Use) -> str:
    if not use.imported or not use.base_key_kept:
        return ""
    return "the external PSK is kept: delete it once the imported PSKs are made"


def _old_version(use: Use) -> str:
    return "it is also used with TLS 1.2: use a different PSK for each version" if use.tls12 else ""


def _early_data(use: Use) -> str:
    if not use.early_data:
        return ""
    return "TLS guarantees no forward secrecy for 0-RTT data, and it may be replayed"


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
"""All checks, in the order of the RFC's recommendations."""


def examine(use: Use) -> Iterator[tuple[Check, str]]:
    """Every check, with what is wrong, or an empty string."""
    return ((check, check.wrong(use)) for check in CHECKS)
