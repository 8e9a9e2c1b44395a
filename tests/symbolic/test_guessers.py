"""Who may guess, and how often: three attackers in the model, and what each answer hangs on."""

from collections.abc import Callable
from math import inf

import pytest

from tls13lab.symbolic import cpace
from tls13lab.symbolic.cost import cost
from tls13lab.symbolic.cpace import CPACE_QUANTUM
from tls13lab.symbolic.guessers import (
    CPACE,
    GUESSERS,
    HARVESTER,
    OFFLINE,
    ONLINE,
    USUAL,
    Checks,
    Way,
    decide,
    ways,
)
from tls13lab.symbolic.guessing import verifiers
from tls13lab.symbolic.prices import Prices
from tls13lab.symbolic.proverif.guess import Guess, found, guesses
from tls13lab.symbolic.proverif.lines import OfferLines
from tls13lab.symbolic.rules import QUANTUM
from tls13lab.symbolic.scenes import PUBLIC, connections, recorded, weak_secrets
from tls13lab.symbolic.vocabulary import (
    GUESSED_MODES,
    SCENE_MODES,
    Adversary,
    ExternalMode,
    GuessedMode,
    SceneMode,
    with_external_psk,
    with_imported_psk,
)
from tls13lab.wire.faults import NotAllowed
from tls13lab.wire.names import PskMode

TO_THE_PSK = [mode for mode in GUESSED_MODES if "-from-" not in mode and mode != CPACE]
EXPORTED = set(guesses())
TICKETS = [mode for mode in GUESSED_MODES if "-from-" in mode]


def checks(mode: GuessedMode, *, binder: bool = True) -> tuple[Checks, ...]:
    return tuple(decide(mode, guesser, binder=binder).checks for guesser in GUESSERS)


def test_every_mode_that_begins_with_a_psk_of_a_person_is_asked() -> None:
    assert len(GUESSED_MODES) == len(set(GUESSED_MODES)) == 10
    assert {mode for mode in SCENE_MODES if weak_secrets(mode)} <= set(GUESSED_MODES)


@pytest.mark.parametrize("mode", TO_THE_PSK)
def test_a_binder_is_taken_home_and_a_server_is_asked_guess_by_guess(mode: GuessedMode) -> None:
    assert checks(mode) == (Checks.FREELY, Checks.ONCE_A_RUN, Checks.FREELY)
    assert "binder" in decide(mode, HARVESTER).told_by
    assert decide(mode, ONLINE).told_by[0] == "ServerHello"


def test_behind_cpace_both_who_speak_have_a_guess_a_run_and_the_listener_none() -> None:
    assert checks(CPACE) == (Checks.NEVER, Checks.ONCE_A_RUN, Checks.ONCE_A_RUN)


@pytest.mark.parametrize("mode", TICKETS)
def test_with_a_ticket_only_a_recording_leads_back_to_the_psk(mode: GuessedMode) -> None:
    """A client that resumes says nothing that is made of the weak PSK alone."""
    assert checks(mode) == (Checks.FREELY, Checks.NEVER, Checks.NEVER)


@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_the_listener_is_the_one_of_the_matrix(mode: ExternalMode) -> None:
    """Confirmed by the older engine, which has no turns."""
    scene = recorded(mode)
    told = verifiers(scene.world(USUAL), scene.known, weak_secrets(mode)[0])
    assert decide(mode, OFFLINE).told_by == tuple(sorted({term.symbol for term in told}))


def test_cpace_turn_by_turn_is_cpace_run_by_run() -> None:
    """The scenes here and those of the race say the same, though they are written apart."""
    for guess in (cpace.WORD, cpace.ANOTHER):
        came = bool(cpace.checkable(cpace.client_came(guess)))
        assert came is (guess is cpace.WORD)
        assert cpace.gets_in(cpace.asked_server(guess)) is (guess is cpace.WORD)
    assert decide(CPACE, HARVESTER).told_by == ("binder",)
    assert decide(CPACE, ONLINE).told_by == ("ServerHello",)
    assert not cpace.checkable(cpace.listened())


# What the answers hang on: each of them falls with something taken away, or added -----------------


@pytest.mark.parametrize("made", [with_external_psk, with_imported_psk])
def test_without_a_binder_it_is_the_server_s_words_that_are_taken_home(
    made: Callable[[PskMode], GuessedMode],
) -> None:
    """A binder trades one for another: it keeps the server's words from who has no PSK."""
    free, once, never = Checks.FREELY, Checks.ONCE_A_RUN, Checks.NEVER
    assert checks(made("psk_ke"), binder=False) == (free, free, once)
    assert checks(made("psk_dhe_ke"), binder=False) == (never, free, once)


def test_without_a_binder_a_certificate_besides_would_keep_the_false_server_out() -> None:
    """Whether its guess is right makes no difference, for it cannot sign."""
    both = checks("cert_with_extern_psk", binder=False)
    assert both == (Checks.NEVER, Checks.FREELY, Checks.NEVER)


def test_without_the_rule_that_makes_a_binder_nobody_goes_free_in_psk_dhe_ke() -> None:
    """With early data there is something else to open; RFC 9973's mode has none."""
    rules = tuple(rule for rule in USUAL if rule.name != "binder")
    told = {one: decide("cert_with_extern_psk", one, rules).checks for one in GUESSERS}
    assert set(told.values()) == {Checks.NEVER}
    assert decide("external-psk_dhe_ke", HARVESTER, rules).told_by == ("sealed",)


def test_a_quantum_computer_sets_the_listener_free_behind_cpace() -> None:
    rules = (*USUAL, QUANTUM, CPACE_QUANTUM)
    assert decide(CPACE, OFFLINE, rules).checks is Checks.FREELY
    assert decide(CPACE, OFFLINE, (*USUAL, QUANTUM)).checks is Checks.NEVER


def test_who_has_alice_s_scalar_takes_a_run_home() -> None:
    """Counter-test to one guess a visit, in the older form of the scenes."""
    assert cpace.checkable(cpace.client_came(cpace.ANOTHER), [cpace.ALICES])


@pytest.mark.parametrize("mode", TICKETS)
def test_with_the_first_connection_recorded_the_ticket_s_client_is_no_hindrance(
    mode: SceneMode,
) -> None:
    """Counter-test: what the harvester lacks is the connection that issued the ticket."""
    first, this = connections(mode)
    world = recorded(mode).world(USUAL)
    (weak,) = weak_secrets(mode)
    visit = (*PUBLIC, this.client_hello, this.early_record)
    assert not verifiers(world, visit, weak)
    assert verifiers(world, (*visit, *first.wire), weak)


@pytest.mark.parametrize("binder", [True, False])
@pytest.mark.parametrize("kind", ["external", "imported"])
@pytest.mark.parametrize("psk_mode", ["psk_ke", "psk_dhe_ke"])
def test_proverif_was_asked_the_same(psk_mode: PskMode, kind: str, binder: bool) -> None:
    """Its models are held to these answers: an active adversary is all who speak, and listens."""
    offer = OfferLines(binder, early_data=binder, importer=kind == "imported")
    mode = (with_imported_psk if offer.importer else with_external_psk)(psk_mode)
    free = {one for one in GUESSERS if decide(mode, one, binder=binder).checks is Checks.FREELY}
    both: tuple[tuple[Adversary, set[str]], ...] = (
        ("passive", {OFFLINE}),
        ("active", set(GUESSERS)),
    )
    for adversary, can_be in both:
        guess = Guess(with_external_psk(psk_mode), adversary, offer=offer)
        assert guess in EXPORTED
        assert found(guess) is bool(free & can_be)


# What it costs -----------------------------------------------------------------------------------


def test_the_same_guesses_and_three_numbers_of_runs() -> None:
    guesses = 2.0**20
    three = ways("external-psk_dhe_ke")
    assert [one.log2_guesses() for one in three] == [20.0] * 3
    assert [one.runs(guesses) for one in three] == [0.0, guesses, 1.0]
    assert [one.guesses(10) for one in three] == [inf, 10, inf]
    assert [one.guesses(0) for one in three] == [inf, 0, 0]


@pytest.mark.parametrize("mode", ["external-psk_ke", "external-psk_dhe_ke"])
def test_the_price_is_that_of_the_matrix(mode: ExternalMode) -> None:
    told = cost(mode, "psk", "passive", ("weak_psk",)).log2_guesses
    assert decide(mode, OFFLINE).log2_guesses() == told == 20.0


def test_who_cannot_guess_has_no_guesses_in_any_number_of_runs() -> None:
    one = decide(CPACE, OFFLINE)
    assert not one.applies
    assert one.log2_guesses() is None
    assert (one.guesses(1e9), one.runs(1)) == (0, inf)


def test_a_strong_psk_has_the_strong_price() -> None:
    one = decide("external-psk_ke", HARVESTER)
    assert one.log2_guesses(weak=False) == 127.0
    assert one.log2_guesses(Prices(weak_psk=51.0)) == 51.0


def test_what_each_needs() -> None:
    told = [(one.needs, one.contacts) for one in ways("external-psk_ke")]
    assert told == [("a recording", 0), ("a server's answer", 1), ("a client's visit", 1)]


@pytest.mark.parametrize("mode", ["full", "resumption-psk_ke", "imported-psk"])
def test_modes_without_a_weak_psk_are_refused(mode: GuessedMode) -> None:
    with pytest.raises(NotAllowed, match="there is no mode with a guessable PSK"):
        decide(mode, OFFLINE)


def test_no_such_guesser() -> None:
    modes: tuple[GuessedMode, ...] = ("external-psk_ke", CPACE)
    for mode in modes:
        with pytest.raises(NotAllowed, match="there is no guesser 'a friend'"):
            decide(mode, "a friend")  # type: ignore[arg-type]


def test_a_way_is_a_value() -> None:
    assert decide("external-psk_ke", OFFLINE) == Way(
        "external-psk_ke", OFFLINE, Checks.FREELY, ("binder", "sealed"), 0
    )
