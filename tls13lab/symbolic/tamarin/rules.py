"""Both ends and every theft as Tamarin rules. See ``theory.py``.

A rule consumes facts (``[...]``), records what happened (``--[...]->``) and produces facts. ``Out``
sends a message to the network, and ``In`` receives one; a check is a pattern for what is received.
The secrets are computed line by line from the schedule table.

>>> print(secrets(["early_secret"], dhe=False)[0])
early_secret = kdf_early_secret('zeros', psk)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tls13lab.crypto.schedule import SCHEDULE, Context
from tls13lab.symbolic.proverif.lines import APPLICATION, EARLY, HANDSHAKE
from tls13lab.symbolic.vocabulary import Kind
from tls13lab.wire.names import Mode, Side

_CATS, _SATS = APPLICATION
_CHTS, _SHTS = HANDSHAKE[1:3]


@dataclass(frozen=True, slots=True)
class TamarinRule:
    """One rule; ``lets`` are its abbreviations, in order."""

    name: str
    lets: tuple[str, ...]
    takes: tuple[str, ...]
    notes: tuple[str, ...]
    leaves: tuple[str, ...]

    @property
    def text(self) -> str:
        """The rule in Tamarin's syntax."""
        lets = "\n".join(f"    {line}" for line in self.lets)
        abbreviated = f"  let\n{lets}\n  in\n" if lets else ""
        takes, notes, leaves = (
            ",\n    ".join(facts) for facts in (self.takes, self.notes, self.leaves)
        )
        return f"rule {self.name}:\n{abbreviated}  [ {takes} ]\n  --[ {notes} ]->\n  [ {leaves} ]\n"


def secrets(rows: Iterable[str], *, dhe: bool) -> list[str]:
    """Rows of the table as abbreviations; ``hello``, ``t`` and their inputs must come before."""
    bound = {
        Context.CLIENT_HELLO: "hello",
        Context.SERVER_HELLO: "t",
        Context.SERVER_FINISHED: "t",
        Context.CLIENT_FINISHED: "t",
    }
    leaves = {"zeros": "'zeros'", "ecdhe": "ecdhe" if dhe else "'zeros'"}
    lines = []
    for name in rows:
        row = SCHEDULE[name]
        arguments = [leaves.get(one, one) for one in row.inputs]
        arguments += [bound[row.context]] if row.context in bound else []
        lines.append(f"{name} = kdf_{name}({', '.join(arguments)})")
    return lines


def finished(base: str) -> str:
    """The Finished under a traffic secret of the handshake."""
    return f"kdf_verify_data(kdf_finished_key({base}), t)"


@dataclass(frozen=True)
class Rules:
    """The rules of one mode: of a connection, and of the one that issued its ticket."""

    kind: Kind
    psk_mode: Mode

    @property
    def every(self) -> Iterator[TamarinRule]:
        """All rules of the mode."""
        yield TamarinRule(
            *("TicketKey", (), ("Fr(~key)",), ("Speaks()",), ("!TicketKey($S, ~key)",))
        )
        if self.kind == "external":
            yield _external_psk()
        else:
            yield from _certificates()
        if self.kind == "resumption":
            yield from TamarinSide("full", first=True).client
            yield from TamarinSide("full", first=True).server
        this = TamarinSide(self.psk_mode, external=self.kind == "external")
        yield from (*this.client, *this.server)
        if self.kind == "external":
            # The server also accepts tickets, so a forger can present some.
            yield from TamarinSide(self.psk_mode).server
        yield from self._thefts()

    def _thefts(self) -> Iterator[TamarinRule]:
        held = "!Psk(A, B, secret)" if self.kind == "external" else "!Ticket(A, B, secret, ticket)"
        if self.kind != "full":
            yield _theft("StolePsk", held)
        yield _theft("StoleTicketKey", "!TicketKey(A, secret)")
        if self.kind != "external":
            yield _theft("StoleCertificateKey", "!ServerKey(A, secret)")
        if self.kind == "resumption":
            yield _theft("StoleInitialShare", "!Share('first client', secret)")
        if self.psk_mode != "psk_ke":
            yield _theft("StoleClientShare", "!Share('client', secret)")
            yield _theft("StoleServerShare", "!Share('server', secret)")
        if self.kind == "resumption" or self.psk_mode != "psk_ke":
            yield _theft("TookLogarithm", "!Share(who, secret)")
        # A quantum computer also has the private keys of certificates.
        if self.kind != "external":
            yield _theft("TookLogarithm", "!ServerKey(A, secret)", "OfServer")
        if self.kind == "resumption":
            yield _theft("TookLogarithm", "!ClientKey(A, secret)", "OfClient")


def _theft(name: str, held: str, of: str = "") -> TamarinRule:
    """The rule of a theft; ``of`` distinguishes several rules for the same theft."""
    return TamarinRule(f"{name}{of}", (), (held,), (f"{name}()", "Stole()"), ("Out(secret)",))


def _external_psk() -> TamarinRule:
    """The rule for an external PSK of two parties, each of which can be client and server."""
    held = ("!Psk($A, $B, ~psk)", "!Psk($B, $A, ~psk)")
    return TamarinRule("ExternalPsk", (), ("Fr(~psk)",), ("Speaks()", "Neq($A, $B)"), held)


def _certificates() -> Iterator[TamarinRule]:
    """The rules for certificates: of servers, and of first clients, so that these can be robbed."""
    for who, letter in (("Server", "$S"), ("Client", "$C")):
        key = f"!{who}Key({letter}, ~key)", f"!{who}Public({letter}, pk(~key))", "Out(pk(~key))"
        yield TamarinRule(f"{who}Certificate", (), ("Fr(~key)",), ("Speaks()",), key)


@dataclass(frozen=True)
class TamarinSide:
    """Client and server of one kind of connection; ``first`` if it only issues a ticket."""

    mode: Mode
    external: bool = False
    first: bool = False

    @property
    def _dhe(self) -> bool:
        return self.mode != "psk_ke"

    @property
    def _full(self) -> bool:
        return self.mode == "full"

    def _name(self, what: str) -> str:
        return f"First{what}" if self.first else what

    def _share(self, who: Side) -> str:
        return (
            f"!Share('{'first ' if self.first else ''}{who}', ~{'x' if who == 'client' else 'y'})"
        )

    def _binder(self) -> list[str]:
        key = "ext_binder_key" if self.external else "res_binder_key"
        lines = secrets([*EARLY, key, "client_early_traffic_secret"], dhe=self._dhe)
        return [*lines, f"binder = kdf_binder(kdf_finished_key({key}), hello)"]

    # The client -----------------------------------------------------------------------------------

    @property
    def client(self) -> tuple[TamarinRule, TamarinRule, TamarinRule]:
        """ClientHello; the answer and Finished; the ticket."""
        return self._client_hello(), self._client_finished(), self._client_ticket()

    def _client_hello(self) -> TamarinRule:
        fresh = ["Fr(~cr)", *(["Fr(~x)"] if self._dhe else [])]
        share = ", 'g'^~x" if self._dhe else ""
        state = f"{self._name('Client_1')}(C, S, psk, {'~x, ' if self._dhe else ''}hello)"
        leaves = [state, *([self._share("client")] if self._dhe else [])]
        if self._full:
            lets = ["C = $C", "psk = 'zeros'", f"hello = <~cr, 'none'{share}>"]
            takes = ["!ServerPublic(S, public)", *fresh]
            return TamarinRule(
                self._name("Client_1"),
                tuple(lets),
                tuple(takes),
                ("Speaks()", "IsClient(C)"),
                ("Out(hello)", *leaves),
            )
        held = "!Psk(C, S, psk)" if self.external else "!Ticket(C, S, psk, ticket)"
        identity = "'psk_identity'" if self.external else "ticket"
        return TamarinRule(
            "Client_1",
            (f"hello = <~cr, {identity}{share}>", *self._binder()),
            (held, *fresh, "Fr(~d)"),
            ("Speaks()", "IsClient(C)", "Used(psk)", "SentEarly(hello)", "SaidEarly(~d)"),
            ("Out(<hello, binder>)", "Out(senc(~d, client_early_traffic_secret))", *leaves),
        )

    def _client_finished(self) -> TamarinRule:
        answer = ["sh = <sr, gy>", "ecdhe = gy^~x"] if self._dhe else ["sh = sr"]
        rows = (*EARLY, *HANDSHAKE, *APPLICATION, "resumption_secret")
        lets = [*answer, "t = <hello, sh>", *secrets(rows, dhe=self._dhe)]
        flight = f"<signature, {finished(_SHTS)}>" if self._full else finished(_SHTS)
        mine = f"<sign(t, key), {finished(_CHTS)}>" if self.first else finished(_CHTS)
        lets += [f"server_flight = {flight}", f"client_flight = {mine}"]
        state = f"{self._name('Client_1')}(C, S, psk, {'~x, ' if self._dhe else ''}hello)"
        takes = [state, "In(sh)", f"In(senc(server_flight, {_SHTS}))"]
        takes += ["!ServerPublic(S, public)"] if self._full else []
        takes += ["!ClientKey(C, key)"] if self.first else ["Fr(~d)"]
        checked = ["Eq(verify(signature, t, public), true)"] if self._full else []
        notes = ["Believes(C, S, 'server', t)", "Spoke(C, 'client', t)", "Said(~d)"]
        said = [] if self.first else [f"Out(senc(~d, {_CATS}))"]
        return TamarinRule(
            self._name("Client_2"),
            tuple(lets),
            tuple(takes),
            ("Speaks()", *checked, *([] if self.first else notes)),
            (
                f"Out(senc(client_flight, {_CHTS}))",
                *said,
                f"{self._name('Client_2')}(C, S, {_SATS}, resumption_secret)",
            ),
        )

    def _client_ticket(self) -> TamarinRule:
        return TamarinRule(
            self._name("Client_3"),
            ("next = kdf_resumption_psk(resumption_secret, nonce)",),
            (
                f"{self._name('Client_2')}(C, S, {_SATS}, resumption_secret)",
                f"In(senc(<nonce, ticket>, {_SATS}))",
            ),
            ("Speaks()",) if self.first else ("Speaks()", "Next(next)"),
            ("!Ticket(C, S, next, ticket)",) if self.first else (),
        )

    # The server -----------------------------------------------------------------------------------

    @property
    def server(self) -> Iterator[TamarinRule]:
        """ServerHello and Finished; early data; the client's Finished, data and a ticket."""
        yield self._server_hello()
        if not self._full:
            yield TamarinRule(
                f"{self._server_name}Early",
                (),
                ("Heard(hello, early)", "In(senc(d, early))"),
                ("Speaks()", "TookEarly(hello)"),
                (),
            )
        yield self._server_finished()

    @property
    def _server_name(self) -> str:
        return self._name("Server" if self._full or self.external else "TicketServer")

    def _server_hello(self) -> TamarinRule:
        gx = ", gx" if self._dhe else ""
        fresh = ["Fr(~sr)", *(["Fr(~y)"] if self._dhe else [])]
        lets = ["sh = <~sr, 'g'^~y>", "ecdhe = gx^~y"] if self._dhe else ["sh = ~sr"]
        lets += ["t = <hello, sh>"]
        early = ["Heard(hello, client_early_traffic_secret)"]
        if self._full:
            hello = [f"hello = <cr, 'none'{gx}>", "C = 'anybody'", "psk = 'zeros'"]
            lets = [*hello, *lets, *secrets(EARLY, dhe=True)]
            takes, early = ["!ServerKey(S, key)", "In(hello)"], []
        elif self.external:
            lets = [f"hello = <cr, 'psk_identity'{gx}>", *self._binder(), *lets]
            takes = ["!Psk(C, S, psk)", "In(<hello, binder>)"]
        else:
            ticket = "senc(<'ticket', psk, C>, ticket_key)"
            lets = [f"hello = <cr, {ticket}{gx}>", *self._binder(), *lets]
            takes = ["!TicketKey(S, ticket_key)", "In(<hello, binder>)"]
        signed = f"<sign(t, key), {finished(_SHTS)}>" if self._full else finished(_SHTS)
        lets += [*secrets((*HANDSHAKE, *APPLICATION, "resumption_secret"), dhe=self._dhe)]
        lets += [f"server_flight = {signed}"]
        spoke = [] if self.first else ["Spoke(S, 'server', t)"]
        return TamarinRule(
            f"{self._server_name}_1",
            tuple(lets),
            (*takes, *fresh),
            ("Speaks()", "IsServer(S)", *spoke),
            (
                *("Out(sh)", f"Out(senc(server_flight, {_SHTS}))", self._server_state, *early),
                *([self._share("server")] if self._dhe else []),
            ),
        )

    @property
    def _server_state(self) -> str:
        return f"{self._server_name}_1(S, C, t, {_CHTS}, {_SATS}, resumption_secret)"

    def _server_finished(self) -> TamarinRule:
        """The rule for Finished. In a full handshake, data for the client is not secret."""
        lets = [f"client_flight = {finished(_CHTS)}"]
        takes = [self._server_state, f"In(senc(client_flight, {_CHTS}))"]
        who, checked = "C", []
        if self.first:
            lets = [f"client_flight = <signature, {finished(_CHTS)}>"]
            takes.append("!ClientPublic(D, public)")
            who, checked = "D", ["Eq(verify(signature, t, public), true)"]
        asked = not (self._full or self.first)
        notes = ["Believes(S, C, 'client', t)", "Said(~d)", "Next(next)"] if asked else []
        # A resumed connection issues no ticket: tickets within tickets would never end.
        kind = "'ticket'" if self.first else "'last'"
        lets += [
            "next = kdf_resumption_psk(resumption_secret, ~nonce)",
            f"ticket = senc(<{kind}, next, {who}>, ticket_key)",
        ]
        return TamarinRule(
            f"{self._server_name}_2",
            tuple(lets),
            (*takes, "!TicketKey(S, ticket_key)", "Fr(~nonce)", *(["Fr(~d)"] if asked else [])),
            ("Speaks()", *checked, *notes),
            (
                *([f"Out(senc(~d, {_SATS}))"] if asked else []),
                f"Out(senc(<~nonce, ticket>, {_SATS}))",
            ),
        )
