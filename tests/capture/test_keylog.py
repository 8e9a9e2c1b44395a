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
    found = read_keylog(path)
    assert (len(found), found.skipped, found.first_skipped) == (1, 1, 2)
    with path.open("rb") as file:
        assert [len(line) for line in keylog.split(file)] == [len(LINE), 201, len(LINE)]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
@pytest.mark.parametrize("block", [1, 7, 2**16])
def test_lines_end_with_cr_lf_or_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes, block: int
) -> None:
    """RFC 9850 section 2: a tool that reads a key log must accept all three."""
    monkeypatch.setattr(keylog, "_BLOCK", block)
    path = tmp_path / "keys"
    path.write_bytes(
        end.join((b"# a comment", b"", LINE, b"torn", LINE.replace(b"aa", b"cc"), b""))
    )
    found = read_keylog(path)
    assert set(found) == {b"\xaa" * 32, b"\xcc" * 32}
    assert (found.skipped, found.first_skipped) == (1, 4)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_key_log_that_an_editor_saved_anew(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "keys"
    text = f"{LINE.decode()}\r\n".encode(encoding)
    path.write_bytes(b"\xfe\xff" + text if encoding == "utf-16-be" else text)
    found = read_keylog(path)
    assert (len(found), found.skipped) == (1, 0)


WRONG = [
    b"hello",
    b"\xff\xfe",
    LINE + b" 00",
    LINE[:40] + LINE[:-1],  # as two writers leave them
    LINE[:-1] + LINE[:-1],
    LINE[:-1],
    LINE.replace(b"bb" * 32, b"bb" * 31),
    LINE.replace(b"aa" * 32, b"aa" * 33),
    LINE.replace(b"aa", b"zz"),
    LINE + b" " * 2**20,
    b"EXPORTER_SECRET",
]


@pytest.mark.parametrize("line", WRONG)
def test_a_line_that_is_none_is_passed_over_and_counted(line: bytes) -> None:
    found = parse([LINE, line, LINE.replace(b"aa", b"cc")])
    assert set(found) == {b"\xaa" * 32, b"\xcc" * 32}
    assert found.remark.endswith("line 2 is not LABEL RANDOM SECRET and was skipped")
    assert "2 lines, the first of them line 1, are not" in parse([line, line]).remark


OTHER = b"EARLY_EXPORTER_SECRET " + b"cc" * 32 + b" " + b"dd" * 48
EARLY = {b"\xcc" * 32: {"early_exporter_secret": b"\xdd" * 48}}
LATE = {b"\xaa" * 32: {"exporter_secret": b"\xbb" * 32}}
TORN = "line 2 is not LABEL RANDOM SECRET and was skipped"
APART = "1 line was several lines run together, and was split"


@pytest.mark.parametrize(
    ("line", "expected", "remark"),
    [
        (LINE + OTHER, LATE | EARLY, APART),
        (OTHER + LINE, LATE | EARLY, APART),
        (OTHER.upper() + LINE.replace(b"bb", b"BB"), LATE | EARLY, APART),
        (OTHER + b"CLIENT_RANDOM " + b"ee" * 32 + b" " + b"ff" * 48, EARLY, APART),
        # Half a line before a whole one, and the other half behind that.
        (LINE[:99] + OTHER, EARLY, f"{APART}; {TORN}"),
        (LINE[:8] + OTHER, EARLY, f"{APART}; {TORN}"),
        # The last line is torn wherever it may be.
        *((LINE + OTHER[:cut], LATE, f"{APART}; {TORN}") for cut in (1, 2, 7, 22, 30, 88, 99)),
        *((OTHER + LINE[:cut], EARLY, f"{APART}; {TORN}") for cut in (1, 2, 7, 22, 40, 99)),
        (LINE + OTHER[:-4] + LINE, LATE, f"{APART}; {TORN}"),
        # Here one cannot tell where the secret ends, or the label begins.
        (LINE + b"00" + OTHER[:22], {}, TORN),
        (b"EARLY_" + LINE + b"cc", {}, TORN),
        # A label that is not known here may end like one that is.
        (b"QUIC_" + OTHER, {}, ""),
        # A comment ends where a line is glued to it, and not before a line that was commented out.
        (b"# written by a program" + OTHER, EARLY, APART),
        (b"# " + LINE + OTHER, EARLY, APART),
        (b"# " + LINE, {}, ""),
        (b"#" + LINE, {}, ""),
    ],
)
def test_lines_that_are_glued_together(
    line: bytes, expected: dict[bytes, dict[str, bytes]], remark: str
) -> None:
    found = parse([b"# the first line", line])
    assert (found, found.remark) == (expected, remark)


@pytest.mark.parametrize("block", [1, 100, 2**16])
def test_a_program_that_never_ends_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    """As fluxzy and eCapture had it once."""
    monkeypatch.setattr(keylog, "_BLOCK", block)
    secrets = dict.fromkeys(keylog.ROWS.values(), bytes(48))
    logs = {n.to_bytes(32): secrets for n in range(40)}
    path = tmp_path / "keys"
    path.write_text("".join(line for one in logs for line in keylog.lines(one, secrets)), "ascii")
    found = read_keylog(path)
    assert (found, found.remark) == (logs, APART)
    # What is too long is cut, and the line at the cut is torn.
    monkeypatch.setattr(keylog, "LONGEST_LINE", 5_000)
    found = read_keylog(path)
    assert (len(found), found.skipped) == (4, 1)


@pytest.mark.parametrize("line", [line for line in WRONG if line.isascii()])
def test_a_file_without_one_good_line_is_no_key_log(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "keys.txt"
    path.write_bytes(line)
    with pytest.raises(KeyLogError, match=r"keys\.txt is not a key log"):
        read_keylog(path)
    for good in (b"", b"# nothing yet\n", b"CLIENT_RANDOM 00 00\n"):
        path.write_bytes(good)
        assert read_keylog(path) == {}


@given(st.lists(st.binary()))
def test_no_bytes_raise_anything_else(lines: list[bytes]) -> None:
    with suppress(KeyLogError):
        parse(lines)
