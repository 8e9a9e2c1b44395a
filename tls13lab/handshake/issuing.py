"""Issuing tickets, which the client can resume with later. RFC 9846 section 4.7.1."""

from tls13lab.crypto import keyschedule
from tls13lab.handshake.actions import Action, SendMessage
from tls13lab.handshake.config import Environment, ServerConfig
from tls13lab.handshake.connected import Connected
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack
from tls13lab.messages.negotiation import EarlyDataLimit, PskKeyExchangeModes
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.writer import uint16


def wants_tickets(config: ServerConfig, message: ClientHello) -> bool:
    """Whether the ClientHello has "a suitable "psk_key_exchange_modes" extension" (4.7.1)."""
    modes = message.find(PskKeyExchangeModes)
    return modes is not None and any(mode in config.modes for mode in modes.modes)


def tickets(config: ServerConfig, connected: Connected, env: Environment) -> list[Action]:
    """The actions that send NewSessionTickets, each with its own nonce and PSK. 4.7.1.

    No ticket is valid later than ``resume_within_s`` seconds after the handshake that began its
    chain of resumptions.
    """
    began_ms = connected.outcome.began_ms
    left_s = (began_ms + config.resume_within_s * 1000 - env.now_ms) // 1000
    if config.tickets is None or left_s <= 0:
        return []
    suite, actions = connected.outcome.suite, list[Action]()
    for number in range(config.ticket_count):
        nonce = uint16(number)
        state = TicketState(
            suite=suite.code_point,
            psk=keyschedule.resumption_psk(suite.hash_name, connected.resumption_secret, nonce),
            began_ms=began_ms,
            issued_ms=env.now_ms,
            lifetime_s=min(config.ticket_lifetime_s, left_s),
            age_add=int.from_bytes(env.entropy(4), "big"),
            alpn=connected.outcome.alpn or b"",
            max_early_data_size=config.max_early_data_size,
        )
        ticket = config.tickets.issue(state, env.entropy)
        size = config.max_early_data_size
        extensions = (EarlyDataLimit(size),) if size else ()
        message = NewSessionTicket(state.lifetime_s, state.age_add, nonce, ticket, extensions)
        actions.append(SendMessage(pack(message)))
    return actions
