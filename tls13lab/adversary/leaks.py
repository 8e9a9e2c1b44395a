"""Leaks by name, as they are given on a command line or ticked in a widget: text in, a theft out.

>>> theft_of(["psk=" + "00" * 32])
Theft(1 psk)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tls13lab.adversary.theft import Theft, together
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.secret_text import secret
from tls13lab.psk.stateless import TicketKey
from tls13lab.wire.faults import LocalFault

NAMES = ("psk", "ticket_key", "client_ecdhe", "server_ecdhe", "initial_ecdhe", "keylog")


class LeakError(LocalFault):
    """A leak is not written as leaks are."""


@dataclass(frozen=True, slots=True)
class Leak:
    """One leak: its name, and what was stolen. ``note`` is what is to be said about its file."""

    name: str
    theft: Theft
    note: str = ""


def leak_of(text: str) -> Leak:
    """From ``NAME=HEX``, ``NAME=@FILE`` or ``keylog=FILE``; LeakError says what to write instead.

    A ticket key has 48 bytes, its name first, or 32 without a name.
    """
    name, _, value = text.partition("=")
    if name not in NAMES or not value:
        raise LeakError(
            f"write a leak as NAME=HEX or NAME=@FILE, with a NAME out of {', '.join(NAMES)}"
        )
    if name == "keylog":
        log = read_keylog(Path(value))
        return Leak(name, Theft(keylog=log), log.remark)
    stolen = secret(value, name)
    return Leak(name, _theft(name, stolen))


def _theft(name: str, value: bytes) -> Theft:
    match name:
        case "psk":
            return Theft(psks=(value,))
        case "ticket_key":
            return Theft(ticket_keys=(_ticket_key(value),))
        case "client_ecdhe":
            return Theft(client_ecdhe=(value,))
        case "server_ecdhe":
            return Theft(server_ecdhe=(value,))
    return Theft(initial_ecdhe=(value,))


def theft_of(leaks: Iterable[str]) -> Theft:
    """All of them together; each as :func:`leak_of` takes it."""
    return together(leak_of(text).theft for text in leaks)


def _ticket_key(value: bytes) -> TicketKey:
    if len(value) not in (32, 48):
        raise LeakError("a ticket key has 48 bytes, its name first, or 32 without a name")
    return TicketKey(value[:-32], value[-32:])
