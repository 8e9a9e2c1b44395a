"""The instrument of lesson 07: how a PSK was chosen, what protects it, who attacks, what follows.

It answers at once, from the distribution and the symbolic model: guesses, time, money, chances, and
what opens of the past, the present and the next ticket. A button then attacks two honest ends with
such a PSK, on bytes, and shows the measured numbers beside the calculated ones.

>>> view = MeterView().choose(how=GIVEN, word="dragon", protection="(EC)DHE: psk_dhe_ke")
>>> round(view.forecast.even_chance), view.forecast.epochs["past"]
(10, 'kept')
>>> view.rows()[0]
('PSK', 'the word dragon', 'not attacked yet')
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from typing import Any

from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attack import Attack
from tls13lab.evidence.weak_psk.attackers import LAPTOP_RATE, Attacker, attackers
from tls13lab.evidence.weak_psk.chosen import Chosen
from tls13lab.evidence.weak_psk.forecast import Forecast, Setting, forecast_of
from tls13lab.evidence.weak_psk.protection import NOTHING, PROTECTIONS
from tls13lab.pictures.chances import EPOCHS, chances, rows_of, time_of
from tls13lab.pictures.picture import Picture, html_table, text_table
from tls13lab.search.runner import THREADS
from tls13lab.search.target import readable
from tls13lab.widgets.in_steps import InSteps
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider
from tls13lab.wire.faults import TLSFault

RANDOM, DRAWN, PERSON, GIVEN = "32 random bytes", "drawn words", "a person's choice", "a given word"
HOW = (RANDOM, DRAWN, PERSON, GIVEN)
HEADER = ("", "calculated", "measured")
NOT_YET = "not attacked yet"
_BY_NAME = {one.name: one for one in PROTECTIONS}


@lru_cache(maxsize=256)
def _calculated(
    how: str, number: int, word: str, protection: str, who: str, rate: float
) -> Forecast:
    return forecast_of(Setting(_chosen(how, number, word), _BY_NAME[protection], _who(rate)[who]))


@lru_cache(maxsize=256)
def _drawn(how: str, number: int, word: str, protection: str, who: str, rate: float) -> Picture:
    return chances(_calculated(how, number, word, protection, who, rate))


@lru_cache(maxsize=256)
def _chosen(how: str, number: int, word: str) -> Chosen:
    if how == DRAWN:
        return chosen.words(number)
    if how == PERSON:
        return chosen.person(number)
    return chosen.given(word) if how == GIVEN else chosen.random_bytes()


def _who(rate: float) -> Mapping[str, Attacker]:
    return {one.name: one for one in attackers(rate)}


@dataclass(frozen=True)
class MeterView:
    """The settings: ``count`` of drawn words, ``person`` by number, ``word`` as it was typed.

    ``rate`` is in guesses per second of one core.
    """

    how: str = DRAWN
    count: int = 2
    person: int = 1
    word: str = "sternchen"
    protection: str = NOTHING.name
    attacker: str = attackers()[0].name
    rate: float = LAPTOP_RATE

    def choose(self, **changes: Any) -> "MeterView":
        """Change settings. Raises KeyError or ValueError for a choice that does not exist."""
        view = replace(self, **changes)
        if view.how not in HOW:
            raise KeyError(view.how)
        view.forecast  # noqa: B018
        return view

    @property
    def _settings(self) -> tuple[str, int, str, str, str, float]:
        """Those that count."""
        number = {DRAWN: self.count, PERSON: self.person}.get(self.how, 0)
        word = self.word if self.how == GIVEN else ""
        return self.how, number, word, self.protection, self.attacker, self.rate

    @property
    def forecast(self) -> Forecast:
        """The guesses, time and money for these settings."""
        return _calculated(*self._settings)

    @property
    def picture(self) -> Picture:
        """The chances, and what opens."""
        return _drawn(*self._settings)

    def rows(self, attack: Attack | None = None) -> tuple[tuple[str, str, str], ...]:
        """The calculated values, and beside them what an attack has measured so far."""
        measured = came(attack) if attack is not None else {"PSK": NOT_YET}
        return tuple(
            (name, forecast, measured.get(name, "")) for name, forecast in rows_of(self.forecast)
        )

    def html(self, attack: Attack | None = None) -> str:
        """The picture and the two columns; side by side where there is room."""
        table = html_table(HEADER, self.rows(attack))
        return (
            '<div style="display:flex;flex-wrap:wrap;align-items:flex-start">'
            f'<div style="max-width:100%;margin:0px 0px 8px 0px">{self.picture.image}</div>'
            f'<div style="flex:1 1 320px;padding:0px 8px">{table}</div></div>'
        )

    def text(self, attack: Attack | None = None) -> str:
        """The same as plain text."""
        picture = self.picture
        head = f"[picture: {picture.alt}; {picture.digest}]"
        return f"{head}\n{text_table(HEADER, self.rows(attack))}"


def came(attack: Attack) -> dict[str, str]:
    """What an attack has measured, by the names of :func:`~tls13lab.pictures.chances.rows_of`."""
    if attack.found is not None:
        state = f"found: {readable(attack.found)}"
    elif attack.over:
        state = "not found" if attack.tested else "not attacked"
    else:
        state = "being sought"
    measured = {
        "PSK": state,
        "attacker": "this machine",
        "guesses a second": "" if attack.rate is None else f"{attack.rate:,.0f}",
        "guesses": f"{attack.tried:,} of {_count(attack.total)} tried",
        "time": time_of(attack.seconds),
    }
    for epoch, opened in attack.opened.items():
        measured[EPOCHS[epoch]] = "opened" if opened else "kept"
    return measured


@lru_cache(maxsize=1)
def _warm_up() -> None:
    """What takes longer the first time: the people's distribution, and zxcvbn's import."""
    MeterView(how=PERSON).text()
    MeterView(how=GIVEN, word="not in the list").text()


def _count(total: int) -> str:
    return f"{total:,}" if total < 1e12 else f"2^{total.bit_length() - 1}"


class GuessMeter(Panel):
    """The controls. Whichever of the ways to choose a PSK was touched last is the one that counts.

    ``protections`` and ``who`` are those on offer, by name, so that a lesson can keep some back;
    all, if nothing is said. ``rate`` is a measured one, in guesses a second of one core.
    """

    def __init__(
        self,
        view: MeterView | None = None,
        protections: Sequence[str] = tuple(_BY_NAME),
        who: Sequence[str] = tuple(_who(LAPTOP_RATE)),
        rate: float | None = None,
        threads: bool = THREADS,
        most_seconds: float = 10.0,
    ) -> None:
        import ipywidgets

        self.view = view or MeterView()
        if rate is not None:
            self.view = self.view.choose(rate=rate)
        self._most_seconds = most_seconds
        _warm_up()
        self._attack: Attack | None = None
        self._trouble = ""
        wide = ipywidgets.Layout(width="min(100%, 30em)")
        self.how = ipywidgets.Dropdown(
            options=HOW, value=self.view.how, description="PSK:", layout=wide
        )
        self.count = Slider(
            value=self.view.count, min=1, max=chosen.MOST_WORDS, description="Drawn words:"
        )
        self.word = ipywidgets.Text(
            value=self.view.word, description="Word:", continuous_update=False, layout=wide
        )
        self.another = ipywidgets.Button(description="Another person")
        self.protection = ipywidgets.Dropdown(
            options=tuple(protections),
            value=self.view.protection,
            description="Protection:",
            layout=wide,
        )
        self.who = ipywidgets.Dropdown(
            options=tuple(who),
            value=self.view.attacker,
            description="Attacker:",
            layout=wide,
        )
        self.start_button = ipywidgets.Button(description="Attack", tooltip="Attack on bytes")
        self.stop_button = ipywidgets.Button(description="Stop", tooltip="Stop", disabled=True)
        self.bar = ipywidgets.IntProgress(min=0, max=1000, description="Tried:")
        self.work = InSteps(self._run, self._show, threads)
        chooses = (self.count, self.word, self.how, self.protection, self.who)
        row = ipywidgets.HBox([self.start_button, self.stop_button, self.bar])
        row.layout.flex_flow = "row wrap"
        controls = [self.how, self.count, self.word, self.another, self.protection, self.who, row]
        super().__init__(controls, self._draw)
        # Before they are watched: then the way is set when the answer is made.
        self.count.observe(lambda _: self._by(DRAWN), names="value")
        self.word.observe(lambda _: self._by(GIVEN), names="value")
        self.watch(*chooses)
        self.taped = (self.count, self.how, self.protection, self.who)
        self.turns = ((self.count, self.how, DRAWN),)
        self.needs_python = "To attack on bytes, or to try another person or a word of your own,"
        self.another.on_click(lambda _: self._another())
        self.start_button.on_click(lambda _: self.start())
        self.stop_button.on_click(lambda _: self.stop())

    def start(self) -> None:
        """Attack, from the beginning; one that runs is stopped before."""
        self.stop()
        self.work.wait()
        self._attack, self._trouble = Attack(self.view.forecast.setting, self._most_seconds), ""
        self.start_button.disabled, self.stop_button.disabled = True, False
        self.work.begin()

    def stop(self) -> None:
        """Ask the attack to stop; the batch in work is finished first."""
        self.work.stop()

    def wait(self) -> None:
        """Until it has stopped, or is done."""
        self.work.wait()

    def _by(self, how: str) -> None:
        self.how.value = how

    def _another(self) -> None:
        self.view = self.view.choose(person=self.view.person + 1)
        self._by(PERSON)
        self.refresh()

    def _draw(self) -> tuple[str, str]:
        view = self.view.choose(
            how=self.how.value,
            count=self.count.value,
            word=self.word.value or self.view.word,
            protection=self.protection.value,
            attacker=self.who.value,
        )
        if self._attack is not None and self._attack.setting != view.forecast.setting:
            self.stop()
            self._attack, self._trouble = None, ""
            self.bar.value = 0
        self.view = view
        forecast = f"<p><strong>{escape(self._trouble)}</strong></p>" if self._trouble else ""
        return f"{forecast}{view.html(self._attack)}", view.text(self._attack)

    def _run(self, stopped: Callable[[], bool]) -> Iterator[None]:
        attack = self._attack
        try:
            if attack is not None:
                yield from attack.steps(stopped)
        except TLSFault as fault:  # nobody sees what is raised in a thread
            self._trouble = f"This attack cannot be done here: {fault}"
        finally:
            self.start_button.disabled, self.stop_button.disabled = False, True

    def _show(self) -> None:
        attack = self._attack
        if attack is not None:
            self.bar.value = round(1000 * attack.tried / max(1, attack.total))
        self.refresh()
