"""Client and server as ProVerif processes, for one cell of the matrix. See ``proverif.py``.

The secrets are computed line by line from the schedule table; what is written out here is only who
sends what when, and what each side checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tls13lab.crypto.schedule import SCHEDULE, Context
from tls13lab.symbolic.claims import Cell


@dataclass(frozen=True)
class Parties:
    """The processes of a cell. ``text`` is from the first ``let`` to the end of the file."""

    cell: Cell

    @property
    def passive(self) -> bool:
        """Whether the leaks come afterwards: in a second phase."""
        return self.cell.adversary == "passive"

    @property
    def logarithm(self) -> str:
        """For an active adversary with a quantum computer, a function that everybody has."""
        if "quantum" in self.cell.leaks and not self.passive:
            return "reduc forall x: bitstring; logarithm(exp(g, x)) = x.\n"
        return ""

    @property
    def text(self) -> str:
        """All processes, and the main one."""
        kind, _, psk_mode = self.cell.mode.partition("-")
        mode = psk_mode or kind
        psk = "external_psk" if psk_mode else "zeros"
        return (
            f"{self._client(mode)}\n{self._server(mode)}\n"
            "process\n  out(c, public_key(certificate_key));\n"
            f"  (!client({psk}) | !server({psk}){self._stolen()})\n"
        )

    # Leaks --------------------------------------------------------------------------------------

    def _stolen(self) -> str:
        """Long-term secrets, out of the main process."""
        names = {
            "ticket_key": "ticket_key",
            "certificate_key": "certificate_key",
            "psk": "external_psk",
        }
        terms = [names[leak] for leak in self.cell.leaks if leak in names]
        phase = "phase 1; " if self.passive else ""
        return "".join(f" | ({phase}out(c, {term}))" for term in terms)

    def _leak(self, term: str, leaks: Iterable[str]) -> str:
        """A secret of one session: a branch that gives it away, if it is stolen."""
        if not set(leaks) & set(self.cell.leaks):
            return ""
        return f"  ({'phase 1; ' if self.passive else ''}out(c, {term})) |\n"

    def _share_leak(self, variable: str, side: str) -> str:
        """Which theft takes this private share. For an active quantum there is a function."""
        names = {f"{side}_ecdhe"} | ({"quantum"} if self.passive else set())
        return self._leak(variable, names)

    # The schedule, read from the table ---------------------------------------------------------

    def _secrets(self, rows: Iterable[str], mode: str) -> str:
        """``let`` lines; the transcripts must be there under the names below."""
        bound = {
            Context.CLIENT_HELLO: "ch",
            Context.SERVER_HELLO: "(ch, sh)",
            Context.SERVER_FINISHED: "(ch, sh, server_flight)",
            Context.CLIENT_FINISHED: "(ch, sh, server_flight, client_flight)",
        }
        leaves = {"zeros": "zeros", "psk": "psk", "ecdhe": "zeros" if mode == "psk_ke" else "ecdhe"}
        lines = []
        for name in rows:
            row = SCHEDULE[name]
            arguments = [leaves.get(one, one) for one in row.inputs]
            arguments += [bound[row.context]] if row.context in bound else []
            lines.append(f"  let {name} = kdf_{name}({', '.join(arguments)}) in\n")
        return "".join(lines)

    @staticmethod
    def _keys(secret: str) -> str:
        return f"kdf_key({secret}), kdf_iv({secret})"

    @staticmethod
    def _mac(row: str, base: str, transcript: str) -> str:
        return f"kdf_{row}(kdf_finished_key({base}), {transcript})"

    EARLY = ("early_secret", "early_derived_secret")
    HANDSHAKE = (
        "handshake_secret",
        "client_handshake_traffic_secret",
        "server_handshake_traffic_secret",
        "handshake_derived_secret",
        "main_secret",
    )
    APPLICATION = ("client_application_traffic_secret_0", "server_application_traffic_secret_0")

    # The client -----------------------------------------------------------------------------------

    def _client(self, mode: str) -> str:
        dhe, psk = mode != "psk_ke", mode != "full"
        share = ", exp(g, x)" if dhe else ""
        parts = ["let client(psk: bitstring) =\n"]
        parts.append("  new client_random: bitstring;\n")
        if dhe:
            parts.append("  new x: bitstring;\n" + self._share_leak("x", "client"))
        parts.append("  (\n" + self._secrets(self.EARLY, mode))
        if psk:
            binder = self._mac("binder", "ext_binder_key", "truncated")
            parts.append(
                "  event PskUsed(psk);\n"
                f"  let truncated = (client_random, psk_identity{share}) in\n"
                + self._secrets(["ext_binder_key"], mode)
                + f"  let ch = (truncated, {binder}) in\n"
                + self._secrets(["client_early_traffic_secret"], mode)
                + "  out(c, ch);\n"
                f"  out(c, sealed({self._keys('client_early_traffic_secret')}, early_data));\n"
            )
        else:
            parts.append(f"  let ch = (client_random, zeros{share}) in\n  out(c, ch);\n")
        parts.append(self._client_answer(mode))
        return "".join(parts)

    def _client_answer(self, mode: str) -> str:
        dhe = mode != "psk_ke"
        hello = "(server_random: bitstring, gy: bitstring)" if dhe else "server_random: bitstring"
        hello_term = "(server_random, gy)" if dhe else "server_random"
        ecdhe = "  let ecdhe = exp(gy, x) in\n" if dhe else ""
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        signed = ", s: bitstring" if mode == "full" else ""
        check = "(ch, sh, extensions" + (", s)" if mode == "full" else ")")
        finished = self._mac("verify_data", chts, "(ch, sh, server_flight)")
        verify = (
            "  let (=ch, =sh, =extensions) = verified(public_key(certificate_key), s) in\n"
            if mode == "full"
            else ""
        )
        return (
            f"  in(c, {hello});\n  let sh = {hello_term} in\n{ecdhe}"
            + self._secrets(self.HANDSHAKE, mode)
            + "  in(c, flight_record: bitstring);\n"
            f"  let server_flight = opened({self._keys(shts)}, flight_record) in\n"
            f"  let (extensions: bitstring{signed}, finished: bitstring) = server_flight in\n"
            f"{verify}  if finished = {self._mac('verify_data', shts, check)} then\n"
            "  event ClientAccepted((ch, sh));\n"
            + self._secrets(self.APPLICATION, mode)
            + f"  let client_flight = {finished} in\n"
            f"  event ClientSent((ch, sh));\n  out(c, sealed({self._keys(chts)}, client_flight));\n"
            f"{self._client_end(mode)}  ).\n"
        )

    def _client_end(self, mode: str) -> str:
        """It says something, and takes a ticket."""
        mine = self._keys("client_application_traffic_secret_0")
        theirs = self._keys("server_application_traffic_secret_0")
        return (
            f"  out(c, sealed({mine}, application_data));\n  event ClientDone;\n"
            + self._secrets(["resumption_secret"], mode)
            + "  in(c, ticket_record: bitstring);\n"
            "  let (nonce: bitstring, identity: bitstring) ="
            f" opened({theirs}, ticket_record) in\n"
            "  event NextPsk(kdf_resumption_psk(resumption_secret, nonce))\n"
        )

    # The server -----------------------------------------------------------------------------------

    def _server(self, mode: str) -> str:
        dhe = mode != "psk_ke"
        share, share_term = (", gx: bitstring", ", gx") if dhe else ("", "")
        parts = ["let server(psk: bitstring) =\n"]
        if mode == "full":
            parts.append(
                f"  in(c, (client_random: bitstring, =zeros{share}));\n"
                f"  let ch = (client_random, zeros{share_term}) in\n"
                + self._secrets(self.EARLY, mode)
            )
        else:
            binder = self._mac("binder", "ext_binder_key", "truncated")
            parts.append(
                "  in(c, (truncated: bitstring, binder: bitstring));\n"
                "  let ch = (truncated, binder) in\n"
                f"  let (client_random: bitstring, =psk_identity{share}) = truncated in\n"
                + self._secrets([*self.EARLY, "ext_binder_key"], mode)
                + f"  if binder = {binder} then\n"
            )
        return "".join(parts) + self._server_answer(mode)

    def _server_answer(self, mode: str) -> str:
        share = "  (\n  let sh = server_random in\n"
        if mode != "psk_ke":
            share = (
                f"  new y: bitstring;\n{self._share_leak('y', 'server')}  (\n"
                "  let sh = (server_random, exp(g, y)) in\n  let ecdhe = exp(gx, y) in\n"
            )
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        sign, inside = "", "extensions"
        if mode == "full":
            sign = "  let s = signature(certificate_key, (ch, sh, extensions)) in\n"
            inside = "extensions, s"
        finished = self._mac("verify_data", shts, f"(ch, sh, {inside})")
        expected = self._mac("verify_data", chts, "(ch, sh, server_flight)")
        return (
            f"  new server_random: bitstring;\n{share}"
            + self._secrets(self.HANDSHAKE, mode)
            + f"  new extensions: bitstring;\n{sign}"
            f"  let server_flight = ({inside}, {finished}) in\n"
            "  event ServerSent((ch, sh));\n"
            + self._secrets(self.APPLICATION, mode)
            + f"  out(c, sh);\n  out(c, sealed({self._keys(shts)}, server_flight));\n"
            "  in(c, flight_record: bitstring);\n"
            f"  let client_flight = opened({self._keys(chts)}, flight_record) in\n"
            f"  if client_flight = {expected} then\n"
            f"  event ServerAccepted((ch, sh));\n{self._server_end(mode)}  ).\n"
        )

    def _server_end(self, mode: str) -> str:
        """A ticket; and data, unless anyone at all may be the client."""
        keys = self._keys("server_application_traffic_secret_0")
        says = f"  out(c, sealed({keys}, application_data));\n" if mode != "full" else ""
        return (
            self._secrets(["resumption_secret"], mode) + "  new nonce: bitstring;\n"
            f"  let next = kdf_resumption_psk(resumption_secret, nonce) in\n{says}"
            f"  out(c, sealed({keys}, (nonce, ticket(ticket_key, next))))\n"
        )
