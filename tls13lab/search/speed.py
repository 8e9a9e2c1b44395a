"""How fast this machine guesses: measured, in a fraction of a second.

>>> own_rate(seconds=0.01) > 1000
True
"""

import time

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search.engine import Engine, compiled_engine, fastest_portable
from tls13lab.search.mask import Mask
from tls13lab.search.target import Target

_MASK = Mask.parse("?l?l?l?l?d?d?d?d")


def engine_for(hash_name: str = "sha256", *, compiled: bool = True) -> tuple[Engine, int]:
    """An engine that searches for what is not there, and how many guesses it likes at once."""
    made = binder(PskKind.EXTERNAL, b"no word of the mask", hash_name, b"ClientHello")
    target = Target(b"", PskKind.EXTERNAL, hash_name, b"ClientHello", made)
    engine = compiled_engine([target]) if compiled else None
    if engine is not None:
        return engine, 2**15
    return fastest_portable([target]), 500


def own_rate(hash_name: str = "sha256", seconds: float = 0.3, *, compiled: bool = True) -> float:
    """Guesses a second of one core, the best of some tries; compiling is not counted."""
    engine, count = engine_for(hash_name, compiled=compiled)
    best, first = 0.0, 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds or not best:
        before = time.perf_counter()
        list(engine.test(_MASK.guesses(first, count)))
        best = max(best, count / (time.perf_counter() - before))
        first += count
    return best
