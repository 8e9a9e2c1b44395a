"""Which questions about a connection are put to the model, and the bytes for their answers.

Application data depends on the PSK that the server chose, in the ClientHello that it answered.
Early data depends on the first PSK of the first ClientHello, whatever the server does with it
(RFC 9846 4.3.10). For any other PSK on offer, the only question is whether the PSK itself is lost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tls13lab.adversary.direction import RecordReader
from tls13lab.adversary.execution import Execution, Material
from tls13lab.adversary.inquiry import Inquiry
from tls13lab.adversary.loot import Known, Loot
from tls13lab.adversary.plan import Asked, Shape, term_of, this
from tls13lab.adversary.sight import Sight
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.psk.binder import BINDER_KEYS
from tls13lab.psk.keys import PskKind
from tls13lab.psk.offered import OfferedPsk
from tls13lab.symbolic import rules
from tls13lab.symbolic.connection import SymbolicConnection
from tls13lab.symbolic.terms import Term
from tls13lab.wire.names import Mode, PskMode, Side

EARLY = "client_early_traffic_secret"


@dataclass(frozen=True)
class Questions:
    """The questions about one connection.

    ``issuer_seen`` says whether a connection was recorded that may have issued this one's ticket.
    Run the question about early data first: its records come first, and the handshake's follow.
    """

    sight: Sight
    loot: Loot
    directions: Mapping[Side, RecordReader]
    issuer_seen: bool

    def early(self) -> Inquiry | None:
        """The question about early data; None if the client announced none."""
        offered = self.sight.early_psk
        if offered is None:
            return None
        shape = replace(self._shape(offered, self._psk_mode), early_data=True)
        logged = {row: value for row, value in self.loot.logged.items() if row == EARLY}
        suites = suites_of(self.sight, offered.hash_name)
        hello = self.sight.first_hello
        return self._inquiry(shape, ("early_data", "psk"), offered, logged, suites, hello)

    def main(self) -> Inquiry | None:
        """The question about everything after the hellos; None if the ServerHello is missing."""
        sight, suite = self.sight, self.sight.suite
        if not sight.complete or suite is None or not sight.mode:
            return None
        logged = {row: value for row, value in self.loot.logged.items() if row != EARLY}
        hello = sight.before_hello(suite.hash_name).messages + sight.raw_hello
        return self._inquiry(
            self._shape(sight.chosen, sight.mode),
            ("next_psk", "psk", "application_data"),
            sight.chosen,
            {**logged, **self.loot.shares},
            (suite,),
            hello,
        )

    def others(self) -> Iterator[Inquiry]:
        """A question for each other PSK on offer."""
        asked = (self.sight.chosen, self.sight.early_psk)
        seen = {offered.name for offered in asked if offered is not None}
        for offered in self.sight.every_offer:
            if offered.name not in seen:
                seen.add(offered.name)
                suites = suites_of(self.sight, offered.hash_name)[:1]
                shape = self._shape(offered, self._psk_mode)
                yield self._inquiry(shape, ("psk",), offered, {}, suites, b"")

    @property
    def _psk_mode(self) -> PskMode:
        """The connection's mode; if it used no PSK, any PSK mode: no answer depends on it."""
        return "psk_ke" if self.sight.mode == "psk_ke" else "psk_dhe_ke"

    def _shape(self, offered: OfferedPsk | None, mode: Mode) -> Shape:
        return shape_of(mode, offered, self.loot.known(offered), issuer_seen=self.issuer_seen)

    def _inquiry(
        self,
        shape: Shape,
        goals: tuple[Asked, ...],
        offered: OfferedPsk | None,
        more: Mapping[str, bytes],
        suites: tuple[Suite, ...],
        hello: bytes,
    ) -> Inquiry:
        known = self.loot.known(offered)
        held = {**more, **(known.secrets if known else {})}
        shape = replace(shape, held=frozenset(held))
        given = material(shape, self.sight, offered, hello, held)
        if known is not None:
            given = replace(given, epsk_hash=known.epsk_hash)
        executions = [Execution(this(shape), suite, self.directions, given) for suite in suites]
        return Inquiry(shape, goals, executions, offered, known)


def shape_of(
    mode: Mode, offered: OfferedPsk | None, known: Known | None, *, issuer_seen: bool = False
) -> Shape:
    """The shape of a connection with this PSK; ``known`` is what is known about it."""
    if offered is None or mode == "full":
        return Shape(mode)
    # Only a right guess at the PSK would tell its kind, by the binder. So take a possible one.
    kind = known.kind if known else offered.possible_kinds[0]
    held = frozenset(known.secrets) if known else frozenset()
    return Shape(
        mode=mode,
        ticket=kind is PskKind.RESUMPTION,
        imported=kind is PskKind.IMPORTED,
        binder_key=BINDER_KEYS[known.kind] if known else "ext_binder_key",
        initial="full" if issuer_seen else "",
        held=held,
    )


def material(
    shape: Shape,
    sight: Sight,
    offered: OfferedPsk | None,
    hello: bytes,
    held: Mapping[str, bytes],
) -> Material:
    """The bytes for an execution; ``hello`` is the transcript up to and with the ClientHello."""
    connection = this(shape)
    recorded: dict[Term, bytes] = {
        connection.client_hello: hello,
        connection.server_hello: sight.raw_answer,
    }
    if connection.identity is not None and offered is not None:
        recorded[connection.identity] = offered.identity
    for side in ("client", "server"):
        term = _share(connection, side)
        if term is not None:
            recorded[term] = sight.shares(side).get(sight.group or 0, b"")
    given = {term_of(shape, name): value for name, value in held.items()}
    return Material(recorded, given, sight.group)


def _share(connection: SymbolicConnection, side: Side) -> Term | None:
    """The term of a side's share; None if it sends none."""
    hello = connection.client_hello
    inner = hello.arguments[0] if hello.arguments[0].symbol == rules.TRUNCATED else hello
    fields = (*inner.arguments, *connection.server_hello.arguments)
    wanted = (rules.SHARE, connection.name(f"{side}_ecdhe"))
    return next((term for term in fields if (term.symbol, *term.arguments) == wanted), None)


def suites_of(sight: Sight, hash_name: str) -> tuple[Suite, ...]:
    """The suites that early data may use: all with the PSK's hash, the chosen one first. 4.3.10."""
    fitting = [suite for suite in SUITES.values() if suite.hash_name == hash_name]
    return tuple(sorted(fitting, key=lambda suite: suite != sight.suite))
