"""One question to the model about one PSK (or about none), and the run of its answer.

A connection needs several questions. Its application data depends on the PSK that the server chose,
its early data on the first PSK that the client offered, and these may differ (RFC 9846 4.3.10).
Their suites may differ, too: early data is sent before the server has chosen a suite.
"""

from collections.abc import Callable, Iterable, Sequence

from tls13lab.adversary.execution import Done, Execution, NotYet
from tls13lab.adversary.finding import FindingVerdict, Text
from tls13lab.adversary.loot import Known
from tls13lab.adversary.plan import Asked, Goal, Shape, missing, plan, reachable, targets
from tls13lab.psk.offered import OfferedPsk
from tls13lab.symbolic.vocabulary import Leaks
from tls13lab.wire.faults import TLSFault

Note = Callable[[str], None]
"""A function that is called with a sentence about what went wrong."""


class Inquiry:
    """A shape, the goals that can be reached but have not been run, and the execution for them.

    ``offered`` is the PSK in question, and ``known`` what is known about it. There is one execution
    for each possible suite, until a record shows which suite it is.
    """

    def __init__(
        self,
        shape: Shape,
        goals: Iterable[Asked],
        executions: Sequence[Execution],
        offered: OfferedPsk | None,
        known: Known | None,
    ) -> None:
        self.shape, self.offered, self.known = shape, offered, known
        self.to_run = [goal for goal in goals if reachable(shape, goal)]
        self._possible = list(executions) if self.to_run else []

    @property
    def execution(self) -> Execution | None:
        """The execution in use; None if nothing can be derived."""
        return self._possible[0] if self._possible else None

    def go_on(self, note: Note) -> None:
        """Run the steps whose records are there; ``note`` hears of steps that fail."""
        for goal in tuple(self.to_run):
            steps = plan(self.shape, goal, every=True)
            while self.execution is not None:
                try:
                    self.execution.run(steps)
                except NotYet:
                    break
                except TLSFault as fault:
                    note(f"a step cannot be run on it: {fault}")
                if self._wrong_suite(goal):
                    self._possible.pop(0)
                    continue
                self.to_run.remove(goal)
                break

    def _wrong_suite(self, goal: Asked) -> bool:
        """Whether no early data opened with this suite, and there is another suite to try."""
        early = self.execution.stages.get(("client", "early")) if self.execution else None
        if goal != "early_data" or early is None:
            return False
        return not early.begun and len(self._possible) > 1

    def finish(self, note: Note) -> None:
        """Run what is left without waiting for further records: the recording has ended."""
        for execution in self._possible:
            execution.over = True
        self.go_on(note)

    def verdict(self, goal: Goal) -> FindingVerdict:
        """``lost``, ``kept`` or ``absent``; ``unknown`` if the derivation could not be finished."""
        if not targets(self.shape, goal):
            return "absent"
        if not reachable(self.shape, goal):
            return "kept"
        return "unknown" if goal in self.to_run else "lost"

    def missing(self, goal: Goal) -> Leaks:
        """The single further leaks that would each be enough."""
        return missing(self.shape, goal)

    def steps(self, goal: Goal) -> tuple[Done, ...]:
        """The derivation of the goal, with the result of each step."""
        done = self.execution.done if self.execution else {}
        return tuple(
            done[step.conclusion]
            for step in plan(self.shape, goal, every=True)
            if step.conclusion in done
        )

    def text(self, goal: Goal) -> Text:
        """The bytes of a goal that is a single term, such as ``psk`` or ``early_data``."""
        found = Text()
        if self.execution is not None:
            (term,) = targets(self.shape, goal)
            found.add(self.execution.value(term))
        return found
