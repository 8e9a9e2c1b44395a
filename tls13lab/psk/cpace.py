"""CPace: two parties turn a weak word that they share into a strong key. draft-irtf-cfrg-cpace-21.

CPace is a PAKE (password-authenticated key exchange). This file has the suite CPACE-X25519-SHA512,
the first that the draft recommends. The names are the draft's: PRS is the word, ISK the resulting
key. This is the whole protocol, for the initiator A and the responder B::

    g  = generator(PRS, CI, sid)             # both: only someone with the word can compute it
    Ya = ya * g             ---- Ya, ADa --->              Yb = yb * g
                            <--- Yb, ADb ----
    K  = ya * Yb                                           K  = yb * Ya
    ISK = H(K and everything that was sent)

A passive attacker sees two points. Each is a multiple of *every* generator, and so fits every word:
there is nothing to check a guess against. An active attacker must choose a generator for each run,
and so can try one word.

CPace does not confirm that the other party has the same key. That is left to the protocol that uses
the key, here to TLS with its binder and Finished messages. No function returns K: the draft forbids
it, because a leaked K may let an attacker check a guess. Both parties must store the word itself,
so an attacker who breaks into either of them gets it. Put the names of the parties into ``CI``, or
into each ``AD``; see :func:`names`.

X25519 was chosen for practical reasons: pyca/cryptography computes it (in the browser, tlslite-ng),
and only the map to the curve is written here. For ristretto255 there is a separate package (rbcl:
5.6 MB, and not for browsers; PyNaCl does not offer the group). On P-256, a share is a whole point,
but ECDH in pyca/cryptography returns only one coordinate.

>>> from tls13lab.crypto.entropy import seeded
>>> both_know = {"PRS": b"sternchen", "CI": names(b"alice", b"printer")}
>>> a = begin(Role.INITIATOR, **both_know, entropy=seeded("a"))
>>> b = begin(Role.RESPONDER, **both_know, entropy=seeded("b"))
>>> a.finish(b.message) == b.finish(a.message), len(a.message), len(a.finish(b.message).ISK)
(True, 34, 64)
"""

import hashlib
from dataclasses import dataclass, field
from enum import Enum

from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.x25519_group import NEUTRAL, SIZE, generator_of, scalar_mult_vfy
from tls13lab.wire.faults import DecodeError, IllegalParameter
from tls13lab.wire.reader import Reader

DSI = b"CPace255"
"""G.DSI: the name of this group, as part of the hash input."""
S_IN_BYTES = 128
"""H.s_in_bytes: the block length of SHA-512 in bytes; DSI and PRS are padded to it."""
MOST_AD = 1024
"""The most associated data accepted from the other party, in bytes; the draft has no limit."""
LONGEST_NAME = 255
"""The longest name of a party, in bytes; this limit is ours, too."""


# The draft's encodings: its appendix has them as code --------------------------------------------


def prepend_len(data: bytes) -> bytes:
    """The data with its length in front, in LEB128: seven bits a byte, the lowest first.

    >>> prepend_len(b"1234").hex(), prepend_len(bytes(128))[:2].hex()
    ('0431323334', '8001')
    """
    length, encoded = len(data), b""
    while length > 0x7F:
        encoded += bytes([length & 0x7F | 0x80])
        length >>= 7
    return encoded + bytes([length]) + data


def lv_cat(*parts: bytes) -> bytes:
    """All parts, each with its length in front: different lists give different strings."""
    return b"".join(map(prepend_len, parts))


def o_cat(a: bytes, b: bytes) -> bytes:
    """Both strings, the larger first, so that the order is the same for both parties."""
    return b"oc" + max(a, b) + min(a, b)


def transcript_ir(Ya: bytes, ADa: bytes, Yb: bytes, ADb: bytes) -> bytes:
    """The transcript if one party, A, is known as the initiator."""
    return lv_cat(Ya, ADa) + lv_cat(Yb, ADb)


def transcript_oc(Ya: bytes, ADa: bytes, Yb: bytes, ADb: bytes) -> bytes:
    """The transcript if there is no fixed initiator."""
    return o_cat(lv_cat(Ya, ADa), lv_cat(Yb, ADb))


def generator_string(PRS: bytes, CI: bytes, sid: bytes) -> bytes:
    """The hash input for the generator; zeros fill the first block, however long the word is."""
    len_zpad = max(0, S_IN_BYTES - len(prepend_len(PRS)) - len(prepend_len(DSI)) - 1)
    return lv_cat(DSI, PRS, bytes(len_zpad), CI, sid)


def calculate_generator(PRS: bytes, CI: bytes, sid: bytes) -> bytes:
    """The generator for a word, 32 bytes. Keep it secret: a guess can be checked against it."""
    hashed = hashlib.sha512(generator_string(PRS, CI, sid)).digest()
    return generator_of(hashed[:SIZE])


def names(initiator: bytes, responder: bytes) -> bytes:
    """A CI that names both parties: it prevents relay to a third party, and reflection."""
    return lv_cat(initiator, responder)


# The protocol ------------------------------------------------------------------------------------


class Role(Enum):
    """Which party sends first; SYMMETRIC if either may."""

    INITIATOR = "initiator"
    RESPONDER = "responder"
    SYMMETRIC = "symmetric"


@dataclass(frozen=True, slots=True)
class CpaceKey:
    """The result: the secret ISK, 64 bytes, and the public ``sid_output``, 64 bytes.

    Both parties get the same values if PRS, CI, sid and all messages agree. Otherwise their values
    are unrelated, and neither party notices yet.
    """

    ISK: bytes = field(repr=False)
    sid_output: bytes


@dataclass(frozen=True, slots=True)
class CpaceRun:
    """A party between its two steps."""

    role: Role
    sid: bytes
    y: bytes = field(repr=False)
    Y: bytes
    AD: bytes

    @property
    def message(self) -> bytes:
        """The message for the other party: ``lv_cat(Y, AD)``, the encoding of the transcripts.

        The draft does not fix how messages are encoded.
        """
        return lv_cat(self.Y, self.AD)

    def finish(self, received: bytes) -> CpaceKey:
        """The key, from the other party's message.

        Raises DecodeError if the message does not parse. Raises IllegalParameter for a point of
        small order, which would make K the same for everyone: the draft demands an abort.
        """
        theirs, their_data = read_message(received)
        K = scalar_mult_vfy(self.y, theirs)
        if K == NEUTRAL:
            raise IllegalParameter("CPace aborts: the other party's point is of small order")
        said = self._transcript(theirs, their_data)
        return CpaceKey(
            hashlib.sha512(lv_cat(DSI + b"_ISK", self.sid, K) + said).digest(),
            hashlib.sha512(b"CPaceSidOutput" + said).digest(),
        )

    def _transcript(self, theirs: bytes, their_data: bytes) -> bytes:
        match self.role:
            case Role.INITIATOR:
                return transcript_ir(self.Y, self.AD, theirs, their_data)
            case Role.RESPONDER:
                return transcript_ir(theirs, their_data, self.Y, self.AD)
            case Role.SYMMETRIC:
                return transcript_oc(self.Y, self.AD, theirs, their_data)


def begin(
    role: Role,
    PRS: bytes,
    entropy: Entropy,
    *,
    CI: bytes = b"",
    sid: bytes = b"",
    AD: bytes = b"",
) -> CpaceRun:
    """The first step; the secret scalar, 32 bytes of entropy, must not be used again."""
    y = entropy(SIZE)
    return CpaceRun(role, sid, y, scalar_mult_vfy(y, calculate_generator(PRS, CI, sid)), AD)


def read_message(message: bytes) -> tuple[bytes, bytes]:
    """Y and AD from a message; raises DecodeError.

    >>> read_message(lv_cat(bytes(32), b"data"))[1]
    b'data'
    """
    reader = Reader(message)
    Y, AD = _read_lv(reader, "Y", SIZE), _read_lv(reader, "AD", MOST_AD)
    reader.finish()
    if len(Y) != SIZE:
        raise DecodeError(f"a CPace share has {SIZE} bytes, not {len(Y)}")
    return Y, AD


def _read_lv(reader: Reader, name: str, most: int) -> bytes:
    """One part of an ``lv_cat``; its length must have the shortest encoding."""
    length, shift = 0, 0
    while (byte := reader.u8(f"{name} length")) & 0x80 and shift < 14:
        length |= (byte & 0x7F) << shift
        shift += 7
    length |= (byte & 0x7F) << shift
    if byte & 0x80 or length > most or (shift and not byte):
        raise DecodeError(f"the length of {name} is not allowed in CPace")
    return reader.take(length, name)
