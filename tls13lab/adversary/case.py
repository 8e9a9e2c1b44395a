"""One connection under attack: from its first record to a finding.

A case goes through three states. Until the ServerHello it only reads what is in the clear. Then the
model is asked, once for each PSK that something hangs on; if there is no derivation the rest of the
records is dropped unread. If there is one, it is run as far as the records allow, and what they
hold is read as it comes.
"""

from collections.abc import Iterator

from tls13lab.adversary.direction import Direction, Stage
from tls13lab.adversary.finding import Finding, Text
from tls13lab.adversary.inquiry import Inquiry
from tls13lab.adversary.loot import Loot, Provenance, Tickets, fitting
from tls13lab.adversary.plan import this
from tls13lab.adversary.questions import Questions
from tls13lab.adversary.sight import Sight
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import keyschedule
from tls13lab.messages.handshake import unpack
from tls13lab.messages.post_handshake import NewSessionTicket
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
        self._loot = Loot()
        self._main: Inquiry | None = None
        self._early: Inquiry | None = None
        self._inquiries: tuple[Inquiry, ...] = ()  # all, in the order in which they are run
        self._stopped: set[str] = set()
        self._incomplete = ""
        self._plaintext: dict[str, Text] = {}
        self._tickets: list[NewSessionTicket] = []
        self._ticket_count = 0

    # Records ------------------------------------------------------------------------------------

    def take(self, sender: str, wire: bytes) -> None:
        """One record, as it crossed the wire."""
        if sender in self._stopped:
            return
        try:
            if wire[0] != ContentType.APPLICATION_DATA:
                self.sight.read(sender, wire)
            elif self._wants(sender):
                self._directions[sender].add(wire)
        except TLSFault as fault:
            # What is not even a hello tells nothing about what comes behind it, on either side.
            self.note_gap(sender, str(fault))
            self._stopped |= {"client", "server"}
        self._go_on()

    def note_gap(self, sender: str, why: str) -> None:
        """Nothing more comes from this sender: what is there is still worked on."""
        self._stopped.add(sender)
        self._note(f"from the {sender}: {why}")

    def _note(self, why: str) -> None:
        self._incomplete = self._incomplete or why

    def _wants(self, sender: str) -> bool:
        """Whether protected records of this sender may still be opened."""
        if not self.begun or (self._main is not None and self._main.execution is not None):
            return True
        early = self._early is not None and self._early.execution is not None
        return early and sender == "client" and bool(self._early and self._early.to_run)

    # The model ----------------------------------------------------------------------------------

    def begin(self, tickets: Tickets, *, issuer_seen: bool) -> None:
        """The hellos are there: what fits, what is its shape, can anything be derived?

        ``tickets`` tells the PSK of a ticket, if an earlier connection was opened; ``issuer_seen``
        says whether one that may have issued a ticket was recorded.
        """
        self.begun = True
        if not self.sight.first_hello:
            return
        self._loot = fitting(self._theft, self.sight, tickets)
        questions = Questions(self.sight, self._loot, self._directions, issuer_seen)
        self._early, self._main = questions.early(), questions.main()
        first = (one for one in (self._early, self._main) if one is not None)
        self._inquiries = (*first, *questions.others())
        for sender, direction in self._directions.items():
            if not self._wants(sender):
                direction.forget()
        self._go_on()

    # The bytes ----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Run what can be run now, and read what has come."""
        for inquiry in self._inquiries:
            if inquiry.to_run:
                inquiry.go_on(self._note)
        if self._main is not None and self._main.execution is not None:
            for (sender, what), stage in self._main.execution.stages.items():
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
        if self._main is None or self._main.execution is None or not self._tickets:
            return
        secret = self._main.execution.done.get(this(self._main.shape).secret("resumption_secret"))
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
        for one in self._inquiries:
            one.finish(self._note)
        sight, inquiry = self.sight, self._asked()
        verdict = self._verdict(inquiry)
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
            offers=sight.every_offer,
            fits=self._loot.fits,
            psk_from=inquiry.known.source if inquiry is not None and inquiry.known else None,
            steps=inquiry.steps(self._goal) if inquiry and lost else (),
            plaintext=self._wanted(inquiry) if inquiry and lost else {},
            missing=inquiry.missing(self._goal) if verdict == "kept" and inquiry else (),
            incomplete=self._incomplete or self._lost_track(inquiry),
        )

    def _asked(self) -> Inquiry | None:
        """The inquiry that the goal is about: of PSKs, one that is known, or else the chosen."""
        if self._goal == "application_data":
            return self._main
        if self._goal == "early_data":
            return self._early
        about = [one for one in (self._main, *self._inquiries) if one is not None and one.offered]
        lost = (one for one in about if one.verdict("psk") == "lost")
        return next(lost, about[0] if about else None)

    def _verdict(self, inquiry: Inquiry | None) -> str:
        if inquiry is not None:
            verdict = inquiry.verdict(self._goal)
            return "unknown" if verdict == "lost" and self._no_early_data() else verdict
        # Early data and PSKs are announced in the ClientHello: where it is there, and says nothing
        # of them, there are none.
        asks_hello = self._goal != "application_data"
        return "absent" if asks_hello and self.sight.first_hello else "unknown"

    def _no_early_data(self) -> bool:
        """Whether the keys of early data are there, and no record that they open."""
        if self._goal != "early_data" or self._early is None or self._early.execution is None:
            return False
        stage = self._early.execution.stages.get(("client", "early"))
        return stage is None or not stage.begun

    def _wanted(self, inquiry: Inquiry) -> dict[str, Text]:
        """The bytes that the goal asked for, by who sent them."""
        if self._goal == "application_data":
            return self._plaintext
        return {"client": inquiry.text(self._goal)}

    def _lost_track(self, inquiry: Inquiry | None) -> str:
        known = self.sight.complete if self._goal == "application_data" else self.sight.first_hello
        if not known:
            which = "ServerHello is" if self.sight.first_hello else "hellos are"
            return f"the {which} not in the recording"
        if self._no_early_data():
            return "the client announced early data, and none of it is in the recording"
        if inquiry is not None and inquiry.to_run:
            return "the recording ends before the handshake was done"
        lost = (f"from the {who}: {one.lost}" for who, one in self._directions.items() if one.lost)
        return next(lost, "")
