"""The claims as ProVerif models: for all runs, not just for one recording.

Each model is one cell of the matrix. The functions come from the schedule table, and the endpoints
run any number of sessions. A passive adversary hears all of them, and gets the leaks in a later
phase, when they have ended. An active adversary has the leaks first, and also sends messages. The
third adversary sends messages, too, but gets the leaks in the later phase.

``proverif FILE`` (version 2.05) says for each query whether it holds. The first query of each model
must fail: it says that the subject of the claim, usually a handshake that completes, never happens.
If it held, the other queries would mean nothing.

There are more models for injective agreement; see :mod:`~tls13lab.symbolic.proverif.agreement`.

With a weak PSK, there are two questions. Can it be guessed? ``weaksecret`` asks that; see
:mod:`~tls13lab.symbolic.proverif.guess`. And what does it open when it has been guessed? That is in
the cell's own model, which reveals the PSK.

The models have the simplifications of the lab's own model, and some more so that ProVerif
terminates; the heading of each model lists them.

For a passive adversary, a model is a single process for a whole connection, because a listener
changes nothing. For an active adversary, transcripts leave out the signature, the binder and
Finished; Diffie-Hellman distinguishes a client's share from a server's; and a ticket is resumed
once. Otherwise ProVerif would take hours instead of seconds.

>>> model = model_of(decide("external-psk_ke", "application_data", "passive", ("psk",)))
>>> model.name, model.expected
('external-psk_ke-application_data-passive-psk', (False, False))
>>> "fun kdf_early_secret(bitstring, bitstring): bitstring." in model.text
True
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tls13lab import whole_file
from tls13lab.symbolic.agreement import CITATION
from tls13lab.symbolic.claims import Cell, absent, decide, questions
from tls13lab.symbolic.proverif import agreement as proverif_agreement
from tls13lab.symbolic.proverif import guess as proverif_guess
from tls13lab.symbolic.proverif import peers as proverif_peers
from tls13lab.symbolic.proverif.agreement import AskedEnds, EndsLines
from tls13lab.symbolic.proverif.declarations import (
    DECLARATIONS,
    FORGERY,
    FUNCTIONS,
    LOGARITHM,
    MEMORY,
    schedule,
)
from tls13lab.symbolic.proverif.guess import Guess, guesses
from tls13lab.symbolic.proverif.lines import GivenAway, Posed, Question
from tls13lab.symbolic.proverif.peers import Peers
from tls13lab.symbolic.proverif.processes import Parties
from tls13lab.symbolic.proverif.session import ProverifSessions
from tls13lab.symbolic.vocabulary import ADVERSARIES, SCENE_MODES, Asset, Verdict


@dataclass(frozen=True, slots=True)
class Model:
    """One file. ``expected`` says for each query, in order, whether ProVerif should prove it.

    ``guess`` is the name of the model that asks whether the weak PSK of this cell can be guessed.
    """

    name: str
    cell: Question
    text: str
    expected: tuple[bool, ...]
    guess: str = ""


_HAPPENS: dict[Asset, str] = {
    "early_data_freshness": "query s: bitstring, h: bitstring; event(TookEarly(s, h)).",
    "next_psk": "query p: bitstring; event(NextPsk(p)).",
    "client_authentication": "query t: bitstring; event(ServerAccepted(t)).",
    "peer_identity": proverif_peers.HAPPENS,
}
_QUERIES: dict[Asset, str] = {
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
    "peer_identity": proverif_peers.QUERY,
}


def model_of(cell: Cell) -> Model:
    """The model of a cell that is inside."""
    options = (f"{name}_{value}" for name, value in cell.options.items())
    name = "-".join(
        (cell.mode, cell.asset, cell.adversary, *(cell.leaks or ("nothing",)), *options)
    )
    holds = cell.verdict == "kept"
    guess = proverif_guess.of_cell(cell)
    played = _guessed(cell, guess)
    text = "\n".join(
        (
            _heading(cell, name, guess, holds=holds),
            _declared(played),
            "(* Must fail: what the claim speaks of does happen. *)",
            _HAPPENS.get(cell.asset, "query event(ClientDone)."),
            f"(* The claim: {cell.verdict}. *)",
            _QUERIES[cell.asset],
            "",
            _processes(played),
        )
    )
    return Model(name, cell, text, (False, holds), guess.name if guess else "")


def _guessed(cell: Cell, guess: Guess | None) -> Question:
    """The cell with the PSK as a leak if the weak PSK can be guessed; otherwise without it."""
    if "weak_psk" not in cell.leaks:
        return cell
    others: tuple[GivenAway, ...] = tuple(one for one in cell.leaks if one != "weak_psk")
    if guess is not None and proverif_guess.found(guess):
        others = (proverif_guess.secret_of(cell.mode), *others)
    return Posed(cell.mode, cell.asset, cell.adversary, others, cell.verdict, cell.options)


def _declared(cell: Question) -> str:
    """Functions, names and events; those that only this cell needs come last."""
    peers = cell.asset == "peer_identity"
    importer = cell.options.get("importer") == "on"
    quantum = "quantum" in cell.leaks and cell.adversary == "active"
    remembers = cell.options.get("anti_replay") == "on"
    certified = not absent(cell.mode, ("certificate_key",))
    functions = FUNCTIONS + (LOGARITHM if quantum else "") + (MEMORY if remembers else "")
    functions += FORGERY if quantum and certified else ""
    events = DECLARATIONS + (proverif_peers.DECLARATIONS if peers else "")
    return "\n".join((events, schedule(importer=importer), "", functions))


def _processes(cell: Question) -> str:
    if cell.asset == "peer_identity":
        return Peers(cell).text
    return ProverifSessions(cell).text if cell.adversary == "passive" else Parties(cell).text


def guess_model(guess: Guess) -> Model:
    """The model of a guess: ``weaksecret``."""
    cell, offer = guess.cell, guess.offer
    holds = cell.verdict == "kept"
    declared = _declared(replace(cell, options={"importer": "on" if offer.importer else "off"}))
    parties = (ProverifSessions if cell.adversary == "passive" else Parties)(cell, offer)
    text = "\n".join(
        (
            _guess_heading(guess, holds=holds),
            declared,
            "(* Must fail: handshakes end. *)",
            "query event(ClientDone).",
            f"(* The question: the weak PSK is {'not found' if holds else 'found'}. *)",
            proverif_guess.QUERY,
            "",
            parties.text,
        )
    )
    return Model(guess.name, cell, text, (False, holds))


def agreement_model(asked: AskedEnds) -> Model:
    """The model of a question about agreement: four queries, two of which must fail."""
    cell, verdicts = asked.posed, proverif_agreement.verdicts(asked)
    text = "\n".join(
        (
            _agreement_heading(asked, verdicts),
            "\n".join((_declared(cell), proverif_agreement.DECLARATIONS)),
            "(* Must fail: clients and servers come to the end of a handshake. *)",
            proverif_agreement.happens(cell.mode),
            f"(* The claims: of clients, {verdicts[0]}; of servers, {verdicts[1]}. *)",
            proverif_agreement.query(cell.mode),
            "",
            EndsLines(cell).text,
        )
    )
    holds = (verdict == "kept" for verdict in verdicts)
    return Model(asked.name, cell, text, (False, False, *holds))


def _agreement_heading(asked: AskedEnds, verdicts: tuple[Verdict, ...]) -> str:
    leaks = " and ".join(asked.leaks) or "nothing"
    third, fourth = ("true" if one == "kept" else "false" for one in verdicts)
    return f"""\
(* {asked.name}.pv
   Injective agreement in {asked.mode}, on keys, mode, PSK and the PSK's name,
   against an adversary that is active. Stolen beforehand: {leaks}.
   The lab says: of clients that are done {verdicts[0]}, of servers {verdicts[1]} ({CITATION}).
   Run "proverif {asked.name}.pv".
   Expected: the first two queries are false, the third is {third}, the fourth {fourth}.
{_SIMPLIFIED}
   Left out as well: data, early data, and tickets that the connection in question issues. *)
"""


def _heading(cell: Cell, name: str, guess: Guess | None, *, holds: bool) -> str:
    leaks = " and ".join(cell.leaks) or "nothing"
    when = "beforehand" if cell.adversary == "active" else "afterwards"
    options = ", ".join(f"{one} {value}" for one, value in cell.options.items())
    says = "true" if holds else "false"
    return f"""\
(* {name}.pv
   {cell.asset} in {cell.mode}, against an adversary that is {cell.adversary}.
   Stolen {when}: {leaks}.{f" Options: {options}." if options else ""}
   The lab says: {cell.verdict} ({cell.citation}).
   Run "proverif {name}.pv". Expected: the first query is false, the second is {says}.
{_weak(guess)}{_SIMPLIFIED} *)
"""


def _weak(guess: Guess | None) -> str:
    if guess is None:
        return ""
    if not proverif_guess.found(guess):
        return f"   The PSK is weak, but not found: {guess.name}.pv asks that.\n"
    return (
        f"   The PSK is weak: {guess.name}.pv asks whether it is found.\n"
        "   It is, and so the external PSK is given away here.\n"
    )


_SIMPLIFIED = """\
   Simplified: perfect cryptography; a flight is one message; transcripts leave out what is computed
   from the rest; a traffic secret stands for its key and IV; a client's share is never taken for a
   server's; a resumed session is not resumed again; no HelloRetryRequest, no KeyUpdate. Against an
   active adversary, the client of a resumption's first handshake signs as well, so that there is
   a client to impersonate."""


def _guess_heading(guess: Guess, *, holds: bool) -> str:
    name, offer = guess.name, guess.offer
    leaks = " and ".join(guess.leaks) or "nothing"
    says = "true: it stays one" if holds else "false"
    words = (
        "with a binder" if offer.binder else "without a binder, which no real ClientHello may lack",
        "with early data" if offer.early_data else "without early data",
        "imported (RFC 9258)" if offer.importer else "not imported",
    )
    return f"""\
(* {name}.pv
   Can a weak PSK be guessed in {guess.mode}, by an adversary that is {guess.adversary}?
   The PSK is offered {words[0]}, {words[1]}, {words[2]}.
   Stolen: {leaks}. The lab says: {"not found" if holds else "found"} (RFC 9846 4.3.11).
   Run "proverif {name}.pv". Expected: the query is false, the weak secret {says}.
{_SIMPLIFIED} *)
"""


def is_written(cell: Cell) -> bool:
    """Whether a cell has a model. A leak that the mode does not have would only repeat a model."""
    known = cell.mode in SCENE_MODES and cell.adversary in ADVERSARIES and cell.asset in _QUERIES
    return known and cell.verdict != "outside" and not cell.absent


def models() -> Iterator[Model]:
    """All models: those of the cells, in the matrix's order; the guesses; and agreement."""
    for mode, asset, adversary, leaks, options in questions():
        cell = decide(mode, asset, adversary, leaks, options)
        if is_written(cell):
            yield model_of(cell)
    yield from map(guess_model, guesses())
    yield from map(agreement_model, proverif_agreement.asked())


README = """\
ProVerif models of the claims of tls13lab, one file per claim.

With ProVerif 2.05:  proverif NAME.pv
Each file says at its top what it claims and which results are expected. expected.json has all of
them, query by query in the order of the file: true means proved, false means disproved.

The functions are generated from the same table that the lab's client and server run. There are no
models for leaks of secrets that a mode does not have, as these change nothing.

A cell with a weak PSK names a second file, MODE-guess-....pv, under "guess": that one asks by
"weaksecret" whether the PSK can be found by trying; the cell's own file asks what it then opens.

MODE-agreement-....pv asks whether both ends mean the same (injective agreement), of clients that
are done and of servers, so it has four queries.
"""


def write(folder: Path) -> int:
    """Write all models to ``folder``; returns how many. Raises OSError.

    Existing files with the same names are replaced; others stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    expected: dict[str, dict[str, object]] = {}
    for model in models():
        whole_file.write(folder / f"{model.name}.pv", model.text.encode())
        expected[f"{model.name}.pv"] = {
            "verdict": model.cell.verdict,
            "queries": list(model.expected),
            **({"guess": f"{model.guess}.pv"} if model.guess else {}),
        }
    whole_file.write(folder / "README.txt", README.encode())
    whole_file.write(folder / "expected.json", (json.dumps(expected, indent=1) + "\n").encode())
    return len(expected)
