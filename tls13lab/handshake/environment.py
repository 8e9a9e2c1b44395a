"""What a step of the handshake gets from outside: the time and random bytes.

Both are arguments, so a handshake can be repeated byte for byte.

>>> from tls13lab.crypto.entropy import seeded
>>> Environment(1_700_000_000_000, seeded("a lesson")).now_ms
1700000000000
"""

from typing import NamedTuple

from tls13lab.crypto.entropy import Entropy


class Environment(NamedTuple):
    """``now_ms`` is Unix time in milliseconds; ``entropy(n)`` returns ``n`` random bytes."""

    now_ms: int
    entropy: Entropy
