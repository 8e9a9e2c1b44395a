"""CPace: a strong key out of a weak word that two parties share. draft-irtf-cfrg-cpace-21.

A PAKE (password-authenticated key exchange), here with the suite CPACE-X25519-SHA512, the first
that the draft recommends. Names are the draft's: PRS is the word, ISK the key that comes out. All
of it, for the initiator A and the responder B::

    g  = generator(PRS, CI, sid)             # both: a point that only who has the word can make
    Ya = ya * g             ---- Ya, ADa --->              Yb = yb * g
                            <--- Yb, ADb ----
    K  = ya * Yb                                           K  = yb * Ya
    ISK = H(K and all that was said)

Who only listens sees two points. Each is a multiple of *every* generator, so of every word's: there
is nothing to compare a guess with. Who takes part has to choose a generator, and with it one word.

What it is not: it is no TLS and has no sockets. It does not confirm that the other end has the key;
what the key is used for does, here TLS's binder and Finished. Nothing returns K: the draft forbids
it, because a leaked K may let a guess be checked. Both ends must know the word itself, so who robs
either of them has it. Party names belong into ``CI``, or into each ``AD``; see :func:`names`.

With X25519 the arithmetic is pyca/cryptography's, or tlslite-ng's in the browser; only the map to
the curve is written here. ristretto255 would need a package of its own (rbcl: 5.6 MB, and nothing
for a browser; PyNaCl does not offer that group), and a share on P-256 is a whole point, of which
pyca/cryptography's ECDH gives one coordinate.

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
"""G.DSI: the name of this group in what is hashed."""
S_IN_BYTES = 128
"""H.s_in_bytes: the block of SHA-512, which DSI and PRS are padded to."""
MOST_AD = 1024
"""Bytes of associated data that are taken from the other end: our bound, the draft has none."""
LONGEST_NAME = 255
"""Bytes of a party's name: our bound again."""


# The draft's strings: its appendix has them as code ----------------------------------------------


def prepend_len(data: bytes) -> bytes:
    """The data behind its length in LEB128: seven bits a byte, the lowest first.

    >>> prepend_len(b"1234").hex(), prepend_len(bytes(128))[:2].hex()
    ('0431323334', '8001')
    """
    length, encoded = len(data), b""
    while length > 0x7F:
        encoded += bytes([length & 0x7F | 0x80])
        length >>= 7
    return encoded + bytes([length]) + data


def lv_cat(*parts: bytes) -> bytes:
    """All parts, each behind its length: so no two lists of parts give the same string."""
    return b"".join(map(prepend_len, parts))


def o_cat(one: bytes, other: bytes) -> bytes:
    """Both in an order that does not depend on who is asked: the larger one first."""
    return b"oc" + max(one, other) + min(one, other)


def transcript_ir(Ya: bytes, ADa: bytes, Yb: bytes, ADb: bytes) -> bytes:
    """What was said, where A is who began."""
    return lv_cat(Ya, ADa) + lv_cat(Yb, ADb)


def transcript_oc(Ya: bytes, ADa: bytes, Yb: bytes, ADb: bytes) -> bytes:
    """What was said, where nobody is known to have begun."""
    return o_cat(lv_cat(Ya, ADa), lv_cat(Yb, ADb))


def generator_string(PRS: bytes, CI: bytes, sid: bytes) -> bytes:
    """What the generator is hashed from; zeros fill the first block, whatever the word's length."""
    len_zpad = max(0, S_IN_BYTES - len(prepend_len(PRS)) - len(prepend_len(DSI)) - 1)
    return lv_cat(DSI, PRS, bytes(len_zpad), CI, sid)


def calculate_generator(PRS: bytes, CI: bytes, sid: bytes) -> bytes:
    """The word's generator, 32 bytes. As secret as the word: from it, a word can be checked."""
    hashed = hashlib.sha512(generator_string(PRS, CI, sid)).digest()
    return generator_of(hashed[:SIZE])


def names(initiator: bytes, responder: bytes) -> bytes:
    """A CI that says who is who: against relaying to a third one, and to oneself."""
    return lv_cat(initiator, responder)


# The protocol ------------------------------------------------------------------------------------


class Role(Enum):
    """Who speaks first; SYMMETRIC where both may."""

    INITIATOR = "initiator"
    RESPONDER = "responder"
    SYMMETRIC = "symmetric"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What comes out: ISK, 64 bytes and secret, and ``sid_output``, 64 bytes and public.

    The same at both ends if PRS, CI, sid and what was said are the same; else they have nothing to
    do with each other, and neither end can tell yet.
    """

    ISK: bytes = field(repr=False)
    sid_output: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """One end between its two steps. ``message`` goes to the other end: ``lv_cat(Y, AD)``."""

    role: Role
    sid: bytes
    y: bytes = field(repr=False)
    Y: bytes
    AD: bytes

    @property
    def message(self) -> bytes:
        """The draft leaves the encoding open; this is the one that its transcripts have."""
        return lv_cat(self.Y, self.AD)

    def finish(self, received: bytes) -> Agreed:
        """The key, from the other end's message.

        Raises DecodeError for what is no message, and IllegalParameter for a point that would make
        the key the same for everybody, where the draft demands to abort.
        """
        theirs, their_data = read_message(received)
        K = scalar_mult_vfy(self.y, theirs)
        if K == NEUTRAL:
            raise IllegalParameter("CPace aborts: the other end's point is of small order")
        said = self._transcript(theirs, their_data)
        return Agreed(
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
) -> Party:
    """The first step, with 32 bytes of entropy for the scalar, which must not be used twice."""
    y = entropy(SIZE)
    return Party(role, sid, y, scalar_mult_vfy(y, calculate_generator(PRS, CI, sid)), AD)


def read_message(message: bytes) -> tuple[bytes, bytes]:
    """Y and AD. Raises DecodeError.

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
    """One part of an ``lv_cat``, in the shortest encoding of its length."""
    length, shift = 0, 0
    while (byte := reader.u8(f"{name} length")) & 0x80 and shift < 14:
        length |= (byte & 0x7F) << shift
        shift += 7
    length |= (byte & 0x7F) << shift
    if byte & 0x80 or length > most or (shift and not byte):
        raise DecodeError(f"{name} has no length that CPace takes here")
    return reader.take(length, name)
