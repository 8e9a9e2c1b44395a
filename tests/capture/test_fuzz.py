"""A few thousand damaged places; ``python -m tests.capture.fuzz`` does a million."""

import pytest

from tests.capture.fuzz import run
from tests.sampled import sampled


@pytest.mark.parametrize("seed", sampled(range(4), 4))
def test_only_our_own_faults_come_out(seed: int) -> None:
    assert run(1_000, seed) > 10
