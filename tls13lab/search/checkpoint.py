"""The stored state of a search: which search it is, how far it came, and what it found.

The file contains the PSKs that were found, so only its owner can read it. It is written completely
or not at all.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tls13lab import whole_file
from tls13lab.search.engine import Hit
from tls13lab.search.pieces import Position
from tls13lab.wire.faults import LocalFault

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """``search`` identifies targets and guesses; all guesses before ``position`` were tried."""

    search: str
    position: Position = ()
    count: int = 0
    found: tuple[Hit, ...] = ()

    def write(self, path: Path) -> None:
        """Write the file. Raises OSError."""
        content = asdict(self) | {"format": FORMAT}
        content["found"] = [[hit.place, hit.target, hit.word.hex()] for hit in self.found]
        whole_file.write(path, json.dumps(content).encode("ascii"), private=True)

    @classmethod
    def read(cls, path: Path, search: str) -> "Checkpoint":
        """The state in the file, or the beginning if there is no file. Raises LocalFault."""
        try:
            content: Any = json.loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return cls(search)
        except (ValueError, RecursionError):
            raise LocalFault(f"{path} is not a checkpoint: delete it, or name another") from None
        try:
            if content["format"] != FORMAT or content["search"] != search:
                raise LocalFault(
                    f"the checkpoint {path} is of another search: delete it, or name another one"
                )
            found = tuple(Hit(int(p), int(t), bytes.fromhex(w)) for p, t, w in content["found"])
            position = tuple(int(number) for number in content["position"])
            return cls(search, position, int(content["count"]), found)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise LocalFault(f"{path} is not a checkpoint: delete it, or name another") from None
