"""Links in the quiz's page from an answer to the section of a lesson that tests it.

The notebook says in words where that is: a stored output is also shown where such a link would lead
nowhere.

>>> linked("<p>Tested in lesson 02, section 2. The ticket is not the PSK (RFC 9846").count("<a ")
1
"""

from functools import cache
from html import escape

from myst_parser.slugs import github_slugify

from tls13lab.exercises.questions import QUESTIONS


@cache
def _links() -> dict[str, str]:
    """What stands in the notebook, and the same with a link."""
    links = {}
    for question in QUESTIONS:
        slug = github_slugify(question.heading.replace("`", ""))
        words = escape(question.place)
        address = f"{question.lesson}.html#{slug}"
        links[f"Tested in {words} ("] = f'Tested in <a href="{escape(address)}">{words}</a> ('
    return links


def linked(html: str) -> str:
    """An output of the quiz with these links; any other as it is."""
    for words, link in _links().items():
        html = html.replace(words, link)
    return html
