"""The claims as ProVerif models: for all runs, not just recorded ones.

Each model is one cell of the matrix: the functions come from the schedule table, the endpoints run
any number of sessions. The passive adversary hears all of them, and is given the leaks in a later
phase, when they are over; an active one is given the leaks first, and speaks. The third one speaks,
and is given the leaks in the later phase.

``proverif FILE`` (2.05) says of each query whether it holds. The first query of each model must
fail: it says that what the claim speaks of, mostly a handshake that ends, never happens. If it
held, the rest would mean nothing.

What is simplified is what the lab's own model simplifies, and more, for ProVerif to end: see the
heading of any model.

>>> model = model_of(decide("external-psk_ke", "application_data", "passive", ("psk",)))
>>> model.name, model.expected
('external-psk_ke-application_data-passive-psk', (False, False))
>>> "fun kdf_early_secret(bitstring, bitstring): bitstring." in model.text
True
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tls13lab import whole_file
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE, Context, Row
from tls13lab.symbolic.claims import Cell, decide, questions
from tls13lab.symbolic.proverif_processes import Parties
from tls13lab.symbolic.proverif_session import Sessions

_BOUND = {
    Context.CLIENT_HELLO,
    Context.SERVER_HELLO,
    Context.SERVER_FINISHED,
    Context.CLIENT_FINISHED,
    Context.TRUNCATED_CLIENT_HELLO,
    Context.BEFORE_FINISHED,
    Context.TICKET_NONCE,
}
MODES = (
    "full",
    "resumption-psk_ke",
    "resumption-psk_dhe_ke",
    "external-psk_ke",
    "external-psk_dhe_ke",
)
ASSETS = (
    "application_data",
    "early_data",
    "early_data_freshness",
    "psk",
    "next_psk",
    "server_authentication",
    "client_authentication",
)
"""Those that are written; the others are told of in the folder's README.txt."""


@dataclass(frozen=True, slots=True)
class Model:
    """One file. ``expected`` has, for each query in order, whether ProVerif should prove it."""

    name: str
    cell: Cell
    text: str
    expected: tuple[bool, ...]


def function_of(row: Row) -> str:
    """A row of the schedule table as a function that nobody can invert.

    >>> function_of(SCHEDULE["client_handshake_traffic_secret"]).splitlines()[0]
    'fun kdf_client_handshake_traffic_secret(bitstring, bitstring): bitstring.'
    """
    arity = len(row.inputs) + (row.context in _BOUND)
    arguments = ", ".join(["bitstring"] * arity)
    label = f', label "{row.label}"' if row.label else ""
    return (
        f"fun kdf_{row.name}({arguments}): bitstring.\n"
        f"  (* {row.operation.value}{label}: RFC 9846 section {row.section} *)"
    )


# Key and IV stand in the models for the traffic secret that gives them; exporters and KeyUpdate are
# in none of the claims.
_ROWS = [
    row
    for row in (*SCHEDULE.values(), *FAMILIES.values())
    if row.name not in {"key", "iv", "next_traffic_secret"} and "export" not in row.name
]

_FUNCTIONS = """\
(* Records: who has the traffic secret has key and IV, and opens them. RFC 9846 section 5.2 *)
fun sealed(bitstring, bitstring): bitstring.
reduc forall k: bitstring, m: bitstring; opened(k, sealed(k, m)) = m.
(* Stateless tickets: the PSK under the ticket key. Section 4.7.1 *)
fun ticket(bitstring, bitstring): bitstring.
reduc forall k: bitstring, p: bitstring; unsealed(k, ticket(k, p)) = p.
fun next_ticket(bitstring, bitstring): bitstring.
reduc forall k: bitstring, p: bitstring; next_unsealed(k, next_ticket(k, p)) = p.
(* Signatures. Section 4.5.2 *)
fun public_key(bitstring): bitstring.
fun signature(bitstring, bitstring): bitstring.
reduc forall k: bitstring, m: bitstring; verified(public_key(k), signature(k, m)) = m.
(* Diffie-Hellman: either private share and the other's public one. Section 7.4 *)
fun share(bitstring): bitstring.
fun shared(bitstring, bitstring): bitstring [private].
reduc forall x: bitstring, y: bitstring; client_dh(share(y), x) = shared(x, y).
reduc forall x: bitstring, y: bitstring; server_dh(share(x), y) = shared(x, y).
"""

_DECLARATIONS = """\
free c: channel.
free resuming: channel [private].
const zeros, psk_identity: bitstring.
free certificate_key, client_key, ticket_key, external_psk: bitstring [private].
free application_data, early_data: bitstring [private].
event ClientDone.
event PskUsed(bitstring).
event NextPsk(bitstring).
event ServerSent(bitstring).
event ClientAccepted(bitstring).
event ClientSent(bitstring).
event ServerAccepted(bitstring).
event SentEarly(bitstring).
event TookEarly(bitstring, bitstring).
"""

_LOGARITHM = """\
(* The adversary's quantum computer *)
reduc forall x: bitstring; logarithm(share(x)) = x.
"""

_MEMORY = """\
(* The server's memory: it takes early data with each ClientHello once. RFC 9846 section 8 *)
restriction s: bitstring, t: bitstring, h: bitstring;
  event(TookEarly(s, h)) && event(TookEarly(t, h)) ==> s = t.
"""

_HAPPENS = {
    "early_data_freshness": "query s: bitstring, h: bitstring; event(TookEarly(s, h)).",
    "next_psk": "query p: bitstring; event(NextPsk(p)).",
    "client_authentication": "query t: bitstring; event(ServerAccepted(t)).",
}
_QUERIES = {
    "application_data": "query attacker(application_data).",
    "early_data": "query attacker(early_data).",
    "early_data_freshness": (
        "query s: bitstring, h: bitstring; inj-event(TookEarly(s, h)) ==> inj-event(SentEarly(h))."
    ),
    "psk": "query p: bitstring; event(PskUsed(p)) && attacker(p) ==> false.",
    "next_psk": "query p: bitstring; event(NextPsk(p)) && attacker(p) ==> false.",
    "server_authentication": (
        "query t: bitstring; event(ClientAccepted(t)) ==> event(ServerSent(t))."
    ),
    "client_authentication": (
        "query t: bitstring; event(ServerAccepted(t)) ==> event(ClientSent(t))."
    ),
}


def model_of(cell: Cell) -> Model:
    """The model of a cell that is inside, of one of :data:`ASSETS`."""
    options = (f"{name}_{value}" for name, value in cell.options.items())
    leaks = cell.leaks or ("nothing",)
    name = "-".join((cell.mode, cell.asset, cell.adversary, *leaks, *options))
    holds = cell.verdict == "kept"
    parties = Sessions(cell) if cell.adversary == "passive" else Parties(cell)
    remembers = cell.options.get("anti_replay") == "on"
    quantum = "quantum" in cell.leaks and cell.adversary == "active"
    text = "\n".join(
        (
            _heading(cell, name, holds=holds),
            _DECLARATIONS,
            "(* The key schedule, line by line: RFC 9846 section 7.1 *)",
            *(function_of(row) for row in _ROWS),
            "",
            _FUNCTIONS + (_LOGARITHM if quantum else "") + (_MEMORY if remembers else ""),
            "(* Must fail: what the claim speaks of does happen. *)",
            _HAPPENS.get(cell.asset, "query event(ClientDone)."),
            f"(* The claim: {cell.verdict}. *)",
            _QUERIES[cell.asset],
            "",
            parties.text,
        )
    )
    return Model(name, cell, text, (False, holds))


def _heading(cell: Cell, name: str, *, holds: bool) -> str:
    leaks = " and ".join(cell.leaks) or "nothing"
    when = "beforehand" if cell.adversary == "active" else "afterwards"
    says = "true" if holds else "false"
    return f"""\
(* {name}.pv
   {cell.asset} in {cell.mode}, against an adversary that is {cell.adversary}.
   Stolen {when}: {leaks}. The lab says: {cell.verdict} ({cell.citation}).
   Run "proverif {name}.pv". Expected: the first query is false, the second is {says}.
   Simplified: perfect cryptography; a flight is one message; transcripts leave out what is computed
   from the rest; who has a traffic secret has key and IV; a client's share is never taken for a
   server's; who resumed does not resume again; no HelloRetryRequest, no KeyUpdate. Against an
   active adversary, the client of a resumption's first handshake signs as well, so that there is
   somebody whose place could be taken. *)
"""


def is_written(cell: Cell) -> bool:
    """Whether a cell has a model. A leak that the mode lacks would only make the same one again."""
    inside = cell.verdict != "outside" and not cell.absent
    written = cell.mode in MODES and cell.asset in ASSETS
    return inside and written and "weak_psk" not in cell.leaks


def models() -> Iterator[Model]:
    """All models, in the matrix's order."""
    for mode, asset, adversary, leaks, options in questions():
        cell = decide(mode, asset, adversary, leaks, options)
        if is_written(cell):
            yield model_of(cell)


README = """\
ProVerif models of the claims of tls13lab, one file a claim.

With ProVerif 2.05:  proverif NAME.pv
Each file says at its top what it claims and which results are expected; expected.json has them all,
query by query in the order of the file: true is proved, false is disproved.

The functions are generated from the same table that the lab's client and server run. Not among
the models: the identity of peers, weak PSKs, and resumptions of connections with an external PSK,
which the lab decides itself; and leaks of what a mode does not have, which change nothing.
"""


def write(folder: Path) -> int:
    """Write all models into ``folder``; returns how many. Raises OSError.

    The folder may be there already; files of the same names are replaced, others left alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    expected: dict[str, dict[str, object]] = {}
    for model in models():
        whole_file.write(folder / f"{model.name}.pv", model.text.encode())
        expected[f"{model.name}.pv"] = {
            "verdict": model.cell.verdict,
            "queries": list(model.expected),
        }
    whole_file.write(folder / "README.txt", README.encode())
    whole_file.write(folder / "expected.json", (json.dumps(expected, indent=1) + "\n").encode())
    return len(expected)
