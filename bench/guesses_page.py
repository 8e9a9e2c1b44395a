"""``docs/guessing.md``, out of the recorded figures: what was predicted beside what was taken.

Only what was measured is recorded. All predictions are computed here, from the schedule table, the
model and the recorded rates, so they cannot be fitted to what came out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from textwrap import fill
from typing import Any

from bench.guesses_cases import ALONE, BY_RULES, LABELS, MANY, TARGETS
from tls13lab.psk.amortised import Blocks, blocks, steps
from tls13lab.psk.keys import PskKind
from tls13lab.psk.spending import Means
from tls13lab.psk.strength import in_words

FIGURES = Path(__file__).with_name("guesses.json")
PATH = Path(__file__).resolve().parents[1] / "docs" / "guessing.md"
Figures = Mapping[str, Any]


def figures() -> Figures:
    """What was recorded last."""
    found: Figures = json.loads(FIGURES.read_text(encoding="ascii"))
    return found


def page(told: Figures) -> str:
    """The whole page."""
    parts = (_INTRODUCTION, _blocks(), _alone(told), _many(told), _measured(told))
    return "\n".join(map(_wrapped, parts))


def _wrapped(text: str) -> str:
    """Paragraphs in lines of an even length; headings and tables as they are."""
    return "\n\n".join(
        part if part.startswith(("#", "|")) else fill(part, 110, break_on_hyphens=False)
        for part in text.rstrip("\n").split("\n\n")
    ).join(("", "\n"))


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows)]) + "\n"


_INTRODUCTION = """\
# What guessing costs: predicted and measured

A weak PSK is found by trying words on a recorded binder (RFC 9846 section 2.2). How long that
takes can be said beforehand: from how the PSK was chosen, from the key schedule, and from one
number of the machine, its rate. This page sets such predictions beside runs of `tls13lab crack`.
It is made by `python -m bench.guesses`; a test computes the predictions again, and fails if one is
wrong by a factor of two.
"""


_TIMES = {1: "once", 2: "twice"}


def _blocks() -> str:
    """The cost of one word, from the schedule table."""
    plain, imported = steps(), steps(kind=PskKind.IMPORTED)
    names = list(dict.fromkeys([*imported, *plain]))
    order = [name for name in names if "binder_key" not in name]
    order.insert(order.index("finished_key"), "binder key")

    def of(table: Mapping[str, Blocks], name: str) -> Blocks | None:
        row = next((one for one in table if one.endswith("binder_key")), name)
        return table.get(row if name == "binder key" else name)

    def cells(one: Blocks | None) -> tuple[object, object]:
        return (one.shared or "", one.each or "") if one else ("", "")

    rows: list[tuple[object, ...]]
    rows = [(f"`{name}`", *cells(of(plain, name)), *cells(of(imported, name))) for name in order]
    totals = (blocks(), blocks(kind=PskKind.IMPORTED))
    rows.append(("**all**", *(f"**{n}**" for one in totals for n in (one.shared, one.each))))
    head = ("", "plain: a word", "each victim", "imported: a word", "each victim")
    return f"""\
## One word, in blocks of the hash

TLS 1.3 puts no salt before an external PSK. So what is computed from a word, up to the key of the
binder, is the same for every victim, and only the HMAC over a victim's own ClientHello is not. An
importer (RFC 9258) comes first, with an identity and a context: if they differ, it does what a
salt would have done. Counted off the schedule table, for a word of up to 55 bytes (SHA-384: 111):

{_table(head, rows)}
A row that is the same for all victims is computed once per word. The two blocks of an HMAC key are
counted with the value that it comes from. What depends on no word is computed beforehand. So a
word costs, on so many victims at once:

{_table(("victims", "plain", "imported", "imported, one identity"), _for_targets())}
With the importer each victim costs nearly as much as by itself; only what comes before the
identity is shared. Where one client connects again and again, its identity is the same, and
importing changes little. `crack` does not know whether an imported PSK's binder has the importer's
label or, from a stack without an importer, an external PSK's: it tries both, and takes
{_TIMES[LABELS[True]]} the blocks of the table.
"""


def _for_targets() -> Iterator[tuple[object, ...]]:
    same = blocks(kind=PskKind.IMPORTED, same_identity=True)
    for targets in TARGETS:
        every = (blocks(), blocks(kind=PskKind.IMPORTED), same)
        yield (targets, *(f"{one.for_targets(targets):,}" for one in every))


def _alone(told: Figures) -> str:
    rates = told["rates"]

    def psk() -> Iterator[tuple[object, ...]]:
        for case in ALONE:
            taken, predicted = told["alone"][case.key], case.seconds(rates)
            yield (
                case.words.name,
                case.hash_name,
                case.mode,
                f"{case.log2_guesses('psk'):.2f}",
                f"{predicted:.1f}",
                f"{taken['processor']:.1f}",
                f"{taken['processor'] / predicted:.2f}",
            )

    def data() -> Iterator[tuple[object, ...]]:
        for case in ALONE:
            bits = case.log2_guesses("application_data")
            # A step of a logarithm counts as a guess, and rules make none.
            seconds = Means(rates[case.hash_name if case.mode != "psk_ke" else case.rate])
            yield (
                case.words.name,
                case.hash_name,
                case.mode,
                f"{bits:.2f}",
                in_words(seconds.seconds(bits)),
                told["alone"][case.key]["application_data"],
            )

    head = ("the PSK", "hash", "mode", "log2 of the guesses", "predicted, s", "taken, s", "ratio")
    opened = ("the PSK", "hash", "mode", "log2 of the guesses", "predicted", "with the PSK")
    return f"""\
## One victim

The PSK is at the place of the list where it is expected (the guesswork). The prediction is the
number of guesses, divided by the rate of one core at one binder: {_rates(rates)}.

{_table(head, psk())}
The mode makes no difference: a binder is enough, and (EC)DHE has no part in it. It is what the
found PSK *opens* that differs. By the model, the recorded application data costs this, and this is
what `break` said once it had the PSK:

{_table(opened, data())}
In psk_ke the data costs what the PSK costs, and can be read as soon as that is found. In psk_dhe_ke
it costs no less than the private key of a share, whatever the PSK was; that is the one prediction
here that no run can check.
"""


def _rates(rates: Mapping[str, float]) -> str:
    names = {
        "sha256": "with SHA-256",
        "sha384": "with SHA-384",
        BY_RULES: "with SHA-256 and guesses that rules make of words, one by one, in Python",
    }
    return ", ".join(f"{rates[one]:,.0f} a second {name}" for one, name in names.items())


def _many(told: Figures) -> str:
    def rows() -> Iterator[tuple[object, ...]]:
        for case in MANY:
            taken, predicted = told["many"][case.key]["processor"], case.seconds(told["rates"])
            alone = 2 ** (case.one_by_one() - case.log2_guesses())
            yield (
                case.targets,
                "yes" if case.imported else "no",
                case.words.name,
                f"{case.log2_guesses():.2f}",
                f"{predicted:.1f}",
                f"{taken:.1f}",
                f"{taken / predicted:.2f}",
                f"{alone:.1f}",
            )

    head = (
        "victims",
        "importer",
        "the PSKs",
        "log2 of the guesses",
        "predicted, s",
        "taken, s",
        "ratio",
    )
    return f"""\
## Many victims at once

Each victim has a PSK of its own, drawn from the same list, and a recording of its own, in psk_ke
and psk_dhe_ke by turns. `crack` is given all recordings, and finds all PSKs in one run. They are
at the places of the list where that many drawn PSKs are expected; a PSK that was found is no longer
searched for.
Guesses are counted at one plain binder, {blocks().for_targets(1)} blocks each. The last column
says how many times as long it would take to search for one after the other.

{_table((*head, "one by one"), rows())}
The more victims an attacker has recordings of, the less each of them costs, down to a seventh. With
an importer, and an identity or a context of its own for each, it is four fifths.
"""


def _measured(told: Figures) -> str:
    about = told["about"]
    taken = [one["processor"] for one in (*told["alone"].values(), *told["many"].values())]
    return f"""\
## How it was measured

One core of an {about["processor"]}, {about["engine"]} of SHA-256, Python {about["python"]}. The
rate is the best of twenty rounds. Taken is the processor's time of the whole `crack` command with
`--workers 1`, from its start to its end, because wall-clock time would include the other programs
that ran on the machine. About half a second of it is Python's start and the measuring of the rate
that `crack` prints; guesses under way when the last PSK is found are tried to the end. The
{len(taken)} runs took {sum(taken):.0f} s.

What is simplified: the attacker knows how the PSK was chosen, and has that list in the best order.
Zipf's law is an assumption about people's words, not a measurement of them. Guesses are counted at
14 blocks each, though a longer word may cost one more.

To measure it on another machine: `python -m bench.guesses` (Linux, with `.venv`'s Python; some
minutes).
"""
