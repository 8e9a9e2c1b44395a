"""The honest parties of each mode, and what the adversary knows, for the search without a script.

>>> [str(party) for party in cast_of("external-psk_ke").parties]
['alice calls bob', 'bob answers']
>>> options = {"group": "more", "importer": "on", "roles": "both"}
>>> [str(party) for party in cast_of("external-psk_ke", options).parties]
['alice calls bob', 'bob answers', 'alice answers', 'carol answers']
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tls13lab.adversary.plan import Goal
from tls13lab.capture.recording import CapturedRecord
from tls13lab.evidence import passive
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.evidence.stage import EARLY_WORDS, Stage, stage
from tls13lab.handshake.config import ClientConfig
from tls13lab.impostor.moves import Leaked, Public
from tls13lab.impostor.parties import Party, Session
from tls13lab.impostor.selfie import Member, context_of
from tls13lab.impostor.unscripted import Cast, Flight
from tls13lab.symbolic.vocabulary import Leaks, SceneMode, parts
from tls13lab.wire.names import Side

NAMES = (b"alice", b"bob", b"carol")


def cast_of(mode: SceneMode, options: Mapping[str, str] | None = None) -> Cast:
    """The honest parties of a mode.

    With the options of ``peer_identity``, they are the members of a group. With the option
    ``sessions`` set to ``two``, there are two of each party.
    """
    setup = stage(mode)
    identities = tuple(psk.identity for psk in setup.client.psks)
    public = Public(setup.now_ms, setup.modes, setup.client.server_name, identities)
    if options and "group" in options:
        if options["importer"] == "on":
            names = NAMES[: 2 if options["group"] == "two" else 3]
            contexts = tuple(context_of(a, b) for a in names for b in names if a != b)
            public = replace(public, contexts=contexts)
        return Cast(tuple(_members(setup, options)), flights_of(setup), public)
    cast = _two_ends(mode, setup, public)
    if options and options.get("sessions") == "two":
        again = (replace(party, name=f"{party.name} again") for party in cast.parties)
        return replace(cast, parties=(*cast.parties, *again))
    return cast


def _two_ends(mode: SceneMode, setup: Stage, public: Public) -> Cast:
    alice = Party("alice", "calls bob", setup.client, ("bob",), CLIENT_WORDS)
    bob = Party("bob", "answers", setup.server, ("alice",), SERVER_WORDS)
    if parts(mode).kind != "resumption":
        return Cast((alice, bob), flights_of(setup), public, clients_are_known=mode != "full")
    # She resumes with the recording's ticket, and also first connects to get one.
    first = Party("alice", "calls bob for a ticket", setup.first_client, ("bob",), beforehand=True)
    return Cast((first, alice, bob), flights_of(setup), public, _resuming(first, setup.client))


def _resuming(first: Party, config: ClientConfig) -> Callable[[Session], Party | None]:
    """A function that makes the resuming client, once the first connection has given a ticket."""

    def resuming(session: Session) -> Party | None:
        if session.party != first or not session.tickets:
            return None
        psks = session.tickets[:1]
        changed = replace(config, psks=psks)
        return Party("alice", "resumes", changed, ("bob",), CLIENT_WORDS, made_of=psks)

    return resuming


def _members(setup: Stage, options: Mapping[str, str]) -> Iterator[Party]:
    """Alice calls Bob. Who else answers depends on the group and on the roles."""
    assert setup.external is not None
    two = options["group"] == "two"
    roles, mode = options["importer"] == "on", next(iter(setup.modes))

    def member(name: bytes, friend: bytes) -> Member:
        assert setup.external is not None
        return Member(name, friend, setup.external, roles=roles, mode=mode)

    def answering(name: bytes, friend: bytes, *others: str) -> Party:
        server = replace(member(name, friend).as_server(), tickets=setup.server.tickets)
        made_of = (roles, name)
        return Party(name.decode(), "answers", server, others, SERVER_WORDS, made_of)

    alice = member(b"alice", b"bob").as_client()
    yield Party("alice", "calls bob", alice, ("bob",), CLIENT_WORDS, made_of=roles)
    yield answering(b"bob", b"alice", "alice", *(() if two else ("carol",)))
    if options["roles"] == "both":
        yield answering(b"alice", b"bob", "bob", *(() if two else ("carol",)))
    if not two:
        yield answering(b"carol", b"alice", "alice", "bob")


def flights_of(setup: Stage) -> tuple[Flight, ...]:
    """The recording, flight by flight. A flight is what one side sends before the other answers."""
    flights: list[tuple[Side, bytes]] = []
    last: tuple[int, Side] | None = None
    for item in setup.recording:
        if isinstance(item, CapturedRecord):
            if (item.connection, item.sender) != last:
                flights.append((item.sender, b""))
            last = item.connection, item.sender
            flights[-1] = item.sender, flights[-1][1] + item.wire
    return tuple(Flight(wire, sender == "client") for sender, wire in flights)


def known_of(mode: SceneMode, leaks: Leaks) -> Leaked:
    """What the adversary knows: the leaks, and what they open in the recording."""
    setup = stage(mode)
    psks = (passive.stolen_psk(mode, leaks), passive.stolen_issuing_psk(mode, leaks))
    words = set()
    said: dict[Goal, tuple[bytes, ...]] = {
        "application_data": (CLIENT_WORDS, SERVER_WORDS),
        "early_data": (EARLY_WORDS,),
    }
    for goal, goal_words in said.items():
        finding, _ = passive.listen(mode, leaks, goal)
        read = {text.head for text in finding.plaintext.values()}
        words |= read & set(goal_words) if finding.verdict == "lost" else set()
    _, tickets = passive.listen(mode, leaks, "application_data")
    return Leaked(
        psks=tuple(psk for psk in psks if psk is not None),
        ticket_keys=(setup.ticket_key,) if "ticket_key" in leaks else (),
        credential=setup.stolen_credential(leaks),
        words=frozenset(words),
        secrets=frozenset(tickets),
    )
