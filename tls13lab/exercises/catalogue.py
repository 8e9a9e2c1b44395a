"""All tasks by number, and the two functions that notebooks call: ``give`` and ``check``.

>>> len(TASKS) >= 30
True
>>> give("2.2", "alice").age_ms > 0
True
>>> check("2.2", ..., "alice").verdict.name
'BLANK'
"""

from typing import Any

from tls13lab.exercises import (
    attacks,
    binders,
    capstone,
    early_data,
    guessing,
    identity,
    model,
    modes,
    records,
    rotation,
    schedule,
    servers,
    stolen,
    tickets,
    verdicts,
)
from tls13lab.exercises.cells import stale, watch
from tls13lab.exercises.feedback import Feedback
from tls13lab.exercises.student import student as the_student
from tls13lab.exercises.task import Given, Task
from tls13lab.widgets.keeping import keeper
from tls13lab.wire.faults import LocalFault

_ROOMS: tuple[tuple[Task, ...], ...] = (
    records.TASKS,
    schedule.TASKS,
    tickets.TASKS,
    binders.TASKS,
    modes.TASKS,
    stolen.TASKS,
    rotation.TASKS,
    early_data.TASKS,
    model.TASKS,
    verdicts.TASKS,
    attacks.TASKS,
    guessing.TASKS,
    identity.TASKS,
    servers.TASKS,
    capstone.TASKS,
)


watch()  # from the first import on, so that even the first failing cell is noticed


def _place(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split(".")))


_BY_NUMBER = {task.number: task for room in _ROOMS for task in room}
TASKS: dict[str, Task] = {number: _BY_NUMBER[number] for number in sorted(_BY_NUMBER, key=_place)}
"""All tasks, in the order of the notebooks."""


def task(number: str) -> Task:
    """The task with this number, such as ``2.1``. Raises LocalFault if there is none."""
    if number not in TASKS:
        raise LocalFault(f"there is no task {number}: the tasks are {', '.join(TASKS)}")
    return TASKS[number]


def give(number: str, student: str | None = None) -> Given:
    """What the task gives to a student, by default to the one of this machine."""
    return task(number).given(the_student() if student is None else student)


def check(number: str, answer: Any, student: str | None = None) -> Feedback:
    """Check an answer: right, still blank, or wrong with an explanation of the mistake.

    The verdict on this machine's student is kept for ``progress()``.
    """
    old = stale(number)
    if old:
        return Feedback.wrong(old)  # not kept, because it is no verdict on an answer
    feedback = task(number).check(answer, the_student() if student is None else student)
    if student is None:
        keeper.change(lambda work: work.with_verdict(number, feedback.verdict.name))
        if note := keeper.note():
            print(note)
    return feedback
