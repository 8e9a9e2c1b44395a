"""The options of ``psk odds`` and ``psk mends`` that say how a PSK was chosen."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from tls13lab.capture.sources import named
from tls13lab.cli.options import FILE_OR_DASH
from tls13lab.cli.psk import read_psk
from tls13lab.psk.guesswork import Guessable, counted, even, zipf
from tls13lab.psk.strength import strength
from tls13lab.wire.faults import LocalFault

MOST_DIGITS = 18
"""The most digits of a count."""


def choice_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a PSK was chosen; :func:`chosen` reads them.

    There are four ways to say it: ``--even``, ``--zipf``, ``--counts`` and ``--psk``.
    """
    options = [
        click.option(
            "--even",
            "evenly",
            type=click.IntRange(1),
            metavar="N",
            help="One of N values, all equally likely.",
        ),
        click.option(
            "--zipf",
            "ranked",
            type=click.IntRange(1),
            metavar="N",
            help="One of N words, chosen as people choose passwords (Zipf's law).",
        ),
        click.option(
            "--exponent",
            type=click.FloatRange(0),
            default=1.0,
            show_default=True,
            help="For --zipf: the larger it is, the more people choose the same words.",
        ),
        click.option(
            "--counts",
            type=FILE_OR_DASH,
            metavar="FILE|-",
            help="A word from this file. Each line has a count and a word, as uniq -c writes them.",
        ),
        click.option(
            "--psk",
            metavar="FILE|-",
            type=FILE_OR_DASH,
            help="This PSK; the number of guesses it withstands is estimated.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def given(*options: object) -> int:
    """Count the options that were given, of ``--even``, ``--zipf``, ``--counts`` and ``--psk``."""
    return sum(option is not None for option in options)


def chosen(
    evenly: int | None, ranked: int | None, exponent: float, counts: str | None, psk: str | None
) -> Guessable:
    """The choice that the given option describes. Raises LocalFault for a file it cannot use."""
    if evenly is not None:
        return even(evenly)
    if ranked is not None:
        return zipf(ranked, exponent)
    if counts is not None:
        return counted(_counts(Path(counts)))
    assert psk is not None
    return strength(read_psk(psk, hexadecimal=False)).guessing


def _counts(path: Path) -> Iterator[int]:
    """The counts in a file. Only the first word of each line is read."""
    from tls13lab.search.wordfile import WordFile

    for number, line in enumerate(WordFile(path).plain_lines(), 1):
        first, *_ = line.split(None, 1) or [b""]
        if not first:
            continue
        if not first.isdigit() or len(first) > MOST_DIGITS:
            raise LocalFault(f"line {number} of {named(path)} does not begin with a count")
        yield int(first)
