"""``tls13lab psk mends``: what each mend of a weak PSK changes, in numbers and on bytes."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.choices import choice_options, chosen, given
from tls13lab.psk.guesswork import even
from tls13lab.psk.memory_hard import parse
from tls13lab.psk.mends import DICEWARE, Mended, Slow, measured, mends
from tls13lab.psk.spending import Means, in_money
from tls13lab.psk.strength import ENOUGH_BITS, in_words
from tls13lab.symbolic.mended import EPOCHS
from tls13lab.symbolic.prices import WEAK_PSK_BITS
from tls13lab.wire.names import PSK_MODES, PskMode

PLAYED_WORD = b"sternchen"
"""The word in the attacks of --play; they work alike for every word of the list."""


@click.command("mends")
@choice_options
@click.option(
    "--mode",
    type=click.Choice(PSK_MODES),
    default="psk_ke",
    show_default=True,
    help="The mode in which the PSK is used.",
)
@click.option(
    "--words",
    type=click.IntRange(1, 30),
    default=6,
    show_default=True,
    help="For the mend 'more words': how many words, each drawn with five dice from a list of "
    "7,776.",
)
@click.option(
    "--days",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="For the mend 'rotation': days until the PSK is replaced.",
)
@click.option(
    "--runs",
    type=click.IntRange(0, 10**9),
    default=10,
    show_default=True,
    help="Runs that an honest end takes part in, with an attacker who needs one for each guess.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses per second at a plain PSK; by default, a stored measurement.",
)
@click.option("--cents", type=click.FloatRange(0), help="Price of one core for an hour.")
@click.option("--measure", is_flag=True, help="Measure this machine, which takes some seconds.")
@click.option("--play", is_flag=True, help="Also attack each mend on bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(
    *,
    evenly: int | None,
    ranked: int | None,
    exponent: float,
    counts: str | None,
    psk: str | None,
    mode: PskMode,
    words: int,
    days: float,
    runs: int,
    rate: float | None,
    cents: float | None,
    measure: bool,
    play: bool,
    as_json: bool,
) -> None:
    """Show what mends a weak PSK, and what each mend changes.

    For each mend: how many guesses there are, what they cost, and what an attacker who finds the
    word can open: recorded data, 0-RTT data, a connection yet to come, the PSK of the next ticket.
    By default, the PSK is one of two million equally likely values.

    The numbers come from the symbolic model and from the distribution of the PSK. With --play,
    each mend is used between two ends and attacked, and the outcome must be the model's. The slow
    derivations then have small settings, so that the attack ends; the cost of common settings was
    measured beforehand.

    \b
    Examples:
      tls13lab psk mends
      printf %s sternchen > key.txt
      tls13lab psk mends --psk key.txt --mode psk_dhe_ke --play
      tls13lab psk mends --zipf 14000000 --exponent 0.8 --rate 3e6 --cents 5
      printf "3 dragon\\n1 qwerty\\n" > counts.txt
      tls13lab psk mends --counts counts.txt --json
    """
    match given(evenly, ranked, counts, psk):
        case 0:
            evenly = 2 ** int(WEAK_PSK_BITS)
        case 2 | 3 | 4:
            raise click.UsageError("give one of --even, --zipf, --counts and --psk, or none")

    def work() -> report.Result:
        choice = chosen(evenly, ranked, exponent, counts, psk)
        slow, own = _measured_now() if measure else (dict(measured().slow), None)
        means = Means(rate or own or measured().rate, cents_per_core_hour=cents)
        rows = mends(choice, mode=mode, better=even(DICEWARE**words), slow=slow, days=days)
        played = _played(rows) if play else {}
        return {
            "entropy": round(rows[0].entropy, 1),
            "enough": rows[0].entropy >= ENOUGH_BITS,
            "mode": mode,
            "rate": means.rate,
            "runs": runs,
            "derivations": {
                name: {"derivation": each.text, "dearer": each.dearer, "measured": _where(measure)}
                for name, each in slow.items()
            },
            "mends": [_row(row, means, runs) | played.get(row.mend, {}) for row in rows],
        }

    report.run(work, _text, as_json=as_json)


def _measured_now() -> tuple[dict[str, Slow], float]:
    """The price of each slow derivation on this machine, and its guesses per second otherwise."""
    from tls13lab.search.speed import dearer, processor_rate

    rate = processor_rate()
    stored = measured().slow.items()
    return {
        name: Slow(each.text, each.memory, dearer(parse(each.text), rate)) for name, each in stored
    }, rate


def _where(here: bool) -> str:
    return "on this machine" if here else measured().machine


def _row(row: Mended, means: Means, runs: int) -> dict[str, Any]:
    return {
        "mend": row.mend,
        "mode": row.mode,
        "entropy": round(row.entropy, 1),
        "log2_guesses": round(row.log2_guesses, 1),
        "dearer": round(row.dearer, 2),
        "memory": row.memory,
        "log2_work": None if row.log2_work is None else round(row.log2_work, 1),
        "seconds": row.seconds(means),
        "cents": row.cents(means),
        "success_online": row.success(runs),
        "days": row.days,
        "found_while_used": row.found_while_used(means),
        "opens": {
            epoch: {
                "log2_guesses": None if cost.log2_guesses is None else round(cost.log2_guesses, 1),
                "by_the_word_alone": cost.computed == ("word",),
                "computed": list(cost.computed),
            }
            for epoch, cost in row.opens.items()
        },
        "does": row.does,
        "does_not": row.does_not,
    }


def _played(rows: Sequence[Mended]) -> dict[str, dict[str, Any]]:
    from tls13lab.evidence.mended import agreed
    from tls13lab.search.wordlist import COMMON

    listed = COMMON.read_bytes().split(b"\n")[:1000]
    words = [*listed[:600], PLAYED_WORD, *listed[600:]]
    return {row.mend: {"played": str(agreed(row, PLAYED_WORD, words))} for row in rows}


def _text(result: report.Result) -> str:
    lines = [
        f"A PSK of {result['entropy']} bits in {result['mode']}; RFC 9257 asks for {ENOUGH_BITS}.",
        "",
        f"{'mend':20}{'bits':>6}{'guesses':>9}{'work':>8}  {'time':20}"
        + "".join(f"{name:9}" for name in EPOCHS.values()).rstrip(),
    ]
    lines += [_line(row) for row in result["mends"]]
    lines += ["", *_NOTES, f"At {result['rate']:,.0f} guesses per second, on one core.", ""]
    for row in result["mends"]:
        lines += [row["mend"], *_said("does", row["does"]), *_said("but", row["does_not"])]
        lines += _more(row, result["runs"])
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    work = row["log2_work"]
    time = "-" if work is None else in_words(row["seconds"])
    epochs = "".join(f"{_power(row['opens'][name]['log2_guesses']):9}" for name in EPOCHS)
    return (
        f"{row['mend']:20}{row['entropy']:6.1f}{_power(row['log2_guesses']):>9}"
        f"{_power(work):>8}  {time:20}{epochs}"
    ).rstrip()


def _power(log2: float | None) -> str:
    return "-" if log2 is None else f"2^{log2:.1f}"


def _said(what: str, text: str) -> list[str]:
    return wrap(text, 100, initial_indent=f"  {what + ':':10}", subsequent_indent=12 * " ")


def _more(row: dict[str, Any], runs: int) -> list[str]:
    lines = []
    if row["cents"] is not None:
        lines.append(f"  price:    {in_money(row['cents'])}")
    if row["memory"]:
        memory, times = row["memory"] / 2**20, 2 ** row["dearer"]
        lines.append(f"  a guess:  {memory:,.0f} MiB, and the time of {times:,.0f} plain ones")
    if row["found_while_used"] is not None:
        chance = row["found_while_used"]
        lines.append(
            f"  in time:  found within its {row['days']:g} days with probability {chance:.2g}"
        )
    if row["log2_work"] is None:
        chance = row["success_online"]
        lines.append(f"  online:   found within {runs:,} runs with probability {chance:.2g}")
    if "played" in row:
        lines.append(f"  on bytes: {row['played'].partition(': ')[2]}")
    return lines


_NOTES = (
    "bits: entropy that the PSK is derived from; guesses: words until the right one; work: what",
    "these cost, in guesses at a plain PSK. Then the cost of opening each epoch, which is the work",
    "where the word alone is enough. -: no work finds the word, or there is nothing to open.",
)
