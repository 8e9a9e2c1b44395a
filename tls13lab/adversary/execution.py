"""Run a derivation on bytes: each step of the model is a computation. RFC 9846 section 7.

The model says which step comes next. This file says what each rule does to bytes. A step may have
to wait for the records that it needs.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tls13lab.adversary.direction import EpochReader, RecordReader
from tls13lab.crypto import groups, keyschedule
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE, Length
from tls13lab.crypto.suites import Suite
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import EarlyData
from tls13lab.messages.post_handshake import EndOfEarlyData
from tls13lab.messages.server_flight import EncryptedExtensions
from tls13lab.psk.stateless import TicketKey, unseal
from tls13lab.symbolic import rules
from tls13lab.symbolic.connection import ZEROS, SymbolicConnection
from tls13lab.symbolic.rules import DerivationStep
from tls13lab.symbolic.terms import Term
from tls13lab.wire.codepoints import HandshakeType
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import Side

TABLE = SCHEDULE | FAMILIES


class NotYet(Exception):
    """The records that this step needs have not come yet."""


class CannotRun(LocalFault):
    """A step of the model fails on these bytes, because they are not what they seem to be."""


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was run, and its result."""

    step: DerivationStep
    value: bytes


@dataclass(frozen=True, slots=True)
class Material:
    """The bytes of the terms that are not computed.

    ``recorded`` was read off the wire, ``given`` leaked. ``group`` is the group of the key
    exchange, and ``epsk_hash`` the hash of an imported external PSK (RFC 9258).
    """

    recorded: Mapping[Term, bytes] = field(repr=False)
    given: Mapping[Term, bytes] = field(repr=False)
    group: int | None = None
    epsk_hash: str = ""


class Execution:
    """The terms of one connection and their bytes; a second ``run`` goes on where it waited."""

    def __init__(
        self,
        connection: SymbolicConnection,
        suite: Suite,
        directions: Mapping[Side, RecordReader],
        material: Material,
    ) -> None:
        self._connection, self._suite = connection, suite
        self._directions, self._material = directions, material
        self.over = False  # whether the recording has ended, so that waiting is no use
        self.done: dict[Term, Done] = {}
        self.stages: dict[tuple[Side, str], EpochReader] = {}
        self._sealed: dict[Term, tuple[Side, str]] = {
            connection.early_record: ("client", "early"),
            connection.server_flight_record: ("server", "handshake"),
            connection.client_flight_record: ("client", "handshake"),
            connection.client_data_record: ("client", "application"),
            connection.server_data_record: ("server", "application"),
        }
        self._values: dict[Term, bytes] = {
            ZEROS: bytes(suite.hash_length),
            **material.given,
            **material.recorded,
            **dict.fromkeys(self._sealed, b""),
        }

    def value(self, term: Term) -> bytes:
        """The bytes of a term that is given or was computed."""
        return self._values[term]

    def run(self, steps: Sequence[DerivationStep]) -> None:
        """Run all steps that have not run; raises NotYet at a step that has to wait.

        Raises CannotRun, or a fault of the codec, if a step fails on these bytes.
        """
        for step in steps:
            if step.conclusion in self.done or step.conclusion in self._values:
                # Reading something off the wire is a step, too, but its bytes are there already.
                if step.conclusion not in self.done:
                    self.done[step.conclusion] = Done(step, self._values[step.conclusion])
                continue
            value = self._compute(step)
            self._values[step.conclusion] = value
            self.done[step.conclusion] = Done(step, value)

    def _compute(self, step: DerivationStep) -> bytes:
        if step.rule in TABLE:
            return self._row(step)
        if step.rule in IMPORTER:
            return self._imported(step)
        return _OPERATIONS[step.rule](self, step)

    def _row(self, step: DerivationStep) -> bytes:
        """A row of the schedule table, computed as the endpoints do."""
        row = TABLE[step.rule]
        count = len(row.inputs)
        values = [self._values[premise] for premise in step.premises]
        length = self._suite.key_length if step.rule == "key" else None
        inputs, context = tuple(values[:count]), b"".join(values[count:])
        return keyschedule.run(row, self._suite.hash_name, inputs, context, length=length)

    def _imported(self, step: DerivationStep) -> bytes:
        """A row of the importer, which runs with the hash of the external PSK. RFC 9258 5.1."""
        row, values = IMPORTER[step.rule], [self._values[premise] for premise in step.premises]
        if row.length is not Length.TARGET:
            return keyschedule.run(row, self._material.epsk_hash, tuple(values))
        secret, identity = values
        context = hashlib.new(self._material.epsk_hash, identity).digest()
        length = self._suite.hash_length
        return keyschedule.run(row, self._material.epsk_hash, (secret,), context, length=length)

    def _transcript(self, step: DerivationStep) -> bytes:
        messages = b"".join(self._values[premise] for premise in step.premises)
        return hashlib.new(self._suite.hash_name, messages).digest()

    def _ecdhe(self, step: DerivationStep) -> bytes:
        private, share = (self._values[premise] for premise in step.premises)
        group = self._material.group
        mine = groups.from_private(group, private) if group is not None else None
        if mine is None:
            raise CannotRun("the stolen private key does not belong to the group that was used")
        return mine.finish(share)

    def _unseal(self, step: DerivationStep) -> bytes:
        key, ticket = (self._values[premise] for premise in step.premises)
        state = unseal(TicketKey.from_bytes(key), ticket)
        if state is None:
            raise CannotRun("the ticket does not open under the stolen ticket key")
        return state.psk

    def _open(self, step: DerivationStep) -> bytes:
        """Open the records of a stage; for application data, only set up the keys."""
        key, iv, record = step.premises
        sender, what = self._sealed[record]
        stage = self.stages.get((sender, what))
        if stage is None:
            keys = (self._values[key], self._values[iv])
            secret = self._values.get(key.arguments[0])
            stage = EpochReader(
                self._directions[sender], self._suite, keys, _LAST.get(what), secret
            )
            self.stages[sender, what] = stage
        if what == "application":
            return b""  # the case reads the data itself, as it comes
        stage.read()
        if not stage.done and not (self.over and stage.begun):
            raise NotYet
        if what == "early":
            return bytes(stage.data)
        before = self._end_of_early_data() if sender == "client" else b""
        return before + b"".join(stage.messages)

    def _end_of_early_data(self) -> bytes:
        """EndOfEarlyData, packed, if the server accepted the early data; otherwise empty.

        The transcript of the client's Finished then includes it.
        """
        raw = self._values.get(self._connection.server_flight, b"")
        if not raw:
            return b""
        first = unpack(raw[: 4 + int.from_bytes(raw[1:4], "big")])
        taken = isinstance(first, EncryptedExtensions) and first.find(EarlyData) is not None
        return pack(EndOfEarlyData()) if taken else b""

    def _fields(self, step: DerivationStep) -> bytes:
        # The fields that a derivation needs were read beforehand and are among the values. Other
        # terms, such as a message inside a flight, are only steps on the way: nothing reads them.
        return self._values.get(step.conclusion, b"")


_LAST = {"early": HandshakeType.END_OF_EARLY_DATA, "handshake": HandshakeType.FINISHED}
_OPERATIONS: dict[str, Callable[[Execution, DerivationStep], bytes]] = {
    rules.TRANSCRIPT: Execution._transcript,
    "ecdhe": Execution._ecdhe,
    "unseal": Execution._unseal,
    "open": Execution._open,
    "fields": Execution._fields,
}
