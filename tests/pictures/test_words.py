"""A graph comes out the same whatever fonts there are, its words in the middle of their cells."""

import sys
from pathlib import Path

import matplotlib as mpl
import pytest

from tests.conftest import missing
from tests.pictures import store
from tls13lab.pictures import dot
from tls13lab.pictures.words import cell, placed

FONTS = Path(mpl.get_data_path(), "fonts", "ttf")
PLAIN = 'digraph { a [label="words that the layout program measures"] }'


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """All that is stored, and a graph with plain words, drawn without any font and with some."""
    command = dot.pygraphviz()
    if command is None:
        missing("PyGraphviz is not installed")
    assert command is not None
    found = []
    for number, fonts in enumerate(("", f"<dir>{FONTS}</dir>")):
        cache = f"<cachedir>{tmp_path / 'cache'}</cachedir>"
        told = tmp_path / f"fonts{number}.conf"
        told.write_text(f"<fontconfig>{fonts}{cache}</fontconfig>")
        monkeypatch.setenv("FONTCONFIG_FILE", str(told))
        every = store.sources() | {"plain": PLAIN}
        found.append({name: dot.run(command, source) for name, source in every.items()})
    return found


@pytest.mark.full
def test_with_other_fonts_all_that_is_stored_comes_out_the_same(
    drawn: list[dict[str, str]],
) -> None:
    without, with_fonts = drawn
    # The twin: words of which nobody said how large they are, so the fonts were found.
    if sys.platform == "linux":
        assert without.pop("plain") != with_fonts.pop("plain")
    for name in store.sources():
        assert without[name] == with_fonts[name], name


def test_words_are_centred_where_their_cell_came_to_lie() -> None:
    svg = (
        '<polygon fill="none" points="9,9"/>\n'
        '<polygon fill="#fedcba" stroke="none" points="10,-40 10,-20 50,-20 50,-40"/>\n'
        '<text xml:space="preserve" text-anchor="start" x="1.5" y="2" font-size="10.00">a</text>\n'
        '<text xml:space="preserve" text-anchor="start" x="1" y="3" font-size="10.00">b</text>\n'
        "</g>\n"
    )
    assert placed(svg) == (
        '<polygon fill="none" points="9,9"/>\n'
        '<text text-anchor="middle" x="30.00" y="-32.50" font-size="10.00">a</text>\n'
        '<text text-anchor="middle" x="30.00" y="-20.50" font-size="10.00">b</text>\n'
        "</g>\n"
    )
    assert placed(svg.replace("#fedcba", "#fedcbb")) == svg.replace("#fedcba", "#fedcbb")


def test_a_cell_keeps_signs_of_html_as_they_are() -> None:
    assert ">a &lt; &amp; &quot;b&quot;<" in cell('a < & "b"', size=10)
