"""The rules: what anyone can do with what they know. Each line of the schedule table is a rule.

A rule applied to a term gives *steps*, each with premises and a conclusion. No rule knows about
modes, assets or verdicts. There are three kinds:

- *Making*: whoever knows all arguments of ``f`` knows ``f(arguments)``. Each row of the schedule
  table is such a rule. So are concatenating messages, raising a share to a power, protecting a
  record, sealing a ticket, and signing.
- *Taking apart*: whoever knows a message knows its fields; whoever knows a key and an IV knows what
  was sealed under them; whoever knows the ticket key knows what is in a ticket.
- A rule that is only used when asked for: a quantum computer finds the private key behind a public
  key, whether that is a share or in a certificate.

>>> sorted(RULES)[:4]
['binder', 'client_application_traffic_secret_0', 'client_early_traffic_secret', ...]
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.symbolic.terms import ECDHE, Term, apply

# Symbols that are not rows of the table.
TRANSCRIPT = "transcript"  # messages, concatenated and hashed
CLIENT_HELLO, TRUNCATED = "ClientHello", "Truncate(ClientHello)"
SERVER_HELLO, FLIGHT, NEW_SESSION_TICKET = "ServerHello", "flight", "NewSessionTicket"
MESSAGES = (CLIENT_HELLO, TRUNCATED, SERVER_HELLO, FLIGHT, NEW_SESSION_TICKET)
SHARE = "share"  # g^x, for a private key x
SEALED = "sealed"  # a record's content under a key and an IV
TICKET = "ticket"  # a stateless ticket: any PSK, sealed under the ticket key
SIGNATURE = "signature"  # of a transcript, with the certificate's key


@dataclass(frozen=True, slots=True)
class DerivationStep:
    """One use of a rule."""

    rule: str
    premises: tuple[Term, ...]
    conclusion: Term


@dataclass(frozen=True, slots=True)
class Rule:
    """``uses`` gives the rule's uses for a term; ``section`` is the section of the RFC.

    ``symbols`` are those of the terms that it can be used for; None if that may be any.
    """

    name: str
    says: str
    section: str
    uses: Callable[[Term], Iterator[DerivationStep]]
    symbols: tuple[str, ...] | None = None

    def concerns(self, symbol: str) -> bool:
        """Whether the rule can be used for terms with this symbol."""
        return self.symbols is None or symbol in self.symbols

    def steps(self, term: Term) -> Iterator[DerivationStep]:
        """The rule's uses for a term; none for a term that does not concern it."""
        return self.uses(term) if self.concerns(term.symbol) else iter(())


def making(symbol: str, says: str, section: str) -> Rule:
    """The rule that whoever knows all arguments of a term with this symbol knows the term."""

    def steps(term: Term) -> Iterator[DerivationStep]:
        if term.arguments:
            yield DerivationStep(symbol, term.arguments, term)

    return Rule(symbol, says, section, steps, (symbol,))


def _pack(term: Term) -> Iterator[DerivationStep]:
    yield DerivationStep("pack", term.arguments, term)


def _fields(term: Term) -> Iterator[DerivationStep]:
    for field in term.arguments:
        yield DerivationStep("fields", (term,), field)


def _diffie_hellman(term: Term) -> Iterator[DerivationStep]:
    x, y = term.arguments
    yield DerivationStep(ECDHE, (x, apply(SHARE, y)), term)
    yield DerivationStep(ECDHE, (y, apply(SHARE, x)), term)


def _open(term: Term) -> Iterator[DerivationStep]:
    key, iv, content = term.arguments
    yield DerivationStep("open", (key, iv, term), content)


def _unseal(term: Term) -> Iterator[DerivationStep]:
    ticket_key, psk = term.arguments
    yield DerivationStep("unseal", (ticket_key, term), psk)


def _logarithm(term: Term) -> Iterator[DerivationStep]:
    yield DerivationStep("logarithm", (term,), term.arguments[0])


# From the table: the premises of a row are its inputs and its context.
_TABLE = tuple(
    making(row.name, row.operation.value, row.section)
    for row in (*SCHEDULE.values(), *FAMILIES.values(), *IMPORTER.values())
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *_TABLE,
        making(TRANSCRIPT, "concatenate the messages", "4.1"),
        Rule("pack", "put a message together from its fields", "4", _pack, MESSAGES),
        Rule("fields", "read a message's fields", "4", _fields, MESSAGES),
        making(SHARE, "the public share of a private key", "4.3.8"),
        Rule(ECDHE, "a private key and the other side's share", "7.4", _diffie_hellman, (ECDHE,)),
        making(SEALED, "protect a record", "5.2"),
        Rule("open", "take off a record's protection", "5.2", _open, (SEALED,)),
        Rule("unseal", "open a stateless ticket", "4.7.1", _unseal, (TICKET,)),
        making(TICKET, "seal a ticket, around whichever PSK", "4.7.1"),
        making(SIGNATURE, "sign the transcript", "4.5.2"),
    )
}
"""What anyone can do."""

OPENING = ("open", "unseal")
"""Rules that show whether a key is right, because decryption is authenticated."""

QUANTUM = Rule(
    "logarithm", "a discrete logarithm, by a quantum computer", "F.1", _logarithm, (SHARE,)
)
"""A rule that nobody can use yet; it is switched on to ask what a quantum computer would open.

Shor's algorithm finds the private key of a public key, in (EC)DH as well as in RSA, ECDSA and
EdDSA. So this model has no quantum computer that breaks key exchange but not signatures."""
