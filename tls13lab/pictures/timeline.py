"""Connections on a timeline, for several modes, and which of them a theft opens.

Each row is a mode, and each box a connection. A connection that the theft opens is dark, hatched
and labelled "read"; any other is labelled "kept". The verdicts are the eavesdropper's findings.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tls13lab.adversary.finding import Finding
from tls13lab.pictures.picture import Picture, text_table
from tls13lab.pictures.text_size import width

_LOOKS: dict[str, dict[str, Any]] = {
    "lost": {"facecolor": "#1f4e79", "hatch": "///", "edgecolor": "#ffffff"},
    "kept": {"facecolor": "#ffffff", "edgecolor": "#000000"},
    "unknown": {"facecolor": "#e9ecef", "hatch": "...", "edgecolor": "#000000"},
    "absent": {"facecolor": "#e9ecef", "edgecolor": "#868e96"},
}
_WORDS = {"lost": "read", "kept": "kept", "unknown": "?", "absent": "-"}


def timeline(
    rows: Mapping[str, Sequence[Finding]], stolen_after: int | None = None, title: str = ""
) -> Picture:
    """The timeline of ``rows``, by name; ``stolen_after`` connections came before the theft."""
    header = ("", *(f"connection {n}" for n in range(1, 1 + max(map(len, rows.values())))))
    table = tuple(
        (name, *(f"{finding.mode}: {_WORDS[finding.verdict]}" for finding in found))
        for name, found in rows.items()
    )
    return Picture(
        svg=_drawn(rows, stolen_after, title),
        alt=f"timeline: {title or 'what a theft opens'}",
        header=header,
        rows=table,
        # The SVG depends on the version of matplotlib; this text does not.
        source=f"{title}\n{stolen_after}\n{text_table(header, table)}",
    )


_STOLEN = "stolen here"
_INCHES = 1.15
"""The width of a connection."""


def _beside(names: Iterable[str]) -> tuple[float, float]:
    """The room for the names on the left, and for the label of the last line on the right."""
    points = 72 * _INCHES
    left = max(width(name, 10) for name in names) / points
    return max(2.4, 0.2 + left), 0.1 + width(_STOLEN, 9) / points / 2


def _drawn(rows: Mapping[str, Sequence[Finding]], stolen_after: int | None, title: str) -> str:
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
        from matplotlib.patches import Rectangle
    except ImportError:  # in the browser without a network; see Picture
        return ""
    longest = max(map(len, rows.values()))
    with mpl.rc_context({"svg.hashsalt": "tls13lab", "svg.fonttype": "none"}):
        left, right = _beside(rows)
        figure = Figure(figsize=(_INCHES * (left + longest + right), 1.0 + 0.75 * len(rows)))
        axes = figure.add_axes((0.0, 0.02, 1.0, 0.96))
        axes.set_xlim(-left, longest + right)
        axes.set_ylim(len(rows) + 0.1, -0.9)
        axes.axis("off")
        axes.text(0.1 - left, -0.55, title, fontsize=11, fontweight="bold")
        for y, (name, found) in enumerate(rows.items()):
            axes.text(0.1 - left, y + 0.45, name, fontsize=10, va="center")
            for x, finding in enumerate(found):
                looks = _LOOKS[finding.verdict]
                axes.add_patch(Rectangle((x + 0.05, y + 0.1), 0.9, 0.7, linewidth=1.2, **looks))
                axes.text(
                    x + 0.5,
                    y + 0.45,
                    f"{finding.mode}\n{_WORDS[finding.verdict]}",
                    fontsize=9,
                    ha="center",
                    va="center",
                    bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.5},
                )
        if stolen_after is not None:
            axes.plot([stolen_after] * 2, [-0.35, len(rows)], color="#000000", linestyle="--")
            axes.text(stolen_after, -0.4, _STOLEN, fontsize=9, ha="center")
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()
