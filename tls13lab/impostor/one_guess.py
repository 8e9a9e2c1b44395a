"""Guessing a CPace password by taking part: only one guess per run.

In CPace, a party must choose a generator before its first message, and the generator depends on the
password. If the guess was right, TLS succeeds with the key from this run. If it was wrong, the run
is used up: K is ya * Yb, and no other guess can be tested with it afterwards. This holds in both
roles. As a client, the impostor learns the result from the server's alert. As a server, it gets the
client's binder. With an ordinary weak PSK, a binder is enough to search for it (see
:mod:`tls13lab.search`); here, only one key can be tested with it.

:class:`Service` and :class:`Caller` are what the impostor can see of the honest party.
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
    """An honest server: it answers a CPace message, and then accepts or refuses a connection."""

    def answer(self, message: bytes) -> bytes:
        """Start a new run: the server's CPace message in answer to ``message``."""

    def connects(self, client: ClientConfig) -> bool:
        """Whether TLS succeeds with this client, under the PSK of the last run."""


class Caller(Protocol):
    """An honest client: it sends a CPace message, gets an answer, and sends a ClientHello."""

    def message(self) -> bytes:
        """Start a new run: the client's CPace message."""

    def hello(self, answer: bytes) -> bytes:
        """The packed ClientHello with its binder, after the CPace message ``answer``."""


def ask_service(guess: bytes, CI: bytes, service: Service, entropy: Entropy) -> bool:
    """Test a guess in one run with an honest server; ``CI`` has the names of both ends."""
    me = begin(Role.INITIATOR, guess, entropy, CI=CI)
    psk = external_psk(me.finish(service.answer(me.message)))
    return service.connects(ClientConfig(psks=(psk,), modes=frozenset({PSK_DHE_KE})))


def ask_caller(guess: bytes, CI: bytes, caller: Caller, entropy: Entropy) -> bool:
    """Test a guess in one run with an honest client that connected to the impostor."""
    me = begin(Role.RESPONDER, guess, entropy, CI=CI)
    psk = external_psk(me.finish(caller.message()))
    return any(target.made_with(psk.key) for target in targets_of(caller.hello(me.message)))


@dataclass(frozen=True, slots=True)
class Asked:
    """How many runs were made, and the right password if it was among the guesses."""

    runs: int
    found: bytes | None


def try_words(words: Iterable[bytes], most: int, run: Callable[[bytes], bool]) -> Asked:
    """Try words in order, each in one run, until one is right or ``most`` runs were made.

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
