"""Word lists as programs and people write them: marks, encodings, pipes, words that are bytes."""

import codecs
import gc
import os
import threading
from pathlib import Path

import pytest

from tls13lab.search import wordlist
from tls13lab.search.pieces import WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.wordfile import WordFile

WORDS = ("erstes", "grün", "пароль", " spaces ", "last")
TEXT = "\r\n".join(WORDS)


def words(path: Path, wish: int = 2) -> list[bytes]:
    """All words of a list, as a search gets them, in small pieces."""
    return [
        batch[n]
        for piece in WordSource(path).pieces((), lambda: wish)
        for batch in piece.guesses()
        for n in range(len(batch))
    ]


@pytest.fixture(params=[True, False], ids=["NumPy", "no NumPy"])
def numpy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not request.param:
        from tls13lab.search import pieces

        monkeypatch.setattr(wordlist, "np", None)
        monkeypatch.setattr(pieces, "np", None)


@pytest.mark.usefixtures("numpy")
@pytest.mark.parametrize(
    ("mark", "encoding", "written"),
    [
        (b"", "utf-8", ""),
        (codecs.BOM_UTF8, "utf-8", ""),
        (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
        (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
        (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    ],
)
def test_a_mark_is_no_part_of_the_first_word(
    tmp_path: Path, mark: bytes, encoding: str, written: str
) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(mark + TEXT.encode(encoding))
    assert words(path) == [word.encode() for word in WORDS]
    source = WordSource(path)
    assert (source.total, source.written) == (len(WORDS), written)
    # From any place on that a search can have come to.
    for piece in source.pieces((), lambda: 1):
        assert source.count_at(piece.after) == piece.guesses().__next__().first + 1
        rest = [one.after for one in source.pieces(piece.after, lambda: 1)]
        assert len(rest) == len(WORDS) - piece.after[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lines_may_end_with_a_carriage_return_alone(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "words.txt"
    for end in ("", "\r"):
        path.write_bytes(("\r".join(WORDS) + end).encode(encoding))
        assert words(path) == [word.encode() for word in WORDS]
    # One line, with the end that Windows gives it and the other half lost.
    path.write_bytes(b"word\r")
    assert words(path) == [b"word"]


def test_what_only_looks_like_a_mark_is_a_word(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    for content in (b"\xff\xfeabc\nx", b"\xff\xfe\x00\xd8\n\x00", b"\xff\xfe"):
        path.write_bytes(content)
        found = words(path)
        assert found == content.split(b"\n") or WordFile(path).written
    path.write_bytes(b"\xff\xfeabc\nx")
    assert words(path) == [b"\xff\xfeabc", b"x"]


@pytest.mark.usefixtures("numpy")
def test_what_is_no_text_is_written_in_hexadecimal(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    listed = {
        b"$HEX[c3a4]": b"\xc3\xa4",
        b"$HEX[C3A4]\r": b"\xc3\xa4",
        b"$HEX[0a0d00]": b"\n\r\0",
        b"$HEX[" + b"6162" * 512 + b"]": b"ab" * 512,
        b"$HEX[]": b"",
        b"$HEX[" + b"61" * 1025 + b"]": b"",  # longer than any word that is tried
        # Words as they stand:
        b"$HEX[c3a]": b"$HEX[c3a]",
        b"$HEX[xx]": b"$HEX[xx]",
        b"$HEX[c3a4": b"$HEX[c3a4",
        b" $HEX[c3a4]": b" $HEX[c3a4]",
        b"$HEX[c3a4] ": b"$HEX[c3a4] ",
        b"end": b"end",
    }
    path.write_bytes(b"\n".join(listed))
    for wish in (1, 2, 100):
        assert words(path, wish) == list(listed.values())


def test_rules_change_what_the_digits_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(b"$HEX[6162]\n")
    rules = parse_rules(codecs.BOM_UTF8 + b"u $1\n")
    (piece,) = WordSource(path, rules).pieces((), lambda: 10)
    (batch,) = piece.guesses()
    assert batch[0] == b"AB1"


@pytest.mark.skipif(os.name == "nt", reason="needs a named pipe")
def test_a_pipe_is_read_once_and_its_copy_goes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(b"one\ntwo\nthree"))
    writer.start()
    source = WordSource(pipe)
    writer.join()
    copy = source._file.path
    plain = tmp_path / "plain"
    plain.write_bytes(b"one\ntwo\nthree")
    # The same words are the same search, and may be gone on with.
    assert source.fingerprint() == WordSource(plain).fingerprint()
    assert source.total == 3
    assert copy.stat().st_mode & 0o077 == 0
    del source
    gc.collect()
    assert not copy.exists()
    assert plain.exists()


def test_any_change_of_a_long_list_is_another_search(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    content = bytearray(b"".join(b"%07d\n" % n for n in range(400_000)))
    path.write_bytes(content)
    before = WordSource(path).fingerprint()
    assert WordSource(path).fingerprint() == before
    content[len(content) // 2 - 4] ^= 1
    path.write_bytes(content)
    assert WordSource(path).fingerprint() != before


@pytest.mark.parametrize("content", [b"a\nbb\nccc\n", b"a\nbb\nccc", codecs.BOM_UTF8 + b"a\nb\n"])
def test_where_a_search_can_have_come(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "words.txt"
    path.write_bytes(content)
    source = WordSource(path)
    places = {(): 0} | {piece.after: piece.after[1] for piece in source.pieces((), lambda: 1)}
    for offset in range(-2, len(content) + 3):
        for line in range(-1, 5):
            place = (offset, line)
            if place in places:
                assert source.count_at(place) == places[place]
            elif source.count_at(place) is not None:
                assert place == (source._file.begin, 0)  # the beginning, written out
    assert source.count_at((1, 2, 3)) is None
