"""The attack that a setting is about, on bytes: guess by guess, until it is found or time is up.

With a recording, or with the binder that a client brought along, guesses are tried as fast as this
machine goes. Who needs an honest end for each guess has a whole run for each. What was found is
then used: to read the recording, to be one of the ends, to get at the ticket.

1,000 GPUs are not here: their attack is that of this machine, and the reckoning says how much
faster theirs would be.

>>> from tls13lab.claims.weak_psk import attackers, chosen, protection
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

from tls13lab.claims.weak_psk.attackers import LOCKOUT
from tls13lab.claims.weak_psk.ends import Ends, fits
from tls13lab.claims.weak_psk.protection import way
from tls13lab.claims.weak_psk.reckoning import Setting
from tls13lab.impostor.online import Answer
from tls13lab.search.engine import Engine, compiled_engine, fastest_portable, groups
from tls13lab.search.guesses import Guesses
from tls13lab.search.pieces import BATCH
from tls13lab.search.target import Target
from tls13lab.symbolic.guessers import OFFLINE, ONLINE, Checks
from tls13lab.symbolic.mended import DERIVED, NEXT_TICKET, PAST, PRESENT

MOST_SECONDS = 10.0
FEW = 500
"""Guesses between two looks at the clock, where an engine is slow."""

Step = tuple[int, int, bytes | None]
"""How many guesses were tested, which of them was the last that counts, and the word if found."""


@dataclass
class Attack:
    """``tried`` guesses in ``seconds``; ``found`` is the word; ``opened`` what it was good for.

    ``tested`` are a few more than ``tried``, if a whole batch was at work when the word was found.
    It ends after ``most_seconds``, or when ``steps`` is told to. ``clock`` is in seconds.
    """

    setting: Setting
    most_seconds: float = MOST_SECONDS
    clock: Callable[[], float] = time.perf_counter
    tried: int = 0
    tested: int = 0
    seconds: float = 0.0
    found: bytes | None = field(default=None, repr=False)
    opened: dict[str, bool] = field(default_factory=dict)
    over: bool = False

    @property
    def total(self) -> int:
        """How many guesses there are for it, if time allows."""
        listed = self.setting.chosen.tried.total
        return min(LOCKOUT, listed) if self._checks is Checks.ONCE_A_RUN else listed

    @property
    def rate(self) -> float | None:
        """Guesses a second, as they went."""
        return self.tested / self.seconds if self.seconds > 0 else None

    def steps(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """The whole attack; stops between two steps if it is told to.

        Raises LocalFault where it cannot be done, for want of scrypt.
        """
        try:
            yield from self._guess(stopped)
            if self.found is not None:
                self.opened = self._use(self.found)
        finally:
            self.over = True
        yield

    def _guess(self, stopped: Callable[[], bool]) -> Iterator[None]:
        made_ready = self._testing()
        began = self.clock()
        for tested, count, found in made_ready:
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
        """How the guesses are tested; what that needs is made before the clock begins."""
        if self._checks is Checks.ONCE_A_RUN:
            return self._run_by_run()
        offline = self.setting.attacker.guesser == OFFLINE
        sought = self._ends.recorded_targets() if offline else self._ends.brought_targets()
        if self.setting.protection.made == DERIVED:
            return self._slowly(sought[0])
        return self._by_engine([_engine(group) for group in groups(sought)])

    def _batches(self, most: int) -> Iterator[Guesses]:
        """What there is to try, in batches of at most so many."""
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
        """A run for each guess: until the server looks at no more, or the client calls no more."""
        batch = next(self._batches(LOCKOUT + 1))
        if self.setting.attacker.guesser == ONLINE:
            asked = self._ends.service(LOCKOUT)
            answers = (asked(batch[number]) for number in range(len(batch)))
        else:
            calls = range(min(LOCKOUT, len(batch)))
            told = (self._ends.takes_server(batch[number]) for number in calls)
            answers = (Answer.RIGHT if right else Answer.WRONG for right in told)
        for number, answer in enumerate(answers):
            if answer is Answer.PASSED_OVER:
                return
            yield 1, 1, batch[number] if answer is Answer.RIGHT else None

    def _use(self, word: bytes) -> dict[str, bool]:
        """What the word is good for. Who has no recording cannot read one."""
        if self.setting.attacker.guesser == OFFLINE:
            read, ticket = self._ends.reads_recording(word)
            return {PAST: read, PRESENT: self._ends.takes_server(word), NEXT_TICKET: ticket}
        asks = self.setting.attacker.guesser == ONLINE
        inside = self._ends.takes_client(word) if asks else self._ends.takes_server(word)
        # Either end of a connection has the PSK behind its tickets.
        return {PRESENT: inside, NEXT_TICKET: inside}


def _engine(group: tuple[Target, ...]) -> tuple[Engine, int]:
    """The fastest there is, and how many guesses it likes at once."""
    compiled = compiled_engine(group)
    return (compiled, BATCH) if compiled is not None else (fastest_portable(group), FEW)
