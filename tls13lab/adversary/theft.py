"""What was stolen, and which connections it fits. RFC 9846 section 4.3.11.2 for the binder.

Nobody tells the adversary which connection a secret belongs to. It finds out: a PSK fits where it
makes the recorded binder, a private key where it makes the recorded share, a ticket key where the
ticket opens, a key log where the client's random is the same.

>>> Theft(psks=(bytes(32),))
Theft(1 psk)
"""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tls13lab.adversary.sight import Sight
from tls13lab.crypto import groups
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.psk.stateless import NAME_LENGTH, TicketKey, unseal

HASHES = {32: "sha256", 48: "sha384"}


@dataclass(frozen=True, eq=False)
class Theft:
    """The leaks, each by its name; any of them may fit several connections, or none.

    ``psks`` and the private keys are bytes of any length; ``keylog`` maps a client random to
    secrets by the names of the schedule table.
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


def together(thefts: Iterable[Theft]) -> Theft:
    """All of them as one.

    >>> together([Theft(psks=(b"a",)), Theft(psks=(b"b",), client_ecdhe=(b"c",))])
    Theft(2 psk, 1 client_ecdhe)
    """
    every = tuple(thefts)
    return Theft(
        psks=tuple(one for theft in every for one in theft.psks),
        ticket_keys=tuple(one for theft in every for one in theft.ticket_keys),
        client_ecdhe=tuple(one for theft in every for one in theft.client_ecdhe),
        server_ecdhe=tuple(one for theft in every for one in theft.server_ecdhe),
        initial_ecdhe=tuple(one for theft in every for one in theft.initial_ecdhe),
        keylog={random: rows for theft in every for random, rows in theft.keylog.items()},
    )


@dataclass(frozen=True, slots=True)
class Loot:
    """What of a theft fits one connection.

    ``secrets`` are bytes by the model's name for them; ``fits`` are the (name, value) pairs of the
    theft that they came from; ``kind`` says which label the PSK's binder was made with.
    """

    secrets: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    fits: frozenset[tuple[str, bytes]] = field(default=frozenset(), repr=False)
    kind: PskKind | None = None


def psk_kind(sight: Sight, psk: bytes) -> PskKind | None:
    """The label under which ``psk`` makes the first hello's binder; None if under neither.

    The first ClientHello is asked, because its binder covers nothing before it.
    """
    first = unpack(sight.first_hello) if sight.first_hello else None
    offered = first.find(OfferedPsks) if isinstance(first, ClientHello) else None
    if offered is None or sight.index >= len(offered.binders):
        return None
    recorded = offered.binders[sight.index]
    hash_name = HASHES.get(len(recorded))
    if hash_name is None:
        return None
    truncated = truncate(sight.first_hello, offered)
    for kind in PskKind:
        if hmac.compare_digest(binder(kind, psk, hash_name, truncated), recorded):
            return kind
    return None


def fitting(theft: Theft, sight: Sight) -> Loot:
    """All that fits this connection."""
    secrets: dict[str, bytes] = dict(theft.keylog.get(sight.client_random, {}))
    fits: set[tuple[str, bytes]] = {("keylog", b"")} if secrets else set()
    kind = None
    for psk in theft.psks if sight.mode != "full" else ():
        found = psk_kind(sight, psk)
        if found is not None:
            secrets["psk"], kind = psk, found
            fits.add(("psk", psk))
    for stolen in theft.ticket_keys:
        # Without a name the key is tried under the name that the ticket says.
        ticket_key = stolen if stolen.name else TicketKey(sight.identity[:NAME_LENGTH], stolen.key)
        state = unseal(ticket_key, sight.identity)
        if state is not None and psk_kind(sight, state.psk) is PskKind.RESUMPTION:
            secrets["ticket_key"], kind = ticket_key.to_bytes(), PskKind.RESUMPTION
            fits.add(("ticket_key", stolen.to_bytes()))
    for name, private_keys in (
        ("client_ecdhe", theft.client_ecdhe),
        ("server_ecdhe", theft.server_ecdhe),
        ("initial_ecdhe", theft.initial_ecdhe),
    ):
        for private_key in private_keys:
            for side in _sides(name):
                if _makes_share(sight, side, private_key):
                    secrets[f"{side}_ecdhe"] = private_key
                    fits.add((name, private_key))
    return Loot(secrets, frozenset(fits), kind)


def _sides(name: str) -> tuple[str, ...]:
    """Whose private key it is; of the initial connection it may be either's."""
    side = name.removesuffix("_ecdhe")
    return ("client", "server") if side == "initial" else (side,)


def _makes_share(sight: Sight, sender: str, private_key: bytes) -> bool:
    recorded = sight.shares(sender).get(sight.group or 0)
    mine = groups.from_private(sight.group, private_key) if sight.group else None
    return recorded is not None and mine is not None and mine.share == recorded
