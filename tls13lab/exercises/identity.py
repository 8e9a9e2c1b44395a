"""Tasks of lesson 08: an imported PSK, a context against reflection, a better configuration.

RFC 9258 section 5.1, RFC 9257 sections 4 and 6.
"""

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from tls13lab.crypto.hkdf import expand_label, extract
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.exercises.comparing import called, plain
from tls13lab.exercises.kinds import unlike
from tls13lab.exercises.schedule import bare_expand_label
from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Given, JudgedTask, Mistake
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair
from tls13lab.psk.advice import Use, examine
from tls13lab.psk.importer import KDFS, ImportedIdentity, import_psk, imported_key
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import PSK_MODES

# 8.1 ---------------------------------------------------------------------------------------------

TARGETS = ("sha256", "sha384")


def _identity(draw: Draw, case: int) -> tuple[bytes, bytes, str]:
    target = TARGETS[case % 2]
    name, context = draw.bytes(draw.number(3, 12)), draw.bytes(draw.number(0, 20))
    return draw.bytes(32), ImportedIdentity(name, context, KDFS[target]).encode(), target


def _imported(epsk: bytes, identity: bytes, target: str) -> bytes:
    return imported_key(epsk, "sha256", identity, target)


def _made(
    *,
    epskx: Callable[[bytes], bytes] = lambda epsk: extract("sha256", bytes(32), epsk),
    label: str = "derived psk",
    context: Callable[[bytes], bytes] = lambda identity: hashlib.sha256(identity).digest(),
    length: Callable[[str], int] = lambda target: HASH_LENGTHS[target],
    expander: Callable[..., bytes] = expand_label,
) -> Callable[[bytes, bytes, str], bytes]:
    """A function that imports a key, right by default; each option makes one mistake."""

    def make(epsk: bytes, identity: bytes, target: str) -> bytes:
        return expander("sha256", epskx(epsk), label, context(identity), length(target))

    return make


def _in_target_hash(epsk: bytes, identity: bytes, target: str) -> bytes:
    return imported_key(epsk, target, identity, target)


IMPORTED = FunctionTask(
    "8.1",
    ("epsk", "imported_identity", "target_hash"),
    _identity,
    _imported,
    (
        Mistake(
            "The imported key has as many bytes as the *target's* hash: 48 for SHA-384.",
            _made(length=lambda target: 32),
        ),
        Mistake(
            "You used the target's hash: the import uses the hash of the external PSK, SHA-256 "
            "here.",
            _in_target_hash,
        ),
        Mistake(
            "You used the identity itself as the context; its hash goes there.",
            _made(context=lambda identity: identity),
        ),
        Mistake(
            'The label is "derived psk"; "imp binder" is for the binder key, later.',
            _made(label="imp binder"),
        ),
        Mistake('The label is "derived psk", with the space.', _made(label="derived_psk")),
        Mistake(
            "You left out the first step: HKDF-Extract with zeros as the salt.",
            _made(epskx=lambda epsk: epsk),
        ),
        Mistake(
            "Salt and key are the wrong way round in HKDF-Extract: the zeros are the salt.",
            _made(epskx=lambda epsk: extract("sha256", epsk, bytes(32))),
        ),
        Mistake(
            "The identity is not used: then the import would bind the key to nothing.",
            _made(context=lambda identity: hashlib.sha256(b"").digest()),
        ),
        Mistake(
            'Every label has "tls13 " before it, with the space, inside HkdfLabel.',
            _made(expander=bare_expand_label),
        ),
    ),
    "One external PSK gives a key for each hash and each context; none reveals another.",
)

# 8.2 ---------------------------------------------------------------------------------------------


LONGEST = 2**16 - 1
"""The most bytes of a context, whose length is a field of two bytes (RFC 9258 section 5.1)."""


def _context(client: bytes, server: bytes) -> bytes:
    return bytes([len(client)]) + client + bytes([len(server)]) + server


def _reflected(make: Callable[[bytes, bytes], bytes], name: bytes, friend: bytes) -> bool:
    """Whether a member that imports with these contexts can be made to talk to itself."""
    psk = ExternalPsk(b"group", bytes(range(32)))
    modes = frozenset({PSK_DHE_KE})
    calling = import_psk(psk, make(name, friend), ("sha256",))
    answering = import_psk(psk, make(friend, name), ("sha256",))
    pair = Pair(
        ClientConfig(psks=calling, modes=modes), ServerConfig(psks=answering, modes=modes), "8.2"
    )
    try:
        pair.handshake()
    except TLSFault:
        return False
    return True


def _judge_context(given: Given, function: Any) -> str:

    def answer(client: bytes, server: bytes) -> Any:
        return plain(called(function, client, server))

    name, friend = given.me, given.friend
    context = answer(name, friend)
    if not isinstance(context, bytes):
        return unlike(context, b"", returned=True)
    if len(context) > LONGEST:
        return f"It returned {len(context):,} bytes; a context has at most {LONGEST:,}."
    if answer(name, friend) != context:
        return "Two calls give different contexts: both ends must compute the same one."
    if _reflected(answer, name, friend):
        return (
            "The reflection still works: your context is the same in both directions, so the "
            "member is its own friend."
        )
    if answer(name, friend + b"x") == context or answer(name + b"x", friend) == context:
        return "It contains only one of the two names: then any member can take the other's place."
    if answer(name[:1], name[1:] + friend) == answer(name, friend):
        return (
            "The names run together: other names, split at another place, give the same context. "
            "Show where the first one ends."
        )
    for low, high in (
        (b"a,", b"b"),
        (b"a|", b"b"),
        (b"a\x00", b"b"),
        (b"a->", b"b"),
        (b"a ", b"b"),
    ):
        mark = low[1:]
        if answer(low, high) == answer(b"a", mark + high):
            return (
                "The names run together: a name may contain the separator that you use. Put in "
                "their lengths instead."
            )
    return ""


CONTEXT = JudgedTask(
    "8.2",
    lambda draw: Given(
        me=b"node-" + draw.bytes(2).hex().encode(), friend=b"peer-" + draw.bytes(3).hex().encode()
    ),
    _judge_context,
    lambda given: _context,
    (
        Mistake(
            "The reflection still works: your context is the same in both directions, so the "
            "member is its own friend.",
            lambda given: lambda client, server: b"our group",
        ),
        Mistake(
            "The reflection still works: your context is the same in both directions, so the "
            "member is its own friend.",
            lambda given: lambda client, server: b"|".join(sorted((client, server))),
        ),
        Mistake(
            "It contains only one of the two names: then any member can take the other's place.",
            lambda given: lambda client, server: client,
        ),
        Mistake(
            "It contains only one of the two names: then any member can take the other's place.",
            lambda given: lambda client, server: server,
        ),
        Mistake(
            "The names run together: other names, split at another place, give the same context. "
            "Show where the first one ends.",
            lambda given: lambda client, server: client + server,
        ),
        Mistake(
            "The names run together: a name may contain the separator that you use. Put in their "
            "lengths instead.",
            lambda given: lambda client, server: client + b"|" + server,
        ),
        Mistake(
            "It returned text; bytes are wanted",
            lambda given: lambda client, server: f"{client!r} {server!r}",
        ),
    ),
    "A context is sent in the clear: it may name the two ends, but must contain no secret.",
    ("client", "server"),
)

# 8.3 ---------------------------------------------------------------------------------------------


def _sloppy(draw: Draw) -> Given:
    nodes = [f"node {number}" for number in range(1, draw.number(3, 5) + 1)]
    return Given(
        use=Use(
            identity="group",
            length=draw.number(6, 10),
            bits=float(draw.number(15, 30)),
            modes=PSK_MODES,
            clients=tuple(nodes),
            servers=tuple(nodes[:2]),
            hashes=("sha256", "sha384"),
            tls12=True,
            early_data=True,
        )
    )


def _judge_use(given: Given, answer: Any) -> str:
    if type(answer) is not Use:
        return "Give a changed copy of `given.use`: `replace(given.use, ...)` makes one."
    for field in fields(Use):
        mine, example = getattr(answer, field.name), getattr(_mended(given), field.name)
        said = unlike(plain(mine), example, entries=False)
        if said:
            return f"For {field.name}: {said[0].lower()}{said[1:]}"
    if answer.identity != given.use.identity:
        return "Improve the use of this PSK: its identity must stay the same."
    if not (answer.clients and answer.servers):
        return "There must be a client and a server, or nobody needs the PSK."
    for check, wrong in examine(answer):
        if wrong:
            return f"{check.name} ({check.section}): {wrong}."
    return ""


def _mended(given: Given) -> Use:
    use: Use = given.use
    return replace(
        use,
        length=32,
        bits=256.0,
        modes=("psk_dhe_ke",),
        clients=use.clients[:1],
        servers=use.clients[1:2],
        imported=True,
        context_names_both=True,
        base_key_kept=False,
        tls12=False,
        early_data=False,
    )


def _spoilt(name: str, **fields: Any) -> Mistake:
    return Mistake(f"{name} (", lambda given: replace(_mended(given), **fields))


MENDED = JudgedTask(
    "8.3",
    _sloppy,
    _judge_use,
    _mended,
    (
        _spoilt("entropy", bits=40.0),
        _spoilt("length", length=8),
        _spoilt("forward secrecy", modes=PSK_MODES),
        _spoilt("importer", imported=False),
        _spoilt("base key deleted", base_key_kept=True),
        _spoilt("one protocol version", tls12=True),
        _spoilt("early data", early_data=True),
        Mistake(
            "one pair of nodes (",
            lambda given: replace(
                _mended(given), clients=given.use.clients, context_names_both=False
            ),
        ),
        Mistake(
            "There must be a client and a server, or nobody needs the PSK.",
            lambda given: replace(_mended(given), servers=()),
        ),
        Mistake(
            "Give a changed copy of `given.use`: `replace(given.use, ...)` makes one.",
            lambda given: {"length": 32},
        ),
    ),
    "`tls13lab psk lint` checks the same for a file.",
)

TASKS = (IMPORTED, CONTEXT, MENDED)
