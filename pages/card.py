"""The picture that other sites show beside a link to this one, 1200 by 630 points.

It has the last moment of :mod:`pages.loop`. ``python -m tests.site.card`` makes a PNG of it,
because other sites take no SVG.
"""

from pages.lessons import ROOT
from pages.loop import loop
from tls13lab.pictures import ink

PICTURE = ROOT / "docs" / "images" / "card.png"
WIDTH, HEIGHT = 1200, 630
TITLE = "TLS 1.3 pre-shared keys, hands on"
BELOW = "tls13lab: ten lessons in which you run handshakes, steal keys, and see what opens"


def card() -> str:
    """The picture as SVG."""
    inner = loop().replace("<svg ", f'<svg x="{(WIDTH - 860) // 2}" y="170" ', 1)
    inner = inner.replace('width="824" height="410"', 'width="860" height="428"', 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="system-ui,sans-serif" text-anchor="middle">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#f2f5f8"/>'
        f'<text x="600" y="80" font-size="52" font-weight="bold" fill="{ink.INK}">{TITLE}</text>'
        f'<text x="600" y="130" font-size="26" fill="{ink.QUIET}">{BELOW}</text>{inner}</svg>'
    )
