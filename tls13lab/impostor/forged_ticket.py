"""A ticket that no server has issued: sealed by whoever has the ticket key. RFC 9846 section 4.7.1.

Inside is a PSK that the forger has chosen. A server that keeps nothing but its ticket key has no
way of telling such a ticket from one of its own: it opens, and the binder verifies. No recording
and no other secret is needed, and it does not matter whether the server has a certificate or an
external PSK: it takes tickets, and that is enough.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.config import ServerConfig
>>> from tls13lab.handshake.pair import LESSON_TIME_MS, Pair
>>> from tls13lab.impostor.stand_in import false_client
>>> from tls13lab.psk.stateless import StatelessTickets
>>> key = TicketKey.new(seeded("a ticket key"))
>>> forged = forge(key, bytes(32), LESSON_TIME_MS, seeded("the forger"))
>>> Pair(false_client(forged), ServerConfig(tickets=StatelessTickets(key))).handshake().mode
'psk_dhe_ke'
"""

from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import SUITES
from tls13lab.impostor.stand_in import LIFETIME_S, StolenPsk
from tls13lab.psk.keys import PskKind
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import CipherSuite

MOST_EARLY_DATA = 16_384
"""Bytes of early data that the forged ticket allows; what the server allows may be less."""


def forge(
    ticket_key: TicketKey,
    psk: bytes,
    now_ms: int,
    entropy: Entropy,
    suite: CipherSuite = CipherSuite.TLS_AES_128_GCM_SHA256,
) -> StolenPsk:
    """The ticket and its PSK (as long as the suite's hash), in the shape of a stolen one.

    ``now_ms`` is Unix time in milliseconds, and becomes the time at which it claims to be issued.
    """
    state = TicketState(
        suite, psk, now_ms, now_ms, LIFETIME_S, 0, max_early_data_size=MOST_EARLY_DATA
    )
    return StolenPsk(
        identity=StatelessTickets(ticket_key).issue(state, entropy),
        key=psk,
        kind=PskKind.RESUMPTION,
        hash_name=SUITES[suite].hash_name,
        suite=suite,
        seen_ms=now_ms,
        max_early_data_size=MOST_EARLY_DATA,
    )
