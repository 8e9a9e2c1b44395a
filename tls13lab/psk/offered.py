"""A PSK as a recorded ClientHello offers it: its name, its binder, its place. RFC 9846 4.3.11.

An index alone names no PSK: selected_identity counts in the ClientHello that was answered, and a
client may leave PSKs out of its second one, or put them in another order. What names a PSK is its
identity, and what proves that one holds it is the binder.

>>> told = binder(PskKind.EXTERNAL, b"secret", "sha256", b"ClientHello")
>>> offered = OfferedPsk(1, 0, b"lab", 0, told, b"ClientHello")
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
"""The transcript that precedes a ClientHello, for a hash."""
HASHES = {length: name for name, length in HASH_LENGTHS.items()}


@dataclass(frozen=True, slots=True)
class OfferedPsk:
    """One identity and its binder.

    ``hello`` is 1, or 2 in the ClientHello after a HelloRetryRequest; ``place`` counts from 0, as
    selected_identity does; ``age`` is the obfuscated age; ``covered`` are the bytes that the binder
    was made over.
    """

    hello: int
    place: int
    identity: bytes
    age: int
    binder: bytes = field(repr=False)
    covered: bytes = field(repr=False)

    @property
    def hash_name(self) -> str:
        """The PSK's hash, which the binder's length tells; empty for one that is not known here."""
        return HASHES.get(len(self.binder), "")

    @property
    def name(self) -> tuple[bytes, str]:
        """What is the same for the same PSK in both ClientHellos: identity and hash."""
        return self.identity, self.hash_name

    @property
    def possible_kinds(self) -> tuple[PskKind, ...]:
        """What it can be, the likeliest first: only the binder's label would prove it.

        An importer's identities have a structure of their own (RFC 9258); a stack that knows only
        external PSKs may be using what was imported elsewhere. A ticket claims an age.
        So may an external PSK: "an obfuscated_ticket_age of 0 SHOULD be used, and servers MUST
        ignore the value" (4.3.11); and a ticket's is 0 if the addition comes to that.
        """
        if imported_by(self.identity):
            return PskKind.IMPORTED, PskKind.EXTERNAL
        kinds = (PskKind.EXTERNAL, PskKind.RESUMPTION)
        return kinds[::-1] if self.age else kinds

    def kind_of(self, psk: bytes) -> PskKind | None:
        """The label under which ``psk`` makes this binder; None if under none."""
        return next((kind for kind in PskKind if self.made_with(psk, kind)), None)

    def made_with(self, psk: bytes, kind: PskKind) -> bool:
        """Whether ``psk`` makes this binder under the label of ``kind``."""
        if not self.hash_name:
            return False
        return hmac.compare_digest(binder(kind, psk, self.hash_name, self.covered), self.binder)


def offered_in(
    message: Message, raw: bytes, hello: int = 1, before: Before = lambda hash_name: b""
) -> tuple[OfferedPsk, ...]:
    """What a ClientHello of these bytes offers; nothing if it is another message."""
    offered = message.find(OfferedPsks) if isinstance(message, ClientHello) else None
    if offered is None:
        return ()
    head = truncate(raw, offered)
    # "Transcript-Hash" is the PSK's hash, also where ClientHello1 stands as its hash (4.3.11.2).
    lengths = {len(one) for one in offered.binders}
    covered = {n: before(HASHES[n]) + head for n in lengths if n in HASHES}
    return tuple(
        OfferedPsk(
            hello, place, one.identity, one.obfuscated_ticket_age, told, covered.get(len(told), b"")
        )
        for place, (one, told) in enumerate(zip(offered.identities, offered.binders, strict=True))
    )
