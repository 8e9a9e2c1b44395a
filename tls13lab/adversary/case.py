"""One connection under attack: from its first record to a finding.

A case goes through three states. Until the ServerHello, it only reads what is in the clear. Then it
asks the model, once for each PSK that matters. If there is no derivation, the other records are
dropped unread. If there is one, it runs as far as the records allow, and the contents of the
records are read as they come.
"""

from collections.abc import Iterator
from dataclasses import replace

from tls13lab.adversary.direction import EpochReader, RecordReader
from tls13lab.adversary.finding import Finding, FindingVerdict, Text
from tls13lab.adversary.inquiry import Inquiry
from tls13lab.adversary.loot import Loot, Provenance, Tickets, fitting
from tls13lab.adversary.plan import Goal, Shape, this
from tls13lab.adversary.questions import Questions
from tls13lab.adversary.sight import Sight
from tls13lab.adversary.theft import Theft
from tls13lab.crypto import keyschedule
from tls13lab.messages.handshake import unpack
from tls13lab.messages.post_handshake import NewSessionTicket
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side


class Case:
    """One connection: takes its records, asks the model, and runs the answer.

    ``goal`` is ``application_data``, ``early_data`` or ``psk``. Call :meth:`take` for each record,
    :meth:`begin` after the hellos, and :meth:`finding` at the end.
    """

    def __init__(self, number: int, client: str, server: str, theft: Theft, goal: Goal) -> None:
        self.number, self.client, self.server = number, client, server
        self.sight = Sight()
        self.begun = False
        self._theft, self._goal = theft, goal
        self._directions: dict[Side, RecordReader] = {
            "client": RecordReader(),
            "server": RecordReader(),
        }
        self._loot = Loot()
        self._main: Inquiry | None = None
        self._early: Inquiry | None = None
        self._inquiries: tuple[Inquiry, ...] = ()  # all, in the order in which they are run
        self._stopped: set[Side] = set()
        self._incomplete = ""
        self._plaintext: dict[Side, Text] = {}
        self._tickets: list[NewSessionTicket] = []
        self._ticket_count = 0

    # Records ------------------------------------------------------------------------------------

    def take(self, sender: Side, wire: bytes) -> None:
        """Take one record of ``sender``, with its header of 5 bytes."""
        if sender in self._stopped:
            return
        try:
            if wire[0] != ContentType.APPLICATION_DATA:
                self.sight.read(sender, wire)
            elif self._wants(sender):
                self._directions[sender].add(wire)
        except TLSFault as fault:
            # Without a readable hello, nothing that follows can be understood, on either side.
            self.note_gap(sender, str(fault))
            self._stopped |= {"client", "server"}
        self._go_on()

    def note_gap(self, sender: Side, why: str) -> None:
        """Take no more records of this sender; those that came before are still used."""
        self._stopped.add(sender)
        self._note(f"from the {sender}: {why}")

    def _note(self, why: str) -> None:
        self._incomplete = self._incomplete or why

    def _wants(self, sender: Side) -> bool:
        """Whether protected records of this sender may still be opened."""
        if not self.begun or (self._main is not None and self._main.execution is not None):
            return True
        early = self._early is not None and self._early.execution is not None
        return early and sender == "client" and bool(self._early and self._early.to_run)

    # The model ----------------------------------------------------------------------------------

    def begin(self, tickets: Tickets, *, issuer_seen: bool) -> None:
        """Find the leaks that fit and ask the model; call this when the hellos are there.

        ``tickets`` returns the PSK of a ticket if an earlier connection revealed it.
        ``issuer_seen`` says whether a connection was recorded that may have issued this one's
        ticket.
        """
        self.begun = True
        if not self.sight.first_hello:
            return
        self._loot = fitting(self._theft, self.sight, tickets)
        questions = Questions(self.sight, self._loot, self._directions, issuer_seen)
        self._early, self._main = questions.early(), questions.main()
        first = (inquiry for inquiry in (self._early, self._main) if inquiry is not None)
        self._inquiries = (*first, *questions.others())
        for sender, direction in self._directions.items():
            if not self._wants(sender):
                direction.forget()
        self._go_on()

    # The bytes ----------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Run the steps whose records are there, and read the application data that came."""
        for inquiry in self._inquiries:
            if inquiry.to_run:
                inquiry.go_on(self._note)
        if self._main is not None and self._main.execution is not None:
            for (sender, what), stage in self._main.execution.stages.items():
                if what == "application":
                    self._read(sender, stage)

    def _read(self, sender: Side, stage: EpochReader) -> None:
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
        """The new tickets, each with its PSK, as soon as that can be computed. 4.7.1."""
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
        """The result; call this once, after the last record."""
        for each in self._inquiries:
            each.finish(self._note)
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
            shape=self._shape(inquiry),
        )

    def _asked(self) -> Inquiry | None:
        """The inquiry about the goal; for ``psk``, one whose PSK is lost if there is one."""
        if self._goal == "application_data":
            return self._main
        if self._goal == "early_data":
            return self._early
        every = [inquiry for inquiry in (self._main, *self._inquiries) if inquiry is not None]
        about = [inquiry for inquiry in every if inquiry.offered]
        lost = (inquiry for inquiry in about if inquiry.verdict("psk") == "lost")
        return next(lost, about[0] if about else None)

    def _shape(self, inquiry: Inquiry | None) -> Shape | None:
        """What was asked; early data under the same PSK is part of it."""
        early = self._early
        if inquiry is None or early is None or early is inquiry:
            return inquiry.shape if inquiry is not None else None
        if not (early.offered and inquiry.offered and early.offered.name == inquiry.offered.name):
            return inquiry.shape
        held = inquiry.shape.held | early.shape.held
        return replace(inquiry.shape, early_data=True, held=held)

    def _verdict(self, inquiry: Inquiry | None) -> FindingVerdict:
        if inquiry is not None:
            verdict = inquiry.verdict(self._goal)
            return "unknown" if verdict == "lost" and self._no_early_data() else verdict
        # Early data and PSKs are announced in the ClientHello. If it was recorded and announces
        # none, there are none.
        asks_hello = self._goal != "application_data"
        return "absent" if asks_hello and self.sight.first_hello else "unknown"

    def _no_early_data(self) -> bool:
        """Whether the keys of early data are known, but open no record."""
        if self._goal != "early_data" or self._early is None or self._early.execution is None:
            return False
        stage = self._early.execution.stages.get(("client", "early"))
        return stage is None or not stage.begun

    def _wanted(self, inquiry: Inquiry) -> dict[Side, Text]:
        """The bytes that the goal asked for, by sender."""
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
        for sender, direction in self._directions.items():
            if direction.lost:
                return f"from the {sender}: {direction.lost}"
        return ""
