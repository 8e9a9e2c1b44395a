"""The one style of all pictures: sizes, and colours that mean the same everywhere.

A colour never means anything alone: beside it stands a word, or a border of its own. Sizes are in
pixels at the picture's natural size, which is at most ``WIDTH``, so that JupyterLab shows it
unshrunk; where there is less room, a picture is scrolled before its letters get too small.

>>> STOLEN.style
'fill:#ffd9d4;stroke:#a3180f;stroke-width:3'
"""

from dataclasses import dataclass

FONT = "Helvetica,Arial,sans-serif"
MONO = "Courier New,monospace"

WIDTH = 820
"""The most pixels that a picture is wide."""
TITLE, BODY, SMALL = 18, 15, 13
"""Letter sizes. Nothing is smaller than ``SMALL``."""
READABLE = 11
"""The smallest size to which a picture's letters may be shrunk on a small screen."""

GROUND = "#ffffff"
"""The background, in the dark theme, too: a picture is a sheet of paper."""
INK = "#14181c"
QUIET = "#3c4650"
"""Remarks and legends."""
RULE = "#8a949e"
"""Thin lines and frames that mean nothing by themselves."""
CLIENT, SERVER = "#1f4e79", "#7a3b00"
"""What a client or a server says or does; the words ``client`` and ``server`` stand beside it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a box looks that means something: its colours and its border."""

    fill: str
    stroke: str
    width: float = 1.5
    dashes: str = ""

    @property
    def style(self) -> str:
        """As the value of a ``style`` attribute."""
        dashes = f";stroke-dasharray:{self.dashes}" if self.dashes else ""
        return f"fill:{self.fill};stroke:{self.stroke};stroke-width:{self.width:g}{dashes}"


PLAIN = Look("#ffffff", "#8a949e")
"""A secret or a value of which nothing is said."""
CHOSEN = Look("#ffc078", "#000000", 5)
NEEDED = Look("#f3e8ff", "#000000", 3)
"""What the chosen secret is made from."""
MADE = Look("#ffffff", "#000000", 1.5, "5 3")
"""What is made from the chosen secret."""
STOLEN = Look("#ffd9d4", "#a3180f", 3)
"""What the adversary was given: a leak."""
OPENED = Look("#ffe58a", "#000000", 3)
"""What the adversary works out, and what it reads: lost."""
KEPT = Look("#dff1e4", "#2b6a3c", 1.5)
"""What stays secret."""
RECORDED = Look("#e4f1fb", "#1f4e79", 1.5)
"""What crossed the wire, so that anybody may have recorded it."""
ABSENT = Look("#f3f5f7", "#8a949e", 1.5, "2 3")
"""What does not exist here, or is zeros."""
