"""The lab against GnuTLS, NSS, Python's ssl and Node: each cell, and what else these can do."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.conftest import missing
from tests.interop.document import DOCUMENT, VERSIONS, markdown
from tests.interop.foreign import CANNOT, CELLS, NAMES, Cell, cannot
from tests.interop.foreign_bench import FOREIGN, CellFailed, ForeignBench

pytestmark = pytest.mark.openssl


@pytest.fixture(scope="module")
def foreign(binary: object) -> Iterator[ForeignBench]:
    with ForeignBench() as bench:
        yield bench


def here(name: str) -> None:
    """Skip, or in CI fail, if the peer is not installed."""
    try:
        FOREIGN[name].version()
    except (FileNotFoundError, subprocess.CalledProcessError):
        missing(f"{name} is not installed")


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param(cell, id=str(cell), marks=pytest.mark.interop_cell(10_000 + number))
        for number, cell in enumerate(CELLS)
    ],
)
def test_cell(cell: Cell, foreign: ForeignBench) -> None:
    here(cell.peer)
    if not cannot(cell):
        foreign.run(cell)
        return
    with pytest.raises(CellFailed):
        foreign.run(cell)


def test_every_limit_is_of_a_cell_that_exists() -> None:
    known = {(cell.peer, cell.role, cell.scenario.name) for cell in CELLS}
    assert set(CANNOT) <= known
    assert set(FOREIGN) == set(NAMES)


def test_the_document_says_what_the_tests_hold() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    versions = text.partition(VERSIONS)[2].partition(". Written")[0]
    assert text == markdown(versions), "write it anew: python -m tests.interop --write"
    assert all(name in versions for name in (*NAMES, "openssl", "tlslite-ng"))
