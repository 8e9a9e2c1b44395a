"""``docs/interop.md`` says what the definitions say, on any machine and with any versions."""

import pytest

from tests.conftest import IN_CI

if not IN_CI:  # there its absence is an error
    pytest.importorskip("tlslite", reason="tlslite-ng is not installed")

from tests.interop.document import PATH, page, without_versions


def test_the_committed_page_is_what_the_definitions_say() -> None:
    committed = PATH.read_text("utf-8")
    assert without_versions(committed) == without_versions(page({})), (
        "run: python -m tests.interop --write"
    )


def test_versions_make_no_difference_and_results_do() -> None:
    first, second = (page({"gnutls": version}) for version in ("3.7.77", "3.8.88"))
    assert first != second
    assert without_versions(first) == without_versions(second)
    assert "3.7.77" not in without_versions(first)
    wrong = first.replace("| works |", "| no |", 1)
    assert without_versions(wrong) != without_versions(first)
