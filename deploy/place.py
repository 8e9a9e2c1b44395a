"""Put the notebooks into a student's home, then become the student's server.

A hub of any kind starts this as the student, in place of the server itself::

    python place.py --from /opt/tls13lab/share/tls13lab/notebooks -- jupyterhub-singleuser

What is missing is placed; what is there stays as it is, whatever it is, so that nobody's work is
ever overwritten, and a notebook that was deleted comes back blank. The student's name in the hub
becomes the name that tasks are drawn for. It needs the standard library alone, since it may run
in an environment that has nothing else.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

FOLDER = "tls13lab"
"""Where the notebooks lie in a student's home."""
HUB_NAME, STUDENT = "JUPYTERHUB_USER", "TLS13LAB_STUDENT"


def place(source: Path, target: Path) -> list[str]:
    """Copy the files of ``source`` that ``target`` does not have; the names of those copied."""
    target.mkdir(parents=True, exist_ok=True)
    placed = []
    for file in sorted(one for one in source.iterdir() if one.is_file()):
        if _copied(file, target / file.name):
            placed.append(file.name)
    return placed


def _copied(old: Path, new: Path) -> bool:
    """Copy unless there is something; half a notebook, on a full disk, does not stay there."""
    try:
        # "x" fails on anything that has this name already, also on a link to nowhere.
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
    """The environment of the student's server: the hub's name is the tasks' name.

    >>> with_name({"JUPYTERHUB_USER": "alice"})["TLS13LAB_STUDENT"]
    'alice'
    """
    name = environment.get(HUB_NAME)
    return environment | ({STUDENT: name} if name else {})


def main(arguments: list[str]) -> int:
    """Place, then become what comes after ``--``."""
    parser = argparse.ArgumentParser(prog="place.py", description="Place notebooks, then start.")
    parser.add_argument("--from", dest="source", type=Path, required=True, help="what is placed")
    parser.add_argument(
        "--to", type=Path, default=Path.home() / FOLDER, help="default: %(default)s"
    )
    parser.add_argument("command", nargs="+", help="what is started, with its arguments")
    given = parser.parse_args(arguments)
    try:
        place(given.source, given.to)
    except OSError as error:  # a full disk, say: with a server, the student can make room
        print(f"place.py: not all notebooks were placed: {error}", file=sys.stderr, flush=True)
    os.execvpe(given.command[0], given.command, with_name(dict(os.environ)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
