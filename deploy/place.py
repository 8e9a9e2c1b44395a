"""Puts the notebooks into a student's home, then becomes the student's server.

Any kind of hub can start this, as the student, in place of the server itself::

    python place.py --from /opt/tls13lab/share/tls13lab/notebooks -- jupyterhub-singleuser

Only missing files are copied. A file that exists is never changed, so nobody's work is overwritten;
a notebook that was deleted comes back blank. The student's name in the hub decides the keys of the
tasks. The program needs only the standard library, because its environment may have nothing else.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

FOLDER = "tls13lab"
"""The notebooks' folder in a student's home."""
HUB_NAME, STUDENT = "JUPYTERHUB_USER", "TLS13LAB_STUDENT"


def place(source: Path, target: Path) -> list[str]:
    """Copy the files of ``source`` that ``target`` does not have; returns their names."""
    target.mkdir(parents=True, exist_ok=True)
    placed = []
    for file in sorted(path for path in source.iterdir() if path.is_file()):
        if _copied(file, target / file.name):
            placed.append(file.name)
    return placed


def _copied(old: Path, new: Path) -> bool:
    """Copy a file unless the name is taken. If the disk is full, no partial copy remains."""
    try:
        # "x" fails if anything has this name already, even a broken link.
        with new.open("xb") as writing, old.open("rb") as reading:
            try:
                shutil.copyfileobj(reading, writing)
                writing.flush()
            except OSError:
                new.unlink()
                raise
    except FileExistsError:
        return False
    return True


def with_name(environment: dict[str, str]) -> dict[str, str]:
    """The environment of the student's server, with the name that decides the tasks' keys.

    >>> with_name({"JUPYTERHUB_USER": "alice"})["TLS13LAB_STUDENT"]
    'alice'
    """
    name = environment.get(HUB_NAME)
    return environment | ({STUDENT: name} if name else {})


def main(arguments: list[str]) -> int:
    """Place the notebooks, then become the command after ``--``."""
    parser = argparse.ArgumentParser(
        prog="place.py", description="Place notebooks, then run a command."
    )
    parser.add_argument(
        "--from", dest="source", type=Path, required=True, help="the folder of the notebooks"
    )
    parser.add_argument(
        "--to", type=Path, default=Path.home() / FOLDER, help="default: %(default)s"
    )
    parser.add_argument("command", nargs="+", help="the command to run, with its arguments")
    given = parser.parse_args(arguments)
    try:
        place(given.source, given.to)
    except OSError as error:  # a full disk, for example; the student needs the server to make room
        print(f"place.py: not all notebooks were placed: {error}", file=sys.stderr, flush=True)
    os.execvpe(given.command[0], given.command, with_name(dict(os.environ)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
