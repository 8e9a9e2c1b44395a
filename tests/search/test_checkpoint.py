"""A checkpoint from elsewhere: read, or refused in a sentence."""

import json
import os
from pathlib import Path

import pytest

from tls13lab.search.checkpoint import Checkpoint, checksum
from tls13lab.search.engine import Hit
from tls13lab.wire.faults import LocalFault

WRITTEN = Checkpoint("s", (1, 2), 3, (Hit(4, 0, b"word"),))


def changed(path: Path, **fields: object) -> Path:
    """A checkpoint with other fields, and a checksum that belongs to them."""
    WRITTEN.write(path)
    content = json.loads(path.read_text()) | fields
    path.write_text(json.dumps(content | {"checksum": checksum(content)}))
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


@pytest.mark.parametrize(
    "fields",
    [{"position": [9, 9], "count": 9}, {"found": []}, {"checksum": "00"}, {"more": 1}],
    ids=str,
)
def test_what_was_edited_is_refused(tmp_path: Path, fields: dict[str, object]) -> None:
    path = changed(tmp_path / "c")
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    with pytest.raises(LocalFault, match="was changed: delete it"):
        Checkpoint.read(path, "s")


def test_of_an_earlier_version(tmp_path: Path) -> None:
    path = changed(tmp_path / "c", format=1)
    with pytest.raises(LocalFault, match="written by an earlier version: delete it"):
        Checkpoint.read(path, "s")


@pytest.mark.skipif(os.name == "nt", reason="needs a named pipe")
def test_a_pipe_is_no_checkpoint(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull), tmp_path):
        with pytest.raises(LocalFault, match="not an ordinary file"):
            Checkpoint.read(path, "s")
