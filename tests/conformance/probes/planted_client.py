"""Faults put into the client on purpose, one at a time, as ``planted`` does to the server."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conformance.probes.planted import Fault
from tls13lab.crypto import signatures
from tls13lab.crypto.suites import Suite
from tls13lab.handshake import answer, client, machine
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.moves import State
from tls13lab.handshake.offer import Offer
from tls13lab.handshake.states import WaitServerHello
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.messages.server_hello import ServerHello
from tls13lab.psk.keys import Psk, ResumptionPsk
from tls13lab.wire.codepoints import HandshakeType


def _counts_no_identities(patch: pytest.MonkeyPatch) -> None:
    def selected(offer: Offer, suite: Suite, hello: ServerHello) -> tuple[int | None, Psk | None]:
        return (0, offer.psks[0]) if hello.find(SelectedPsk) else (None, None)

    patch.setattr(answer, "_selected_psk", selected)


def _takes_retries_for_ever(patch: pytest.MonkeyPatch) -> None:
    original = client.on_hello_retry_request

    def again(before: WaitServerHello, *rest: Any) -> Any:
        return original(replace(before, retry=None), *rest)

    cell = (State.CLIENT_WAIT_SH, HandshakeType.HELLO_RETRY_REQUEST)
    patch.setitem(machine.HANDLERS, cell, again)


def _forgets_the_retry(patch: pytest.MonkeyPatch) -> None:
    def check(config: Any, offer: Any, retry: Any, hello: Any) -> Any:
        return answer.check_server_hello(config, offer, None, hello)

    patch.setattr(client, "check_server_hello", check)


def _checks_no_finished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client, "check_finished", lambda *_: None)


def _checks_no_signature(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(signatures, "verify", lambda *_: None)


def _believes_any_lifetime(patch: pytest.MonkeyPatch) -> None:
    def usable(self: ResumptionPsk, now_ms: int) -> bool:
        return 0 <= now_ms - self.received_ms <= self.lifetime_s * 1000

    patch.setattr(ResumptionPsk, "usable", usable)


def _forgets_the_alignment(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Connection, "_check_alignment", lambda self, actions: None)


TO_CLIENT = "to the client: "
FAULTS = (
    Fault(
        "selected_identity is not counted",
        _counts_no_identities,
        (TO_CLIENT + "ServerHello", "selected_identity 1 of one"),
    ),
    Fault(
        "HelloRetryRequests without end",
        _takes_retries_for_ever,
        (TO_CLIENT + "HelloRetryRequest", "a second HelloRetryRequest"),
    ),
    Fault(
        "the HelloRetryRequest is forgotten",
        _forgets_the_retry,
        (TO_CLIENT + "HelloRetryRequest", "another suite after the HelloRetryRequest"),
    ),
    Fault(
        "the server's Finished is not checked",
        _checks_no_finished,
        (TO_CLIENT + "the flight behind it", "Finished: a bit of byte 0 is another"),
    ),
    Fault(
        "the server's signature is not checked",
        _checks_no_signature,
        (TO_CLIENT + "the flight behind it", "a signature with another bit"),
    ),
    Fault(
        "a ticket lives as long as it says",
        _believes_any_lifetime,
        (TO_CLIENT + "tickets and KeyUpdates", "a ticket_lifetime of 604801 s"),
    ),
    Fault(
        "tickets may cross a change of keys",
        _forgets_the_alignment,
        (TO_CLIENT + "tickets and KeyUpdates", "a KeyUpdate and a ticket in a record"),
    ),
)
