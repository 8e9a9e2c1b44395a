"""The stage for one mode: honest endpoints, what was recorded of them, and what can be stolen.

Everything is seeded, so the same bytes come out each time.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property, lru_cache

from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import Item
from tls13lab.claims.scripted import record, talk
from tls13lab.crypto.certificates import Credential
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import Portable
from tls13lab.search.target import targets
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode

EARLY_WORDS = b"early words"
LATER_MS = 60_000
"""How long after the first connection the one in question takes place."""


class Stage:
    """The recorded connections of a mode, as in ``claims.MODES``, and their endpoints."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        asked, _, issuing = mode.partition("-from-")
        kind, _, self.psk_mode = asked.partition("-")
        self.ticket_key = TicketKey.new(seeded("the claims' ticket key"))
        self.pairs: list[Pair] = []
        self._thefts: dict[frozenset[tuple[str, bytes]], Theft] = {}
        first_mode = issuing.removeprefix("external-")
        self.modes = frozenset({_point(self.psk_mode), _point(first_mode or self.psk_mode)})
        certified, server = lesson_configs("full")
        self.first_client = replace(certified, modes=self.modes)
        self.server = replace(
            server,
            tickets=StatelessTickets(self.ticket_key),
            modes=self.modes,
            max_early_data_size=100,
            anti_replay=NoAntiReplay(),
        )
        self.external: ExternalPsk | None = None
        if kind == "external" or issuing:
            self._begin_with_a_psk(_point(first_mode or self.psk_mode), early=not issuing)
        self.client = self.first_client
        if kind == "resumption":
            self.client = self._resuming(self._talk(self.first_client, LESSON_TIME_MS))
        self._talk(self.client, self.now_ms)

    def _begin_with_a_psk(self, mode: PskKeyExchangeMode, *, early: bool) -> None:
        """The first connection has an external PSK, with early data if it is the one in question.

        ``self.external`` is that PSK.
        """
        suite, size = CipherSuite.TLS_AES_128_GCM_SHA256, 100 if early else 0
        self.external = replace(LESSON_PSK, suite=suite, max_early_data_size=size)
        psks = (self.external,)
        self.server = replace(self.server, credential=None, psks=psks)
        words = EARLY_WORDS if early else b""
        self.first_client = ClientConfig(psks=psks, modes=frozenset({mode}), early_data=words)

    def _resuming(self, first: Pair) -> ClientConfig:
        """The client with the first ticket that it was given."""
        modes = frozenset({_point(self.psk_mode)})
        return replace(
            self.first_client,
            trust=None,
            psks=first.tickets[:1],
            modes=modes,
            early_data=EARLY_WORDS,
        )

    @property
    def now_ms(self) -> int:
        """When the connection in question takes place."""
        return LESSON_TIME_MS + LATER_MS

    def _talk(self, client: ClientConfig, now_ms: int) -> Pair:
        pair = talk(client, self.server, f"claims {self.mode} {len(self.pairs)}", now_ms)
        self.pairs.append(pair)
        return pair

    @property
    def this(self) -> Pair:
        """The connection in question: the last one."""
        return self.pairs[-1]

    @property
    def psk(self) -> Psk | None:
        """The PSK that it used."""
        return self.client.psks[0] if self.client.psks else None

    @cached_property
    def recording(self) -> tuple[Item, ...]:
        """All that crossed the wire, in order."""
        return record(*self.pairs)

    @cached_property
    def going_on(self) -> tuple[Item, ...]:
        """The same, and then the client resumes with the first ticket that it was given."""
        client = replace(self.client, psks=self.this.tickets[:1], early_data=b"")
        server = replace(self.server, modes=frozenset({PSK_DHE_KE}))
        client = replace(client, modes=server.modes, trust=None)
        return record(*self.pairs, talk(client, server, f"claims {self.mode} later", self.now_ms))

    def theft(self, leaks: Iterable[str]) -> Theft:
        """What a thief has with these leaks, by their names in the claims.

        A certificate's key is of no use to an eavesdropper, and so no part of a theft: see
        :meth:`stolen_credential`. Against a quantum computer every recorded share is a leaked
        private key. What this mode does not have cannot be stolen: then nothing is. Leaks that give
        the same are one theft, the same object.
        """
        leaks = set(leaks)
        psks = {self.psk.key} if "psk" in leaks and self.psk else set()
        if "weak_psk" in leaks:
            psks |= set(self.guessed)
        client = [pair.client.secrets.get("client_ecdhe", b"") for pair in self.pairs]
        server = [pair.server.secrets.get("server_ecdhe", b"") for pair in self.pairs]
        every = tuple(one for one in (*client, *server) if one)

        def stolen(leak: str, private_key: bytes) -> tuple[bytes, ...]:
            return (private_key,) if leak in leaks and private_key else ()

        theft = Theft(
            psks=tuple(psks),
            ticket_keys=(self.ticket_key,) if "ticket_key" in leaks else (),
            client_ecdhe=stolen("client_ecdhe", client[-1]),
            server_ecdhe=stolen("server_ecdhe", server[-1]),
            initial_ecdhe=(
                every
                if "quantum" in leaks
                else stolen("initial_ecdhe", client[0] if len(self.pairs) > 1 else b"")
            ),
        )
        return self._thefts.setdefault(theft.secrets, theft)

    def stolen_credential(self, leaks: Iterable[str]) -> Credential | None:
        """The server's certificate with its private key; None without a leak that gives the key.

        A quantum computer has it from the public key in the certificate, as it has a share's. As
        there, the key is handed over: nobody computes it here. Of use to who is there while a
        client connects, and to nobody who comes later.
        """
        return self.server.credential if {"certificate_key", "quantum"} & set(leaks) else None

    @cached_property
    def guessed(self) -> tuple[bytes, ...]:
        """The PSKs that a dictionary attack on the recording's binders finds.

        That the PSK is a word of the dictionary is the assumption that ``weak_psk`` drops; which
        one, the recording says.
        """
        words = [b"guess %d" % number for number in range(99)]
        if self.external is not None:
            words.insert(60, self.external.key)
        sought = list(targets(self.recording))
        return (
            tuple(word for _, _, word in Portable(sought).test(Guesses.of(words))) if sought else ()
        )


def _point(psk_mode: str) -> PskKeyExchangeMode:
    return PSK_KE if psk_mode == "psk_ke" else PSK_DHE_KE


@lru_cache(maxsize=16)
def stage(mode: str) -> Stage:
    """The stage of a mode, built once."""
    return Stage(mode)
