"""The interop table, a test for each cell; ``-k "tls13lab-to"`` selects those of one client."""

from dataclasses import replace

import pytest
from _pytest.mark.structures import ParameterSet

from tests.conftest import IN_CI

if not IN_CI:  # there its absence is an error
    pytest.importorskip("tlslite", reason="tlslite-ng is not installed")

from tests.interop.scenarios import SCENARIOS, SUITES
from tests.interop.table import (
    CANNOT,
    CELLS,
    PEERS,
    Bench,
    Cell,
    CellFailed,
    markdown,
    outcome,
)

pytestmark = pytest.mark.openssl
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
SOONER = {"tls13lab", "openssl"}, SUITES[0]
"""Quick are the cells of these two, in this suite; the matrix asks OpenSSL's library for all."""


def parameter(number: int, cell: Cell) -> ParameterSet:
    """A cell as pytest's parameter, with its place in the order."""
    marks = [pytest.mark.interop_cell(number)]
    if ({cell.client, cell.server}, cell.suite) != SOONER:
        marks.append(pytest.mark.full)
    return pytest.param(cell, id=str(cell).replace(" to ", "-to-"), marks=marks)


@pytest.mark.parametrize("cell", [parameter(*numbered) for numbered in enumerate(CELLS)])
def test_cell(cell: Cell, bench: Bench, outcomes: list[object]) -> None:
    done = outcome(bench, cell)
    outcomes.append(done)
    assert not done.problem, done.problem


def test_the_table_is_complete() -> None:
    assert len(set(CELLS)) == len(CELLS) == len(PEERS) ** 2 * len(SCENARIOS) * len(SUITES)


def test_only_scenarios_that_exist_are_impossible() -> None:
    assert {scenario for _, scenario in CANNOT} <= set(BY_NAME)


@pytest.mark.full
@pytest.mark.parametrize(
    ("promised", "kept", "complaint"),
    [
        ("external psk_ke", "external psk_dhe_ke", "mode on the wire: 'psk_dhe_ke'"),
        ("external psk_dhe_ke", "external psk_ke", "mode on the wire: 'psk_ke'"),
        ("full", "external psk_dhe_ke", "mode on the wire: 'psk_dhe_ke'"),
        ("HelloRetryRequest", "full", "HelloRetryRequest: False"),
        ("full", "HelloRetryRequest", "HelloRetryRequest: True"),
        ("resumption psk_dhe_ke", "external psk_dhe_ke", "external identity: True"),
        ("external psk_dhe_ke", "resumption psk_dhe_ke", "external identity: False"),
    ],
)
def test_a_cell_that_breaks_its_promise_fails(
    promised: str, kept: str, complaint: str, bench: Bench
) -> None:
    cell = Cell("tlslite", "tlslite", BY_NAME[kept], SUITES[0])
    with pytest.raises(CellFailed, match=complaint):
        bench.run(cell, promise=replace(cell, scenario=BY_NAME[promised]))


def test_another_suite_than_promised_fails(bench: Bench) -> None:
    cell = Cell("openssl", "tlslite", BY_NAME["full"], SUITES[0])
    with pytest.raises(CellFailed, match="suite on the wire: 'TLS_AES_128_GCM_SHA256'"):
        bench.run(cell, promise=replace(cell, suite=SUITES[1]))


def test_the_markdown_counts_the_suites(bench: Bench) -> None:
    done = [outcome(bench, Cell("tlslite", "openssl", BY_NAME["full"], suite)) for suite in SUITES]
    assert "| tlslite | openssl | 3 of 3 | not tried |" in markdown(done)
