"""One connection under attack: from its first record to a finding.

A case goes through three states. Until the ServerHello it only reads what is in the clear. Then the
model is asked, once; if there is no derivation the rest of the records is dropped unread. If there
is one, it is run as far as the records allow, and what they hold is read as it comes.
"""

from collections.abc import Iterator

from tls13lab.adversary.direction import Direction, Stage
from tls13lab.adversary.execution import Done, Execution, NotYet
from tls13lab.adversary.finding import Finding, Provenance, Text
from tls13lab.adversary.plan import Shape, missing, plan, reachable, targets, term_of, this
from tls13lab.adversary.sight import Sight
from tls13lab.adversary.theft import Loot, Theft, fitting, psk_kind
from tls13lab.crypto import keyschedule
from tls13lab.messages.handshake import unpack
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.psk.binder import BINDER_KEYS
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault


class Case:
    """Collects; :meth:`finding` sums up."""

    def __init__(self, number: int, client: str, server: str, theft: Theft, goal: str) -> None:
        self.number, self.client, self.server = number, client, server
        self.sight = Sight()
        self.begun = False
        self._theft, self._goal = theft, goal
        self._directions = {"client": Direction(), "server": Direction()}
        self._shape = Shape("")
        self._loot = Loot()
        self._psk_from: Provenance | None = None
        self._execution: Execution | None = None
        self._to_run: list[str] = []
        self._incomplete = ""
        self._plaintext: dict[str, Text] = {}
        self._tickets: list[NewSessionTicket] = []
        self._ticket_count = 0

    # Records ------------------------------------------------------------------------------------

    def take(self, sender: str, wire: bytes) -> None:
        """One record, as it crossed the wire."""
        if self._incomplete:
            return
        try:
            if wire[0] != ContentType.APPLICATION_DATA:
                self.sight.read(sender, wire)
            elif not self.begun or self._execution is not None:
                self._directions[sender].add(wire)
        except TLSFault as fault:
            self.note_gap(sender, str(fault))
        if self._execution is not None:
            self._go_on()

    def note_gap(self, sender: str, why: str) -> None:
        """Something is missing: what is there is still worked on."""
        self._incomplete = self._incomplete or f"from the {sender}: {why}"

    # The model ----------------------------------------------------------------------------------

    def begin(self, known: Provenance | None, *, issuer_seen: bool) -> None:
        """The hellos are there: what fits, what is its shape, can anything be derived?

        ``known`` is where the PSK of this identity came from, if an earlier connection was opened;
        ``issuer_seen`` says whether one that may have issued the ticket was recorded.
        """
        self.begun = True
        sight = self.sight
        self._loot = fitting(self._theft, sight)
        leaks, kind = dict(self._loot.secrets), self._loot.kind
        if known is not None and "psk" not in leaks:
            found = psk_kind(sight, known.psk)
            if found is not None:
                leaks["psk"], kind, self._psk_from = known.psk, found, known
        self._shape = Shape(
            mode=sight.mode,
            early_data=sight.early_data and sight.mode != "full" and sight.index == 0,
            ticket=sight.mode != "full" and (sight.says_age or "ticket_key" in leaks),
            binder_key=BINDER_KEYS[kind] if kind else "ext_binder_key",
            initial="full" if issuer_seen else "",
            held=frozenset(leaks),
        )
        # Early data first: its records come first, and what they leave over is the handshake's.
        goals = ("early_data", "next_psk", "psk", "application_data")
        self._to_run = [goal for goal in goals if reachable(self._shape, goal)]
        if sight.suite is None or not self._to_run:
            for direction in self._directions.values():
                direction.forget()
            return
        given = {term_of(self._shape, name): value for name, value in leaks.items()}
        self._execution = Execution(this(self._shape), sight, sight.suite, self._directions, given)
        self._go_on()

    # The bytes ----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Run what can be run now, and read what has come."""
        execution = self._execution
        if execution is None:
            return
        for goal in tuple(self._to_run):
            try:
                execution.run(plan(self._shape, goal, every=True))
                self._to_run.remove(goal)
            except NotYet:
                continue
            except TLSFault as fault:
                self._to_run.remove(goal)
                self.note_gap("recording", f"a step cannot be run on it: {fault}")
        for (sender, what), stage in execution.stages.items():
            if what == "application":
                self._read(sender, stage)

    def _read(self, sender: str, stage: Stage) -> None:
        stage.read()
        if stage.data:
            self._plaintext.setdefault(sender, Text()).add(bytes(stage.data))
            stage.data.clear()
        for raw in stage.messages:
            try:
                message = unpack(raw)
            except TLSFault:
                continue
            if isinstance(message, NewSessionTicket) and sender == "server":
                self._tickets.append(message)
        stage.messages.clear()

    def new_tickets(self) -> Iterator[tuple[bytes, Provenance]]:
        """The tickets that came, each with its PSK, once that can be computed. 4.7.1."""
        if self._execution is None or not self._tickets:
            return
        secret = self._execution.done.get(this(self._shape).secret("resumption_secret"))
        suite = self.sight.suite
        if secret is None or suite is None:
            return
        for message in self._tickets:
            self._ticket_count += 1
            psk = keyschedule.resumption_psk(suite.hash_name, secret.value, message.ticket_nonce)
            yield message.ticket, Provenance(psk, self.number, self._ticket_count)
        self._tickets.clear()

    # Summing up ---------------------------------------------------------------------------------

    def finding(self) -> Finding:
        """What came of it."""
        sight, verdict = self.sight, self._verdict()
        lost = verdict == "lost"
        return Finding(
            connection=self.number,
            client=self.client,
            server=self.server,
            mode=sight.mode,
            suite=sight.suite.name if sight.suite else "",
            identity=sight.identity,
            goal=self._goal,
            verdict=verdict,
            fits=self._loot.fits,
            psk_from=self._psk_from,
            steps=self._steps() if lost else (),
            plaintext=self._wanted() if lost else {},
            missing=missing(self._shape, self._goal) if verdict == "kept" else (),
            incomplete=self._incomplete or self._lost_track(),
        )

    def _verdict(self) -> str:
        if not self.begun:
            return "unknown"
        if not targets(self._shape, self._goal):
            return "absent"
        if not reachable(self._shape, self._goal):
            return "kept"
        return "unknown" if self._goal in self._to_run else "lost"

    def _steps(self) -> tuple[Done, ...]:
        """The derivation of the goal, as it was run."""
        done = self._execution.done if self._execution else {}
        return tuple(
            done[step.conclusion]
            for step in plan(self._shape, self._goal, every=True)
            if step.conclusion in done
        )

    def _wanted(self) -> dict[str, Text]:
        """The bytes that the goal asked for, by who sent them."""
        if self._goal == "application_data":
            return self._plaintext
        if self._execution is None:
            return {}
        (term,) = targets(self._shape, self._goal)
        text = Text()
        text.add(self._execution.value(term))
        return {"client": text}

    def _lost_track(self) -> str:
        if not self.begun:
            return "the hellos are not in the recording"
        if self._to_run:
            return "the recording ends before the handshake was done"
        lost = (f"from the {who}: {one.lost}" for who, one in self._directions.items() if one.lost)
        return next(lost, "")
