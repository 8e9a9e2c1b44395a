"""How fast this machine guesses, measured in a fraction of a second.

Also how much slower a guess is with a slow derivation, in guesses at a plain PSK. That is true for
this machine; hardware with less memory for each guess gives other numbers.

>>> own_rate(seconds=0.01) > 1000
True
>>> from tls13lab.psk.memory_hard import Scrypt
>>> dearer(Scrypt(b"salt", log2_n=4), rate=1e9) > 10
True
"""

import time
from collections.abc import Callable, Sequence
from math import log2

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.psk.memory_hard import Derivation
from tls13lab.search.engine import Engine, compiled_engine, fastest_portable, groups
from tls13lab.search.mask import Mask
from tls13lab.search.target import Target

_MASK = Mask.parse("?l?l?l?l?d?d?d?d")


def engine_for(hash_name: str = "sha256", *, compiled: bool = True) -> tuple[Engine, int]:
    """An engine with a target that no word fits, and a good number of guesses for a batch."""
    made = binder(PskKind.EXTERNAL, b"no word of the mask", hash_name, b"ClientHello")
    target = Target(b"", PskKind.EXTERNAL, hash_name, b"ClientHello", made)
    return _engine([target], compiled=compiled)


def _engine(targets: Sequence[Target], *, compiled: bool = True) -> tuple[Engine, int]:
    engine = compiled_engine(targets) if compiled else None
    # More targets get smaller batches, so that a batch takes some milliseconds.
    if engine is not None:
        return engine, max(2**9, 2**15 // len(targets))
    return fastest_portable(targets), max(1, 500 // len(targets))


def own_rate(hash_name: str = "sha256", seconds: float = 0.3, *, compiled: bool = True) -> float:
    """Guesses per second of one core at one target, the best of several batches, compiled code."""
    return _best(*engine_for(hash_name, compiled=compiled), seconds)


def processor_rate(hash_name: str = "sha256", seconds: float = 0.3) -> float:
    """The same in processor time, which other programs do not disturb, for comparisons.

    >>> processor_rate(seconds=0.01) > 1000
    True
    """
    return _best(*engine_for(hash_name), seconds, time.process_time)


def rate_at(targets: Sequence[Target], seconds: float = 0.3) -> float:
    """Words per second of one core if each word is tried on all of these targets.

    The label of tickets is left out, because it is tried only for words as long as the hash.
    """
    made = list(groups([each for target in targets for each in target.each_kind]))
    wanted = [group for group in made if group[0].kind is not PskKind.RESUMPTION] or made
    return 1 / sum(1 / _best(*_engine(group), seconds / len(wanted)) for group in wanted)


def _best(
    engine: Engine,
    count: int,
    seconds: float,
    clock: Callable[[], float] = time.perf_counter,
) -> float:
    best, first = 0.0, 0
    began = time.perf_counter()
    while time.perf_counter() - began < seconds or not best:
        before = clock()
        list(engine.test(_MASK.guesses(first, count)))
        # If the clock is too coarse for this batch, the measurement is ignored.
        best = max(best, count / spent if (spent := clock() - before) > 0 else 0.0)
        first += count
    return best


def seconds_each(derivation: Derivation, times: int = 2) -> float:
    """Processor seconds that a derivation takes, the best of ``times``.

    Processor time adds up what several lanes do in parallel, and leaves out other programs.
    """
    best = float("inf")
    for number in range(times):
        before = time.process_time()
        derivation.derive(b"no word %d" % number)
        best = min(best, time.process_time() - before)
    return max(best, 1e-6)


def dearer(derivation: Derivation, rate: float) -> float:
    """log2 of the plain guesses, at ``rate`` per second, that take as long as one derivation.

    ``rate`` comes from :func:`processor_rate`, so that both are in processor time.
    """
    return log2(seconds_each(derivation) * rate + 1)
