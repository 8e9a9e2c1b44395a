"""Which leaks belong to one connection, and where. RFC 9846 section 4.3.11.2 for the binder.

Nobody tells the adversary which connection a secret belongs to, but it can be checked. A PSK fits
if it reproduces a recorded binder, whether or not the server then chose it; an external PSK also
fits if a PSK imported from it does. A ticket key fits if a ticket opens under it, a private key if
it reproduces a recorded share, and a key log if it contains the client's random.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tls13lab.adversary.sight import Sight
from tls13lab.adversary.theft import Stealable, Theft
from tls13lab.crypto import groups
from tls13lab.psk.importer import KDFS, imported_by, imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.psk.offered import OfferedPsk
from tls13lab.psk.stateless import NAME_LENGTH, TicketKey, unseal
from tls13lab.wire.names import Side


@dataclass(frozen=True, slots=True)
class Provenance:
    """A PSK from an earlier connection, the number of that connection, and of its ticket there."""

    psk: bytes = field(repr=False)
    connection: int
    ticket: int


Tickets = Callable[[bytes], Provenance | None]
"""A function from a ticket to its PSK, or None if no earlier connection revealed it."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One leak, by its name and value, and one place in the connection where it fits.

    The value is the secret itself; for a key log, it is the client random of the connection.

    For a PSK or a ticket key, ``offered`` is the identity that it fits. ``verified`` says whether
    it reproduces the binder, and ``answered`` whether the ServerHello answers this ClientHello.
    ``chosen`` and ``early_data`` say what the PSK was used for.

    For a private key, the share is that of ``group`` in the ClientHello number ``hello``, or in the
    ServerHello if ``hello`` is 0. ``chosen`` says whether the key exchange used this share.
    """

    name: Stealable
    value: bytes = field(repr=False)
    offered: OfferedPsk | None = None
    kind: PskKind | None = None
    verified: bool = False
    answered: bool = False
    chosen: bool = False
    early_data: bool = False
    group: int | None = None
    hello: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a PSK: its ``kind``, and ``secrets`` under the names of the model.

    ``epsk_hash`` is the hash of the external PSK that it was imported from, if that one is known.
    ``source`` is the earlier connection that revealed it, if there is one.
    """

    kind: PskKind
    secrets: Mapping[str, bytes] = field(repr=False)
    epsk_hash: str = ""
    source: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Loot:
    """All leaks that fit one connection.

    ``psks`` maps identity and hash to what is known about that PSK. ``logged`` maps rows of the
    schedule table to secrets from a key log. ``shares`` are private keys of the key exchange.
    """

    psks: Mapping[tuple[bytes, str], Known] = field(default_factory=dict, repr=False)
    logged: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    shares: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    fits: tuple[Fit, ...] = field(default=(), repr=False)

    def known(self, offered: OfferedPsk | None) -> Known | None:
        """What is known about this PSK; None if nothing is."""
        return None if offered is None else self.psks.get(offered.name)


def fitting(theft: Theft, sight: Sight, tickets: Tickets = lambda ticket: None) -> Loot:
    """All that fits this connection, from the theft and from the tickets of earlier connections."""
    logged = dict(theft.keylog.get(sight.client_random, {}))
    fits = [Fit("keylog", sight.client_random)] if logged else []
    psks: dict[tuple[bytes, str], Known] = {}
    offers = sight.every_offer
    for offered in offers:
        for fit, known in _ways(theft, offered, tickets):
            before = psks.get(offered.name, known)
            # A PSK may be known in several ways, say itself and by its ticket key: keep all.
            secrets = {**known.secrets, **before.secrets}
            source = before.source if "psk" in before.secrets else known.source
            psks[offered.name] = Known(before.kind, secrets, before.epsk_hash, source)
            if fit is not None:
                fits.append(fit)
    shares, more = _shares(theft, sight)
    return Loot(psks, logged, shares, (*(_used(fit, sight) for fit in fits), *more))


def _used(fit: Fit, sight: Sight) -> Fit:
    """The fit, with what its PSK was used for."""
    if fit.offered is None:
        return fit
    return replace(
        fit,
        answered=sight.complete and fit.offered.hello == len(sight.raw_hellos),
        chosen=fit.offered == sight.chosen,
        early_data=fit.offered == sight.early_psk,
    )


def _ways(
    theft: Theft, offered: OfferedPsk, tickets: Tickets
) -> Iterator[tuple[Fit | None, Known]]:
    """All ways in which this PSK is known; no fit if it comes from an earlier connection."""
    for psk in theft.psks:
        kind = offered.kind_of(psk)
        if kind is not None:
            yield Fit("psk", psk, offered, kind, verified=True), Known(kind, {"psk": psk})
        epsk_hash = _imported_with(offered, psk)
        if epsk_hash:
            known = Known(PskKind.IMPORTED, {"epsk": psk}, epsk_hash)
            yield Fit("psk", psk, offered, PskKind.IMPORTED, verified=True), known
    for stolen in theft.ticket_keys:
        # A key without a name is tried under the name in the ticket.
        key = stolen if stolen.name else TicketKey(offered.identity[:NAME_LENGTH], stolen.key)
        state = unseal(key, offered.identity)
        if state is not None:
            known = Known(PskKind.RESUMPTION, {"ticket_key": key.to_bytes()})
            right = offered.made_with(state.psk, PskKind.RESUMPTION)
            value = stolen.to_bytes()
            yield Fit("ticket_key", value, offered, PskKind.RESUMPTION, right), known
    source = tickets(offered.identity)
    if source is not None and offered.made_with(source.psk, PskKind.RESUMPTION):
        yield None, Known(PskKind.RESUMPTION, {"psk": source.psk}, source=source)


def _imported_with(offered: OfferedPsk, epsk: bytes) -> str:
    """The hash with which importing ``epsk`` reproduces the binder; empty if none does."""
    if imported_by(offered.identity) is None or not offered.hash_name:
        return ""
    for epsk_hash in KDFS:
        psk = imported_key(epsk, epsk_hash, offered.identity, offered.hash_name)
        if offered.kind_of(psk) is not None:
            return epsk_hash
    return ""


# Shares ------------------------------------------------------------------------------------------


def _shares(theft: Theft, sight: Sight) -> tuple[dict[str, bytes], list[Fit]]:
    """The stolen private keys of the key exchange, and the fits of all shares that were sent."""
    secrets: dict[str, bytes] = {}
    fits: list[Fit] = []
    stolen: dict[Stealable, tuple[bytes, ...]] = {
        "client_ecdhe": theft.client_ecdhe,
        "server_ecdhe": theft.server_ecdhe,
        "initial_ecdhe": theft.initial_ecdhe,
    }
    for name, private_keys in stolen.items():
        for private_key in private_keys:
            for side, hello, group in _sent(sight, name):
                if not _makes(private_key, group, sight.shares(side, hello)[group]):
                    continue
                last = side == "server" or hello == len(sight.raw_hellos)
                chosen = last and group == sight.group
                if chosen:
                    secrets[f"{side}_ecdhe"] = private_key
                fits.append(Fit(name, private_key, chosen=chosen, group=group, hello=hello))
    return secrets, fits


def _sent(sight: Sight, name: Stealable) -> Iterator[tuple[Side, int, int]]:
    """The shares that a private key of this name may belong to, as (side, ClientHello, group).

    A key of the initial connection may be the client's or the server's.
    """
    if name != "server_ecdhe":
        for hello in range(1, len(sight.raw_hellos) + 1):
            yield from (("client", hello, group) for group in sight.shares("client", hello))
    if name != "client_ecdhe":
        yield from (("server", 0, group) for group in sight.shares("server"))


@lru_cache(maxsize=256)
def _makes(private_key: bytes, group: int, share: bytes) -> bool:
    mine = groups.from_private(group, private_key)
    return mine is not None and mine.share == share
