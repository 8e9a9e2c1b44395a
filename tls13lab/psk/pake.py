"""An external PSK out of a PAKE's key: a weak word, and yet TLS 1.3. RFC 9846 section 2.2.

Two ends that share a word run CPace first. What comes out, ISK, has 512 bits that nobody else can
guess, and is fit to be an external PSK. TLS then does what CPace leaves open: the binder and the
Finished messages confirm that both ends have the key. The draft recommends a KDF between the two;
TLS begins with it: the early secret is HKDF-Extract of the PSK.

What it is not: a PAKE inside TLS, in the same messages; the TLS working group has a draft on that
(draft-ietf-tls-pake). Here the PAKE is a talk of its own, before the connection.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.psk.cpace import Role, begin
>>> a, b = (begin(role, b"word", seeded(role.value)) for role in (Role.INITIATOR, Role.RESPONDER))
>>> psk = external_psk(a.finish(b.message))
>>> psk == external_psk(b.finish(a.message)), len(psk.identity), len(psk.key)
(True, 38, 64)
"""

from tls13lab.psk.cpace import Agreed
from tls13lab.psk.keys import ExternalPsk

NAMED = b"cpace-"
"""How the identity of such a PSK begins, for people to read."""
IN_NAME = 16
"""Bytes of ``sid_output`` in the identity: so many do not come twice."""


def external_psk(agreed: Agreed, hash_name: str = "sha256") -> ExternalPsk:
    """The PSK: its key is ISK, its identity text from the public ``sid_output``.

    The identity is one run's alone, and so is the key: the next connection begins with a new run,
    or resumes with a ticket. Text, because OpenSSL's command line takes no other identity.
    """
    identity = NAMED + agreed.sid_output[:IN_NAME].hex().encode()
    return ExternalPsk(identity, agreed.ISK, hash_name)
