"""A few thousand damaged places; ``python -m tests.capture.fuzz`` does a million."""

import pytest

from tests.capture.fuzz import run


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 4))]
)
def test_only_our_own_faults_come_out(seed: int) -> None:
    assert run(1_000, seed) > 10
