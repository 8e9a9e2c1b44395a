"""A question of the quiz: its options, a reply to each, and where it is decided.

>>> question = Question("sum", "1 + 1?", ("2", "3"), ("Y", "N"), 0, "1", "00_new", "1. A b", "a")
>>> question.choices, question.link
(('2', '3', 'I do not know'), '00_new.ipynb#cell-id=a')
"""

from dataclasses import dataclass, replace

DO_NOT_KNOW = "I do not know"
"""The last option of every question; it counts as neither right nor wrong, but as open."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question; ``right`` is the index of the right option, from 0."""

    key: str
    """Its topic in a few words, under which answers are kept."""
    asks: str
    options: tuple[str, ...]
    replies: tuple[str, ...]
    """What to say to each option; to the right one, the reason."""
    right: int
    section: str
    lesson: str
    """The notebook with the experiment, without its suffix."""
    heading: str
    """The heading of the section with the experiment."""
    cell: str
    """The id of the cell with that heading."""

    @property
    def answer(self) -> str:
        """The text of the right option."""
        return self.options[self.right]

    @property
    def why(self) -> str:
        """The reason for the right answer."""
        return self.replies[self.right]

    @property
    def choices(self) -> tuple[str, ...]:
        """All that can be chosen: the options, and that one does not know."""
        return (*self.options, DO_NOT_KNOW)

    @property
    def place(self) -> str:
        """The lesson and the section, in words."""
        return f"lesson {self.lesson[:2]}, section {self.heading}"

    @property
    def link(self) -> str:
        """The address of the section, relative to the other notebooks.

        It names the cell, because JupyterLab does not find a heading in a notebook that was not
        open yet.
        """
        return f"{self.lesson}.ipynb#cell-id={self.cell}"

    def reply(self, option: str) -> str:
        """What to say to somebody who has chosen this option."""
        return self.why if option == DO_NOT_KNOW else self.replies[self.options.index(option)]


def rotated(question: Question, by: int) -> Question:
    """The question with its options rotated, so that no position is more often the right one."""
    count = len(question.options)
    places = [(place + by) % count for place in range(count)]
    return replace(
        question,
        options=tuple(question.options[place] for place in places),
        replies=tuple(question.replies[place] for place in places),
        right=places.index(question.right),
    )
