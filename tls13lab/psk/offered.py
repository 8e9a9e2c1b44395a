"""A PSK as a recorded ClientHello offers it. RFC 9846 section 4.3.11.

An index is not enough to identify a PSK: selected_identity refers to the ClientHello that was
answered, and the second ClientHello may have fewer PSKs than the first. The identity identifies a
PSK, and the binder proves that the client has it.

>>> recorded = binder(PskKind.EXTERNAL, b"secret", "sha256", b"ClientHello")
>>> offered = OfferedPsk(1, 0, b"lab", 0, recorded, b"ClientHello")
>>> offered.kind_of(b"secret"), offered.kind_of(b"Secret")
(<PskKind.EXTERNAL: 'external'>, None)
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field

from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import Message
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.binder import binder
from tls13lab.psk.importer import imported_by
from tls13lab.psk.keys import PskKind

Before = Callable[[str], bytes]
"""A function that returns the transcript before a ClientHello, given the name of a hash."""
HASHES = {length: name for name, length in HASH_LENGTHS.items()}


@dataclass(frozen=True, slots=True)
class OfferedPsk:
    """An offered identity and its binder.

    ``hello`` is 2 for the ClientHello after a HelloRetryRequest, otherwise 1. ``place`` counts from
    0, as selected_identity does. ``age`` is the obfuscated age. ``covered`` are the bytes that the
    binder covers.
    """

    hello: int
    place: int
    identity: bytes
    age: int
    binder: bytes = field(repr=False)
    covered: bytes = field(repr=False)

    @property
    def hash_name(self) -> str:
        """The PSK's hash, from the length of the binder; empty if no known hash has that length."""
        return HASHES.get(len(self.binder), "")

    @property
    def name(self) -> tuple[bytes, str]:
        """Identity and hash, which are the same for a PSK in both ClientHellos."""
        return self.identity, self.hash_name

    @property
    def possible_kinds(self) -> tuple[PskKind, ...]:
        """The kinds that it may be, most likely first; only the binder can prove which.

        Imported identities have a structure (RFC 9258), but the PSK may have been imported
        elsewhere and used here as an external PSK. Tickets have an age. External PSKs usually have
        none, but "an obfuscated_ticket_age of 0 SHOULD be used, and servers MUST ignore the value"
        (4.3.11). And the obfuscated age of a ticket may be 0 by chance.
        """
        if imported_by(self.identity):
            return PskKind.IMPORTED, PskKind.EXTERNAL
        kinds = (PskKind.EXTERNAL, PskKind.RESUMPTION)
        return kinds[::-1] if self.age else kinds

    def kind_of(self, psk: bytes) -> PskKind | None:
        """The kind as which ``psk`` gives this binder, or None if it gives it as none."""
        return next((kind for kind in PskKind if self.made_with(psk, kind)), None)

    def made_with(self, psk: bytes, kind: PskKind) -> bool:
        """Whether ``psk``, used as this kind of PSK, gives this binder."""
        if not self.hash_name:
            return False
        return hmac.compare_digest(binder(kind, psk, self.hash_name, self.covered), self.binder)


def offered_in(
    message: Message, raw: bytes, hello: int = 1, before: Before = lambda hash_name: b""
) -> tuple[OfferedPsk, ...]:
    """The PSKs that a ClientHello offers; none if it is another message.

    ``raw`` are the bytes of ``message``, type and length included.
    """
    offered = message.find(OfferedPsks) if isinstance(message, ClientHello) else None
    if offered is None:
        return ()
    head = truncate(raw, offered)
    # The transcript hash of a binder uses the PSK's hash, also for message_hash(ClientHello1)
    # (4.3.11.2).
    lengths = {len(mac) for mac in offered.binders}
    covered = {n: before(HASHES[n]) + head for n in lengths if n in HASHES}
    return tuple(
        OfferedPsk(
            hello,
            place,
            entry.identity,
            entry.obfuscated_ticket_age,
            mac,
            covered.get(len(mac), b""),
        )
        for place, (entry, mac) in enumerate(zip(offered.identities, offered.binders, strict=True))
    )
