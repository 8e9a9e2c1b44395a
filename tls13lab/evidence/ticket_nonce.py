"""A ticket nonce used twice, on bytes: a careless server and two resumptions. RFC 9846 4.7.1.

>>> opened("own"), opened("same")
((1,), (1, 2))
"""

from dataclasses import replace

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import keyschedule
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.handshake.config import PSK_KE, Environment
from tls13lab.handshake.events import TicketReceived
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.messages.handshake import pack
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.records.protection import RecordProtection
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.ticket_nonce import Nonces
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.writer import uint16

LIFETIME_S = 7200
KE_ONLY = frozenset({PSK_KE})
BOOK = StatelessTickets(TicketKey.new(seeded("a careless server's ticket key")))


@remembered(2)
def tickets(nonces: Nonces) -> tuple[ResumptionPsk, ResumptionPsk]:
    """Two tickets that an honest client received, each with its ``own`` nonce or with the ``same``.

    The lab's server never repeats a nonce. Here, it issues no tickets; they are made with its
    ticket key and its secrets of the connection instead.
    """
    client, server = lesson_configs("full")
    pair = Pair(replace(client, modes=KE_ONLY), replace(server, ticket_count=0), "careless")
    suite = pair.handshake().suite
    known = pair.server.secrets
    sending = RecordProtection(suite, known["server_application_traffic_secret_0"])
    found = []
    for number in range(2):
        nonce, entropy = uint16(0 if nonces == "same" else number), seeded(f"ticket {number}")
        psk = keyschedule.resumption_psk(suite.hash_name, known["resumption_secret"], nonce)
        state = TicketState(
            suite.code_point, psk, LESSON_TIME_MS, LESSON_TIME_MS, LIFETIME_S, number
        )
        message = NewSessionTicket(LIFETIME_S, number, nonce, BOOK.issue(state, entropy))
        wire = sending.seal(ContentType.HANDSHAKE, pack(message))
        events = pair.client.receive(wire, Environment(LESSON_TIME_MS, entropy))
        found += [event.psk for event in events if isinstance(event, TicketReceived)]
    first, second = found
    return first, second


def opened(nonces: Nonces) -> tuple[int, ...]:
    """The numbers of the tickets whose connections the first ticket's PSK opens."""
    first, second = tickets(nonces)
    client, server = lesson_configs("full")
    client, server = replace(client, modes=KE_ONLY), replace(server, modes=KE_ONLY, tickets=BOOK)
    pairs = [
        talk(replace(client, psks=(ticket,)), server, f"with ticket {number}")
        for number, ticket in enumerate((first, second), 1)
    ]
    truth = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    findings = Eavesdropper(Theft(psks=(first.key,))).listen(record(*pairs))
    return tuple(
        finding.connection
        for finding in findings
        if {sender: text.head for sender, text in finding.plaintext.items()} == truth
    )
