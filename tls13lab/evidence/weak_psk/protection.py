"""The protection of a PSK: how it is made from a word, its mode, and how long it is used.

The model's part is in :mod:`tls13lab.symbolic.mended` (what a found word opens) and
:mod:`tls13lab.symbolic.guessers` (who can check a guess, and how often).

>>> [each.name for each in PROTECTIONS if not opens(each, "past")][:2]
['(EC)DHE: psk_dhe_ke', 'importer, psk_dhe_ke']
>>> way(PAKE_FIRST, "offline").checks.value, way(SLOW, "offline").checks.value
('never', 'freely')
"""

from dataclasses import dataclass

from tls13lab.psk.memory_hard import Scrypt
from tls13lab.symbolic import guessers, mended
from tls13lab.symbolic.certificate_with_psk import BOTH
from tls13lab.symbolic.vocabulary import Epoch, with_external_psk, with_imported_psk

DERIVATION = Scrypt(salt=b"printer and alice", log2_n=14)
"""The slow derivation: 16 MiB for each guess."""
DERIVATION_SECONDS = 0.05
"""The time that it is assumed to take on one core, about that of a laptop."""
DAY = 86_400.0
EPOCHS: tuple[Epoch, ...] = (mended.PAST, mended.PRESENT, mended.NEXT_TICKET)
"""What was recorded; a connection from now on; the PSK behind the next ticket."""


@dataclass(frozen=True, slots=True)
class Protection:
    """``mode`` and ``made`` are the model's names; ``used`` is a PSK's life in seconds, or 0."""

    name: str
    mode: mended.MendedMode
    made: mended.Made
    used: float = 0.0

    @property
    def seconds_each(self) -> float:
        """Seconds that the derivation of a guess takes on a core."""
        return DERIVATION_SECONDS if self.made == mended.DERIVED else 0.0

    @property
    def bytes_each(self) -> int:
        """The memory of a derivation, in bytes."""
        return DERIVATION.memory if self.made == mended.DERIVED else 0


NOTHING = Protection("nothing: psk_ke", "psk_ke", mended.PLAIN)
DHE = Protection("(EC)DHE: psk_dhe_ke", "psk_dhe_ke", mended.PLAIN)
IMPORTER = Protection("importer, psk_dhe_ke", "psk_dhe_ke", mended.IMPORTED)
SLOW = Protection("slow derivation (scrypt), psk_dhe_ke", "psk_dhe_ke", mended.DERIVED)
DAILY = Protection("a new PSK every day, psk_dhe_ke", "psk_dhe_ke", mended.PLAIN, DAY)
CERTIFIED = Protection("certificate and PSK", BOTH, mended.PLAIN)
PAKE_FIRST = Protection("a PAKE first (CPace), psk_dhe_ke", "psk_dhe_ke", mended.PAKE)
PROTECTIONS = (NOTHING, DHE, IMPORTER, SLOW, DAILY, CERTIFIED, PAKE_FIRST)


def way(protection: Protection, guesser: guessers.Guesser) -> guessers.Way:
    """How often this guesser can check a guess, according to the model.

    A slow derivation makes no difference here, because its salt is public.
    """
    if protection.made == mended.PAKE:
        return guessers.decide(guessers.CPACE, guesser)
    if protection.mode == BOTH:
        return guessers.decide(BOTH, guesser)
    imported = protection.made == mended.IMPORTED
    mode = (with_imported_psk if imported else with_external_psk)(protection.mode)
    return guessers.decide(mode, guesser)


def opens(protection: Protection, epoch: Epoch) -> bool:
    """Whether the word opens an epoch to an attacker with a recording, according to the model.

    >>> opens(NOTHING, "past"), opens(DHE, "past"), opens(DHE, "present")
    (True, False, True)
    """
    return mended.opens(protection.mode, protection.made, epoch)
