"""How long the widgets take to answer a change, in Python: for the benchmarks.

Every position of every control is measured. The time that the browser takes to show the answer is
not in it.

>>> sorted(update_times(rounds=1))
['bit flipper', 'entropy explorer', 'guess meter', ..., 'theft panel']
"""

import time
from typing import Any

from tls13lab.adversary.theft import Theft
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.guessing_time import LONGEST
from tls13lab.symbolic.rules import RULES
from tls13lab.widgets.bit_flipper import BitFlipper
from tls13lab.widgets.entropy_explorer import EntropyExplorer
from tls13lab.widgets.guess_meter import HOW, GuessMeter
from tls13lab.widgets.handshake_stepper import HandshakeStepper
from tls13lab.widgets.matrix_explorer import MatrixExplorer
from tls13lab.widgets.schedule_explorer import ScheduleExplorer, ScheduleView
from tls13lab.widgets.side_by_side import SideBySide
from tls13lab.widgets.theft_panel import TheftPanel
from tls13lab.wire.names import Mode


def conversation(mode: Mode) -> Conversation:
    """A whole one, with application data, the same each time."""
    pair = Pair(*lesson_configs(mode), seed=f"timings {mode}")
    pair.handshake()
    pair.client.send(b"some application data")
    pair.client.close()
    pair.pump()
    return pair.conversation()


def update_times(rounds: int = 5) -> dict[str, list[float]]:
    """Seconds for each update of each widget, over all positions, ``rounds`` times."""
    ke, dhe = conversation("psk_ke"), conversation("psk_dhe_ke")
    explorer = ScheduleExplorer(ScheduleView(values=dhe.secrets))
    stepper, sides = HandshakeStepper(dhe), SideBySide(ke, dhe)
    # A replay takes the time that the lesson's own function takes: here, none.
    flipper = BitFlipper(dhe.steps[0].messages[0], lambda _: "an outcome")
    slider = range(stepper.slider.min, stepper.slider.max + 1)
    rows = range(sides.slider.min, sides.slider.max + 1)
    panel = TheftPanel(
        record(talk(*lesson_configs("psk_ke"), "ke"), talk(*lesson_configs("psk_dhe_ke"), "dhe")),
        {"psk": Theft(psks=(LESSON_PSK.key,))},
    )
    matrix, entropy, meter = MatrixExplorer(), EntropyExplorer(), GuessMeter()
    meter_controls = (
        (meter.protection, list(meter.protection.options)),
        (meter.who, list(meter.who.options)),
        (meter.how, list(HOW)),
        (meter.count, list(range(1, meter.count.max + 1))),
    )
    return {
        "theft panel": _times(panel.boxes["psk"], [True, False], rounds),
        "matrix explorer": _times(matrix.without, list(RULES), rounds),
        "entropy explorer": _times(entropy.length, list(range(1, LONGEST + 1)), rounds),
        "guess meter": [
            seconds
            for control, positions in meter_controls
            for seconds in _times(control, positions, rounds)
        ],
        "schedule explorer": _times(explorer.secret, list(explorer.secret.options), rounds),
        "handshake stepper": _times(stepper.slider, list(slider), rounds),
        "side by side": _times(sides.slider, list(rows), rounds),
        "bit flipper": _times(flipper.field, [one for _, one in flipper.field.options], rounds),
    }


def p95(seconds: list[float]) -> float:
    """The time that 95 of 100 updates do not exceed.

    >>> p95([float(one) for one in range(1, 101)])
    95.0
    """
    return sorted(seconds)[-(-len(seconds) * 95 // 100) - 1]


def _times(control: Any, positions: list[Any], rounds: int) -> list[float]:
    found = []
    for position in positions * rounds:
        if control.value == position:
            continue  # no change, so nothing would be drawn
        began = time.perf_counter()
        control.value = position
        found.append(time.perf_counter() - began)
    return found
