"""A Sphinx extension for signatures.

A constant's value is shown only if it is short. The lines of a long signature become plain lines;
Sphinx itself makes a definition list without definitions, which confuses screen readers. Where
Sphinx shows the full name of a class as text, only the last part is shown. Where a type is a choice
of strings for which the package has a name, the name stands for it.

>>> as_lines("<dl>\\n<dd>a: int,</dd>\\n<dd>b: int,</dd>\\n</dl>")
'<span class="sig-line">a: int,</span><span class="sig-line">b: int,</span>'
"""

import ast
import builtins
import inspect
import re
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

import tls13lab

LONGEST = 60
"""Most characters of a value that is shown, including the equals sign."""
_WHOLE_NAME = re.compile(r'(<span class="pre">)~(?:\w+\.)+(\w+)')
_CHOICE = re.compile(r"~?(?:typing\.)?Literal\[((?:'[^']*'(?:, )?)+)\]")
_OBJECT = re.compile(r"= <(?:[^<>]|<[^<>]*>)*>")
_LIST = re.compile(r"<dl>\n((?:<dd>.*</dd>\n)+)</dl>")


def leave_out_long_values(_: Sphinx, __: str, ___: str, content: nodes.Element) -> None:
    """Remove a long `` = ...`` from a signature."""
    signature = content.parent[0]
    for note in list(signature.findall(addnodes.desc_annotation)):
        if note.astext().lstrip().startswith("=") and len(note.astext()) > LONGEST:
            note.parent.remove(note)


@cache
def choices() -> dict[tuple[str, ...], str]:
    """The full names of all choices of strings, by the strings.

    >>> choices()["client", "server"]
    'tls13lab.wire.names.Side'
    """
    named = {}
    for found in walk_packages(tls13lab.__path__, "tls13lab."):
        if found.name.endswith(".__main__"):  # importing it would start the program
            continue
        module = import_module(found.name)
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            strings = _strings(value)
            if len(strings) > 1 and re.search(rf"^{name} = ", source, re.M):
                named[strings] = f"{found.name}.{name}"
    return named


def _strings(value: object) -> tuple[str, ...]:
    """The strings among which a type is a choice; none if it is something else."""
    parts = get_args(value)
    if get_origin(value) is Literal:
        return parts
    if get_origin(value) in (Union, UnionType) and all(get_origin(one) is Literal for one in parts):
        return tuple(dict.fromkeys(word for one in parts for word in get_args(one)))
    return ()


def with_names(text: str) -> str:
    """A signature, or part of one, with each choice of strings under its name, if it has one.

    >>> with_names("(side: ~typing.Literal['client', 'server'], on: Literal['a', 'b'])")
    "(side: ~tls13lab.wire.names.Side, on: Literal['a', 'b'])"
    """

    def name(match: re.Match[str]) -> str:
        known = choices().get(ast.literal_eval(f"({match[1]},)"))
        return f"~{known}" if known else match[0]

    return _CHOICE.sub(name, text)


def without_objects(text: str) -> str:
    """A signature without defaults that are not Python, such as ``<factory>``.

    With one of them in it, Sphinx could not take it apart, and would show it as it is.

    >>> without_objects("(steps: tuple = (), text: dict = <factory>)")
    '(steps: tuple = (), text: dict = ...)'
    """
    return _OBJECT.sub("= ...", text)


def readable_function(
    _: Sphinx, __: str, ___: str, ____: object, _____: object, shown: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """The signature of a function, and what it returns, as the two functions above write them."""
    return shown and without_objects(with_names(shown)), result and with_names(result)


def name_in_types(_: Sphinx, page: nodes.document) -> None:
    """Put names into the types of attributes and constants, which Sphinx has taken apart by now."""
    for signature in page.findall(addnodes.desc_signature):
        for literal in list(signature.findall(_is_literal)):
            place, first = literal.parent, literal.parent.index(literal)
            last = next(
                (at for at in range(first, len(place)) if place[at].astext() == "]"), len(place) - 1
            )
            text = "".join(one.astext() for one in place[first : last + 1])
            full = with_names(text)
            if full == text:
                continue
            name = full.removeprefix("~")
            link = addnodes.pending_xref(
                "",
                nodes.Text(name.rpartition(".")[2]),
                refdomain="py",
                reftype="data",
                reftarget=name,
            )
            place[first : last + 1] = [link]


def _is_literal(node: nodes.Node) -> bool:
    return isinstance(node, addnodes.pending_xref) and node["reftarget"] == "typing.Literal"


def leave_builtins_alone(_: Sphinx, page: nodes.document) -> None:
    """Make ``bytes`` and its like plain words: Sphinx would link them to an attribute so named."""
    for word in list(page.findall(addnodes.pending_xref)):
        if word["reftype"] == "class" and hasattr(builtins, word["reftarget"]):
            word.replace_self(word.children)


def as_lines(body: str) -> str:
    """A page in which each such list is replaced by lines, which ``site.css`` formats."""

    def lines(match: re.Match[str]) -> str:
        found = re.findall(r"<dd>(.*)</dd>", match.group(1))
        return "".join(f'<span class="sig-line">{one}</span>' for one in found)

    return _LIST.sub(lines, body)


def short_names(body: str) -> str:
    """A page in whose signatures each class has only the last part of its name.

    >>> short_names('<span class="pre">~tls13lab.messages.post_handshake.KeyUpdate,</span>')
    '<span class="pre">KeyUpdate,</span>'
    """
    return _WHOLE_NAME.sub(r"\1\2", body)


def _in_page(_: Sphinx, __: str, ___: str, context: dict[str, Any], ____: object) -> None:
    if "body" in context:
        context["body"] = short_names(as_lines(context["body"]))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("object-description-transform", leave_out_long_values)
    app.connect("autodoc-process-signature", readable_function)
    app.connect("doctree-read", name_in_types)
    app.connect("doctree-read", leave_builtins_alone)
    app.connect("html-page-context", _in_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
