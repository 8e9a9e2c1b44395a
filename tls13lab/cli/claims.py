"""``tls13lab claims``: compute the matrix of claims, with its evidence."""

from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.options import FILE_OR_DASH
from tls13lab.cli.outputs import Outputs, not_with_json, try_out
from tls13lab.evidence import certificate_with_psk, guessers
from tls13lab.evidence.chains import chains
from tls13lab.evidence.matrix import matrix
from tls13lab.evidence.properties import properties, summary
from tls13lab.pictures.claims_matrix import Guesses, matrix_page, matrix_text
from tls13lab.psk.spending import Means, in_money
from tls13lab.psk.strength import in_words
from tls13lab.symbolic.claims import cells
from tls13lab.symbolic.prices import Prices, drawn_bits
from tls13lab.symbolic.proverif.models import write
from tls13lab.symbolic.tamarin.theory import write as write_theories


@click.command("claims")
@click.option(
    "--html",
    type=FILE_OR_DASH,
    help="Write the matrix as a coloured web page to this file; with -, to standard output, "
    "instead of the text.",
)
@click.option(
    "--proverif",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write the claims as ProVerif models to this folder.",
)
@click.option(
    "--tamarin",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write them as Tamarin theories to this folder; their syntax is checked, but "
    "nothing is proved.",
)
@click.option(
    "--search",
    "searching",
    is_flag=True,
    help="Decide the cells of an active adversary a third time, by a search without a script. This "
    "takes longer.",
)
@click.option(
    "--weak-bits",
    type=click.FloatRange(1, 256),
    default=21.0,
    show_default=True,
    help="For the costs: bits of a weak PSK, whose values are all equally likely. For any other, "
    "give log2 of the average guesses that psk odds prints, plus 1.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses per second of one core, to give the costs in time. crack and psk strength print "
    "this machine's.",
)
@click.option(
    "--cents",
    type=click.FloatRange(0),
    help="Price of one core for an hour, to give the costs in money as well.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(
    *,
    html: str | None,
    proverif: str | None,
    tamarin: str | None,
    searching: bool,
    weak_bits: float,
    rate: float | None,
    cents: float | None,
    as_json: bool,
) -> None:
    """Decide every claim: what is lost, in which mode, to whom, after which thefts.

    The symbolic model decides. Each "lost" is then carried out: the eavesdropper reads the
    plaintext of a recording, or the impostor completes a handshake. With --search, an adversary
    with moves but no list of attacks also tries, for each theft, who can be made to speak to whom.
    All must agree; otherwise the command names the cell on which they do not.

    \b
    A mode names the connection in question. After "-from-" it names the connection that issued the
    ticket, if that was not a full handshake. The adversaries:
      passive           listens; the leaks come afterwards
      active_then_leak  listens and sends; the leaks come after the connection has ended
      active            has the leaks first, then listens and sends

    Beside the matrix, the command checks properties: whether a thief can pose as others to the
    party it robbed (key compromise impersonation), whether both ends agree (injective agreement),
    what a revealed session key or exporter secret opens, and what happens if a ticket nonce is
    used twice.

    It also shows who can guess a weak PSK, and how often: an attacker with a recording, one who
    asks the server, and one who takes the server's place and keeps the client's first message.

    The number beside each verdict is log2 of the guesses that the asset costs an attacker: of
    every PSK, share or key that must be computed because it was not stolen. With --html, each tile
    has it, too, and with --rate and --cents, the time and the price.

    The leak "quantum" gives the private key behind every key share and behind the server's
    certificate. It comes with the other leaks. If that is before the connection, the adversary can
    forge the certificate's signature. If it is afterwards, no handshake is left to forge it in.

    \b
    Examples:
      tls13lab claims
      tls13lab claims --weak-bits 52 --rate 3e6 --cents 5
      tls13lab claims --search
      tls13lab claims --html matrix.html
      tls13lab claims --proverif models
      tls13lab claims --tamarin theories
      tls13lab claims --json
    """
    if cents is not None and rate is None:
        raise click.UsageError("--cents needs a --rate, because the price is for time")
    prices = Prices(weak_psk=drawn_bits(weak_bits))
    means = Means(rate, cents_per_core_hour=cents) if rate is not None else None
    if proverif is not None and tamarin is not None:
        raise click.UsageError("give only one of --proverif and --tamarin")
    if proverif is not None:
        report.run(lambda: _models(Path(proverif)), _models_text, as_json=as_json)
        return
    if tamarin is not None:
        report.run(lambda: _theories(Path(tamarin)), _theories_text, as_json=as_json)
        return

    not_with_json("--html", html, as_json)
    outputs = Outputs()

    def work() -> report.Result:
        try_out(html)
        found = [_paid(cell, means) for cell in matrix(searching=searching, prices=prices)]
        if html is not None:
            outputs.write(html, _page(found, means).encode())
        beside = list(certificate_with_psk.claims(searching=searching))
        return {
            "cells": found,
            "chains": list(chains()),
            "properties": list(properties(searching=searching)),
            "certificate_with_psk": beside,
            "guessers": list(guessers.claims(prices)),
        }

    report.run(work, lambda result: _text(result, prices, means), as_json=as_json, outputs=outputs)


def _paid(cell: dict[str, Any], means: Means | None) -> dict[str, Any]:
    """The cell, with the time and money that its guesses take, if the attacker's rate is given."""
    log2_guesses = cell["log2_guesses"]
    if means is None or log2_guesses is None:
        return cell
    found = cell | {"seconds": means.seconds(log2_guesses) if log2_guesses else 0.0}
    cents = means.cents(log2_guesses) if log2_guesses else 0.0
    return found if means.cents_per_core_hour is None else found | {"cents": cents}


def _text(result: report.Result, prices: Prices, means: Means | None) -> str:
    counts = Counter((cell["verdict"], tuple(cell["decided"])) for cell in result["cells"])
    matrix = matrix_text(cells(), _guesses(result["cells"]))
    lines = [
        matrix,
        *_spent(prices, means),
        "",
        "Chains: a full handshake, then two resumptions, each with a ticket of the one before",
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


def _page(found: list[dict[str, Any]], means: Means | None) -> str:
    return matrix_page(cells(), _guesses(found), partial(_takes, means) if means else None)


def _guesses(found: list[dict[str, Any]]) -> Guesses:
    log2_guesses = {_key(cell): cell["log2_guesses"] for cell in found}
    return lambda cell: log2_guesses[_key(asdict(cell))]


def _takes(means: Means, bits: float) -> str:
    """The time and money that 2^``bits`` guesses take."""
    cents = means.cents(bits)
    return in_words(means.seconds(bits)) + ("" if cents is None else f", {in_money(cents)}")


def _key(cell: dict[str, Any]) -> tuple[Any, ...]:
    asked = cell["mode"], cell["asset"], cell["adversary"], tuple(cell["leaks"])
    return (*asked, tuple(sorted(cell["options"].items())))


def _spent(prices: Prices, means: Means | None) -> list[str]:
    """What the numbers in the matrix mean in time and money, each number once."""
    if means is None:
        return []
    lines = ["", f"At {means.rate:,.0f} guesses per second and core, on one core:"]
    for what, bits in sorted(asdict(prices).items(), key=lambda price: price[1]):
        lines.append(f"  {what:12} 2^{bits:5.1f} guesses  {_takes(means, bits)}")
    return lines


def _models(folder: Path) -> report.Result:
    return {"folder": str(folder), "models": write(folder)}


def _models_text(result: report.Result) -> str:
    return f"{result['models']} models and README.txt written to {result['folder']}"


def _theories(folder: Path) -> report.Result:
    return {"folder": str(folder), "theories": write_theories(folder)}


def _theories_text(result: report.Result) -> str:
    return (
        f"{result['theories']} theories and README.txt written to {result['folder']}; "
        "their syntax is checked, but nobody has proved them"
    )


_BESIDE = (
    "What is safe after a theft with a certificate, a PSK, or both (RFC 9973)? For the recording,",
    "the quantum computer comes later. For the server's identity, it is there already, and forges",
    "the certificate's signature.",
)
_GUESSERS = (
    "Who can guess a weak PSK, and how often? Offline has a recording. Online asks the server. The",
    "harvester takes the server's place once and keeps the client's first message. A client that",
    "resumes offers only its ticket. How likely each is to find the PSK: tls13lab psk odds.",
)
_NOTES = (
    "Lost is certain: there is a derivation, and it was run. Kept means that these rules have no",
    "derivation. A guess is verified when a ciphertext opens, or by a term that is already known;",
    "two derivations of a new term are not compared, because with these rules that finds nothing",
    "more. A number is the cost of the best attack known. An attacker pays no more than that, but",
    "nobody has proved that there is no cheaper attack. --weak-bits sets the bits of a weak PSK.",
    "The leak quantum gives the private keys behind all shares and behind the certificate, in the",
    "matrix and in the table.",
)
_WORDS = {"model": "the model", "bytes": "a script on bytes", "search": "a search on bytes"}
