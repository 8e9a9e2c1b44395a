"""``docs/claims.md`` says what the definitions, the record and the names of the others say."""

import pytest

from tests.symbolic.published import document
from tests.symbolic.published.compared import NOT_ASKED, ROWS
from tests.symbolic.published.names import REFTLS, TAMARIN, stored
from tls13lab.symbolic.claims import decide
from tls13lab.symbolic.vocabulary import ASSETS


@pytest.mark.full
def test_the_page_is_made_from_them() -> None:
    page = document.page()
    assert document.PAGE.read_text("utf-8") == page, "run `python -m tests.symbolic.published`"
    assert "{{" not in page


def test_every_name_that_is_cited_stands_in_their_sources() -> None:
    for row in ROWS:
        for theirs, source in ((row.tamarin, TAMARIN), (row.reftls, REFTLS)):
            files = stored()[source.name]["files"]
            assert isinstance(files, dict)
            for name, file in theirs.names:
                assert name in files[file], f"{name} in {file}"
            assert theirs.names or theirs.asks == NOT_ASKED


def test_every_asset_of_the_matrix_has_a_row_and_every_cell_is_inside() -> None:
    ours = [one for row in ROWS for one in row.ours]
    assert {one.asset for one in ours} == set(ASSETS)
    verdicts = set()
    for one in ours:
        cell = decide(one.mode, one.asset, one.adversary, one.leaks, dict(one.options))
        assert not cell.absent
        verdicts.add(cell.verdict)
    assert verdicts == {"lost", "kept"}
