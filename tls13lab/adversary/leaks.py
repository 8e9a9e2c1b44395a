"""Leaks by name, as they are given on a command line or ticked in a widget: text in, a theft out.

>>> theft_of(["psk=" + "00" * 32])
Theft(1 psk)
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tls13lab.adversary.theft import Theft
from tls13lab.capture.keylog import read_keylog
from tls13lab.psk.stateless import TicketKey
from tls13lab.wire.faults import LocalFault

NAMES = ("psk", "ticket_key", "client_ecdhe", "server_ecdhe", "initial_ecdhe", "keylog")
LONGEST = 4096
"""Bytes in a leak, at most."""


class LeakError(LocalFault):
    """A leak is not written as leaks are."""


def theft_of(leaks: Iterable[str]) -> Theft:
    """From ``NAME=HEX``, or ``keylog=FILE``; LeakError says what to write instead.

    A ticket key has 48 bytes, its name first, or 32 without a name.
    """
    secrets: dict[str, list[bytes]] = {name: [] for name in NAMES}
    keylog: Mapping[bytes, Mapping[str, bytes]] = {}
    for leak in leaks:
        name, _, value = leak.partition("=")
        if name not in NAMES or not value:
            raise LeakError(f"write a leak as NAME=HEX, with a NAME out of {', '.join(NAMES)}")
        if name == "keylog":
            keylog = {**keylog, **read_keylog(Path(value))}
        else:
            secrets[name].append(_bytes(name, value))
    return Theft(
        psks=tuple(secrets["psk"]),
        ticket_keys=tuple(_ticket_key(one) for one in secrets["ticket_key"]),
        client_ecdhe=tuple(secrets["client_ecdhe"]),
        server_ecdhe=tuple(secrets["server_ecdhe"]),
        initial_ecdhe=tuple(secrets["initial_ecdhe"]),
        keylog=keylog,
    )


def _bytes(name: str, value: str) -> bytes:
    # The value is not repeated: it may be a key with a slip in it.
    try:
        data = bytes.fromhex(value)
    except ValueError:
        data = b""
    if not 0 < len(data) <= LONGEST:
        raise LeakError(f"give {name} as an even number of hexadecimal digits")
    return data


def _ticket_key(value: bytes) -> TicketKey:
    if len(value) not in (32, 48):
        raise LeakError("a ticket key has 48 bytes, its name first, or 32 without a name")
    return TicketKey(value[:-32], value[-32:])
