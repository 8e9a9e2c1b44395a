"""The front page's instrument: a handshake to step through, and a PSK to steal.

Everything it can show is in the page, written by Python from :mod:`pages.theft`. The script
``try.js`` only hides and shows, so nothing about security is decided in it. Without scripts, both
modes are shown after the theft.
"""

from collections.abc import Iterator
from html import escape

from pages.theft import Line, Scene, scenes

FRAME = """\
<div class="try" id="try">
<div class="try-controls" role="group" aria-label="A recorded handshake" hidden>
<div class="try-modes" role="radiogroup" aria-label="Mode of the PSK">
{choices}
</div>
<label class="try-steal"><input type="checkbox" role="switch"> Steal the PSK</label>
<div class="try-steps">
<button type="button" data-by="-1">Back</button>
<span class="try-place"></span>
<button type="button" data-by="1">Forward</button>
</div>
</div>
{scenes}
<p class="try-said" role="status" hidden></p>
</div>
"""
SCENE = """\
<div class="try-scene" data-mode="{mode}">
<p class="try-name"><strong>{mode}</strong></p>
<div class="try-ends" aria-hidden="true"><span>client</span><span>server</span></div>
<ol class="try-lines">
{lines}
</ol>
<p class="try-verdict" data-when="before">{before}</p>
<p class="try-verdict" data-when="after">{after}</p>
</div>"""
CHOICE = """\
<label><input type="radio" name="try-mode" value="{mode}"{checked}> <code>{mode}</code></label>"""


def instrument() -> str:
    """The whole instrument in HTML."""
    found = scenes()
    choices = (
        CHOICE.format(mode=scene.mode, checked="" if number else " checked")
        for number, scene in enumerate(found)
    )
    return FRAME.format(choices="\n".join(choices), scenes="\n".join(map(_scene, found)))


def _scene(scene: Scene) -> str:
    return SCENE.format(
        mode=scene.mode,
        lines="\n".join(map(_line, scene.lines)),
        before=escape(scene.before),
        after=escape(scene.after),
    )


def _line(line: Line) -> str:
    kind = "clear" if line.clear else "open" if line.opened else "closed"
    return f'<li class="try-line from-{line.sender} is-{kind}">{"".join(_parts(line))}</li>'


def _parts(line: Line) -> Iterator[str]:
    other = "server" if line.sender == "client" else "client"
    yield f'<span class="visually-hidden">{line.sender} to {other}: </span>'
    yield f'<span class="try-seen">{escape(line.seen)}</span>'
    for field in line.fields:
        yield f' <span class="try-field">{escape(field)}</span>'
    if not line.clear:
        result = f"opened: {line.opened}" if line.opened else "stays closed"
        yield f' <span class="try-result">{escape(result)}</span>'
