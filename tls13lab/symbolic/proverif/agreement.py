"""Injective agreement as ProVerif processes: do both ends agree? See ``models.py``.

An end that has completed emits an event with its values: the keys of the application data, the
mode, the PSK and its identity. For each such event there must be one of the other side with the
same values, and for two there must be two: ProVerif's ``inj-event``. This is asked for clients and
for servers, so a model has two claims.

These models have more than the others, so that the ends can disagree. A client offers both modes,
and a server accepts either. With an external PSK, there are three ways to hold one: the PSK under
its identity, another PSK under the same identity, and the same PSK under another identity.

>>> asked = AskedEnds("external-psk_ke", ("ticket_key",))
>>> verdicts(asked)  # of clients and of servers that are done
('kept', 'lost')
>>> asked.name
'external-psk_ke-agreement-active-ticket_key'
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tls13lab.symbolic import agreement
from tls13lab.symbolic.proverif.lines import (
    APPLICATION,
    EARLY,
    HANDSHAKE,
    Posed,
    binder_key,
    mac,
    secrets,
)
from tls13lab.symbolic.proverif.processes import Parties
from tls13lab.symbolic.vocabulary import Leaks, SceneMode, Verdict, parts
from tls13lab.wire.names import PSK_MODES, SIDES, PskMode, Side

ASSET: Final = "agreement"
_MEANT = "client_application_traffic_secret_0, server_application_traffic_secret_0"
_CHTS, _SHTS = HANDSHAKE[1:3]

DECLARATIONS = """\
const psk_ke, psk_dhe_ke, another_identity: bitstring.
free another_psk: bitstring [private].
(* An end means: the keys of client and server, the mode, the PSK, and its name *)
event ClientMeant(bitstring, bitstring, bitstring, bitstring, bitstring).
event ServerMeant(bitstring, bitstring, bitstring, bitstring, bitstring).
event ServerEnded(bitstring, bitstring, bitstring, bitstring, bitstring).
"""


@dataclass(frozen=True, slots=True)
class AskedEnds:
    """A question: a mode with a PSK, and the leaks."""

    mode: SceneMode
    leaks: Leaks = ()

    @property
    def name(self) -> str:
        """The model's file, without ``.pv``."""
        return "-".join((self.mode, ASSET, "active", *(self.leaks or ("nothing",))))

    @property
    def posed(self) -> Posed:
        """The question as the processes need it."""
        verdict: Verdict = "lost" if "lost" in verdicts(self) else "kept"
        return Posed(self.mode, ASSET, "active", self.leaks, verdict)


def asked() -> Iterator[AskedEnds]:
    """Every question. A weak PSK is left out, because after guessing it is like a stolen one."""
    every = dict.fromkeys((mode, leaks) for mode, _, leaks in agreement.questions())
    yield from (AskedEnds(mode, leaks) for mode, leaks in every if "weak_psk" not in leaks)


def verdicts(asked: AskedEnds) -> tuple[Verdict, ...]:
    """The verdicts of the lab's own model for clients and for servers, over all values."""

    def of(end: Side) -> Verdict:
        every = (agreement.decide(asked.mode, on, asked.leaks, done=end) for on in agreement.FIELDS)
        return "lost" if "lost" in {one.verdict for one in every} else "kept"

    return tuple(map(of, SIDES))


def happens(mode: SceneMode) -> str:
    """Two queries that must fail, because both ends can complete."""
    return "\n".join(f"{_VARIABLES} event({_meant(one, mode)})." for one in _DONE)


def query(mode: SceneMode) -> str:
    """The two claims.

    >>> print(query("external-psk_ke").splitlines()[1].strip())
    inj-event(ClientMeant(k, l, psk_ke, p, n)) ==> inj-event(ServerMeant(k, l, psk_ke, p, n)).
    """
    return "\n".join(
        f"{_VARIABLES}\n  inj-event({_meant(done, mode)}) ==> inj-event({_meant(other, mode)})."
        for done, other in _DONE.items()
    )


_VARIABLES = "query k: bitstring, l: bitstring, p: bitstring, n: bitstring;"
_DONE = {"ClientMeant": "ServerMeant", "ServerEnded": "ClientMeant"}
"""For the event of each end, the event of the other end that must come before it."""


def _meant(event: str, mode: SceneMode) -> str:
    _, psk_mode, _ = parts(mode)
    return f"{event}(k, l, {psk_mode}, p, n)"


@dataclass(frozen=True)
class EndsLines(Parties):
    """The processes of a question. ``text`` is from the first ``let`` to the end of the file."""

    @property
    def text(self) -> str:
        """All processes, and the main one."""
        issuing = parts(self.cell.mode).issued_in
        tickets = [self._meaning_server(one, by_ticket=True) for one in PSK_MODES]
        pieces = [self._meaning_client(), *tickets]
        run = [f"!ticket_server_{one}()" for one in PSK_MODES]
        held = "zeros, zeros" if issuing == "full" else "external_psk, psk_identity"
        if issuing:  # only a resumption has a ticket
            pieces += [self._client(issuing, first=True), self._server(issuing, first=True)]
            pieces.append(self._resumer())
            run += [f"!first_client({held})", "!first_server()", "!resumer()"]
        else:
            pieces += [self._meaning_server(one) for one in PSK_MODES]
            ways = (
                ("external_psk", "psk_identity"),
                ("another_psk", "psk_identity"),
                ("external_psk", "another_identity"),
            )
            for psk, identity in ways:
                run.append(f"!client({psk}, {identity})")
                run += [f"!server_{one}({psk}, {identity})" for one in PSK_MODES]
        keys = ("certificate_key", *(("client_key",) if issuing == "full" else ()))
        published = "".join(f"  out(c, public_key({key}));\n" for key in keys)
        main = "\n    | ".join(run)
        return "\n".join((*pieces, f"process\n{published}  ({main}{self._stolen()})\n"))

    @property
    def _binder_key(self) -> str:
        return binder_key(external=parts(self.cell.mode).kind == "external")

    def _meaning_client(self) -> str:
        """The client, which offers both modes and continues with the server's choice."""
        key = self._binder_key
        return (
            "let client(psk: bitstring, identity: bitstring) =\n"
            "  new client_random: bitstring;\n  new x: bitstring;\n"
            f"{self._share_leak('x', 'client', first=False)}  (\n{secrets([*EARLY, key], '')}"
            "  let hello = (client_random, identity, share(x)) in\n"
            f"  out(c, (hello, {mac('binder', key, 'hello')}));\n  in(c, sh: bitstring);\n"
            "  let (server_random: bitstring, gy: bitstring) = sh in (\n"
            f"  let ecdhe = client_dh(gy, x) in\n{self._client_done('psk_dhe_ke')}"
            f"  ) else (\n{self._client_done('psk_ke')}  )\n  ).\n"
        )

    @staticmethod
    def _client_done(mode: PskMode) -> str:
        return (
            secrets((*HANDSHAKE, *APPLICATION), mode) + "  in(c, flight_record: bitstring);\n"
            f"  if opened({_SHTS}, flight_record) = {mac('verify_data', _SHTS)} then\n"
            f"  event ClientMeant({_MEANT}, {mode}, psk, identity);\n"
            f"  out(c, sealed({_CHTS}, {mac('verify_data', _CHTS)}))\n"
        )

    def _meaning_server(self, mode: PskMode, *, by_ticket: bool = False) -> str:
        """The server, which chooses this mode."""
        dhe = mode != "psk_ke"
        key = binder_key(external=not by_ticket)
        head = (
            f"let ticket_server_{mode}() =\n  in(c, (hello: bitstring, binder: bitstring));\n"
            "  let (client_random: bitstring, identity: bitstring, gx: bitstring) = hello in\n"
            "  let psk = unsealed(ticket_key, identity) in\n"
            if by_ticket
            else f"let server_{mode}(psk: bitstring, identity: bitstring) =\n"
            "  in(c, (hello: bitstring, binder: bitstring));\n"
            "  let (client_random: bitstring, =identity, gx: bitstring) = hello in\n"
        )
        share = self._share_leak("y", "server", first=False)
        return (
            f"{head}{secrets([*EARLY, key], '')}"
            f"  if binder = {mac('binder', key, 'hello')} then\n"
            "  new server_random: bitstring;\n"
            + (f"  new y: bitstring;\n{share}  (\n" if dhe else "  (\n")
            + f"  let sh = {'(server_random, share(y))' if dhe else 'server_random'} in\n"
            + ("  let ecdhe = server_dh(gx, y) in\n" if dhe else "")
            + secrets((*HANDSHAKE, *APPLICATION), mode)
            + f"  event ServerMeant({_MEANT}, {mode}, psk, identity);\n"
            f"  out(c, sh);\n  out(c, sealed({_SHTS}, {mac('verify_data', _SHTS)}));\n"
            "  in(c, flight_record: bitstring);\n"
            f"  if opened({_CHTS}, flight_record) = {mac('verify_data', _CHTS)} then\n"
            f"  event ServerEnded({_MEANT}, {mode}, psk, identity)\n  ).\n"
        )
