"""Epochs: which traffic secret protects a record. RFC 9846 section 7.3.

Epoch numbers belong to DTLS, and TLS never sends them. The lab uses those of DTLS 1.3 (RFC 9147).

>>> Epoch.HANDSHAKE.name, int(Epoch.APPLICATION)
('HANDSHAKE', 3)
"""

from enum import IntEnum


class Epoch(IntEnum):
    """No protection, 0-RTT data, the handshake after ServerHello, application data."""

    PLAINTEXT = 0
    EARLY = 1
    HANDSHAKE = 2
    APPLICATION = 3
