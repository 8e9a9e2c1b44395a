"""Reveals: what does one revealed secret of one session open, and what does it not open?

The literature asks this about session keys and exporters. A revealed secret should open only what
it protects in its own session, but neither other sessions nor the PSK. In TLS 1.3, this follows
from the shape of the schedule: these secrets are leaves, and nothing leads back up.

The session in question used a PSK. Another session used the same PSK. A later one, in psk_ke, was
resumed with a ticket of the session in question; it would be open if the ticket's PSK were
revealed.

>>> decide("external-psk_ke", ("session_keys",), "application_data").verdict
'lost'
>>> decide("external-psk_ke", ("session_keys",), "next_psk").verdict
'kept'
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tls13lab.symbolic.connection import ZEROS, SymbolicConnection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import QUANTUM, RULES, Rule
from tls13lab.symbolic.saturation import World
from tls13lab.symbolic.scenes import PUBLIC, connections, resumed
from tls13lab.symbolic.terms import Term, apply, name
from tls13lab.symbolic.vocabulary import EXTERNAL_MODES, RESUMPTION_MODES, SceneMode, Verdict

REVEAL_MODES: tuple[SceneMode, ...] = (*RESUMPTION_MODES, *EXTERNAL_MODES)
REVEALED = ("session_keys", "exporter_secret", "early_exporter_secret")
ASKED = (
    "application_data",
    "early_data",
    "exported",
    "early_exported",
    "psk",
    "next_psk",
    "another_session",
    "resumed_session",
)
CITATIONS = {"session_keys": "RFC 9846 F.1", "exporter_secret": "RFC 9846 F.1.4"}
CONTEXT = name("the exporter's context")


@dataclass(frozen=True, slots=True)
class RevealVerdict:
    """Whether ``revealed`` opens what is ``asked`` for; ``steps`` if so."""

    mode: SceneMode
    revealed: tuple[str, ...]
    asked: str
    verdict: Verdict
    steps: int = 0

    @property
    def citation(self) -> str:
        """The section of the RFC about it."""
        return CITATIONS.get(self.revealed[0], "RFC 9846 F.1.4")


def sessions(mode: SceneMode) -> tuple[SymbolicConnection, SymbolicConnection, SymbolicConnection]:
    """The session in question, another with the same PSK, and one that is resumed from it."""
    this = connections(mode)[-1]
    return this, replace(this, label="another"), resumed("later", "psk_ke", this)


def exported(this: SymbolicConnection, row: str) -> Term:
    """The value that an application gets from an exporter. RFC 9846 section 7.5."""
    return apply("exported", apply("derived_exporter_secret", this.secret(row)), CONTEXT)


def wanted(mode: SceneMode) -> dict[str, tuple[Term, ...]]:
    """The terms of each asset; it is lost if any of them is known."""
    this, another, later = sessions(mode)
    return {
        "application_data": (this.client_data, this.server_data),
        "early_data": (this.early,),
        "exported": (exported(this, "exporter_secret"),),
        "early_exported": (exported(this, "early_exporter_secret"),),
        "psk": (this.psk or ZEROS,),
        "next_psk": (this.ticket_psk(1), this.ticket_psk(2)),
        "another_session": (another.client_data, another.server_data, another.early),
        "resumed_session": (later.client_data, later.server_data, later.early),
    }


def counter_of(asked: str) -> tuple[str, ...]:
    """Reveals that open the asset in every mode: the counter-test for those that do not."""
    own = {"exported": "exporter_secret", "early_exported": "early_exporter_secret"}
    return (own[asked],) if asked in own else ("psk", "quantum")


def revealed_terms(this: SymbolicConnection, what: str) -> tuple[Term, ...]:
    """The terms that are revealed; none for ``quantum``, which is a rule and not a secret."""
    if what == "session_keys":
        sides = ("client", "server")
        return tuple(this.secret(f"{side}_application_traffic_secret_0") for side in sides)
    return () if what == "quantum" else (this.secret(what),)


@remembered(64)
def _world(mode: SceneMode, rules: tuple[Rule, ...]) -> tuple[tuple[Term, ...], World]:
    every = sessions(mode)
    # Labels and contexts of exporters are public; a ticket's nonce is a small counter.
    nonces = (one.nonce(number) for one in every for number in (1, 2))
    wire = (term for one in every for term in one.wire)
    known = (*PUBLIC, CONTEXT, *nonces, *wire)
    asked = (term for terms in wanted(mode).values() for term in terms)
    secrets = (term for what in (*REVEALED, "psk") for term in revealed_terms(every[0], what))
    return known, World([*known, *asked, *secrets], rules)


def decide(
    mode: SceneMode,
    revealed: tuple[str, ...],
    asked: str,
    rules: tuple[Rule, ...] = tuple(RULES.values()),
) -> RevealVerdict:
    """Decide one question: everything was recorded, and then these secrets are revealed."""
    if "quantum" in revealed:
        rules = (*rules, QUANTUM)
    known, world = _world(mode, rules)
    this, *_ = sessions(mode)
    secrets = [term for what in revealed for term in revealed_terms(this, what)]
    knowledge = world.saturate([*known, *secrets])
    for term in wanted(mode)[asked]:
        if term in knowledge:
            steps = max(1, len(knowledge.derivation(term)))
            return RevealVerdict(mode, revealed, asked, "lost", steps)
    return RevealVerdict(mode, revealed, asked, "kept")


def questions() -> Iterator[tuple[SceneMode, tuple[str, ...], str]]:
    """Every mode with a PSK, every secret that may be revealed, and every asset."""
    for mode in REVEAL_MODES:
        for revealed in REVEALED:
            for asked in ASKED:
                yield mode, (revealed,), asked
