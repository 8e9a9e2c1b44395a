"""Reading what students handed in: ordinary files only, in ordinary folders, up to a size.

A submission may hold anything that an archive can: a link to somebody else's file or to a device
without end, or a pipe that nobody writes to. None of these is opened as if it were a file.
"""

import hashlib
import os
import stat
from pathlib import Path

from coursework.build import ASSIGNMENT
from coursework.judge.producer import beside

LARGEST = 50 << 20
"""Bytes of a file; a larger one is not read."""


class NotRead(ValueError):
    """A file that is not read: no ordinary one, or too large."""


def folder_of(course: Path, student: str) -> Path | None:
    """The folder of a student's files; None if there is none, or a link in its place."""
    above = course / "submitted" / student
    folder = above / ASSIGNMENT
    return folder if folder.is_dir() and not (above.is_symlink() or folder.is_symlink()) else None


def content(path: Path, most: int = LARGEST) -> bytes:
    """The bytes of a file. Raises NotRead, or FileNotFoundError and other errors of the system."""
    if path.is_symlink():
        raise NotRead("not a file")
    # Without waiting, should it be a pipe.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    if not stat.S_ISREG(path.stat().st_mode):
        raise NotRead("not a file")
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise NotRead("not a file")
        raw = file.read(most + 1) if found.st_size <= most else b""
    if found.st_size > most or len(raw) > most:
        raise NotRead("too large")
    return raw


def digest(path: Path) -> str:
    """The SHA-256 of a submitted file, in hexadecimal; "" if there is none.

    Of what is not read, the reason stands in its place.
    """
    try:
        return hashlib.sha256(content(path)).hexdigest()
    except FileNotFoundError:
        return ""
    except NotRead as fault:
        return str(fault)


def submissions(course: Path, student: str, notebooks: list[str]) -> dict[str, str]:
    """The digests of the notebooks that a student handed in now; "" for what is missing."""
    folder = folder_of(course, student)
    return {name: digest(folder / f"{name}.ipynb") if folder else "" for name in notebooks}


def others(course: Path, student: str) -> str:
    """A digest of the files beside the notebooks, from which these may import; "" if none."""
    folder = folder_of(course, student)
    files = beside(folder) if folder else []
    told = [f"{os.fsencode(one.name).hex()} {digest(one)}" for one in files]
    return hashlib.sha256("\n".join(told).encode()).hexdigest() if told else ""
