"""How far a student has come: tasks solved, predictions made, and where to go on.

``progress("02")`` stands at the head of lesson 02, and ``progress()`` shows all lessons. Run the
cell again to see what has changed. Before anything is kept there are no links, so that the stored
output is the same on pages where a notebook's places have other addresses.

>>> from tls13lab.widgets.kept import Work
>>> print(Progress(Work(), "00").text)
Lesson 00: no task solved yet. There are 2 tasks and 4 predictions.
>>> work = Work().with_verdict("0.1", "RIGHT").with_choice("00 replay", "nothing at all")
>>> print(Progress(work.with_reveal("00 replay", "nothing at all", True), "00").text)
Lesson 00: 1 of 2 tasks solved; 1 of 4 predictions made, 1 of them right.
[##########..........]
Go on with: 1. What can be read on the wire (00_start_here.ipynb)
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from tls13lab.exercises.outline import EXPLANATION, PREDICTION, TASK, Item, Lesson, lesson, lessons
from tls13lab.pictures.picture import text_table
from tls13lab.widgets.keeping import NOT_KEPT, Keeper, keeper
from tls13lab.widgets.kept import Work

_SHORT = ("lesson", "tasks solved", "predictions")
HEADER = ("lesson", "tasks solved", "predictions made", "right", "go on with")
_WIDTH = 20
# Dark enough on white and light enough on black: 4.6 and 4.5 to 1.
_FILLED = "#1976d2"


@dataclass(frozen=True, slots=True)
class Count:
    """What is done in one lesson."""

    lesson: Lesson
    solved: int
    tasks: int
    made: int
    right: int
    predictions: int
    explained: int
    goes_on: Item | None
    """The first item that is open, extras last; None if all is done."""

    @classmethod
    def of(cls, one: Lesson, work: Work) -> "Count":
        """Count what belongs to this lesson's outline; anything else in the work is left out."""
        tasks = [item for item in one.of_kind(TASK) if _is_done(item, work)]
        made = [
            work.predictions[item.key]
            for item in one.of_kind(PREDICTION)
            if item.key in work.predictions
        ]
        explained = [item for item in one.of_kind(EXPLANATION) if item.key in work.explanations]
        missing = [item for item in one.items if not _is_done(item, work)]
        return cls(
            lesson=one,
            solved=len(tasks),
            tasks=len(one.of_kind(TASK)),
            made=len(made),
            right=sum(entry.right is True for entry in made),
            predictions=len(one.of_kind(PREDICTION)),
            explained=len(explained),
            goes_on=next(iter(sorted(missing, key=lambda item: item.extra)), None),
        )

    def numbers(self) -> dict[str, Any]:
        """The numbers by name, and the lesson's, as JSON can hold them."""
        names = ("solved", "tasks", "made", "right", "predictions", "explained")
        return {"lesson": self.lesson.number} | {name: getattr(self, name) for name in names}

    @property
    def words(self) -> str:
        """The counts as a sentence."""
        tasks = f"{self.tasks} {_plural('task', self.tasks)}"
        asked = f"{self.predictions} {_plural('prediction', self.predictions)}"
        if not self.solved and not self.made:
            return f"no task solved yet. There are {tasks} and {asked}."
        right = f", {self.right} of them right" if self.made else ""
        said = f"{self.solved} of {tasks} solved; {self.made} of {asked} made{right}."
        if self.explained:
            said += f" {self.explained} {_plural('explanation', self.explained)} written."
        return said

    @property
    def goes_on_words(self) -> str:
        """The heading to go on with."""
        if self.goes_on is None:
            return "all done"
        extra = " (extra, in a folded section)" if self.goes_on.folded else " (extra)"
        return self.goes_on.heading + (extra if self.goes_on.extra else "")


def _is_done(item: Item, work: Work) -> bool:
    """A place to explain is never missing: nobody has to write."""
    if item.kind == TASK:
        return item.key in work.tasks and work.tasks[item.key].solved
    if item.kind == PREDICTION:
        return item.key in work.predictions and work.predictions[item.key].right is not None
    return True


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"


class Progress:
    """The counts of one lesson, or of all of them if ``number`` is empty."""

    def __init__(self, work: Work, number: str = "", note: str = "") -> None:
        chosen = (lesson(number),) if number else lessons()
        self.counts = [Count.of(one, work) for one in chosen]
        self._one = bool(number)
        self._begun = any(count.solved or count.made for count in self.counts)
        self._note = note

    # As plain text -------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """A sentence and a bar for one lesson, a table for all."""
        lines = [self._lesson_text() if self._one else self._table_text(), self._note]
        return "\n".join(line for line in lines if line)

    def _lesson_text(self) -> str:
        (count,) = self.counts
        said = f"Lesson {count.lesson.number}: {count.words}"
        if not self._begun:
            return said
        filled = round(_WIDTH * count.solved / max(count.tasks, 1))
        bar = f"[{'#' * filled}{'.' * (_WIDTH - filled)}]"
        if count.goes_on is None:
            return f"{said}\n{bar}\nAll done."
        return f"{said}\n{bar}\nGo on with: {count.goes_on_words} ({count.lesson.notebook})"

    def _table_text(self) -> str:
        shown = len(HEADER) if self._begun else len(HEADER) - 1
        rows = [self._row(one)[:shown] for one in self.counts]
        return f"{self._total()}\n{text_table(HEADER[:shown], rows)}"

    def _total(self) -> str:
        solved = sum(one.solved for one in self.counts)
        tasks = sum(one.tasks for one in self.counts)
        if not self._begun:
            return f"No task solved yet. There are {tasks} tasks."
        return f"{solved} of {tasks} tasks solved."

    def _row(self, one: Count) -> tuple[str, ...]:
        return (
            f"{one.lesson.number} {one.lesson.title}",
            f"{one.solved} of {one.tasks}",
            f"{one.made} of {one.predictions}",
            str(one.right),
            one.goes_on_words,
        )

    # As HTML -------------------------------------------------------------------------------------

    @property
    def html(self) -> str:
        """The same with bars, and with links to where to go on."""
        shown = self._lesson_html() if self._one else self._table_html()
        note = f"<p>{escape(self._note)}</p>" if self._note else ""
        return f'<div style="max-width:56em">{shown}{note}</div>'

    def _lesson_html(self) -> str:
        (count,) = self.counts
        said = f"<p><b>Lesson {count.lesson.number}:</b> {escape(count.words)}</p>"
        return (
            said + _bar(count, "18em") + (f"<p>{self._goes_on(count)}</p>" if self._begun else "")
        )

    def _goes_on(self, count: Count) -> str:
        if count.goes_on is None:
            return "All done."
        return f"Go on with: {_link(count)}"

    def _table_html(self) -> str:
        """Three columns, which fit on a phone: the place to go on is below the lesson's title."""
        left = 'style="text-align:left;vertical-align:top;padding:4px 8px"'
        head = "".join(f'<th scope="col" {left}>{name}</th>' for name in _SHORT)
        body = ""
        for one in self.counts:
            title, tasks, made, right, _ = self._row(one)
            name = escape(title)
            if self._begun:
                name += f'<div style="font-weight:normal">{self._goes_on(one)}</div>'
            cells = (f"{tasks}{_bar(one, '5em')}", f"{made}, {right} right" if one.made else made)
            row = "".join(f"<td {left}>{cell}</td>" for cell in cells)
            body += f'<tr><th scope="row" {left}>{name}</th>{row}</tr>'
        table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        return f"<p>{self._total()}</p>{table}"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": self.text}


def _link(count: Count) -> str:
    assert count.goes_on is not None
    address = escape(count.lesson.link(count.goes_on))
    return f'<a href="{address}">{escape(count.goes_on_words)}</a>'


def _bar(count: Count, width: str) -> str:
    """The share of tasks that are solved; the words beside it say the same."""
    share = round(100 * count.solved / max(count.tasks, 1))
    return (
        f'<div aria-hidden="true" style="width:{width};max-width:100%;height:0.7em;'
        f'border:1px solid currentColor;border-radius:3px;overflow:hidden">'
        f'<div style="width:{share}%;height:100%;background:{_FILLED}"></div></div>'
    )


def progress(lesson: str | int = "", keeper: Keeper = keeper) -> Progress:
    """Show how far you have come in a lesson, such as ``"02"``, or in all of them."""
    number = "" if lesson == "" else str(lesson).zfill(2)
    return Progress(keeper.read(), number, NOT_KEPT if keeper.only_in_memory else "")


def reset_progress(number: str | int = "", keeper: Keeper = keeper) -> None:
    """Begin again: forget what is kept of a lesson, or of all; the old file is kept under a name.

    Answers in the cells and in the quiz stay as they are.
    """
    chosen = "" if number == "" else lesson(number).number
    what = f"lesson {chosen}" if chosen else "all lessons"
    try:
        copy = keeper.reset(chosen)
    except OSError as error:
        print(f"Nothing was changed, because this folder cannot be written to ({error.strerror}).")
        return
    where = f" The old file is {copy.name}." if copy else ""
    print(f"Your progress in {what} begins again.{where}")
