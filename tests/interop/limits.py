"""What a foreign stack cannot do, why, and how a failed cell shows that this is the reason.

A limit is no excuse: its cell runs all the same. It must fail in just this way; and where the stack
has the version in which the limit was seen, the cell fails the test if it works after all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.interop.cases import Case
from tests.interop.stacks.stack import Role


@dataclass(frozen=True)
class Limit:
    """``pattern`` is found in the failure's text; ``seen_in`` is how the version then began."""

    peer: str
    roles: tuple[Role, ...]
    applies: Callable[[Case], bool]
    reason: str
    pattern: str
    seen_in: str

    def shows(self, problem: str) -> bool:
        """Whether a failure with this text is due to the limit."""
        return re.search(self.pattern, problem) is not None


BOTH: tuple[Role, ...] = ("client", "server")
LIMITS: tuple[Limit, ...] = ()


def limit_of(peer: str, role: Role, case: Case) -> Limit | None:
    """The limit that the case falls under, or None."""
    fitting = (
        one for one in LIMITS if one.peer == peer and role in one.roles and one.applies(case)
    )
    return next(fitting, None)
