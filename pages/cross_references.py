"""For each section of an RFC: lessons, tasks, modules, terms, requirements and findings about it.

They are collected from the sections that they cite: in the text of notebooks, in docstrings, in the
instructors' table of goals, in the glossary, in the requirements and in the probe's findings.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pages.citations import cited
from pages.glossary import terms
from pages.lessons import ROOT, Lesson, Part

PACKAGE = ROOT / "tls13lab"


@dataclass(slots=True)
class Entry:
    """Everything about one section; each kind is in the order in which it was found."""

    parts: list[Part] = field(default_factory=list)
    tasks: list[Part] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    requirements: int = 0


Entries = dict[tuple[str, str], Entry]
"""Entries by RFC and section."""


_T = TypeVar("_T")


def _once(to: list[_T], new: _T) -> None:
    if new not in to:
        to.append(new)


def collect(lessons: list[Lesson]) -> Entries:
    """The entries of all sections that are cited."""
    entries: Entries = {}
    parts = [part for lesson in lessons for part in lesson.parts]
    for part in parts:
        for one in cited(part.text):
            entry = entries.setdefault((one.rfc, one.number), Entry())
            _once(entry.tasks if part.is_task else entry.parts, part)
    tasks = {part.number: part for part in parts if part.is_task}
    for key, number in goals((ROOT / "docs/instructors.md").read_text(encoding="utf-8")):
        _once(entries.setdefault(key, Entry()).tasks, tasks[number])
    for path in sorted(PACKAGE.rglob("*.py")):
        for one in cited(docstrings(path)):
            _once(entries.setdefault((one.rfc, one.number), Entry()).modules, module(path))
    for term in terms():
        for rfc, number in term.sections:
            _once(entries.setdefault((rfc, number), Entry()).terms, term.name)
    for number, finding in rows("probe.md", section=2, beside=1):
        _once(entries.setdefault(("9846", number), Entry()).findings, finding)
    for number, _ in rows("requirements.md", section=0, beside=3):
        entries.setdefault(("9846", number), Entry()).requirements += 1
    for entry in entries.values():
        entry.tasks.sort(key=lambda part: [int(one) for one in part.number.split(".")])
    return entries


def goals(document: str) -> Iterator[tuple[tuple[str, str], str]]:
    """The sections and tasks in the instructors' table of goals.

    >>> list(goals("| name a record | 5.1, 4 (same) | 00 | 0.1 |"))
    [(('9846', '5.1'), '0.1'), (('9846', '4'), '0.1')]
    """
    for sections, tasks in re.findall(r"^\|[^|]+\|([^|]+)\| \d\d \|([\d., ]+)\|$", document, re.M):
        for one in cited(f"RFC 9846 {sections.strip()}"):
            for number in tasks.split(","):
                yield (one.rfc, one.number), number.strip()


def rows(document: str, section: int, beside: int) -> Iterator[tuple[str, str]]:
    """From a document's tables: the section in one column, and the text in another."""
    for line in (ROOT / "docs" / document).read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > max(section, beside) and re.fullmatch(r"[\dA-F](\.\d+)*", cells[section]):
            yield cells[section], cells[beside]


def module(path: Path) -> str:
    """The name of a file's module.

    >>> module(PACKAGE / "psk" / "__init__.py")
    'tls13lab.psk'
    """
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def docstrings(path: Path) -> str:
    """All docstrings of a file, including those of attributes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = (node.value for node in ast.walk(tree) if isinstance(node, ast.Expr))
    texts = (node.value for node in alone if isinstance(node, ast.Constant))
    return "\n\n".join(text for text in texts if isinstance(text, str))
