"""A ClientHello as the bytes that it is made of, so that each can be wrong. RFC 9846 section 4.2.2.

It is taken from an honest client and changed; nothing here checks anything. The fields are named as
in the RFC, and an extension is a pair of a number and its data.
"""

from dataclasses import dataclass, replace
from typing import Self

from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import Psk
from tls13lab.wire.codepoints import ExtensionType
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque8, opaque16, uint16, uint24

PSK_TYPE = int(ExtensionType.PRE_SHARED_KEY)


@dataclass(frozen=True, slots=True)
class Hello:
    """``tail`` goes behind the extensions; ``suites`` is the packed list."""

    version: bytes
    random: bytes
    session_id: bytes
    suites: bytes
    compression: bytes
    extensions: tuple[tuple[int, bytes], ...]
    tail: bytes = b""

    @classmethod
    def of(cls, raw: bytes) -> Self:
        """From a whole message of an honest client's."""
        reader = Reader(raw[4:])
        version, random = reader.take(2, "version"), reader.take(32, "random")
        session_id, suites = reader.opaque8("session_id"), reader.opaque16("suites")
        compression, block = reader.opaque8("compression"), reader.vector16("extensions")
        found = []
        while block.left:
            found.append((block.u16("type"), block.opaque16("data")))
        return cls(version, random, session_id, suites, compression, tuple(found))

    def encode(self) -> bytes:
        """The message, with its header."""
        block = b"".join(uint16(code) + opaque16(data) for code, data in self.extensions)
        body = self.version + self.random + opaque8(self.session_id) + opaque16(self.suites)
        body += opaque8(self.compression) + opaque16(block) + self.tail
        return b"\x01" + uint24(len(body)) + body

    def data(self, code: int) -> bytes:
        """An extension's data."""
        return dict(self.extensions)[code]

    def put(self, code: int, data: bytes) -> Self:
        """With this extension in the place of the one of its type, or before pre_shared_key."""
        if code in dict(self.extensions):
            changed = ((one, data if one == code else old) for one, old in self.extensions)
            return replace(self, extensions=tuple(changed))
        last = self.extensions[-1][0] == PSK_TYPE
        place = len(self.extensions) - last
        before, after = self.extensions[:place], self.extensions[place:]
        return replace(self, extensions=(*before, (code, data), *after))

    def without(self, *codes: int) -> Self:
        """Less these extensions."""
        return replace(self, extensions=tuple(x for x in self.extensions if x[0] not in codes))

    def again(self, code: int) -> Self:
        """With this extension twice."""
        return replace(self, extensions=((code, self.data(code)), *self.extensions))

    def bound(self, psk: Psk, before: bytes = b"") -> Self:
        """With the last binder made anew, for a hello that was changed in front of it.

        ``before`` is what precedes it: after a HelloRetryRequest, that and message_hash.
        """
        if not self.extensions or self.extensions[-1][0] != PSK_TYPE:
            return self
        offered = OfferedPsks.decode(Reader(self.data(PSK_TYPE)))
        length = offered.binders_length
        made = binder(psk.kind, psk.key, psk.hash_name, before + self.encode()[:-length])
        binders = b"".join(opaque8(one) for one in (*offered.binders[:-1], made))
        identities = self.data(PSK_TYPE)[:-length]
        return self.put(PSK_TYPE, identities + opaque16(binders))


def offered(identities: bytes, binders: bytes) -> bytes:
    """The data of a pre_shared_key extension, of two packed lists."""
    return opaque16(identities) + opaque16(binders)
