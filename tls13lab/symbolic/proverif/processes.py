"""Client and server as ProVerif processes, against an active adversary. See ``models.py``.

Only the messages, their order, and each side's checks are written here; the secrets come from the
schedule table. Stolen secrets are revealed at the beginning; if the leaks come later, in a second
phase, when all sessions have ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tls13lab.symbolic.proverif.lines import (
    APPLICATION,
    EARLY,
    HANDSHAKE,
    TRANSCRIPT,
    USUAL,
    GivenAway,
    OfferLines,
    Question,
    binder_key,
    external,
    mac,
    secrets,
)
from tls13lab.symbolic.vocabulary import SHARE_OF, Leak, parts
from tls13lab.wire.names import Mode, Side


@dataclass(frozen=True)
class Parties:
    """The processes of a cell. ``text`` is from the first ``let`` to the end of the file."""

    cell: Question
    offer: OfferLines = USUAL

    @property
    def text(self) -> str:
        """All processes, and the main one."""
        kind, psk_mode, issuing = parts(self.cell.mode)
        pieces = [self._client(psk_mode), self._server(psk_mode)]
        given = f"{external(self.offer)}, psk_identity"
        if issuing:  # only a resumption has a ticket
            # A first connection, whose ticket is handed to a client that resumes with it.
            pieces += [self._client(issuing, first=True), self._server(issuing, first=True)]
            pieces.append(self._resumer())
            held = "zeros, zeros" if issuing == "full" else given
            main = f"!first_client({held}) | !first_server() | !resumer() | !server()"
        else:
            main = f"!client({given if kind == 'external' else 'zeros, zeros'}) | !server()"
        if kind == "external":
            # The server takes tickets as well: an adversary may send it a forged one.
            pieces.append(self._server(psk_mode, by_ticket=True))
            main += " | !ticket_server()"
        keys = ("certificate_key", *(("client_key",) if issuing == "full" else ()))
        published = "".join(f"  out(c, public_key({key}));\n" for key in keys)
        return "\n".join((*pieces, f"process\n{published}  ({main}{self._stolen()})\n"))

    # Leaks --------------------------------------------------------------------------------------

    def _stolen(self) -> str:
        """The long-term secrets that the main process reveals."""
        resumes = parts(self.cell.mode).kind == "resumption"
        names: dict[GivenAway, tuple[str, ...]] = {
            "ticket_key": ("ticket_key",),
            "certificate_key": ("certificate_key",),
            "external_psk": ("external_psk",),
            "psk": () if resumes else ("external_psk",),
            "quantum": self._certificates if self._later else (),
        }
        terms = dict.fromkeys(term for leak in self.cell.leaks for term in names.get(leak, ()))
        return "".join(f" | {self._given_away(term)}" for term in terms)

    @property
    def _certificates(self) -> tuple[str, ...]:
        """The private keys for signatures."""
        kind, _, issuing = parts(self.cell.mode)
        first = ("certificate_key", "client_key") if issuing == "full" else ()
        return ("certificate_key",) if kind == "full" else first

    @property
    def _later(self) -> bool:
        return self.cell.adversary == "active_then_leak"

    def _given_away(self, term: str) -> str:
        return f"(phase 1; out(c, {term}))" if self._later else f"out(c, {term})"

    def _leak(self, term: str, leaks: Iterable[Leak]) -> str:
        """A secret of one session: a branch that gives it away, if it is stolen."""
        if not set(leaks) & set(self.cell.leaks):
            return ""
        return f"  {self._given_away(term)} |\n"

    def _share_leak(self, variable: str, side: Side, *, first: bool) -> str:
        """The leak that reveals this private share.

        There are functions for a quantum computer. If it comes later, each share, and each key for
        signatures, is revealed in the second phase instead.
        """
        by: set[Leak] = {"quantum"} if self._later else set()
        if not first:
            by.add(SHARE_OF[side])
        elif side == "client":
            by.add("initial_ecdhe")
        return self._leak(variable, by)

    def _resumer(self) -> str:
        """The process that takes the ticket of a first connection and resumes with it."""
        leak = self._leak("next", ["psk"])
        return (
            "let resumer() =\n  in(resuming, (next: bitstring, identity: bitstring));\n"
            f"{leak}  client(next, identity).\n"
        )

    # The client -----------------------------------------------------------------------------------

    def _client(self, mode: Mode, *, first: bool = False) -> str:
        dhe, psk = mode != "psk_ke", mode != "full"
        share = ", share(x)" if dhe else ""
        name = "first_client" if first else "client"
        pieces = [f"let {name}(psk: bitstring, identity: bitstring) =\n"]
        pieces.append("  new client_random: bitstring;\n")
        if dhe:
            pieces.append("  new x: bitstring;\n" + self._share_leak("x", "client", first=first))
        pieces.append("  (\n" + secrets(EARLY, mode))
        if psk:
            pieces.append(self._offered(mode, share, first=first))
        else:
            pieces.append(f"  let hello = (client_random, zeros{share}) in\n  out(c, hello);\n")
        pieces.append(self._client_answer(mode, first=first))
        return "".join(pieces)

    def _external(self, *, first: bool) -> bool:
        """Whether a connection begins with an external PSK, and not with a ticket."""
        return first or parts(self.cell.mode).kind == "external"

    def _offered(self, mode: Mode, share: str, *, first: bool) -> str:
        """A ClientHello with a PSK; early data under it, unless it is only for a ticket."""
        key = binder_key(self.offer, external=self._external(first=first))
        hello = f"(hello, {mac('binder', key, 'hello')})" if self.offer.binder else "hello"
        early = "  out(c, sealed(client_early_traffic_secret, early_data));\n"
        return (
            ("" if first else "  event PskUsed(psk);\n")
            + f"  let hello = (client_random, identity{share}) in\n"
            + secrets([key, *([] if first else ["client_early_traffic_secret"])], mode)
            + ("" if first else self._fresh("  event SentEarly(hello);\n"))
            + f"  out(c, {hello});\n"
            + (early if self.offer.early_data and not first else "")
        )

    def _client_answer(self, mode: Mode, *, first: bool) -> str:
        dhe = mode != "psk_ke"
        hello = "(server_random: bitstring, gy: bitstring)" if dhe else "server_random: bitstring"
        hello_term = "(server_random, gy)" if dhe else "server_random"
        ecdhe = "  let ecdhe = client_dh(gy, x) in\n" if dhe else ""
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        finished = mac("verify_data", chts)
        verify = (
            "  let (s: bitstring, finished: bitstring) = server_flight in\n"
            "  let (=hello, =sh) = verified(public_key(certificate_key), s) in\n"
            "  if finished"
            if mode == "full"
            else "  if server_flight"
        )
        return (
            f"  in(c, {hello});\n  let sh = {hello_term} in\n{ecdhe}"
            + secrets(HANDSHAKE, mode)
            + "  in(c, flight_record: bitstring);\n"
            f"  let server_flight = opened({shts}, flight_record) in\n"
            f"{verify} = {mac('verify_data', shts)} then\n"
            + ("" if first else "  event ClientAccepted((hello, sh));\n")
            + secrets(APPLICATION, mode)
            + f"  let client_flight = {self._signed(finished, signs=self._signs(mode, first))} in\n"
            + ("" if first else "  event ClientSent((hello, sh));\n")
            + f"  out(c, sealed({chts}, client_flight));\n"
            f"{self._client_end(mode, first=first)}  ).\n"
        )

    @staticmethod
    def _signs(mode: Mode, first: bool) -> bool:
        """Whether the client signs. A first client without a PSK does, so that it can be robbed."""
        return first and mode == "full"

    @staticmethod
    def _signed(finished: str, *, signs: bool) -> str:
        return f"(signature(client_key, {TRANSCRIPT}), {finished})" if signs else finished

    def _client_end(self, mode: Mode, *, first: bool) -> str:
        """The client sends data and takes a ticket; a first client passes the ticket on."""
        mine, theirs = APPLICATION
        says = f"  out(c, sealed({mine}, application_data));\n  event ClientDone;\n"
        last = "out(resuming, (next, ticket_))" if first else "event NextPsk(next)"
        return (
            ("" if first else says)
            + secrets(["resumption_secret"], mode)
            + "  in(c, ticket_record: bitstring);\n"
            f"  let (nonce: bitstring, ticket_: bitstring) = opened({theirs}, ticket_record) in\n"
            f"  let next = kdf_resumption_psk(resumption_secret, nonce) in\n  {last}\n"
        )

    # The server -----------------------------------------------------------------------------------

    def _server(self, mode: Mode, *, first: bool = False, by_ticket: bool = False) -> str:
        dhe = mode != "psk_ke"
        share, share_term = (", gx: bitstring", ", gx") if dhe else ("", "")
        name = "first_server" if first else "ticket_server" if by_ticket else "server"
        pieces = [f"let {name}() =\n"]
        if mode == "full":
            pieces.append(
                f"  in(c, (client_random: bitstring, =zeros{share}));\n"
                f"  let hello = (client_random, zeros{share_term}) in\n  let psk = zeros in\n"
                + secrets(EARLY, mode)
            )
        else:
            pieces.append(self._chosen(mode, share, first=first, by_ticket=by_ticket))
        return "".join(pieces) + self._server_answer(mode, first=first)

    def _chosen(self, mode: Mode, share: str, *, first: bool, by_ticket: bool) -> str:
        """The PSK that the ClientHello names, and the check of its binder."""
        known = self._external(first=first) and not by_ticket
        named = "=psk_identity" if known else "identity: bitstring"
        psk = external(self.offer) if known else "unsealed(ticket_key, identity)"
        key = binder_key(self.offer, external=known)
        bound = self.offer.binder
        heard = "(hello: bitstring, binder: bitstring)" if bound else "hello: bitstring"
        return (
            f"  in(c, {heard});\n"
            f"  let (client_random: bitstring, {named}{share}) = hello in\n"
            f"  let psk = {psk} in\n"
            + secrets([*EARLY, key], mode)
            + (f"  if binder = {mac('binder', key, 'hello')} then\n" if bound else "")
        )

    def _server_answer(self, mode: Mode, *, first: bool) -> str:
        early = "" if first else self._took_early(mode)
        share = f"{early}  (\n  let sh = server_random in\n"
        if mode != "psk_ke":
            share = (
                f"  new y: bitstring;\n{self._share_leak('y', 'server', first=first)}"
                f"{early}  (\n"
                "  let sh = (server_random, share(y)) in\n  let ecdhe = server_dh(gx, y) in\n"
            )
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        flight = mac("verify_data", shts)
        if mode == "full":
            flight = f"(signature(certificate_key, {TRANSCRIPT}), {flight})"
        expected = mac("verify_data", chts)
        return (
            f"  new server_random: bitstring;\n{share}"
            + secrets(HANDSHAKE, mode)
            + f"  let server_flight = {flight} in\n"
            + ("" if first else "  event ServerSent((hello, sh));\n")
            + secrets(APPLICATION, mode)
            + f"  out(c, sh);\n  out(c, sealed({shts}, server_flight));\n"
            "  in(c, flight_record: bitstring);\n"
            f"  let client_flight = opened({chts}, flight_record) in\n"
            f"{self._check_client(expected, signs=self._signs(mode, first))}"
            + ("" if first else "  event ServerAccepted((hello, sh));\n")
            + f"{self._server_end(mode, first=first)}  ).\n"
        )

    @staticmethod
    def _check_client(expected: str, *, signs: bool) -> str:
        if not signs:
            return f"  if client_flight = {expected} then\n"
        return (
            "  let (s_: bitstring, finished: bitstring) = client_flight in\n"
            "  let (=hello, =sh) = verified(public_key(client_key), s_) in\n"
            f"  if finished = {expected} then\n"
        )

    @staticmethod
    def _server_end(mode: Mode, *, first: bool) -> str:
        """A ticket; and data, unless anyone at all may be the client."""
        keys = APPLICATION[1]
        says = ""
        if mode != "full" and not first:
            says = f"  event NextPsk(next);\n  out(c, sealed({keys}, application_data));\n"
        # A resumed connection issues no ticket here: tickets within tickets would never end.
        ticket = "ticket" if first else "next_ticket"
        return (
            secrets(["resumption_secret"], mode) + "  new nonce: bitstring;\n"
            f"  let next = kdf_resumption_psk(resumption_secret, nonce) in\n{says}"
            f"  out(c, sealed({keys}, (nonce, {ticket}(ticket_key, next))))\n"
        )

    # Early data ---------------------------------------------------------------------------------

    def _fresh(self, lines: str) -> str:
        """Lines that are needed only for the claim about freshness."""
        return lines if self.cell.asset == "early_data_freshness" else ""

    def _took_early(self, mode: Mode) -> str:
        """The server takes early data, beside the handshake."""
        if mode == "full":
            return ""
        return self._fresh(
            "  (\n"
            + secrets(["client_early_traffic_secret"], mode)
            + "  in(c, early_record: bitstring);\n"
            "  let data = opened(client_early_traffic_secret, early_record) in\n"
            "  if data = early_data then\n"
            "  event TookEarly(server_random, hello)) |\n"
        )
