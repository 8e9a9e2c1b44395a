"""The command that starts a producer, and how far it keeps it from the marker's files.

With bubblewrap (``bwrap``), which needs no privileges, a student's process sees the system's
programs, Python, the package and its own submission, all of them read-only, and an empty folder for
temporary files. It has no network, no other processes, and none of the marker's files: neither the
tasks' solutions nor the gradebook, the key of the marks, or other submissions. Without it, only the
limits remain, and the process can read what the marker's account can read.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import tls13lab

HERE = Path(__file__).resolve().parent
PACKAGE = Path(tls13lab.__file__).resolve().parent
NEEDED = ("__init__.py", "lines.py", "named.py", "plain.py", "producer.py")
SYSTEM = ("/usr", "/bin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts")
SPACE, SHARED = 256 << 20, 64 << 20
"""Bytes of temporary files and of shared memory, with bubblewrap."""


@contextmanager
def shelf() -> Iterator[Path]:
    """A folder with the only modules of this project that a student's process gets to see."""
    with tempfile.TemporaryDirectory(prefix="tls13lab-judge-") as name:
        folder = Path(name)
        fill(folder)
        yield folder


def fill(folder: Path) -> None:
    """Put the modules into a shelf."""
    judge = folder / "coursework" / "judge"
    judge.mkdir(parents=True, exist_ok=True)
    (folder / "coursework" / "__init__.py").touch()
    for one in NEEDED:
        shutil.copyfile(HERE / one, judge / one)
    package = folder / "tls13lab"
    if strong():
        package.mkdir(exist_ok=True)  # the place where bubblewrap shows the package
    elif not package.is_symlink():
        package.symlink_to(PACKAGE, target_is_directory=True)


@cache
def strong() -> bool:
    """Whether bubblewrap is there and works; in some containers it may not."""
    if shutil.which("bwrap") is None or os.environ.get("TLS13LAB_SANDBOX") == "none":
        return False
    command = [*_wrapped(None, None), sys.executable, "-c", ""]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def command(folder: Path, files: Path | None) -> list[str]:
    """The command of a producer. ``files`` is the folder that the student handed in."""
    program = [sys.executable, "-m", "coursework.judge.producer"]
    if strong():
        handed_in = ["/submission"] if files is not None else []
        return [*_wrapped(folder, files), *program, *handed_in]
    return [*program, *([str(files)] if files is not None else [])]


def environment(folder: Path, student: str, home: Path) -> dict[str, str]:
    """The variables of a producer: none of the marker's."""
    where = "/shelf" if strong() else str(folder)
    home_there = "/tmp" if strong() else str(home)
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "PATHEXT") if name in os.environ}
    return kept | {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "PYTHONPATH": where,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "HOME": home_there,
        "TMPDIR": home_there,
        "TEMP": home_there,
        "IPYTHONDIR": f"{home_there}/.ipython",
        "MPLCONFIGDIR": f"{home_there}/.matplotlib",
        "MPLBACKEND": "Agg",
        # A copy made by fork has only one thread; more would be of no use.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TLS13LAB_PROGRESS": "off",
        "TLS13LAB_STUDENT": student,
    }


def _pythons() -> list[str]:
    """The folders of Python and of its packages, as far as they are not the system's."""
    real = Path(sys.executable).resolve().parent.parent
    found = dict.fromkeys((sys.prefix, sys.base_prefix, str(real)))
    return [one for one in found if one not in ("/", *SYSTEM)]


def _wrapped(folder: Path | None, files: Path | None) -> list[str]:
    """Bubblewrap's part of the command."""
    # The session is new already, and a signal must reach the process that the judge started.
    parts = ["bwrap", "--unshare-all", "--die-with-parent", "--as-pid-1", "--proc", "/proc"]
    # If root marks: otherwise it would stay root, who can mount what is read-only once more.
    parts += ["--cap-drop", "ALL"]
    parts += ["--dev", "/dev", "--size", str(SHARED), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
    parts += ["--size", str(SPACE), "--tmpfs", "/tmp", "--chdir", "/tmp"]
    for one in SYSTEM:
        parts += ["--ro-bind-try", one, one]
    for one in _pythons():
        parts += ["--ro-bind", one, one]
    if folder is not None:
        parts += ["--ro-bind", str(folder), "/shelf", "--ro-bind", str(PACKAGE), "/shelf/tls13lab"]
    if files is not None:
        parts += ["--ro-bind", str(files.resolve()), "/submission"]
    return [*parts, "--remount-ro", "/", "--"]
