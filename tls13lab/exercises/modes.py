"""Tasks of lesson 03: the mode of a connection, and a server's choice. RFC 9846 4.2.3, 4.3.9."""

from functools import lru_cache
from typing import Literal

from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, Mistake
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareHelloRetryRequest, KeyShareServerHello
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.names import PSK_MODES, Mode

# 3.1 ---------------------------------------------------------------------------------------------

Answer = Literal[Mode, "retry"]
"""What a server does with a ClientHello: the mode it chooses, or a HelloRetryRequest."""
ANSWERS: tuple[Answer, ...] = ("full", "psk_ke", "psk_dhe_ke", "retry")


def _configs(answer: Answer) -> tuple[ClientConfig, ServerConfig]:
    if answer != "retry":
        return lesson_configs(answer)
    modes = frozenset({PSK_DHE_KE})
    client = ClientConfig(psks=(LESSON_PSK,), modes=modes, share_groups=(NamedGroup.X25519,))
    return client, ServerConfig(psks=(LESSON_PSK,), modes=modes, groups=(NamedGroup.SECP256R1,))


@lru_cache(maxsize=64)
def _server_hello(answer: Answer, seed: str) -> bytes:
    """The first handshake message of a server that gives this answer, packed."""
    pair = Pair(*_configs(answer), seed=seed)
    pair.handshake()
    records = (step.wire for step in pair.conversation().steps if step.sender == "server")
    first = next(iter(records))
    return first[5 : 9 + int.from_bytes(first[6:9], "big")]


def _hello(draw: Draw, case: int) -> tuple[bytes]:
    return (_server_hello(ANSWERS[case % 4], f"{draw.seed} {case}"),)


def _seen(raw: bytes) -> tuple[bool, bool, bool]:
    """Whether the message is a HelloRetryRequest, selects a PSK, and has a key_share."""
    hello = unpack(raw)
    assert isinstance(hello, ServerHello | HelloRetryRequest)
    shares = (KeyShareServerHello, KeyShareHelloRetryRequest)
    return (
        isinstance(hello, HelloRetryRequest),
        hello.find(SelectedPsk) is not None,
        any(hello.find(share) is not None for share in shares),
    )


def _mode(raw: bytes) -> str:
    again, psk, share = _seen(raw)
    if again:
        return "retry"
    return "full" if not psk else "psk_dhe_ke" if share else "psk_ke"


def _no_retry(raw: bytes) -> str:
    _, psk, share = _seen(raw)
    return "full" if not psk else "psk_dhe_ke" if share else "psk_ke"


def _share_only(raw: bytes) -> str:
    again, _, share = _seen(raw)
    return "retry" if again else "psk_dhe_ke" if share else "psk_ke"


def _psk_only(raw: bytes) -> str:
    again, psk, _ = _seen(raw)
    return "retry" if again else "psk_ke" if psk else "full"


def _psk_is_dhe(raw: bytes) -> str:
    again, psk, _ = _seen(raw)
    return "retry" if again else "psk_dhe_ke" if psk else "full"


def _swapped(raw: bytes) -> str:
    found = _mode(raw)
    return {"psk_ke": "psk_dhe_ke", "psk_dhe_ke": "psk_ke"}.get(found, found)


MODE = FunctionTask(
    "3.1",
    ("server_hello",),
    _hello,
    _mode,
    (
        Mistake(
            "You took a HelloRetryRequest for a ServerHello: it has the same type, and can be "
            "recognized only by its random, which is always the same.",
            _no_retry,
        ),
        Mistake(
            "You looked only at key_share: a full handshake has it, too. First check for "
            "pre_shared_key.",
            _share_only,
        ),
        Mistake(
            "You looked only at pre_shared_key: key_share distinguishes psk_dhe_ke from psk_ke.",
            _psk_only,
        ),
        Mistake(
            "You called every PSK handshake psk_dhe_ke: without key_share, it is psk_ke.",
            _psk_is_dhe,
        ),
        Mistake("psk_ke and psk_dhe_ke are the wrong way round.", _swapped),
        Mistake(
            "The answer is always the same: look at the extensions of each message.",
            lambda raw: "psk_dhe_ke",
        ),
    ),
    "Two extensions of one message show the mode; no other byte does, and nothing is encrypted.",
    cases=8,
    allowed=ANSWERS,
)

# 3.2 ---------------------------------------------------------------------------------------------

Modes = frozenset[str]
_SETS = (frozenset({"psk_ke"}), frozenset({"psk_dhe_ke"}), frozenset(PSK_MODES))


def _sets(draw: Draw, case: int) -> tuple[Modes, Modes]:
    # There are only nine pairs, so every student gets the same.
    return _SETS[case // 3], _SETS[case % 3]


def _chosen(offered: Modes, allowed: Modes) -> str | None:
    both = offered & allowed
    return "psk_dhe_ke" if "psk_dhe_ke" in both else "psk_ke" if both else None


def _best(modes: Modes) -> str | None:
    return "psk_dhe_ke" if "psk_dhe_ke" in modes else "psk_ke"


CHOICE = FunctionTask(
    "3.2",
    ("offered", "allowed"),
    _sets,
    _chosen,
    (
        Mistake(
            "Of two possible modes, you took psk_ke: that gives up forward secrecy without need.",
            lambda offered, allowed: (
                "psk_ke" if "psk_ke" in offered & allowed else _chosen(offered, allowed)
            ),
        ),
        Mistake(
            "You looked only at the server's modes: it may choose only what the client offered.",
            lambda offered, allowed: _best(allowed),
        ),
        Mistake(
            "You looked only at the client's offer: the server must allow the mode, too.",
            lambda offered, allowed: _best(offered),
        ),
        Mistake(
            "Without a mode in common, the answer is None: then the PSK is not used at all.",
            lambda offered, allowed: _chosen(offered, allowed) or "psk_ke",
        ),
        Mistake(
            "Without a mode in common, the answer is None: then the PSK is not used at all.",
            lambda offered, allowed: _chosen(offered, allowed) or "psk_dhe_ke",
        ),
        Mistake(
            "Each side may have more than one mode: what counts is what they have in common, not "
            "whether the sets are equal.",
            lambda offered, allowed: _best(offered) if offered == allowed else None,
        ),
    ),
    "Allowing psk_ke does not mean using it: a client that offers both still gets Diffie-Hellman.",
    cases=9,
    allowed=("psk_ke", "psk_dhe_ke", None),
)

TASKS = (MODE, CHOICE)
