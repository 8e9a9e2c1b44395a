"""A derivation in words: numbered steps, each with the steps that it uses and its bytes.

The same rows are used on the command line, beside the attack tree, and in the lessons.
"""

from collections.abc import Sequence

from tls13lab.adversary.execution import Done
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE
from tls13lab.pictures.picture import shortened
from tls13lab.symbolic import rules
from tls13lab.symbolic.connection import ZEROS
from tls13lab.symbolic.guessing import GUESS
from tls13lab.symbolic.rules import QUANTUM, RULES, DerivationStep
from tls13lab.symbolic.terms import ECDHE, Term

TABLE = SCHEDULE | FAMILIES


def short_name(term: Term) -> str:
    """A short name for a term, without most of its arguments.

    >>> from tls13lab.symbolic.terms import apply, name
    >>> short_name(apply("key", apply("client_early_traffic_secret", name("x"))))
    'key(client_early_traffic_secret)'
    >>> short_name(name("client_ecdhe of this"))
    'client_ecdhe'
    """
    inside = term.arguments
    match term.symbol:
        case "key" | "iv" | "finished_key":
            return f"{term.symbol}({short_name(inside[0])})"
        case rules.SHARE:
            return f"g^{short_name(inside[0])}"
        case rules.SEALED:
            return f"record({short_name(inside[2])})"
        case rules.TRANSCRIPT:
            return f"transcript to {short_name(inside[-1])}"
        case rules.FLIGHT:
            # The server's flight begins with EncryptedExtensions, the client's is its Finished.
            return "server's flight" if len(inside) > 1 else "client's flight"
        case rules.TICKET:
            return "ticket"
    own, _, label = term.symbol.partition(" of ")
    return f"{own} ({label})" if label and label != "this" else own


def how(step: DerivationStep) -> str:
    """The operation of a step as the RFC names it, with its label if it is a row of the table.

    >>> from tls13lab.symbolic.terms import name
    >>> how(DerivationStep("main_secret", (), name("x"))), how(DerivationStep("key", (), name("x")))
    ('HKDF-Extract [7.1]', 'HKDF-Expand-Label "key" [7.3]')
    """
    row = TABLE.get(step.rule)
    if step.rule == GUESS:
        return "guess, checked against a recording [RFC 9257 4.2]"
    if row is None:
        rule = RULES.get(step.rule, QUANTUM)
        return f"{rule.says} [{rule.section}]"
    label = f' "{row.label}"' if row.label else ""
    return f"{row.operation.value}{label} [{row.section}]"


def derivation_rows(steps: Sequence[Done]) -> tuple[tuple[str, str, str, str, str], ...]:
    """For each step: its number, its result, what it uses, its operation, and its bytes."""
    numbers = {done.step.conclusion: str(number) for number, done in enumerate(steps, 1)}
    return tuple(
        (
            numbers[done.step.conclusion],
            short_name(done.step.conclusion),
            ", ".join(numbers.get(term, short_name(term)) for term in done.step.premises),
            how(done.step),
            shortened(done.value) if done.value else "",
        )
        for done in steps
    )


def origin(term: Term) -> str:
    """Where a term comes from if no step made it: ``known to all``, ``recorded`` or ``stolen``.

    >>> origin(ZEROS)
    'known to all'
    """
    if term is ZEROS:
        return "known to all"
    secret = not term.arguments or term.symbol in TABLE or term.symbol == ECDHE
    recorded = term.symbol in (*rules.MESSAGES, rules.SEALED, rules.TICKET)
    return "recorded" if recorded or not secret else "stolen"
