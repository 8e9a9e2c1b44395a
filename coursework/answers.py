"""Ready answers to all tasks: right ones, and those of a student who makes a certain mistake.

For tests and for the teacher. A student's package checks answers and says what went wrong, for
which it computes values; answers that could be handed in as they are, it does not have.

>>> from tls13lab.exercises.catalogue import check, task
>>> check("2.1", solved(task("2.1"), "alice"), "alice").verdict.name
'RIGHT'
"""

from typing import Any

from tls13lab.exercises.student import Draw
from tls13lab.exercises.task import FunctionTask, JudgedTask, Mistake, Task, ValueTask


def solved(task: Task, student: str) -> Any:
    """A right answer of this student; for a JudgedTask others may be right, too."""
    if isinstance(task, FunctionTask):
        return task.right
    if isinstance(task, ValueTask):
        return task.right(_everything(task, student))
    if isinstance(task, JudgedTask):
        return task.example(_everything(task, student))
    raise TypeError(f"{type(task).__name__} is no kind of task that is known here")


def mistaken(task: Task, mistake: Mistake, student: str) -> Any:
    """The answer of a student who makes this mistake."""
    if isinstance(task, FunctionTask):
        return mistake.make
    return mistake.make(_everything(task, student))


def _everything(task: Any, student: str) -> Any:
    """What the task gives, with the fields that only its check needs."""
    return task.draw(Draw(student, task.number))
