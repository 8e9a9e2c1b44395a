"""Names of files, hosts and ends that are not UTF-8, or typed where the locale has no letters."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CAPTURE = Path(__file__).parents[1] / "captures" / "odd" / "fcs.pcap"
NOT_UTF_8 = b"a\xff"
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(
        sys.platform in ("win32", "darwin"), reason="file names there are always Unicode"
    ),
]


def tls13lab(folder: Path, *arguments: bytes | str, locale: str = "C.UTF-8") -> tuple[int, str]:
    """The exit code, and everything that is printed."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LC_ALL": locale}
    environment |= {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"} if locale == "C" else {}
    done = subprocess.run(
        [sys.executable, "-m", "tls13lab", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    said = done.stdout.decode()
    assert "Traceback" not in said
    return done.returncode, said


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_a_capture_whose_name_is_not_utf_8(tmp_path: Path, locale: str) -> None:
    capture = os.fsencode(tmp_path) + b"/" + NOT_UTF_8 + b".pcap"
    Path(os.fsdecode(capture)).write_bytes(CAPTURE.read_bytes())
    assert tls13lab(tmp_path, "inspect", capture, "--html", "page.html", locale=locale)[0] == 0
    assert "a\\xff.pcap" in (tmp_path / "page.html").read_text("utf-8")
    Path(os.fsdecode(capture)).write_bytes(b"no capture")
    said = tls13lab(tmp_path, "inspect", capture, locale=locale)[1]
    assert said == "tls13lab: a\\xff.pcap is neither a pcap nor a pcapng file\n"


def call(folder: Path, me: bytes | str, locale: str = "C.UTF-8") -> tuple[int, str]:
    (folder / "word.txt").write_text("word")
    command = ("psk", "pake", "call", "127.0.0.1:1", "word.txt", "--other", "b", "--out", "psk.hex")
    return tls13lab(folder, *command, "--me", me, locale=locale)


def test_the_name_of_an_end_is_utf_8(tmp_path: Path) -> None:
    code, said = call(tmp_path, NOT_UTF_8)
    assert code == 2
    assert "write the name in UTF-8" in said
    for locale in ("C.UTF-8", "C"):
        code, said = call(tmp_path, "ü".encode(), locale)
        assert code == 1
        assert said.startswith("tls13lab: 127.0.0.1:1: ")


@pytest.mark.parametrize(
    "command",
    [
        (b"connect", b"127.0.0.1:1", b"--insecure", b"--server-name", NOT_UTF_8),
        (b"connect", b"127.0.0.1:1", b"--insecure", b"--alpn", NOT_UTF_8),
        (b"connect", b"127.0.0.1:1", b"--psk", b"00", b"--identity", NOT_UTF_8),
        (b"connect", NOT_UTF_8 + b":1", b"--insecure"),
        (b"probe", NOT_UTF_8 + b":1"),
        (b"serve", b"--self-signed", b"--host", NOT_UTF_8),
        (b"inspect", NOT_UTF_8),
        (b"break", os.fsencode(CAPTURE), b"--leak", b"psk=@" + NOT_UTF_8),
        (b"break", os.fsencode(CAPTURE), b"--leak", NOT_UTF_8),
        (b"crack", os.fsencode(CAPTURE), b"--mask", b"?d", b"--identity", NOT_UTF_8),
        (b"crack", os.fsencode(CAPTURE), b"--mask", b"?1", b"--set", b"1=" + NOT_UTF_8),
        (b"crack", os.fsencode(CAPTURE), b"--wordlist", NOT_UTF_8),
        (b"crack", os.fsencode(CAPTURE), b"--mask", b"?d", b"--derivation", NOT_UTF_8),
        (b"psk", b"odds", b"--counts", NOT_UTF_8),
        (b"psk", b"new", b"--identity", NOT_UTF_8),
    ],
    ids=lambda command: repr(b" ".join(command[:1] + command[-2:]))[2:-1],
)
def test_no_name_ends_in_a_traceback(tmp_path: Path, command: tuple[bytes, ...]) -> None:
    assert tls13lab(tmp_path, *command)[1]
