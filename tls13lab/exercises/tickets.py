"""Tasks of lesson 02 on tickets: a ticket's PSK, and its age. RFC 9846 4.3.11.1 and 4.7.1."""

import hashlib

from tls13lab.crypto.hkdf import expand_label
from tls13lab.exercises.schedule import bare_expand_label
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, Mistake, ValueTask
from tls13lab.psk import age

# 2.1 ---------------------------------------------------------------------------------------------


def _ticket(draw: Draw) -> Given:
    return Given(
        resumption_secret=draw.bytes(32),
        main_secret=draw.bytes(32),
        ticket_nonce=draw.bytes(8),
        ticket=draw.bytes(192),
    )


def _expanded(given: Given, label: str, context: bytes) -> bytes:
    return expand_label("sha256", given.resumption_secret, label, context, 32)


PSK = ValueTask(
    "2.1",
    _ticket,
    lambda given: _expanded(given, "resumption", given.ticket_nonce),
    (
        Mistake(
            "The ticket is not the PSK: it is sent in the clear, and only *names* the PSK.",
            lambda given: given.ticket,
        ),
        Mistake(
            "You used the ticket as the context; the PSK is derived with the ticket's nonce.",
            lambda given: _expanded(given, "resumption", hashlib.sha256(given.ticket).digest()),
        ),
        Mistake(
            "You used the ticket as the context; the PSK is derived with the ticket's nonce.",
            lambda given: _expanded(given, "resumption", given.ticket),
        ),
        Mistake(
            "You hashed the nonce: this is HKDF-Expand-Label, which takes the context as it is.",
            lambda given: _expanded(
                given, "resumption", hashlib.sha256(given.ticket_nonce).digest()
            ),
        ),
        Mistake(
            "The nonce is not used: then all tickets of a connection would have the same PSK.",
            lambda given: _expanded(given, "resumption", b""),
        ),
        Mistake(
            '"res master" is the label of the resumption secret; that of the PSK is "resumption".',
            lambda given: _expanded(given, "res master", given.ticket_nonce),
        ),
        Mistake(
            "You started from the main secret; the PSK comes from the resumption secret.",
            lambda given: expand_label(
                "sha256", given.main_secret, "resumption", given.ticket_nonce, 32
            ),
        ),
        Mistake(
            'Every label has "tls13 " before it, with the space, inside HkdfLabel.',
            lambda given: bare_expand_label(
                "sha256", given.resumption_secret, "resumption", given.ticket_nonce, 32
            ),
        ),
    ),
    "Two nonces, two PSKs: so one connection can issue several tickets.",
)

# 2.2 and 2.3 -------------------------------------------------------------------------------------


def _age(draw: Draw, case: int) -> tuple[int, int]:
    # The age is never 0, because then seconds and milliseconds could not be distinguished.
    age_ms = draw.number(61_001, 7 * 86_400_000 - 1)
    # In every other case, the sum is longer than 32 bits.
    low = 2**32 - 60_000 if case % 2 else 0
    return age_ms, draw.number(low, 2**32 - 1 if case % 2 else 2**31)


OBFUSCATE = FunctionTask(
    "2.2",
    ("age_ms", "ticket_age_add"),
    _age,
    age.obfuscate,
    (
        Mistake(
            "You converted the age to seconds: obfuscated_ticket_age is in milliseconds.",
            lambda ms, add: (ms // 1000 + add) % 2**32,
        ),
        Mistake(
            "You converted the age to seconds: obfuscated_ticket_age is in milliseconds.",
            lambda ms, add: (ms / 1000 + add) % 2**32,
        ),
        Mistake(
            "The sum does not fit into 32 bits: it is taken modulo 2^32.",
            lambda ms, add: ms + add,
        ),
        Mistake("You took the sum modulo 2^32 - 1.", lambda ms, add: (ms + add) % (2**32 - 1)),
        Mistake("You took the XOR; the RFC adds.", lambda ms, add: ms ^ add),
        Mistake(
            "You subtracted: that is how the server gets the age back.",
            lambda ms, add: (ms - add) % 2**32,
        ),
        Mistake(
            "You multiplied by 1000: the age is already in milliseconds.",
            lambda ms, add: (ms * 1000 + add) % 2**32,
        ),
    ),
    "It hides the age from observers. It is not encryption: anyone with the number can read it.",
)


def _obfuscated(draw: Draw, case: int) -> tuple[int, int]:
    age_ms, age_add = _age(draw, case)
    return age.obfuscate(age_ms, age_add), age_add


RECOVER = FunctionTask(
    "2.3",
    ("obfuscated_ticket_age", "ticket_age_add"),
    _obfuscated,
    age.recover,
    (
        Mistake(
            "It is negative if the sum was longer than 32 bits: take it modulo 2^32.",
            lambda seen, add: seen - add,
        ),
        Mistake(
            "You removed the sign; if the sum was longer than 32 bits, that is another number.",
            lambda seen, add: abs(seen - add),
        ),
        Mistake("You added once more: to undo it, subtract.", lambda s, add: (s + add) % 2**32),
        Mistake(
            "You divided by 1000: give the age in milliseconds, as the client counts it.",
            lambda seen, add: (seen - add) % 2**32 // 1000,
        ),
        Mistake("You took the XOR; the client added.", lambda seen, add: seen ^ add),
        Mistake(
            "You subtracted the wrong way round.",
            lambda seen, add: (add - seen) % 2**32,
        ),
    ),
    "A server compares this with its own clock, and rejects 0-RTT if the two differ too much.",
)

TASKS = (PSK, OBFUSCATE, RECOVER)
