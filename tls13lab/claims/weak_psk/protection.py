"""What protects a PSK that may be weak: how it is made from a word, in which mode, for how long.

The model's side is :mod:`tls13lab.symbolic.mended` (what a found word opens) and
:mod:`tls13lab.symbolic.guessers` (who can check a guess, and how often).

>>> [one.name for one in PROTECTIONS if not opens(one, "past")][:2]
['(EC)DHE: psk_dhe_ke', 'importer, psk_dhe_ke']
>>> way(PAKE_FIRST, "offline").checks.value, way(SLOW, "offline").checks.value
('never', 'freely')
"""

from dataclasses import dataclass

from tls13lab.psk.memory_hard import Scrypt
from tls13lab.symbolic import guessers, mended
from tls13lab.symbolic.certificate_with_psk import BOTH
from tls13lab.wire.names import Mode

DERIVATION = Scrypt(salt=b"printer and alice", log2_n=14)
"""The slow derivation: 16 MiB a guess."""
DERIVATION_SECONDS = 0.05
"""What it is taken to last on a core: about so long on a laptop."""
DAY = 86_400.0
EPOCHS = (mended.PAST, mended.PRESENT, mended.NEXT_TICKET)
"""What was recorded; a connection from now on; the PSK behind the next ticket."""


@dataclass(frozen=True, slots=True)
class Protection:
    """``mode`` and ``made`` are the model's; a PSK is ``used`` for so many seconds, 0 for ever."""

    name: str
    mode: Mode
    made: str
    used: float = 0.0

    @property
    def seconds_each(self) -> float:
        """What a guess takes a core besides testing it."""
        return DERIVATION_SECONDS if self.made == mended.DERIVED else 0.0

    @property
    def bytes_each(self) -> int:
        """The memory that it takes, in bytes."""
        return DERIVATION.memory if self.made == mended.DERIVED else 0


NOTHING = Protection("nothing: psk_ke", "psk_ke", mended.PLAIN)
DHE = Protection("(EC)DHE: psk_dhe_ke", "psk_dhe_ke", mended.PLAIN)
IMPORTER = Protection("importer, psk_dhe_ke", "psk_dhe_ke", mended.IMPORTED)
SLOW = Protection("slow derivation (scrypt), psk_dhe_ke", "psk_dhe_ke", mended.DERIVED)
DAILY = Protection("a new PSK every day, psk_dhe_ke", "psk_dhe_ke", mended.PLAIN, DAY)
CERTIFIED = Protection("certificate and PSK", BOTH, mended.PLAIN)
PAKE_FIRST = Protection("a PAKE first (CPace), psk_dhe_ke", "psk_dhe_ke", mended.PAKE)
PROTECTIONS = (NOTHING, DHE, IMPORTER, SLOW, DAILY, CERTIFIED, PAKE_FIRST)


def way(one: Protection, guesser: str) -> guessers.Way:
    """How often this guesser can check a guess, by the rules.

    A slow derivation changes nothing of it: the salt is no secret.
    """
    if one.made == mended.PAKE:
        return guessers.decide(guessers.CPACE, guesser)
    if one.mode == BOTH:
        return guessers.decide(BOTH, guesser)
    kind = "imported" if one.made == mended.IMPORTED else "external"
    return guessers.decide(f"{kind}-{one.mode}", guesser)


def opens(one: Protection, epoch: str) -> bool:
    """Whether who has found the word opens an epoch, having recorded what there was; by the rules.

    >>> opens(NOTHING, "past"), opens(DHE, "past"), opens(DHE, "present")
    (True, False, True)
    """
    return mended.opens(one.mode, one.made, epoch)
