"""Makes the PNG of :mod:`pages.card` with Chromium: ``python -m tests.site.card``.

Browsers draw letters differently, so the PNG says of which SVG it was made, and a test compares
that.
"""

import hashlib
import io

from PIL import Image, PngImagePlugin

from pages.card import HEIGHT, PICTURE, WIDTH, card
from tests.browser.launched import launched

SOURCE = "sha256 of its SVG"


def digest() -> str:
    """Of the SVG, 64 hexadecimal digits."""
    return hashlib.sha256(card().encode()).hexdigest()


def drawn() -> bytes:
    """The PNG, in few colours, with the digest of what it was made of."""
    with launched() as browser:
        context = browser.new_context(
            viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce"
        )
        page = context.new_page()
        page.set_content(f"<style>body{{margin:0}}</style>{card()}")
        shot = page.screenshot()
    image, to = Image.open(io.BytesIO(shot)).convert("RGB").quantize(64), io.BytesIO()
    words = PngImagePlugin.PngInfo()
    words.add_text(SOURCE, digest())
    image.save(to, "PNG", pnginfo=words, optimize=True)
    return to.getvalue()


if __name__ == "__main__":
    PICTURE.write_bytes(drawn())
