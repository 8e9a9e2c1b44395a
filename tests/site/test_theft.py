"""What the front page shows of a theft is what the bytes say, and its pictures are current."""

import re
from xml.etree import ElementTree

import pytest
from PIL import Image

from pages.card import HEIGHT, PICTURE, WIDTH
from pages.instrument import instrument
from pages.loop import pictures
from pages.theft import CLIENT_SAYS, SERVER_SAYS, Scene, scenes
from tests.site.card import SOURCE, digest

MOST_BYTES = 1_000_000


@pytest.fixture(scope="module")
def both() -> tuple[Scene, Scene]:
    psk_ke, psk_dhe_ke = scenes()
    return psk_ke, psk_dhe_ke


def test_the_stolen_psk_opens_all_of_one_and_nothing_of_the_other(
    both: tuple[Scene, Scene],
) -> None:
    psk_ke, psk_dhe_ke = both
    assert (psk_ke.mode, psk_ke.kept, psk_ke.stolen) == ("psk_ke", "kept", "lost")
    assert (psk_dhe_ke.mode, psk_dhe_ke.kept, psk_dhe_ke.stolen) == ("psk_dhe_ke", "kept", "kept")
    assert all(line.clear or line.opened for line in psk_ke.lines)
    assert not any(line.opened for line in psk_dhe_ke.lines)
    assert set(psk_dhe_ke.missing) == {"client_ecdhe", "server_ecdhe"}


def test_what_opens_are_the_words_that_were_said(both: tuple[Scene, Scene]) -> None:
    *_, asked, answered = both[0].lines
    assert (asked.sender, asked.opened) == ("client", f"“{CLIENT_SAYS.decode()}”")
    assert (answered.sender, answered.opened) == ("server", f"“{SERVER_SAYS.decode()}”")


def test_both_say_as_much_in_the_clear(both: tuple[Scene, Scene]) -> None:
    """Only the share tells the modes apart, and the sizes of what is protected do not."""
    psk_ke, psk_dhe_ke = both
    for one, other in zip(psk_ke.lines, psk_dhe_ke.lines, strict=True):
        assert (one.sender, one.clear, one.seen) == (other.sender, other.clear, other.seen)
    shares = [any("key_share" in field for field in line.fields) for line in psk_dhe_ke.lines]
    assert shares == [True, True, False, False, False, False]
    assert not any("key_share" in field for line in psk_ke.lines for field in line.fields)


def test_the_instrument_has_every_line_and_both_verdicts(both: tuple[Scene, Scene]) -> None:
    html = instrument()
    assert html.count("<li ") == sum(len(scene.lines) for scene in both)
    assert html.count("is-open") == both[0].opened == 4
    assert html.count("stays closed") == 4
    assert html.count("try-verdict") == 4


def test_the_moving_pictures_that_are_stored_are_current_and_small() -> None:
    for path, svg in pictures().items():
        assert path.read_text(encoding="utf-8") == svg, "draw it anew: python -m pages.loop"
        assert len(svg.encode()) < MOST_BYTES


@pytest.mark.parametrize("svg", pictures().values(), ids=lambda svg: str(len(svg)))
def test_a_moving_picture_says_what_it_is_and_rests_for_whoever_wants_rest(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    named = {one.tag.rpartition("}")[2]: one.text or "" for one in root}
    assert named["title"]
    assert "psk_dhe_ke" in named["desc"]
    # All motion is within the one condition; what stays hidden at rest is only what is replaced.
    calm, _, moving = named["style"].partition("@media (prefers-reduced-motion: no-preference)")
    assert "animation" not in calm
    assert moving.count("animation:") >= 10
    hidden = set(re.findall(r"\.(\w+)\{opacity:0\}", calm))
    assert hidden
    assert all(name.startswith("b") for name in hidden)
    assert "http://" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in svg


def test_the_card_is_made_of_the_current_picture() -> None:
    with Image.open(PICTURE) as card:
        assert card.size == (WIDTH, HEIGHT)
        assert card.info[SOURCE] == digest(), "make it anew: python -m tests.site.card"
    assert PICTURE.stat().st_size < 300_000
