"""A conversation written down for a lesson: every record, in order, with every secret.

This is what a teacher sees who holds both ends. It is no recording that an eavesdropper could make.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tls13lab.crypto.schedule import descendants
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.events import Step
from tls13lab.messages.handshake import message_name
from tls13lab.wire.codepoints import NamedGroup, name_of


@dataclass(frozen=True, slots=True)
class Conversation:
    """The records in the order in which they were sent, and what was agreed.

    ``secrets`` are by their names in the schedule table, with ``psk``, ``ecdhe`` and the private
    keys ``client_ecdhe`` and ``server_ecdhe``: those of the key schedule that was agreed on, which
    early data that was rejected may be no part of. ``mode`` is ``unfinished`` when the handshake
    failed.
    """

    steps: tuple[Step, ...]
    mode: str
    suite: str
    group: str | None
    secrets: Mapping[str, bytes] = field(repr=False)

    def messages(self, name: str) -> tuple[bytes, ...]:
        """All messages of that name, each with its type and length in front, in their order.

        ``name`` is the RFC's, such as ``NewSessionTicket``; a HelloRetryRequest is no ServerHello.
        """
        every = (message for step in self.steps for message in step.messages)
        return tuple(message for message in every if message_name(message) == name)

    def message(self, name: str) -> bytes:
        """The first of them; raises LookupError where there is none.

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
        """The record, header included, that completes the first message of that name."""
        wanted = self.message(name)
        return next(step.wire for step in self.steps if wanted in step.messages)


class Trace:
    """Takes both sides' taps in turn."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._known: dict[str, bytes] = {}
        self._new: dict[str, bytes] = {}

    def tap(self, seen: Step | Mapping[str, bytes]) -> None:
        """Note a record; or secrets, which go with the record before them."""
        if isinstance(seen, Step):
            self._steps.append(replace(seen, secrets=self._new))
            self._new = {}
            return
        fresh = {name: one for name, one in seen.items() if self._known.get(name) != one}
        if "early_secret" in fresh:
            # Another PSK than the first on offer, or none: what hung on that one, such as the keys
            # of early data that was rejected, has no place in this schedule.
            others = descendants("early_secret") | {"psk"}
            self._known = {name: one for name, one in self._known.items() if name not in others}
        self._known |= fresh
        if self._steps:
            last = self._steps[-1]
            self._steps[-1] = replace(last, secrets={**last.secrets, **fresh})
        else:
            self._new |= fresh

    def conversation(self, outcome: Outcome | None) -> Conversation:
        """All of it so far."""
        if outcome is None:
            return Conversation(tuple(self._steps), "unfinished", "", None, dict(self._known))
        group = None if outcome.group is None else name_of(NamedGroup, outcome.group)
        return Conversation(
            tuple(self._steps), outcome.mode, outcome.suite.name, group, dict(self._known)
        )
