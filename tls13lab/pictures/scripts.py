"""The scripts that bring pictures and grids to life, in the page that shows them.

They are JavaScript functions, as text. JupyterLab removes them from a notebook that is not trusted;
then what they would have brought to life stays as it is.

>>> alive("<p>no picture</p>")
'<p>no picture</p>'
"""

from importlib import resources


def _function(name: str) -> str:
    """A script without indents, empty lines, and lines that are comments: many outputs hold it."""
    source = (resources.files("tls13lab.pictures") / "static" / name).read_text("utf-8")
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


_POINT = _function("pointing.js")
_OF_CLASS = {
    "tls13lab-picture": _function("picture.js"),
    "tls13lab-grid": _function("grid.js"),
}
"""For each class of elements the function that brings all of them in an element to life."""

_EACH = " ".join(f"({one})(root, point);" for one in _OF_CLASS.values())
ENLIVEN = f"(root) => {{ const point = {_POINT}; {_EACH} }}"
"""A JavaScript function that brings everything in an element to life."""


_ELEMENTS = {
    name: f"<script>({function})(document.currentScript.parentElement, {_POINT})</script>"
    for name, function in _OF_CLASS.items()
}


def alive(html: str) -> str:
    """``html`` as a cell's output, with the scripts that bring the pictures in it to life."""
    scripts = [element for name, element in _ELEMENTS.items() if f'class="{name}"' in html]
    return f"<div>{html}{''.join(scripts)}</div>" if scripts else html


def still(html: str) -> str:
    """An output without these scripts, for a page that has them once.

    >>> still(alive('<table class="tls13lab-grid"></table>'))
    '<div><table class="tls13lab-grid"></table></div>'
    """
    for element in _ELEMENTS.values():
        html = html.replace(element, "")
    return html
