"""``python -m tests.psk.mends_page``: writes ``docs/mends.md``."""

from tests.psk.mends_page.document import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
