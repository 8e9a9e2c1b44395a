"""The document says what the configuration and the recorded runs say, and gives every reason."""

from tests.conformance import document
from tests.conformance.bogo import suite
from tests.conformance.bogo.differences import DIFFERENCES
from tests.conformance.tlsfuzzer import scripts

PAGE = document.PAGE.read_text("utf-8")


def test_it_is_made_from_the_record() -> None:
    assert document.page() == PAGE, "run `python -m tests.conformance document`"
    assert "{{" not in PAGE


def test_every_disabled_pattern_is_in_it_with_its_reason() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    for pattern, why in suite.disabled().items():
        assert any(f"`{pattern}`" in row and row.startswith(f"| {why} |") for row in rows), pattern


def test_every_difference_is_in_it_with_its_argument() -> None:
    for one in DIFFERENCES:
        assert all(f"`{name}`" in PAGE for name in one.names)
        assert one.why in PAGE


def test_every_probe_that_fails_and_every_script_left_out_is_in_it() -> None:
    for name in scripts.recorded()["scripts"]:
        for pattern, why in scripts.expected_of(name).items():
            assert f"| `{name}` | `{pattern}` | {why} |" in PAGE
    for name, why in scripts.NOT_RUN.items():
        assert f"| `{name}` | {why} |" in PAGE
