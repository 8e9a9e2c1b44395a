"""Who is at the other end of an external PSK, as ProVerif processes. See ``models.py``.

All members of a group have the same PSK. A member is a name. A client wants to reach a certain
member, and when it completes, it states which member it believes to be its peer. A server can also
state this if there is only one other member, if the importer's context names both ends (RFC 9258),
or if a ticket does. The claim is that this peer took part in the other role, with the same
transcript.

In addition to what all models leave out, these leave out data, early data, and tickets that a
server issues. They do have a server that accepts tickets, because a thief of the ticket key can
forge them.
"""

from dataclasses import dataclass

from tls13lab.symbolic.proverif.lines import (
    EARLY,
    HANDSHAKE,
    GivenAway,
    Question,
    imported,
    mac,
    secrets,
)
from tls13lab.symbolic.vocabulary import SHARE_OF, Leak, parts
from tls13lab.wire.names import Side

DECLARATIONS = """\
const alice, bob, client_role, server_role: bitstring.
event Accepted(bitstring, bitstring, bitstring, bitstring).  (* I, my peer, its role, transcript *)
event Spoke(bitstring, bitstring, bitstring).  (* I, my role, transcript *)
"""

HAPPENS = """\
query m: bitstring, p: bitstring, t: bitstring; event(Accepted(m, p, server_role, t)).\
"""

QUERY = """\
query m: bitstring, p: bitstring, r: bitstring, t: bitstring;
  event(Accepted(m, p, r, t)) ==> event(Spoke(p, r, t)).\
"""

# The rows that a handshake without data needs: the traffic keys of the handshake are enough.
_HANDSHAKE = HANDSHAKE[:3]
_CLIENT, _SERVER = _HANDSHAKE[1:]


@dataclass(frozen=True)
class Peers:
    """The processes of a cell. ``text`` is from the first ``let`` to the end of the file."""

    cell: Question

    @property
    def text(self) -> str:
        """All processes, and the main one."""
        parts = (self._client(), self._server(), self._server(by_ticket=True))
        leaks: dict[GivenAway, str] = {"psk": "external_psk", "ticket_key": "ticket_key"}
        stolen = [self._given_away(leaks[one]) for one in self.cell.leaks if one in leaks]
        return "\n".join((*parts, f"process\n  ({' | '.join((*self._members(), *stolen))})\n"))

    def _given_away(self, term: str) -> str:
        later = self.cell.adversary == "active_then_leak"
        return f"(phase 1; out(c, {term}))" if later else f"out(c, {term})"

    @property
    def _dhe(self) -> bool:
        return parts(self.cell.mode).mode == "psk_dhe_ke"

    @property
    def _importer(self) -> bool:
        return self.cell.options["importer"] == "on"

    @property
    def _pair(self) -> bool:
        return self.cell.options["group"] == "two"

    def _members(self) -> tuple[str, ...]:
        """The roles of the members. In a group of more than two, the adversary chooses them."""
        fixed = self.cell.options["roles"] == "fixed"
        if self._pair:
            ways = [("alice", "bob")] if fixed else [("alice", "bob"), ("bob", "alice")]
            return tuple(
                f"!client({one}, {other})"
                f" | !server({other}, {one}) | !ticket_server({other}, {one})"
                for one, other in ways
            )
        if fixed:
            # Alice is the client; everybody else is a server.
            picked = "!(in(c, s: bitstring); if s <> alice then "
            return (
                f"{picked}client(alice, s))",
                f"{picked}(server(s, alice) | ticket_server(s, alice)))",
            )
        picked = "!(in(c, (m: bitstring, p: bitstring)); if m <> p then "
        return f"{picked}client(m, p))", f"{picked}(server(m, p) | ticket_server(m, p)))"

    def _psk(self, context: str) -> str:
        psk = imported(context) if self._importer else "external_psk"
        return f"  let psk = {psk} in\n"

    def _if_dhe(self, text: str) -> str:
        return text if self._dhe else ""

    def _new_share(self, side: Side) -> str:
        """A private share, and a branch that gives it away if it is stolen."""
        name = {"client": "x", "server": "y"}[side]
        # A quantum computer that comes later takes each share then.
        later = self.cell.adversary == "active_then_leak"
        by: set[Leak] = {SHARE_OF[side], "quantum"} if later else {SHARE_OF[side]}
        leak = f"  {self._given_away(name)} |\n" if by & set(self.cell.leaks) else ""
        return self._if_dhe(f"  new {name}: bitstring;\n{leak}")

    def _binder(self, *, by_ticket: bool = False) -> tuple[str, str]:
        """The secrets up to the binder key, and the binder."""
        external = "imp_binder_key" if self._importer else "ext_binder_key"
        key = "res_binder_key" if by_ticket else external
        return secrets([*EARLY, key], ""), mac("binder", key, "hello")

    @property
    def _handshake(self) -> str:
        return secrets(_HANDSHAKE, "psk_dhe_ke" if self._dhe else "psk_ke")

    def _client(self) -> str:
        identity = "(me, peer)" if self._importer else "psk_identity"
        early, binder = self._binder()
        answer = self._if_dhe(
            "  let (server_random: bitstring, gy: bitstring) = sh in\n"
            "  let ecdhe = client_dh(gy, x) in\n"
        )
        return (
            "let client(me: bitstring, peer: bitstring) =\n  new client_random: bitstring;\n"
            f"{self._new_share('client')}  (\n{self._psk('(me, peer)')}{early}"
            f"  let hello = (client_random, {identity}{self._if_dhe(', share(x)')}) in\n"
            f"  out(c, (hello, {binder}));\n  in(c, sh: bitstring);\n{answer}{self._handshake}"
            "  in(c, flight_record: bitstring);\n"
            f"  if opened({_SERVER}, flight_record) = {mac('verify_data', _SERVER)} then\n"
            "  event Accepted(me, peer, server_role, (hello, sh));\n"
            "  event Spoke(me, client_role, (hello, sh));\n"
            f"  out(c, sealed({_CLIENT}, {mac('verify_data', _CLIENT)}))\n  ).\n"
        )

    def _server(self, *, by_ticket: bool = False) -> str:
        early, binder = self._binder(by_ticket=by_ticket)
        hello = f"(server_random{self._if_dhe(', share(y)')})"
        ecdhe = self._if_dhe("  let ecdhe = server_dh(gx, y) in\n")
        return (
            f"let {'ticket_server' if by_ticket else 'server'}(me: bitstring, peer: bitstring) =\n"
            f"  in(c, (hello: bitstring, binder: bitstring));\n{self._named(by_ticket=by_ticket)}"
            f"{early}  if binder = {binder} then\n"
            f"  new server_random: bitstring;\n{self._new_share('server')}"
            f"  (\n  let sh = {hello} in\n"
            f"{ecdhe}{self._handshake}"
            "  event Spoke(me, server_role, (hello, sh));\n  out(c, sh);\n"
            f"  out(c, sealed({_SERVER}, {mac('verify_data', _SERVER)}));\n"
            "  in(c, flight_record: bitstring);\n"
            f"  if opened({_CLIENT}, flight_record) = {mac('verify_data', _CLIENT)} then\n"
            f"  {self._accepted(by_ticket=by_ticket)}\n  ).\n"
        )

    def _accepted(self, *, by_ticket: bool) -> str:
        """The event with the server's peer; none if neither group nor identity shows who it is."""
        says = by_ticket or self._pair or self._importer
        return "event Accepted(me, peer, client_role, (hello, sh))" if says else "0"

    def _named(self, *, by_ticket: bool) -> str:
        """The PSK that the ClientHello names. A ticket contains the PSK and the client's name."""
        share = ", gx: bitstring" if self._dhe else ""
        if by_ticket:
            return (
                f"  let (client_random: bitstring, identity: bitstring{share}) = hello in\n"
                "  let (psk: bitstring, =peer) = unsealed(ticket_key, identity) in\n"
            )
        identity = "(=peer, =me)" if self._importer else "=psk_identity"
        return f"  let (client_random: bitstring, {identity}{share}) = hello in\n" + self._psk(
            "(peer, me)"
        )
