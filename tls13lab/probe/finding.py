"""A finding: what was seen, how it is graded, and where the RFC speaks of it.

>>> CATALOGUE["binder-unchecked"].grade.value
'fault'
"""

from dataclasses import dataclass
from enum import Enum


class Grade(Enum):
    """How bad it is.

    ``fault`` breaks a MUST of the RFC, or lets in whom it should keep out; ``warning`` is allowed
    and costs security that could be had; ``note`` is neither; ``good`` is what one would wish.
    """

    FAULT = "fault"
    WARNING = "warning"
    NOTE = "note"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be found: its grade, the sections of RFC 9846 and of 8446, and why it matters."""

    grade: Grade
    section: str
    section_8446: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen; ``evidence`` says on which connection, and nothing secret."""

    name: str
    seen: str
    evidence: str = ""

    @property
    def kind(self) -> Kind:
        """What the catalogue says of it."""
        return CATALOGUE[self.name]


F, W, N, G = Grade.FAULT, Grade.WARNING, Grade.NOTE, Grade.GOOD
CATALOGUE: dict[str, Kind] = {
    # Modes
    "full-handshake": Kind(N, "4.2.1", "4.1.1", "without a PSK it shows a certificate"),
    "psk-only": Kind(N, "4.2.1", "4.1.1", "without a PSK there is no connection"),
    "psk-ke-refused": Kind(G, "2.2", "2.2", "a PSK that leaks later opens no recording"),
    "psk-ke-accepted": Kind(
        W, "2.2", "2.2", "whoever records the connection and gets the PSK later reads all of it"
    ),
    "psk-ke-preferred": Kind(
        W, "2.2", "2.2", "of both modes it takes the one without forward secrecy"
    ),
    "psk-dhe-ke-preferred": Kind(G, "2.2", "2.2", "of both modes it takes the one with (EC)DHE"),
    "psk-dhe-ke-accepted": Kind(G, "2.2", "2.2", "application data has forward secrecy"),
    "mode-not-offered": Kind(F, "4.3.9", "4.2.9", "a mode that was not offered MUST NOT be chosen"),
    "psk-ignored": Kind(
        W, "4.3.11", "4.2.11", "the PSK that was given is not used; is it known, with this hash?"
    ),
    "psk-accepted": Kind(G, "4.3.11", "4.2.11", "the PSK that was given is known"),
    "retry-works": Kind(G, "4.2.4", "4.1.4", "the PSK survives a HelloRetryRequest"),
    "retry-drops-psk": Kind(
        N, "4.2.4", "4.1.4", "after a HelloRetryRequest the PSK is not used any more"
    ),
    # Tickets
    "no-tickets": Kind(N, "4.7.1", "4.6.1", "nothing can be resumed"),
    "tickets": Kind(N, "4.7.1", "4.6.1", "the server can be resumed"),
    "ticket-lifetime-too-long": Kind(F, "4.7.1", "4.6.1", "more than seven days MUST NOT be used"),
    "age-add-repeats": Kind(
        F, "4.7.1", "4.6.1", "a fresh value for each ticket keeps connections from being linked"
    ),
    "ticket-repeats": Kind(W, "C.4", "C.4", "the same ticket twice links two connections"),
    "resumption-works": Kind(G, "2.2", "2.2", "the new connection is tied to the old one"),
    "resumption-refused": Kind(N, "4.7.1", "4.6.1", "it sends tickets, and takes none back"),
    "ticket-once": Kind(G, "8.1", "8.1", "a ticket is good for one connection"),
    "ticket-many-times": Kind(
        N, "C.4", "C.4", "clients SHOULD NOT use a ticket twice, or the two can be linked"
    ),
    "resumes-under-other-name": Kind(
        N, "4.7.1", "4.6.1", "the name is not tied to the ticket; hosts that share keys are one"
    ),
    "name-tied-to-ticket": Kind(G, "4.7.1", "4.6.1", "a ticket is good for its own name only"),
    "ticket-key-known": Kind(
        F,
        "2.2",
        "2.2",
        "anyone can open its tickets: read what is resumed in psk_ke, read early data, and play "
        "the server to whoever resumes; and seal tickets of their own, which it takes",
    ),
    "ticket-key-not-known-bad": Kind(
        N, "4.7.1", "4.6.1", "none of the known bad keys seals its tickets; that is all it says"
    ),
    "ticket-key-shared": Kind(
        N, "8", "8", "two addresses open each other's tickets; a key lost at one is lost at both"
    ),
    "ticket-key-apart": Kind(G, "8", "8", "the other address does not take its tickets"),
    # Binders and identities
    "binder-checked": Kind(G, "4.3.11", "4.2.11", "a binder that does not verify ends it"),
    "binder-unchecked": Kind(
        F, "4.3.11", "4.2.11", "the binder MUST be validated before a PSK is accepted"
    ),
    "identity-oracle": Kind(
        W,
        "F.6",
        "E.6",
        "a known name is answered otherwise than an unknown one, so names can be "
        "tried out; inherent where certificates are accepted, too (a server with PSKs only "
        "can answer both alike: `tls13lab serve --hide-identities`)",
    ),
    "no-identity-oracle": Kind(
        G, "F.6", "E.6", "known and unknown names get the same answer; timing was not judged"
    ),
    "psk-not-last-accepted": Kind(
        F, "4.3.11", "4.2.11", "it MUST be refused: what follows is unbound"
    ),
    "modes-missing-accepted": Kind(
        F, "4.3.9", "4.2.9", "without psk_key_exchange_modes it MUST abort"
    ),
    "wrong-hellos-refused": Kind(G, "4.3.11", "4.2.11", "ClientHellos that are wrong are refused"),
    # 0-RTT
    "early-data-off": Kind(G, "2.3", "2.3", "no data without forward secrecy, none to be replayed"),
    "early-data-accepted": Kind(
        W, "2.3", "2.3", "early data has no forward secrecy and may be replayed"
    ),
    "early-data-rejected": Kind(
        N, "4.3.10", "4.2.10", "its tickets allow early data, it took none"
    ),
    "replay-accepted": Kind(
        F, "8", "8", "the same first flight was taken twice: a server MUST take it at most once"
    ),
    "replay-rejected": Kind(G, "8", "8", "the same first flight was not taken again"),
    "stale-early-data-accepted": Kind(
        W, "8.3", "8.3", "a ClientHello that claims to be an hour old SHOULD not get 0-RTT"
    ),
    "stale-early-data-rejected": Kind(G, "8.3", "8.3", "early data of the wrong age is rejected"),
}
"""All that can be found."""
