"""``tls13lab claims``: the matrix, computed, with its evidence."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tls13lab import whole_file
from tls13lab.claims import certificate_with_psk, guessers
from tls13lab.claims.chains import chains
from tls13lab.claims.matrix import matrix
from tls13lab.claims.properties import properties, summary
from tls13lab.cli import report
from tls13lab.cli.options import FILE
from tls13lab.pictures.claims_matrix import matrix_picture, matrix_text
from tls13lab.psk.spending import Means, in_money
from tls13lab.psk.strength import in_words
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.prices import Prices, drawn_bits
from tls13lab.symbolic.proverif import write
from tls13lab.symbolic.tamarin import write as write_theories


@click.command("claims")
@click.option("--svg", type=FILE, help="Draw the matrix into this file.")
@click.option(
    "--proverif",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write the claims as ProVerif models into this folder.",
)
@click.option(
    "--tamarin",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write them as Tamarin theories: syntax checked, not proved.",
)
@click.option(
    "--search",
    "searching",
    is_flag=True,
    help="Decide where the adversary speaks a third time, by one without a script: takes longer.",
)
@click.option(
    "--weak-bits",
    type=click.FloatRange(1, 256),
    default=21.0,
    show_default=True,
    help="Bits of a weak PSK, evenly drawn, for the costs.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses a second of one core: tells the costs in time. crack and psk strength say yours.",
)
@click.option(
    "--cents",
    type=click.FloatRange(0),
    help="What a core costs for an hour: tells the costs in money as well.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(
    *,
    svg: str | None,
    proverif: str | None,
    tamarin: str | None,
    searching: bool,
    weak_bits: float,
    rate: float | None,
    cents: float | None,
    as_json: bool,
) -> None:
    """Decide every claim: what is lost, in which mode, to whom, after which thefts.

    The symbolic model decides, and each "lost" is then done: the eavesdropper reads the plaintext
    of a recording, or the impostor completes a handshake. With --search an adversary tries, for
    each theft, who can be made to speak to whom: it has moves, and no list of attacks. All must
    agree, or the command says which cell they do not agree on.

    \b
    A mode is of the connection in question; a resumption in it is "-from-" the connection that
    issued its ticket, which was a full handshake if nothing is said. The adversaries:
      passive           listens; the leaks come afterwards
      active_then_leak  speaks, too; the leaks come afterwards, when nobody speaks any more
      active            has the leaks first, and speaks

    Properties beside the matrix: whether a thief can pose as others to the party it robbed (key
    compromise impersonation), whether both ends mean the same (injective agreement), what a
    revealed session key or exporter secret opens, and what a ticket nonce given out twice does.

    Who may guess at a weak PSK, and how often: somebody with a recording, one who asks the server,
    and one who takes its place and keeps what a client says first.

    Beside each verdict stands log2 of the guesses that the asset costs all the same: whatever has
    to be computed instead of stolen, a PSK, a share or a key, each once.

    The leak "quantum" gives the private key behind every key share and behind the server's
    certificate. It comes when the other leaks come: before the adversary speaks, and then it forges
    the certificate's signature, or afterwards, when there is nobody left to forge it to.

    \b
    Examples:
      tls13lab claims
      tls13lab claims --weak-bits 52 --rate 3e6 --cents 5
      tls13lab claims --search
      tls13lab claims --svg matrix.svg
      tls13lab claims --proverif models
      tls13lab claims --tamarin theories
      tls13lab claims --json
    """
    if cents is not None and rate is None:
        raise click.UsageError("--cents needs a --rate: what is paid for is time")
    prices = Prices(weak_psk=drawn_bits(weak_bits))
    means = Means(rate, cents_per_core_hour=cents) if rate is not None else None
    if proverif is not None and tamarin is not None:
        raise click.UsageError("--proverif and --tamarin each write a folder: one at a time")
    if proverif is not None:
        report.run(lambda: _models(Path(proverif)), _told_of_models, as_json=as_json)
        return
    if tamarin is not None:
        report.run(lambda: _theories(Path(tamarin)), _told_of_theories, as_json=as_json)
        return

    def work() -> report.Result:
        # The picture first: if it cannot be written, one learns so at once.
        if svg is not None:
            whole_file.write(Path(svg), matrix_picture(cells()).svg.encode())
        found = [_paid(cell, means) for cell in matrix(searching=searching, prices=prices)]
        beside = list(certificate_with_psk.claims(searching=searching))
        return {
            "cells": found,
            "chains": list(chains()),
            "properties": list(properties(searching=searching)),
            "certificate_with_psk": beside,
            "guessers": list(guessers.claims(prices)),
        }

    report.run(work, lambda result: _text(result, prices, means), as_json=as_json)


def _paid(cell: dict[str, Any], means: Means | None) -> dict[str, Any]:
    """The cell with what its guesses take, if there are any and the attacker's rate is given."""
    told = cell["log2_guesses"]
    if means is None or told is None:
        return cell
    found = cell | {"seconds": means.seconds(told) if told else 0.0}
    cents = means.cents(told) if told else 0.0
    return found if means.cents_per_core_hour is None else found | {"cents": cents}


def _text(result: report.Result, prices: Prices, means: Means | None) -> str:
    counts = Counter((cell["verdict"], tuple(cell["decided"])) for cell in result["cells"])
    told = {_key(cell): cell["log2_guesses"] for cell in result["cells"]}
    matrix = matrix_text(cells(), lambda cell: told[_key(asdict(cell))])
    lines = [
        matrix,
        *_spent(prices, means),
        "",
        "Chains: full, then two resumptions, each from the last",
    ]
    for chain in result["chains"]:
        opened = ", ".join(map(str, chain["opened"])) or "none"
        lines.append(f"  {' > '.join(chain['modes'])}, {chain['leak']} stolen: opens {opened}")
    lines += ["", *summary(result["properties"])]
    lines += ["", *_BESIDE, *certificate_with_psk.table().splitlines()]
    lines += ["", *_GUESSERS, *guessers.table(result["guessers"]).splitlines(), ""]
    for (verdict, methods), count in sorted(counts.items()):
        *others, last = (_WORDS[method] for method in methods)
        by = f"{', '.join(others)} and {last}" if others else last
        lines.append(f"{count:5} cells {verdict}, by {by}")
    return "\n".join((*lines, "", *_NOTES))


def _key(cell: dict[str, Any]) -> tuple[Any, ...]:
    asked = cell["mode"], cell["asset"], cell["adversary"], tuple(cell["leaks"])
    return (*asked, tuple(sorted(cell["options"].items())))


def _spent(prices: Prices, means: Means | None) -> list[str]:
    """What the numbers in the matrix mean in time and money, each of them once."""
    if means is None:
        return []
    lines = ["", f"At {means.rate:,.0f} guesses a second and core, on one core:"]
    for what, bits in sorted(asdict(prices).items(), key=lambda one: one[1]):
        cents = means.cents(bits)
        paid = "" if cents is None else f", {in_money(cents)}"
        lines.append(f"  {what:12} 2^{bits:5.1f} guesses  {in_words(means.seconds(bits))}{paid}")
    return lines


def _models(folder: Path) -> report.Result:
    return {"folder": str(folder), "models": write(folder)}


def _told_of_models(result: report.Result) -> str:
    return f"{result['models']} models and README.txt written to {result['folder']}"


def _theories(folder: Path) -> report.Result:
    return {"folder": str(folder), "theories": write_theories(folder)}


def _told_of_theories(result: report.Result) -> str:
    return (
        f"{result['theories']} theories and README.txt written to {result['folder']}; "
        "their syntax is checked, nobody has proved them"
    )


_BESIDE = (
    "A certificate, a PSK, or both (RFC 9973): what is safe after a theft. A recording, from a",
    "quantum computer that comes later; that nobody else is the server, from one that is there",
    "already and forges the certificate's signature.",
)
_GUESSERS = (
    "Who may guess at a weak PSK, and how often. Offline has a recording; online asks the server;",
    "the harvester takes its place once and keeps what a client says first. Who resumes offers the",
    "ticket alone. tls13lab psk odds tells how likely each of them is to find the PSK.",
)
_NOTES = (
    "Lost is certain: there is a derivation, and it was run. Kept means that these rules derive it",
    "in no way. A guess is verified by what opens, or by a term that is known already; two ways to",
    "one new term are not compared, for with these rules that would tell nothing more. A number is",
    "what the best way known takes: an attacker pays no more, and nobody has proved that none pays",
    "less. --weak-bits says what a weak PSK is taken to have. The leak quantum gives the private",
    "keys behind all shares and behind the certificate, alike in the matrix and in the table.",
)
_WORDS = {"model": "the model", "bytes": "a script on bytes", "search": "a search on bytes"}
