"""Whole connections as one ProVerif process, for an adversary that listens. See ``models.py``.

A listener changes nothing, so both ends are a single process. All messages go to the public
channel, and leaks are revealed in a second phase, when all sessions have ended.
"""

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
from tls13lab.symbolic.vocabulary import Leak, parts
from tls13lab.wire.names import Mode


@dataclass(frozen=True)
class ProverifSessions:
    """The processes of a cell. ``text`` is from the first ``let`` to the end of the file."""

    cell: Question
    offer: OfferLines = USUAL

    @property
    def text(self) -> str:
        """All processes, and the main one."""
        kind, psk_mode, issuing = parts(self.cell.mode)
        pieces = [self._session(psk_mode)]
        name = "session"
        first = psk_mode
        if issuing:  # only a resumption has a ticket
            # A first connection, whose ticket is resumed any number of times.
            pieces.append(self._session(issuing, first=True))
            name, first = "first_session", issuing
        given = "zeros, zeros" if first == "full" else f"{external(self.offer)}, psk_identity"
        main = f"!{name}({given})"
        long_term: tuple[GivenAway, ...] = ("ticket_key", "certificate_key", "external_psk")
        names: dict[GivenAway, str] = {one: one for one in long_term}
        if kind == "external":
            names["psk"] = "external_psk"
        if "full" in (kind, issuing):
            names["quantum"] = "certificate_key"
        terms = dict.fromkeys(names[leak] for leak in self.cell.leaks if leak in names)
        stolen = "".join(f" | (phase 1; out(c, {term}))" for term in terms)
        published = "  out(c, public_key(certificate_key));\n"
        return "\n".join((*pieces, f"process\n{published}  ({main}{stolen})\n"))

    def _leaks(self, mode: Mode, *, first: bool) -> str:
        """The secrets of one session that are revealed afterwards."""
        leaks = set(self.cell.leaks)
        terms = []
        if mode != "psk_ke":
            of_client: Leak = "initial_ecdhe" if first else "client_ecdhe"
            if leaks & {"quantum", of_client}:
                terms.append("x")
            if "quantum" in leaks or ("server_ecdhe" in leaks and not first):
                terms.append("y")
        if "psk" in leaks and parts(self.cell.mode).kind == "resumption" and not first:
            terms.append("psk")
        return "".join(f"  (phase 1; out(c, {term})) |\n" for term in terms)

    def _session(self, mode: Mode, *, first: bool = False) -> str:
        dhe, psk = mode != "psk_ke", mode != "full"
        name = "first_session" if first else "session"
        pieces = [f"let {name}(psk: bitstring, identity: bitstring) =\n"]
        pieces.append("  new client_random: bitstring;\n  new server_random: bitstring;\n")
        if dhe:
            pieces.append("  new x: bitstring;\n  new y: bitstring;\n")
        pieces.append(self._leaks(mode, first=first) + "  (\n")
        pieces.append(
            f"  let hello = (client_random, identity{', share(x)' if dhe else ''}) in\n"
            f"  let sh = {'(server_random, share(y))' if dhe else 'server_random'} in\n"
        )
        if dhe:
            # Both ends compute the same secret.
            pieces.append(
                "  let ecdhe = client_dh(share(y), x) in\n"
                "  if ecdhe = server_dh(share(x), y) then\n"
            )
        pieces.append(secrets(EARLY, mode))
        pieces.append(self._first_flight(first=first) if psk else "  out(c, hello);\n")
        pieces.append(secrets((*HANDSHAKE, *APPLICATION, "resumption_secret"), mode))
        pieces.append(self._rest(mode, first=first) + "  ).\n")
        return "".join(pieces)

    def _first_flight(self, *, first: bool) -> str:
        external_psk = first or parts(self.cell.mode).kind == "external"
        key = binder_key(self.offer, external=external_psk)
        hello = f"(hello, {mac('binder', key, 'hello')})" if self.offer.binder else "hello"
        early = "  out(c, sealed(client_early_traffic_secret, early_data));\n"
        return (
            secrets([key, "client_early_traffic_secret"], "")
            + f"  out(c, {hello});\n"
            + (early if self.offer.early_data and not first else "")
        )

    @staticmethod
    def _rest(mode: Mode, *, first: bool) -> str:
        sides = ("server", "client")
        shts, chts = (f"{side}_handshake_traffic_secret" for side in sides)
        sats, cats = (f"{side}_application_traffic_secret_0" for side in sides)
        signed = f"signature(certificate_key, {TRANSCRIPT}), " if mode == "full" else ""
        flight = f"({signed}{mac('verify_data', shts)})" if signed else mac("verify_data", shts)
        says = (
            f"  out(c, sealed({cats}, application_data));\n"
            f"  out(c, sealed({sats}, application_data));\n"
        )
        last = (
            "  !session(next, ticket(ticket_key, next))\n"
            if first
            else "  event PskUsed(psk);\n  event NextPsk(next);\n  event ClientDone\n"
        )
        return (
            f"  out(c, sh);\n  out(c, sealed({shts}, {flight}));\n"
            f"  out(c, sealed({chts}, {mac('verify_data', chts)}));\n"
            + ("" if first else says)
            + "  new nonce: bitstring;\n"
            "  let next = kdf_resumption_psk(resumption_secret, nonce) in\n"
            f"  out(c, sealed({sats}, (nonce, ticket(ticket_key, next))));\n{last}"
        )
