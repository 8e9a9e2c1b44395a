"""What a row of the tables is, and who asks and who is asked."""

from dataclasses import dataclass, replace

from tests.conformance.probes.talk import GOES_ON, Ask, Talk
from tests.handshake.scenes import BOTH, CREDENTIAL, NAME, TICKET_KEY
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import PSK_KE, ClientConfig, ServerConfig
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

SUITE = CipherSuite.TLS_AES_128_GCM_SHA256
MOST_EARLY = 100
PSK = ExternalPsk(b"lab", bytes(range(32)), suite=SUITE, max_early_data_size=MOST_EARLY)
SERVER = ServerConfig(
    credential=CREDENTIAL,
    psks=(PSK,),
    modes=BOTH,
    tickets=StatelessTickets(TICKET_KEY),
    max_early_data_size=MOST_EARLY,
    anti_replay=NoAntiReplay(),
)
"""The server that is asked: a certificate, an external PSK in both modes, tickets, early data."""

FULL = ClientConfig(trust=TrustAnyone(), server_name=NAME, modes=BOTH, suites=(SUITE,))
WITH_PSK = replace(FULL, psks=(PSK,))
PSK_KE_ONLY = ClientConfig(psks=(PSK,), modes=frozenset({PSK_KE}), suites=(SUITE,))
EARLY = replace(WITH_PSK, early_data=b"early words")
RETRIED = replace(FULL, groups=(NamedGroup.X25519, NamedGroup.SECP256R1), share_groups=())


@dataclass(frozen=True, slots=True)
class Question:
    """``ask`` says it; ``answer`` is the alert, or ``goes on``; ``section`` is RFC 9846's."""

    name: str
    section: str
    ask: Ask
    answer: str = GOES_ON
    client: ClientConfig = FULL

    def put(self, port: int) -> str:
        """What the server at ``port`` answers."""
        with Talk(port, self.client) as talk:
            self.ask(talk)
            return talk.answer()
