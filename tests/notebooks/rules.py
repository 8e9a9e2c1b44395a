"""The rules of the house for notebooks, each as a function: a notebook in, its offences out.

Cells say by tags what they are for: ``setup`` (imports), ``plumbing`` (helpers that need not be
read), ``predict`` (asks for a prediction) and ``reveal`` (answers it), ``widget`` (shows controls),
``task`` (blanks for the student), ``live`` (needs another program, so nothing of it is compared). A
section begins at a ``##`` heading.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from coursework.anchors import headings
from coursework.folding import FOLDED, is_extra, is_folded, metadata
from tests.notebooks.refresh import METADATA, WIDGET_VIEW, to_text

MAX_LINES = 12
MAX_COLUMNS = 100
TAGS = FOLDED | {"widget", "task", "live", "nbval-ignore-output"}
MARK = re.compile(r"## [^\n]+\n\n\*(Core|Extra) · \d+ minutes?\*(\n\n|$)")
UNMARKED = re.compile(r"Scope|You can now")  # sections that are no part of the lesson's matter
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
        if cell.metadata != metadata(cell):
            yield f"{cell.id}: metadata besides tags and the folds that follow from them"
        if tags(cell) - TAGS:
            yield f"{cell.id}: unknown tags {tags(cell) - TAGS}"
        if ("live" in tags(cell)) != ("nbval-ignore-output" in tags(cell)):
            yield f"{cell.id}: live cells, and only they, have nbval-ignore-output"
    if to_text(notebook) != path.read_text(encoding="utf-8"):
        yield "the file is not laid out as refresh writes it"


def cells_are_short(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook.cells):
        lines = cell.source.splitlines()[is_folded(cell) :]  # without the title
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


def what_is_in_sight_shows_something(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """A cell that only prepares is folded; one that is in sight has something to show."""
    for cell in code_cells(notebook.cells):
        if not cell.outputs and not is_folded(cell) and not tags(cell) & {"live", "task"}:
            yield f"{cell.id}: is in sight, and shows nothing"


def folded_code_has_a_title(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """Of folded code JupyterLab shows the first line, which must not be the answer."""
    for cell in code_cells(notebook.cells):
        if is_folded(cell) and not cell.source.startswith("# "):
            yield f"{cell.id}: does not begin with a comment that says what it is"


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


def prediction_comes_before_reveal(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for title, cells in sections(notebook).items():
        asked, answered = with_tag(cells, "predict"), with_tag(cells, "reveal")
        if len(asked) != len(answered):
            yield f"section {title!r}: {len(asked)} predict cells, {len(answered)} reveal cells"
        elif any(a >= b for a, b in zip(asked, answered, strict=True)):
            yield f"section {title!r}: a reveal stands before its prediction"
    if not with_tag(notebook.cells, "predict"):
        yield "nothing is predicted"


def nothing_answers_before_the_reveal(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """Not what stands between the two, not what the reveal prints, and not the text after it."""
    for cells in sections(notebook).values():
        for asked, told in zip(with_tag(cells, "predict"), with_tag(cells, "reveal"), strict=False):
            reveal = cells[told]
            names = names_in_the_answer(reveal.source)
            for cell in cells[asked:told]:
                if cell.cell_type != "code":
                    continue
                if not is_folded(cell) and names & asserted(cell.source):
                    yield f"{cell.id}: asserts the answer before {reveal.id}"
                if happened(reveal) in data(cell).get("stream", ""):
                    yield f"{cell.id}: prints the answer before {reveal.id}"
            if "stream" in data(reveal):
                yield f"{reveal.id}: prints; hand it to reveal() as `shown`"
            after = cells[told + 1] if told + 1 < len(cells) else None
            if after and after.cell_type == "markdown" and gives_away(after.source, reveal):
                yield f"{after.id}: explains the answer in sight of the question"


def names_in_the_answer(source: str) -> set[str]:
    """The names and texts in the first argument of ``reveal``, the answer."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="reveal"), args=[answer, *_]):
                return words_of(answer)
    return set()


def asserted(source: str) -> set[str]:
    """The names and texts in a cell's asserts."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assert)]
    return {word for one in found for word in words_of(one)}


def words_of(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value != ""}
    return (names - {"len"}) | {text for text in texts if isinstance(text, str)}


def happened(reveal: NotebookNode) -> str:
    """What the stored output of a reveal says that happened; a text that is nowhere, without."""
    found = re.search(r"(?m)^What happened: (.+)$", data(reveal).get("text/plain", ""))
    return found[1] if found and len(found[1]) > 2 else "\0"


def gives_away(text: str, reveal: NotebookNode) -> bool:
    """Whether a text, not folded, repeats the answer or quotes the sentence that gives it."""
    goes_on = not text.startswith(("<details>", "#"))
    return goes_on and bool(happened(reveal) in text or re.search(r"(?m)^> ", text))


def every_section_is_core_or_extra(_: Path, notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        heading = re.match(r"## +(.+)", cell.source) if cell.cell_type == "markdown" else None
        if heading and not UNMARKED.match(heading[1]) and not MARK.match(cell.source):
            yield f"section {heading[1]!r} does not say whether it is core, and its minutes"
        if is_extra(cell) and cell.source.count("\n\n") > 1:
            yield f"{cell.id}: this text would stay in sight when the extra section is closed"


def the_head_says_the_sums(_: Path, notebook: NotebookNode) -> Iterator[str]:
    """The minutes at the head are the sums of those of the sections and of the tasks."""
    text = markdown(notebook.cells)
    marks = re.findall(r"(?m)^\*(Core|Extra) · (\d+) minutes?\*$", text)
    core, extra = (sum(int(n) for kind, n in marks if kind == one) for one in ("Core", "Extra"))
    tasks = sum(int(n) for n in re.findall(r"(?m)^\*[\w ]+; about (\d+) minutes\.\*", text))
    said = re.search(r"(?m)^\*\*Time:\*\* (.+)$", markdown(notebook.cells[:6]))
    told = [int(n) for n in re.findall(r"\d+", said[1])] if said else []
    if told != [n for n in (core, extra, tasks) if n]:
        yield f"the head says {told} minutes; the sums are {core}, {extra} and {tasks}"


def goals_at_the_top_come_back_at_the_end(_: Path, notebook: NotebookNode) -> Iterator[str]:
    if "**You will be able to**" not in markdown(notebook.cells[:6]):
        yield "no goals at the top: **You will be able to**"
    if "You can now" not in sections(notebook):
        yield "no section '## You can now'"


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
        yield from broken_anchor(path.parent / target.split("#")[0], target)
    for target in targets:
        if target.startswith("#"):
            yield from broken_anchor(path, target)
    names = sorted(one.name for one in path.parent.glob("*.ipynb"))
    following = names[names.index(path.name) + 1 :][:1]
    for where, cells in (("top", notebook.cells[:6]), ("end", notebook.cells[-1:])):
        for name in following:
            if f"]({name})" not in markdown(cells):
                yield f"no link to the next notebook, {name}, at the {where}"


def broken_anchor(notebook: Path, target: str) -> Iterator[str]:
    """A link to a section leads to the cell with its heading."""
    _, _, anchor = target.partition("#")
    if anchor and notebook.suffix == ".ipynb" and notebook.exists():
        cells = headings(nbformat.read(notebook, as_version=4))
        if anchor.removeprefix("cell-id=") not in cells:
            yield f"a link to {target}, which is no heading there"


RULES: tuple[Rule, ...] = (
    was_run_from_the_top_without_error,
    holds_only_what_is_meant,
    cells_are_short,
    no_sentence_only_announces_a_cell,
    what_holds_is_shown,
    what_is_in_sight_shows_something,
    folded_code_has_a_title,
    every_section_with_code_asserts,
    every_claim_has_its_sentence,
    prediction_comes_before_reveal,
    nothing_answers_before_the_reveal,
    every_section_is_core_or_extra,
    the_head_says_the_sums,
    goals_at_the_top_come_back_at_the_end,
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
