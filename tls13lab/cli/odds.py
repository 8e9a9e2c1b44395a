"""``tls13lab psk odds``: how likely each guesser finds a PSK, from how it was chosen."""

from collections.abc import Iterator
from math import log2
from pathlib import Path

import click

from tls13lab.cli import report
from tls13lab.cli.psk import read_psk
from tls13lab.psk.guesswork import Choice, Guessable, counted, even, zipf
from tls13lab.psk.lockout import Limit
from tls13lab.psk.odds import Bounds, odds
from tls13lab.psk.spending import Means
from tls13lab.psk.strength import strength
from tls13lab.symbolic.guessers import MODES
from tls13lab.wire.faults import LocalFault

MANY = 1e9
"""Above this a number of guesses is told as a power of two."""


def run(
    *,
    evenly: int | None,
    ranked: int | None,
    exponent: float,
    counts: str | None,
    psk: str | None,
    mode: str,
    rate: float | None,
    cores: int,
    hours: float,
    lockout: int,
    window: float | None,
    visits: int,
    targets: int,
    as_json: bool,
) -> None:
    """The three guessers, each with what bounds it."""
    if sum(one is not None for one in (evenly, ranked, counts, psk)) != 1:
        raise click.UsageError("give one of --even, --zipf, --counts and --psk")
    if window is not None and not lockout:
        raise click.UsageError("--lockout-window needs a --lockout")
    if mode not in MODES:
        raise click.UsageError(f"{mode!r} is none of {', '.join(MODES)}")

    def work() -> report.Result:
        chosen = _chosen(evenly, ranked, exponent, counts, psk)
        means = Means(_own_rate() if rate is None else rate, cores)
        limit = Limit(lockout, window) if lockout else None
        bounds = Bounds(means, limit, hours * 3600, visits)
        return {
            "mode": mode,
            "chosen": _told_of(chosen),
            "rate": means.rate,
            "cores": cores,
            "hours": hours,
            "lockout": lockout or None,
            "window": window,
            "visits": visits,
            "targets": targets,
            "guessers": [
                {
                    "guesser": one.way.guesser,
                    "needs": one.way.needs,
                    "checks": one.way.checks.value,
                    "guesses": one.guesses,
                    "success": one.success,
                    "any_of_them": one.any_of_them,
                }
                for one in odds(mode, chosen, bounds, targets)
            ],
        }

    report.run(work, _text, as_json=as_json)


def _chosen(
    evenly: int | None, ranked: int | None, exponent: float, counts: str | None, psk: str | None
) -> Guessable:
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


def _own_rate() -> float:
    from tls13lab.search.speed import own_rate

    return own_rate()


def _told_of(chosen: Guessable) -> report.Result:
    """Its numbers; of one PSK there is only the one, for nobody said how it was chosen."""
    told: report.Result = {"log2_guesses": chosen.log2_guesses}
    if isinstance(chosen, Choice):
        told |= {"min_entropy": chosen.min_entropy, "shannon": chosen.shannon}
    return told


def _text(result: report.Result) -> str:
    one = result["chosen"]
    about = f"2^{one['log2_guesses']:.1f} guesses until it is found"
    if "shannon" in one:
        about += f" on average; min-entropy {one['min_entropy']:.1f} bits, "
        about += f"Shannon's {one['shannon']:.1f}"
    cores = "one core" if result["cores"] == 1 else f"each of {result['cores']} cores"
    lines = [
        f"The PSK: {about}",
        f"{result['mode']}: {result['hours']:g} h at {result['rate']:,.0f} guesses a second on "
        f"{cores}; {_granted(result)}",
        "",
    ]
    several = result["targets"] > 1
    rows = [("", "needs", "guesses it has", "finds it", *(["one of them"] if several else []))]
    for guesser in result["guessers"]:
        chances = ("success", "any_of_them") if several else ("success",)
        rows.append(
            (
                guesser["guesser"],
                guesser["needs"],
                _number(guesser["guesses"]),
                *(_chance(guesser[what]) for what in chances),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append(("  " + "  ".join(cells)).rstrip())
    return "\n".join((*lines, "", *_notes(result)))


def _granted(result: report.Result) -> str:
    if result["lockout"] is None:
        server = "a server that does not count"
    else:
        wrong = f"{result['lockout']} wrong binder{'' if result['lockout'] == 1 else 's'}"
        per = "" if result["window"] is None else f" in {result['window']:g} s"
        server = f"a server that takes {wrong}{per}"
    visits = f"{result['visits']} visit{'' if result['visits'] == 1 else 's'}"
    targets = result["targets"]
    each = f", each of {targets:,} targets" if targets > 1 else ""
    return f"{server}, {visits}{each}"


def _notes(result: report.Result) -> Iterator[str]:
    yield "A lockout bounds who has to ask, and lets anyone lock the owner out on purpose."
    if any(one["checks"] == "never" for one in result["guessers"]):
        yield "Who has nothing to check a guess with makes none."
    if result["targets"] > 1:
        yield "A word is tried on all targets at once; a server's limit is for each of them."


def _number(guesses: float) -> str:
    return f"{guesses:,.0f}" if guesses < MANY else f"2^{log2(guesses):.1f}"


def _chance(probability: float) -> str:
    """A probability for people.

    >>> [_chance(one) for one in (0.0, 1e-5, 0.25, 0.9999, 1.0)]
    ['never', '1 in 100,000', '25%', 'over 99.9%', 'always']
    """
    if probability <= 0:
        return "never"
    if probability >= 1:
        return "always"
    if probability > 0.999:
        return "over 99.9%"
    if probability >= 0.01:
        return f"{100 * probability:.3g}%"
    rarity = 1 / probability
    return f"1 in {rarity:,.0f}" if rarity < 1e12 else f"1 in {rarity:.0e}"
