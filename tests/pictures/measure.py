"""Measure the usual fonts: ``python -m tests.pictures.measure`` prints what text_size.py holds.

It takes the fonts that matplotlib brings along or finds on this machine, and those in folders that
are named after the command.
"""

import sys
from collections.abc import Iterable, Mapping
from math import ceil
from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont
from matplotlib.font_manager import findSystemFonts

SANS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf")
MONO = ("DejaVuSansMono.ttf", "LiberationMono-Regular.ttf")
LETTERS = tuple(map(chr, range(0x20, 0x7F)))


def found(folders: Iterable[str] = ()) -> dict[str, Path]:
    """The files of the usual fonts, by name."""
    folders = [str(Path(mpl.get_data_path(), "fonts", "ttf")), *folders]
    files = [Path(one) for one in (*findSystemFonts(), *findSystemFonts(folders))]
    return {one.name: one for one in sorted(files) if one.name in (*SANS, *MONO)}


def widths(font: Path) -> dict[str, int]:
    """How far each letter goes, in thousandths of the font's size, rounded up."""
    with TTFont(font) as file:
        letters, advances = file.getBestCmap(), file["hmtx"]
        unit = file["head"].unitsPerEm
        return {one: ceil(1000 * advances[letters[ord(one)]][0] / unit) for one in LETTERS}


def widest(fonts: Mapping[str, Path], names: Iterable[str]) -> dict[str, int]:
    """Of each letter the widest; KeyError for a font that was not found."""
    every = [widths(fonts[name]) for name in names]
    return {letter: max(one[letter] for one in every) for letter in LETTERS}


if __name__ == "__main__":
    fonts = found(sys.argv[1:])
    print("mono", max(widest(fonts, MONO).values()))
    print(*widest(fonts, SANS).values(), sep=", ")
