"""The client's early data: sending it, and whether the server accepted it. RFC 9846 section 4.3.10.

The server's side is :mod:`tls13lab.handshake.early_data`.
"""

from dataclasses import replace

from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.crypto.suites import Suite
from tls13lab.handshake.actions import (
    Action,
    Direction,
    InstallKeys,
    Reveal,
    SendCompatibilityCcs,
    SendEarlyData,
)
from tls13lab.handshake.config import ClientConfig
from tls13lab.handshake.states import Keyed
from tls13lab.messages.negotiation import EarlyData
from tls13lab.messages.server_flight import EncryptedExtensions
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import Psk
from tls13lab.records.protection import Epoch
from tls13lab.wire.faults import IllegalParameter


def send(config: ClientConfig, suite: Suite, psk: Psk, transcript: Transcript) -> list[Action]:
    """Data behind the ClientHello, under keys that come from it and the PSK alone. 4.3.10."""
    early = EarlyStage.start(suite.hash_name, psk.key)
    secret = early.client_early_traffic_secret(transcript.hash(suite.hash_name))
    # "If offering early data, the record is placed immediately after the first ClientHello." (E.4)
    ccs: list[Action] = [SendCompatibilityCcs()] if config.middlebox_compatibility else []
    return [
        *ccs,
        Reveal({"client_early_traffic_secret": secret}),
        InstallKeys(Direction.SEND, Epoch.EARLY, suite, secret),
        SendEarlyData(config.early_data),
    ]


def refuse(message: EncryptedExtensions) -> None:
    """Raise IllegalParameter if the server accepts early data without the PSK it was sent under."""
    if message.find(EarlyData) is not None:
        raise IllegalParameter("the server accepts early data without its PSK")


def accepted(keyed: Keyed, message: EncryptedExtensions) -> Keyed:
    """Note that the server accepts early data.

    Raises IllegalParameter unless PSK, suite and application protocol are those it was sent under.
    """
    psk, outcome = keyed.early_psk, keyed.outcome
    if psk is None:
        # "If any other value is returned, the client MUST abort the handshake with an
        # "illegal_parameter" alert." (4.3.11)
        refuse(message)
    elif psk.suite != outcome.suite.code_point or psk.alpn != outcome.alpn:
        raise IllegalParameter("the server accepts early data under another suite or protocol")
    return replace(keyed, outcome=replace(outcome, early_data="accepted"))
