"""Choose an alphabet, a length and an attacker, and see how long such a PSK lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape

from tls13lab.evidence.weak_psk.attackers import LAPTOP_RATE
from tls13lab.pictures.guessing_time import ALPHABETS, LONGEST, guessing_time
from tls13lab.pictures.picture import Picture
from tls13lab.psk.strength import SPEEDS, in_figures
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider


def named(who: str, rate: float) -> str:
    """An attacker with its rate, as all stand in the menu.

    >>> named("this machine", 921_413.0)
    'this machine: 920,000 guesses a second'
    """
    return f"{who}: {in_figures(rate)} guesses a second"


REFERENCE = {
    named(who, rate): rate for who, rate in {"a laptop core": LAPTOP_RATE, **SPEEDS}.items()
}
"""Guesses a second of each attacker in the menu."""
LAPTOP = next(iter(REFERENCE))


@dataclass(frozen=True)
class EntropyView:
    """What is chosen: ``rates`` are the attackers by name, in guesses a second."""

    alphabet: str = "small letters"
    length: int = 8
    who: str = LAPTOP
    rates: Mapping[str, float] = field(default_factory=lambda: REFERENCE)

    def choose(self, alphabet: str, length: int, who: str) -> "EntropyView":
        """Another choice. KeyError for an alphabet or an attacker that is not on offer."""
        ALPHABETS[alphabet]
        self.rates[who]
        return replace(self, alphabet=alphabet, length=max(1, min(LONGEST, length)), who=who)

    @property
    def picture(self) -> Picture:
        """The lines, with the choice marked."""
        return guessing_time((self.alphabet, self.length), self.rates[self.who], self.who)

    def sentence(self) -> str:
        """The answer in words."""
        said = self.picture.alt.partition("; ")[2]
        return said[:1].upper() + said[1:]


class EntropyExplorer(Panel):
    """Two menus and a slider; ``measured`` is one's own rate, in guesses a second, if there is."""

    def __init__(self, measured: float | None = None) -> None:
        import ipywidgets

        view = EntropyView()
        if measured is not None:
            mine = named("this machine", measured)
            view = replace(view, who=mine, rates={mine: measured, **REFERENCE})
        self.view = view
        self.alphabet = ipywidgets.Dropdown(
            options=tuple(ALPHABETS), value=view.alphabet, description="Alphabet:"
        )
        self.who = ipywidgets.Dropdown(
            options=tuple(view.rates),
            value=view.who,
            description="Attacker:",
            layout=ipywidgets.Layout(width="min(100%, 34em)"),
        )
        self.length = Slider(
            value=view.length,
            min=1,
            max=LONGEST,
            description="Length:",
        )
        controls = [self.alphabet, self.length, self.who]
        super().__init__(controls, self._draw)
        self.watch(*controls)

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.choose(self.alphabet.value, self.length.value, self.who.value)
        picture = self.view.picture
        return f"<p>{escape(self.view.sentence())}</p>{picture.html}", picture.text
