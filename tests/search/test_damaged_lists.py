"""Word lists that are torn, joined, unmarked or mixed: what can be read is tried, the rest said."""

from codecs import BOM_UTF8
from pathlib import Path

import pytest

from tls13lab.search import wordfile
from tls13lab.search.encodings import encoding_of
from tls13lab.search.wordfile import WordFile

WORDS = ["erstes", "grün", "пароль", "上海", "last"]
LINES = "".join(f"{word}\r\n" for word in WORDS)


def read(folder: Path, content: bytes) -> tuple[list[str], list[str]]:
    """The words of a list, and the notes on it."""
    path = folder / "words.txt"
    path.write_bytes(content)
    words = WordFile(path)
    return [word.decode() for word in words.words()], words.notes


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["marked", "unmarked"])
def test_wide_characters_are_read_with_and_without_a_mark(
    tmp_path: Path, codec: str, mark: str
) -> None:
    words, (note,) = read(tmp_path, (mark + LINES).encode(codec))
    assert words == WORDS
    assert note == f"the list is {codec.upper()[:6]}, its words are tried as UTF-8"
    assert read(tmp_path, (mark + "one").encode(codec))[0] == ["one"]


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["\ufeff", ""], ids=["marked", "unmarked"])
def test_a_list_without_its_last_byte_loses_no_word(tmp_path: Path, codec: str, mark: str) -> None:
    words, notes = read(tmp_path, (mark + LINES).encode(codec)[:-1])
    assert words == WORDS
    assert notes[1] == "1 character is damaged, so the words with them are not tried as they were"


def test_a_lone_surrogate_costs_one_word(tmp_path: Path) -> None:
    broken = LINES.replace("grün", "gr\ud800n").encode("utf-16", "surrogatepass")
    words, notes = read(tmp_path, broken)
    assert [word for word in words if "\ufffd" not in word] == [WORDS[0], *WORDS[2:]]
    assert "1 character is damaged" in notes[1]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfeabc\nx",  # looks like a mark, but no zero byte follows
        b"a\0b\n" * 40 + b"ab\0\n" * 40,  # zero bytes in any place
        b"\0\x01\x02\x03\n" * 3 + b"plain\n" * 50,
    ],
)
def test_bytes_stay_bytes(content: bytes) -> None:
    assert encoding_of(content) is None


def test_lines_with_zero_bytes_are_counted(tmp_path: Path) -> None:
    # PowerShell's >> appends UTF-16 to a file of ASCII.
    _, notes = read(tmp_path, b"first\n" * 100 + "second\nthird\n".encode("utf-16-le"))
    assert notes == ["3 lines have zero bytes, as if part of the list were UTF-16"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", ""])
def test_where_lists_were_joined_a_mark_is_no_letter(tmp_path: Path, end: str) -> None:
    joined = f"\ufeffone{end}\ufefftwo{end}\ufeffthree"
    for codec in ("utf-8", "utf-16-le", "utf-16-be"):
        assert read(tmp_path, joined.encode(codec))[0] == ["one", "two", "three"]
    assert read(tmp_path, b"one\n" + BOM_UTF8 + b"two")[0] == ["one", "two"]


@pytest.mark.parametrize("first", ["\n", "\r\n", "\r"])
def test_line_ends_may_change_within_a_list(tmp_path: Path, first: str) -> None:
    for codec in ("utf-8", "utf-8-sig", "utf-16"):
        content = f"one{first}two\rthree\rfour\r\nfive\nsix\r".encode(codec)
        assert read(tmp_path, content)[0] == ["one", "two", "three", "four", "five", "six"]
    assert read(tmp_path, b"word\r\r\nnext\r\n")[0] == ["word\r", "next"]  # a word may end with CR


def test_lines_that_are_too_long_are_counted(tmp_path: Path) -> None:
    long, at_most = b"x" * 1025, b"y" * 1024
    content = [
        long,
        at_most + b"\r",
        b"$HEX[" + b"61" * 1025 + b"]",
        b"$HEX[" + b"62" * 1024 + b"]",
    ]
    words, notes = read(tmp_path, b"\n".join([b"short", *content, b"end"]))
    assert words == ["short", "y" * 1024, "b" * 1024, "end"]
    assert notes == ["2 lines are longer than 1,024 bytes and not tried"]
    assert read(tmp_path, long)[1] == ["1 line is longer than 1,024 bytes and not tried"]


def test_what_is_found_does_not_depend_on_where_blocks_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = b"z" * 3000
    content = b"\r\n".join([b"one", BOM_UTF8 + b"two", long, b"three", b""]) + b"four\rfive\r\n"
    for block in (20, 100, 1000):
        monkeypatch.setattr(wordfile, "BLOCK", block)
        words, notes = read(tmp_path, content)
        assert words == ["one", "two", "three", "four", "five"], block
        if block == 1000:
            assert notes == ["1 line is longer than 1,024 bytes and not tried"]
