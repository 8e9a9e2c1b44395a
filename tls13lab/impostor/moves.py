"""The clients and servers that an adversary can start with what it knows. No attack is named here.

It can connect with any PSK that it knows, without a PSK, or with a key that it made up. As a
server, it uses everything that it has at once. It can import a known PSK under any public context.
A ticket key opens tickets and seals new ones; the key of a certificate signs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from tls13lab.crypto.certificates import Credential, TrustAnyone, self_signed
from tls13lab.crypto.entropy import Entropy, seeded
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.impostor.forged_ticket import forge
from tls13lab.impostor.parties import Party
from tls13lab.impostor.stand_in import StolenPsk, false_client
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.importer import ImportedPsk, import_psk
from tls13lab.psk.keys import ExternalPsk, PskKind, ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import PskKeyExchangeMode

ADVERSARY = "mallory"
OWN = TicketKey.new(seeded("the adversary's own ticket key"))
MADE_UP = bytes(32)
"""A key that anybody could try; a party that accepts it protects nothing."""
EARLY = 100
"""How many bytes of early data the adversary's server accepts."""


@dataclass(frozen=True)
class Public:
    """What everybody knows: ``identities`` are those of PSKs, as seen on the wire.

    ``contexts`` are those of the importer (RFC 9258); ``now_ms`` is Unix time in milliseconds.
    """

    now_ms: int
    modes: frozenset[PskKeyExchangeMode]
    server_name: str | None = None
    identities: tuple[bytes, ...] = ()
    contexts: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Leaked:
    """What the adversary knows.

    ``own_psks`` belong to tickets that it received as an ordinary client. ``words`` are data that
    others sent to it; ``secrets`` are keys of sessions in which it took part.
    """

    psks: tuple[StolenPsk, ...] = ()
    ticket_keys: tuple[TicketKey, ...] = ()
    credential: Credential | None = None
    own_psks: tuple[StolenPsk, ...] = ()
    words: frozenset[bytes] = frozenset()
    secrets: frozenset[bytes] = field(default=frozenset(), repr=False)


def ends(known: Leaked, public: Public) -> Iterator[Party]:
    """All the clients and servers that the adversary can start."""
    yield _server(known, public)
    if known.credential is not None and any(psk.kind is PskKind.EXTERNAL for psk in known.psks):
        yield _server_with_both(known, public)
    nobody = ClientConfig(modes=public.modes, trust=TrustAnyone(), server_name=public.server_name)
    yield Party(ADVERSARY, "connects as nobody", nobody, as_itself=True)
    for psk in known.own_psks:
        its_own = _client("connects with a ticket that it received", psk, known, public)
        yield replace(its_own, as_itself=True)
    for psk in known.psks:
        yield _client("connects with a PSK that it knows", psk, known, public)
        for context, config in _imported(psk, public):
            made_of = (psk, context)
            yield Party(ADVERSARY, "connects with a PSK that it imported", config, made_of=made_of)
    for key in (*known.ticket_keys, *_made_up_keys(public)):
        own = seeded(f"a forger with {key.name.hex()}")
        forged = forge(key, own(32), public.now_ms, own)
        name = "connects with a ticket that it sealed"
        if key not in known.ticket_keys:
            name = "connects with a ticket under a made-up key"
        yield _client(name, forged, known, public)
    for psk in _made_up_psks(public):
        yield _client("connects with a made-up key", psk, known, public)


def _client(name: str, psk: StolenPsk, known: Leaked, public: Public) -> Party:
    """A client of the adversary's; as early data, it sends the words that it knows.

    The seed depends on these words. The binder does not cover early data, so with the same seed the
    ClientHello would be the same, and a server that remembers it would reject it as a replay.
    """
    early = b"".join(sorted(known.words)) if psk.max_early_data_size else b""
    config = false_client(psk, public.modes, public.server_name, early)
    seed = f"{ADVERSARY}: {name}, early {early!r}" if early else ""
    return Party(ADVERSARY, name, config, made_of=(psk, early), seed=seed)


def _made_up_keys(public: Public) -> Iterator[TicketKey]:
    """A ticket key of zeros, under each key name seen in a ticket, and under a name of zeros."""
    names = {identity[:16] for identity in public.identities if len(identity) > 60}
    for name in sorted({*names, bytes(16)}):
        yield TicketKey(name, MADE_UP)


def _made_up_psks(public: Public) -> Iterator[StolenPsk]:
    for identity in public.identities:
        for kind in (PskKind.EXTERNAL, PskKind.RESUMPTION):
            yield StolenPsk(identity, MADE_UP, kind, "sha256", seen_ms=public.now_ms)


def _external(psk: StolenPsk) -> Iterator[ExternalPsk]:
    found = psk.as_psk()
    if isinstance(found, ExternalPsk):
        yield found


def _all_imported(psk: StolenPsk, public: Public) -> Iterator[ImportedPsk]:
    for external in _external(psk):
        for context in public.contexts:
            yield from import_psk(external, context)


def _imported(psk: StolenPsk, public: Public) -> Iterator[tuple[bytes, ClientConfig]]:
    for external in _external(psk):
        for context in public.contexts:
            yield context, ClientConfig(psks=import_psk(external, context), modes=public.modes)


# Answering ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AllTickets:
    """A ticket book that finds every ticket whose PSK or ticket key is known."""

    keys: tuple[TicketKey, ...]
    psks: tuple[StolenPsk, ...]

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A ticket sealed with the adversary's own key."""
        return StatelessTickets(OWN).issue(state, entropy)

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state of a ticket: with its PSK if that is known, otherwise opened with any key."""
        for psk in self.psks:
            if psk.identity == ticket and psk.suite is not None:
                return TicketState(psk.suite, psk.key, now_ms, now_ms, 7200, 0)
        books = (StatelessTickets(key) for key in (OWN, *self.keys))
        return next((state for book in books if (state := book.find(ticket, now_ms))), None)

    def used(self, ticket: bytes) -> None:
        """Does nothing: a ticket may be used any number of times."""


@lru_cache(maxsize=8)
def _made_up_credential(public: Public) -> Credential:
    """A self-signed certificate: anybody can make one, and a client may or may not trust it."""
    return self_signed(public.server_name or "nobody", public.now_ms, seeded("made up"))


def _server(known: Leaked, public: Public) -> Party:
    """A server that can use everything that the adversary knows."""
    external = [key for psk in known.psks for key in _external(psk)]
    imported = [key for psk in known.psks for key in _all_imported(psk, public)]
    config = ServerConfig(
        credential=known.credential or _made_up_credential(public),
        psks=(*external, *imported),
        tickets=AllTickets(known.ticket_keys, known.psks),
        modes=public.modes,
        max_early_data_size=EARLY,
        anti_replay=NoAntiReplay(),
    )
    made_of = (known.psks, known.ticket_keys, known.credential is not None, public.contexts)
    return Party(ADVERSARY, "answers with all that it knows", config, made_of=made_of)


def _server_with_both(known: Leaked, public: Public) -> Party:
    """The same server, but it combines a certificate with an external PSK if asked (RFC 9973)."""
    alone = _server(known, public)
    assert isinstance(alone.config, ServerConfig)
    config = replace(alone.config, cert_with_extern_psk=True)
    return replace(alone, name="answers with certificate and PSK together", config=config)


def with_tickets(known: Leaked, tickets: Iterable[ResumptionPsk], *, own: bool) -> Leaked:
    """``known`` with the PSKs of these tickets, among ``own_psks`` if ``own``."""
    more = tuple(
        StolenPsk(
            identity=ticket.identity,
            key=ticket.key,
            kind=PskKind.RESUMPTION,
            hash_name=ticket.hash_name,
            suite=ticket.suite,
            seen_ms=ticket.received_ms,
            seen_age=ticket.age_add,
            max_early_data_size=ticket.max_early_data_size,
        )
        for ticket in tickets
    )
    if own:
        return replace(known, own_psks=tuple(dict.fromkeys((*known.own_psks, *more))))
    return replace(known, psks=tuple(dict.fromkeys((*known.psks, *more))))
