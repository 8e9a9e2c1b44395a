"""Where random bytes come from: always an argument, never drawn in secret.

The lab's handshakes take an ``entropy`` function. The real one is :func:`os.urandom`; a seeded one
makes a handshake that can be replayed byte for byte, so a notebook's stored output stays true.
A seeded source is for lessons and tests: whoever knows the seed knows every key.

>>> a, b = seeded("lesson 1"), seeded("lesson 1")
>>> a(4) == b(4), a(4) == b(5)[:4], seeded("lesson 2")(4) == seeded("lesson 1")(4)
(True, True, False)
"""

import hashlib
from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""Given a number of bytes, that many random bytes."""


def seeded(seed: str) -> Entropy:
    """A repeatable source: SHAKE-256 over the seed and a counter of calls."""
    calls = 0

    def draw(length: int) -> bytes:
        nonlocal calls
        calls += 1
        return hashlib.shake_256(f"tls13lab entropy {seed} {calls}".encode()).digest(length)

    return draw
