"""Run a derivation on bytes: each step of the model is a computation. RFC 9846 section 7.

The model says which step comes next; here stands what each rule means on bytes. A step may have to
wait until the records that it needs have been seen.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tls13lab.adversary.direction import Direction, Stage
from tls13lab.adversary.sight import Sight
from tls13lab.crypto import groups, keyschedule
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE
from tls13lab.crypto.suites import Suite
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import EarlyData
from tls13lab.messages.post_handshake import EndOfEarlyData
from tls13lab.messages.server_flight import EncryptedExtensions
from tls13lab.psk.stateless import TicketKey, unseal
from tls13lab.symbolic import rules
from tls13lab.symbolic.connection import ZEROS, Connection
from tls13lab.symbolic.rules import Step
from tls13lab.symbolic.terms import Term
from tls13lab.wire.codepoints import HandshakeType
from tls13lab.wire.faults import LocalFault

TABLE = SCHEDULE | FAMILIES


class NotYet(Exception):
    """The records that this step needs have not been seen."""


class CannotRun(LocalFault):
    """A step of the model does not work on these bytes: they are not what they seem."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was run, and what came of it."""

    step: Step
    value: bytes


class Execution:
    """One connection's terms and their bytes; ``run`` goes on where it had to wait."""

    def __init__(
        self,
        connection: Connection,
        sight: Sight,
        suite: Suite,
        directions: Mapping[str, Direction],
        given: Mapping[Term, bytes],
    ) -> None:
        self._connection, self._sight, self._suite = connection, sight, suite
        self._directions = directions
        self.done: dict[Term, Done] = {}
        self.stages: dict[tuple[str, str], Stage] = {}
        self._values: dict[Term, bytes] = {ZEROS: bytes(suite.hash_length), **given}
        self._sealed = {
            connection.early_record: ("client", "early"),
            connection.server_flight_record: ("server", "handshake"),
            connection.client_flight_record: ("client", "handshake"),
            connection.client_data_record: ("client", "application"),
            connection.server_data_record: ("server", "application"),
        }
        self._read_hellos()

    def _read_hellos(self) -> None:
        connection, sight = self._connection, self._sight
        before = sight.before_hello(self._suite.hash_name).messages
        values = {
            connection.client_hello: before + sight.raw_hello,
            connection.server_hello: sight.raw_answer,
            **dict.fromkeys(self._sealed, b""),
        }
        if connection.identity is not None:
            values[connection.identity] = sight.identity
        group = sight.group
        if group is not None:
            for side in ("client", "server"):
                share = rules.SHARE, connection.name(f"{side}_ecdhe")
                term = next((t for t in self._shares() if (t.symbol, *t.arguments) == share), None)
                if term is not None:
                    values[term] = sight.shares(side).get(group, b"")
        self._values |= values

    def _shares(self) -> Sequence[Term]:
        hello = self._connection.client_hello
        inner = hello.arguments[0] if hello.arguments[0].symbol == rules.TRUNCATED else hello
        fields = (*inner.arguments, *self._connection.server_hello.arguments)
        return [field for field in fields if field.symbol == rules.SHARE]

    def value(self, term: Term) -> bytes:
        """The bytes of a term that is given or was computed."""
        return self._values[term]

    def run(self, steps: Sequence[Step]) -> None:
        """Do all steps that are not done; raises NotYet at one that has to wait."""
        for step in steps:
            if step.conclusion in self.done or step.conclusion in self._values:
                # What can be read off the wire is a step too, and has its bytes already.
                if step.conclusion not in self.done:
                    self.done[step.conclusion] = Done(step, self._values[step.conclusion])
                continue
            value = self._compute(step)
            self._values[step.conclusion] = value
            self.done[step.conclusion] = Done(step, value)

    def _compute(self, step: Step) -> bytes:
        if step.rule in TABLE:
            return self._row(step)
        return _OPERATIONS[step.rule](self, step)

    def _row(self, step: Step) -> bytes:
        """A row of the schedule table: what the endpoints do."""
        row = TABLE[step.rule]
        count = len(row.inputs)
        values = [self._values[premise] for premise in step.premises]
        length = self._suite.key_length if step.rule == "key" else None
        inputs, context = tuple(values[:count]), b"".join(values[count:])
        return keyschedule.run(row, self._suite.hash_name, inputs, context, length=length)

    def _transcript(self, step: Step) -> bytes:
        if step.premises == (self._connection.client_hello,):
            # Early data belongs to the first ClientHello, whatever the server says to it.
            messages = self._sight.first_hello
        else:
            messages = b"".join(self._values[one] for one in step.premises)
        return hashlib.new(self._suite.hash_name, messages).digest()

    def _ecdhe(self, step: Step) -> bytes:
        private, share = (self._values[one] for one in step.premises)
        group = self._sight.group
        mine = groups.from_private(group, private) if group is not None else None
        if mine is None:
            raise CannotRun("the stolen private key is none of the group that was used")
        return mine.finish(share)

    def _unseal(self, step: Step) -> bytes:
        key, ticket = (self._values[one] for one in step.premises)
        state = unseal(TicketKey.from_bytes(key), ticket)
        if state is None:
            raise CannotRun("the ticket does not open under the stolen ticket key")
        return state.psk

    def _open(self, step: Step) -> bytes:
        """Take a stage's records off their protection; of application data only make ready to."""
        key, iv, record = step.premises
        sender, what = self._sealed[record]
        stage = self.stages.get((sender, what))
        if stage is None:
            keys = (self._values[key], self._values[iv])
            secret = self._values.get(key.arguments[0])
            stage = Stage(self._directions[sender], self._suite, keys, _LAST.get(what), secret)
            self.stages[sender, what] = stage
        if what == "application":
            return b""  # read by whoever wants the data, as it comes
        stage.read()
        if not stage.done:
            raise NotYet
        if what == "early":
            return bytes(stage.data)
        before = self._end_of_early_data() if sender == "client" else b""
        return before + b"".join(stage.messages)

    def _end_of_early_data(self) -> bytes:
        """It counts in the transcript before the client's Finished, if the server took the data."""
        raw = self._values.get(self._connection.server_flight, b"")
        if not raw:
            return b""
        first = unpack(raw[: 4 + int.from_bytes(raw[1:4], "big")])
        taken = isinstance(first, EncryptedExtensions) and first.find(EarlyData) is not None
        return pack(EndOfEarlyData()) if taken else b""

    def _fields(self, step: Step) -> bytes:
        # Everything that a derivation needs of a message was read beforehand; this is the rest of
        # the way there, a message inside another.
        return self._values.get(step.conclusion, b"")


_LAST = {"early": HandshakeType.END_OF_EARLY_DATA, "handshake": HandshakeType.FINISHED}
_OPERATIONS: dict[str, Callable[[Execution, Step], bytes]] = {
    rules.TRANSCRIPT: Execution._transcript,
    "ecdhe": Execution._ecdhe,
    "unseal": Execution._unseal,
    "open": Execution._open,
    "fields": Execution._fields,
}
