"""How a PSK was chosen, as options say it: for ``psk odds`` and ``psk mends``."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from tls13lab.cli.options import FILE
from tls13lab.cli.psk import read_psk
from tls13lab.psk.guesswork import Guessable, counted, even, zipf
from tls13lab.psk.strength import strength
from tls13lab.wire.faults import LocalFault


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How a PSK was chosen: one of four ways to say it, which :func:`chosen` reads."""
    options = [
        click.option(
            "--even",
            "evenly",
            type=click.IntRange(1),
            metavar="N",
            help="One of N values, evenly chosen.",
        ),
        click.option(
            "--zipf",
            "ranked",
            type=click.IntRange(1),
            metavar="N",
            help="One of N words, chosen as people choose: the rank decides (Zipf's law).",
        ),
        click.option(
            "--exponent",
            type=click.FloatRange(0),
            default=1.0,
            show_default=True,
            help="Of --zipf: the larger, the more people choose the same words.",
        ),
        click.option(
            "--counts", type=FILE, help="As often as this file's lines say: a count, a word."
        ),
        click.option(
            "--psk", metavar="FILE|-", type=FILE, help="One PSK, by the estimate of its place."
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def given(*options: object) -> int:
    """How many of ``--even``, ``--zipf``, ``--counts`` and ``--psk`` there are."""
    return sum(one is not None for one in options)


def chosen(
    evenly: int | None, ranked: int | None, exponent: float, counts: str | None, psk: str | None
) -> Guessable:
    """What the one that there is says. Raises LocalFault for a file that does not say it."""
    if evenly is not None:
        return even(evenly)
    if ranked is not None:
        return zipf(ranked, exponent)
    if counts is not None:
        return counted(_counts(Path(counts)))
    assert psk is not None
    return strength(read_psk(psk, hexadecimal=False)).guessing


def _counts(path: Path) -> Iterator[int]:
    """The first word of each line, which is all that is looked at: as ``uniq -c`` writes it."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            first, *_ = line.split() or [b""]
            if not first:
                continue
            if not first.isdigit():
                raise LocalFault(f"line {number} of {path} does not begin with a count")
            yield int(first)
