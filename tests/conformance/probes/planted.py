"""Faults that are put into the server on purpose, one at a time: which subject must notice.

A probe that cannot fail proves nothing. Each fault is one check less, or one answer too many, of
the kind that a change to the code could bring back.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tls13lab.handshake import choice, server
from tls13lab.handshake.connected import Connected
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.sending import Sender
from tls13lab.messages import handshake, pre_shared_key
from tls13lab.messages.post_handshake import KeyUpdate
from tls13lab.records import early_data_limits, protection
from tls13lab.wire.codepoints import AlertDescription, HandshakeType
from tls13lab.wire.faults import IllegalParameter
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
)
