"""Key compromise impersonation: who may the thief be, and to whom? A reading of the matrix.

Whoever robs somebody of a long-term secret can pose as the robbed one; that cannot be helped. RFC
9846 appendix F.1 asks for the other thing: can the thief pose as others *to* the robbed one? With
certificates it should not. With a PSK it can: one secret says who both ends are. So the owner
of a stolen PSK can believe nobody any more who shows it, and a server whose ticket key was stolen,
no ticket.

Nothing is decided here: each reading names the cell of the matrix that answers it.

>>> external = [one for one in readings() if one.mode == "external-psk_ke"]
>>> {one.cell.verdict for one in external if one.stolen == "psk"}
{'lost'}
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tls13lab.symbolic.claims import Cell, absent, decide
from tls13lab.symbolic.scenes import MODES

SECRETS = {"client": ("psk",), "server": ("psk", "ticket_key", "certificate_key")}
"""The long-term secrets that each end may be robbed of. (A ticket's PSK is one while it lasts.)"""
POSES = ("as the robbed", "to the robbed")
CITATION = "RFC 9846 F.1"


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a thief that ``poses`` so is believed: then the cell is lost."""

    robbed: str
    stolen: str
    poses: str
    cell: Cell

    @property
    def mode(self) -> str:
        """The cell's."""
        return self.cell.mode


def readings() -> Iterator[Reading]:
    """Every mode with a PSK, and every secret that one of its ends may be robbed of."""
    for mode in MODES:
        for robbed, secrets in SECRETS.items() if mode != "full" else ():
            for stolen in secrets:
                if not absent(mode, (stolen,)):
                    for poses in POSES:
                        yield Reading(robbed, stolen, poses, _cell(mode, robbed, stolen, poses))


def _cell(mode: str, robbed: str, stolen: str, poses: str) -> Cell:
    other = "server" if robbed == "client" else "client"
    place = robbed if poses == "as the robbed" else other
    return decide(mode, f"{place}_authentication", "active", (stolen,))
