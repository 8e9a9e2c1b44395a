"""Client and server as ProVerif processes, for one cell of the matrix. See ``proverif.py``.

The secrets are computed line by line from the schedule table; what is written out here is only who
sends what when, and what each side checks.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tls13lab.crypto.schedule import SCHEDULE, Context
from tls13lab.symbolic.claims import Cell

# Signature, binder and Finished are left out of it: they are computed from the rest, and with them
# the terms grow so large that ProVerif takes hours.
_TRANSCRIPT = "(hello, sh, extensions)"


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
        parts = [self._client(psk_mode or kind), self._server(psk_mode or kind)]
        if kind == "resumption":
            # A first connection, whose ticket is handed to a client that resumes with it.
            parts += [self._client("full", first=True), self._server("full", first=True)]
            parts.append(self._resumer())
            main = "!first_client(zeros, zeros) | !first_server() | !resumer() | !server()"
        else:
            given = "external_psk, psk_identity" if psk_mode else "zeros, zeros"
            main = f"!client({given}) | !server()"
        keys = ("certificate_key", *(("client_key",) if kind == "resumption" else ()))
        published = "".join(f"  out(c, public_key({key}));\n" for key in keys)
        return "\n".join((*parts, f"process\n{published}  ({main}{self._stolen()})\n"))

    # Leaks --------------------------------------------------------------------------------------

    def _stolen(self) -> str:
        """Long-term secrets, out of the main process."""
        names = {
            "ticket_key": "ticket_key",
            "certificate_key": "certificate_key",
            "psk": "" if self.cell.mode.startswith("resumption") else "external_psk",
        }
        terms = [names[leak] for leak in self.cell.leaks if names.get(leak)]
        phase = "phase 1; " if self.passive else ""
        return "".join(f" | ({phase}out(c, {term}))" for term in terms)

    def _leak(self, term: str, leaks: Iterable[str]) -> str:
        """A secret of one session: a branch that gives it away, if it is stolen."""
        if not set(leaks) & set(self.cell.leaks):
            return ""
        return f"  ({'phase 1; ' if self.passive else ''}out(c, {term})) |\n"

    def _share_leak(self, variable: str, side: str, *, first: bool) -> str:
        """Which theft takes this private share. For an active quantum there is a function."""
        own = "initial_ecdhe" if side == "client" else ""
        names = {own if first else f"{side}_ecdhe"} | ({"quantum"} if self.passive else set())
        return self._leak(variable, names)

    def _resumer(self) -> str:
        """Takes a ticket that a first connection left, and uses it."""
        leak = self._leak("next", ["psk"])
        return (
            "let resumer() =\n  in(resuming, (next: bitstring, identity: bitstring));\n"
            f"{leak}  client(next, identity).\n"
        )

    @property
    def _binder_key(self) -> str:
        return "ext_binder_key" if self.cell.mode.startswith("external") else "res_binder_key"

    # The schedule, read from the table ---------------------------------------------------------

    def _secrets(self, rows: Iterable[str], mode: str) -> str:
        """``let`` lines; the transcripts must be there under the names below."""
        bound = {
            Context.CLIENT_HELLO: "hello",
            Context.SERVER_HELLO: "(hello, sh)",
            Context.SERVER_FINISHED: _TRANSCRIPT,
            Context.CLIENT_FINISHED: _TRANSCRIPT,
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

    def _client(self, mode: str, *, first: bool = False) -> str:
        dhe, psk = mode != "psk_ke", mode != "full"
        share = ", exp(g, x)" if dhe else ""
        name = "first_client" if first else "client"
        parts = [f"let {name}(psk: bitstring, identity: bitstring) =\n"]
        parts.append("  new client_random: bitstring;\n")
        if dhe:
            parts.append("  new x: bitstring;\n" + self._share_leak("x", "client", first=first))
        parts.append("  (\n" + self._secrets(self.EARLY, mode))
        if psk:
            binder = self._mac("binder", self._binder_key, "hello")
            parts.append(
                "  event PskUsed(psk);\n"
                f"  let hello = (client_random, identity{share}) in\n"
                + self._secrets([self._binder_key], mode)
                + self._secrets(["client_early_traffic_secret"], mode)
                + f"  out(c, (hello, {binder}));\n"
                f"  out(c, sealed({self._keys('client_early_traffic_secret')}, early_data));\n"
            )
        else:
            parts.append(f"  let hello = (client_random, zeros{share}) in\n  out(c, hello);\n")
        parts.append(self._client_answer(mode, first=first))
        return "".join(parts)

    def _client_answer(self, mode: str, *, first: bool) -> str:
        dhe = mode != "psk_ke"
        hello = "(server_random: bitstring, gy: bitstring)" if dhe else "server_random: bitstring"
        hello_term = "(server_random, gy)" if dhe else "server_random"
        ecdhe = "  let ecdhe = exp(gy, x) in\n" if dhe else ""
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        signed = ", s: bitstring" if mode == "full" else ""
        finished = self._mac("verify_data", chts, _TRANSCRIPT)
        verify = (
            "  let (=hello, =sh, =extensions) = verified(public_key(certificate_key), s) in\n"
            if mode == "full"
            else ""
        )
        return (
            f"  in(c, {hello});\n  let sh = {hello_term} in\n{ecdhe}"
            + self._secrets(self.HANDSHAKE, mode)
            + "  in(c, flight_record: bitstring);\n"
            f"  let server_flight = opened({self._keys(shts)}, flight_record) in\n"
            f"  let (extensions: bitstring{signed}, finished: bitstring) = server_flight in\n"
            f"{verify}  if finished = {self._mac('verify_data', shts, _TRANSCRIPT)} then\n"
            + ("" if first else "  event ClientAccepted((hello, sh));\n")
            + self._secrets(self.APPLICATION, mode)
            + f"  let client_flight = {self._signed(finished, first=first)} in\n"
            + ("" if first else "  event ClientSent((hello, sh));\n")
            + f"  out(c, sealed({self._keys(chts)}, client_flight));\n"
            f"{self._client_end(mode, first=first)}  ).\n"
        )

    @staticmethod
    def _signed(finished: str, *, first: bool) -> str:
        """A first client signs as well, so that there is somebody whose place can be taken."""
        return f"(signature(client_key, {_TRANSCRIPT}), {finished})" if first else finished

    def _client_end(self, mode: str, *, first: bool) -> str:
        """It says something, and takes a ticket; the first one hands it on."""
        mine = self._keys("client_application_traffic_secret_0")
        theirs = self._keys("server_application_traffic_secret_0")
        says = f"  out(c, sealed({mine}, application_data));\n  event ClientDone;\n"
        last = "out(resuming, (next, ticket_))" if first else "event NextPsk(next)"
        return (
            ("" if first else says)
            + self._secrets(["resumption_secret"], mode)
            + "  in(c, ticket_record: bitstring);\n"
            f"  let (nonce: bitstring, ticket_: bitstring) = opened({theirs}, ticket_record) in\n"
            f"  let next = kdf_resumption_psk(resumption_secret, nonce) in\n  {last}\n"
        )

    # The server -----------------------------------------------------------------------------------

    def _server(self, mode: str, *, first: bool = False) -> str:
        dhe = mode != "psk_ke"
        share, share_term = (", gx: bitstring", ", gx") if dhe else ("", "")
        parts = [f"let {'first_server' if first else 'server'}() =\n"]
        if mode == "full":
            parts.append(
                f"  in(c, (client_random: bitstring, =zeros{share}));\n"
                f"  let hello = (client_random, zeros{share_term}) in\n  let psk = zeros in\n"
                + self._secrets(self.EARLY, mode)
            )
        else:
            external = self.cell.mode.startswith("external")
            named = "=psk_identity" if external else "identity: bitstring"
            psk = "external_psk" if external else "unsealed(ticket_key, identity)"
            binder = self._mac("binder", self._binder_key, "hello")
            parts.append(
                "  in(c, (hello: bitstring, binder: bitstring));\n"
                f"  let (client_random: bitstring, {named}{share}) = hello in\n"
                f"  let psk = {psk} in\n"
                + self._secrets([*self.EARLY, self._binder_key], mode)
                + f"  if binder = {binder} then\n"
            )
        return "".join(parts) + self._server_answer(mode, first=first)

    def _server_answer(self, mode: str, *, first: bool) -> str:
        share = "  (\n  let sh = server_random in\n"
        if mode != "psk_ke":
            share = (
                f"  new y: bitstring;\n{self._share_leak('y', 'server', first=first)}  (\n"
                "  let sh = (server_random, exp(g, y)) in\n  let ecdhe = exp(gx, y) in\n"
            )
        shts, chts = (f"{side}_handshake_traffic_secret" for side in ("server", "client"))
        sign, inside = "", "extensions"
        if mode == "full":
            sign = f"  let s = signature(certificate_key, {_TRANSCRIPT}) in\n"
            inside = "extensions, s"
        finished = self._mac("verify_data", shts, _TRANSCRIPT)
        expected = self._mac("verify_data", chts, _TRANSCRIPT)
        return (
            f"  new server_random: bitstring;\n{share}"
            + self._secrets(self.HANDSHAKE, mode)
            + f"  new extensions: bitstring;\n{sign}"
            f"  let server_flight = ({inside}, {finished}) in\n"
            + ("" if first else "  event ServerSent((hello, sh));\n")
            + self._secrets(self.APPLICATION, mode)
            + f"  out(c, sh);\n  out(c, sealed({self._keys(shts)}, server_flight));\n"
            "  in(c, flight_record: bitstring);\n"
            f"  let client_flight = opened({self._keys(chts)}, flight_record) in\n"
            f"{self._check_client(expected, first=first)}"
            + ("" if first else "  event ServerAccepted((hello, sh));\n")
            + f"{self._server_end(mode)}  ).\n"
        )

    @staticmethod
    def _check_client(expected: str, *, first: bool) -> str:
        if not first:
            return f"  if client_flight = {expected} then\n"
        return (
            "  let (s_: bitstring, finished: bitstring) = client_flight in\n"
            "  let (=hello, =sh, =extensions) = verified(public_key(client_key), s_) in\n"
            f"  if finished = {expected} then\n"
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
