"""Finding a real ``openssl`` on this machine, and what it can do. Stdlib only.

On macOS, the program ``openssl`` is LibreSSL. It speaks TLS 1.3, but without PSKs. So it is refused
with a message, and the usual places of a real OpenSSL are tried next. Nothing here opens a
connection.
"""

import functools
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ENVIRONMENT = "TLS13LAB_OPENSSL"
"""The environment variable that names the binary to use instead of the first on the PATH."""

_ELSEWHERE = (
    "/opt/homebrew/opt/openssl@3/bin/openssl",
    "/usr/local/opt/openssl@3/bin/openssl",
    "/opt/local/bin/openssl",
)
_NEEDED = ("tls1_3", "psk_identity", "psk_session", "ciphersuites", "groups", "allow_no_dhe_kex")
_SECONDS = 10.0


class OpenSSLUnavailable(RuntimeError):
    """This machine has no ``openssl`` for TLS 1.3 with PSKs; the text says why."""


@dataclass(frozen=True, slots=True)
class OpenSSL:
    """A usable binary: its path, its version, and the options of s_server and s_client.

    >>> OpenSSL(Path("openssl"), "OpenSSL 3.5.0", (3, 5, 0)).abilities["X25519MLKEM768"]
    True
    """

    path: Path
    banner: str
    version: tuple[int, ...]
    server_options: frozenset[str] = field(default=frozenset(), repr=False)
    client_options: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def prefers_psk_ke(self) -> bool:
        """Whether its server can prefer psk_ke (from OpenSSL 3.5 on)."""
        return "prefer_no_dhe_kex" in self.server_options

    @property
    def abilities(self) -> dict[str, bool]:
        """What it can do, for ``tls13lab doctor``: yes or no for each ability."""
        both = self.server_options & self.client_options
        return {
            "full": True,
            "psk_dhe_ke": True,
            "psk_ke": True,
            "psk_ke preferred by the server": self.prefers_psk_ke,
            "external PSK with SHA-384": True,
            "0-RTT": "early_data" in both,
            "key log": "keylogfile" in both,
            "X25519MLKEM768": self.version >= (3, 5),
        }


def _run(path: Path, *arguments: str) -> str:
    """What ``openssl ARGUMENTS`` prints. Help texts may go to either output, so both are read."""
    try:
        done = subprocess.run(
            [str(path), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OpenSSLUnavailable(f"{path} did not answer within {_SECONDS:.0f} s.") from None
    except OSError as error:
        raise OpenSSLUnavailable(f"{path} cannot be run: {error.strerror}.") from None
    return done.stdout.decode("utf-8", "replace")


def _options(path: Path, program: str) -> frozenset[str]:
    return frozenset(re.findall(r"^ *-(\w+)", _run(path, program, "-help"), re.MULTILINE))


@functools.cache
def inspect(path: Path) -> OpenSSL:
    """Ask a binary for its version and options; raises OpenSSLUnavailable if it cannot be used."""
    banner = (_run(path, "version").splitlines() or [""])[0].strip()
    if banner.startswith("LibreSSL"):
        raise OpenSSLUnavailable(
            f"{path} is {banner}, which has no TLS 1.3 PSKs: install OpenSSL 3 "
            f"or name its binary in {ENVIRONMENT}."
        )
    found = re.match(r"OpenSSL (\d+)\.(\d+)\.(\d+)", banner)
    if found is None:
        raise OpenSSLUnavailable(f"{path} does not say that it is OpenSSL.")
    version = tuple(int(number) for number in found.groups())
    if version < (3,):
        raise OpenSSLUnavailable(f"{path} is {banner}, and OpenSSL 3.0 or later is needed.")
    usable = OpenSSL(path, banner, version, _options(path, "s_server"), _options(path, "s_client"))
    for name in _NEEDED:
        if name not in usable.server_options & usable.client_options:
            raise OpenSSLUnavailable(f"{path} ({banner}) was built without the option -{name}.")
    return usable


def find_openssl() -> OpenSSL:
    """The ``openssl`` to use: the binary named in the environment, or the first usable one.

    Raises :class:`OpenSSLUnavailable` with the reason for the first binary found. An example::

        assert find_openssl().version >= (3, 0)
    """
    named = os.environ.get(ENVIRONMENT)
    if named:
        return inspect(Path(named))
    first = shutil.which("openssl")
    candidates = [first] if first else []
    candidates += [place for place in _ELSEWHERE if Path(place).is_file()]
    reason = OpenSSLUnavailable("There is no openssl on the PATH of this machine.")
    for number, candidate in enumerate(candidates):
        try:
            return inspect(Path(candidate))
        except OpenSSLUnavailable as error:
            reason = reason if number else error
    raise reason
