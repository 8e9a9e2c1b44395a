"""Driving the machine's real ``openssl``: a server and a client on loopback. Stdlib only.

The second opinion of the lab: an implementation that shares no line with it. Every call has a
time-out, every process is ended and reaped, and files live in a temporary directory that only their
owner can read. What OpenSSL *says* about a connection is not used as evidence of its mode ("Reused"
is printed for external PSKs too): read that off the ServerHello. An example::

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
from tls13lab.peers.openssl_certificate import Certificate, make_certificate
from tls13lab.peers.openssl_process import Child
from tls13lab.peers.openssl_session import psk_session_pem

__all__ = [
    "Certificate",
    "ClientRun",
    "OpenSSL",
    "OpenSSLFailed",
    "OpenSSLPsk",
    "OpenSSLServer",
    "OpenSSLUnavailable",
    "find_openssl",
    "make_certificate",
    "s_client",
]

LOOPBACK = "127.0.0.1"
MAX_LINE = 8192
"""Bytes in the one line that :func:`s_client` sends: safely inside the server's 16 KiB buffer."""

Mode = Literal["psk_ke", "psk_dhe_ke"]
Tickets = Literal["stateless", "stateful", "off"]


class OpenSSLFailed(RuntimeError):
    """A run of ``openssl`` went wrong; ``alert`` is the TLS alert's number if it reported one."""

    def __init__(self, message: str, alert: int | None = None) -> None:
        super().__init__(message)
        self.alert = alert


@dataclass(frozen=True, slots=True)
class OpenSSLPsk:
    """An external PSK for OpenSSL's command line. The key stays out of ``repr``.

    ``identity`` is text without NUL (the command line has no other), ``key`` 1 to 512 bytes.

    >>> OpenSSLPsk("lab", bytes(32))
    OpenSSLPsk(identity='lab', hash_name='sha256')
    """

    identity: str
    key: bytes = field(repr=False)
    hash_name: Literal["sha256", "sha384"] = "sha256"

    def suites(self, allowed: Sequence[str]) -> list[str]:
        """Those of the suites (all, if none is given) that have this PSK's hash.

        Without this a server with default suites picks AES-256 with SHA-384 and silently ignores a
        SHA-256 PSK (RFC 9846 section 4.3.11: a PSK goes with one hash).
        """
        usual = [one.name for one in DEFAULT_SUITES]
        fitting = [suite for suite in allowed or usual if suite.lower().endswith(self.hash_name)]
        if not fitting:
            raise ValueError(f"none of the suites given has the PSK's hash, {self.hash_name}")
        return fitting

    def arguments(self, suite: str, directory: Path, max_early_data: int = 0) -> list[str]:
        """Write the session file and give the options that make both programs use it."""
        if not self.identity or "\0" in self.identity:
            raise ValueError("OpenSSL's command line takes an identity of text without NUL")
        now = int(time.time())
        file = directory / "psk.pem"
        file.write_text(
            psk_session_pem(self.key, suite, now=now, max_early_data=max_early_data), "ascii"
        )
        return ["-psk_identity", self.identity, "-psk_session", str(file)]


def _common(
    suites: Sequence[str], groups: Sequence[str], modes: Sequence[Mode], keylog: Path | None
) -> list[str]:
    """The options that the server and the client share."""
    if not set(modes) <= {"psk_ke", "psk_dhe_ke"}:
        raise ValueError("modes are psk_ke and psk_dhe_ke")
    options = ["-tls1_3"]
    options += ["-ciphersuites", ":".join(suites)] if suites else []
    options += ["-groups", ":".join(groups)] if groups else []
    options += ["-allow_no_dhe_kex"] if "psk_ke" in modes else []
    options += ["-keylogfile", str(keylog)] if keylog else []
    return options


def _failure(what: str, log: str) -> OpenSSLFailed:
    """One sentence out of OpenSSL's error output; only the reason, never a path or a value."""
    # 4077B7:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:FILE:LINE:...
    reasons = re.findall(r"^[0-9A-F]+:error:[0-9A-F]+:[^:\n]*:[^:\n]*:([^:\n]+)", log, re.MULTILINE)
    number = re.search(r"SSL alert number (\d+)", log)
    alert = int(number.group(1)) if number else None
    because = f": {reasons[0]}" if reasons else ""
    return OpenSSLFailed(f"{what}{because}{f' (alert {alert})' if number else ''}.", alert)


class OpenSSLServer:
    """``openssl s_server`` on a free loopback port, as a context manager.

    It answers each line with the same line reversed. With ``early_data`` (bytes of 0-RTT data that
    it accepts) OpenSSL cannot do that: then :meth:`say` sends and :meth:`wait_for` waits for
    output, in which the 0-RTT data appears, and also the session with its secret.

    ``psk`` alone means no certificate; with neither, a throwaway one is made (``certificate``).
    ``modes`` with ``psk_ke`` *permits* that mode. OpenSSL 3.0 then still takes psk_dhe_ke, except
    if the client offers nothing but psk_ke or no group is shared; from 3.5 on, ``psk_ke`` first in
    ``modes`` makes the server prefer it. No OpenSSL can be told to refuse psk_dhe_ke.

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
        modes: Sequence[Mode] = ("psk_dhe_ke",),
        psk: OpenSSLPsk | None = None,
        certificate: Certificate | None = None,
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
        """What it has printed so far (with ``early_data``, secrets of the session among it)."""
        return self._child.stdout if self._child else b""

    @property
    def log(self) -> str:
        """What it has said on its error output so far."""
        return self._child.stderr if self._child else ""

    def say(self, line: bytes) -> None:
        """Send a line to the connected client; for a server with ``early_data``."""
        if self._child is None or not self._child.write(line):
            raise OpenSSLFailed("openssl s_server is not running.")

    def wait_for(self, text: bytes, timeout: float | None = None, *, times: int = 1) -> None:
        """Wait until ``text`` is in :attr:`output`, so many times.

        Raises ``OpenSSLFailed`` when the time is over.
        """
        if self._child is None or not self._child.wait_until(
            lambda out: out.count(text) >= times, timeout or self._timeout
        ):
            raise _failure("openssl s_server did not print what was waited for", self.log)


def _listening(output: bytes) -> int | None:
    """The port in ``ACCEPT 127.0.0.1:44817``, once the whole line is there."""
    found = re.search(rb"^ACCEPT [^\r\n]*:(\d+)\b[^\n]*\n", output, re.MULTILINE)
    return int(found.group(1)) if found else None


@dataclass(frozen=True, slots=True)
class ClientRun:
    """What one ``openssl s_client`` got: the answer, and the suite it reports."""

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
    modes: Sequence[Mode] = ("psk_dhe_ke",),
    psk: OpenSSLPsk | None = None,
    session: Path | None = None,
    save_session: Path | None = None,
    early_data: bytes = b"",
    cafile: Path | None = None,
    keylog: Path | None = None,
    timeout: float = 10.0,
) -> ClientRun:
    """Connect with ``openssl s_client`` on loopback, send a line, wait for the answer, close.

    ``answer`` is how many bytes to wait for: by default as many as were sent, since the lab's
    servers echo. Tickets come before the answer, so ``save_session`` (a file, written for the last
    ticket) is complete on return; ``session`` is such a file. The first of ``groups`` gets the key
    share. ``modes`` with ``psk_ke`` offers both modes: OpenSSL never offers psk_ke alone. Without
    ``cafile`` nobody checks the server's certificate.

    Raises :class:`OpenSSLUnavailable`; :class:`OpenSSLFailed` if there was no handshake or no
    answer.
    """
    if not send.endswith(b"\n") or len(send) > MAX_LINE:
        raise ValueError(f"send is one line of at most {MAX_LINE} bytes, with its line end")
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
        raise OpenSSLFailed(f"openssl s_client was not done within {timeout:g} s.")
    established = re.search(r"^Ciphersuite: (\w+)", log, re.MULTILINE)
    if established is None:
        raise _failure("openssl s_client made no handshake", log)
    if not answered:
        raise _failure("openssl s_client got no answer after the handshake", log)
    return ClientRun(received, established.group(1), log)
