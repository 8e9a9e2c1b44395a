"""Widgets remember where their controls stood; no test should find another one's."""

from collections.abc import Iterator

import pytest

from tls13lab.widgets import panel


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    panel.forget()
    yield
    panel.forget()
