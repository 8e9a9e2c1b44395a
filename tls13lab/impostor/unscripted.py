"""An adversary without a script: it tries all ways to connect parties, and looks at the results.

It can start honest parties as often as it likes, deliver every flight to anybody in any order, and
start clients and servers of its own with what it knows. It tries all of this on bytes, up to a
limit: ``DEPTH`` flights to a session, and ``ROUNDS`` rounds, in which what was learned is used for
new clients and servers. Nothing in this file says what an attack looks like. At the end, all
sessions are compared. Each session without the partner that its party believes in is a loss.

What it cannot do: flights are delivered complete and unchanged, a client's only to servers and a
server's only to clients. It never cuts, joins or changes messages. Recordings are read beforehand,
by the eavesdropper.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from tls13lab.handshake.config import ClientConfig
from tls13lab.impostor.moves import ADVERSARY, Leaked, Public, ends, with_tickets
from tls13lab.impostor.parties import Party, Runs, Session
from tls13lab.symbolic.vocabulary import Asset

DEPTH = 2
ROUNDS = 3
SHARED = "client_application_traffic_secret_0"
"""Two sessions that have this secret in common are the two ends of one connection."""
BINDER: Final = "binder"
"""Not an asset of the claims, but a MUST (4.3.11): a server accepts a PSK only from its holders."""
Lost = Asset | Literal["binder"]
"""What the search can find lost; from a ``binder``, a weak PSK can be guessed."""


@dataclass(frozen=True)
class Flight:
    """Bytes that somebody sent; ``sender`` is None if they were recorded beforehand."""

    wire: bytes = field(repr=False)
    by_client: bool
    sender: Session | None = None

    @property
    def honest(self) -> bool:
        """Whether it was not made by the adversary."""
        return self.sender is None or self.sender.party.owner != ADVERSARY

    @property
    def its_own(self) -> bool:
        """Whether the adversary sent it without pretending to be another."""
        return self.sender is not None and self.sender.party.as_itself

    def __str__(self) -> str:
        return "the recording" if self.sender is None else str(self.sender.party)


@dataclass(frozen=True)
class Cast:
    """The honest parties, what was recorded of them, and what is public.

    ``resuming`` takes a session and returns the party that resumes it with its new tickets, or None
    if there is none. ``clients_are_known`` says whether the PSK tells a server who the client is.
    """

    parties: tuple[Party, ...]
    recorded: tuple[Flight, ...]
    public: Public
    resuming: Callable[[Session], Party | None] = field(default=lambda session: None)
    clients_are_known: bool = True


@dataclass(frozen=True)
class Searched:
    """The result: how each lost asset was lost, and what the adversary knows at the end.

    ``flights`` are all flights, each with whether an honest party sent it. ``honest`` are the
    sessions of honest parties. In both, those of the adversary as an ordinary client (without
    pretending to be another) are left out. ``private_keys`` are the adversary's own, from all its
    key exchanges. ``sessions`` is how many were tried.
    """

    lost: dict[Lost, str]
    known: Leaked
    flights: dict[bytes, bool] = field(repr=False)
    sessions: int
    honest: tuple[Session, ...] = field(default=(), repr=False)
    private_keys: frozenset[bytes] = field(default=frozenset(), repr=False)


def search(cast: Cast, known: Leaked, runs: Runs) -> Searched:
    """Try all combinations within the limits, and compare the sessions."""
    hunt, parties = _Hunt(cast, runs), cast.parties
    for _ in range(ROUNDS):
        for party in (*parties, *ends(known, cast.public)):
            hunt.start(party)
        hunt.deliver_everything()
        known = _learned(known, hunt.sessions)
        resuming = (cast.resuming(session) for session in hunt.sessions)
        parties = tuple(party for party in resuming if party is not None)
    # What the adversary sends as itself is no attack on anybody's data.
    flights = {flight.wire: flight.honest for flight in hunt.flights.values() if not flight.its_own}
    lost = _losses(cast, known, hunt)
    return Searched(lost, known, flights, len(hunt.sessions), _honest(hunt), _private_keys(hunt))


def _honest(hunt: "_Hunt") -> tuple[Session, ...]:
    return tuple(
        session
        for session in hunt.sessions
        if session.party.owner != ADVERSARY
        and not any(partner.as_itself for partner in hunt.partners(session))
    )


def _private_keys(hunt: "_Hunt") -> frozenset[bytes]:
    own = (session.secrets for session in hunt.sessions if session.party.owner == ADVERSARY)
    sides = ("client_ecdhe", "server_ecdhe")
    return frozenset(secrets[side] for secrets in own for side in sides if side in secrets)


def _learned(known: Leaked, sessions: Iterable[Session]) -> Leaked:
    """``known`` and what the adversary learned in its own sessions.

    For each name of a party, it keeps only one ticket.
    """
    has_ticket: set[str] = set()
    for session in sessions:
        party = session.party
        if party.owner != ADVERSARY:
            continue
        if session.tickets and party.name not in has_ticket:
            has_ticket.add(party.name)
            known = with_tickets(known, session.tickets[:1], own=party.as_itself)
        if not party.as_itself:
            words = {session.received, session.early} - {b""}
            keys = {session.secrets.get(name, b"") for name in ("psk", "resumption_secret")} - {b""}
            known = replace(known, words=known.words | words, secrets=known.secrets | keys)
    return known


class _Hunt:
    """All sessions and flights so far."""

    def __init__(self, cast: Cast, runs: Runs) -> None:
        self.sessions: dict[Session, None] = {}
        self.flights: dict[bytes, Flight] = {flight.wire: flight for flight in cast.recorded}
        self._runs = runs
        self._started: set[Party] = set()

    def start(self, party: Party) -> None:
        """Start a party, unless it was started before."""
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
        """Deliver every flight to every session within ``DEPTH``, until nothing new happens."""
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
                continue  # the adversary gains nothing by talking to itself
            after = self._runs.session(session.party, (*session.heard, flight.wire))
            if after is not None and after.differs_from(session):
                self._note(after)

    def partners(self, session: Session) -> list[Party]:
        """The parties at the other end of this session, which have the same keys."""
        keys = session.secrets.get(SHARED)
        return [
            other.party
            for other in self.sessions
            if other.party.is_client != session.party.is_client
            and keys is not None
            and other.secrets.get(SHARED) == keys
        ]

    def how(self, session: Session) -> str:
        """How a session came about, in words: its party, and whose flights it received."""
        heard = ", then ".join(str(self.flights[wire]) for wire in session.heard)
        return f"{session.party}, and receives: {heard or 'nothing'}"


# What is a loss -----------------------------------------------------------------------------------


def _losses(cast: Cast, known: Leaked, hunt: _Hunt) -> dict[Lost, str]:
    lost: dict[Lost, str] = {}
    for session in hunt.sessions:
        if session.party.owner != ADVERSARY and not session.party.beforehand:
            for asset in _lost_by(session, cast, known, hunt):
                lost.setdefault(asset, hunt.how(session))
    return lost


def _lost_by(session: Session, cast: Cast, known: Leaked, hunt: _Hunt) -> Iterator[Lost]:
    """The assets that an honest party lost in this session."""
    party = session.party
    if party.is_client:
        yield from _revealed(session, known)
    elif session.heard and _for_a_stranger(session, hunt.flights[session.heard[0]]):
        yield BINDER
    if not session.connected or (not party.is_client and not _is_asked(session, cast)):
        return
    partners = hunt.partners(session)
    if any(partner.as_itself for partner in partners):
        return
    owners = {partner.owner for partner in partners}
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
    """Whether the server accepted a PSK that the sender of the ClientHello does not have."""
    if hello.sender is None or "psk" not in session.secrets:
        return False
    config = hello.sender.party.config
    held = {psk.key for psk in config.psks} if isinstance(config, ClientConfig) else set()
    return session.secrets["psk"] not in held


def _is_asked(session: Session, cast: Cast) -> bool:
    """Whether the server's session identifies its client."""
    return cast.clients_are_known and session.with_psk


def _revealed(session: Session, known: Leaked) -> Iterator[Asset]:
    """The secrets of an honest client that the adversary knows."""
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
        session.secrets["resumption_secret"] in keys or {psk.key for psk in session.tickets} & keys
    ):
        yield "next_psk"
