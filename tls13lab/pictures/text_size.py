"""How wide a text can be, at most, in the usual fonts.

A picture names its fonts, but the machine that shows it may use others. So every letter gets the
room that it needs in the widest of DejaVu Sans, Liberation Sans (as wide as Arial and Helvetica)
and Noto Sans. ``python -m tests.pictures.measure`` makes the table from the font files.

>>> width("mm", 10) > width("mm", 10, mono=True) == width("ll", 10, mono=True) > width("ll", 10)
True
"""

LINE = 1.2
"""The distance between lines, in multiples of the font size."""
BASELINE = 0.35
"""The distance from the middle of a line down to its baseline, in multiples of the font size."""
MONO = 603
"""The width of a letter in the widest monospaced font, in thousandths of the font size."""
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
"""The width of each printable ASCII character, in thousandths of the font size."""
OTHER = 1000
"""The width of any other character, in thousandths of the font size."""


def width(text: str, size: float, *, mono: bool = False) -> float:
    """The greatest width of a line of text, in the unit of the font size."""
    return sum(MONO if mono else SANS.get(letter, OTHER) for letter in text) * size / 1000


def wrapped(text: str, size: float, room: float) -> list[str]:
    """``text`` in lines that are at most ``room`` wide, broken at spaces; [] if there is none.

    A word that is too long gets a line of its own.

    >>> wrapped("{EncryptedExtensions, Finished}", 15, 200)
    ['{EncryptedExtensions,', 'Finished}']
    """
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
