"""The PSK binder: a proof that the client has the PSK. RFC 9846 section 4.3.11.2.

A binder is computed like a Finished, with a key derived from the PSK, over the transcript up to the
list of binders. It shows that the sender has the PSK, and it protects the ClientHello against
changes. It is also the first value on the wire with which an attacker can check a guess at the PSK,
in psk_ke and in psk_dhe_ke alike.

>>> binder(PskKind.EXTERNAL, bytes(32), "sha256", b"truncated ClientHello").hex()[:16]
'd445ac93fbd69198'
"""

import hashlib
import hmac
from collections.abc import Sequence

from tls13lab.crypto import keyschedule
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.messages.client_hello import truncate
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import Psk, PskKind
from tls13lab.wire.faults import BinderMismatch
from tls13lab.wire.writer import opaque8, opaque16

BINDER_KEYS = {
    PskKind.EXTERNAL: "ext_binder_key",
    PskKind.RESUMPTION: "res_binder_key",
    PskKind.IMPORTED: "imp_binder_key",
}
"""The row of the schedule table that derives the binder key: "different labels prevent the
substitution of one type of PSK for the other" (7.1)."""


def binder(kind: PskKind, key: bytes, hash_name: str, truncated: bytes) -> bytes:
    """The binder, Hash.length bytes.

    ``key`` is the PSK; ``truncated`` is the transcript, up to and including Truncate(ClientHello).
    """
    early = keyschedule.EarlyStage.start(hash_name, key)
    binder_key = early.derive(BINDER_KEYS[kind], b"")
    truncated_hash = hashlib.new(hash_name, truncated).digest()
    return keyschedule.binder(hash_name, binder_key, truncated_hash)


def placeholder(psks: Sequence[Psk]) -> tuple[bytes, ...]:
    """Binders of zeros, of the right lengths, from which the length fields are computed."""
    return tuple(bytes(HASH_LENGTHS[psk.hash_name]) for psk in psks)


def fill_binders(
    raw_hello: bytes, offered: OfferedPsks, psks: Sequence[Psk], before: Transcript
) -> bytes:
    """The packed ClientHello ``raw_hello`` with its binders filled in.

    ``before`` is the transcript before it: empty, or message_hash and HelloRetryRequest.
    """
    head = truncate(raw_hello, offered)
    truncated = before.messages + head
    binders = (binder(psk.kind, psk.key, psk.hash_name, truncated) for psk in psks)
    return head + opaque16(b"".join(opaque8(entry) for entry in binders))


def check_binder(
    psk: Psk, raw_hello: bytes, offered: OfferedPsks, index: int, before: Transcript
) -> None:
    """Raise BinderMismatch unless the binder at ``index`` was made with ``psk``."""
    truncated = before.messages + truncate(raw_hello, offered)
    expected = binder(psk.kind, psk.key, psk.hash_name, truncated)
    if not hmac.compare_digest(expected, offered.binders[index]):
        raise BinderMismatch(f"the binder of identity {index} does not verify")
