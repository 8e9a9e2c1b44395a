"""``tls13lab psk odds``: how likely each kind of attacker is to find a PSK."""

from collections.abc import Iterator
from math import log2

import click

from tls13lab.cli import report
from tls13lab.cli.choices import choice_options, chosen, given
from tls13lab.psk.guesswork import Choice, Guessable
from tls13lab.psk.lockout import Limit
from tls13lab.psk.odds import Bounds, odds
from tls13lab.psk.spending import Means
from tls13lab.symbolic.vocabulary import GUESSED_MODES, GuessedMode

MANY = 1e9
"""From this number on, a number of guesses is printed as a power of two."""


@click.command("odds")
@choice_options
@click.option(
    "--mode",
    type=click.Choice(GUESSED_MODES),
    default="external-psk_dhe_ke",
    show_default=True,
    metavar="MODE",
    help="What the PSK protects: one of the modes in the output of tls13lab claims.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses per second of one core; by default, measured on this machine.",
)
@click.option(
    "--cores",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Cores that the attacker has.",
)
@click.option(
    "--hours",
    type=click.FloatRange(0, min_open=True),
    default=24.0,
    show_default=True,
    help="Time that the attacker has.",
)
@click.option(
    "--lockout",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Wrong binders for one identity that the server accepts; 0 means that it does not count.",
)
@click.option(
    "--lockout-window",
    "window",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long the server remembers a wrong binder; by default, for ever.",
)
@click.option(
    "--visits",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="How often a client connects to the impostor.",
)
@click.option(
    "--targets",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="PSKs under attack, each chosen in the same way.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(
    *,
    evenly: int | None,
    ranked: int | None,
    exponent: float,
    counts: str | None,
    psk: str | None,
    mode: GuessedMode,
    rate: float | None,
    cores: int,
    hours: float,
    lockout: int,
    window: float | None,
    visits: int,
    targets: int,
    as_json: bool,
) -> None:
    """Estimate how likely each of three kinds of attacker is to find a PSK.

    \b
    offline    has a recording, and tries guesses as fast as it can
    online     asks the server, one guess per connection, and the server can count
    harvester  takes the server's place once, and tries guesses later on the client's first message

    Say how the PSK was chosen with --even, --zipf, --counts or --psk. For several targets, the
    result also says how likely it is that at least one of the PSKs is found.

    \b
    Examples:
      tls13lab psk odds --even 1000000 --lockout 10
      tls13lab psk odds --zipf 2000000 --rate 1e9 --hours 1 --lockout 5 --lockout-window 3600
      tls13lab psk odds --zipf 2000000 --mode cpace-psk_dhe_ke --visits 100 --targets 50
      printf "50 123456\\n20 password\\n1 sternchen\\n" > counts.txt
      tls13lab psk odds --counts counts.txt --lockout 2 --json
    """
    if given(evenly, ranked, counts, psk) != 1:
        raise click.UsageError("give one of --even, --zipf, --counts and --psk")
    if window is not None and not lockout:
        raise click.UsageError("--lockout-window needs a --lockout")

    def work() -> report.Result:
        choice = chosen(evenly, ranked, exponent, counts, psk)
        means = Means(_own_rate() if rate is None else rate, cores)
        limit = Limit(lockout, window) if lockout else None
        bounds = Bounds(means, limit, hours * 3600, visits)
        return {
            "mode": mode,
            "chosen": _numbers(choice),
            "rate": means.rate,
            "cores": cores,
            "hours": hours,
            "lockout": lockout or None,
            "window": window,
            "visits": visits,
            "targets": targets,
            "guessers": [
                {
                    "guesser": chance.way.guesser,
                    "needs": chance.way.needs,
                    "checks": chance.way.checks.value,
                    "guesses": chance.guesses,
                    "success": chance.success,
                    "any_of_them": chance.any_of_them,
                }
                for chance in odds(mode, choice, bounds, targets)
            ],
        }

    report.run(work, _text, as_json=as_json)


def _own_rate() -> float:
    from tls13lab.search.speed import own_rate

    return own_rate()


def _numbers(chosen: Guessable) -> report.Result:
    """The numbers of a choice. A single PSK has no entropy, because it shows no distribution."""
    numbers: report.Result = {"log2_guesses": chosen.log2_guesses}
    if isinstance(chosen, Choice):
        numbers |= {"min_entropy": chosen.min_entropy, "shannon": chosen.shannon}
    return numbers


def _text(result: report.Result) -> str:
    choice = result["chosen"]
    about = f"2^{choice['log2_guesses']:.1f} guesses until it is found"
    if "shannon" in choice:
        about += f" on average; min-entropy {choice['min_entropy']:.1f} bits, "
        about += f"Shannon entropy {choice['shannon']:.1f}"
    cores = "one core" if result["cores"] == 1 else f"each of {result['cores']} cores"
    lines = [
        f"The PSK: {about}",
        f"{result['mode']}: {result['hours']:g} h at {result['rate']:,.0f} guesses per second on "
        f"{cores}; {_granted(result)}",
        "",
    ]
    several = result["targets"] > 1
    rows = [("", "needs", "guesses", "finds it", *(["at least one"] if several else []))]
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
        server = f"a server that accepts {wrong}{per}"
    visits = f"{result['visits']} visit{'' if result['visits'] == 1 else 's'}"
    targets = result["targets"]
    each = f", each of {targets:,} targets" if targets > 1 else ""
    return f"{server}, {visits}{each}"


def _notes(result: report.Result) -> Iterator[str]:
    yield "A lockout limits the attacker who asks, but lets anyone lock the owner out on purpose."
    if any(guesser["checks"] == "never" for guesser in result["guessers"]):
        yield "An attacker with nothing to check a guess against makes no guesses."
    if result["targets"] > 1:
        yield "A word is tried on all targets at once; a server's limit holds for each target."


def _number(guesses: float) -> str:
    return f"{guesses:,.0f}" if guesses < MANY else f"2^{log2(guesses):.1f}"


def _chance(probability: float) -> str:
    """A probability in a form that is easy to read.

    >>> [_chance(probability) for probability in (0.0, 1e-5, 0.25, 0.9999, 1.0)]
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
