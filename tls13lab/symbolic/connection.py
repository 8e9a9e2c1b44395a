"""A connection as terms: its secrets, read from the schedule table, and what it sends.

Some simplifications: a flight is a single message without public values, and there is no
HelloRetryRequest and no KeyUpdate. None of this changes who can derive what. The public key in the
certificate, however, is known to everyone; see ``CERTIFICATE``.

>>> dhe = SymbolicConnection("2", "psk_dhe_ke", psk=name("psk"))
>>> dhe.secret("handshake_secret").arguments[1]
ecdhe(client_ecdhe of 2, server_ecdhe of 2)
>>> SymbolicConnection("2", "psk_ke", psk=name("psk")).secret("handshake_secret").arguments[1]
zeros
"""

from dataclasses import dataclass
from functools import cached_property

from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE, Context
from tls13lab.symbolic import rules
from tls13lab.symbolic.terms import Term, apply, ecdhe, name
from tls13lab.wire.names import MODES, Mode, one_of

ZEROS = name("zeros")
CERTIFICATE_KEY = name("certificate_key")
CERTIFICATE = apply(rules.SHARE, CERTIFICATE_KEY)
"""The public key in the certificate. For the rules it is like a share: the public part of a private
key, from which a quantum computer finds the private part."""
CERTIFIED: tuple[Mode, ...] = ("full", "cert_with_extern_psk")
"""The modes in which the server signs."""


@dataclass(frozen=True)
class SymbolicConnection:
    """One run between two endpoints; ``label`` tells its names from another connection's.

    Raises NotAllowed for an unknown mode: it would be taken for one with (EC)DHE.

    ``mode`` is ``full``, ``psk_ke``, ``psk_dhe_ke`` or ``cert_with_extern_psk`` (certificate and
    PSK, RFC 9973); ``identity`` is what the ClientHello names
    the PSK by; ``ticket_key`` is that of the server's stateless tickets, None if it keeps them.
    ``binder`` can be left out, to see what it is for: no real ClientHello may (4.3.11).
    """

    label: str
    mode: Mode
    psk: Term | None = None
    identity: Term | None = None
    binder_key: str = "ext_binder_key"
    early_data: bool = False
    ticket_key: Term | None = None
    binder: bool = True

    def __post_init__(self) -> None:
        one_of(self.mode, MODES, "mode")

    def name(self, what: str) -> Term:
        """A name that belongs to this connection only."""
        return name(f"{what} of {self.label}")

    # The secrets: the table, read -------------------------------------------------------------

    @cached_property
    def _secrets(self) -> dict[str, Term]:
        """The rows that were asked for: nearly all are parents of many others."""
        return {}

    def secret(self, row: str) -> Term:
        """The term for a row of the schedule table, or for one of its leaves."""
        if row not in self._secrets:
            self._secrets[row] = self._read(row)
        return self._secrets[row]

    def _read(self, row: str) -> Term:
        if row == "psk":
            return self.psk or ZEROS
        if row == "zeros" or (row == "ecdhe" and self.mode == "psk_ke"):
            return ZEROS
        if row == "ecdhe":
            return ecdhe(self.name("client_ecdhe"), self.name("server_ecdhe"))
        entry = SCHEDULE[row] if row in SCHEDULE else IMPORTER[row]
        inputs = [self.secret(parent) for parent in entry.inputs]
        bound_to = self.transcript(entry.context)
        return apply(row, *inputs, *([] if bound_to is None else [bound_to]))

    def transcript(self, context: Context) -> Term | None:
        """The transcript that a row of the table is bound to; None if there is none."""
        match context:
            case Context.CLIENT_HELLO:
                messages: tuple[Term, ...] = (self.client_hello,)
            case Context.SERVER_HELLO:
                messages = (self.client_hello, self.server_hello)
            case Context.SERVER_FINISHED:
                messages = (self.client_hello, self.server_hello, self.server_flight)
            case Context.CLIENT_FINISHED:
                before = (self.client_hello, self.server_hello, self.server_flight)
                messages = (*before, self.client_flight)
            case _:
                return None
        return apply(rules.TRANSCRIPT, *messages)

    def sealed(self, traffic_secret: str, content: Term) -> Term:
        """A record: its content under the key and the IV of a traffic secret."""
        secret = self.secret(traffic_secret)
        return apply(rules.SEALED, apply("key", secret), apply("iv", secret), content)

    # The messages -----------------------------------------------------------------------------

    @cached_property
    def client_hello(self) -> Term:
        """The ClientHello, with a binder if it offers a PSK."""
        fields = [self.name("client_random")]
        if self.mode != "psk_ke":
            fields.append(apply(rules.SHARE, self.name("client_ecdhe")))
        if self.psk is None or self.identity is None:
            return apply(rules.CLIENT_HELLO, *fields)
        if not self.binder:
            return apply(rules.CLIENT_HELLO, *fields, self.identity)
        truncated = apply(rules.TRUNCATED, *fields, self.identity)
        return apply(rules.CLIENT_HELLO, truncated, self._mac(self.binder_key, "binder", truncated))

    @cached_property
    def server_hello(self) -> Term:
        """The server's random, and its share unless the mode is psk_ke."""
        fields = [self.name("server_random")]
        if self.mode != "psk_ke":
            fields.append(apply(rules.SHARE, self.name("server_ecdhe")))
        return apply(rules.SERVER_HELLO, *fields)

    @cached_property
    def server_flight(self) -> Term:
        """EncryptedExtensions; a signature, if the server shows a certificate; Finished."""
        before = [self.client_hello, self.server_hello]
        messages = [self.name("EncryptedExtensions")]
        if self.mode in CERTIFIED:
            signed = apply(rules.TRANSCRIPT, *before, *messages)
            messages.append(apply(rules.SIGNATURE, CERTIFICATE_KEY, signed))
        finished = self._mac("server_handshake_traffic_secret", "verify_data", *before, *messages)
        return apply(rules.FLIGHT, *messages, finished)

    @cached_property
    def client_flight(self) -> Term:
        """Finished."""
        before = (self.client_hello, self.server_hello, self.server_flight)
        finished = self._mac("client_handshake_traffic_secret", "verify_data", *before)
        return apply(rules.FLIGHT, finished)

    def _mac(self, base_key: str, row: str, *messages: Term) -> Term:
        """A Finished, or a binder, which is computed in the same way."""
        (finished_key,) = FAMILIES[row].inputs
        key = apply(finished_key, self.secret(base_key))
        return apply(row, key, apply(rules.TRANSCRIPT, *messages))

    # Tickets ----------------------------------------------------------------------------------

    def ticket_psk(self, number: int = 1) -> Term:
        """The PSK of a ticket of this connection; each ticket has its own nonce."""
        return apply("resumption_psk", self.secret("resumption_secret"), self.nonce(number))

    def ticket(self, number: int = 1) -> Term:
        """The ticket: the PSK sealed under the ticket key, or a name that only the server knows.

        It is sent under the server's application keys, and a second time, in the clear, when it is
        used.
        """
        if self.ticket_key is None:
            return self.name(f"ticket {number}")
        return apply(rules.TICKET, self.ticket_key, self.ticket_psk(number))

    def nonce(self, number: int) -> Term:
        """The ticket's nonce, which is sent under the server's application keys."""
        return self.name(f"ticket_nonce {number}")

    # What is on the wire ------------------------------------------------------------------------

    @cached_property
    def client_data(self) -> Term:
        """Application data from the client."""
        return self.name("client's application data")

    @cached_property
    def server_data(self) -> Term:
        """Application data from the server."""
        return self.name("server's application data")

    @cached_property
    def early(self) -> Term:
        """The client's 0-RTT data."""
        return self.name("early data")

    @cached_property
    def early_record(self) -> Term:
        """The 0-RTT data as it is sent."""
        return self.sealed("client_early_traffic_secret", self.early)

    @cached_property
    def server_flight_record(self) -> Term:
        """The server's flight as it is sent."""
        return self.sealed("server_handshake_traffic_secret", self.server_flight)

    @cached_property
    def client_flight_record(self) -> Term:
        """The client's flight as it is sent."""
        return self.sealed("client_handshake_traffic_secret", self.client_flight)

    def ticket_record(self, number: int = 1) -> Term:
        """A NewSessionTicket as it is sent."""
        message = apply(rules.NEW_SESSION_TICKET, self.nonce(number), self.ticket(number))
        return self.sealed("server_application_traffic_secret_0", message)

    @property
    def client_data_record(self) -> Term:
        """The client's data as it is sent."""
        return self.sealed("client_application_traffic_secret_0", self.client_data)

    @property
    def server_data_record(self) -> Term:
        """The server's data as it is sent."""
        return self.sealed("server_application_traffic_secret_0", self.server_data)

    @property
    def wire(self) -> tuple[Term, ...]:
        """Everything that an eavesdropper records, including two tickets."""
        return (
            self.client_hello,
            *((self.early_record,) if self.early_data else ()),
            self.server_hello,
            self.server_flight_record,
            self.client_flight_record,
            self.ticket_record(1),
            self.ticket_record(2),
            self.client_data_record,
            self.server_data_record,
        )
