"""The place to explain: its text is kept while it is written, and can be read without a kernel."""

import asyncio
from pathlib import Path

import pytest

from tls13lab.widgets import explain
from tls13lab.widgets.explain import EMPTY, IN_MEMORY, KEPT, QUESTION, TOO_LONG, WAITING, Explain
from tls13lab.widgets.keeping import FILE, Keeper
from tls13lab.widgets.kept import LONGEST_TEXT


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / FILE, always=True)


def test_what_is_written_is_there_in_the_next_kernel(keeper: Keeper) -> None:
    _, field, status = Explain("02.3", keeper=keeper).controls().children
    assert (field.value, EMPTY in status.value) == ("", True)
    field.value = "The label & the HMAC."
    assert KEPT in status.value
    again = Explain("02.3", keeper=Keeper(keeper.path, always=True))
    assert again.controls().children[1].value == "The label & the HMAC."
    kept = keeper.read().explanations["02.3"]
    assert (kept.question, kept.text) == (QUESTION, "The label & the HMAC.")
    field.value = "  "
    assert keeper.read().explanations == {}


def test_while_somebody_types_only_the_last_text_is_kept(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explain, "PAUSE_SECONDS", 0.0)

    async def typed() -> list[str]:
        _, field, status = Explain("02.3", keeper=keeper).controls().children
        for text in ("T", "Th", "The"):
            field.value = text
        said = [status.value, Explain("02.3", keeper=keeper).written]
        while KEPT not in status.value:
            await asyncio.sleep(0)
        return said

    status, written = asyncio.run(asyncio.wait_for(typed(), 60))
    assert WAITING in status
    assert written == ""
    assert keeper.read().explanations["02.3"].text == "The"


def test_it_can_be_read_without_a_kernel(keeper: Keeper) -> None:
    place = Explain("02.3", "Why <two>?", keeper)
    bundle = place._repr_mimebundle_()
    assert bundle["text/html"] == "<p><b>Explain:</b> Why &lt;two&gt;?</p>"
    assert bundle["text/plain"] == "Explain: Why <two>?"
    assert "application/vnd.jupyter.widget-view+json" in bundle
    place.write("<b>\nyes")
    assert "<blockquote>&lt;b&gt;<br>yes</blockquote>" in place.html
    assert place.text.endswith("You wrote: <b>\nyes")


def test_the_field_has_a_name_for_a_screen_reader(keeper: Keeper) -> None:
    _, field, status = Explain("02.3", keeper=keeper).controls().children
    assert field.description
    assert 'role="status"' in status.value


def test_what_cannot_be_kept_is_said(keeper: Keeper, tmp_path: Path) -> None:
    _, field, status = Explain("02.3", keeper=keeper).controls().children
    field.value = "a" * (LONGEST_TEXT + 1)
    assert TOO_LONG in status.value
    nowhere = Explain("02.3", keeper=Keeper(tmp_path / "gone" / FILE, always=True))
    _, field, status = nowhere.controls().children
    field.value = "a"
    assert IN_MEMORY in status.value
    assert nowhere.written == "a"
