"""What can be found out about a server: each result, its grade, and its section of the RFC.

>>> CATALOGUE["binder-unchecked"].grade.value
'fault'
"""

from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """How good or bad a result is.

    ``fault`` violates a MUST of the RFC or gives access to those who should have none. ``warning``
    is allowed, but weakens security without need. ``note`` is neither. ``good`` is as it should be.
    """

    FAULT = "fault"
    WARNING = "warning"
    NOTE = "note"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Kind:
    """A possible result: its grade, its sections in RFC 9846 and RFC 8446, and why it matters."""

    grade: Grade
    section: str
    section_8446: str
    why: str


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """A result: ``name`` is its key in the catalogue, and ``seen`` says what was observed.

    ``evidence`` says what the connections showed; it never contains a secret.
    """

    name: str
    seen: str
    evidence: str = ""

    @property
    def kind(self) -> Kind:
        """The entry in the catalogue."""
        return CATALOGUE[self.name]


F, W, N, G = Grade.FAULT, Grade.WARNING, Grade.NOTE, Grade.GOOD
CATALOGUE: dict[str, Kind] = {
    # Modes
    "full-handshake": Kind(N, "4.2.1", "4.1.1", "without a PSK it shows a certificate"),
    "psk-only": Kind(N, "4.2.1", "4.1.1", "without a PSK there is no connection"),
    "psk-ke-refused": Kind(G, "2.2", "2.2", "a PSK that leaks later opens no recording"),
    "psk-ke-accepted": Kind(
        W, "2.2", "2.2", "anyone who records the connection and gets the PSK later reads all of it"
    ),
    "psk-ke-preferred": Kind(
        W, "2.2", "2.2", "if both are offered, it takes the mode without forward secrecy"
    ),
    "psk-dhe-ke-preferred": Kind(
        G, "2.2", "2.2", "if both are offered, it takes the mode with (EC)DHE"
    ),
    "psk-dhe-ke-accepted": Kind(G, "2.2", "2.2", "application data has forward secrecy"),
    "mode-not-offered": Kind(F, "4.3.9", "4.2.9", "a mode that was not offered MUST NOT be chosen"),
    "psk-ignored": Kind(
        W, "4.3.11", "4.2.11", "the given PSK is not used; does the server know it, with this hash?"
    ),
    "psk-accepted": Kind(G, "4.3.11", "4.2.11", "the server knows the given PSK"),
    "retry-works": Kind(G, "4.2.4", "4.1.4", "the PSK survives a HelloRetryRequest"),
    "retry-drops-psk": Kind(
        N, "4.2.4", "4.1.4", "after a HelloRetryRequest, the PSK is no longer used"
    ),
    # Tickets
    "no-tickets": Kind(N, "4.7.1", "4.6.1", "connections cannot be resumed"),
    "tickets": Kind(N, "4.7.1", "4.6.1", "connections can be resumed"),
    "ticket-lifetime-too-long": Kind(F, "4.7.1", "4.6.1", "it MUST NOT be more than seven days"),
    "age-add-repeats": Kind(
        F, "4.7.1", "4.6.1", "without a fresh value for each ticket, connections can be linked"
    ),
    "ticket-repeats": Kind(W, "C.4", "C.4", "the same ticket twice links two connections"),
    "resumption-works": Kind(G, "2.2", "2.2", "the new connection is tied to the old one"),
    "resumption-refused": Kind(N, "4.7.1", "4.6.1", "it sends tickets, but accepts none"),
    "ticket-once": Kind(G, "8.1", "8.1", "a ticket can be used for one connection only"),
    "ticket-many-times": Kind(
        N, "C.4", "C.4", "clients SHOULD NOT use a ticket twice: the connections can be linked"
    ),
    "resumes-under-other-name": Kind(
        N, "4.7.1", "4.6.1", "a ticket is not tied to its name; hosts that share keys are as one"
    ),
    "name-tied-to-ticket": Kind(G, "4.7.1", "4.6.1", "a ticket is valid for its own name only"),
    "ticket-key-known": Kind(
        F,
        "2.2",
        "2.2",
        "anyone can open its tickets, and so read psk_ke resumptions and early data, and pretend "
        "to be the server to clients that resume; anyone can seal tickets that it accepts",
    ),
    "ticket-key-not-known-bad": Kind(
        N, "4.7.1", "4.6.1", "none of the well-known keys seals its tickets; this proves no more"
    ),
    "ticket-key-shared": Kind(
        N, "8", "8", "both addresses use the same ticket key; if one loses it, both lose it"
    ),
    "ticket-key-apart": Kind(G, "8", "8", "the other address does not accept its tickets"),
    # Binders and identities
    "binder-checked": Kind(G, "4.3.11", "4.2.11", "a wrong binder ends the handshake"),
    "binder-unchecked": Kind(
        F, "4.3.11", "4.2.11", "the binder MUST be validated before a PSK is accepted"
    ),
    "identity-oracle": Kind(
        W,
        "F.6",
        "E.6",
        "known and unknown identities get different answers, so identities can be tried out; "
        "unavoidable if the server also accepts certificates (a server with only PSKs can give "
        "the same answer: `tls13lab serve --hide-identities`)",
    ),
    "no-identity-oracle": Kind(
        G, "F.6", "E.6", "known and unknown identities get the same answer; timing not examined"
    ),
    "psk-not-last-accepted": Kind(
        F, "4.3.11", "4.2.11", "it MUST be refused: no binder covers what follows"
    ),
    "modes-missing-accepted": Kind(
        F, "4.3.9", "4.2.9", "without psk_key_exchange_modes it MUST abort"
    ),
    "wrong-hellos-refused": Kind(G, "4.3.11", "4.2.11", "wrong ClientHellos are refused"),
    # 0-RTT
    "early-data-off": Kind(
        G,
        "2.3",
        "2.3",
        "early data would have no guarantee of forward secrecy and could be replayed",
    ),
    "early-data-accepted": Kind(
        W, "2.3", "2.3", "early data has no guarantee of forward secrecy and may be replayed"
    ),
    "early-data-rejected": Kind(
        N, "4.3.10", "4.2.10", "its tickets allow early data, but it accepted none"
    ),
    "replay-accepted": Kind(
        F, "8", "8", "it accepted the same first flight twice: it MUST do so at most once"
    ),
    "replay-rejected": Kind(G, "8", "8", "it did not accept the same first flight again"),
    "stale-early-data-accepted": Kind(
        W, "8.3", "8.3", "0-RTT should be rejected if the ticket's age is wrong by an hour"
    ),
    "stale-early-data-rejected": Kind(G, "8.3", "8.3", "early data of the wrong age is rejected"),
}
"""All possible results, by name."""
