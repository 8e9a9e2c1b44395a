"""The claims as Tamarin theories, one for each mode. They have not been proved.

Tamarin (https://tamarin-prover.com) is in no package registry, so it was never run on these files
in this project. A test parses each file with the grammar of Tamarin's editor support, and checks
that facts, functions and variables are used consistently. The prover's answers are not known.

A theory has rules for both ends and for every theft, and a lemma for each asset. If the lab's model
says that an asset is lost after certain thefts, the lemma says: if the adversary has the asset, one
of these sets of thefts happened before. So one lemma covers all cells of an asset. For each way to
lose it, there is a second lemma: a run exists in which it is lost and nothing else was stolen.

Left out, because Tamarin cannot express it or because it would need another theory: an adversary
that only listens (Tamarin's always speaks), weak PSKs (Tamarin has no guessing), groups of more
than two, the importer, and tickets that an external PSK issued.

>>> theory = theory_of("external-psk_ke")
>>> "functions: kdf_early_secret/2" in theory
True
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from tls13lab import whole_file
from tls13lab.symbolic.claims import absent, decide, outside
from tls13lab.symbolic.proverif.declarations import ROWS, arity
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.tamarin.rules import Rules
from tls13lab.symbolic.vocabulary import (
    FROM_EXTERNAL_MODES,
    SCENE_MODES,
    Adversary,
    Asset,
    Leak,
    Leaks,
    SceneMode,
    parts,
)
from tls13lab.wire.names import Side

THEORY_MODES: tuple[SceneMode, ...] = tuple(
    mode for mode in SCENE_MODES if mode not in FROM_EXTERNAL_MODES
)
THEFTS: dict[Leak, str] = {
    "psk": "StolePsk",
    "ticket_key": "StoleTicketKey",
    "client_ecdhe": "StoleClientShare",
    "server_ecdhe": "StoleServerShare",
    "initial_ecdhe": "StoleInitialShare",
    "certificate_key": "StoleCertificateKey",
    "quantum": "TookLogarithm",
}
"""The leaks for which there are rules, and the name of each theft in a run."""
ADVERSARIES: tuple[Adversary, ...] = ("active", "active_then_leak")


@dataclass(frozen=True, slots=True)
class Lemma:
    """A lemma says: if this ``happens``, then something else happened before, or was stolen."""

    lemma: str
    asset: Asset
    variables: str
    happens: str
    then: str = "F"
    options: tuple[tuple[str, str], ...] = ()


_PAIR = (("group", "two"), ("importer", "off"))
_SPOKE = "Ex A #j. Spoke(A, '{}', t)@j"
_BELIEVES = "Believes(A, B, '{}', t)@i"
_PEER = "Ex #j. Spoke(B, r, t)@j"
_NOBODY_IS_BOTH = "not (Ex D #a #b. IsClient(D)@a & IsServer(D)@b)"
_AUTHENTICATED: dict[Side, Asset] = {
    "server": "server_authentication",
    "client": "client_authentication",
}
ASSETS = (
    Lemma("application_data", "application_data", "d #i #k", "Said(d)@i & K(d)@k"),
    Lemma("early_data", "early_data", "d #i #k", "SaidEarly(d)@i & K(d)@k"),
    Lemma("psk", "psk", "p #i #k", "Used(p)@i & K(p)@k"),
    Lemma("next_psk", "next_psk", "p #i #k", "Next(p)@i & K(p)@k"),
    *(
        Lemma(
            asset,
            asset,
            "A B t #i",
            _BELIEVES.format(end),
            _SPOKE.format(end),
        )
        for end, asset in _AUTHENTICATED.items()
    ),
    Lemma(
        "early_data_is_the_clients",
        "early_data_freshness",
        "h #i",
        "TookEarly(h)@i",
        "Ex #j. SentEarly(h)@j",
        (("anti_replay", "on"),),
    ),
    Lemma(
        "early_data_once",
        "early_data_freshness",
        "h #i #k",
        "TookEarly(h)@i & TookEarly(h)@k & not (#i = #k)",
        options=(("anti_replay", "off"),),
    ),
    *(
        Lemma(
            f"peer_identity_roles_{roles}",
            "peer_identity",
            "A B r t #i",
            " & ".join(("Believes(A, B, r, t)@i", *guard)),
            _PEER,
            (*_PAIR, ("roles", roles)),
        )
        for roles, guard in (("fixed", (_NOBODY_IS_BOTH,)), ("both", ()))
    ),
)
_LATER = "(All #s #r. Speaks()@s & Stole()@r ==> #s < #r)"
"""A formula: once something was stolen, nobody sends anything."""


@remembered(256)
def ways_to_lose(
    mode: SceneMode, asset: Asset, adversary: Adversary, options: tuple[tuple[str, str], ...] = ()
) -> tuple[Leaks, ...]:
    """The smallest sets of thefts after which the asset is lost in the lab's model.

    >>> ways_to_lose("external-psk_dhe_ke", "application_data", "active_then_leak")
    (('psk', 'client_ecdhe'), ('psk', 'server_ecdhe'), ('psk', 'quantum'))
    """
    there = [leak for leak in THEFTS if not absent(mode, (leak,))]
    found: list[Leaks] = []
    for size in range(len(there) + 1):
        for leaks in combinations(there, size):
            if any(set(smaller) <= set(leaks) for smaller in found):
                continue
            if decide(mode, asset, adversary, leaks, dict(options)).verdict == "lost":
                found.append(leaks)
    return tuple(found)


def lemmas(mode: SceneMode) -> Iterator[str]:
    """The lemmas of a mode: that a handshake can complete, and then two kinds for each asset.

    The rules have no server that remembers ClientHellos. Such a server accepts data only once
    anyway, and the remaining question is whether the data came from the client.
    """
    yield _lemma(
        "a_handshake_ends", "exists-trace", _exists("A B t #i", _BELIEVES.format("server"))
    )
    for asset in ASSETS:
        for adversary in ADVERSARIES:
            if not outside(mode, asset.asset, adversary):
                yield from _lemmas(mode, asset, adversary)


def _lemmas(mode: SceneMode, asset: Lemma, adversary: Adversary) -> Iterator[str]:
    ways = ways_to_lose(mode, asset.asset, adversary, asset.options)
    name = f"{asset.lemma}_{adversary}"
    guard = (_LATER,) if adversary == "active_then_leak" else ()
    happens = " & ".join((asset.happens, *guard))
    if () not in ways:
        excuses = [f"({' & '.join(map(_stolen, way))})" for way in ways]
        then = " | ".join((f"({asset.then})" if asset.then != "F" else "F", *excuses))
        yield _lemma(name, "all-traces", f"All {asset.variables}. {happens} ==> {then}")
    for way in ways:
        lost = (happens, *([] if asset.then == "F" else [f"not ({asset.then})"]))
        others = (leak for leak in THEFTS if leak not in way and not absent(mode, (leak,)))
        only = (f"not ({_stolen(leak)})" for leak in others)
        label = "_and_".join(way) or "nothing"
        formula = _exists(asset.variables, " & ".join((*lost, *only)))
        yield _lemma(f"{name}_falls_by_{label}", "exists-trace", formula)


def _stolen(leak: Leak) -> str:
    return f"(Ex #r. {THEFTS[leak]}()@r)"


def _exists(variables: str, formula: str) -> str:
    return f"Ex {variables}. {formula}"


def _lemma(name: str, kind: str, formula: str) -> str:
    return f'lemma {name}:\n  {kind}\n  "{formula}"\n'


def theory_of(mode: SceneMode) -> str:
    """The whole file."""
    kind, psk_mode, _ = parts(mode)
    functions = ", ".join(f"kdf_{row.name}/{arity(row)}" for row in ROWS)
    rules = Rules(kind, psk_mode).every
    return "\n".join(
        (
            _HEADING.format(mode=mode),
            f"theory {mode.replace('-', '_')}\nbegin\n",
            "builtins: diffie-hellman, signing, symmetric-encryption\n",
            f"// The key schedule: RFC 9846 section 7.1\nfunctions: {functions}\n",
            _RESTRICTIONS,
            *(rule.text for rule in rules),
            *lemmas(mode),
            "end\n",
        )
    )


_RESTRICTIONS = """\
restriction equal: "All x y #i. Eq(x, y)@i ==> x = y"
restriction not_equal: "All x y #i. Neq(x, y)@i ==> not (x = y)"
"""

_HEADING = """\
/* {mode}.spthy: the claims of tls13lab in {mode}, for the Tamarin prover.

   SYNTAX CHECKED, NOT PROVED: Tamarin was not available. The file is parsed by the grammar of
   Tamarin's editor support; whether the prover ends, and what it answers, is not known.

   The expected results are those of the lab's own model. A lemma for all traces: whoever has the
   asset stole one of the secrets named. A lemma ..._falls_by_...: the asset can be lost with these
   thefts and no others. With active, thefts come at any time; with active_then_leak, after all
   connections have ended.

   Simplified: a flight is one message; transcripts leave out signature, binder and Finished; a
   traffic secret stands for its key and IV; a resumed session is not resumed again; no
   HelloRetryRequest, no KeyUpdate; the first client of a resumption signs as well. */
"""

README = """\
The claims of tls13lab as Tamarin theories, one file per mode.

Syntax checked, not proved: Tamarin was not available. To try:  tamarin-prover --prove MODE.spthy

The functions are generated from the same table that the lab's client and server run. The expected
results are at the top of each file.
"""


def write(folder: Path) -> int:
    """Write all theories to ``folder``; returns how many. Raises OSError.

    Existing files with the same names are replaced; others stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for mode in THEORY_MODES:
        whole_file.write(folder / f"{mode}.spthy", theory_of(mode).encode())
    whole_file.write(folder / "README.txt", README.encode())
    return len(THEORY_MODES)
