"""Faults that are put into the server on purpose, one at a time: which subject must notice.

A probe that cannot fail proves nothing. Each fault is one check less, or one answer too many, of
the kind that a change to the code could bring back. Those of the client are in ``planted_client``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tls13lab.handshake import choice, early_data, server, server_flight
from tls13lab.handshake.choice import ServerChoice
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.connected import Connected
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.sending import Sender
from tls13lab.messages import handshake, pre_shared_key
from tls13lab.messages.post_handshake import KeyUpdate
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.transcript import Transcript
from tls13lab.psk import stateless
from tls13lab.psk.binder import check_binder
from tls13lab.psk.keys import Psk
from tls13lab.psk.stateless import TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.records import early_data_limits, protection
from tls13lab.wire.codepoints import AlertDescription, HandshakeType
from tls13lab.wire.faults import DecodeError, IllegalParameter
from tls13lab.wire.reader import Reader


@dataclass(frozen=True, slots=True)
class Fault:
    """``plant`` puts it in; ``caught_by`` names a question that then gets another answer."""

    name: str
    plant: Callable[[pytest.MonkeyPatch], None]
    caught_by: tuple[str, str]


def _answers_alerts(patch: pytest.MonkeyPatch) -> None:
    def answered(self: Sender) -> None:
        self.alert(AlertDescription.UNEXPECTED_MESSAGE)

    patch.setattr(Sender, "silence", answered)


def _believes_binders(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server, "check_binder", lambda *_: None)


def _counts_no_binders(patch: pytest.MonkeyPatch) -> None:
    original = pre_shared_key.OfferedPsks.decode.__func__  # type: ignore[attr-defined]

    def decode(cls: type, reader: object) -> object:
        try:
            return original(cls, reader)
        except IllegalParameter:
            return cls((), ())

    patch.setattr(pre_shared_key.OfferedPsks, "decode", classmethod(decode))


def _accepts_any_update(patch: pytest.MonkeyPatch) -> None:
    def decode(reader: Reader) -> KeyUpdate:
        return KeyUpdate(reader.u8("request_update") == 1)

    patch.setitem(handshake._DECODERS, HandshakeType.KEY_UPDATE, decode)


def _takes_early_data_without_end(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(early_data_limits.EarlyDataLimits, "taken", lambda self, length: None)


def _forgets_the_alignment(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Connection, "_check_alignment", lambda self, actions: None)


def _takes_padding_for_data(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(protection, "MAX_PLAINTEXT", 2**15)


def _checks_no_hello(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(choice, "check_hello", lambda hello: None)


def _checks_no_finished(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server, "check_finished", lambda *_: None)


def _updates_nothing(patch: pytest.MonkeyPatch) -> None:
    def ignored(before: Connected, message: KeyUpdate) -> tuple[Connected, list[object]]:
        return before, []

    patch.setattr(server, "on_key_update", ignored)


def _lets_the_second_hello_change(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server, "_same_but_for_retry", lambda first, second: True)


def _takes_any_share_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server, "_check_second_share", lambda retry, message: None)


def _forgets_the_retry_in_binders(patch: pytest.MonkeyPatch) -> None:
    def check(psk: Psk, raw: bytes, offered: OfferedPsks, index: int, before: Transcript) -> None:
        check_binder(psk, raw, offered, index, Transcript())

    patch.setattr(server, "check_binder", check)


def _lets_tickets_live(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TicketState, "valid", lambda self, now_ms: True)


def _opens_any_seal(patch: pytest.MonkeyPatch) -> None:
    def unseal(key: TicketKey, ticket: bytes) -> TicketState | None:
        nonce, sealed = ticket[16:28], ticket[28:-16]
        block = nonce + (2).to_bytes(4, "big")  # the counter of GCM's first block of content
        opened = Cipher(algorithms.AES(key.key), modes.CTR(block)).decryptor().update(sealed)
        try:
            return TicketState.decode(opened)
        except DecodeError:
            return None

    patch.setattr(stateless, "unseal", unseal)


def _asks_no_age(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(early_data, "_fresh", lambda psk, age, now_ms: True)


def _takes_early_data_under_the_second(patch: pytest.MonkeyPatch) -> None:
    original = early_data.refusal

    def refusal(config: ServerConfig, choice: ServerChoice, *rest: Any) -> str:
        return original(config, replace(choice, index=0), *rest)

    patch.setattr(server_flight, "refusal", refusal)


FAULTS = (
    Fault("a fatal alert is answered", _answers_alerts, ("records", "a fatal alert unknown_ca")),
    Fault("no binder is checked", _believes_binders, ("PSKs", "a binder over another hello")),
    Fault("binders are not counted", _counts_no_binders, ("PSKs", "two identities, one binder")),
    Fault(
        "any request_update will do",
        _accepts_any_update,
        ("records", "KeyUpdate with request_update 2"),
    ),
    Fault(
        "early data has no limit",
        _takes_early_data_without_end,
        ("early data", "101 bytes of early data, of 100 allowed"),
    ),
    Fault(
        "messages may cross a change of keys",
        _forgets_the_alignment,
        ("records", "two KeyUpdates in one record"),
    ),
    Fault(
        "records have no limit inside",
        _takes_padding_for_data,
        ("records", "content and padding of 2^14 + 1"),
    ),
    Fault("a hello is not checked", _checks_no_hello, ("hellos", "compression methods 01")),
    Fault(
        "no Finished is checked",
        _checks_no_finished,
        ("records", "Finished: a bit of byte 0 is another"),
    ),
    Fault("KeyUpdates change no keys", _updates_nothing, ("records", "1 KeyUpdates, not asking")),
    Fault(
        "a second hello may differ",
        _lets_the_second_hello_change,
        ("the second hello", "changed: another server_name"),
    ),
    Fault(
        "a second hello may have more shares",
        _takes_any_share_again,
        ("the second hello", "another share behind the one asked for"),
    ),
    Fault(
        "binders do not cover the HelloRetryRequest",
        _forgets_the_retry_in_binders,
        ("the second hello", "with a PSK: a binder over the second hello alone"),
    ),
    Fault("tickets do not age", _lets_tickets_live, ("tickets", "a ticket past its lifetime")),
    Fault(
        "the tag of a ticket is not checked",
        _opens_any_seal,
        ("tickets", "a ticket with a bit of its end turned"),
    ),
    Fault(
        "0-RTT asks for no age",
        _asks_no_age,
        ("tickets", "early data, and an age that is 10001 ms off"),
    ),
    Fault(
        "0-RTT under another PSK than the first",
        _takes_early_data_under_the_second,
        ("tickets", "early data under the first of two, the second right"),
    ),
)
