"""Guessing the word of a CPace run: only with one side's scalar, which should be gone by then.

A recorded share is Y = y * g, where g comes from the word. Without y there is nothing to compute a
guess's share with, and no function here that could: that is what CPace is for. Whoever steals a
scalar (from memory, or out of a bad random generator) multiplies each word's generator with it, and
the recorded share says when the word was right.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.psk.cpace import Role, begin
>>> alice = begin(Role.INITIATOR, b"lab", seeded("alice"))
>>> stolen = StolenScalar(alice.message, alice.y)
>>> stolen.made_with(b"lab"), stolen.made_with(b"Lab")
(True, False)
"""

from dataclasses import dataclass, field

from tls13lab.crypto.x25519_group import scalar_mult_vfy
from tls13lab.psk.cpace import calculate_generator, read_message


@dataclass(frozen=True, slots=True)
class StolenScalar:
    """A recorded CPace message and the scalar behind it; and what else both ends put in, if any."""

    message: bytes
    scalar: bytes = field(repr=False)
    CI: bytes = b""
    sid: bytes = b""

    def made_with(self, word: bytes) -> bool:
        """Whether this word's generator gives the recorded share."""
        share, _ = read_message(self.message)
        return scalar_mult_vfy(self.scalar, calculate_generator(word, self.CI, self.sid)) == share
