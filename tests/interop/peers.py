"""The peers, each behind the same two calls: ``serve(service)`` and ``client(..).visit(..)``.

A server answers every line; ``Peer.answer`` says with what. A client object lives for one cell and
remembers the session that it saved.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import tls13lab
from tests.interop.scenarios import ExternalPsk, Service, Visit
from tests.interop.tap import LOOPBACK, SECONDS
from tls13lab.peers import openssl
from tls13lab.peers.openssl_process import Child


class PeerFailed(RuntimeError):
    """A peer did not do what it was asked."""


@dataclass(frozen=True)
class Visited:
    """What a client reports: the answer, and (if it says) mode and suite for a cross-check."""

    received: bytes
    mode: str | None = None
    suite: str | None = None


class Client(Protocol):
    """One client for the length of one cell."""

    def visit(self, visit: Visit, port: int, line: bytes) -> Visited:
        """Connect, send the line, return the answer; :class:`PeerFailed` if that was impossible."""
        ...


class Peer(Protocol):
    """A TLS stack in both roles."""

    name: str

    def serve(self, service: Service) -> AbstractContextManager[int]:
        """A server on loopback; gives its port."""
        ...

    def client(self, directory: Path) -> Client:
        """A client that may keep files in ``directory``."""
        ...

    def answer(self, line: bytes) -> bytes:
        """What this peer's server answers to ``line``."""
        ...


class OpenSSLPeer:
    """The machine's ``openssl`` binary."""

    name = "openssl"

    def __init__(self, certificate: openssl.CertificateFiles) -> None:
        self._certificate = certificate

    @contextmanager
    def serve(self, service: Service) -> Iterator[int]:
        with openssl.OpenSSLServer(
            suites=[service.suite],
            groups=service.groups,
            modes=service.modes,
            psk=_openssl_psk(service.psk),
            certificate=None if service.psk else self._certificate,
        ) as server:
            yield server.port

    def client(self, directory: Path) -> Client:
        return _OpenSSLClient(directory / "session.pem", self._certificate.ca)

    def answer(self, line: bytes) -> bytes:
        return line[:-1][::-1] + b"\n"


def _openssl_psk(psk: ExternalPsk | None) -> openssl.OpenSSLPsk | None:
    return openssl.OpenSSLPsk(psk.identity, psk.key, psk.hash_name) if psk else None


@dataclass
class _OpenSSLClient:
    session: Path
    ca: Path

    def visit(self, visit: Visit, port: int, line: bytes) -> Visited:
        try:
            run = openssl.s_client(
                port,
                send=line,
                suites=[visit.suite],
                groups=visit.groups,
                modes=visit.modes,
                psk=_openssl_psk(visit.psk),
                session=self.session if visit.resume else None,
                save_session=self.session if visit.save else None,
                cafile=self.ca,
                timeout=SECONDS,
            )
        except openssl.OpenSSLFailed as error:
            raise PeerFailed(str(error)) from error
        return Visited(run.received, suite=run.suite)


class LabPeer:
    """This project, through its command line: the one seam between the table and the package."""

    name = "tls13lab"

    def __init__(self, certificate: openssl.CertificateFiles) -> None:
        self._certificate = certificate

    @contextmanager
    def serve(self, service: Service) -> Iterator[int]:
        options = _lab_options(service)
        if service.psk is None:
            options += ["--cert", str(self._certificate.leaf), "--key", str(self._certificate.key)]
        with _lab("serve", "--port", "0", *options) as child:
            pattern = rb"listening on " + re.escape(LOOPBACK.encode()) + rb":(\d+)\s"
            if not child.wait_until(lambda out: re.search(pattern, out) is not None, SECONDS):
                raise PeerFailed(f"tls13lab serve is not listening: {_last_line(child.stderr)}")
            found = re.search(pattern, child.stdout)
            assert found is not None
            yield int(found.group(1))

    def client(self, directory: Path) -> Client:
        return _LabClient(directory / "session.json", self._certificate.ca)

    def answer(self, line: bytes) -> bytes:
        return line


@dataclass
class _LabClient:
    session: Path
    ca: Path

    def visit(self, visit: Visit, port: int, line: bytes) -> Visited:
        options = _lab_options(visit)
        options += [] if visit.psk else ["--cafile", str(self.ca)]
        options += ["--session", str(self.session)] if visit.resume else []
        options += ["--save-session", str(self.session)] if visit.save else []
        options += ["--send", line.decode("ascii"), "--json"]
        with _lab("connect", f"{LOOPBACK}:{port}", *options) as child:
            child.end_input()
            code = child.finish(SECONDS)
            if code != 0:
                raise PeerFailed(f"tls13lab connect ended with {code}: {_last_line(child.stderr)}")
            told = json.loads(child.stdout)
        return Visited(told["received"].encode("ascii"), told["mode"], told["suite"])


def _lab(*arguments: str) -> Child:
    """Start ``python -m tls13lab`` on the copy of the package that the tests import."""
    source = str(Path(tls13lab.__file__).parents[1])
    path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    return Child([sys.executable, "-m", "tls13lab", *arguments], environment)


def _lab_options(side: Service | Visit) -> list[str]:
    options = ["--suites", side.suite, "--groups", ",".join(side.groups)]
    options += ["--modes", ",".join(side.modes)]
    if side.psk is not None:
        options += ["--psk", side.psk.key.hex(), "--identity", side.psk.identity]
        options += ["--psk-hash", side.psk.hash_name]
    return options


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
