"""Tasks of lesson 09: an incident report on an unseen capture and a bag of stolen things.

The capture is a real one of seven connections, in another order for every student. What may be
found out is found out from its bytes by this package's own eavesdropper and search; no figure of
the report is written down here.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.exercises.incident import Incident, incident
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake, ValueTask
from tls13lab.symbolic.claims import decide


def _draw(draw: Draw) -> Given:
    # One capture for all tasks of the lesson, so the task's own seed does not count.
    found = incident(draw.seed.rsplit(" ", 1)[0])
    return Given(capture=found.items, bag=found.bag, words=found.words, _incident=found)


def _modes(given: Given) -> dict[int, str]:
    found: Incident = given._incident
    return {number: one.mode for number, one in sorted(found.findings().items())}


def _renamed(old: str, new: str) -> Callable[[Given], dict[int, str]]:
    return lambda given: {n: new if mode == old else mode for n, mode in _modes(given).items()}


INVENTORY = ValueTask(
    "9.1",
    _draw,
    _modes,
    (
        Mistake(
            "You took psk_ke for psk_dhe_ke: it has no key_share.", _renamed("psk_ke", "psk_dhe_ke")
        ),
        Mistake(
            "You took psk_dhe_ke for psk_ke: look for key_share.", _renamed("psk_dhe_ke", "psk_ke")
        ),
        Mistake(
            "You took full handshakes for psk_dhe_ke: they have a key_share, but no "
            "pre_shared_key.",
            _renamed("full", "psk_dhe_ke"),
        ),
        Mistake(
            "Count connections from 1, as the capture does.",
            lambda given: {n - 1: mode for n, mode in _modes(given).items()},
        ),
    ),
    "That much is on the wire for everyone to read.",
)


def _passwords(given: Given) -> dict[str, bytes]:
    found: Incident = given._incident
    return dict(found.passwords)


PASSWORDS = ValueTask(
    "9.2",
    _draw,
    _passwords,
    (
        Mistake(
            "Give the words as bytes, as they went into the key schedule.",
            lambda given: {name: word.decode() for name, word in _passwords(given).items()},
        ),
        Mistake(
            "'backup' is not a word of the list: no binder of its connection fits any of them.",
            lambda given: {**_passwords(given), "backup": given.words[0]},
        ),
        Mistake(
            "Nothing was found: try every word on every external binder, with its own truncated "
            "ClientHello.",
            lambda given: {},
        ),
        Mistake(
            "Identity and word are the wrong way round.",
            lambda given: {word: name for name, word in _passwords(given).items()},
        ),
    ),
    "Two connections had that PSK; one binder of either was enough.",
)


def _opened(given: Given) -> frozenset[int]:
    found: Incident = given._incident
    return found.opened()


def _judge_opened(given: Given, answer: Any) -> str:
    found: Incident = given._incident
    said = frozenset(answer)
    right = found.opened()
    if said == right:
        return ""
    if said == found.opened(passwords=False):
        return "You left out the guessed password: it is as good as a stolen one."
    if said == found.opened(bag=False):
        return "You left out the bag: its ticket key and its private key open some more."
    first, share = found.number("first"), found.number("weak psk_dhe_ke")
    if share not in said and said == right - {share}:
        return (
            f"Connection {share} is missing: the guessed PSK and the private key are both needed, "
            "and you have both."
        )
    if found.number("resumed psk_dhe_ke") in said:
        return (
            "A resumption in psk_dhe_ke is not opened by the ticket key: a private key of that "
            "connection is missing."
        )
    if first in said or found.number("full") in said:
        return "A full handshake is not opened by what is in the bag: nothing of it was stolen."
    if found.number("strong") in said:
        return "The PSK called 'backup' was neither stolen nor guessed."
    return "Try it: the eavesdropper takes the whole bag at once, and the password as one more PSK."


OPENED = JudgedTask(
    "9.3",
    _draw,
    _judge_opened,
    lambda given: set(_opened(given)),
    (
        Mistake(
            "You left out the guessed password: it is as good as a stolen one.",
            lambda given: given._incident.opened(passwords=False),
        ),
        Mistake(
            "You left out the bag: its ticket key and its private key open some more.",
            lambda given: given._incident.opened(bag=False),
        ),
        Mistake(
            "A resumption in psk_dhe_ke is not opened by the ticket key: a private key of that "
            "connection is missing.",
            lambda given: _opened(given) | {given._incident.number("resumed psk_dhe_ke")},
        ),
        Mistake(
            "A full handshake is not opened by what is in the bag: nothing of it was stolen.",
            lambda given: _opened(given) | {1},
        ),
        Mistake(
            "The PSK called 'backup' was neither stolen nor guessed.",
            lambda given: _opened(given) | {given._incident.number("strong")},
        ),
        Mistake(
            "Connection ",
            lambda given: _opened(given) - {given._incident.number("weak psk_dhe_ke")},
        ),
    ),
    "Lost means that the plaintext can be shown; the next task asks for it.",
)


def _told(given: Given) -> dict[int, bytes]:
    found: Incident = given._incident
    return {
        number: one.plaintext["client"].head
        for number, one in found.findings().items()
        if one.verdict == "lost"
    }


WORDS_LOST = ValueTask(
    "9.4",
    _draw,
    _told,
    (
        Mistake(
            "Those are the server's words; the clients' are wanted.",
            lambda given: {
                n: one.plaintext["server"].head
                for n, one in given._incident.findings().items()
                if one.verdict == "lost"
            },
        ),
        Mistake(
            "Give bytes, as they were sent.",
            lambda given: {n: one.decode() for n, one in _told(given).items()},
        ),
    ),
    "A report that shows the plaintext needs no further argument.",
)


def _had_it_been_dhe(given: Given) -> frozenset[int]:
    found: Incident = given._incident
    return found.opened() - found.of_mode("psk_ke")


def _judge_policy(given: Given, answer: Any) -> str:
    found: Incident = given._incident
    said, right = frozenset(answer), _had_it_been_dhe(given)
    if said == right:
        return ""
    if said == found.opened():
        return "Those are the ones that are open now; two of them were psk_ke."
    if not said:
        return (
            "One stays open: of one psk_dhe_ke connection a private key is in the bag, and the "
            "PSK was guessed."
        )
    if said & found.of_mode("psk_ke"):
        return "In psk_dhe_ke a connection of that kind would need a private key of its own."
    return "Ask of each that is open now: what of it was stolen besides the PSK?"


POLICY = JudgedTask(
    "9.5",
    _draw,
    _judge_policy,
    lambda given: set(_had_it_been_dhe(given)),
    (
        Mistake("Those are the ones that are open now; two of them were psk_ke.", _opened),
        Mistake(
            "One stays open: of one psk_dhe_ke connection a private key is in the bag, and the "
            "PSK was guessed.",
            lambda given: set(),
        ),
        Mistake(
            "In psk_dhe_ke a connection of that kind would need a private key of its own.",
            lambda given: {given._incident.number("weak psk_ke")},
        ),
    ),
    "Forward secrecy is a property of each connection, not of a server.",
)

# 9.6: the future ---------------------------------------------------------------------------------

Claim = tuple[str, str, tuple[str, ...]]
ROLES: dict[str, tuple[Claim, str]] = {
    "be the server to clients that hold an old ticket": (
        ("resumption-psk_dhe_ke", "server_authentication", ("ticket_key",)),
        "the ticket key gives the PSK of every ticket sealed under it, and the PSK is all that "
        "proves who the server is",
    ),
    "be a client that resumes somebody's session": (
        ("resumption-psk_dhe_ke", "client_authentication", ("ticket_key",)),
        "the ticket crossed the wire in the clear, and the ticket key gives its PSK",
    ),
    "be the server to a new client that checks the certificate": (
        ("full", "server_authentication", ("ticket_key",)),
        "the certificate's key was not stolen, and a full handshake asks for its signature",
    ),
    "be the printer to the server": (
        ("external-psk_dhe_ke", "client_authentication", ("weak_psk",)),
        "the PSK was guessed, and whoever has it makes the binder and the Finished",
    ),
    "be the server to the printer": (
        ("external-psk_dhe_ke", "server_authentication", ("weak_psk",)),
        "the PSK was guessed, and it serves both ways",
    ),
    "be the server to the backup": (
        ("external-psk_dhe_ke", "server_authentication", ("ticket_key",)),
        "that PSK was neither stolen nor guessed, and no ticket helps with a client that offers "
        "the PSK",
    ),
    "be a client that resumes a session that never was": (
        ("external-psk_dhe_ke", "client_authentication", ("ticket_key",)),
        "the ticket key seals a ticket around any PSK, and the server cannot tell it from its own",
    ),
}


def possible(role: str) -> bool:
    """Whether the thief can play it, says the model."""
    mode, asset, leaks = ROLES[role][0]
    return decide(mode, asset, "active", leaks).verdict == "lost"


def _judge_roles(given: Given, answer: Any) -> str:
    for role in given.roles:
        if not isinstance(answer.get(role), bool):
            return f"Say True or False for {role!r}."
        if answer[role] != possible(role):
            return f"{role!r}: {ROLES[role][1]}."
    return ""


def _roles_but(role: str) -> Callable[[Given], dict[str, bool]]:
    return lambda given: {one: possible(one) != (one == role) for one in given.roles}


FUTURE = JudgedTask(
    "9.6",
    lambda draw: Given(roles=tuple(draw.shuffled(list(ROLES)))),
    _judge_roles,
    lambda given: {one: possible(one) for one in given.roles},
    tuple(Mistake(f"{role!r}: {why}.", _roles_but(role)) for role, (_, why) in ROLES.items()),
    "So the report ends with what to do now: new ticket keys, and a new PSK for the printer.",
)

TASKS = (INVENTORY, PASSWORDS, OPENED, WORDS_LOST, POLICY, FUTURE)
