"""Active claims decided by an adversary without a script; see :mod:`tls13lab.impostor.unscripted`.

It has only the leaks and the honest parties of the mode. What it finds is compared with the model
and with the scripts of :mod:`~tls13lab.evidence.active`.

>>> sorted(found("external-psk_ke", ("psk",)).lost)[:2]
['application_data', 'client_authentication']
>>> options = {"group": "more", "importer": "off", "roles": "fixed"}
>>> lost("external-psk_dhe_ke", "peer_identity", (), options)
True
>>> found("external-psk_dhe_ke", (), options).lost["peer_identity"]
'alice calls bob, and receives: carol answers'
"""

from collections.abc import Mapping
from dataclasses import replace

from tls13lab.crypto.entropy import seeded
from tls13lab.evidence import afterwards, passive
from tls13lab.evidence.afterwards import Attempt
from tls13lab.evidence.cast import cast_of, known_of
from tls13lab.evidence.stage import EARLY_WORDS, stage
from tls13lab.impostor.blunt_answer import answer
from tls13lab.impostor.moves import Leaked
from tls13lab.impostor.parties import Runs, Session
from tls13lab.impostor.redelivery import taken_again
from tls13lab.impostor.unscripted import Searched, search
from tls13lab.psk.anti_replay import ClientHelloWindow, NoAntiReplay
from tls13lab.symbolic.claims import SECRECY, absent
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import LEAKS, Asset, Leaks, SceneMode, parts
from tls13lab.wire.names import Side, each_of


@remembered(16)
def _runs(mode: SceneMode) -> Runs:
    return Runs(stage(mode).now_ms)


@remembered(1024)
def _searched(mode: SceneMode, known: Leaked, options: tuple[tuple[str, str], ...]) -> Searched:
    return search(cast_of(mode, dict(options)), known, _runs(mode))


def found(mode: SceneMode, leaks: Leaks, options: Mapping[str, str] | None = None) -> Searched:
    """Everything the adversary finds with these leaks; ``options`` are those of peer_identity.

    Leaks that give the adversary the same knowledge share one search. Raises NotAllowed for an
    unknown mode or leak.
    """
    leaks = each_of(leaks, LEAKS, "leak")
    return _searched(mode, known_of(mode, leaks), tuple((options or {}).items()))


def lost(mode: SceneMode, asset: Asset, leaks: Leaks, options: Mapping[str, str]) -> bool:
    """Whether the adversary without a script gets the asset."""
    if asset == "early_data_freshness":
        return _again(mode, leaks, memory=options["anti_replay"] == "on")
    if asset in SECRECY and passive.got(mode, asset, leaks):
        return True
    return asset in found(mode, leaks, options if asset == "peer_identity" else {}).lost


def lost_afterwards(
    mode: SceneMode, asset: Asset, leaks: Leaks, options: Mapping[str, str]
) -> bool:
    """The same for an adversary that gets the leaks only when all sessions are over."""
    if asset not in SECRECY:
        return lost(mode, asset, (), options)
    if lost(mode, asset, (), {}) or passive.got(mode, asset, leaks):
        return True
    return asset in _read(mode, tuple(leak for leak in leaks if leak not in absent(mode, leaks)))


@remembered(2048)
def _read(mode: SceneMode, leaks: Leaks) -> frozenset[Asset]:
    return frozenset(afterwards.read(mode, leaks, _sessions(mode)))


@remembered(16)
def _sessions(mode: SceneMode) -> tuple[Attempt, ...]:
    """All that honest parties sent, and what clients send after an answer without the PSK."""
    every = found(mode, ())
    runs, attempts = _runs(mode), []
    for session in every.honest:
        attempts.append(_attempt(mode, session))
        if session.party.is_client and not session.heard and stage(mode).psk is not None:
            flight, private_key = answer(session.last_said, seeded("a blunt answer"))
            answered = runs.session(session.party, (flight,))
            attempts += [_attempt(mode, answered, private_key)] if answered is not None else []
    # The public shares show to which session a private key belongs.
    return (*attempts, *(Attempt((), "client", key, b"") for key in sorted(every.private_keys)))


def _attempt(mode: SceneMode, session: Session, own: bytes = b"") -> Attempt:
    me: Side = "client" if session.party.is_client else "server"
    they: Side = "server" if session.party.is_client else "client"
    flights = [(me, session.said[0])]
    for heard, said in zip(session.heard, session.said[1:], strict=True):
        flights += [(they, heard), (me, said)]
    psk, external = session.secrets.get("psk", b""), stage(mode).external
    issuing = external.key if external is not None else b""
    return Attempt(
        tuple(flights),
        me,
        own,
        session.secrets.get(f"{me}_ecdhe", b""),
        psk,
        frozenset(ticket.key for ticket in session.tickets),
        beforehand=parts(mode).kind == "resumption" and psk == issuing,
    )


def _again(mode: SceneMode, leaks: Leaks, *, memory: bool) -> bool:
    setup = stage(mode)
    server = replace(setup.server, anti_replay=ClientHelloWindow() if memory else NoAntiReplay())
    flights = found(mode, leaks).flights.items()
    return taken_again(server, flights, EARLY_WORDS, setup.now_ms)
