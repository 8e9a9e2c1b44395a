"""Why something is lost: the steps of the derivation, and what they come to.

>>> from tls13lab.symbolic.terms import name
>>> Reason((), (name("a leak that is the asset itself"),), sends=False).count
1
"""

from dataclasses import dataclass

from tls13lab.symbolic.rules import DerivationStep
from tls13lab.symbolic.terms import Term


@dataclass(frozen=True, slots=True)
class Reason:
    """The ``steps`` in order, and what they come to.

    ``opened`` is the secret that is derived at the end or, if ``makes``, the messages that the
    adversary makes. ``sends`` says that it plays a part of its own.
    """

    steps: tuple[DerivationStep, ...]
    opened: tuple[Term, ...]
    sends: bool
    makes: bool = False

    @property
    def count(self) -> int:
        """The length of the way: messages that are made count, too, and a mere theft is one."""
        return len(self.steps) + len(self.opened) if self.makes else max(1, len(self.steps))
