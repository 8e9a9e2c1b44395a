"""What was stolen: the leaks, by name.

Which leak belongs to which connection is found out in :mod:`~tls13lab.adversary.loot`.

>>> Theft(psks=(bytes(32),))
Theft(1 psk)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from tls13lab.psk.stateless import TicketKey

Stealable = Literal["psk", "ticket_key", "client_ecdhe", "server_ecdhe", "initial_ecdhe", "keylog"]
"""What can be stolen by name, from an endpoint or its files."""
STEALABLE: tuple[Stealable, ...] = get_args(Stealable)


@dataclass(frozen=True, eq=False)
class Theft:
    """The leaks; each may fit one connection, several, or none.

    PSKs and private keys may have any length. ``keylog`` maps the random of a ClientHello
    (32 bytes) to secrets, under the names of the schedule table.
    """

    psks: tuple[bytes, ...] = ()
    ticket_keys: tuple[TicketKey, ...] = ()
    client_ecdhe: tuple[bytes, ...] = ()
    server_ecdhe: tuple[bytes, ...] = ()
    initial_ecdhe: tuple[bytes, ...] = ()
    keylog: Mapping[bytes, Mapping[str, bytes]] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = {
            "psk": self.psks,
            "ticket_key": self.ticket_keys,
            "client_ecdhe": self.client_ecdhe,
            "server_ecdhe": self.server_ecdhe,
            "initial_ecdhe": self.initial_ecdhe,
            "keylog": self.keylog,
        }
        return f"Theft({', '.join(f'{len(v)} {k}' for k, v in counts.items() if v)})"

    @cached_property
    def secrets(self) -> frozenset[tuple[Stealable, bytes]]:
        """Each leak as (name, value); a key log counts with each client random in it.

        >>> sorted(Theft(psks=(b"a",), keylog={b"r": {}}).secrets)
        [('keylog', b'r'), ('psk', b'a')]
        """
        values: dict[Stealable, tuple[bytes, ...]] = {
            "psk": self.psks,
            "ticket_key": tuple(key.to_bytes() for key in self.ticket_keys),
            "client_ecdhe": self.client_ecdhe,
            "server_ecdhe": self.server_ecdhe,
            "initial_ecdhe": self.initial_ecdhe,
            "keylog": tuple(self.keylog),
        }
        return frozenset((name, value) for name, many in values.items() for value in many)


def together(thefts: Iterable[Theft]) -> Theft:
    """One theft with the leaks of all.

    >>> together([Theft(psks=(b"a",)), Theft(psks=(b"b",), client_ecdhe=(b"c",))])
    Theft(2 psk, 1 client_ecdhe)
    """
    every = tuple(thefts)
    keylog: dict[bytes, dict[str, bytes]] = {}
    for theft in every:
        for random, rows in theft.keylog.items():
            keylog[random] = {**keylog.get(random, {}), **rows}
    return Theft(
        psks=tuple(psk for theft in every for psk in theft.psks),
        ticket_keys=tuple(key for theft in every for key in theft.ticket_keys),
        client_ecdhe=tuple(key for theft in every for key in theft.client_ecdhe),
        server_ecdhe=tuple(key for theft in every for key in theft.server_ecdhe),
        initial_ecdhe=tuple(key for theft in every for key in theft.initial_ecdhe),
        keylog=keylog,
    )
