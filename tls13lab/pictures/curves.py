"""Measurements as curves: of what a lesson or a student has counted.

matplotlib draws them, in the style of all pictures. Lines differ in their dashes and markers, and
each has its name at its end. Where there is no matplotlib, as in a browser, a stored drawing or the
table is shown.

>>> curves({"a": [(1, 1), (2, 4)], "b": [(1, 3), (2, 3)]}, "x", "y", "two lines").rows
(('1', '1', '3'), ('2', '4', '3'))
"""

import io
import json
import re
from collections.abc import Mapping, Sequence

from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture

Points = Sequence[tuple[float, float]]

HEIGHT = 380
"""Pixels; the width is ``ink.WIDTH``."""
MOST_LINES = 4
_DASHES = ("-", "--", "-.", ":")
_MARKERS = ("o", "s", "^", "D")
_COLOURS = (ink.CLIENT, ink.SERVER, ink.KEPT.stroke, ink.STOLEN.stroke)
_SETTINGS = {
    "svg.fonttype": "none",  # letters stay letters, in the reader's fonts
    "svg.hashsalt": "tls13lab",  # names within the file are the same each time
    "font.size": ink.SMALL,
    "axes.edgecolor": ink.RULE,
    "axes.labelcolor": ink.INK,
    "text.color": ink.INK,
    "xtick.color": ink.QUIET,
    "ytick.color": ink.QUIET,
}


def curves(lines: Mapping[str, Points], across: str, up: str, title: str) -> Picture:
    """Up to four named lines through points (x, y); all lines have the same values of x.

    ``across`` and ``up`` name the axes. Raises ValueError for more lines, or for other values of x.
    """
    if not 1 <= len(lines) <= MOST_LINES:
        raise ValueError(f"one to {MOST_LINES} lines can be told apart, not {len(lines)}")
    every = list(lines.values())
    places = [x for x, _ in every[0]]
    if any([x for x, _ in points] != places for points in every):
        raise ValueError("all lines need the same values of x")
    rows = tuple(
        (f"{x:g}", *(f"{points[number][1]:.4g}" for points in every))
        for number, x in enumerate(places)
    )
    source = json.dumps([title, across, up, {name: list(points) for name, points in lines.items()}])
    alt = f"{title}: {up} against {across}, for {', '.join(lines)}"
    return Picture(_drawn(lines, across, up, title), alt, (across, *lines), rows, source)


def _drawn(lines: Mapping[str, Points], across: str, up: str, title: str) -> str:
    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        return ""
    with rc_context(_SETTINGS):  # type: ignore[arg-type] # its type lists every setting by name
        figure = Figure(figsize=(ink.WIDTH / 72, HEIGHT / 72), dpi=72)
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.09, 0.15, 0.62, 0.72))
        axes.set_title(title, fontsize=ink.BODY, loc="left", weight="bold")
        axes.set_xlabel(across)
        axes.set_ylabel(up)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color=ink.RULE, alpha=0.3)
        for number, (name, points) in enumerate(lines.items()):
            xs, ys = zip(*points, strict=True)
            (line,) = axes.plot(xs, ys, linewidth=2, color=_COLOURS[number])
            line.set(linestyle=_DASHES[number], marker=_MARKERS[number], markersize=5)
            axes.annotate(name, (xs[-1], ys[-1]), xytext=(10, -4), textcoords="offset points")
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _tidy(written.getvalue())


def _tidy(svg: str) -> str:
    """The element alone, in pixels, with sizes and fonts as all pictures have them."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', svg)
    svg = re.sub(r"font: (bold )?([\d.]+)px [^;\"]*", r"\1font-size:\2px", svg)
    svg = svg.replace("bold font-size", "font-weight: bold; font-size")
    svg = re.sub(r"font-size: ([\d.]+)px", r"font-size:\1px", svg)
    svg = re.sub(r"font-family: [^;\"]*", f"font-family: {ink.FONT}", svg)
    return svg.replace("<svg ", f'<svg font-family="{ink.FONT}" ', 1)
