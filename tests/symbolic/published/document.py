"""``docs/claims.md``: the lab's cells beside two published analyses, and what ProVerif said."""

from collections.abc import Iterable, Iterator
from itertools import groupby, product
from pathlib import Path
from statistics import median

from tests.symbolic.proverif.asking import digest, every_model, recorded
from tests.symbolic.published.compared import ONLY_THEIRS, ROWS, Ours, Row, Theirs
from tests.symbolic.published.names import REFTLS, TAMARIN, Source, stored
from tls13lab.psk.guesswork import even, zipf
from tls13lab.psk.lockout import Limit
from tls13lab.psk.odds import Bounds, odds
from tls13lab.psk.spending import Means
from tls13lab.symbolic.claims import absent, decide, outside
from tls13lab.symbolic.guessers import CPACE, GUESSERS, Guesser
from tls13lab.symbolic.guessers import decide as guess
from tls13lab.symbolic.proverif.agreement import asked, verdicts
from tls13lab.symbolic.proverif.models import Model
from tls13lab.symbolic.tamarin.theory import THEFTS, THEORY_MODES, lemmas, ways_to_lose
from tls13lab.symbolic.vocabulary import (
    ADVERSARIES,
    GUESSED_MODES,
    SCENE_MODES,
    Adversary,
    Asset,
    GuessedMode,
    SceneMode,
)
from tls13lab.symbolic.vocabulary import ASSETS as QUESTIONS

FAILURES = 10
BOUNDS = Bounds(Means(rate=1e6), Limit(FAILURES), seconds=24 * 3600.0)
CHOICES = {
    "one of 2^21, evenly": even(2**21),
    "one of 2^21 words, by Zipf's law": zipf(2**21, 1.0),
    "128 random bits": even(2**128),
}

TEXT = Path(__file__).with_name("claims.md.in")
PAGE = Path(__file__).parents[3] / "docs" / "claims.md"


def page() -> str:
    """The whole document."""
    every = list(every_model().values())
    parts = {
        "version": recorded().version,
        "figures": _figures(every),
        "not_asked": _not_asked(every),
        "agreement": _agreement(every),
        "compared": "\n".join(_compared()),
        "only_theirs": _table(("asked there", "where"), ONLY_THEIRS),
        "thefts": _thefts(),
        "guessers": _guessers(GUESSED_MODES),
        "no_binder": _guessers(GUESSED_MODES[:4], binder=False),
        "odds": _odds(),
        "hours": f"{BOUNDS.seconds / 3600:.0f}",
        "rate": f"{BOUNDS.means.rate:,.0f}",
        "failures": str(FAILURES),
        "lemmas": str(sum(1 for mode in THEORY_MODES for _ in lemmas(mode))),
        "theories": str(len(THEORY_MODES)),
        "sources": _sources(),
    }
    text = TEXT.read_text("utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return text


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


# ProVerif's answers ------------------------------------------------------------------------------


def _figures(every: list[Model]) -> str:
    """By mode: models, those that differ, asked about, agreeing; seconds."""
    head = ("mode", "models", "different", "asked about", "agree")
    rows = [_row(mode, [one for one in every if one.cell.mode == mode]) for mode in SCENE_MODES]
    seconds = ("median s", "longest s")
    return _table((*head, *seconds), [*rows, _row("**all**", every)])


def _row(name: str, some: list[Model]) -> tuple[object, ...]:
    answers = recorded().answers
    different = {digest(one): one for one in some}
    asked = {key: one for key, one in different.items() if key in answers}
    agree = sum(answers[key].queries == one.expected for key, one in asked.items())
    took = sorted(answers[key].seconds for key in asked)
    times = (f"{median(took):.2f}", f"{took[-1]:.0f}") if took else ("", "")
    return (name, len(some), len(different), len(asked), agree, *times)


def _not_asked(every: list[Model]) -> str:
    missing = {digest(one) for one in every} - set(recorded().answers)
    if not missing:
        return "There is none that it was not asked about."
    return (
        f"{len(missing)} of the models that differ have not been asked about as they are now: they "
        "are longer runs, or have changed since. Of those nothing is known yet."
    )


def _agreement(every: list[Model]) -> str:
    """By mode: after which theft both ends still mean the same, and how often it was asked."""
    models = {one.name: one for one in every}
    answers = recorded().answers
    columns = tuple(product(("kept", "lost"), repeat=2))
    rows = []
    for mode, some in groupby(asked(), lambda one: one.mode):
        after: dict[tuple[str, ...], list[str]] = {}
        counts = [0, 0]
        for one in some:
            after.setdefault(verdicts(one), []).append(" and ".join(one.leaks) or "nothing")
            answer = answers.get(digest(models[one.name]))
            counts[0] += answer is not None
            counts[1] += answer is not None and answer.queries == models[one.name].expected
        rows.append((mode, *(", ".join(after.get(one, ["-"])) for one in columns), *counts))
    names = ("kept for both", "lost for servers", "lost for clients", "lost for both")
    return _table(("mode", *names, "asked about", "agree"), rows)


# The comparison ----------------------------------------------------------------------------------


def _compared() -> Iterator[str]:
    for row in ROWS:
        yield f"### {row.question}\n"
        yield "\n".join(_lab(row)) + "\n"
        yield f"- **TLS13Tamarin: {_theirs(row.tamarin)}"
        yield f"- **RefTLS: {_theirs(row.reftls)}\n"


def _lab(row: Row) -> Iterator[str]:
    if row.ours:
        head = ("the lab: mode", "asset", "adversary", "stolen", "verdict")
        yield _table(head, map(_cell, row.ours))
    if row.beside:
        yield f"\nIn the lab: {row.beside}" if row.ours else f"In the lab: {row.beside}"


def _cell(ours: Ours) -> tuple[str, ...]:
    cell = decide(ours.mode, ours.asset, ours.adversary, ours.leaks, dict(ours.options))
    asset = ", ".join((ours.asset, *(f"{name} {value}" for name, value in ours.options)))
    return (ours.mode, asset, ours.adversary, " and ".join(ours.leaks) or "nothing", cell.verdict)


def _theirs(theirs: Theirs) -> str:
    names = ", ".join(f"`{name}` ({file})" for name, file in theirs.names)
    return f"{theirs.asks}.** {theirs.why}" + (f" See {names}." if names else "")


def _thefts() -> str:
    """Of each mode and asset the smallest thefts that lose it, for the three adversaries."""
    rows = []
    for mode in THEORY_MODES:
        for asset in QUESTIONS[:6]:
            if not outside(mode, asset, "active"):
                found = (_ways(mode, asset, adversary) for adversary in ADVERSARIES)
                rows.append((mode, asset, *found))
    return _table(("mode", "asset", *ADVERSARIES), rows)


def _ways(mode: SceneMode, asset: Asset, adversary: Adversary) -> str:
    if outside(mode, asset, adversary):
        return "not asked"
    ways = ways_to_lose(mode, asset, adversary)
    there = sum(not absent(mode, (leak,)) for leak in THEFTS)
    return "; ".join(" + ".join(one) for one in ways) or f"none of the {there} thefts, nor all"


def _guessers(modes: Iterable[GuessedMode], *, binder: bool = True) -> str:
    def said(mode: GuessedMode, guesser: Guesser) -> str:
        way = guess(mode, guesser, binder=binder)
        told = f" ({', '.join(way.told_by)})" if way.applies else ""
        return f"{way.checks.value}{told}"

    rows = ((mode, *(said(mode, one) for one in GUESSERS)) for mode in modes)
    return _table(("mode", *GUESSERS), rows)


def _odds() -> str:
    rows = []
    for name, chosen in CHOICES.items():
        for mode in ("external-psk_dhe_ke", CPACE):
            found = (f"{one.success:.2g}" for one in odds(mode, chosen, BOUNDS))
            rows.append((name, mode, *found))
    return _table(("the PSK, or CPace's word", "mode", *GUESSERS), rows)


def _sources() -> str:
    read = stored()
    rows = [_source(one, str(read[one.name]["commit"])) for one in (TAMARIN, REFTLS)]
    return _table(("analysis", "sources", "commit"), rows)


def _source(source: Source, commit: str) -> tuple[str, str, str]:
    papers = {
        "TLS13Tamarin": "TLS13Tamarin (Cremers, Horvat, Hoyland, Scott, van der Merwe, CCS 2017)",
        "RefTLS": "RefTLS (Bhargavan, Blanchet, Kobeissi, S&P 2017)",
    }
    return papers[source.name], source.address, f"`{commit[:7]}`"
