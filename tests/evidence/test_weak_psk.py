"""A setting's numbers against the attack itself: what is forecast is what happens, on bytes."""

import itertools
from math import inf, log2

import pytest

from tls13lab.evidence.weak_psk import chosen
from tls13lab.evidence.weak_psk.attack import Attack
from tls13lab.evidence.weak_psk.attackers import (
    CORE_CENTS,
    GPUS,
    LAPTOP,
    LAPTOP_RATE,
    LOCKOUT,
    ONLINE,
    Attacker,
    attackers,
    impostor,
)
from tls13lab.evidence.weak_psk.chosen import Chosen
from tls13lab.evidence.weak_psk.ends import Ends, fits
from tls13lab.evidence.weak_psk.forecast import KEPT, NOT_RECORDED, OPENS, Setting, forecast_of
from tls13lab.evidence.weak_psk.protection import (
    CERTIFIED,
    DAILY,
    DERIVATION,
    DHE,
    NOTHING,
    PAKE_FIRST,
    PROTECTIONS,
    SLOW,
    Protection,
)
from tls13lab.impostor.online import GuessAnswer
from tls13lab.psk.guesswork import Estimate
from tls13lab.search.mask import Mask
from tls13lab.symbolic.guessers import Checks

IMPOSTOR = impostor()
LIKELY = chosen.given("dragon")
"""Among the ten first words: to be found also by who has ten guesses."""


def done(setting: Setting, **options: float) -> Attack:
    attack = Attack(setting, **options)  # type: ignore[arg-type]
    for _ in attack.steps():
        pass
    assert attack.over
    return attack


# On bytes as by the rules -------------------------------------------------------------------------


@pytest.mark.parametrize("attacker", [LAPTOP, ONLINE, IMPOSTOR], ids=lambda one: one.guesser)
@pytest.mark.parametrize("protection", PROTECTIONS, ids=lambda one: one.name)
def test_what_is_reckoned_is_what_happens(protection: Protection, attacker: Attacker) -> None:
    setting = Setting(LIKELY, protection, attacker)
    forecast, attack = forecast_of(setting), done(setting)
    assert (attack.found == LIKELY.psk) == forecast.way.applies
    if not forecast.way.applies:
        assert attack.opened == {}
        assert set(forecast.epochs.values()) == {KEPT}
        return
    assert attack.tried == LIKELY.place == 10
    states = {one: OPENS if opened else KEPT for one, opened in attack.opened.items()}
    assert states == {one: it for one, it in forecast.epochs.items() if it != NOT_RECORDED}
    assert (NOT_RECORDED in forecast.epochs.values()) == (attacker is not LAPTOP)


@pytest.mark.parametrize("attacker", [LAPTOP, IMPOSTOR], ids=lambda one: one.guesser)
def test_what_was_drawn_is_in_no_list(attacker: Attacker) -> None:
    attack = done(Setting(chosen.random_bytes(), NOTHING, attacker), most_seconds=0.05)
    assert attack.found is None
    assert attack.tried > 0
    assert attack.opened == {}


def test_who_has_ten_guesses_stops_after_ten() -> None:
    for protection in (DHE, PAKE_FIRST, CERTIFIED):
        attack = done(Setting(chosen.given("monkey"), protection, ONLINE))
        assert (attack.tried, attack.total, attack.found) == (LOCKOUT, LOCKOUT, None)


def test_it_is_the_server_that_stops_answering() -> None:
    for protection in (DHE, PAKE_FIRST, CERTIFIED):
        asked = Ends(protection, b"dragon").service(failures=2)
        answers = [asked(word) for word in (b"123456", b"password", b"dragon")]
        assert answers == [GuessAnswer.WRONG, GuessAnswer.WRONG, GuessAnswer.PASSED_OVER]
        assert Ends(protection, b"dragon").service(failures=1)(b"dragon") is GuessAnswer.RIGHT


def test_drawn_words_are_searched_one_after_the_other() -> None:
    one = chosen.words(1)
    attack = done(Setting(one, DHE, LAPTOP))
    assert (attack.found, attack.tried, attack.total) == (one.psk, one.place, 1024)


def test_without_a_compiler_it_is_slower_and_finds_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tls13lab.evidence.weak_psk.attack.compiled_engine", lambda _: None)
    one = chosen.words(1)
    attack = done(Setting(one, DHE, LAPTOP))
    assert (attack.found, attack.tried) == (one.psk, one.place)
    assert attack.tested == 1000, "two batches of 500"


def test_an_attack_ends_when_it_is_told_to_or_its_time_is_up() -> None:
    setting = Setting(chosen.words(13), NOTHING, LAPTOP)
    stopped = Attack(setting)
    assert sum(1 for _ in stopped.steps(lambda: True)) == 2
    assert stopped.over
    ticks = itertools.count()
    timed = Attack(setting, most_seconds=3, clock=lambda: float(next(ticks)))
    for _ in timed.steps():
        pass
    assert timed.seconds == 3
    assert timed.rate == timed.tested / 3


def test_a_slow_derivation_is_in_the_way_of_each_guess() -> None:
    (target,) = Ends(SLOW, b"dragon").recorded_targets()
    assert fits(SLOW, target, b"dragon")
    assert not fits(NOTHING, target, b"dragon")
    assert target.made_with(DERIVATION.derive(b"dragon"))


# Numbers ------------------------------------------------------------------------------------------


def test_an_even_chance_takes_its_time_and_money() -> None:
    forecast = forecast_of(Setting(chosen.words(4), NOTHING, LAPTOP))
    assert forecast.even_chance == 2**39
    assert forecast.seconds == pytest.approx(2**39 / LAPTOP_RATE)
    assert forecast.cents == pytest.approx(2**39 / LAPTOP_RATE / 3600 * CORE_CENTS)
    assert forecast.chance(forecast.seconds) == pytest.approx(0.5)
    assert forecast.chance() == 1.0


def test_who_is_counted_has_ten_guesses_and_no_more() -> None:
    people = forecast_of(Setting(chosen.person(1), DHE, ONLINE))
    assert people.most == LOCKOUT
    assert people.chance() == people.chance(1e9) == people.setting.chosen.guessing.success(LOCKOUT)
    assert people.even_chance is people.seconds is people.cents is None
    tenth, eleventh = (chosen.given(chosen.listed_words()[n].decode()) for n in (9, 10))
    assert forecast_of(Setting(tenth, DHE, ONLINE)).chance() == 1.0
    assert forecast_of(Setting(eleventh, DHE, ONLINE)).chance() == 0.0


def test_who_can_check_nothing_finds_nothing() -> None:
    forecast = forecast_of(Setting(LIKELY, PAKE_FIRST, GPUS))
    assert forecast.way.checks is Checks.NEVER
    assert (forecast.most, forecast.chance(), forecast.chance(1e12)) == (0, 0.0, 0.0)
    assert forecast_of(Setting(LIKELY, DHE, GPUS)).most == inf


def test_a_derivation_slows_a_core_by_its_time_and_a_card_by_its_memory() -> None:
    plain, slow = (forecast_of(Setting(LIKELY, one, LAPTOP)).means.rate for one in (DHE, SLOW))
    assert 1 / slow == pytest.approx(SLOW.seconds_each, rel=1e-3)
    assert plain == LAPTOP_RATE
    card = forecast_of(Setting(LIKELY, SLOW, GPUS)).means.rate
    assert card == pytest.approx(GPUS.bandwidth / (2 * DERIVATION.memory), rel=1e-3)
    assert slow < card < GPUS.means.rate / 1000


def test_all_attackers_are_on_offer_at_any_rate() -> None:
    assert [one.guesser for one in attackers(5.0)] == ["offline", "offline", "online", "harvester"]
    assert attackers(5.0)[0].rate() == attackers(5.0)[3].rate() == 5.0
    assert DAILY.used == 86_400


# Choosing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 7, 13])
def test_drawn_words_have_ten_bits_each(count: int) -> None:
    one = chosen.words(count)
    assert log2(one.tried.total) == 10 * count
    assert isinstance(one.tried, chosen.AllWords)
    assert one.place is not None
    assert one.tried.mask[one.place - 1] == one.psk
    assert len(one.psk) == 4 * count - 1
    assert Mask.parse(chosen.SYLLABLE, chosen.SOUNDS).keyspace == 2**chosen.BITS_EACH


def test_people_are_found_as_often_as_their_distribution_says() -> None:
    listed = len(chosen.listed_words())
    ranks = [chosen.rank_of(number) for number in range(1, 1001)]
    share = sum(rank <= listed for rank in ranks) / len(ranks)
    assert share == pytest.approx(chosen.person(1).guessing.success(listed), abs=0.03)
    for number, rank in enumerate(ranks[:40], 1):
        one = chosen.person(number)
        assert one.place == (rank if rank <= listed else None)
        assert (one.psk in chosen.places()) == (rank <= listed)


def test_a_word_that_is_not_listed_is_estimated() -> None:
    unlisted: Chosen = chosen.given("correct horse battery staple")
    assert unlisted.place is None
    assert isinstance(unlisted.guessing, Estimate)
    assert unlisted.guessing.log2_guesses > 17


@pytest.mark.parametrize(
    "wrong", [lambda: chosen.words(0), lambda: chosen.words(14), lambda: chosen.given("")]
)
def test_what_nobody_can_choose_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"word|letter"):
        wrong()  # type: ignore[operator]
