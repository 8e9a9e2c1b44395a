"""The rules of the house for notebooks, each as a function: a notebook in, its offences out.

Cells say by tags what they are for: ``setup`` (imports and plumbing), ``predict`` (asks for a
prediction) and ``reveal`` (answers it), ``widget`` (shows controls), ``task`` (blanks for the
student), ``live`` (needs another program, so nothing of it is compared). A section begins at a
``##`` heading.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tests.notebooks.refresh import METADATA, WIDGET_VIEW, to_text

MAX_LINES = 12
MAX_COLUMNS = 100
TAGS = {"setup", "predict", "reveal", "widget", "task", "live", "nbval-ignore-output"}
CLAIMLESS = TAGS - {"task", "reveal"}  # a cell with one of these need not assert anything

Cells = list[NotebookNode]
Rule = Callable[[Path, NotebookNode], Iterator[str]]


# Reading -----------------------------------------------------------------------------------------


def tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def code_cells(cells: Cells) -> Cells:
    return [cell for cell in cells if cell.cell_type == "code"]


def markdown(cells: Cells) -> str:
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def sections(notebook: NotebookNode) -> dict[str, Cells]:
    """The cells under each ``##`` heading, by its text; those before the first under ""."""
    found: dict[str, Cells] = {"": []}
    title = ""
    for cell in notebook.cells:
        heading = re.match(r"## +(.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading:
            title = heading[1].strip()
            found[title] = []
        found[title].append(cell)
    return found


def data(cell: NotebookNode) -> dict[str, str]:
    """All of a cell's shown data by MIME type, and its streams as ``stream``."""
    joined: dict[str, str] = {}
    for output in cell.outputs:
        items = output.get("data", {"stream": output.get("text", "")})
        for kind, value in items.items():
            text = value if isinstance(value, str) else json.dumps(value)
            joined[kind] = joined.get(kind, "") + text
    return joined


def with_tag(cells: Cells, tag: str) -> list[int]:
    return [index for index, cell in enumerate(cells) if tag in tags(cell)]


def is_lesson(path: Path) -> bool:
    """Whether it is one of the numbered lessons; the quiz is none."""
    return re.match(r"\d\d_", path.name) is not None


# Rules -------------------------------------------------------------------------------------------


def was_run_from_the_top_without_error(_: Path, notebook: NotebookNode) -> Iterator[str]:
    # nbval runs a cell without a count, but compares nothing of it.
    counts = [cell.execution_count for cell in code_cells(notebook.cells)]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}"
    for cell in code_cells(notebook.cells):
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                yield f"{cell.id}: stores an error or a warning"
    if not any(cell.outputs for cell in code_cells(notebook.cells)):
        yield "no outputs are stored"


def holds_only_what_is_meant(path: Path, notebook: NotebookNode) -> Iterator[str]:
    if notebook.metadata != METADATA:
        yield f"metadata is {sorted(notebook.metadata)}"
    for cell in notebook.cells:
        if set(cell.metadata) - {"tags"}:
            yield f"{cell.id}: metadata besides tags"
        if tags(cell) - TAGS:
            yield f"{cell.id}: unknown tags {tags(cell) - TAGS}"
        if ("live" in tags(cell)) != ("nbval-ignore-output" in tags(cell)):
            yield f"{cell.id}: live cells, and only they, have nbval-ignore-output"
    if to_text(notebook) != path.read_text(encoding="utf-8"):
        yield "the file is not laid out as refresh writes it"


def cells_are_short(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook.cells):
        lines = cell.source.splitlines()
        if len(lines) > MAX_LINES:
            yield f"{cell.id}: {len(lines)} lines"
        if any(len(line) > MAX_COLUMNS for line in lines):
            yield f"{cell.id}: a line of more than {MAX_COLUMNS} columns"


def no_sentence_only_announces_a_cell(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """A sentence stands before a cell where it says something that the cell does not."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.search(r"(?i)\b(the next|this) cell\b", cell.source):
            yield f"{cell.id}: says what the next cell does"


def what_holds_is_shown(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """An assert that holds prints nothing, so a cell that claims something says what held."""
    for cell in code_cells(notebook.cells):
        claims = re.search(r"(?m)^\s*assert\b", cell.source) and not tags(cell) & {"live", "task"}
        if claims and not cell.outputs:
            yield f"{cell.id}: asserts, and shows nothing"


def every_section_with_code_asserts(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for title, cells in sections(notebook).items():
        claiming = [cell for cell in code_cells(cells) if not tags(cell) & CLAIMLESS]
        if claiming and not any(
            re.search(r"(?m)^\s*assert\b|^check\(", c.source) for c in claiming
        ):
            yield f"section {title!r} has no assert"


def every_claim_has_its_sentence(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """A section that asks for a prediction quotes an RFC, with both numberings where there are."""
    for title, cells in sections(notebook).items():
        if not with_tag(cells, "predict"):
            continue
        quotes = re.findall(r"(?m)(?:^>.*\n?)+", markdown(cells))
        cited = [one for one in quotes if re.search(r"RFC \d{4}\S*\s+(section|appendix)", one)]
        if not cited:
            yield f"section {title!r} quotes no RFC with its section"
        for quote in cited:
            if "RFC 9846" in quote and not re.search(r"RFC 8446\S*\s+(section|appendix)", quote):
                yield f"section {title!r}: RFC 8446's section number is missing"


def prediction_comes_before_reveal(path: Path, notebook: NotebookNode) -> Iterator[str]:
    for title, cells in sections(notebook).items():
        asked, answered = with_tag(cells, "predict"), with_tag(cells, "reveal")
        if len(asked) != len(answered):
            yield f"section {title!r}: {len(asked)} predict cells, {len(answered)} reveal cells"
        elif any(a >= b for a, b in zip(asked, answered, strict=True)):
            yield f"section {title!r}: a reveal stands before its prediction"
    if is_lesson(path) and not with_tag(notebook.cells, "predict"):
        yield "nothing is predicted"


def says_what_is_simplified(_: Path, notebook: NotebookNode) -> Iterator[str]:
    if not any(title.startswith("Scope") for title in sections(notebook)):
        yield "no section '## Scope'"


def images_have_words(_: Path, notebook: NotebookNode) -> Iterator[str]:
    if re.search(r"!\[\s*\]\(", markdown(notebook.cells)):
        yield "an image in the text has no alt text"
    for cell in code_cells(notebook.cells):
        for kind, text in data(cell).items():
            if kind.startswith("image/"):
                yield f"{cell.id}: a bare {kind} has no alt text; show it inside text/html"
            for image in re.findall(r"<img\b[^>]*>", text):
                if not re.search(r'\balt="[^"]{8,}"', image):
                    yield f"{cell.id}: an <img> without alt text"
            for svg in re.findall(r"<svg\b[^>]*>", text):
                if "aria-label=" not in svg and "aria-hidden=" not in svg:
                    yield f"{cell.id}: an <svg> without aria-label"


def widgets_can_be_read_without_a_kernel(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook.cells):
        shown = data(cell)
        if WIDGET_VIEW in shown:
            yield f"{cell.id}: stores a widget's live view"
        shows = tags(cell) & {"predict", "reveal", "widget"} and "live" not in tags(cell)
        if shows and not {"text/html", "text/plain"} <= set(shown):
            yield f"{cell.id}: shows no text/html and text/plain"


PLACE = re.compile(r"(?<![\w.:/<-])/(home|root|tmp|work|usr|var|opt|private|Users|mnt)/|\b[A-Z]:\\")


def nothing_names_this_machine(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        texts = [cell.source, *(data(cell).values() if cell.cell_type == "code" else ())]
        for text in texts:
            found = PLACE.search(re.sub(r"data:[\w/+-]+;base64,[\w+/=]+", "", text))
            if found:
                yield f"{cell.id}: {text[found.start() : found.start() + 40]!r}"


def links_lead_somewhere(path: Path, notebook: NotebookNode) -> Iterator[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", markdown(notebook.cells))
    local = [one for one in targets if not re.match(r"[a-z]+:|#", one)]
    for target in local:
        if not (path.parent / target.split("#")[0]).exists():
            yield f"a link to {target}, which is not there"
    names = sorted(one.name for one in path.parent.glob("*.ipynb") if is_lesson(one))
    following = [name for name in names if name > path.name][:1] if is_lesson(path) else names[:1]
    if not set(following) <= set(local):
        yield f"no link to the next notebook, {following[0]}"


RULES: tuple[Rule, ...] = (
    was_run_from_the_top_without_error,
    holds_only_what_is_meant,
    cells_are_short,
    no_sentence_only_announces_a_cell,
    what_holds_is_shown,
    every_section_with_code_asserts,
    every_claim_has_its_sentence,
    prediction_comes_before_reveal,
    says_what_is_simplified,
    images_have_words,
    widgets_can_be_read_without_a_kernel,
    nothing_names_this_machine,
    links_lead_somewhere,
)


def offences(path: Path) -> Iterator[str]:
    """All that is wrong with the notebook at ``path``."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for rule in RULES:
        yield from (f"{rule.__name__}: {one}" for one in rule(path, notebook))
