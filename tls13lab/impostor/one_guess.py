"""Guessing a word where a PAKE is asked for: by taking part, and one word a run.

Who speaks CPace has to choose a generator before it says anything, and with it a word. If that was
the right one, TLS comes about under the key that the run made; if not, it does not, and the run is
used up: K is ya * Yb, whatever other word is thought of afterwards. That holds in both roles. As a
client the impostor is told by the server's alert; as a server it gets the client's binder, which an
ordinary PSK would not survive (see :mod:`tls13lab.search`), and here it fits one key only.

What it sees of the honest end is what that says: :class:`Service` and :class:`Caller`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from tls13lab.crypto.entropy import Entropy
from tls13lab.handshake.config import PSK_DHE_KE, ClientConfig
from tls13lab.psk.cpace import Role, begin
from tls13lab.psk.pake import external_psk
from tls13lab.search.target import targets_of


class Service(Protocol):
    """An honest server: it answers a CPace message, and then takes a TLS connection or does not."""

    def answer(self, message: bytes) -> bytes:
        """Its own CPace message. A new run each time."""

    def connects(self, client: ClientConfig) -> bool:
        """Whether a TLS connection comes about, under the PSK of the last run."""


class Caller(Protocol):
    """An honest client: it says its CPace message, hears the answer, and sends a ClientHello."""

    def message(self) -> bytes:
        """Its CPace message. A new run each time."""

    def hello(self, answer: bytes) -> bytes:
        """Its ClientHello with the binder: a whole handshake message."""


def ask_service(guess: bytes, CI: bytes, service: Service, entropy: Entropy) -> bool:
    """One run with an honest server: whether the guess was right."""
    me = begin(Role.INITIATOR, guess, entropy, CI=CI)
    psk = external_psk(me.finish(service.answer(me.message)))
    return service.connects(ClientConfig(psks=(psk,), modes=frozenset({PSK_DHE_KE})))


def ask_caller(guess: bytes, CI: bytes, caller: Caller, entropy: Entropy) -> bool:
    """One run with an honest client that came by itself: whether the guess was right."""
    me = begin(Role.RESPONDER, guess, entropy, CI=CI)
    psk = external_psk(me.finish(caller.message()))
    return any(target.made_with(psk.key) for target in targets_of(caller.hello(me.message)))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many runs there were, and the word, if one of them was right."""

    runs: int
    found: bytes | None


def try_words(words: Iterable[bytes], most: int, run: Callable[[bytes], bool]) -> Asked:
    """Word after word, a run each, until one is right, or ``most`` runs are used up.

    >>> try_words([b"a", b"b", b"c"], 10, lambda word: word == b"b")
    Asked(runs=2, found=b'b')
    >>> try_words([b"a", b"b", b"c"], 1, lambda word: word == b"b")
    Asked(runs=1, found=None)
    """
    runs = 0
    for word in words:
        if runs == most:
            break
        runs += 1
        if run(word):
            return Asked(runs, word)
    return Asked(runs, None)
