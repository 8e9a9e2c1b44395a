"""A checkpoint from elsewhere: read, or refused in a sentence."""

import json
from pathlib import Path

import pytest

from tls13lab.search.checkpoint import Checkpoint
from tls13lab.search.engine import Hit
from tls13lab.wire.faults import LocalFault

WRITTEN = Checkpoint("s", (1, 2), 3, (Hit(4, 0, b"word"),))


def changed(path: Path, **fields: object) -> Path:
    WRITTEN.write(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    return path


def test_the_twin_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert Checkpoint.read(changed(tmp_path / "c"), "s") == WRITTEN


@pytest.mark.parametrize(
    "fields",
    [
        {"position": [float("inf")]},
        {"position": [float("nan")]},
        {"count": float("inf")},
        {"found": [[1, float("-inf"), "00"]]},
        {"found": [[1, 2]]},
        {"found": [[1, 2, 3]]},
        {"position": 7},
    ],
    ids=str,
)
def test_numbers_without_end_and_other_shapes(tmp_path: Path, fields: dict[str, object]) -> None:
    with pytest.raises(LocalFault, match="is not a checkpoint: delete it"):
        Checkpoint.read(changed(tmp_path / "c", **fields), "s")


def test_of_another_search(tmp_path: Path) -> None:
    with pytest.raises(LocalFault, match="of another search"):
        Checkpoint.read(changed(tmp_path / "c"), "another")
