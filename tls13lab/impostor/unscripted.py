"""An adversary without a script: it tries who can be made to speak to whom, and sees what comes.

Honest parties can be started as often as it likes; every flight that anybody ever sent can be
delivered to anybody, in any order; and it starts ends of its own, with what it knows. All of that
is tried, on bytes, up to a bound: ``DEPTH`` flights to a session, and ``ROUNDS`` in which what was
learned goes into new ends. Nothing here says what an attack looks like. Afterwards all sessions are
laid side by side, and each that ended without the partner that it believes in is a loss.

What is out of its reach: flights are delivered whole and unchanged, a client's to servers and a
server's to clients, so it cuts, joins and changes nothing; and what was recorded it reads as the
eavesdropper does, before it begins.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from tls13lab.handshake.config import ClientConfig
from tls13lab.impostor.moves import ADVERSARY, Known, Public, ends, with_tickets
from tls13lab.impostor.parties import Party, Runs, Session

DEPTH = 2
ROUNDS = 3
SHARED = "client_application_traffic_secret_0"
"""Two sessions with the same of these are two ends of one connection."""
BINDER = "binder"
"""No asset of the claims, but a MUST (4.3.11): a server takes up a PSK for its holders only."""


@dataclass(frozen=True)
class Flight:
    """Bytes that somebody sent; ``sender`` is None for what was recorded before."""

    wire: bytes = field(repr=False)
    by_client: bool
    sender: Session | None = None

    @property
    def honest(self) -> bool:
        """Whether the adversary did not make it."""
        return self.sender is None or self.sender.party.owner != ADVERSARY

    @property
    def its_own(self) -> bool:
        """Whether the adversary sent it as itself."""
        return self.sender is not None and self.sender.party.as_itself

    def __str__(self) -> str:
        return "the recording" if self.sender is None else str(self.sender.party)


@dataclass(frozen=True)
class Cast:
    """The honest parties, what was recorded of them, and what is public.

    ``resuming`` makes the party that a client with new tickets becomes, if it is one that resumes.
    ``clients_are_known``: whether a server takes a PSK as saying who the client is.
    """

    parties: tuple[Party, ...]
    recorded: tuple[Flight, ...]
    public: Public
    resuming: Callable[[Session], Party | None] = field(default=lambda session: None)
    clients_are_known: bool = True


@dataclass(frozen=True)
class Searched:
    """What was found: for each asset that was lost, how; and what the adversary knows at the end.

    ``flights`` are all that were ever sent, each with whether somebody honest sent it; but for
    those that the adversary sent as itself. ``honest`` are the sessions of honest parties, but for
    those with the adversary as itself; ``private_keys`` its own, of all key exchanges.
    """

    lost: dict[str, str]
    known: Known
    flights: dict[bytes, bool] = field(repr=False)
    sessions: int
    honest: tuple[Session, ...] = field(default=(), repr=False)
    private_keys: frozenset[bytes] = field(default=frozenset(), repr=False)


def search(cast: Cast, known: Known, runs: Runs) -> Searched:
    """Try everything, within the bounds."""
    hunt, parties = _Hunt(cast, runs), cast.parties
    for _ in range(ROUNDS):
        for party in (*parties, *ends(known, cast.public)):
            hunt.start(party)
        hunt.deliver_everything()
        known = _learned(known, hunt.sessions)
        resuming = (cast.resuming(session) for session in hunt.sessions)
        parties = tuple(party for party in resuming if party is not None)
    # What it sends as itself is its own, and no repetition of anybody's.
    flights = {one.wire: one.honest for one in hunt.flights.values() if not one.its_own}
    lost = _losses(cast, known, hunt)
    return Searched(lost, known, flights, len(hunt.sessions), _honest(hunt), _private_keys(hunt))


def _honest(hunt: "_Hunt") -> tuple[Session, ...]:
    theirs = (one for one in hunt.sessions if one.party.owner != ADVERSARY)
    return tuple(one for one in theirs if not any(who.as_itself for who in hunt.partners(one)))


def _private_keys(hunt: "_Hunt") -> frozenset[bytes]:
    own = (one.secrets for one in hunt.sessions if one.party.owner == ADVERSARY)
    sides = ("client_ecdhe", "server_ecdhe")
    return frozenset(secrets[side] for secrets in own for side in sides if side in secrets)


def _learned(known: Known, sessions: Iterable[Session]) -> Known:
    """What the adversary has from its own sessions. Of each kind of end it keeps one ticket."""
    has_ticket: set[str] = set()
    for session in sessions:
        party = session.party
        if party.owner != ADVERSARY:
            continue
        if session.tickets and party.name not in has_ticket:
            has_ticket.add(party.name)
            known = with_tickets(known, session.tickets[:1], own=party.as_itself)
        if not party.as_itself:
            words = {one for one in (session.received, session.early) if one}
            keys = {session.secrets.get(one, b"") for one in ("psk", "resumption_secret")} - {b""}
            known = replace(known, words=known.words | words, secrets=known.secrets | keys)
    return known


class _Hunt:
    """All sessions so far, and all flights, each with who sent it."""

    def __init__(self, cast: Cast, runs: Runs) -> None:
        self.sessions: dict[Session, None] = {}
        self.flights: dict[bytes, Flight] = {one.wire: one for one in cast.recorded}
        self._runs = runs
        self._started: set[Party] = set()

    def start(self, party: Party) -> None:
        """Let it begin."""
        if party not in self._started:
            self._started.add(party)
            self._note(self._runs.session(party, ()))

    def _note(self, session: Session | None) -> None:
        if session is not None and session not in self.sessions:
            self.sessions[session] = None
            wire = session.last_said
            if wire:
                self.flights.setdefault(wire, Flight(wire, session.party.is_client, session))

    def deliver_everything(self) -> None:
        """Every flight to every session that can hear more, until nothing new comes of it."""
        before = -1
        while before != len(self.sessions) + len(self.flights):
            before = len(self.sessions) + len(self.flights)
            for session in tuple(self.sessions):
                if len(session.heard) < DEPTH:
                    self._deliver_all(session)

    def _deliver_all(self, session: Session) -> None:
        for flight in tuple(self.flights.values()):
            if flight.by_client == session.party.is_client:
                continue
            if not flight.honest and session.party.owner == ADVERSARY:
                continue  # it need not talk to itself
            after = self._runs.session(session.party, (*session.heard, flight.wire))
            if after is not None and after.differs_from(session):
                self._note(after)

    def partners(self, session: Session) -> list[Party]:
        """Who has a session at the other end of this one, with the same keys."""
        keys = session.secrets.get(SHARED)
        return [
            other.party
            for other in self.sessions
            if other.party.is_client != session.party.is_client
            and keys is not None
            and other.secrets.get(SHARED) == keys
        ]

    def how(self, session: Session) -> str:
        """What a session heard, from whom."""
        heard = ", then ".join(str(self.flights[one]) for one in session.heard)
        return f"{session.party}, and heard {heard or 'nothing'}"


# What is a loss -----------------------------------------------------------------------------------


def _losses(cast: Cast, known: Known, hunt: _Hunt) -> dict[str, str]:
    lost: dict[str, str] = {}
    for session in hunt.sessions:
        if session.party.owner != ADVERSARY and not session.party.beforehand:
            for asset in _lost_by(session, cast, known, hunt):
                lost.setdefault(asset, hunt.how(session))
    return lost


def _lost_by(session: Session, cast: Cast, known: Known, hunt: _Hunt) -> Iterator[str]:
    """What an honest party lost in this session."""
    party = session.party
    if party.is_client:
        yield from _told(session, known)
    elif session.heard and _for_a_stranger(session, hunt.flights[session.heard[0]]):
        yield BINDER
    if not session.connected or (not party.is_client and not _is_asked(session, cast)):
        return
    partners = hunt.partners(session)
    if any(one.as_itself for one in partners):
        return
    owners = {one.owner for one in partners}
    honest = owners - {ADVERSARY}
    if not honest:
        yield "server_authentication" if party.is_client else "client_authentication"
    if party.meant and not honest & set(party.meant):
        yield "peer_identity"
    if not party.is_client and ADVERSARY in owners:
        yield "next_psk"
        if party.says and any(party.says in words for words in known.words):
            yield "application_data"


def _for_a_stranger(session: Session, hello: Flight) -> bool:
    """Whether a server took up a PSK that whoever made the ClientHello does not hold."""
    if hello.sender is None or "psk" not in session.secrets:
        return False
    config = hello.sender.party.config
    held = {psk.key for psk in config.psks} if isinstance(config, ClientConfig) else set()
    return session.secrets["psk"] not in held


def _is_asked(session: Session, cast: Cast) -> bool:
    """Whether a server's session says anything of its client."""
    return cast.clients_are_known and session.with_psk


def _told(session: Session, known: Known) -> Iterator[str]:
    """Which secrets of an honest client's are the adversary's."""
    party = session.party
    if party.says and any(party.says in words for words in known.words):
        yield "application_data"
    early = getattr(party.config, "early_data", b"")
    if early and any(early in words for words in known.words):
        yield "early_data"
    keys = {psk.key for psk in known.psks} | known.secrets
    if session.secrets.get("psk") in keys:
        yield "psk"
    if session.tickets and (
        session.secrets["resumption_secret"] in keys or {one.key for one in session.tickets} & keys
    ):
        yield "next_psk"
