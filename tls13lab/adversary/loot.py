"""What of a theft fits one connection, and where. RFC 9846 section 4.3.11.2 for the binder.

Nobody tells the adversary which connection a secret belongs to. It finds out: a PSK fits where it
makes a recorded binder, whether or not the server then chose it; the external PSK behind an import
where what it imports does; a ticket key where a ticket opens, a private key where it makes a
recorded share, a key log where the client's random is the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tls13lab.adversary.sight import Sight
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import groups
from tls13lab.psk.importer import KDFS, imported_by, imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.psk.offered import OfferedPsk
from tls13lab.psk.stateless import NAME_LENGTH, TicketKey, unseal


@dataclass(frozen=True, slots=True)
class Provenance:
    """A PSK that came out of an earlier connection: behind which of its tickets."""

    psk: bytes = field(repr=False)
    connection: int
    ticket: int


Tickets = Callable[[bytes], Provenance | None]
"""The PSK of a ticket, if an earlier connection gave it away."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One leak, by its name and value, and one place in the connection that it belongs to.

    The value is the secret, or the client random by which a key log names the connection.
    Of a PSK or a ticket key, ``offered`` is the identity; ``verified`` says whether its binder is
    made with it, ``answered`` whether the ServerHello answers this ClientHello, and ``chosen`` and
    ``early_data`` what the PSK was used for. Of a private key, the
    share is that of ``group`` in the ClientHello ``hello``, 0 for the server's; ``chosen`` says
    whether it is the one of the key exchange.
    """

    name: str
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
    """A PSK that is known: ``secrets`` by the model's names for them, and its ``kind``.

    ``epsk_hash`` is that of the external PSK which it was imported from, if that is what is known.
    ``source`` is the earlier connection that gave it away, if one did.
    """

    kind: PskKind
    secrets: Mapping[str, bytes] = field(repr=False)
    epsk_hash: str = ""
    source: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Loot:
    """All that fits one connection.

    ``psks`` are those that are known, by identity and hash; ``logged`` are secrets out of a key log
    by the rows of the schedule table, ``shares`` the private keys of the key exchange.
    """

    psks: Mapping[tuple[bytes, str], Known] = field(default_factory=dict, repr=False)
    logged: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    shares: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    fits: tuple[Fit, ...] = field(default=(), repr=False)

    def known(self, offered: OfferedPsk | None) -> Known | None:
        """What is known of this PSK."""
        return None if offered is None else self.psks.get(offered.name)


def fitting(theft: Theft, sight: Sight, tickets: Tickets = lambda ticket: None) -> Loot:
    """Everything of the theft, and of the tickets that were come upon, that fits here."""
    logged = dict(theft.keylog.get(sight.client_random, {}))
    fits = [Fit("keylog", sight.client_random)] if logged else []
    psks: dict[tuple[bytes, str], Known] = {}
    offers = sight.every_offer
    for offered in offers:
        for one, known in _ways(theft, offered, tickets):
            before = psks.get(offered.name, known)
            # The PSK and the ticket key, or two binders of the same PSK: all of it is held.
            secrets = {**known.secrets, **before.secrets}
            source = before.source if "psk" in before.secrets else known.source
            psks[offered.name] = Known(before.kind, secrets, before.epsk_hash, source)
            if one is not None:
                fits.append(one)
    shares, more = _shares(theft, sight)
    return Loot(psks, logged, shares, (*(_used(one, sight) for one in fits), *more))


def _used(fit: Fit, sight: Sight) -> Fit:
    """The same, with what the PSK was used for."""
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
    """All ways in which this PSK is known."""
    for psk in theft.psks:
        kind = offered.kind_of(psk)
        if kind is not None:
            yield Fit("psk", psk, offered, kind, verified=True), Known(kind, {"psk": psk})
        epsk_hash = _imported_with(offered, psk)
        if epsk_hash:
            known = Known(PskKind.IMPORTED, {"epsk": psk}, epsk_hash)
            yield Fit("psk", psk, offered, PskKind.IMPORTED, verified=True), known
    for stolen in theft.ticket_keys:
        # Without a name the key is tried under the name that the ticket says.
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
    """The hash with which this external PSK is imported to make the binder; empty if with none."""
    if imported_by(offered.identity) is None or not offered.hash_name:
        return ""
    for epsk_hash in KDFS:
        psk = imported_key(epsk, epsk_hash, offered.identity, offered.hash_name)
        if offered.kind_of(psk) is not None:
            return epsk_hash
    return ""


# Shares ------------------------------------------------------------------------------------------


def _shares(theft: Theft, sight: Sight) -> tuple[dict[str, bytes], list[Fit]]:
    """The private keys of the key exchange, and all that belong to any share that was sent."""
    secrets: dict[str, bytes] = {}
    fits: list[Fit] = []
    for name, private_keys in (
        ("client_ecdhe", theft.client_ecdhe),
        ("server_ecdhe", theft.server_ecdhe),
        ("initial_ecdhe", theft.initial_ecdhe),
    ):
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


def _sent(sight: Sight, name: str) -> Iterator[tuple[str, int, int]]:
    """The shares that a private key of this name may belong to: side, ClientHello, group.

    Of the initial connection it may be either side's.
    """
    if not name.startswith("server"):
        for hello in range(1, len(sight.raw_hellos) + 1):
            yield from (("client", hello, group) for group in sight.shares("client", hello))
    if not name.startswith("client"):
        yield from (("server", 0, group) for group in sight.shares("server"))


@lru_cache(maxsize=256)
def _makes(private_key: bytes, group: int, share: bytes) -> bool:
    mine = groups.from_private(group, private_key)
    return mine is not None and mine.share == share
