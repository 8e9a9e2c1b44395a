"""Scapy's TLS client: its automaton, in this process. A client only.

Its server takes external PSKs only with a ticket's age, which they do not have, and so never does.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scapy
from scapy.automaton import ATMT
from scapy.config import conf
from scapy.layers.tls.automaton_cli import TLSClientAutomaton
from scapy.layers.tls.crypto.groups import _tls_named_groups
from scapy.layers.tls.record import TLSAlert, TLSApplicationData

from tests.interop.stacks.stack import (
    Certificate,
    Client,
    Heard,
    NoSuchCall,
    PeerFailed,
    Server,
    Setup,
    refuse,
)
from tests.interop.tap import LOOPBACK, SECONDS

SUITES = {
    "TLS_AES_128_GCM_SHA256": 0x1301,
    "TLS_AES_256_GCM_SHA384": 0x1302,
    "TLS_CHACHA20_POLY1305_SHA256": 0x1303,
}
IDENTITY = b"Client_identity"  # the only one that it can send


_automata: Any = ATMT
_behind_tickets = _automata.condition(TLSClientAutomaton.RECEIVED_SERVERDATA, prio=3)


def _as_exception(state: Any) -> Exception:
    """Scapy's automata go to a state by raising it."""
    raised: Exception = state()
    return raised


class _Automaton(TLSClientAutomaton):
    """Scapy's, which keeps what it hears instead of printing it."""

    heard = b""

    @_behind_tickets
    def should_handle_ServerData(self) -> None:
        packet = self.buffer_in.pop(0)
        if isinstance(packet, TLSAlert):
            raise _as_exception(self.CLOSE_NOTIFY)
        if isinstance(packet, TLSApplicationData):
            self.heard += packet.data
        raise _as_exception(self.HANDLED_SERVERDATA)


class _Commands:
    """What the automaton takes for the user's input: send all, wait for as much, end."""

    def __init__(self, automaton: _Automaton, data: bytes, *, update_keys: bool) -> None:
        self._automaton, self._wanted = automaton, len(data)
        pieces = [data[at : at + 16000] for at in range(0, len(data), 16000)]
        self._first = [*([b"key_update"] if update_keys else []), *pieces]
        self._until = time.monotonic() + SECONDS

    def __bool__(self) -> bool:
        return True

    def pop(self) -> bytes:
        if self._first:
            return self._first.pop(0)
        missing = len(self._automaton.heard) < self._wanted
        return b"wait" if missing and time.monotonic() < self._until else b"quit"


class Scapy:
    """The Scapy of this Python."""

    name = "scapy"

    def __init__(self, certificate: Certificate) -> None:
        self.version = str(scapy.__version__)
        conf.verb = 0

    @contextmanager
    def serve(self, setup: Setup) -> Iterator[Server]:
        raise NoSuchCall("Scapy is here as a client only")
        yield

    @contextmanager
    def client(self, setup: Setup) -> Iterator[Client]:
        yield _Client(setup)

    def close(self) -> None:
        return


class _Client:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        if setup.early_data:
            refuse("Scapy's client has no early data", "early", TLSClientAutomaton)
        if setup.padding:
            refuse("Scapy's client has no option that pads records", "padding", TLSClientAutomaton)
        if setup.psk is not None and setup.psk.identity != IDENTITY:
            raise NoSuchCall(f"Scapy's client has no identity but {IDENTITY.decode('ascii')!r}")
        unknown = [group for group in setup.groups if group not in _tls_named_groups.values()]
        if unknown:
            raise NoSuchCall(f"Scapy has no group {unknown[0]}")

    def visit(self, port: int, data: bytes, *, resume: bool, early: bytes) -> Heard:
        setup = self._setup
        if resume:
            raise PeerFailed("Scapy got no ticket")
        psk = {"psk": setup.psk.key.hex(), "psk_mode": setup.modes[0]} if setup.psk else {}
        automaton: Any = _Automaton(
            server=LOOPBACK,
            dport=port,
            version="tls13",
            ciphersuite=SUITES[setup.suite],
            curve=setup.groups[0],
            supported_groups=list(setup.groups),
            supported_signature_algorithms=["sha256+ecdsa"],
            verbose=False,
            **psk,
        )
        automaton.data_to_send = _Commands(automaton, data, update_keys=setup.update_keys)
        try:
            automaton.run()
        except Exception as error:  # whatever it trips over
            raise PeerFailed(f"Scapy: {type(error).__name__}: {error}") from error
        finally:
            automaton.stop()
        if automaton.heard != data:
            raise PeerFailed("Scapy did not hear all")
        if automaton.cur_session.client_session_ticket and setup.psk is None:
            raise PeerFailed("Scapy got a ticket: it can be tried with one now")
        return Heard(automaton.heard)
