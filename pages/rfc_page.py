"""Writes the page of all sections that are cited, in both numberings, and where each is treated."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from pages.cross_references import Entries, Entry
from pages.lessons import Part
from pages.numbering import SECTIONS, Section, address, kind

HEAD = """\
# The RFC, section by section

RFC 9846 replaced RFC 8446 in July 2026 and moved many sections. This page has each section that a
lesson, a task, a module or a document cites, with both numbers, and says where it is treated. It is
gathered from those texts whenever the site is built.

"""
OTHERS = {
    "2104": "HMAC",
    "5077": "TLS session resumption without server-side state (obsolete)",
    "6066": "TLS extensions: definitions",
    "7301": "ALPN",
    "8017": "RSA",
    "8448": "Example handshake traces for TLS 1.3",
    "9257": "Guidance for external PSK usage in TLS",
    "9258": "Importing external PSKs for TLS 1.3",
    "9293": "TCP",
    "9850": "The SSLKEYLOGFILE format for TLS",
}
"""The subjects of other RFCs; one that is not listed here is shown without a subject."""


def page(entries: Entries) -> str:
    """The whole page in Markdown. Raises ValueError for a section that RFC 9846 does not have."""
    ours = [SECTIONS[number] for number in SECTIONS if ("9846", number) in entries]
    unknown = {number for rfc, number in entries if rfc == "9846"} - set(SECTIONS)
    if unknown:
        raise ValueError(f"RFC 9846 has no section {', '.join(sorted(unknown))}")
    lines = [HEAD, *_table(ours)]
    for chapter, sections in groupby(ours, lambda one: one.number.split(".")[0]):
        lines += _chapter(SECTIONS[chapter], list(sections), entries)
    return "\n".join([*lines, *_others(entries)]) + "\n"


def _table(sections: list[Section]) -> Iterator[str]:
    yield "{.sections}"
    yield "| RFC 9846 | RFC 8446 | title |"
    yield "|---|---|---|"
    for one in sections:
        yield f"| [{one.number}](#{one.label}) | {one.old or 'new'} | {one.title} |"
    yield ""


def _chapter(chapter: Section, sections: list[Section], entries: Entries) -> Iterator[str]:
    if chapter not in sections:
        yield f"## {chapter.number} {chapter.title}\n"
    for one in sections:
        yield f"({one.label})="
        yield f"{'##' if one == chapter else '###'} {one.number} {one.title}\n"
        yield f"{_both_links(one)}\n"
        yield from _entry(entries["9846", one.number])


def _both_links(one: Section) -> str:
    new = f"[RFC 9846 {kind(one.number)} {one.number}]({one.address})"
    if not one.old:
        return f"{new}; RFC 8446 did not have it."
    return f"{new}, [RFC 8446 {kind(one.old)} {one.old}]({one.old_address})"


def _entry(entry: Entry) -> Iterator[str]:
    requirements = f"{entry.requirements} of [these](docs/requirements.md)"
    kinds = {
        "Lessons": _lessons(entry.parts),
        "Tasks": ", ".join(f"[{task.number}]({task.link})" for task in entry.tasks),
        "Modules": ", ".join(map(module, entry.modules)),
        "Terms": ", ".join(f"{{term}}`{term}`" for term in entry.terms),
        "Requirements, tested": requirements if entry.requirements else "",
        "Findings of the [probe](docs/probe.md)": ", ".join(entry.findings),
    }
    yield from (f"- {name}: {what}" for name, what in kinds.items() if what)
    yield ""


def _lessons(parts: Iterable[Part]) -> str:
    """Links to the lessons, each with links to its sections."""
    found = []
    for name, group in groupby(parts, lambda part: part.lesson):
        of_it = list(group)
        sections = ", ".join(f"[{_place(part)}]({part.link})" for part in of_it if part.level > 1)
        lesson = f"[{name[:2]}](notebooks/{name}.ipynb)"
        found.append(f"{lesson} ({sections})" if sections else lesson)
    return ", ".join(found)


def _place(part: Part) -> str:
    return f"section {part.number}" if part.number else part.title


def module(name: str) -> str:
    """A link to the reference of a module.

    >>> module("tls13lab.psk.binder")
    '{py:mod}`psk.binder <tls13lab.psk.binder>`'
    """
    return f"{{py:mod}}`{name.removeprefix('tls13lab.')} <{name}>`"


def _others(entries: Entries) -> Iterator[str]:
    yield "## Other RFCs\n"
    others = sorted(key for key in entries if key[0] != "9846")
    for rfc, keys in groupby(others, lambda key: key[0]):
        about = f": {OTHERS[rfc]}" if rfc in OTHERS else ""
        yield f"(rfc{rfc})=\n### RFC {rfc}{about}\n"
        for _, number in sorted(keys, key=lambda key: _order(key[1])):
            yield f"[Section {number}]({address(rfc, number)})\n"
            yield from _entry(entries[rfc, number])


def _order(number: str) -> list[int]:
    return [int(part) for part in number.split(".")]
