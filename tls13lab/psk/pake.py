"""An external PSK from the key of a PAKE: a weak word is enough. RFC 9846 section 2.2.

Two endpoints that share a word first run CPace. The resulting key, ISK, has 512 bits that nobody
else can guess, so it can serve as an external PSK. TLS then does what CPace does not: the binder
and the Finished messages confirm that both endpoints have the key. The draft recommends passing
ISK through a KDF. TLS does this first of all: the early secret is HKDF-Extract of the PSK.

Here, the PAKE runs before the TLS connection, as a protocol of its own. A PAKE inside the TLS
handshake is a different proposal (draft-ietf-tls-pake).

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.psk.cpace import Role, begin
>>> a, b = (begin(role, b"word", seeded(role.value)) for role in (Role.INITIATOR, Role.RESPONDER))
>>> psk = external_psk(a.finish(b.message))
>>> psk == external_psk(b.finish(a.message)), len(psk.identity), len(psk.key)
(True, 38, 64)
"""

from tls13lab.psk.cpace import CpaceKey
from tls13lab.psk.keys import ExternalPsk

NAMED = b"cpace-"
"""The beginning of the identity of such a PSK, for human readers."""
IN_NAME = 16
"""How many bytes of ``sid_output`` are in the identity: enough to make it unique."""


def external_psk(agreed: CpaceKey, hash_name: str = "sha256") -> ExternalPsk:
    """The PSK: its key is ISK (64 bytes), and its identity comes from the public ``sid_output``.

    Identity and key belong to this run alone: the next connection needs a new run of CPace, or
    resumes with a ticket. The identity is text, because OpenSSL's command line accepts only text.
    """
    identity = NAMED + agreed.sid_output[:IN_NAME].hex().encode()
    return ExternalPsk(identity, agreed.ISK, hash_name)
