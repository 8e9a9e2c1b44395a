"""Conversations of every kind that a PSK can go through, and what is true of each.

What is true is told by how they were made, and by the endpoints' own secrets; none of it is worked
out by the adversary's code.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import product
from unittest.mock import patch

from tls13lab.adversary.theft import Theft
from tls13lab.capture.keylog import lines, parse
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake import client as client_module
from tls13lab.handshake import server as server_module
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.offer import Offer, second_offer
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

EARLY_WORDS = b"early words"
TICKET_KEY = TicketKey.new(seeded("conversations"))
AES_128, AES_256 = CipherSuite.TLS_AES_128_GCM_SHA256, CipherSuite.TLS_AES_256_GCM_SHA384
CHACHA = CipherSuite.TLS_CHACHA20_POLY1305_SHA256
EPSK = ExternalPsk(b"base", b"what the import is made from", "sha384")
EXTERNAL = {
    "one": ExternalPsk(b"one", b"1" * 32, suite=AES_128, max_early_data_size=100),
    "two": ExternalPsk(b"two", b"2" * 20, suite=CHACHA, max_early_data_size=100),
    "sha384": ExternalPsk(b"three", b"3" * 48, "sha384", suite=AES_256, max_early_data_size=100),
    "imported": import_psk(EPSK, b"who and whom", ("sha256",))[0],
}
OFFERS = (
    ("one",),
    ("ticket",),
    ("two", "one"),
    ("sha384", "one"),
    ("one", "ticket"),
    ("ticket", "two"),
    ("sha384", "ticket", "one"),
    ("imported",),
    ("one", "imported"),
)
CREDENTIAL = lesson_configs("full")[1].credential


@dataclass(frozen=True)
class Made:
    """One conversation, behind the one that issued its ticket if it has one.

    ``taken`` is the PSK that the server knows, None for none; ``order`` is what happens to the PSKs
    in a second ClientHello.
    """

    offered: tuple[str, ...]
    taken: str | None
    mode: str
    early: str
    order: str

    def __str__(self) -> str:
        retry = f"retry-{self.order}" if self.order else "straight"
        return f"{'+'.join(self.offered)}-{self.taken}-{self.mode}-{self.early}-{retry}"

    @cached_property
    def first(self) -> Pair:
        """The full handshake that issued the ticket."""
        return issuer()

    def _psk(self, name: str) -> Psk:
        return self.first.tickets[0] if name == "ticket" else EXTERNAL[name]

    @cached_property
    def pair(self) -> Pair:
        """The conversation itself."""
        modes = frozenset({PSK_KE if self.mode == "psk_ke" else PSK_DHE_KE})
        known = tuple(EXTERNAL[one] for one in EXTERNAL if one == self.taken)
        server = ServerConfig(
            credential=CREDENTIAL,
            psks=known,
            modes=modes,
            tickets=StatelessTickets(TICKET_KEY) if self.taken == "ticket" else None,
            max_early_data_size=100 if self.early == "accepted" else 0,
            anti_replay=NoAntiReplay(),
            groups=(NamedGroup.SECP256R1,) if self.order else (NamedGroup.X25519,),
        )
        asking = lesson_configs("full")[0]
        client = replace(
            asking,
            psks=tuple(self._psk(name) for name in self.offered),
            modes=modes,
            early_data=EARLY_WORDS if self.early else b"",
        )
        # Our own server refuses PSKs in another order (4.2.2); not every server looks.
        lenient = patch.object(server_module, "_check_second_psks", lambda before, message: None)
        with lenient, patch.object(client_module, "second_offer", self._second_offer):
            return talk(client, server, str(self))

    def _second_offer(self, config: ClientConfig, first: Offer, *more: object) -> Offer:
        """As the client makes it, with the PSKs the other way round, or without the first."""
        psks = first.psks
        if self.order == "reversed":
            psks = psks[::-1]
        elif self.order == "dropped":
            psks = psks[1:]
        return second_offer(config, replace(first, psks=psks), *more)  # type: ignore[arg-type]

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The recording: the conversation in question is the last."""
        pairs = (self.first, self.pair) if "ticket" in self.offered else (self.pair,)
        return record(*pairs)

    # What is true --------------------------------------------------------------------------------

    @property
    def early_sent(self) -> bool:
        """Whether the endpoints' own record layers sent early data."""
        secrets = self.pair.client.secrets
        return "client_early_traffic_secret" in secrets

    @cached_property
    def thefts(self) -> "dict[str, tuple[Theft, frozenset[str], bool, bool]]":
        """By name: the theft, the PSKs that it gives away, whether a share, whether all secrets."""
        secrets = self.pair.client.secrets, self.pair.server.secrets
        mine, theirs = (
            (one[side],) if side in one else ()
            for side, one in zip(("client_ecdhe", "server_ecdhe"), secrets, strict=True)
        )
        none: frozenset[str] = frozenset()
        log = "\n".join(lines(self.pair.client.client_random, self.pair.client.secrets))
        found = {
            "nothing": (Theft(), none, False, False),
            "a wrong psk": (Theft(psks=(b"wrong",)), none, False, False),
            "key log": (Theft(keylog=parse(log.encode().splitlines())), none, False, True),
            "every psk and share": (
                Theft((*(self._psk(one).key for one in self.offered),), (), mine, theirs),
                frozenset(self.offered),
                True,
                False,
            ),
        }
        found["client_ecdhe"] = (Theft(client_ecdhe=mine), none, bool(mine), False)
        found["server_ecdhe"] = (Theft(server_ecdhe=theirs), none, bool(theirs), False)
        for name in self.offered:
            alone = Theft(psks=(self._psk(name).key,))
            both = Theft((self._psk(name).key,), (), mine, theirs)
            found[name] = (alone, frozenset({name}), False, False)
            found[f"{name} and shares"] = (both, frozenset({name}), True, False)
        if "ticket" in self.offered:
            one = frozenset({"ticket"})
            found["ticket key"] = (Theft(ticket_keys=(TICKET_KEY,)), one, False, False)
            nameless = Theft(ticket_keys=(replace(TICKET_KEY, name=b""),))
            found["nameless ticket key"] = (nameless, one, False, False)
            initial = (self.first.client.secrets["client_ecdhe"],)
            found["initial share"] = (Theft(initial_ecdhe=initial), one, False, False)
        if "imported" in self.offered:
            base = frozenset({"imported"})
            found["the PSK behind the import"] = (Theft(psks=(EPSK.key,)), base, False, False)
        return found


@lru_cache(maxsize=1)
def issuer() -> Pair:
    """A full handshake with a server that issues tickets good for early data."""
    client, server = lesson_configs("full")
    server = replace(server, tickets=StatelessTickets(TICKET_KEY), max_early_data_size=100)
    return talk(client, replace(server, modes=frozenset({PSK_KE, PSK_DHE_KE})), "the issuer")


def made() -> Iterator[Made]:
    """All that can be made out of the product."""
    for offered in OFFERS:
        for taken, mode, early, order in product(
            (*offered, None), ("psk_ke", "psk_dhe_ke"), ("", "rejected", "accepted"), ORDERS
        ):
            one = Made(offered, taken, mode, early, order)
            if _possible(one):
                yield one


ORDERS = ("", "same", "reversed", "dropped")


def _possible(one: Made) -> bool:
    if one.order and one.mode == "psk_ke":
        return False  # without a key exchange there is nothing to ask for a second time
    if one.order in ("reversed", "dropped") and len(one.offered) < 2:
        return False
    if one.order == "dropped" and one.taken == one.offered[0]:
        return False
    if one.early and one.offered[0] == "imported":
        return False  # the importer gives it no suite, and so no early data
    # Only the first PSK's can be accepted, and not after a HelloRetryRequest.
    return one.early != "accepted" or (one.taken == one.offered[0] and not one.order)


def sided(items: tuple[Item, ...], first: str) -> list[Item]:
    """The same connections, with all records of one side before all of the other's."""
    found: list[Item] = []
    for number in sorted({item.connection for item in items}):
        own = [item for item in items if item.connection == number]
        records = [item for item in own if isinstance(item, CapturedRecord)]
        records.sort(key=lambda item: item.sender != first)
        found += [own[0], *records, own[-1]]
    return found
