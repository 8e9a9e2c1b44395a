"""Whether the server accepts 0-RTT data and, if not, why. RFC 9846 sections 4.3.10 and 8.

The handshake continues in both cases; only the early data is rejected. The check for replays comes
last, because it remembers what it is asked about, and must remember only what was accepted.
"""

from tls13lab.handshake.choice import ServerChoice
from tls13lab.handshake.config import ServerConfig
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.negotiation import EarlyData
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.age import recover
from tls13lab.psk.anti_replay import WINDOW_MS
from tls13lab.psk.keys import Psk, ResumptionPsk

SKIPPED_AT_LEAST = 2**14
"""How many bytes of rejected early data are skipped at least, even if none was ever allowed."""


def offers_early_data(message: ClientHello) -> bool:
    """Whether the client sends early data with its ClientHello."""
    return message.find(EarlyData) is not None


def skipped(config: ServerConfig) -> int:
    """How many bytes of rejected early data the server skips before it gives up."""
    return max(config.max_early_data_size, SKIPPED_AT_LEAST)


def refusal(
    config: ServerConfig,
    choice: ServerChoice,
    message: ClientHello,
    alpn: bytes | None,
    now_ms: int,
) -> str:
    """The reason for rejecting the early data, as a short text; empty if it is accepted."""
    offered, psk = message.find(OfferedPsks), choice.psk
    if config.max_early_data_size == 0:
        return "this server takes no early data"
    if psk is None or offered is None or choice.index is None:
        return "no PSK was taken"
    if choice.index != 0:
        # "The PSK used to encrypt the early data MUST be the first PSK listed" (4.3.10).
        return "a PSK other than the first was chosen"
    if psk.max_early_data_size == 0:
        return "early data is not allowed for this PSK"
    if psk.suite != choice.suite.code_point:
        return "the cipher suite is not the PSK's"
    if psk.alpn != alpn:
        return "the application protocol is not the PSK's"
    if not _fresh(psk, offered.identities[0].obfuscated_ticket_age, now_ms):
        return "the ticket's age is not what it should be"
    issued_ms = psk.received_ms if isinstance(psk, ResumptionPsk) else None
    if not config.anti_replay.first_time(psk.identity, offered.binders[0], now_ms, issued_ms):
        return "it may be a replay"
    return ""


def _fresh(psk: Psk, obfuscated_ticket_age: int, now_ms: int) -> bool:
    """Whether the ClientHello was made just now; with an external PSK, nothing shows this (8.3)."""
    if not isinstance(psk, ResumptionPsk):
        return True
    clients_age_ms = recover(obfuscated_ticket_age, psk.age_add)
    expected_arrival_ms = psk.received_ms + clients_age_ms
    return abs(now_ms - expected_arrival_ms) <= WINDOW_MS
