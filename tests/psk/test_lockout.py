"""A server's memory of wrong binders: who is admitted, and how many guesses that leaves."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.lockout import Limit, Lockout

PRINTER = ExternalPsk(b"printer", b"dragon")
SCANNER = replace(PRINTER, identity=b"scanner")


def test_without_a_window_it_is_for_good_and_for_one_identity() -> None:
    lockout = Lockout(Limit(3))
    for admitted in (True, True, True, False):
        assert lockout.admits(PRINTER, 0) is admitted
        if admitted:
            lockout.failed(PRINTER, 0)
    assert not lockout.admits(PRINTER, 10**15)
    assert lockout.admits(SCANNER, 0)


def test_what_is_imported_counts_as_what_it_was_imported_from() -> None:
    """Else each hash and each context would be worth tries of its own at the same secret."""
    lockout = Lockout(Limit(1))
    sha256, sha384 = import_psk(PRINTER, b"alice to bob")
    lockout.failed(sha256, 0)
    (other, _) = import_psk(PRINTER, b"carol to bob")
    assert [lockout.admits(one, 0) for one in (sha384, other, PRINTER)] == [False] * 3
    assert lockout.admits(import_psk(SCANNER, b"alice to bob")[0], 0)


@given(st.integers(1, 5), st.integers(1, 9), st.lists(st.integers(0, 12), max_size=60))
def test_no_more_than_the_limit_in_any_window(failures: int, window: int, steps: list[int]) -> None:
    """Somebody tries at these times, whenever admitted; counted afterwards, window by window."""
    lockout, now, tries = Lockout(Limit(failures, window / 1000)), 0, []
    for step in steps:
        now += step
        if lockout.admits(PRINTER, now):
            lockout.failed(PRINTER, now)
            tries.append(now)
    for began in tries:
        assert sum(began <= one < began + window for one in tries) <= failures


@given(st.integers(1, 5), st.integers(1, 9), st.integers(0, 60))
def test_who_wastes_no_time_has_as_many_guesses_as_it_says(
    failures: int, window: int, milliseconds: int
) -> None:
    limit = Limit(failures, window / 1000)
    lockout, tries = Lockout(limit), 0
    for now in range(milliseconds + 1):
        while lockout.admits(PRINTER, now):
            lockout.failed(PRINTER, now)
            tries += 1
    # In whole milliseconds: a float such as 3 / 0.001 may fall a hair short of a whole one.
    assert tries == failures * (1 + milliseconds // window)
    assert Limit(failures, float(window)).guesses(float(milliseconds)) == tries


def test_a_memory_keeps_no_more_than_it_needs() -> None:
    lockout = Lockout(Limit(2, 1.0))
    for now in range(0, 10**6, 1000):
        lockout.failed(PRINTER, now)
    assert [len(one) for one in lockout._failed_ms.values()] == [2]
    lockout.admits(SCANNER, 0)
    assert len(lockout._failed_ms) == 1, "asking remembers nothing"


@pytest.mark.parametrize(("failures", "window"), [(0, None), (-1, 1.0), (1, 0.0)])
def test_limits_that_are_none(failures: int, window: float | None) -> None:
    with pytest.raises(ValueError, match="a limit needs at least 1 failure"):
        Limit(failures, window)
