"""The words about one record of a conversation: its label, its row of the table, and its tip.

There are three ways to look at a record: as its endpoints do, as an eavesdropper does (from the
bytes on the wire alone), and by name, without anything about keys or bytes.
"""

from collections.abc import Iterator
from enum import Enum

from tls13lab.handshake.events import Step
from tls13lab.pictures.cleartext import clear_messages, readable_fields, seen_by_eavesdropper
from tls13lab.pictures.conversation_text import bare_name, content_name, epoch_name, new_secrets
from tls13lab.pictures.purposes import PURPOSES, purpose_of, purposes_of

HEADER = (
    "record",
    "from",
    "holds",
    "protected by",
    "bytes on the wire",
    "an eavesdropper sees",
)
FIRST_BYTES = 16
"""How many bytes of a record its tip shows."""


class Onlooker(Enum):
    """Who looks at a record."""

    ENDPOINT = "endpoint"
    EAVESDROPPER = "eavesdropper"
    BY_NAME = "by name"

    @property
    def header(self) -> tuple[str, ...]:
        """The heads of the columns of :func:`row`."""
        return HEADER[:3] if self is Onlooker.BY_NAME else HEADER


def label(step: Step, onlooker: Onlooker) -> str:
    """What stands at the record's arrow."""
    if onlooker is Onlooker.EAVESDROPPER:
        return seen_by_eavesdropper(step.wire)
    return bare_name(step) if onlooker is Onlooker.BY_NAME else content_name(step)


def remarks(step: Step, onlooker: Onlooker) -> tuple[str, ...]:
    """What can be said in small letters: the secrets that are new, or what can be read."""
    if onlooker is Onlooker.ENDPOINT:
        secrets = new_secrets(step)
        return (f"first in use here: {secrets}",) if secrets else ()
    if onlooker is Onlooker.BY_NAME:
        return ()
    fields = dict(readable_fields(step.wire))
    wanted = ("pre_shared_key", "psk_key_exchange_modes", "key_share", "alert")
    return tuple(f"{name}: {fields[name]}" for name in wanted if name in fields)


def row(number: int, step: Step, onlooker: Onlooker) -> tuple[str, ...]:
    """The record's row in the table, under ``onlooker.header``."""
    if onlooker is Onlooker.BY_NAME:
        return str(number), step.sender, bare_name(step)
    hidden = onlooker is Onlooker.EAVESDROPPER and bool(step.epoch)
    return (
        str(number),
        step.sender,
        "?" if onlooker is Onlooker.EAVESDROPPER and step.epoch else content_name(step),
        "keys unknown to it" if hidden else epoch_name(step.epoch),
        str(len(step.wire)),
        seen_by_eavesdropper(step.wire),
    )


def tip(number: int, step: Step, onlooker: Onlooker) -> list[str]:
    """The row, what the messages are for and where the RFC says so, and the first bytes."""
    cells = dict(zip(onlooker.header, row(number, step, onlooker), strict=True))
    head = f"record {cells.pop('record')}, from the {cells.pop('from')}"
    lines = [head, *(f"{name}: {cell}" for name, cell in cells.items()), *_purposes(step, onlooker)]
    if onlooker is not Onlooker.BY_NAME:
        first = step.wire[:FIRST_BYTES].hex(" ")
        more = " ..." if len(step.wire) > FIRST_BYTES else ""
        lines.append(f"its bytes: {first}{more}")
    return lines


def short_tip(number: int, step: Step) -> list[str]:
    """The tip of a record whose facts stand beside the picture; a long tip would hide others."""
    return [f"record {number}, from the {step.sender}", "what is said beside is about this record"]


def _purposes(step: Step, onlooker: Onlooker) -> Iterator[str]:
    if onlooker is not Onlooker.EAVESDROPPER:
        for name, why in purposes_of(step):
            yield f"{name} {why.words} (RFC 9846 section {why.section})"
    elif step.epoch:
        yield "only its length can be seen (RFC 9846 section 5.2)"
    else:
        for name, message in clear_messages(step.wire):
            if name in PURPOSES:
                why = purpose_of(name, message)
                yield f"{name} {why.words} (RFC 9846 section {why.section})"
