"""What a step of the handshake may know of the world: the time, and random bytes.

Both are arguments, so that a handshake can be replayed byte for byte.

>>> from tls13lab.crypto.entropy import seeded
>>> Environment(1_700_000_000_000, seeded("a lesson")).now_ms
1700000000000
"""

from typing import NamedTuple

from tls13lab.crypto.entropy import Entropy


class Environment(NamedTuple):
    """``now_ms`` is Unix time in milliseconds; ``entropy`` gives that many random bytes."""

    now_ms: int
    entropy: Entropy
