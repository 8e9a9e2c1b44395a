"""What people make up is told from what was drawn, and a check for each piece of advice."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.psk.advice import CHECKS, Use, examine
from tls13lab.psk.strength import GPU, in_words, strength


@pytest.mark.parametrize(
    "weak", [b"sternchen", b"123456", b"password1", b"lab", b"a" * 60, bytes(16), b"\x7f\x3a" * 16]
)
def test_what_was_not_drawn_is_weak(weak: bytes) -> None:
    assert strength(weak).bits < 40
    assert strength(weak).verdict == "guessed at once"


def test_what_was_drawn_is_strong() -> None:
    drawn = os.urandom(32)
    assert strength(drawn).bits == 256 or strength(drawn.hex().encode()).bits > 128
    assert strength(b"9f1d8a90b1ce4a2f7c53e6d804b7a2c1e0d3").bits > 90


def test_more_bits_are_twice_the_time() -> None:
    one, other = (replace(strength(b"x"), bits=bits) for bits in (40.0, 41.0))
    assert other.seconds(GPU) == 2 * one.seconds(GPU)
    assert replace(one, bits=70.0).verdict == "can be guessed at great cost"
    assert replace(one, bits=100.0).verdict == "weaker than RFC 9257 asks for"
    assert "cannot be guessed" in replace(one, bits=128.0).verdict


def test_guesses_before_one_password_are_not_halved_and_all_values_are() -> None:
    """zxcvbn counts the guesses that come before this very password; a length bounds all values."""
    from zxcvbn import zxcvbn

    made_up = strength(b"sternchen")
    assert made_up.seconds(1.0) == pytest.approx(float(zxcvbn("sternchen")["guesses"]))
    drawn = strength(bytes(range(7, 200, 6)))
    assert (drawn.drawn, drawn.seconds(1.0)) == (True, 2 ** (8 * drawn.length - 1))


@given(st.binary(min_size=1, max_size=100))
def test_any_bytes_have_an_estimate_below_their_length(psk: bytes) -> None:
    told = strength(psk)
    assert 0 <= told.bits <= 8 * len(psk)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a second"), (30, "30 seconds"), (600, "10 minutes"), (1e6, "12 days")],
)
def test_times_for_people(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


GOOD = Use(
    identity="printer",
    length=32,
    bits=256,
    modes=("psk_dhe_ke",),
    clients=("office",),
    servers=("printer",),
    imported=True,
    context_names_both=True,
    base_key_kept=False,
)


def wrong(use: Use) -> set[str]:
    return {check.name for check, reason in examine(use) if reason}


def test_advice_that_was_followed() -> None:
    assert wrong(GOOD) == set()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"bits": 20.0}, {"entropy"}),
        ({"length": 8}, {"length"}),
        ({"modes": ("psk_ke", "psk_dhe_ke")}, {"forward secrecy"}),
        ({"modes": ()}, {"forward secrecy"}),
        ({"clients": ("a", "b"), "context_names_both": False}, {"one pair of nodes"}),
        ({"clients": (), "context_names_both": False}, {"one pair of nodes"}),
        ({"clients": ("a",), "servers": ("a",), "context_names_both": False}, {"roles"}),
        ({"imported": False}, {"importer"}),
        ({"imported": False, "hashes": ("sha256", "sha384")}, {"importer", "one hash"}),
        ({"base_key_kept": True}, {"base key deleted"}),
        ({"tls12": True}, {"one protocol version"}),
        ({"early_data": True}, {"early data"}),
    ],
)
def test_each_check_speaks_just_for_its_own_fault(
    change: dict[str, object], names: set[str]
) -> None:
    assert wrong(replace(GOOD, **change)) == names  # type: ignore[arg-type]


def test_names_that_are_checked_afterwards_do_as_well() -> None:
    group = replace(GOOD, clients=("a", "b"), servers=("a", "b"), context_names_both=False)
    assert wrong(group) == {"one pair of nodes", "roles"}
    assert wrong(replace(group, names_checked=True)) == set()


def test_what_is_not_said_is_the_worst() -> None:
    said = wrong(Use("nothing said", 32, 256))
    assert said == {"forward secrecy", "one pair of nodes", "importer"}
    assert len({check.name for check in CHECKS}) == len(CHECKS)
