"""The task of lesson 06 in which a search finds the attacks.

The check runs the same search, so no answer is written down here. For a wrong answer, it shows what
the search found.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.evidence.searched import found
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake
from tls13lab.symbolic.vocabulary import EXTERNAL_MODES, Asset, Leak, Leaks

PLACES: tuple[Asset, ...] = ("client_authentication", "server_authentication")
LEAKS: Leaks = ("psk", "ticket_key", "server_ecdhe", "weak_psk")
Answer = dict[Asset, set[Leak]]


def _draw(draw: Draw) -> Given:
    return Given(
        mode=draw.one_of(list(EXTERNAL_MODES)), leaks=tuple(draw.shuffled(LEAKS)), places=PLACES
    )


def _found(given: Given) -> Answer:
    """What the search finds, for each leak alone."""
    lost = {leak: found(given.mode, (leak,)).lost for leak in given.leaks}
    return {place: {leak for leak in given.leaks if place in lost[leak]} for place in PLACES}


def _judge(given: Given, answer: Any) -> str:
    right = _found(given)
    for place in PLACES:
        mine = answer.get(place)
        if not isinstance(mine, set | frozenset | list | tuple):
            return f"For {place}, give a set of leaks, such as {{'psk'}}."
        if not set(mine) <= set(given.leaks):
            return f"For {place}, the set may contain only leaks from given.leaks."
        for leak in sorted(right[place] - set(mine)):
            how = found(given.mode, (leak,)).lost[place]
            return f"{leak} is enough for {place}, too. The search found: {how}."
        for leak in sorted(set(mine) - right[place]):
            return f"With {leak} alone, the search finds no way to {place}: {WHY[leak]}."
    return ""


WHY: dict[Leak, str] = {
    "ticket_key": "it opens and seals tickets, but this client does not use tickets",
    "server_ecdhe": "the private key of a recorded connection is not used in a new handshake",
}


def _but(
    place: Asset, change: Callable[[set[Leak]], set[Any]]
) -> Callable[[Given], dict[Asset, set[Any]]]:
    """The right answer, changed for one place."""
    return lambda given: {**_found(given), place: change(_found(given)[place])}


SEARCH = JudgedTask(
    "6.5",
    _draw,
    _judge,
    _found,
    (
        Mistake(
            "ticket_key is enough for client_authentication, too",
            _but(PLACES[0], lambda right: right - {"ticket_key"}),
        ),
        Mistake(
            "weak_psk is enough for client_authentication, too",
            _but(PLACES[0], lambda right: right - {"weak_psk"}),
        ),
        Mistake(
            "psk is enough for server_authentication, too",
            _but(PLACES[1], lambda right: right - {"psk"}),
        ),
        Mistake(
            "With ticket_key alone, the search finds no way to server_authentication",
            _but(PLACES[1], lambda right: right | {"ticket_key"}),
        ),
        Mistake(
            "With server_ecdhe alone, the search finds no way to client_authentication",
            _but(PLACES[0], lambda right: right | {"server_ecdhe"}),
        ),
        Mistake(
            "For client_authentication, the set may contain only leaks from given.leaks.",
            _but(PLACES[0], lambda right: {"application_data"}),
        ),
        Mistake(
            "For client_authentication: this is text; a set is wanted",
            lambda given: dict.fromkeys(PLACES, "psk"),
        ),
    ),
    "Nobody described a forged ticket to the search: it found that attack by itself.",
)

TASKS = (SEARCH,)
