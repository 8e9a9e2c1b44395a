"""What a page of HTML leads to, loads, and can be led to."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

# Where a page names something that a browser fetches by itself.
LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("source", "src"),
    ("video", "src"),
    ("audio", "src"),
}
# Links that say where something is, and fetch nothing.
HARMLESS_RELATIONS = {"author", "canonical", "index", "next", "prev", "search"}


@dataclass
class Page(HTMLParser):
    """``leads_to`` are a reader's links, ``loads`` what is fetched without a click."""

    leads_to: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    images: list[dict[str, str]] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.places |= {found[name] for name in ("id", "name") if name in found}
        self.classes.append(found.get("class", ""))
        if tag == "a" and "href" in found:
            self.leads_to.append(found["href"])
        if tag == "img":
            self.images.append(found)
        if tag == "link" and not set(found.get("rel", "").split()) <= HARMLESS_RELATIONS:
            self.loads.append(found["href"])
        self.loads += [found[name] for kind, name in LOADS if kind == tag and name in found]


def read(path: Path) -> Page:
    """The page in a file."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
