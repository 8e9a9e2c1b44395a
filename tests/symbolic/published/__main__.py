"""``python -m tests.symbolic.published``: writes ``docs/claims.md``.

names TAMARIN REFTLS    first read the names anew, from checkouts of the two repositories
"""

import json
import subprocess
import sys
from pathlib import Path

from tests.symbolic.published import document
from tests.symbolic.published.names import REFTLS, STORED, TAMARIN, found


def read_names(tamarin: Path, reftls: Path) -> None:
    """Store the names of two checkouts."""
    read = {}
    for source, folder in ((TAMARIN, tamarin), (REFTLS, reftls)):
        git = ["git", "-C", str(folder), "rev-parse", "HEAD"]
        commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
        read[source.name] = {"commit": commit, "files": found(folder, source)}
    STORED.write_text(json.dumps(read, indent=1) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """The exit code."""
    match arguments:
        case ["names", tamarin, reftls]:
            read_names(Path(tamarin), Path(reftls))
        case []:
            pass
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    document.PAGE.write_text(document.page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
