"""Tasks of lesson 05: what may be sent as 0-RTT, and how a server recognizes a replay.

RFC 9846 sections 2.3 and 8. A small shop is simulated. A request is safe if a replay, at any later
moment, leaves the shop as it would have been without it.
"""

from collections.abc import Callable
from typing import Any

from tls13lab.crypto.keyschedule import EarlyStage, traffic_keys
from tls13lab.exercises.schedule import digest
from tls13lab.exercises.stolen import SUITE
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, JudgedTask, Mistake, ValueTask

# 5.2 ---------------------------------------------------------------------------------------------

State = dict[str, int]
REQUESTS: dict[str, tuple[Callable[[State], None], str]] = {
    "GET /price": (
        lambda shop: None,
        "it only reads, and reading twice changes nothing",
    ),
    "GET /search?q=ink": (
        lambda shop: None,
        "it only reads, and reading twice changes nothing",
    ),
    "POST /orders": (
        lambda shop: shop.update(orders=shop["orders"] + 1),
        "a replay places a second order",
    ),
    "PUT /address": (
        lambda shop: shop.update(address=1),
        "it is idempotent, but a replay after the next change undoes that change",
    ),
    "DELETE /basket": (
        lambda shop: shop.update(basket=0),
        "it is idempotent, but a replay empties a basket that has been filled since",
    ),
    "GET /logout": (
        lambda shop: shop.update(session=0),
        "it is a GET, but it changes something: a replay ends a session that has begun since",
    ),
}


def _fresh() -> State:
    return {"orders": 0, "address": 0, "basket": 2, "session": 1}


def _live_on(shop: State) -> None:
    """What the customer does before the replay comes."""
    shop.update(address=7, basket=5, session=1)


def is_safe(request: str) -> bool:
    """Whether a replay of the request, at once or later, changes nothing."""
    act = REQUESTS[request][0]
    for pause in (lambda shop: None, _live_on):
        honest, replayed = _fresh(), _fresh()
        for shop in (honest, replayed):
            act(shop)
            pause(shop)
        act(replayed)
        if honest != replayed:
            return False
    return True


def _judge_requests(given: Given, answer: Any) -> str:
    for request in given.requests:
        if not isinstance(answer.get(request), bool):
            return f"Say True or False for {request!r}."
        if answer[request] != is_safe(request):
            return f"{request!r}: {REQUESTS[request][1]}."
    return ""


def _requests_but(request: str) -> Callable[[Given], dict[str, bool]]:
    def make(given: Given) -> dict[str, bool]:
        return {other: is_safe(other) != (other == request) for other in given.requests}

    return make


SAFE = JudgedTask(
    "5.2",
    lambda draw: Given(requests=tuple(draw.shuffled(list(REQUESTS)))),
    _judge_requests,
    lambda given: {request: is_safe(request) for request in given.requests},
    tuple(
        Mistake(f"{request!r}: {why}.", _requests_but(request))
        for request, (_, why) in REQUESTS.items()
    ),
    "A request is safe if it changes nothing. Idempotent is not enough, and GET is only a promise.",
)

# 5.4 ---------------------------------------------------------------------------------------------

WINDOW_MS = 10_000


def _arrivals(draw: Draw, case: int) -> tuple[int, int, int, int]:
    issued = 1_767_225_600_000 + draw.number(0, 10**9)
    age = draw.number(60_000, 86_400_000)
    off = (0, 9_000, -9_000, 11_000, -11_000, 3_600_000)[case % 6]
    return issued, age, issued + age + off, WINDOW_MS


def _in_window(issued_ms: int, age_ms: int, now_ms: int, window_ms: int) -> bool:
    return abs(now_ms - (issued_ms + age_ms)) <= window_ms


FRESH = FunctionTask(
    "5.4",
    ("issued_ms", "age_ms", "now_ms", "window_ms"),
    _arrivals,
    _in_window,
    (
        Mistake(
            "You reject what comes too late, but not what seems to come too early: the two clocks "
            "may differ either way.",
            lambda issued, age, now, window: now - (issued + age) <= window,
        ),
        Mistake(
            "You reject everything that comes early: the two clocks may differ a little.",
            lambda issued, age, now, window: 0 <= now - (issued + age) <= window,
        ),
        Mistake(
            "You compare the ticket's age with the window: tickets may be old; only the "
            "*difference* between the two clocks counts.",
            lambda issued, age, now, window: now - issued <= window,
        ),
        Mistake(
            "You treated the window as seconds; all four values are in milliseconds.",
            lambda issued, age, now, window: _in_window(issued, age, now, window * 1000),
        ),
        Mistake(
            "It is the other way round: True means fresh.",
            lambda issued, age, now, window: not _in_window(issued, age, now, window),
        ),
    ),
    "A window limits how much a server must remember; alone, it does not stop replays.",
)

# 5.3 ---------------------------------------------------------------------------------------------

Hello = tuple[str, str]


def _hellos(draw: Draw, case: int) -> tuple[list[Hello]]:
    """ClientHellos as (identity, binder); some of them come a second time."""
    names = [draw.bytes(3).hex() for _ in range(3)]
    fresh = [(draw.one_of(names), draw.bytes(6).hex()) for _ in range(6)]
    # An external PSK may be reused: the same identity with another binder is a new ClientHello.
    fresh.append((fresh[0][0], draw.bytes(6).hex()))
    # Replays: at once, and later.
    return ([*fresh, fresh[1], fresh[1], *draw.shuffled(fresh)[:3], fresh[1]],)


def _whole(hello: Hello) -> Any:
    return hello


def _first_times(hellos: list[Hello], key: Callable[[Hello], Any] = _whole) -> list[bool]:
    seen: set[Any] = set()
    first = []
    for hello in hellos:
        first.append(key(hello) not in seen)
        seen.add(key(hello))
    return first


def _only_last(hellos: list[Hello]) -> list[bool]:
    return [hello != before for before, hello in zip([None, *hellos], hellos, strict=False)]


MEMORY = FunctionTask(
    "5.3",
    ("hellos",),
    _hellos,
    _first_times,
    (
        Mistake(
            "You remember the identity: then an external PSK could be used only once. Each "
            "ClientHello has a new binder; remember that.",
            lambda hellos: _first_times(hellos, lambda hello: hello[0]),
        ),
        Mistake(
            "You compare only with the previous ClientHello: a replay may come much later.",
            _only_last,
        ),
        Mistake(
            "Nothing is ever remembered: every replay is accepted.",
            lambda hellos: [True] * len(hellos),
        ),
        Mistake(
            "It is the other way round: True means the first time.",
            lambda hellos: [not first for first in _first_times(hellos)],
        ),
        Mistake(
            "Even the first time is rejected: look for the ClientHello before you remember it.",
            lambda hellos: [False] * len(hellos),
        ),
    ),
    "It only helps if all servers that accept the PSK share this memory: section 8.",
)

# 5.1 ---------------------------------------------------------------------------------------------


def _early(draw: Draw) -> Given:
    return Given(psk=draw.bytes(32), client_hello=b"\x01\x00\x01\x90" + draw.bytes(400))


def _early_secret(given: Given) -> bytes:
    stage = EarlyStage.start("sha256", given.psk)
    return stage.client_early_traffic_secret(digest("sha256", given.client_hello))


def _exporter(given: Given) -> tuple[bytes, bytes]:
    stage = EarlyStage.start("sha256", given.psk)
    secret = stage.early_exporter_secret(digest("sha256", given.client_hello))
    return traffic_keys(SUITE, secret)


EARLY_KEYS = ValueTask(
    "5.1",
    _early,
    lambda given: traffic_keys(SUITE, _early_secret(given)),
    (
        Mistake(
            "You left out a step: the early secret is HKDF-Extract of the PSK.",
            lambda given: traffic_keys(
                SUITE,
                keyschedule_without_extract(given.psk, digest("sha256", given.client_hello)),
            ),
        ),
        Mistake(
            "Those keys come from the early *exporter* secret: it is for applications, not for "
            "records.",
            _exporter,
        ),
        Mistake(
            "Those keys come from the early secret itself: the traffic secret comes in between.",
            lambda given: traffic_keys(SUITE, EarlyStage.start("sha256", given.psk).early_secret),
        ),
        Mistake(
            "Key and IV are the wrong way round.",
            lambda given: traffic_keys(SUITE, _early_secret(given))[::-1],
        ),
        Mistake(
            "Your context is the hash of an empty string: 0-RTT is bound to its ClientHello.",
            lambda given: traffic_keys(
                SUITE,
                EarlyStage.start("sha256", given.psk).client_early_traffic_secret(
                    digest("sha256", b"")
                ),
            ),
        ),
    ),
    "No private key is used. So anyone who ever gets the PSK can read all its 0-RTT data.",
)


def keyschedule_without_extract(psk: bytes, to_client_hello: bytes) -> bytes:
    """The early traffic secret that results if the PSK is used as the early secret (32 bytes)."""
    return EarlyStage("sha256", psk).client_early_traffic_secret(to_client_hello)


TASKS = (SAFE, FRESH, MEMORY, EARLY_KEYS)
