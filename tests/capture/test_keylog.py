"""Key logs: what was written is read back; what is none is turned away by its line's number."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.capture import keylog
from tls13lab.capture.keylog import KeyLogError, parse, read_keylog

LINE = b"EXPORTER_SECRET " + b"aa" * 32 + b" " + b"bb" * 32


@given(
    st.binary(min_size=32, max_size=32),
    st.dictionaries(
        st.sampled_from(sorted(keylog.ROWS.values())), st.binary(min_size=32, max_size=32)
    ),
)
def test_what_was_written_is_read_back(random: bytes, secrets: dict[str, bytes]) -> None:
    written = [line.encode() for line in keylog.lines(random, secrets)]
    assert parse(written) == ({random: secrets} if secrets else {})


def test_a_file_with_comments_other_labels_and_crlf(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_bytes(b"# OpenSSL\r\n\r\nCLIENT_RANDOM 00 11\r\n" + LINE + b"\r\n")
    assert read_keylog(path) == {b"\xaa" * 32: {"exporter_secret": b"\xbb" * 32}}


def test_a_long_line_is_never_held_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keylog, "LONGEST_LINE", 200)
    path = tmp_path / "keys"
    path.write_bytes(b"# a comment" + b"y" * 1000 + b"\n" + LINE + b"\n")
    assert read_keylog(path) == {b"\xaa" * 32: {"exporter_secret": b"\xbb" * 32}}
    path.write_bytes(LINE + b"\n" + LINE + b" " * 1000 + b"\n" + LINE)
    with pytest.raises(KeyLogError, match="line 2 "):
        read_keylog(path)
    with path.open("rb") as file:
        assert [len(line) for line in keylog._bounded(file)] == [len(LINE) + 1, 201, len(LINE)]


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"\xff\xfe",
        LINE + b" 00",
        LINE[:-1],
        LINE.replace(b"bb" * 32, b"bb" * 31),
        LINE.replace(b"aa" * 32, b"aa" * 33),
        LINE.replace(b"aa", b"zz"),
        LINE + b" " * 2000,
        b"EXPORTER_SECRET",
    ],
)
def test_what_is_no_key_log_is_named_by_its_line(line: bytes) -> None:
    with pytest.raises(KeyLogError, match="line 2 "):
        parse([LINE, line])


@given(st.lists(st.binary()))
def test_no_bytes_raise_anything_else(lines: list[bytes]) -> None:
    with suppress(KeyLogError):
        parse(lines)
