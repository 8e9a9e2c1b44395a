"""``docs/mends.md``: the table of mends, its reasons, and the attacks on bytes."""

from collections.abc import Iterable
from pathlib import Path

from tls13lab.evidence.mended import agreed
from tls13lab.psk.amortised import blocks
from tls13lab.psk.guesswork import even
from tls13lab.psk.keys import PskKind
from tls13lab.psk.mends import (
    ARGON2ID,
    NOTHING,
    ROTATION,
    ROUNDS,
    SCRYPT,
    Mended,
    measured,
    mends,
    sha384s,
)
from tls13lab.psk.spending import Means
from tls13lab.psk.strength import in_words
from tls13lab.symbolic.cost import Cost
from tls13lab.symbolic.mended import EPOCHS
from tls13lab.symbolic.prices import WEAK_PSK_BITS

TEXT = Path(__file__).with_name("mends.md.in")
PAGE = Path(__file__).parents[3] / "docs" / "mends.md"
VALUES = 2 ** int(WEAK_PSK_BITS)
WORD = b"sternchen"
WORDS = [*(b"guess %d" % number for number in range(60)), WORD, b"qwerty", b"123456"]


def page() -> str:
    """The whole document."""
    stored = measured()
    means = Means(stored.rate)
    tables = {mode: mends(even(VALUES), mode=mode) for mode in ("psk_ke", "psk_dhe_ke")}
    rows = {row.mend: row for row in tables["psk_ke"]}
    rotated = {row.mend: row for row in mends(even(2**48))}[ROTATION]
    imported = blocks(kind=PskKind.IMPORTED)
    parts: dict[str, object] = {
        "values": f"{VALUES:,}",
        "bits": f"{WEAK_PSK_BITS:.0f}",
        "rate": f"{stored.rate:,.0f}",
        "machine": stored.machine,
        "psk_ke": _numbers(tables["psk_ke"], means),
        "psk_dhe_ke": _numbers(tables["psk_dhe_ke"], means),
        "online": f"{rows[NOTHING].success(10):.1e}",
        "imported_blocks": imported.for_targets(1),
        "plain_blocks": blocks().for_targets(1),
        "imported_each": imported.each,
        "plain_each": blocks().each,
        "rounds": f"{ROUNDS['sha384'][0]} instead of {ROUNDS['sha256'][0]}",
        "sha384_counted": f"{2 ** sha384s():.1f}",
        "sha384_measured": f"{stored.sha384:.1f}",
        "days": f"{rotated.days:g}",
        "in_time": f"{rows[ROTATION].found_while_used(means):.3f}",
        "in_time_48": f"{rotated.found_while_used(means):.3f}",
        "says": _table(
            ("mend", "does", "does not"),
            ((row.mend, row.does, row.does_not) for row in rows.values()),
        ),
        "listed": len(WORDS),
        "place": WORDS.index(WORD) + 1,
        "played": _table(("mend, in psk_ke", "attacked"), map(_played, rows.values())),
    }
    for name, mend in (("scrypt", SCRYPT), ("argon2id", ARGON2ID)):
        one = stored.slow[mend]
        parts[name] = f"`{one.text.rpartition('$')[0]}`"
        parts[f"{name}_times"] = f"{2**one.dearer:,.0f}"
        parts[f"{name}_memory"] = f"{one.memory / 2**20:.0f}"
    text = TEXT.read_text("utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", str(part))
    return text


def _numbers(rows: Iterable[Mended], means: Means) -> str:
    head = ("mend", "bits", "work", "time", *EPOCHS.values())
    return _table(head, (_line(row, means) for row in rows))


def _line(row: Mended, means: Means) -> tuple[str, ...]:
    seconds = row.seconds(means)
    return (
        row.mend,
        f"{row.entropy:.1f}",
        _figure(row.log2_work),
        "-" if seconds is None else in_words(seconds),
        *(_epoch(row.opens[epoch]) for epoch in EPOCHS),
    )


def _epoch(cost: Cost) -> str:
    figure = _figure(cost.log2_guesses)
    return f"**{figure}**" if cost.computed == ("word",) else figure


def _figure(log2: float | None) -> str:
    return "-" if log2 is None else f"{log2:.1f}"


def _played(row: Mended) -> tuple[str, str]:
    mend, _, what = str(agreed(row, WORD, WORDS)).partition(": ")
    return mend, what


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [tuple(head), *map(tuple, rows)]
    lines.insert(1, ("---",) * len(lines[0]))
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
