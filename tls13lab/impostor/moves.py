"""What an adversary can put into play with what it knows: ends of its own. No attack is named here.

It can connect as anybody whose PSK it has, as nobody, or with a key that it made up; it can answer
with everything that it has at once. A PSK that it knows it can import under any public context; a
ticket key opens tickets, and seals them; a certificate's key signs.
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
"""A key that anybody can think of: an end that takes it has no secret."""
EARLY = 100
"""Bytes of early data that the adversary's server takes."""


@dataclass(frozen=True)
class Public:
    """What everybody knows: ``identities`` are the names of PSKs as they crossed the wire."""

    now_ms: int
    modes: frozenset[PskKeyExchangeMode]
    server_name: str | None = None
    identities: tuple[bytes, ...] = ()
    contexts: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Known:
    """What the adversary knows. ``own_psks`` came with tickets that anybody is given who asks.

    ``words`` are what others said; ``secrets`` are keys of sessions that it had a part in.
    """

    psks: tuple[StolenPsk, ...] = ()
    ticket_keys: tuple[TicketKey, ...] = ()
    credential: Credential | None = None
    own_psks: tuple[StolenPsk, ...] = ()
    words: frozenset[bytes] = frozenset()
    secrets: frozenset[bytes] = field(default=frozenset(), repr=False)


def ends(known: Known, public: Public) -> Iterator[Party]:
    """All the ends that the adversary can start."""
    yield _server(known, public)
    if known.credential is not None and any(psk.kind is PskKind.EXTERNAL for psk in known.psks):
        yield _server_with_both(known, public)
    nobody = ClientConfig(modes=public.modes, trust=TrustAnyone(), server_name=public.server_name)
    yield Party(ADVERSARY, "connects as nobody", nobody, as_itself=True)
    for psk in known.own_psks:
        its_own = _client("connects with a ticket that it was given", psk, known, public)
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
            name = "connects with a ticket under a key made up"
        yield _client(name, forged, known, public)
    for psk in _made_up_psks(public):
        yield _client("connects with a key made up", psk, known, public)


def _client(name: str, psk: StolenPsk, known: Known, public: Public) -> Party:
    """Of early data it sends what it has read.

    With other words it draws other random bytes: a binder does not cover early data, so a server
    with a memory would take the same ClientHello for a replay.
    """
    early = b"".join(sorted(known.words)) if psk.max_early_data_size else b""
    config = false_client(psk, public.modes, public.server_name, early)
    seed = f"{ADVERSARY}: {name}, early {early!r}" if early else ""
    return Party(ADVERSARY, name, config, made_of=(psk, early), seed=seed)


def _made_up_keys(public: Public) -> Iterator[TicketKey]:
    """All zeros, under the name that a ticket on the wire bears, and under no name."""
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
    """A ticket book that knows every ticket whose PSK or key is known; it seals under its own."""

    keys: tuple[TicketKey, ...]
    psks: tuple[StolenPsk, ...]

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """Under the adversary's own key."""
        return StatelessTickets(OWN).issue(state, entropy)

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """By the PSK, if it is known; else by any key that opens it."""
        for psk in self.psks:
            if psk.identity == ticket and psk.suite is not None:
                return TicketState(psk.suite, psk.key, now_ms, now_ms, 7200, 0)
        books = (StatelessTickets(key) for key in (OWN, *self.keys))
        return next((state for book in books if (state := book.find(ticket, now_ms))), None)

    def used(self, ticket: bytes) -> None:
        """It may be used as often as it works."""


@lru_cache(maxsize=8)
def _made_up_credential(public: Public) -> Credential:
    """Anybody can make a certificate; whether it is believed is the client's business."""
    return self_signed(public.server_name or "nobody", public.now_ms, seeded("made up"))


def _server(known: Known, public: Public) -> Party:
    """It answers with whatever of its knowledge the client asks for."""
    external = [one for psk in known.psks for one in _external(psk)]
    imported = [one for psk in known.psks for one in _all_imported(psk, public)]
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


def _server_with_both(known: Known, public: Public) -> Party:
    """To who asks for a certificate and a PSK in one, it gives both (RFC 9973)."""
    alone = _server(known, public)
    assert isinstance(alone.config, ServerConfig)
    config = replace(alone.config, cert_with_extern_psk=True)
    return replace(alone, name="answers with certificate and PSK together", config=config)


def with_tickets(known: Known, tickets: Iterable[ResumptionPsk], *, own: bool) -> Known:
    """The same, and the PSKs that came with tickets."""
    more = tuple(
        StolenPsk(
            identity=one.identity,
            key=one.key,
            kind=PskKind.RESUMPTION,
            hash_name=one.hash_name,
            suite=one.suite,
            seen_ms=one.received_ms,
            seen_age=one.age_add,
            max_early_data_size=one.max_early_data_size,
        )
        for one in tickets
    )
    if own:
        return replace(known, own_psks=tuple(dict.fromkeys((*known.own_psks, *more))))
    return replace(known, psks=tuple(dict.fromkeys((*known.psks, *more))))
