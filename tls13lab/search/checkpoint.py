"""The stored state of a search: which search it is, how far it came, and what it found.

The file contains the PSKs that were found, so only its owner can read it. It is written completely
or not at all. Its checksum shows whether it was damaged or edited: a wrong position would leave out
guesses.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tls13lab import whole_file
from tls13lab.search.engine import Hit
from tls13lab.search.pieces import Position
from tls13lab.wire.faults import LocalFault

FORMAT = 2
_WITHOUT_CHECKSUM = 1


def checksum(content: Mapping[str, Any]) -> str:
    """The SHA-256 hash of everything in a checkpoint but this."""
    rest = {name: value for name, value in content.items() if name != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode("ascii")).hexdigest()


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
        content["checksum"] = checksum(content)
        whole_file.write(path, json.dumps(content).encode("ascii"), private=True)

    @classmethod
    def read(cls, path: Path, search: str) -> "Checkpoint":
        """The state in the file, or the beginning if there is no file. Raises LocalFault."""
        if path.exists() and not path.is_file():
            raise LocalFault(f"{path} is not an ordinary file: name another with --checkpoint")
        try:
            content: Any = json.loads(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return cls(search)
        except (ValueError, RecursionError):
            raise LocalFault(f"{path} is not a checkpoint: delete it, or name another") from None
        try:
            if content["format"] == _WITHOUT_CHECKSUM:
                raise LocalFault(
                    f"the checkpoint {path} was written by an earlier version: delete it, and the "
                    "search begins anew, or name another one"
                )
            if content["checksum"] != checksum(content):
                raise LocalFault(
                    f"the checkpoint {path} was changed: delete it, or name another one"
                )
            if content["format"] != FORMAT or content["search"] != search:
                raise LocalFault(
                    f"the checkpoint {path} is of another search: delete it, or name another one"
                )
            found = tuple(Hit(int(p), int(t), bytes.fromhex(w)) for p, t, w in content["found"])
            position = tuple(int(number) for number in content["position"])
            return cls(search, position, int(content["count"]), found)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise LocalFault(f"{path} is not a checkpoint: delete it, or name another") from None
