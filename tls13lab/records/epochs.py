"""The epochs: which traffic secret protects a record. RFC 9846 section 7.3.

TLS counts no epochs on the wire (DTLS does); the numbers here are DTLS 1.3's, and serve as names.

>>> Epoch.HANDSHAKE.name, int(Epoch.APPLICATION)
('HANDSHAKE', 3)
"""

from enum import IntEnum


class Epoch(IntEnum):
    """Unprotected, 0-RTT, the handshake after ServerHello, and application data."""

    PLAINTEXT = 0
    EARLY = 1
    HANDSHAKE = 2
    APPLICATION = 3
