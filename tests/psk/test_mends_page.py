"""``docs/mends.md`` says what the model, the distribution and the attacks say."""

from tests.psk.mends_page.document import PAGE, page


def test_the_page_is_made_from_them() -> None:
    made = page()
    assert PAGE.read_text("utf-8") == made, "run `python -m tests.psk.mends_page`"
    assert "{{" not in made
