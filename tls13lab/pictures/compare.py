"""A comparison of two conversations, with the first difference between them.

It compares their structure: the messages, the extensions in them, what they select, and what went
into the handshake secret. Random values always differ, so they are left out.
"""

from dataclasses import dataclass
from typing import Any

from tls13lab.handshake.trace import Conversation
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.negotiation import PskKeyExchangeModes
from tls13lab.messages.server_hello import ServerHello
from tls13lab.pictures.picture import html_table, text_table
from tls13lab.wire.codepoints import ExtensionType, NamedGroup, PskKeyExchangeMode, name_of


def features(conversation: Conversation) -> dict[str, str]:
    """The features of a conversation, as a place (such as a message) and a value, in order."""
    found: dict[str, str] = {}
    for number, step in enumerate(conversation.steps, 1):
        for raw in step.messages:
            message = unpack(raw)
            place = f"{step.sender} {type(message).__name__}"
            place = place if place not in found else f"{place} (record {number})"
            found[place] = "sent"
            if isinstance(message, ClientHello | ServerHello):
                for extension in message.extensions:
                    name = name_of(ExtensionType, extension.extension_type)
                    found[f"{place}: {name}"] = _value(extension)
            if isinstance(message, ServerHello):
                ecdhe = "ecdhe" in conversation.secrets
                found["input of handshake_secret"] = "ecdhe" if ecdhe else "zeros"
    return found


def _value(extension: Extension) -> str:
    if isinstance(extension, PskKeyExchangeModes):
        return ", ".join(name_of(PskKeyExchangeMode, mode) for mode in extension.modes)
    if isinstance(extension, KeyShareClientHello):
        return ", ".join(name_of(NamedGroup, share.group) for share in extension.client_shares)
    if isinstance(extension, KeyShareServerHello):
        return name_of(NamedGroup, extension.server_share.group)
    return "there"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The compared features, as rows of (mark, place, left, right)."""

    names: tuple[str, str]
    rows: tuple[tuple[str, str, str, str], ...]

    @property
    def first_difference(self) -> str:
        """The place of the first difference; empty if there is none."""
        return next((place for mark, place, _, _ in self.rows if mark), "")

    @property
    def header(self) -> tuple[str, ...]:
        return ("", "place", *self.names)

    @property
    def html(self) -> str:
        return html_table(self.header, self.rows)

    @property
    def text(self) -> str:
        return text_table(self.header, self.rows)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def compare(left: Conversation, right: Conversation, upto: int | None = None) -> Comparison:
    """Compare the features of two conversations, in order; only the first ``upto`` if given."""
    ours, theirs = features(left), features(right)
    places = list(ours)
    for index, place in enumerate(theirs):
        if place not in ours:
            before = list(theirs)[:index]
            after = max((places.index(each) for each in before if each in places), default=-1)
            places.insert(after + 1, place)
    rows: list[tuple[str, str, str, str]] = []
    for place in places[:upto]:
        mine, other = ours.get(place, "absent"), theirs.get(place, "absent")
        first = mine != other and not any(mark for mark, *_ in rows)
        mark = "FIRST DIFFERENCE" if first else "differs" if mine != other else ""
        rows.append((mark, place, mine, other))
    return Comparison((left.mode, right.mode), tuple(rows))
