"""How much room words take, at most: measured with the widest of the fonts that are usual.

A picture names its fonts, but the machine that shows it decides. So what is laid out has room for
each letter as the widest of DejaVu Sans, Liberation Sans (as wide as Arial and Helvetica) and Noto
Sans has it. ``python -m tests.pictures.measure`` makes the table from the fonts' files.

>>> width("mm", 10) > width("mm", 10, mono=True) == width("ll", 10, mono=True) > width("ll", 10)
True
"""

LINE = 1.2
"""From one line to the next, in multiples of the font's size."""
BASELINE = 0.35
"""From the middle of a line down to where its letters stand, likewise."""
MONO = 603
"""A letter of the widest font in which all are alike, in thousandths of the font's size."""
# fmt: off
SANS = dict(zip(map(chr, range(0x20, 0x7F)), (
    318, 401, 460, 838, 637, 951, 780, 275, 391, 391, 551, 838, 318, 361, 318, 372,  # space to /
    637, 637, 637, 637, 637, 637, 637, 637, 637, 637, 337, 337, 838, 838, 838, 557,  # 0 to ?
    1016, 685, 687, 723, 771, 667, 611, 778, 752, 339, 500, 667, 558, 907, 760, 788,  # @ to O
    667, 788, 723, 667, 611, 732, 685, 989, 686, 667, 686, 391, 372, 391, 838, 557,  # P to _
    500, 613, 635, 550, 635, 616, 353, 635, 634, 278, 278, 580, 278, 975, 634, 612,  # ` to o
    635, 635, 413, 521, 393, 634, 592, 818, 592, 592, 525, 637, 551, 637, 838,  # p to ~
), strict=True))
# fmt: on
"""Each printable character of ASCII, likewise."""
OTHER = 1000
"""Any other."""


def width(text: str, size: float, *, mono: bool = False) -> float:
    """The most room that one line takes, in the unit of the font's size."""
    return sum(MONO if mono else SANS.get(letter, OTHER) for letter in text) * size / 1000
