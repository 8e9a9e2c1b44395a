"""The interop tests' fixtures: the real binary, a bench of peers, the table in the report."""

from collections.abc import Iterator

import pytest

from tests.conftest import missing
from tls13lab.peers.openssl import OpenSSL, OpenSSLUnavailable, find_openssl

OUTCOMES = pytest.StashKey[list[object]]()


@pytest.fixture(scope="session")
def binary() -> OpenSSL:
    """The machine's OpenSSL."""
    try:
        return find_openssl()
    except OpenSSLUnavailable as error:
        missing(str(error))
        raise


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest) -> list[object]:
    """Where the cells' outcomes are collected for the report."""
    return request.config.stash.setdefault(OUTCOMES, [])


@pytest.fixture(scope="module")
def bench(binary: OpenSSL) -> Iterator[object]:
    """The peers of the table, with at most one server running at a time."""
    from tests.interop.table import Bench

    with Bench() as ready:
        yield ready


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the cells in their own order, whatever shuffled them: neighbours share a server."""
    places = [at for at, item in enumerate(items) if item.get_closest_marker("interop_cell")]
    cells = sorted((items[at] for at in places), key=_number)
    for at, item in zip(places, cells, strict=True):
        items[at] = item


def _number(item: pytest.Item) -> int:
    marker = item.get_closest_marker("interop_cell")
    return int(marker.args[0]) if marker else 0


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "interop_cell(number): a cell of the interop table")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the cells that ran."""
    done = terminalreporter.config.stash.get(OUTCOMES, [])
    if done:
        from tests.interop.table import Outcome, markdown

        terminalreporter.section("interop table")
        terminalreporter.write_line(markdown(one for one in done if isinstance(one, Outcome)))
