"""Running the machine's own ``openssl`` as server and client on loopback. Stdlib only.

It gives the lab a second opinion: an implementation that shares no code with it. Every call has a
time limit, every process is ended, and files are in a temporary directory that only their owner can
read. OpenSSL's messages are no evidence of a connection's mode: it prints "Reused" for external
PSKs, too. Read the mode off the ServerHello. An example::

    with OpenSSLServer(suites=["TLS_AES_128_GCM_SHA256"]) as server:
        run = s_client(server.port, send=b"hello\\n", cafile=server.certificate.ca)
    assert run.received == b"olleh\\n"
"""

import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tls13lab.crypto.suites import DEFAULT_SUITES
from tls13lab.peers.openssl_binary import OpenSSL, OpenSSLUnavailable, find_openssl
from tls13lab.peers.openssl_certificate import CertificateFiles, make_certificate
from tls13lab.peers.openssl_process import Child
from tls13lab.peers.openssl_session import psk_session_pem
from tls13lab.wire.names import PSK_MODES, HashName, PskMode, each_of

__all__ = [
    "CertificateFiles",
    "ClientRun",
    "OpenSSL",
    "OpenSSLFailed",
    "OpenSSLPsk",
    "OpenSSLServer",
    "OpenSSLUnavailable",
    "Tickets",
    "find_openssl",
    "make_certificate",
    "s_client",
]

LOOPBACK = "127.0.0.1"
MAX_LINE = 8192
"""The most bytes in a line for :func:`s_client`: well within the server's 16 KiB buffer."""

Tickets = Literal["stateless", "stateful", "off"]
"""What a server's tickets are: sealed state, a key of its database, or none."""


class OpenSSLFailed(RuntimeError):
    """A run of ``openssl`` failed; ``alert`` is the number of the TLS alert, if it reported one."""

    def __init__(self, message: str, alert: int | None = None) -> None:
        super().__init__(message)
        self.alert = alert


@dataclass(frozen=True, slots=True)
class OpenSSLPsk:
    """An external PSK for OpenSSL's command line; ``repr`` does not show the key.

    ``identity`` is text without NUL, because it is an argument. ``key`` has 1 to 512 bytes.

    >>> OpenSSLPsk("lab", bytes(32))
    OpenSSLPsk(identity='lab', hash_name='sha256')
    """

    identity: str
    key: bytes = field(repr=False)
    hash_name: HashName = "sha256"

    def suites(self, allowed: Sequence[str]) -> list[str]:
        """The suites with this PSK's hash, of ``allowed`` or by default of OpenSSL's usual ones.

        Without this restriction, a server with default suites picks AES-256 with SHA-384 and
        silently ignores a SHA-256 PSK (RFC 9846 section 4.3.11: a PSK belongs to one hash).
        Raises ValueError if no suite has the hash.
        """
        usual = [suite.name for suite in DEFAULT_SUITES]
        fitting = [suite for suite in allowed or usual if suite.lower().endswith(self.hash_name)]
        if not fitting:
            raise ValueError(f"none of the suites given has the PSK's hash, {self.hash_name}")
        return fitting

    def arguments(self, suite: str, directory: Path, max_early_data: int = 0) -> list[str]:
        """Write the session file, and return the options for either program to use it."""
        if not self.identity or "\0" in self.identity:
            raise ValueError("on OpenSSL's command line, an identity is text without NUL")
        now = int(time.time())
        file = directory / "psk.pem"
        file.write_text(
            psk_session_pem(self.key, suite, now=now, max_early_data=max_early_data), "ascii"
        )
        return ["-psk_identity", self.identity, "-psk_session", str(file)]


def _common(
    suites: Sequence[str], groups: Sequence[str], modes: Sequence[PskMode], keylog: Path | None
) -> list[str]:
    """The options that are the same for server and client."""
    each_of(modes, PSK_MODES, "mode")
    options = ["-tls1_3"]
    options += ["-ciphersuites", ":".join(suites)] if suites else []
    options += ["-groups", ":".join(groups)] if groups else []
    options += ["-allow_no_dhe_kex"] if "psk_ke" in modes else []
    options += ["-keylogfile", str(keylog)] if keylog else []
    return options


def _failure(what: str, log: str) -> OpenSSLFailed:
    """One sentence from OpenSSL's error output: only its reason, never a path or a value."""
    # 4077B7:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:FILE:LINE:...
    reasons = re.findall(r"^[0-9A-F]+:error:[0-9A-F]+:[^:\n]*:[^:\n]*:([^:\n]+)", log, re.MULTILINE)
    number = re.search(r"SSL alert number (\d+)", log)
    alert = int(number.group(1)) if number else None
    because = f": {reasons[0]}" if reasons else ""
    return OpenSSLFailed(f"{what}{because}{f' (alert {alert})' if number else ''}.", alert)


class OpenSSLServer:
    """``openssl s_server`` on a free loopback port, as a context manager.

    It answers each line with the same line reversed. With ``early_data`` (how many bytes of 0-RTT
    data it accepts), OpenSSL cannot do that. Then :meth:`say` sends a line, and :meth:`wait_for`
    waits for output. The output includes the 0-RTT data, and the session with its secret.

    With only ``psk``, the server has no certificate. With neither ``psk`` nor ``certificate``, it
    makes a temporary one. ``psk_ke`` in ``modes`` *permits* that mode. OpenSSL 3.0 still prefers
    psk_dhe_ke, unless the client offers only psk_ke or no group is shared. From 3.5 on, the server
    prefers psk_ke if it is first in ``modes``. No OpenSSL can be made to refuse psk_dhe_ke.

    Raises :class:`OpenSSLUnavailable` or :class:`OpenSSLFailed` on entering. An example::

        psk = OpenSSLPsk("lab", bytes(32))
        with OpenSSLServer(psk=psk, modes=["psk_ke", "psk_dhe_ke"]) as server:
            assert s_client(server.port, psk=psk, send=b"hello\\n").received == b"olleh\\n"
    """

    def __init__(
        self,
        *,
        suites: Sequence[str] = (),
        groups: Sequence[str] = (),
        modes: Sequence[PskMode] = ("psk_dhe_ke",),
        psk: OpenSSLPsk | None = None,
        certificate: CertificateFiles | None = None,
        tickets: Tickets = "stateless",
        early_data: int = 0,
        anti_replay: bool = True,
        keylog: Path | None = None,
        timeout: float = 10.0,
    ) -> None:
        self.port = 0
        self.certificate = certificate
        self._psk, self._early_data, self._timeout = psk, early_data, timeout
        self._suites = psk.suites(suites) if psk else list(suites)
        self._modes = modes
        self._options = _common(self._suites, groups, modes, keylog)
        self._options += {
            "stateless": [],
            "stateful": ["-no_ticket"],
            "off": ["-num_tickets", "0"],
        }[tickets]
        if early_data:
            self._options += ["-early_data", "-max_early_data", str(early_data)]
            self._options += [] if anti_replay else ["-no_anti_replay"]
        else:
            self._options += ["-rev"]
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._child: Child | None = None

    def _command(self, openssl: OpenSSL, directory: Path) -> list[str]:
        command = [str(openssl.path), "s_server", "-accept", f"{LOOPBACK}:0", *self._options]
        if list(self._modes)[:1] == ["psk_ke"] and openssl.prefers_psk_ke:
            command += ["-prefer_no_dhe_kex"]
        if self._psk is not None:
            command += self._psk.arguments(self._suites[0], directory, self._early_data)
        elif self.certificate is None:
            self.certificate = make_certificate(directory)
        if self.certificate is None:
            return [*command, "-nocert"]
        files = self.certificate
        return [*command, "-cert", str(files.leaf), "-key", str(files.key)]

    def __enter__(self) -> Self:
        openssl = find_openssl()
        self._directory = tempfile.TemporaryDirectory(
            prefix="tls13lab-", ignore_cleanup_errors=True
        )
        try:
            self._child = Child(self._command(openssl, Path(self._directory.name)))
            if not self._child.wait_until(lambda out: _listening(out) is not None, self._timeout):
                raise _failure("openssl s_server did not start listening", self.log)
            self.port = _listening(self._child.stdout) or 0
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._child is not None:
            self._child.stop()
        if self._directory is not None:
            self._directory.cleanup()

    @property
    def output(self) -> bytes:
        """What it has printed so far; with ``early_data``, this includes secrets of the session."""
        return self._child.stdout if self._child else b""

    @property
    def log(self) -> str:
        """Its error output so far."""
        return self._child.stderr if self._child else ""

    def say(self, line: bytes) -> None:
        """Send a line to the client; only for a server with ``early_data``."""
        if self._child is None or not self._child.write(line):
            raise OpenSSLFailed("openssl s_server is not running.")

    def wait_for(self, text: bytes, timeout: float | None = None, *, times: int = 1) -> None:
        """Wait until ``text`` has appeared ``times`` times in :attr:`output`.

        Raises OpenSSLFailed after ``timeout`` seconds.
        """
        if self._child is None or not self._child.wait_until(
            lambda out: out.count(text) >= times, timeout or self._timeout
        ):
            raise _failure("openssl s_server did not print the expected text", self.log)


def _listening(output: bytes) -> int | None:
    """The port in ``ACCEPT 127.0.0.1:44817``; None until the whole line is there."""
    found = re.search(rb"^ACCEPT [^\r\n]*:(\d+)\b[^\n]*\n", output, re.MULTILINE)
    return int(found.group(1)) if found else None


@dataclass(frozen=True, slots=True)
class ClientRun:
    """The result of ``openssl s_client``: the answer it received, and the suite it reports."""

    received: bytes
    suite: str
    log: str = field(repr=False)


def s_client(
    port: int,
    *,
    send: bytes = b"hello\n",
    answer: int | None = None,
    suites: Sequence[str] = (),
    groups: Sequence[str] = (),
    modes: Sequence[PskMode] = ("psk_dhe_ke",),
    psk: OpenSSLPsk | None = None,
    session: Path | None = None,
    save_session: Path | None = None,
    early_data: bytes = b"",
    cafile: Path | None = None,
    keylog: Path | None = None,
    timeout: float = 10.0,
) -> ClientRun:
    """Connect with ``openssl s_client`` on loopback, send a line, wait for the answer, close.

    ``answer`` is how many bytes to wait for, by default as many as were sent, because the lab's
    servers echo. ``save_session`` is a file for the session of the last ticket; it is complete on
    return, because tickets come before the answer. ``session`` is such a file, to resume. The
    first of ``groups`` gets the key share. ``psk_ke`` in ``modes`` offers both modes: OpenSSL never
    offers psk_ke alone. Without ``cafile``, the server's certificate is not checked. ``timeout`` is
    in seconds.

    Raises :class:`OpenSSLUnavailable`, :class:`OpenSSLFailed` if there was no handshake or no
    answer, and ValueError for a ``send`` that is not a line.
    """
    if not send.endswith(b"\n") or len(send) > MAX_LINE:
        raise ValueError(f"send must be one line of at most {MAX_LINE} bytes, with its line end")
    expected = len(send) if answer is None else answer
    suites = psk.suites(suites) if psk else suites
    deadline = time.monotonic() + timeout
    command = [str(find_openssl().path), "s_client", "-connect", f"{LOOPBACK}:{port}"]
    command += ["-brief", "-nocommands", "-no-CAfile", "-no-CApath", "-no-CAstore"]
    command += _common(suites, groups, modes, keylog)
    command += ["-sess_in", str(session)] if session else []
    command += ["-sess_out", str(save_session)] if save_session else []
    if cafile:
        command += ["-CAfile", str(cafile), "-verify_return_error", "-verify_ip", LOOPBACK]
    with tempfile.TemporaryDirectory(prefix="tls13lab-", ignore_cleanup_errors=True) as name:
        if psk is not None:
            most = 0xFFFFFFFF if early_data else 0
            command += psk.arguments(suites[0], Path(name), most)
        if early_data:
            file = Path(name) / "early"
            file.write_bytes(early_data)
            command += ["-early_data", str(file)]
        with Child(command) as child:
            child.write(send)
            answered = child.wait_until(lambda out: len(out) >= expected, timeout)
            child.end_input()
            code = child.finish(max(0.1, deadline - time.monotonic()))
            received, log = child.stdout, child.stderr
    if code is None:
        raise OpenSSLFailed(f"openssl s_client did not finish within {timeout:g} s.")
    established = re.search(r"^Ciphersuite: (\w+)", log, re.MULTILINE)
    if established is None:
        raise _failure("openssl s_client made no handshake", log)
    if not answered:
        raise _failure("openssl s_client got no answer after the handshake", log)
    return ClientRun(received, established.group(1), log)
