"""A session file holds what it was given, is private, and refuses what it did not write."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tls13lab.peers import session_file
from tls13lab.psk.keys import ResumptionPsk


@given(st.lists(strategies.resumption_psks(), max_size=3))
def test_tickets_come_back(
    tmp_path_factory: pytest.TempPathFactory, tickets: list[ResumptionPsk]
) -> None:
    path = tmp_path_factory.mktemp("session") / "session.json"
    session_file.save(path, tickets)
    assert session_file.load(path) == tuple(tickets)
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]


GOOD = {
    "ticket": "aa",
    "psk": "00" * 32,
    "suite": "TLS_AES_128_GCM_SHA256",
    "received_ms": 1,
    "lifetime_s": 1,
    "age_add": 1,
    "server_name": None,
    "alpn": None,
    "max_early_data_size": 0,
}


def write(path: Path, ticket: object, version: object = 1) -> None:
    path.write_text(
        json.dumps({"format": "tls13lab session", "version": version, "tickets": [ticket]})
    )


def test_the_twin_a_good_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "s", GOOD)
    assert len(session_file.load(tmp_path / "s")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"ticket": "zz"},
        {"ticket": ""},
        {"psk": "00"},
        {"suite": "TLS_NULL"},
        {"received_ms": "1"},
        {"received_ms": True},
        {"lifetime_s": -1},
        {"age_add": 1.5},
        {"server_name": 7},
        {"alpn": 7},
    ],
)
def test_bad_tickets(tmp_path: Path, change: dict[str, object]) -> None:
    write(tmp_path / "s", GOOD | change)
    with pytest.raises(session_file.SessionFileError, match="ticket 1"):
        session_file.load(tmp_path / "s")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 100_000,
        '{"format": "tls13lab session", "version": 2, "tickets": []}',
        "x",
    ],
)
def test_files_that_are_no_sessions(tmp_path: Path, text: str) -> None:
    (tmp_path / "s").write_text(text)
    with pytest.raises(session_file.SessionFileError):
        session_file.load(tmp_path / "s")


def test_a_file_that_is_too_long_and_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(b" " * (session_file.MAX_BYTES + 1))
    with pytest.raises(session_file.SessionFileError):
        session_file.load(tmp_path / "s")
    with pytest.raises(FileNotFoundError):
        session_file.load(tmp_path / "none")


def test_a_failed_save_leaves_the_old_file(tmp_path: Path) -> None:
    session_file.save(tmp_path / "s", [])
    with pytest.raises(AttributeError):
        session_file.save(tmp_path / "s", ["no ticket"])  # type: ignore[list-item]
    assert session_file.load(tmp_path / "s") == ()
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder"):
        session_file.save(tmp_path / "folder", [])
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder", "s"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_an_editor_saved_anew_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "session.json"
    write(path, GOOD)
    path.write_bytes(path.read_text(encoding="ascii").encode(encoding))
    (ticket,) = session_file.load(path)
    assert ticket.identity == b"\xaa"
