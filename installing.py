"""Installs the project's requirements into ``.venv``; ``run.py`` installs nothing else.

Standard library only. It installs with uv. If there is none, pip fetches uv's one wheel first, and
if that fails, pip does everything. ``REQUIREMENTS`` lists what each command needs. A stamp file
marks a finished step, so the second time nothing happens and no network is needed. Another marks a
step in progress: uv links a package's files one by one, and a package that was interrupted looks
installed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, ClassVar

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STATE = VENV / "state"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OWN_UV = BIN / ("uv.exe" if WINDOWS else "uv")
LOG = STATE / "install.log"

# The requirements of each group. Each file takes its versions from the lock and includes the lab's.
LOCK = "requirements.txt"
REQUIREMENTS = {
    "lab": "binder/requirements.txt",
    "test": "tests/requirements.txt",
    "site": "pages/requirements.txt",
    "lite": "lite/build-requirements.txt",
    "bench": "bench/requirements.txt",
    "fuzz": "tests/fuzz/requirements.txt",
    "all": LOCK,
}
CONTAINED = {"lab": {"test", "site", "lite", "bench", "fuzz"}, "test": {"bench", "fuzz"}}
"""For each group, the larger groups that include it, besides ``all``."""
NETWORK = re.compile(
    r"dns error|resolution|name resolution|getaddrinfo|unreachable|timed? ?out|refused|reset"
    r"|error sending request|NewConnectionError|MaxRetryError|tunnel|certificate",
    re.IGNORECASE,
)
"""Words in an error of uv or pip that mean a network problem."""


def environment() -> dict[str, str]:
    """The environment of every program started here: the project's Python and its own folders."""
    folders = {
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "jupyter/config",
        "JUPYTER_DATA_DIR": "jupyter/data",
        "JUPYTER_RUNTIME_DIR": "jupyter/runtime",
        "MPLCONFIGDIR": "matplotlib",
    }
    # The first two would mix another Python's packages into this one's; with the third, every
    # program would compile all that it imports, each time anew.
    unwanted = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    ours = {k: v for k, v in os.environ.items() if k not in unwanted}
    ours |= {name: str(STATE / folder) for name, folder in folders.items()}
    ours |= {"VIRTUAL_ENV": str(VENV), "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    ours.setdefault("UV_SYSTEM_CERTS", "1")  # as pip does: some networks have a root of their own
    ours["PATH"] = str(BIN) + os.pathsep + ours.get("PATH", os.defpath)
    return ours


def call(*command: str | Path, output: IO[bytes] | None = None) -> int:
    """Run a program; return its exit code. What it says is shown, or written to ``output``."""
    errors = None if output is None else subprocess.STDOUT
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), stdout=output, stderr=errors, check=False
    )
    return done.returncode


def digest(*paths: Path) -> str:
    """Hash the project's location and these files; the hash changes when any of them does."""
    state = hashlib.sha256(str(ROOT).encode())
    for path in sorted(paths):
        state.update(hashlib.sha256(path.read_bytes()).digest())
    return state.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    """Whether the step ``name`` was finished for exactly this ``value``."""
    stamp = STATE / f"{name}.stamp"
    return stamp.is_file() and stamp.read_text() == value


def write_stamp(name: str, value: str) -> None:
    """Note that the step ``name`` is finished for ``value``."""
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / f"{name}.stamp").write_text(value)


def has_pip() -> bool:
    """Whether the running Python has pip, which can install into another environment."""
    return importlib.util.find_spec("pip") is not None


def make_venv() -> None:
    """Make an empty environment, in place of the one that is there."""
    # Where there is neither pip nor uv, Python brings a pip, in a part that Debian keeps apart.
    needed = ("venv",) if find_uv() or has_pip() else ("venv", "ensurepip")
    if not all(map(importlib.util.find_spec, needed)):
        package = "python{}.{}-venv".format(*sys.version_info)
        sys.exit(
            f"This Python has no venv module; install it with\n\n    sudo apt install {package}\n\n"
            "(on Debian and Ubuntu), then run the same command again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    # Without pip, which uv does not need and which takes most of the time.
    if follow([sys.executable, "-m", "venv", "--without-pip", str(VENV)]) != 0:
        sys.exit(f"Could not make {VENV}: {last_words()}")


def find_uv() -> str | None:
    """The path of uv: from the PATH, or in the environment from an earlier run."""
    return shutil.which("uv") or (str(OWN_UV) if OWN_UV.exists() else None)


def pip() -> list[str]:
    """The command of a pip for the environment: this Python's own, or the bundled wheel.

    Installing pip into the environment first would take seconds.
    """
    if has_pip():
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    import ensurepip

    bundled = sorted(Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
    if bundled:
        return [str(PYTHON), str(bundled[-1] / "pip")]
    if not any(BIN.glob("pip*")):  # Debian keeps the file elsewhere, and ensurepip knows where
        call(PYTHON, "-m", "ensurepip")
    return [str(PYTHON), "-m", "pip"]


def installer() -> list[str]:
    """``uv pip install`` if uv is there or can be fetched, otherwise ``pip install``."""
    uv = find_uv()
    if not uv:
        (version,) = re.findall(r"(?m)^uv==(\S+)", (ROOT / LOCK).read_text(encoding="utf-8"))
        command = [
            *pip(),
            "install",
            "--no-deps",
            "--no-compile",
            "--progress-bar=off",
            "--retries=2",
        ]
        if follow([*command, f"uv=={version}"]) == 0:
            uv = find_uv()
        elif NETWORK.search(log()):  # then pip could fetch nothing else either
            sys.exit(failure())
    return [uv, "pip", "install", "--python", str(PYTHON)] if uv else [*pip(), "install"]


class Progress:
    """Turns uv's output into one line that says how much is done."""

    SIZE = re.compile(r"^Downloading (\S+) \(([\d.]+)(KiB|MiB|GiB)\)")
    MIB: ClassVar = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}

    def __init__(self) -> None:
        self.sizes: dict[str, float] = {}
        self.done = 0.0
        self.count = ""

    def hear(self, line: str) -> str:
        """The text to show after this line of uv's output."""
        word, _, rest = line.strip().partition(" ")
        if found := self.SIZE.match(line.strip()):
            self.sizes[found[1]] = float(found[2]) * self.MIB[found[3]]
        elif word == "Downloaded":
            self.done += self.sizes.get(rest.strip(), 0.0)
        elif word in ("Resolved", "Prepared", "Installed"):
            self.count = f"{word.lower()} {rest.partition(' in ')[0]}"
        size = f", {self.done:.0f} of {sum(self.sizes.values()):.0f} MB" if self.sizes else ""
        return f"{self.count}{size}".lstrip(", ")


def follow(command: list[str]) -> int:
    """Run an installer, log its output, and show its progress on one line."""
    STATE.mkdir(parents=True, exist_ok=True)
    progress, shown, live = Progress(), "", sys.stdout.isatty()
    with (
        LOG.open("w", encoding="utf-8") as kept,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as child,
    ):
        assert child.stdout is not None
        try:
            for line in child.stdout:
                kept.write(line)
                says = progress.hear(line)
                if live and says != shown:
                    print(f"\r  {says:<60}", end="", flush=True)
                shown = says
        except BaseException:  # such as Ctrl-C: leave nothing running in the background
            child.terminate()
            raise
    if shown:
        print(f"\r  {shown:<60}" if live else f"  {shown}", flush=True)
    return child.returncode


def put_in(command: list[str], *what: str) -> None:
    """Install with ``command``; if the last run was interrupted, reinstall."""
    begun = STATE / "begun"
    again = "--force-reinstall" if "-m" in command or command[0] == str(PYTHON) else "--reinstall"
    whole = [*command, *([again] if begun.exists() else []), *what]
    begun.touch()
    code = follow(whole)
    if code == 0 or NETWORK.search(log()):  # uv and pip download everything first
        begun.unlink()
    if code != 0:
        sys.exit(failure())


def install(level: str) -> None:
    """Install a group of the locked requirements and this package, unless that is done already.

    After an interruption, uv or pip finds in its cache what it had already downloaded.
    """
    files = sorted({*REQUIREMENTS.values(), LOCK})
    lock = digest(ROOT / "pyproject.toml", *(ROOT / name for name in files))
    usable = is_stamped("where", digest()) and PYTHON.exists()  # a moved .venv is not
    if usable and any(
        is_stamped(one, lock) for one in {level, "all"} | CONTAINED.get(level, set())
    ):
        return
    steps = [f"packages of {REQUIREMENTS[level]}", "this package"]
    if lacks_uv := not (shutil.which("uv") or (usable and OWN_UV.exists())):
        steps.insert(0, "uv, which installs the rest (about 25 MB)")
    if not usable:
        steps.insert(0, f"an environment for Python {sys.version.split()[0]} in {VENV.name}")
    announced = (f"step {number} of {len(steps)}: {one}" for number, one in enumerate(steps, 1))

    def announce() -> None:
        print(f"run.py: installing, {next(announced)}", flush=True)

    if not usable:
        announce()
        make_venv()
        write_stamp("where", digest())
    if lacks_uv:
        announce()
    command = installer()
    announce()
    put_in(command, "-r", str(ROOT / REQUIREMENTS[level]))
    announce()  # uses the build tool that the step before installed, so it downloads nothing
    put_in(command, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    write_stamp(level, lock)


def log() -> str:
    """The last 20 lines of the installer's log."""
    return "\n".join(LOG.read_text(encoding="utf-8").splitlines()[-20:])


def last_words() -> str:
    """The last line of the log that is not blank."""
    lines = (line.strip() for line in reversed(log().splitlines()))
    return next((line for line in lines if line), "no reason was given")


def failure() -> str:
    """One sentence: why installing failed and what to do."""
    if NETWORK.search(log()):
        return (
            "Packages could not be fetched: when there is a network, run the same command again, "
            f"and it goes on where it stopped (details are in {LOG})."
        )
    return (
        f"Installing failed ({last_words()}): fix this, then run the same command again; see {LOG}."
    )
