"""Making and checking a Finished: the MAC over the handshake so far. RFC 9846 section 4.5.3.

>>> from tls13lab.messages.handshake import unpack
>>> transcript = Transcript(b"everything so far")
>>> message = unpack(make_finished("sha256", bytes(32), transcript))
>>> check_finished("sha256", bytes(32), transcript, message)
"""

import hmac

from tls13lab.crypto import keyschedule
from tls13lab.messages.handshake import pack
from tls13lab.messages.server_flight import Finished
from tls13lab.messages.transcript import Transcript
from tls13lab.wire.faults import DecodeError, FinishedMismatch


def make_finished(hash_name: str, base_secret: bytes, transcript: Transcript) -> bytes:
    """A packed Finished over ``transcript``, from the sender's handshake traffic secret. 4.5.3."""
    digest = transcript.hash(hash_name)
    return pack(Finished(keyschedule.verify_data(hash_name, base_secret, digest)))


def check_finished(
    hash_name: str, base_secret: bytes, transcript: Transcript, message: Finished
) -> None:
    """Raise FinishedMismatch unless the message has the right MAC over ``transcript``. 4.5.3.

    ``base_secret`` is the sender's handshake traffic secret. Raises DecodeError if the MAC does not
    have Hash.length bytes.
    """
    expected = keyschedule.verify_data(hash_name, base_secret, transcript.hash(hash_name))
    if len(message.verify_data) != len(expected):
        raise DecodeError("verify_data does not have Hash.length bytes")
    if not hmac.compare_digest(expected, message.verify_data):
        raise FinishedMismatch("the Finished MAC does not verify")
