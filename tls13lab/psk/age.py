"""The obfuscated ticket age. RFC 9846 section 4.3.11.1 (8446: 4.2.11.1).

The client sends the age of its ticket, in milliseconds, plus a number that only the two sides know.
So an observer cannot use the age to link connections. This is addition, not encryption: anyone who
learns ``age_add`` learns the age.

>>> obfuscate(age_ms=1500, age_add=0xFFFFFF00)
1244
>>> recover(1244, age_add=0xFFFFFF00)
1500
"""

from tls13lab.psk.keys import Psk, ResumptionPsk

_MODULUS = 2**32


def obfuscate(age_ms: int, age_add: int) -> int:
    """obfuscated_ticket_age: the age in *milliseconds* plus ticket_age_add, modulo 2^32."""
    return (age_ms + age_add) % _MODULUS


def recover(obfuscated_ticket_age: int, age_add: int) -> int:
    """The age of the ticket according to the client, in milliseconds."""
    return (obfuscated_ticket_age - age_add) % _MODULUS


def age_field(psk: Psk, now_ms: int) -> int:
    """The obfuscated_ticket_age of a PskIdentity: 0 for external PSKs; "servers MUST ignore" it."""
    if isinstance(psk, ResumptionPsk):
        return obfuscate(now_ms - psk.received_ms, psk.age_add)
    return 0
