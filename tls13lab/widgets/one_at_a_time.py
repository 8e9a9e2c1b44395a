"""One process at a time: a lock file, which exists while somebody changes another file.

Several notebooks' kernels may keep something at the same moment. Creating a file that must not
exist yet works on every file system that a notebook lies on, network folders and Windows included,
where the locks of ``fcntl`` do not.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     with turn(Path(folder) / "lock"):
...         (Path(folder) / "lock").exists()
True
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DEAD_SECONDS = 5.0
"""A lock held for so long, when it takes milliseconds, was left by a process that was killed."""
_PAUSE_SECONDS = 0.01


@contextmanager
def turn(lock: Path, dead_seconds: float = DEAD_SECONDS) -> Iterator[None]:
    """Wait until nobody else has the lock, and hold it. Raises OSError if it cannot be made."""
    _take(lock, dead_seconds)
    try:
        yield
    finally:
        with suppress(OSError):
            lock.unlink()


def _take(lock: Path, dead_seconds: float) -> None:
    seen, since = None, time.monotonic()
    while True:
        try:
            os.close(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return
        except FileExistsError:
            pass
        except PermissionError:
            # Windows says so while the old lock is being deleted; elsewhere it is the folder's.
            if not lock.exists():
                raise
        held = _which(lock)
        if held != seen:  # somebody else's turn now: it has its own time
            seen, since = held, time.monotonic()
        elif time.monotonic() - since > dead_seconds:
            with suppress(OSError):
                lock.unlink()
        else:
            time.sleep(_PAUSE_SECONDS)


def _which(lock: Path) -> tuple[int, int] | None:
    try:
        found = lock.stat()
    except OSError:  # gone in the meantime
        return None
    return found.st_ino, found.st_mtime_ns
