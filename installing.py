"""Puts the project's requirements into ``.venv``, which is all that ``run.py`` installs.

Standard library only. It installs with uv: where there is none, pip fetches uv's one wheel first,
and where that fails pip does it all. What is installed for whom stands in ``REQUIREMENTS``. What
was finished is stamped, so the second time nothing happens and no network is needed. What was begun
is noted too: uv links a package's files one by one, and one that was cut off looks installed.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STATE = VENV / "state"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OWN_UV = BIN / ("uv.exe" if WINDOWS else "uv")
LOG = STATE / "install.log"

# What is installed for whom. Each file takes its versions from the lock and contains the lab's.
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
"""Larger groups that contain a group, besides ``all``: whoever has one of these has it."""
NETWORK = re.compile(
    r"dns error|resolution|name resolution|getaddrinfo|unreachable|timed? ?out|refused|reset"
    r"|error sending request|NewConnectionError|MaxRetryError|tunnel|certificate",
    re.IGNORECASE,
)
"""What uv and pip say when the network is at fault."""


def environment() -> dict[str, str]:
    """The environment of all that is started: the project's own Python, and its own folders."""
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


def call(*command: str | Path) -> int:
    """Run a program to its end with its output in sight; its exit code."""
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def digest(*paths: Path) -> str:
    """One hash of where the project lies and of these files: it changes when any of them does."""
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
    """Whether the Python that runs this has a pip, which can install into another environment."""
    return importlib.util.find_spec("pip") is not None


def make_venv() -> None:
    """An empty environment; what is there already is thrown away."""
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
    """A uv that is there: on the PATH, or fetched into the environment before."""
    return shutil.which("uv") or (str(OWN_UV) if OWN_UV.exists() else None)


def pip() -> list[str]:
    """The command of pip for the environment: this Python's own, or what Python brings in a file.

    Neither need be installed first, which would take seconds.
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
    """``uv pip install`` where uv is there or can be fetched, else ``pip install``."""
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
    """What uv says, line by line, as one line that says how much is done."""

    SIZE = re.compile(r"^Downloading (\S+) \(([\d.]+)(KiB|MiB|GiB)\)")
    MIB: ClassVar = {"KiB": 1 / 1024, "MiB": 1.0, "GiB": 1024.0}

    def __init__(self) -> None:
        self.sizes: dict[str, float] = {}
        self.done = 0.0
        self.count = ""

    def hear(self, line: str) -> str:
        """What is to be shown after this line of uv's."""
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
    """Run an installer; its words go into a file, and a line here says how far it is."""
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
        except BaseException:  # nothing goes on behind whoever pressed Ctrl-C
            child.terminate()
            raise
    if shown:
        print(f"\r  {shown:<60}" if live else f"  {shown}", flush=True)
    return child.returncode


def put_in(command: list[str], *what: str) -> None:
    """Install with ``command``; where the last run was cut off, over what it left."""
    begun = STATE / "begun"
    again = "--force-reinstall" if "-m" in command or command[0] == str(PYTHON) else "--reinstall"
    whole = [*command, *([again] if begun.exists() else []), *what]
    begun.touch()
    code = follow(whole)
    if code == 0 or NETWORK.search(log()):  # both fetch everything before they put anything in
        begun.unlink()
    if code != 0:
        sys.exit(failure())


def install(level: str) -> None:
    """Install a group of the locked requirements and this package, unless that is done already.

    What an interrupted run has fetched is kept by uv or pip, and taken up again.
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
    announce()  # built with what is there by now, so nothing is fetched
    put_in(command, "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    write_stamp(level, lock)


def log() -> str:
    """The end of what the last installer said."""
    return "\n".join(LOG.read_text(encoding="utf-8").splitlines()[-20:])


def last_words() -> str:
    """Its last line."""
    lines = (line.strip() for line in reversed(log().splitlines()))
    return next((line for line in lines if line), "no reason was given")


def failure() -> str:
    """Why installing failed and what to do, in a sentence."""
    if NETWORK.search(log()):
        return (
            "Packages could not be fetched: when there is a network, run the same command again, "
            f"and it goes on where it stopped (the whole story is in {LOG})."
        )
    return (
        f"Installing failed ({last_words()}): mend that and run the same command again; see {LOG}."
    )
