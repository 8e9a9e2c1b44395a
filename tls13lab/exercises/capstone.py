"""Tasks of lesson 09: an incident report on a new capture and a bag of stolen secrets.

The capture has seven real connections, in a different order for each student. The checks find the
right answers in its bytes, with this package's own eavesdropper and search. None is written down
here.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.exercises.incident import Incident, incident
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake, ValueTask
from tls13lab.symbolic.claims import decide
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode
from tls13lab.wire.names import Side


def _draw(draw: Draw) -> Given:
    # All tasks of the lesson use the same capture, so leave out the task's number in the seed.
    found = incident(draw.seed.rsplit(" ", 1)[0])
    return Given(capture=found.items, bag=found.bag, words=found.words, _incident=found)


def _modes(given: Given) -> dict[int, str]:
    found: Incident = given._incident
    return {number: finding.mode for number, finding in sorted(found.findings().items())}


def _renamed(old: str, new: str) -> Callable[[Given], dict[int, str]]:
    return lambda given: {n: new if mode == old else mode for n, mode in _modes(given).items()}


INVENTORY = ValueTask(
    "9.1",
    _draw,
    _modes,
    (
        Mistake(
            "You called psk_ke psk_dhe_ke: it has no key_share.", _renamed("psk_ke", "psk_dhe_ke")
        ),
        Mistake(
            "You called psk_dhe_ke psk_ke: look for key_share.", _renamed("psk_dhe_ke", "psk_ke")
        ),
        Mistake(
            "You called full handshakes psk_dhe_ke: they have a key_share, but no pre_shared_key.",
            _renamed("full", "psk_dhe_ke"),
        ),
        Mistake(
            "Count connections from 1, as the capture does.",
            lambda given: {n - 1: mode for n, mode in _modes(given).items()},
        ),
    ),
    "All of this is on the wire for everyone to read.",
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
            "The PSK of 'backup' is not in the list: no word reproduces its binder.",
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
    "Two connections used that PSK; the binder of either was enough.",
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
        return "You left out the bag: its ticket key and its private key open more connections."
    first, share = found.number("first"), found.number("weak psk_dhe_ke")
    if share not in said and said == right - {share}:
        return (
            f"Connection {share} is missing: it needs the guessed PSK and the private key, and you "
            "have both."
        )
    if found.number("resumed psk_dhe_ke") in said:
        return (
            "The ticket key does not open a resumption in psk_dhe_ke: a private key of that "
            "connection is missing."
        )
    if first in said or found.number("full") in said:
        return "The bag does not open a full handshake: none of its secrets was stolen."
    if found.number("strong") in said:
        return "The PSK called 'backup' was neither stolen nor guessed."
    return "Try it: give the eavesdropper the whole bag, and the password as one more PSK."


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
            "You left out the bag: its ticket key and its private key open more connections.",
            lambda given: given._incident.opened(bag=False),
        ),
        Mistake(
            "The ticket key does not open a resumption in psk_dhe_ke: a private key of that "
            "connection is missing.",
            lambda given: _opened(given) | {given._incident.number("resumed psk_dhe_ke")},
        ),
        Mistake(
            "The bag does not open a full handshake: none of its secrets was stolen.",
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


def _plaintexts(given: Given, sender: Side = "client") -> dict[int, bytes]:
    found: Incident = given._incident
    return {
        number: finding.plaintext[sender].head
        for number, finding in found.findings().items()
        if finding.verdict == "lost"
    }


WORDS_LOST = ValueTask(
    "9.4",
    _draw,
    _plaintexts,
    (
        Mistake(
            "That is what the server sent; give what the clients sent.",
            lambda given: _plaintexts(given, "server"),
        ),
        Mistake(
            "Give bytes, as they were sent.",
            lambda given: {n: text.decode() for n, text in _plaintexts(given).items()},
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
        return "Those are the connections that are open now; two of them were psk_ke."
    if not said:
        return (
            "One stays open: for one psk_dhe_ke connection, a private key is in the bag, and the "
            "PSK was guessed."
        )
    if said & found.of_mode("psk_ke"):
        return (
            "In psk_dhe_ke, such a connection could be opened only with a private key of its own."
        )
    return "For each connection that is open now, look for what was stolen besides its PSK."


POLICY = JudgedTask(
    "9.5",
    _draw,
    _judge_policy,
    lambda given: set(_had_it_been_dhe(given)),
    (
        Mistake("Those are the connections that are open now; two of them were psk_ke.", _opened),
        Mistake(
            "One stays open: for one psk_dhe_ke connection, a private key is in the bag, and the "
            "PSK was guessed.",
            lambda given: set(),
        ),
        Mistake(
            "In psk_dhe_ke, such a connection could be opened only with a private key of its own.",
            lambda given: {given._incident.number("weak psk_ke")},
        ),
    ),
    "Forward secrecy is a property of each connection, not of a server.",
)

# 9.6: the future ---------------------------------------------------------------------------------

Claim = tuple[SceneMode, Asset, Leaks]
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
        "the certificate's key was not stolen, and a full handshake needs its signature",
    ),
    "be the printer to the server": (
        ("external-psk_dhe_ke", "client_authentication", ("weak_psk",)),
        "the PSK was guessed, and anyone who has it can make the binder and the Finished",
    ),
    "be the server to the printer": (
        ("external-psk_dhe_ke", "server_authentication", ("weak_psk",)),
        "the PSK was guessed, and it works in both directions",
    ),
    "be the server to the backup": (
        ("external-psk_dhe_ke", "server_authentication", ("ticket_key",)),
        "that PSK was neither stolen nor guessed, and a ticket is no use against a client that "
        "offers this PSK",
    ),
    "be a client that resumes a session that never existed": (
        ("external-psk_dhe_ke", "client_authentication", ("ticket_key",)),
        "the ticket key seals a ticket with any PSK in it, and to the server it looks like its own",
    ),
}


def possible(role: str) -> bool:
    """Whether the thief can play this role, decided by the model."""
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
    return lambda given: {other: possible(other) != (other == role) for other in given.roles}


FUTURE = JudgedTask(
    "9.6",
    lambda draw: Given(roles=tuple(draw.shuffled(list(ROLES)))),
    _judge_roles,
    lambda given: {role: possible(role) for role in given.roles},
    tuple(Mistake(f"{role!r}: {why}.", _roles_but(role)) for role, (_, why) in ROLES.items()),
    "So the report ends with what to do now: new ticket keys and a new PSK for the printer.",
)

TASKS = (INVENTORY, PASSWORDS, OPENED, WORDS_LOST, POLICY, FUTURE)
