"""What the project quotes, and as what: block quotes, and words in quotation marks.

A quotation is
- a block quote in a notebook or a document, with its RFC and section below it;
- words in quotation marks with a section's number behind them: "..." (4.3.11);
- any words in quotation marks that are, or nearly are, a stored sentence of an RFC.

Square brackets and dots in a quotation stand for words left out or put in, as usual. RFC 8446's
words, where they are given beside RFC 9846's, are not compared: its text is not among the sources.

>>> text = 'A peer "MUST ignore [it] and go on" (4.3.10), says the RFC.'
>>> [(one.parts, one.section) for one in in_prose(text, "here")]
[(('MUST ignore', 'and go on'), '4.3.10')]
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

from tests.rfc.texts import one_line

ROOT = Path(__file__).parents[2]
FOLDERS = ("bench", "coursework", "docs", "notebooks", "pages", "tests", "tls13lab")
FEWEST_WORDS = 4

_CITED = re.compile(r"RFC (9846|9257|9258)\S* (?:section|appendix) ([\dA-F](?:\.\d+)*)")
_QUOTED = re.compile(
    r'(?<![\w"=\[{,])(?<!\w\()(?<!", )"(?=[\w\[])((?:[^"]|(?<= )"[\w.-]+")+?)(?<=\S)"(?![\w"])'
)
_BEHIND = re.compile(
    r"[.,]?\s*\((?:(RFC (?:9846|9257|9258)),? )?(?:section |appendix )?"
    r"(\d{1,2}(?:\.\d+)*|[A-F](?:\.\d+)+)(?=[),;:])"
)
_LEFT_OUT = re.compile(r"\[[^\]]*\]|\u2026|\.\.\.")


@dataclass(frozen=True, slots=True)
class Quotation:
    """``parts`` are the words between gaps. ``section`` is empty where none is given."""

    where: str
    words: str
    rfc: str = ""
    section: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What must stand in the RFC, in this order, with anything between."""
        pieces = (one.strip(' "') for one in _LEFT_OUT.split(one_line(self.words)))
        return tuple(one.rstrip(".,;:") for one in pieces if one.rstrip(".,;:"))

    @property
    def enough(self) -> bool:
        """Whether it is long enough to be told from a name or a label."""
        return len(self.words.split()) >= FEWEST_WORDS


def everything() -> Iterator[Quotation]:
    """Whatever may be a quotation, in all texts of the project."""
    for path in sources():
        for where, text, is_markdown in texts(path):
            yield from in_blocks(text, where) if is_markdown else ()
            yield from in_prose(text, where)


def sources() -> list[Path]:
    """The project's texts, in a fixed order."""
    found = [path for path in ROOT.glob("*.md") if path.name != "CHANGELOG.md"]
    for folder in FOLDERS:
        for kind in ("*.py", "*.md", "*.ipynb"):
            found += (ROOT / folder).rglob(kind)
    here = Path(__file__).parent
    return sorted(
        one for one in found if here not in one.parents and ".ipynb_check" not in str(one)
    )


@cache
def texts(path: Path) -> tuple[tuple[str, str, bool], ...]:
    """A file's pieces of prose: where, the text, and whether it is Markdown."""
    return tuple(_texts(path))


def _texts(path: Path) -> Iterator[tuple[str, str, bool]]:
    name = path.relative_to(ROOT).as_posix()
    if path.suffix == ".ipynb":
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield f"{name}, cell {cell.id}", cell.source, True
            else:
                yield from _python(f"{name}, cell {cell.id}", cell.source)
    elif path.suffix == ".md":
        yield name, re.sub(r"(?ms)^```.*?^```", "", path.read_text(encoding="utf-8")), True
    else:
        yield from _python(name, path.read_text(encoding="utf-8"))


def _python(name: str, source: str) -> Iterator[tuple[str, str, bool]]:
    """Strings, docstrings among them, and comments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            text = re.sub(r"(?m)^\s*(>>>|\.\.\. ).*$", "", node.value)
            yield f"{name}:{node.lineno}", text, False
    block: list[str] = []
    last = start = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if line != last + 1 and block:
            yield f"{name}:{start}", "\n".join(block), False
            block = []
        start = start if block else line
        block.append(token.string.lstrip("# "))
        last = line
    if block:
        yield f"{name}:{start}", "\n".join(block), False


def in_blocks(text: str, where: str) -> Iterator[Quotation]:
    """Block quotes that name an RFC whose text is known."""
    for block in re.findall(r"(?m)(?:^>.*\n?)+", text):
        words = re.sub(r"(?m)^> ?", "", block)
        cited = _CITED.search(words)
        if cited:
            quoted = one_line(words[: cited.start()]).strip(' "')
            yield Quotation(where, quoted, f"RFC {cited[1]}", cited[2])


def in_prose(text: str, where: str) -> Iterator[Quotation]:
    """Words in quotation marks, outside of block quotes."""
    text = re.sub(r"(?m)^>.*$", "", text)
    line = re.sub(r"\s+", " ", text)
    for match in _QUOTED.finditer(line):
        if re.search(r"8446[^()\"]{0,30}: ?$", line[: match.start()]):
            continue
        behind = _BEHIND.match(line, match.end())
        rfc = (behind[1] or "") if behind else ""
        yield Quotation(where, match[1], rfc, behind[2] if behind else "")
