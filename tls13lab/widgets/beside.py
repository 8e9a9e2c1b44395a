"""A picture and the facts about what is marked in it: side by side, or one below the other.

Both are seen at once where there is room for both; on a phone, the facts follow the picture.

>>> facts_table([("bit", "3")]).count("<td")
1
"""

from collections.abc import Iterable
from html import escape

_ROW = "display:flex;flex-wrap:wrap;align-items:flex-start;gap:8px 16px"
_LEFT = "flex:0 1 432px;min-width:0"
_RIGHT = "flex:1 1 320px;min-width:0;padding-top:8px;overflow-wrap:anywhere;line-height:1.4"
_TOP = "text-align:left;vertical-align:top"


def beside(picture: str, facts: str) -> str:
    """HTML of the two; a picture of at most 416 pixels is not shrunk."""
    return (
        f'<div style="{_ROW}"><div style="{_LEFT}">{picture}</div>'
        f'<div style="{_RIGHT}">{facts}</div></div>'
    )


def facts_table(rows: Iterable[tuple[str, str]]) -> str:
    """Rows with a heading each, which stays on its line; all is escaped."""
    head = (
        f'scope="row" style="{_TOP};white-space:nowrap;font-weight:normal;padding:1px 12px 1px 0"'
    )
    cell = f'style="{_TOP};padding:1px 0"'
    body = "".join(
        f"<tr><th {head}>{escape(name)}</th><td {cell}>{escape(value)}</td></tr>"
        for name, value in rows
    )
    return f'<table style="border-collapse:collapse;font-size:13px"><tbody>{body}</tbody></table>'
