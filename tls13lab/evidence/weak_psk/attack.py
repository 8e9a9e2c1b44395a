"""The attack of a setting, on bytes: guess by guess, until the PSK is found or the time is up.

With a recording, or with the binder of a client that called, guesses are tried as fast as this
machine can. An attacker who needs an honest end for each guess makes a whole run for each. A PSK
that is found is then used to read the recording, to take the place of one of the ends, and to get
the ticket's PSK.

This machine also plays the attacker with 1,000 GPUs; the forecast says how much faster GPUs are.

>>> from tls13lab.evidence.weak_psk import attackers, chosen, protection
>>> attack = Attack(Setting(chosen.given("dragon"), protection.DHE, attackers.LAPTOP))
>>> for _ in attack.steps():
...     pass
>>> attack.found, attack.tried, attack.opened
(b'dragon', 10, {'past': False, 'present': True, 'next_ticket': False})
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tls13lab.evidence.weak_psk.attackers import LOCKOUT
from tls13lab.evidence.weak_psk.ends import Ends, fits
from tls13lab.evidence.weak_psk.forecast import Setting
from tls13lab.evidence.weak_psk.protection import way
from tls13lab.impostor.online import GuessAnswer
from tls13lab.search.engine import Engine, compiled_engine, fastest_portable, groups
from tls13lab.search.guesses import Guesses
from tls13lab.search.pieces import BATCH
from tls13lab.search.target import Target
from tls13lab.symbolic.guessers import OFFLINE, ONLINE, Checks
from tls13lab.symbolic.mended import DERIVED, NEXT_TICKET, PAST, PRESENT
from tls13lab.symbolic.vocabulary import Epoch

MOST_SECONDS = 10.0
FEW = 500
"""Guesses between two readings of the clock, where an engine is slow."""

Step = tuple[int, int, bytes | None]
"""Guesses tested, guesses up to the right one (or all of them), and the word, if found."""


@dataclass
class Attack:
    """An attack in progress: ``tried`` guesses in ``seconds``.

    ``found`` is the word, and ``opened`` says what it opens. ``tested`` can be larger than
    ``tried``, because guesses are tested in batches. The attack ends after ``most_seconds``, or
    when ``steps`` is stopped. ``clock`` returns seconds.
    """

    setting: Setting
    most_seconds: float = MOST_SECONDS
    clock: Callable[[], float] = time.perf_counter
    tried: int = 0
    tested: int = 0
    seconds: float = 0.0
    found: bytes | None = field(default=None, repr=False)
    opened: dict[Epoch, bool] = field(default_factory=dict)
    over: bool = False

    @property
    def total(self) -> int:
        """The most guesses that this attack can make, apart from the time."""
        listed = self.setting.chosen.tried.total
        return min(LOCKOUT, listed) if self._checks is Checks.ONCE_A_RUN else listed

    @property
    def rate(self) -> float | None:
        """Guesses per second, as measured; None before the first."""
        return self.tested / self.seconds if self.seconds > 0 else None

    def steps(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Run the attack; it ends between two steps when ``stopped`` returns True.

        Raises LocalFault if this Python has no scrypt and the attack needs it.
        """
        try:
            yield from self._guess(stopped)
            if self.found is not None:
                self.opened = self._use(self.found)
        finally:
            self.over = True
        yield

    def _guess(self, stopped: Callable[[], bool]) -> Iterator[None]:
        prepared = self._testing()
        began = self.clock()
        for tested, count, found in prepared:
            self.tested, self.tried, self.found = self.tested + tested, self.tried + count, found
            self.seconds = self.clock() - began
            yield
            if found is not None or stopped() or self.seconds >= self.most_seconds:
                return

    @cached_property
    def _ends(self) -> Ends:
        return Ends(self.setting.protection, self.setting.chosen.psk)

    @cached_property
    def _checks(self) -> Checks:
        return way(self.setting.protection, self.setting.attacker.guesser).checks

    def _testing(self) -> Iterator[Step]:
        """The tests of all guesses. What they need is prepared before the clock starts."""
        if self._checks is Checks.ONCE_A_RUN:
            return self._run_by_run()
        offline = self.setting.attacker.guesser == OFFLINE
        sought = self._ends.recorded_targets() if offline else self._ends.brought_targets()
        if self.setting.protection.made == DERIVED:
            return self._slowly(sought[0])
        return self._by_engine([_engine(group) for group in groups(sought)])

    def _batches(self, most: int) -> Iterator[Guesses]:
        """The words to try, in batches of at most ``most``."""
        for piece in self.setting.chosen.tried.pieces((), lambda: most):
            yield from piece.guesses()

    def _by_engine(self, engines: list[tuple[Engine, int]]) -> Iterator[Step]:
        most = min(count for _, count in engines)
        for batch in self._batches(most):
            hits = [hit for engine, _ in engines for hit in engine.test(batch)]
            if hits:
                place, _, word = hits[0]
                yield len(batch), place - batch.first + 1, word
                return
            yield len(batch), len(batch), None

    def _slowly(self, target: Target) -> Iterator[Step]:
        for batch in self._batches(FEW):
            for number in range(len(batch)):
                right = fits(self.setting.protection, target, batch[number])
                yield 1, 1, batch[number] if right else None

    def _run_by_run(self) -> Iterator[Step]:
        """A run for each guess, until the server ignores guesses or the client stops calling."""
        batch = next(self._batches(LOCKOUT + 1))
        if self.setting.attacker.guesser == ONLINE:
            asked = self._ends.service(LOCKOUT)
            answers = (asked(batch[number]) for number in range(len(batch)))
        else:
            calls = range(min(LOCKOUT, len(batch)))
            accepted = (self._ends.takes_server(batch[number]) for number in calls)
            answers = (GuessAnswer.RIGHT if right else GuessAnswer.WRONG for right in accepted)
        for number, answer in enumerate(answers):
            if answer is GuessAnswer.PASSED_OVER:
                return
            yield 1, 1, batch[number] if answer is GuessAnswer.RIGHT else None

    def _use(self, word: bytes) -> dict[Epoch, bool]:
        """What the word opens. An attacker without a recording cannot read the past."""
        if self.setting.attacker.guesser == OFFLINE:
            read, ticket = self._ends.reads_recording(word)
            return {PAST: read, PRESENT: self._ends.takes_server(word), NEXT_TICKET: ticket}
        asks = self.setting.attacker.guesser == ONLINE
        inside = self._ends.takes_client(word) if asks else self._ends.takes_server(word)
        # Both ends of a connection know the PSKs of its tickets.
        return {PRESENT: inside, NEXT_TICKET: inside}


def _engine(group: tuple[Target, ...]) -> tuple[Engine, int]:
    """The fastest engine, and a good number of guesses to test at once."""
    compiled = compiled_engine(group)
    return (compiled, BATCH) if compiled is not None else (fastest_portable(group), FEW)
