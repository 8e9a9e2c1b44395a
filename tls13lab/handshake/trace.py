"""A conversation for a lesson: every record in order, with every secret.

This is the view of someone who controls both endpoints; an eavesdropper could not record it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tls13lab.crypto.schedule import descendants
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.events import Step
from tls13lab.messages.handshake import message_name
from tls13lab.wire.codepoints import NamedGroup, name_of
from tls13lab.wire.names import Mode


@dataclass(frozen=True, slots=True)
class Conversation:
    """The records in the order in which they were sent, and what was agreed.

    ``secrets`` holds the secrets of the key schedule that was agreed on, by their names in the
    schedule table, as well as ``psk``, ``ecdhe`` and the private keys ``client_ecdhe`` and
    ``server_ecdhe``. The secrets of rejected early data belong to another schedule if the server
    took another PSK, and are then missing. ``mode`` is ``unfinished`` if the handshake is not
    complete.
    """

    steps: tuple[Step, ...]
    mode: Mode | Literal["unfinished"]
    suite: str
    group: str | None
    secrets: Mapping[str, bytes] = field(repr=False)

    def messages(self, name: str) -> tuple[bytes, ...]:
        """All messages with this name, in order, each with its type and length in front.

        ``name`` is the RFC's, such as ``NewSessionTicket``. A HelloRetryRequest does not count as a
        ServerHello.
        """
        every = (message for step in self.steps for message in step.messages)
        return tuple(message for message in every if message_name(message) == name)

    def message(self, name: str) -> bytes:
        """The first message with this name; raises LookupError if there is none.

        >>> from tls13lab.handshake.pair import Pair, lesson_configs
        >>> pair = Pair(*lesson_configs("psk_ke"), seed="an example")
        >>> outcome = pair.handshake()
        >>> pair.conversation().message("ServerHello")[:1].hex()
        '02'
        """
        found = self.messages(name)
        if not found:
            raise LookupError(f"no {name} was sent in this conversation")
        return found[0]

    def record(self, name: str) -> bytes:
        """The record, header included, that completes the first message with this name."""
        wanted = self.message(name)
        return next(step.wire for step in self.steps if wanted in step.messages)


class Trace:
    """Collects what the taps of both sides report."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._known: dict[str, bytes] = {}
        self._new: dict[str, bytes] = {}

    def tap(self, seen: Step | Mapping[str, bytes]) -> None:
        """Add a record; or secrets, which are attached to the record before them."""
        if isinstance(seen, Step):
            self._steps.append(replace(seen, secrets=self._new))
            self._new = {}
            return
        fresh = {name: now for name, now in seen.items() if self._known.get(name) != now}
        if "early_secret" in fresh:
            # The server took another PSK than the first, or none. Secrets of the first PSK, such as
            # those of rejected early data, do not belong to this schedule.
            others = descendants("early_secret") | {"psk"}
            self._known = {
                name: secret for name, secret in self._known.items() if name not in others
            }
        self._known |= fresh
        if self._steps:
            last = self._steps[-1]
            self._steps[-1] = replace(last, secrets={**last.secrets, **fresh})
        else:
            self._new |= fresh

    def conversation(self, outcome: Outcome | None) -> Conversation:
        """The conversation so far; ``outcome`` is None while the handshake is not complete."""
        if outcome is None:
            return Conversation(tuple(self._steps), "unfinished", "", None, dict(self._known))
        group = None if outcome.group is None else name_of(NamedGroup, outcome.group)
        return Conversation(
            tuple(self._steps), outcome.mode, outcome.suite.name, group, dict(self._known)
        )
