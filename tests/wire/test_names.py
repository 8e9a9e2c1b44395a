"""Words of a fixed set: the right ones are taken, and a wrong one is named with the others."""

import pytest

from tls13lab.wire.faults import NotAllowed
from tls13lab.wire.names import MODES, PSK_MODES, SIDES, each_of, one_of


@pytest.mark.parametrize("mode", MODES)
def test_a_known_word_is_itself(mode: str) -> None:
    assert one_of(mode, MODES, "mode") == mode


@pytest.mark.parametrize("wrong", ["", "psk", "PSK_KE", "psk_ke ", "psk-ke"])
def test_any_other_is_named_with_those_to_choose_from(wrong: str) -> None:
    says = f"there is no mode {wrong!r}: use psk_ke or psk_dhe_ke"
    with pytest.raises(NotAllowed) as refused:
        one_of(wrong, PSK_MODES, "mode")
    assert str(refused.value) == says


def test_where_there_is_one_choice() -> None:
    with pytest.raises(NotAllowed, match="there is no side 'server': use client"):
        one_of("server", SIDES[:1], "side")


def test_each_word_of_several() -> None:
    assert each_of(["server", "client"], SIDES, "side") == ("server", "client")
    assert each_of((), SIDES, "side") == ()
    with pytest.raises(NotAllowed, match="there is no side 'judge'"):
        each_of(["client", "judge"], SIDES, "side")


def test_a_string_is_not_taken_for_several_words() -> None:
    with pytest.raises(NotAllowed, match=r"write a tuple with one side: \('client',\)"):
        each_of("client", SIDES, "side")
    with pytest.raises(NotAllowed, match="there is no side 'clients'"):
        each_of("clients", SIDES, "side")
