"""The shape of a limit: to which cases it applies, and how a failed cell shows it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.interop.cases import Case
from tests.interop.stacks.stack import Role

BOTH: tuple[Role, ...] = ("client", "server")
CLIENT: tuple[Role, ...] = ("client",)
SERVER: tuple[Role, ...] = ("server",)


def is_among(version: str, seen_in: tuple[str, ...]) -> bool:
    """Whether the version begins with one of these, or names one behind a space."""
    return any(version.startswith(one) or f" {one}" in version for one in seen_in)


@dataclass(frozen=True)
class Limit:
    """``pattern`` is found in the failure's text; ``seen_in`` are the versions, see `is_among`.

    Where a client ``stalls`` at it, that one neither goes on nor goes away: its server does.
    """

    peer: str
    roles: tuple[Role, ...]
    applies: Callable[[Case], bool]
    reason: str
    pattern: str
    seen_in: tuple[str, ...]
    stalls: bool = False

    def shows(self, problem: str) -> bool:
        """Whether a failure with this text is due to the limit."""
        return re.search(self.pattern, problem) is not None


def sha384_psk(case: Case) -> bool:
    return case.psk == "external" and case.suite.endswith("SHA384")


def early(case: Case) -> bool:
    return bool(case.early)


def early_external(case: Case) -> bool:
    return bool(case.early) and case.psk == "external"


def early_psk_ke(case: Case) -> bool:
    return bool(case.early) and case.last_mode == "psk_ke"


def rejected_by_retry(case: Case) -> bool:
    return case.early == "rejected" and case.retry


def psk_ke(case: Case) -> bool:
    return case.last_mode == "psk_ke"


def external(case: Case) -> bool:
    return case.psk == "external"


def ticket(case: Case) -> bool:
    return case.psk == "ticket"


def then_ticket(case: Case) -> bool:
    return case.then_ticket


def group(case: Case) -> bool:
    return case.group == "X25519MLKEM768"


def retry(case: Case) -> bool:
    return case.retry


def keys_from_peer(case: Case) -> bool:
    return case.key_update == "peer"


def keys_from_lab(case: Case) -> bool:
    return case.key_update == "tls13lab"


def padding_from_peer(case: Case) -> bool:
    return case.padding == "peer"


def padding_from_lab(case: Case) -> bool:
    return case.padding == "tls13lab"


def longer_than(size: int) -> Callable[[Case], bool]:
    return lambda case: case.identity > size


def any_identity(case: Case) -> bool:
    return case.identity > 0
