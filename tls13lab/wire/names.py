"""The few names that many rooms use for the same things, as types. RFC 9846 sections 2.2 and 4.

They are literals and no enumeration: in JSON, on the command line and in lessons they are plain
words, and mypy still refuses one that is misspelt.

>>> MODES
('full', 'psk_ke', 'psk_dhe_ke', 'cert_with_extern_psk')
"""

from typing import Literal, get_args

PskMode = Literal["psk_ke", "psk_dhe_ke"]
"""How a PSK is used: alone, or together with (EC)DHE. RFC 9846 section 4.3.9."""
Mode = Literal["full", PskMode, "cert_with_extern_psk"]
"""How a connection gets its keys: with a certificate, a PSK, or both (RFC 9973)."""
Side = Literal["client", "server"]
"""Who sent something."""
EarlyDataOutcome = Literal["none", "accepted", "rejected"]
"""What became of 0-RTT data."""

PSK_MODES: tuple[PskMode, ...] = get_args(PskMode)
MODES: tuple[Mode, ...] = get_args(Mode)
SIDES: tuple[Side, ...] = get_args(Side)
