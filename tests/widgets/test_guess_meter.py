"""The instrument: its settings, its controls, and the attack beside what was calculated."""

import asyncio
import re

import pytest

from tls13lab.evidence.weak_psk.attackers import ONLINE, attackers
from tls13lab.evidence.weak_psk.protection import DHE, NOTHING, PAKE_FIRST, PROTECTIONS, SLOW
from tls13lab.widgets.guess_meter import (
    DRAWN,
    GIVEN,
    HEADER,
    HOW,
    NOT_YET,
    PERSON,
    RANDOM,
    GuessMeter,
    MeterView,
)

ASKS = MeterView(attacker=ONLINE.name)


def column(meter: GuessMeter) -> dict[str, str]:
    """What stands under "measured"."""
    return {name: measured for name, _, measured in meter.view.rows(meter._attack)}


@pytest.mark.parametrize("how", HOW)
def test_every_setting_has_an_answer(how: str) -> None:
    for protection in PROTECTIONS:
        for attacker in attackers():
            view = MeterView().choose(
                how=how, protection=protection.name, attacker=attacker.name, count=3
            )
            assert view.forecast.setting.protection is protection
            assert set(dict(view.forecast.epochs)) == {"past", "present", "next_ticket"}
            assert NOT_YET in view.text()
            assert "alt=" in view.html()


def test_what_is_not_on_offer_is_refused() -> None:
    for wrong in ({"how": "by dice"}, {"protection": "hope"}, {"attacker": "Eve"}):
        with pytest.raises(KeyError):
            MeterView().choose(**wrong)


def test_a_measured_rate_is_the_laptops() -> None:
    view = GuessMeter(rate=1000.0).view
    assert view.forecast.means.rate == 1000.0
    assert dict(row[:2] for row in view.rows())["guesses a second"] == "1,000"


def test_the_way_that_was_touched_last_counts() -> None:
    meter = GuessMeter()
    seen = [meter.answer.value]
    for move, how in (
        (lambda: setattr(meter.word, "value", "dragon"), GIVEN),
        (lambda: setattr(meter.count, "value", 5), DRAWN),
        (meter.another.click, PERSON),
        (meter.another.click, PERSON),
        (lambda: setattr(meter.how, "value", RANDOM), RANDOM),
        (lambda: setattr(meter.protection, "value", DHE.name), RANDOM),
        (lambda: setattr(meter.who, "value", ONLINE.name), RANDOM),
    ):
        move()
        assert meter.how.value == meter.view.how == how
        assert meter.answer.value not in seen
        seen.append(meter.answer.value)
    assert meter.view.person == 3


def test_an_empty_word_is_none() -> None:
    meter = GuessMeter(MeterView(how=GIVEN, word="dragon"))
    meter.word.value = ""
    assert meter.view.word == "dragon"
    assert "could not be shown" not in meter.answer.value


def test_an_attack_stands_beside_what_was_calculated() -> None:
    meter = GuessMeter(MeterView(how=GIVEN, word="dragon"))
    assert column(meter)["PSK"] == NOT_YET
    meter.start_button.click()
    meter.wait()
    forecast = column(meter)
    assert forecast["PSK"] == "found: dragon"
    assert forecast["guesses"] == "10 of 100,000 tried"
    assert (forecast["past"], forecast["present"], forecast["next ticket"]) == ("opened",) * 3
    assert re.fullmatch(r"(less than )?\d+\.\d\d seconds", forecast["time"])
    assert "found: dragon" in meter.answer.value
    assert (meter.start_button.disabled, meter.stop_button.disabled) == (False, True)


def test_one_that_finds_nothing_says_so() -> None:
    view = MeterView(how=DRAWN, count=1, protection=PAKE_FIRST.name)
    meter = GuessMeter(view)
    meter.start()
    meter.wait()
    forecast = column(meter)
    assert (forecast["PSK"], forecast["guesses"]) == ("not found", "1,024 of 1,024 tried")
    assert forecast["past"] == ""


def test_another_setting_forgets_the_attack() -> None:
    meter = GuessMeter(MeterView(how=DRAWN, count=13))
    meter.start()
    meter.protection.value = DHE.name
    meter.wait()
    assert column(meter)["PSK"] == NOT_YET
    assert meter.bar.value == 0
    assert "being sought" not in meter.answer.value
    assert (meter.start_button.disabled, meter.stop_button.disabled) == (False, True)
    meter.count.value = 1
    meter.start()
    meter.wait()
    assert column(meter)["PSK"].startswith("found: ")


def test_it_stops_when_it_is_told_to() -> None:
    meter = GuessMeter(MeterView(how=DRAWN, count=13))
    meter.start()
    meter.stop_button.click()
    meter.wait()
    assert column(meter)["PSK"] == "not found"
    assert "of 2^130 tried" in column(meter)["guesses"]


def test_what_cannot_be_done_here_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("hashlib.scrypt")  # as in a browser
    meter = GuessMeter(MeterView(how=GIVEN, word="iguana", protection=SLOW.name))
    meter.start()
    meter.wait()
    assert "This attack cannot be done here: this Python has no scrypt" in meter.answer.value
    assert (meter.start_button.disabled, meter.stop_button.disabled) == (False, True)
    meter.protection.value = DHE.name
    assert "cannot be done" not in meter.answer.value


def test_a_lesson_may_keep_something_back() -> None:
    meter = GuessMeter(protections=(NOTHING.name, DHE.name), who=(ONLINE.name,), view=ASKS)
    assert meter.protection.options == (NOTHING.name, DHE.name)
    assert meter.who.options == (ONLINE.name,)
    assert meter.view.forecast.setting.attacker is not None


def test_without_threads_there_is_room_for_the_buttons() -> None:
    async def look() -> None:
        meter = GuessMeter(MeterView(how=DRAWN, count=13), threads=False)
        meter.start()
        assert meter.work.running
        while "being sought" not in meter.answer.value:
            await asyncio.sleep(0)
        meter.stop()
        while meter.work.running:
            await asyncio.sleep(0)
        assert column(meter)["PSK"] == "not found"

    asyncio.run(look())


def test_without_a_kernel_the_first_view_stands_there() -> None:
    bundle = GuessMeter()._repr_mimebundle_()
    assert NOTHING.name in bundle["text/html"]
    assert " | ".join(one.ljust(0) for one in HEADER[1:]) in re.sub(
        r" +", " ", bundle["text/plain"]
    )
