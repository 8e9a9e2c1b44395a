"""A ticket that no server issued, sealed with a stolen ticket key. RFC 9846 section 4.7.1.

It contains a PSK that the forger chose. A stateless server keeps only its ticket key, so it cannot
distinguish this ticket from its own: the ticket opens, and the binder verifies. The forger needs no
recording and no other secret. Whether the server has a certificate or an external PSK does not
matter; it is enough that it accepts tickets.

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
"""How many bytes of early data the forged ticket allows; the server may allow fewer."""


def forge(
    ticket_key: TicketKey,
    psk: bytes,
    now_ms: int,
    entropy: Entropy,
    suite: CipherSuite = CipherSuite.TLS_AES_128_GCM_SHA256,
) -> StolenPsk:
    """A forged ticket and its PSK, in the form of a stolen one.

    ``psk`` is as long as the hash of ``suite``. ``now_ms`` is Unix time in milliseconds; the ticket
    claims to have been issued then.
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
