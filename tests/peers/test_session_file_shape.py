"""A session file from elsewhere: each refusal is one sentence, and none of it is a secret."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tls13lab.peers.session_file import MAX_TICKETS, SessionFileError, load, save
from tls13lab.psk.keys import ResumptionPsk

SECRET = "5ec7e7" * 10 + "0000"
TICKET: dict[str, Any] = {
    "ticket": "aa",
    "psk": SECRET,
    "suite": "TLS_AES_128_GCM_SHA256",
    "received_ms": 1,
    "lifetime_s": 1,
    "age_add": 1,
    "server_name": "lab.example",
    "alpn": "\xff",
    "max_early_data_size": 0,
}


def text(**changes: object) -> str:
    return json.dumps({"format": "tls13lab session", "version": 1, "tickets": [TICKET]} | changes)


def refusal(path: Path, content: str) -> str:
    path.write_text(content)
    with pytest.raises(SessionFileError) as caught:
        load(path)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_twin_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "s").write_text(text())
    (psk,) = load(tmp_path / "s")
    assert (psk.alpn, psk.server_name, psk.hash_name) == (b"\xff", "lab.example", "sha256")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": "another"}, "not a session saved by tls13lab"),
        ({"version": True}, "not of version 1"),
        ({"version": 2}, "not of version 1"),
        ({"more": 1}, "does not belong"),
        ({"tickets": {}}, "not a list"),
        ({"tickets": [TICKET] * (MAX_TICKETS + 1)}, "at most 16"),
        ({"tickets": [TICKET, 7]}, "ticket 2 is not an object"),
        ({"tickets": [{"psk": SECRET}]}, "ticket 1 lacks"),
        ({"tickets": [TICKET | {"more": SECRET}]}, "does not belong"),
        ({"tickets": [TICKET | {"psk": SECRET + "00"}]}, "the length of the suite's hash"),
        ({"tickets": [TICKET | {"psk": SECRET[:-1] + "x"}]}, "psk of ticket 1 is not"),
        ({"tickets": [TICKET | {"received_ms": 2**63}]}, "received_ms of ticket 1 is not"),
        ({"tickets": [TICKET | {"server_name": "b\xfccher"}]}, "server_name of ticket 1"),
        ({"tickets": [TICKET | {"alpn": ""}]}, "alpn of ticket 1"),
        ({"tickets": [TICKET | {"suite": ["x"]}]}, "suite of ticket 1"),
    ],
)
def test_a_wrong_shape(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    assert says in refusal(tmp_path / "s", text(**changes))


def test_not_json_a_field_twice_and_a_number_without_end(tmp_path: Path) -> None:
    path = tmp_path / "s"
    assert "not JSON" in refusal(path, text()[:-1])
    assert "twice" in refusal(path, text().replace('"version": 1', '"version": 1, "version": 1'))
    refusal(path, text().replace('"age_add": 1', '"age_add": ' + "9" * 5000))
    refusal(path, text().replace('"age_add": 1', '"age_add": NaN'))


@given(place=st.integers(0, 10_000), new=st.binary(max_size=3), psk=strategies.resumption_psks())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, place: int, new: bytes, psk: ResumptionPsk
) -> None:
    path = tmp_path_factory.mktemp("session") / "s"
    save(path, [psk])
    raw = path.read_bytes()
    place %= len(raw)
    path.write_bytes(raw[:place] + new + raw[place + 1 :])
    said = ""
    try:
        for read in load(path):
            assert len(read.key) == len(psk.key) or read.suite != psk.suite
    except SessionFileError as error:
        said = str(error)
    assert psk.key.hex() not in said
    assert "\n" not in said


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has neither pipes in folders nor modes"
)
def test_a_pipe_is_refused_without_waiting_and_a_link_is_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SessionFileError, match="not an ordinary file"):
        load(tmp_path / "pipe")
    (tmp_path / "public").write_text("as it was")
    (tmp_path / "public").chmod(0o644)
    (tmp_path / "s").symlink_to(tmp_path / "public")
    save(tmp_path / "s", [])
    assert (tmp_path / "public").read_text() == "as it was"
    assert (tmp_path / "s").lstat().st_mode & 0o777 == 0o600
