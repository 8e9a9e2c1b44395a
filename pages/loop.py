"""A picture that moves: the same stolen PSK opens a recording in psk_ke and none in psk_dhe_ke.

``python -m pages.loop`` draws it anew from :mod:`pages.theft`, once with the modes side by side,
and once with one below the other, for a phone. A test fails if what is stored is out of date.
Without motion, and for readers who want none, it shows its last moment, which says it all.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from pages.lessons import ROOT
from pages.theft import Line, Scene, scenes
from tls13lab.pictures import ink
from tls13lab.pictures.svg import box
from tls13lab.pictures.text_size import width as widest

IMAGES = ROOT / "docs" / "images"
WIDE, NARROW = IMAGES / "theft-loop.svg", IMAGES / "theft-loop-narrow.svg"

SECONDS = 14
PANEL, GAP, TOP, PITCH, FOOT = 400, 24, 70, 44, 76
LEFT, RIGHT = 34, PANEL - 34
# Moments, in seconds: the first record, one record after the other, the theft, one opening after
# the other, the verdicts; then it rests, and begins again.
FIRST, RECORD, THEFT, OPENING, VERDICT, REST = 0.3, 0.45, 4.0, 0.6, 8.0, 13.4
BEGIN = 10.5  # with its last moment, so that a still of its first one says something
ALT = (
    "Two recorded connections with the same PSK. After the PSK is stolen, all protected records of "
    "the one in psk_ke open, and none of the one in psk_dhe_ke."
)


@dataclass
class Film:
    """The parts of the picture, and when each of them appears or disappears."""

    parts: list[str] = field(default_factory=list)
    moments: set[tuple[float, bool]] = field(default_factory=set)

    def show(self, part: str, at: float, *, until_then: bool = False) -> None:
        """Add a part that is seen from ``at`` on, or else only ``until_then`` and not at rest."""
        self.moments.add((at, until_then))
        self.parts.append(f'<g class="{_name(at, until_then)}">{part}</g>')

    def style(self) -> str:
        """The rules: without motion all is as it is at the end."""
        rules = "".join(
            f"@keyframes {_name(*one)}{{{_frames(*one)}}}.{_name(*one)}"
            f"{{animation:{_name(*one)} {SECONDS}s -{BEGIN}s infinite}}"
            for one in sorted(self.moments)
        )
        gone = "".join(f".{_name(*one)}{{opacity:0}}" for one in sorted(self.moments) if one[1])
        return f"{gone}@media (prefers-reduced-motion: no-preference){{{rules}}}"


def _name(at: float, until_then: bool) -> str:
    return f"{'b' if until_then else 'a'}{round(at * 100)}"


def _frames(at: float, until_then: bool) -> str:
    """Opacity over time; what fades does so in a fifth of a second."""
    start, end = f"{at / SECONDS:.2%}", f"{(at + 0.2) / SECONDS:.2%}"
    rest, over = f"{REST / SECONDS:.2%}", f"{(REST + 0.4) / SECONDS:.2%}"
    if until_then:
        return f"0%,{start}{{opacity:1}}{end},{over}{{opacity:0}}100%{{opacity:0}}"
    return f"0%,{start}{{opacity:0}}{end},{rest}{{opacity:1}}{over},100%{{opacity:0}}"


def loop(*, narrow: bool = False) -> str:
    """The whole picture as SVG."""
    film, found = Film(), scenes()
    height = TOP + PITCH * len(found[0].lines) + FOOT
    for number, scene in enumerate(found):
        _panel(
            film, scene, *((0, number * (height + GAP)) if narrow else (number * (PANEL + GAP), 0))
        )
    across, down = (1, len(found)) if narrow else (len(found), 1)
    width, whole = across * (PANEL + GAP) - GAP, down * (height + GAP) - GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {whole}" '
        f'width="{width}" height="{whole}" role="img" '
        f'aria-labelledby="t d" font-family="system-ui,-apple-system,Segoe UI,Helvetica,Arial,'
        f'sans-serif"><title id="t">One stolen PSK, two modes</title><desc id="d">{ALT}</desc>'
        f"<style>{film.style()}</style>{''.join(film.parts)}</svg>\n"
    )


def _panel(film: Film, scene: Scene, x: int, y: int) -> None:
    bottom = TOP + PITCH * len(scene.lines)
    film.parts.append(f'<g transform="translate({x} {y})">')
    film.parts.append(
        f'<rect x="0.5" y="0.5" width="{PANEL - 1}" height="{bottom + FOOT - 1}" rx="8" '
        f'fill="{ink.GROUND}" stroke="{ink.RULE}"/>'
        + "".join(
            f'<line x1="{at}" y1="{TOP - 18}" x2="{at}" y2="{bottom}" stroke="{ink.RULE}" '
            f'stroke-width="2"/>'
            for at in (LEFT, RIGHT)
        )
        + _text(PANEL // 2, 26, scene.mode, ink.TITLE, ink.INK, bold=True)
        + _text(LEFT, TOP - 26, "client", ink.SMALL, ink.QUIET)
        + _text(RIGHT, TOP - 26, "server", ink.SMALL, ink.QUIET)
    )
    film.show(_key(), THEFT)
    opening = iter(range(len(scene.lines)))
    for number, line in enumerate(scene.lines):
        _record(film, line, number, THEFT + 0.6 + OPENING * (0 if line.clear else next(opening)))
    film.show("".join(_verdict(scene, bottom)), VERDICT)
    film.parts.append("</g>")


def _record(film: Film, line: Line, number: int, opening: float) -> None:
    y = TOP + PITCH * number + 18
    start, end = (LEFT, RIGHT) if line.sender == "client" else (RIGHT, LEFT)
    back = -9 if end > start else 9
    dashes = "" if line.clear else ' stroke-dasharray="6 4"'
    arrow = (
        f'<line x1="{start}" y1="{y}" x2="{end + back}" y2="{y}" stroke="{ink.INK}" '
        f'stroke-width="1.5"{dashes}/><path d="M{end},{y} l{back},-4 v8z" fill="{ink.INK}"/>'
    )
    words = f"{line.seen}{_share(line)}"
    at, middle = FIRST + RECORD * number, PANEL // 2
    if line.clear:
        film.show(arrow + _text(middle, y - 7, words, ink.BODY, ink.INK), at)
        return
    film.show(arrow, at)
    if not line.opened:
        film.show(_text(middle, y - 7, words, ink.BODY, ink.QUIET), at)
        film.show(_text(middle, y + 15, "stays closed", ink.SMALL, ink.KEPT.stroke), opening)
        return
    # Two parts in the same place: what closes over is gone when the other is there.
    film.parts.append(f'<g class="{_name(at, False)}">')
    film.moments.add((at, False))
    film.show(_text(middle, y - 7, words, ink.BODY, ink.QUIET), opening, until_then=True)
    film.parts.append("</g>")
    film.show(_sign(middle, y - 7, line.opened, ink.OPENED, ink.BODY), opening)
    film.show(_text(middle, y + 15, "opened", ink.SMALL, ink.INK), opening)


def _share(line: Line) -> str:
    """The one field that tells the modes apart on the wire."""
    return ", key_share" if any("key_share" in one for one in line.fields) else ""


def _key() -> str:
    """The thief's find, below the name of the mode."""
    return _sign(PANEL // 2, 52, "PSK stolen", ink.STOLEN, ink.SMALL)


def _verdict(scene: Scene, bottom: int) -> Iterator[str]:
    lost = scene.stolen == "lost"
    head = "recording lost" if lost else "recording kept"
    why = "every key comes from the PSK" if lost else "the keys also need a Diffie-Hellman secret"
    yield _sign(PANEL // 2, bottom + 30, head, ink.OPENED if lost else ink.KEPT, ink.TITLE)
    yield _text(PANEL // 2, bottom + 58, why, ink.SMALL, ink.INK)


def _sign(x: int, y: int, words: str, look: ink.Look, size: int) -> str:
    """Words in a box whose look says what they mean, as in the lessons' pictures."""
    wide, high = round(widest(words, size) * 1.15) + 12, size + 8
    frame = box(x - wide / 2, y - size - 1, wide, high, replace(look, width=1.5), 'rx="4"')
    return frame + _text(x, y, words, size, ink.INK, bold=True)


def _text(x: int, y: int, words: str, size: int, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle" fill="{colour}"{weight}>'
        f"{escape(words)}</text>"
    )


def pictures() -> dict[Path, str]:
    """Both pictures by the files that they belong to."""
    return {WIDE: loop(), NARROW: loop(narrow=True)}


if __name__ == "__main__":
    for path, svg in pictures().items():
        path.write_text(svg, encoding="utf-8", newline="\n")
