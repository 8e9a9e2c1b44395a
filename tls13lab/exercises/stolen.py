"""Tasks of lesson 04: keys from a PSK, and what stolen secrets open.

RFC 9846 sections 2.2, 4.7.1 and F.1. The captures are conversations of this package's own client
and server. The check uses the eavesdropper, which sees only their bytes.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import combinations
from typing import Any

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.theft import Theft, together
from tls13lab.capture.recording import Item
from tls13lab.crypto import keyschedule
from tls13lab.crypto.suites import SUITES
from tls13lab.evidence.scripted import record, talk
from tls13lab.exercises.kinds import name_of
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import Given, JudgedTask, Mistake, ValueTask
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode

SUITE = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]

# 4.1 ---------------------------------------------------------------------------------------------


def _record(draw: Draw) -> Given:
    psk = draw.bytes(32)
    client, server = lesson_configs("psk_ke", ExternalPsk(b"student", psk))
    client = ClientConfig(psks=client.psks, modes=client.modes, suites=(SUITE.code_point,))
    pair = Pair(client, server, seed=draw.seed)
    pair.handshake()
    pair.client.send(b"the plaintext of task 4.1")
    pair.pump()
    steps = pair.conversation().steps
    messages = [raw for step in steps for raw in step.messages]
    last = [step.wire for step in steps if step.sender == "client"][-1]
    return Given(
        psk=psk,
        to_server_hello=b"".join(messages[:2]),
        to_server_finished=b"".join(messages[:4]),
        record=last,
        _to_client_finished=b"".join(messages[:5]),
    )


def _main(given: Given, ecdhe: bytes | None = None) -> keyschedule.MainStage:
    return keyschedule.EarlyStage.start("sha256", given.psk).handshake(ecdhe).main()


def _digest(messages: bytes) -> bytes:
    return hashlib.sha256(messages).digest()


def _keys(secret: bytes) -> tuple[bytes, bytes]:
    return keyschedule.traffic_keys(SUITE, secret)


def _right_keys(given: Given) -> tuple[bytes, bytes]:
    secret = _main(given).client_application_traffic_secret_0(_digest(given.to_server_finished))
    return _keys(secret)


def _handshake_keys(given: Given) -> tuple[bytes, bytes]:
    stage = keyschedule.EarlyStage.start("sha256", given.psk).handshake(None)
    return _keys(stage.client_handshake_traffic_secret(_digest(given.to_server_hello)))


def _bound_to(messages: bytes, given: Given) -> tuple[bytes, bytes]:
    return _keys(_main(given).client_application_traffic_secret_0(_digest(messages)))


KEYS = ValueTask(
    "4.1",
    _record,
    _right_keys,
    (
        Mistake(
            "Those are the handshake keys: application data has keys of its own, derived from the "
            "main secret.",
            _handshake_keys,
        ),
        Mistake(
            "Those are the server's keys: each direction has its own, and the client sent this "
            "record.",
            lambda given: _keys(
                _main(given).server_application_traffic_secret_0(_digest(given.to_server_finished))
            ),
        ),
        Mistake(
            "The secret is bound to the transcript up to the *server's Finished*; yours ends with "
            "the ServerHello.",
            lambda given: _bound_to(given.to_server_hello, given),
        ),
        Mistake(
            "The secret is bound to the transcript up to the *server's* Finished; yours goes up to "
            "the client's.",
            lambda given: _bound_to(given._to_client_finished, given),
        ),
        Mistake("Key and IV are the wrong way round.", lambda given: _right_keys(given)[::-1]),
        Mistake(
            "You split the traffic secret; instead, key and IV are derived from it, with the "
            'labels "key" and "iv".',
            lambda given: _cut(
                _main(given).client_application_traffic_secret_0(_digest(given.to_server_finished))
            ),
        ),
        Mistake(
            "You also used the PSK in place of the (EC)DHE secret; in psk_ke, zeros go there.",
            lambda given: _keys(
                _main(given, given.psk).client_application_traffic_secret_0(
                    _digest(given.to_server_finished)
                )
            ),
        ),
    ),
    "With these, the record opens. It took only a PSK and a recording: this is the weakness of "
    "psk_ke.",
)


def _cut(secret: bytes) -> tuple[bytes, bytes]:
    return secret[:16], secret[16:28]


# 4.2 ---------------------------------------------------------------------------------------------

THINGS = ("ticket_key", "external_psk", "a_client_s_private_key", "a_server_s_private_key")
Things = frozenset[str]


@lru_cache(maxsize=16)
def _capture(seed: str) -> tuple[tuple[Item, ...], dict[str, Theft], dict[str, int]]:
    """Four connections: a full handshake, then two resumptions and an external PSK in any order.

    Returns the recording, the stolen secrets by name, and the number of each connection.
    """
    draw = Draw(seed, "capture")
    key = TicketKey.new(draw.entropy)
    external = ExternalPsk(b"printer", draw.bytes(32))
    client, server = lesson_configs("full")
    serving = ServerConfig(
        credential=server.credential,
        psks=(external,),
        modes=frozenset({PSK_KE, PSK_DHE_KE}),
        tickets=StatelessTickets(key),
    )
    asking = ClientConfig(
        trust=client.trust, server_name=client.server_name, modes=frozenset({PSK_KE, PSK_DHE_KE})
    )
    first = talk(asking, serving, f"{seed} 1")
    pairs = [first]
    later: dict[str, tuple[Psk, PskKeyExchangeMode]] = {
        "resumed": (first.tickets[0], PSK_KE),
        "resumed with a share": (first.tickets[1], PSK_DHE_KE),
        "external": (external, PSK_KE),
    }
    order = ["full", *draw.shuffled(list(later))]
    for number, (psk, mode) in enumerate((later[kind] for kind in order[1:]), 2):
        config = ClientConfig(psks=(psk,), modes=frozenset({mode}), server_name=client.server_name)
        pairs.append(talk(config, serving, f"{seed} {number}"))
    shares = dict(zip(order, (pair.conversation().secrets for pair in pairs), strict=True))
    first_share, later_share = shares["full"]["client_ecdhe"], shares["resumed with a share"]
    stolen = (
        Theft(ticket_keys=(key,)),
        Theft(psks=(external.key,)),
        Theft(client_ecdhe=(first_share,), initial_ecdhe=(first_share,)),
        Theft(server_ecdhe=(later_share["server_ecdhe"],)),
    )
    where = {kind: number for number, kind in enumerate(order, 1)}
    return record(*pairs), dict(zip(THINGS, stolen, strict=True)), where


def _thefts(draw: Draw) -> Given:
    items, things, where = _capture(draw.seed)
    return Given(capture=items, stolen=things, _where=where)


@lru_cache(maxsize=512)
def _opened(
    seed_items: tuple[Item, ...], names: Things, things: tuple[Theft, ...]
) -> frozenset[int]:
    theft = together(thing for name, thing in zip(THINGS, things, strict=True) if name in names)
    found = eavesdrop(seed_items, theft)
    return frozenset(finding.connection for finding in found if finding.verdict == "lost")


def opened(given: Given, names: Iterable[str]) -> frozenset[int]:
    """The connections whose application data these stolen secrets open together."""
    return _opened(given.capture, frozenset(names), tuple(given.stolen.values()))


def _judge_thefts(given: Given, answer: Any) -> str:
    if set(answer) != {1, 2, 3, 4}:
        return "Give an entry for each of the connections 1, 2, 3 and 4."
    for number, names in sorted(answer.items()):
        names = set(names)
        for strange in names - set(THINGS):
            return (
                f"{name_of(strange)} is not one of the stolen secrets; take their names from there."
            )
        said = _judge_one(given, number, frozenset(names))
        if said:
            return f"{said} (Connection {number}.)"
    return ""


def _judge_one(given: Given, number: int, names: Things) -> str:
    if not names:
        return "Some of the stolen secrets open it; try the eavesdropper with each."
    if number not in opened(given, names):
        if number in opened(given, names | {THINGS[3]}):
            return NOT_ENOUGH
        return NOT_THIS
    for name in sorted(names):
        if number in opened(given, names - {name}):
            return f"It also opens without {name}: give no more than is needed."
    return ""


def _smallest(given: Given) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for size in range(1, len(THINGS) + 1):
        for names in combinations(THINGS, size):
            for number in opened(given, names):
                found.setdefault(number, set(names))
    return found


NOT_ENOUGH = "This gives the PSK, but psk_dhe_ke needs a private key of this connection as well."
NOT_THIS = "This does not open it: the PSK is missing, or belongs to another connection."


def _taken(kind: str, *names: str) -> Callable[[Given], dict[int, set[str]]]:
    """The smallest sets, with a different one for one connection."""
    return lambda given: {**_smallest(given), given._where[kind]: set(names)}


THEFTS = JudgedTask(
    "4.2",
    _thefts,
    _judge_thefts,
    _smallest,
    (
        Mistake(NOT_ENOUGH, _taken("resumed with a share", "ticket_key")),
        Mistake(NOT_THIS, _taken("resumed with a share", "a_server_s_private_key")),
        Mistake(NOT_THIS, _taken("full", "ticket_key")),
        Mistake(
            "It also opens without external_psk: give no more than is needed.",
            _taken("resumed", "ticket_key", "external_psk"),
        ),
        Mistake(
            "Some of the stolen secrets open it; try the eavesdropper with each.",
            _taken("external"),
        ),
        Mistake("psk is not one of the stolen secrets", _taken("full", "psk")),
        Mistake(
            "Give an entry for each of the connections 1, 2, 3 and 4.",
            lambda given: {1: {"ticket_key"}},
        ),
    ),
    "One stolen private key opened a connection in which it was never used, because it opened the "
    "connection that issued the ticket.",
)

TASKS = (KEYS, THEFTS)
