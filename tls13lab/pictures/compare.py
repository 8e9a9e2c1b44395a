"""Two conversations side by side, and the first thing in which they differ.

What is compared is structure: which messages, which extensions in them, what each chose, and what
went into the handshake secret. Random values differ always, and so are left out.
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
    """What a conversation is made of, place by place, in the order in which it is said."""
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
        return ", ".join(name_of(NamedGroup, one.group) for one in extension.client_shares)
    if isinstance(extension, KeyShareServerHello):
        return name_of(NamedGroup, extension.server_share.group)
    return "there"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of (mark, place, left, right)."""

    names: tuple[str, str]
    rows: tuple[tuple[str, str, str, str], ...]

    @property
    def first_difference(self) -> str:
        """The place of it, or an empty string."""
        return next((place for mark, place, _, _ in self.rows if mark), "")

    @property
    def header(self) -> tuple[str, ...]:
        """The columns' names."""
        return ("", "place", *self.names)

    @property
    def html(self) -> str:
        """A table."""
        return html_table(self.header, self.rows)

    @property
    def text(self) -> str:
        """The same as plain text."""
        return text_table(self.header, self.rows)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def compare(left: Conversation, right: Conversation, upto: int | None = None) -> Comparison:
    """Every place of either, in order; the first ``upto`` of them."""
    ours, theirs = features(left), features(right)
    places = list(ours)
    for index, place in enumerate(theirs):
        if place not in ours:
            before = list(theirs)[:index]
            after = max((places.index(one) for one in before if one in places), default=-1)
            places.insert(after + 1, place)
    rows: list[tuple[str, str, str, str]] = []
    for place in places[:upto]:
        one, other = ours.get(place, "absent"), theirs.get(place, "absent")
        first = one != other and not any(mark for mark, *_ in rows)
        mark = "FIRST DIFFERENCE" if first else "differs" if one != other else ""
        rows.append((mark, place, one, other))
    return Comparison((left.mode, right.mode), tuple(rows))
