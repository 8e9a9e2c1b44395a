"""The rules: what anyone can do with what they have. One line of the schedule table, one rule.

A rule applied to a term gives *steps*: from these premises follows this conclusion. No rule knows
of a mode, an asset or an answer. There are three kinds:

- *making*: who has all arguments of ``f`` has ``f(arguments)``. Every row of the schedule table is
  such a rule, and so are concatenating messages, raising a share to an exponent, protecting a
  record, sealing a ticket, signing.
- *taking apart*: whoever has a message has its fields; whoever has key and IV has what was sealed
  under them; whoever has the ticket key has what a ticket holds.
- one that is switched on when asked: a quantum computer finds the private key behind a public one,
  of a share and of a certificate alike.

>>> sorted(RULES)[:4]
['binder', 'client_application_traffic_secret_0', 'client_early_traffic_secret', ...]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.symbolic.terms import ECDHE, Term, apply

# Symbols that are no row of the table.
TRANSCRIPT = "transcript"  # messages, concatenated and hashed
CLIENT_HELLO, TRUNCATED = "ClientHello", "Truncate(ClientHello)"
SERVER_HELLO, FLIGHT, NEW_SESSION_TICKET = "ServerHello", "flight", "NewSessionTicket"
MESSAGES = (CLIENT_HELLO, TRUNCATED, SERVER_HELLO, FLIGHT, NEW_SESSION_TICKET)
SHARE = "share"  # g^x, for a private key x
SEALED = "sealed"  # a record's content under a key and an IV
TICKET = "ticket"  # a stateless ticket: a PSK, anyone's, under the ticket key
SIGNATURE = "signature"  # of a transcript, with the certificate's key


@dataclass(frozen=True, slots=True)
class Step:
    """One use of a rule."""

    rule: str
    premises: tuple[Term, ...]
    conclusion: Term


@dataclass(frozen=True, slots=True)
class Rule:
    """``steps`` gives the uses that a term has a part in; ``section`` is where the RFC says so."""

    name: str
    says: str
    section: str
    steps: Callable[[Term], Iterator[Step]]


def making(symbol: str, says: str, section: str) -> Rule:
    """A rule: whoever has all arguments of a term with this symbol has the term."""

    def steps(term: Term) -> Iterator[Step]:
        if term.symbol == symbol and term.arguments:
            yield Step(symbol, term.arguments, term)

    return Rule(symbol, says, section, steps)


def _pack(term: Term) -> Iterator[Step]:
    if term.symbol in MESSAGES:
        yield Step("pack", term.arguments, term)


def _fields(term: Term) -> Iterator[Step]:
    if term.symbol in MESSAGES:
        for field in term.arguments:
            yield Step("fields", (term,), field)


def _diffie_hellman(term: Term) -> Iterator[Step]:
    if term.symbol == ECDHE:
        one, other = term.arguments
        yield Step(ECDHE, (one, apply(SHARE, other)), term)
        yield Step(ECDHE, (other, apply(SHARE, one)), term)


def _open(term: Term) -> Iterator[Step]:
    if term.symbol == SEALED:
        key, iv, content = term.arguments
        yield Step("open", (key, iv, term), content)


def _unseal(term: Term) -> Iterator[Step]:
    if term.symbol == TICKET:
        ticket_key, psk = term.arguments
        yield Step("unseal", (ticket_key, term), psk)


def _logarithm(term: Term) -> Iterator[Step]:
    if term.symbol == SHARE:
        yield Step("logarithm", (term,), term.arguments[0])


# From the table: a row's premises are its inputs and what it is bound to.
_TABLE = tuple(
    making(row.name, row.operation.value, row.section)
    for row in (*SCHEDULE.values(), *FAMILIES.values(), *IMPORTER.values())
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *_TABLE,
        making(TRANSCRIPT, "concatenate the messages", "4.1"),
        Rule("pack", "put a message together from its fields", "4", _pack),
        Rule("fields", "read a message's fields", "4", _fields),
        making(SHARE, "the public share of a private key", "4.3.8"),
        Rule(ECDHE, "a private key and the other side's share", "7.4", _diffie_hellman),
        making(SEALED, "protect a record", "5.2"),
        Rule("open", "take off a record's protection", "5.2", _open),
        Rule("unseal", "open a stateless ticket", "4.7.1", _unseal),
        making(TICKET, "seal a ticket, around whichever PSK", "4.7.1"),
        making(SIGNATURE, "sign the transcript", "4.5.2"),
    )
}
"""What anyone can do."""

OPENING = ("open", "unseal")
"""Rules whose use shows whether the key was right: authenticated decryption."""

QUANTUM = Rule("logarithm", "a discrete logarithm, by a quantum computer", "F.1", _logarithm)
"""What nobody can do yet: switched on for the question what it would open.

Shor's algorithm has the private key of a public one, in (EC)DH as in RSA, ECDSA and EdDSA. So there
is no quantum computer here that breaks key exchange and leaves signatures alone."""
