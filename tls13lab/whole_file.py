"""Write a file whole or not at all: on a full disk the old one stays.

It is written beside its place and then renamed, which within a file system happens at once. Every
command that replaces a file does it through here. Nothing here knows what is in the file.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     write(Path(folder) / "a.txt", b"hello")
...     (Path(folder) / "a.txt").read_bytes()
b'hello'
"""

import os
import secrets
import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path


def write(path: Path, content: bytes, *, private: bool = False) -> None:
    """Replace ``path`` by ``content``; raises OSError, with the old file as it was.

    With ``private`` only its owner may read it, from the first moment on; otherwise whoever may
    read new files. What is there and is no file, such as ``/dev/stdout``, is written to as it is.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    # In the same folder, because only within a file system is a rename one step.
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}")
    try:
        _write_new(beside, content, 0o600 if private else 0o666)
        os.replace(beside, path)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if isinstance(error, OSError):
            # The user knows the file by its own name, not by the one it had meanwhile.
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def try_out(path: Path) -> None:
    """Raise OSError if :func:`write` could not begin; nothing is changed.

    A disk may still be full later, and what is there and is no file is not tried.
    """
    if path.exists() and not path.is_file():
        return
    beside = path.with_name(f".{path.name[:100]}.{secrets.token_hex(8)}")
    try:
        _write_new(beside, b"", 0o600)
        beside.unlink()
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None


def set_aside(path: Path, name: str) -> Path:
    """Copy a file beside itself under this name, or a similar one that is free; only its owner may
    read the copy. Raises OSError."""
    stem, dot, ending = name.rpartition(".")
    names = (name if n == 1 else f"{stem}-{n}{dot}{ending}" for n in count(1))
    place = next(each for each in map(path.with_name, names) if not os.path.lexists(each))
    shutil.copyfile(path, place)
    with suppress(OSError):
        place.chmod(0o600)
    return place


def _write_new(path: Path, content: bytes, mode: int) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
