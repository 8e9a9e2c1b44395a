"""Guessing the word of a CPace run, with one side's scalar, which should have been deleted.

A recorded share is Y = y * g, where g comes from the word. Without y, nobody can compute the share
of a guess; that is the purpose of CPace. An attacker who has stolen a scalar (from memory, or from
a bad random generator) multiplies each word's generator by it, and compares the result with the
recorded share.

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
    """A recorded CPace message and its scalar; ``CI`` and ``sid`` are the run's other inputs."""

    message: bytes
    scalar: bytes = field(repr=False)
    CI: bytes = b""
    sid: bytes = b""

    def made_with(self, word: bytes) -> bool:
        """Whether this word's generator gives the recorded share."""
        share, _ = read_message(self.message)
        return scalar_mult_vfy(self.scalar, calculate_generator(word, self.CI, self.sid)) == share
