"""The stage for one mode: honest endpoints, a recording of them, and what can be stolen.

All random bytes come from seeds, so the bytes are the same in each run.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from tls13lab.adversary.theft import Stealable, Theft
from tls13lab.capture.recording import Item
from tls13lab.crypto.certificates import Credential
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import PortableEngine
from tls13lab.search.target import targets
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import Leak, SceneMode, is_of_psk, parts
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode
from tls13lab.wire.names import Mode

EARLY_WORDS = b"early words"
LATER_MS = 60_000
"""Time from the first connection to the connection in question, in milliseconds."""


class Stage:
    """The recorded connections of a mode, one of ``SCENE_MODES``, and their ends."""

    def __init__(self, mode: SceneMode) -> None:
        self.mode = mode
        kind, self.psk_mode, issued_in = parts(mode)
        self.ticket_key = TicketKey.new(seeded("the claims' ticket key"))
        self.pairs: list[Pair] = []
        self._thefts: dict[frozenset[tuple[Stealable, bytes]], Theft] = {}
        from_external = is_of_psk(issued_in)
        first_mode = issued_in if is_of_psk(issued_in) else self.psk_mode
        self.modes = frozenset({_point(self.psk_mode), _point(first_mode)})
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
        if kind == "external" or from_external:
            self._begin_with_a_psk(_point(first_mode), early=not from_external)
        self.client = self.first_client
        if kind == "resumption":
            self.client = self._resuming(self._talk(self.first_client, LESSON_TIME_MS))
        self._talk(self.client, self.now_ms)

    def _begin_with_a_psk(self, mode: PskKeyExchangeMode, *, early: bool) -> None:
        """Give the first connection an external PSK, ``self.external``.

        It carries early data if it is the connection in question.
        """
        suite, size = CipherSuite.TLS_AES_128_GCM_SHA256, 100 if early else 0
        self.external = replace(LESSON_PSK, suite=suite, max_early_data_size=size)
        psks = (self.external,)
        self.server = replace(self.server, credential=None, psks=psks)
        words = EARLY_WORDS if early else b""
        self.first_client = ClientConfig(psks=psks, modes=frozenset({mode}), early_data=words)

    def _resuming(self, first: Pair) -> ClientConfig:
        """The client, which offers the first ticket that it received."""
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
        """The PSK of the connection in question; None in a full handshake."""
        return self.client.psks[0] if self.client.psks else None

    @cached_property
    def recording(self) -> tuple[Item, ...]:
        """Everything that was sent, in order."""
        return record(*self.pairs)

    @cached_property
    def going_on(self) -> tuple[Item, ...]:
        """The recording, followed by a connection that resumes with the first ticket."""
        client = replace(self.client, psks=self.this.tickets[:1], early_data=b"")
        server = replace(self.server, modes=frozenset({PSK_DHE_KE}))
        client = replace(client, modes=server.modes, trust=None)
        return record(*self.pairs, talk(client, server, f"claims {self.mode} later", self.now_ms))

    def theft(self, leaks: Iterable[Leak]) -> Theft:
        """What a thief has with these leaks, which have their names in the claims.

        A certificate's key is not part of it, because it is of no use to an eavesdropper; see
        :meth:`stolen_credential`. With a quantum computer, the private key of every recorded share
        has leaked. A leak that this mode does not have adds nothing. Leaks that give the same
        secrets return the same object.
        """
        had = set(leaks)
        psks = {self.psk.key} if "psk" in had and self.psk else set()
        if "weak_psk" in had:
            psks |= set(self.guessed)
        client = [pair.client.secrets.get("client_ecdhe", b"") for pair in self.pairs]
        server = [pair.server.secrets.get("server_ecdhe", b"") for pair in self.pairs]
        every = tuple(private_key for private_key in (*client, *server) if private_key)

        def stolen(leak: Leak, private_key: bytes) -> tuple[bytes, ...]:
            return (private_key,) if leak in had and private_key else ()

        theft = Theft(
            psks=tuple(psks),
            ticket_keys=(self.ticket_key,) if "ticket_key" in had else (),
            client_ecdhe=stolen("client_ecdhe", client[-1]),
            server_ecdhe=stolen("server_ecdhe", server[-1]),
            initial_ecdhe=(
                every
                if "quantum" in had
                else stolen("initial_ecdhe", client[0] if len(self.pairs) > 1 else b"")
            ),
        )
        return self._thefts.setdefault(theft.secrets, theft)

    def stolen_credential(self, leaks: Iterable[Leak]) -> Credential | None:
        """The server's certificate with its private key; None if no leak gives the key.

        A quantum computer computes it from the public key in the certificate. Nothing is computed
        here: the key is simply handed over, as are the private keys of shares. It helps an
        adversary who is present while a client connects, but not one who comes later.
        """
        return self.server.credential if {"certificate_key", "quantum"} & set(leaks) else None

    @cached_property
    def guessed(self) -> tuple[bytes, ...]:
        """The PSKs that a dictionary attack on the recording's binders finds.

        The leak ``weak_psk`` means that the PSK is in the dictionary. The recording shows which of
        its words it is.
        """
        words = [b"guess %d" % number for number in range(99)]
        if self.external is not None:
            words.insert(60, self.external.key)
        sought = list(targets(self.recording))
        return (
            tuple(word for _, _, word in PortableEngine(sought).test(Guesses.of(words)))
            if sought
            else ()
        )


def _point(psk_mode: Mode) -> PskKeyExchangeMode:
    return PSK_KE if psk_mode == "psk_ke" else PSK_DHE_KE


@remembered(16)
def stage(mode: SceneMode) -> Stage:
    """The stage of a mode, built once."""
    return Stage(mode)
