"""Secrets out of arguments, files and standard input, as people and their systems write them."""

import codecs
import io
import sys
from pathlib import Path

import pytest

from tls13lab.capture.secret_text import LONGEST, NoSecret, secret

KEY = bytes.fromhex("00112233ff")


@pytest.mark.parametrize(
    "content",
    [
        b"00112233ff",
        b"00112233FF\n",
        b"0x00112233ff\r\n",
        b" 00 11 22\n33 ff \n",
        codecs.BOM_UTF8 + b"00112233ff\n",
        codecs.BOM_UTF16_LE + "00112233ff\r\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "00112233ff\r\n".encode("utf-16-be"),
    ],
)
def test_a_file_of_digits(tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key.hex"
    path.write_bytes(content)
    assert secret(f"@{path}") == KEY
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert secret("@-") == KEY


def test_digits_themselves() -> None:
    for text in ("00112233ff", "0x00112233FF", "0X00112233ff", " 00 11 22 33 ff "):
        assert secret(text) == KEY


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"0", b"0x", b"no digits 00112233", KEY, b"00" * (LONGEST + 1)]
)
def test_what_is_no_secret_is_not_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.hex"
    path.write_bytes(content)
    with pytest.raises(NoSecret) as caught:
        secret(f"@{path}", "psk")
    assert str(caught.value) == "in key.hex, give psk as an even number of hexadecimal digits"
    with pytest.raises(NoSecret, match="name of the file"):
        secret("@")
    with pytest.raises(OSError, match="No such file"):
        secret(f"@{tmp_path}/nothing")
