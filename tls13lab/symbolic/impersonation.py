"""Key compromise impersonation: as whom can a thief pose, and to whom? A reading of the matrix.

A thief who has a party's long-term secret can pose as that party; nothing can prevent this. RFC
9846 appendix F.1 asks another question: can the thief pose as others *to* the party that it robbed?
With certificates, it cannot. With a PSK, it can, because one secret authenticates both ends. So the
owner of a stolen PSK can no longer trust anyone who uses it, and a server whose ticket key was
stolen can no longer trust any ticket.

Nothing is decided here; each reading names the cell of the matrix that answers it.

>>> external = [reading for reading in readings() if reading.mode == "external-psk_ke"]
>>> {reading.cell.verdict for reading in external if reading.stolen == "psk"}
{'lost'}
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from tls13lab.symbolic.claims import Cell, absent, decide
from tls13lab.symbolic.vocabulary import SCENE_MODES, Asset, Leak, Leaks, SceneMode
from tls13lab.wire.names import Side

SECRETS: dict[Side, Leaks] = {
    "client": ("psk",),
    "server": ("psk", "ticket_key", "certificate_key"),
}
"""The long-term secrets of each end. (A ticket's PSK counts, as long as the ticket is valid.)"""
Pose = Literal["as the robbed", "to the robbed"]
"""Whether the thief deceives others, in the name of the party it robbed, or that party itself."""
POSES: tuple[Pose, ...] = get_args(Pose)
CITATION = "RFC 9846 F.1"


@dataclass(frozen=True, slots=True)
class Reading:
    """A question about a thief that ``poses`` as a party; if it succeeds, the cell is lost."""

    robbed: Side
    stolen: Leak
    poses: Pose
    cell: Cell

    @property
    def mode(self) -> SceneMode:
        """The mode of the cell."""
        return self.cell.mode


def readings() -> Iterator[Reading]:
    """The readings for every mode with a PSK, and every secret that can be stolen from an end."""
    for mode in SCENE_MODES:
        for robbed, secrets in SECRETS.items() if mode != "full" else ():
            for stolen in secrets:
                if not absent(mode, (stolen,)):
                    for poses in POSES:
                        yield Reading(robbed, stolen, poses, _cell(mode, robbed, stolen, poses))


def _cell(mode: SceneMode, robbed: Side, stolen: Leak, poses: Pose) -> Cell:
    as_client = (robbed == "client") == (poses == "as the robbed")
    asset: Asset = "client_authentication" if as_client else "server_authentication"
    return decide(mode, asset, "active", (stolen,))
