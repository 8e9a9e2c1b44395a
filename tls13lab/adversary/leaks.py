"""From text to a theft: leaks as a command line or a widget names them.

>>> theft_of(["psk=" + "00" * 32])
Theft(1 psk)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tls13lab.adversary.theft import STEALABLE, Stealable, Theft, together
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.secret_text import secret
from tls13lab.psk.stateless import TicketKey
from tls13lab.wire.faults import LocalFault


class LeakError(LocalFault):
    """This text is not a leak; the message says how to write one."""


@dataclass(frozen=True, slots=True)
class NamedTheft:
    """One leak: its name and what was stolen. ``note`` is a remark on its file, if there is any."""

    name: Stealable
    theft: Theft
    note: str = ""


def leak_of(text: str) -> NamedTheft:
    """Read a leak from ``NAME=HEX``, ``NAME=@FILE`` or ``keylog=FILE``.

    A ticket key has 48 bytes, of which the first 16 are its name, or 32 bytes without a name.
    Raises LeakError, which says what to write instead, and LocalFault if a file cannot be read.
    """
    name, _, value = text.partition("=")
    if name not in STEALABLE or not value:
        raise LeakError(
            f"write a leak as NAME=HEX or NAME=@FILE, where NAME is one of {', '.join(STEALABLE)}"
        )
    if name == "keylog":
        log = read_keylog(Path(value))
        return NamedTheft(name, Theft(keylog=log), log.remark)
    stolen = secret(value, name)
    return NamedTheft(name, _theft(name, stolen))


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


def theft_of(texts: Iterable[str]) -> Theft:
    """All leaks in one theft; each text is read by :func:`leak_of`."""
    return together(leak_of(text).theft for text in texts)


def _ticket_key(value: bytes) -> TicketKey:
    if len(value) not in (32, 48):
        raise LeakError("a ticket key has 48 bytes (its name first), or 32 without a name")
    return TicketKey(value[:-32], value[-32:])
