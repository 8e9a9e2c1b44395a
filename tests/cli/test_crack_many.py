"""``crack`` on many recordings at once: all are told of, and a stopped search goes on."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.captures.tape import Tape
from tls13lab.cli.app import cli
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import fill_binders, placeholder
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.records.framing import frame
from tls13lab.search import runner
from tls13lab.search.runner import Search, Workers
from tls13lab.wire.codepoints import ContentType


def hello(psk: ExternalPsk) -> bytes:
    offered = OfferedPsks((PskIdentity(psk.identity, 0),), placeholder([psk]))
    raw = pack(ClientHello(os.urandom(32), b"", (0x1301,), (offered,)))
    return fill_binders(raw, offered, [psk], Transcript())


def capture(path: Path, *psks: ExternalPsk) -> Path:
    with Tape(path) as tape:
        for number, psk in enumerate(psks, 1):
            tape(number, "client", frame(ContentType.HANDSHAKE, hello(psk)))
    return path


def crack(*arguments: str | Path) -> tuple[dict[str, Any], int, str]:
    done = CliRunner().invoke(cli, ["crack", *map(str, arguments), "--json"])
    return json.loads(done.stdout), done.exit_code, done.stderr


@pytest.fixture
def captures(tmp_path: Path) -> tuple[Path, Path]:
    """Two places: one word at both, in either hash and imported, and a PSK that is no word."""
    (imported,) = import_psk(ExternalPsk(b"printer", b"1234"), b"hall", ("sha256",))
    first = capture(
        tmp_path / "first.pcap",
        ExternalPsk(b"printer", b"1234"),
        ExternalPsk(b"vault", os.urandom(32)),
        ExternalPsk(b"door", b"9876", "sha384"),
    )
    return first, capture(tmp_path / "second.pcap", imported, ExternalPsk(b"other", b"1234"))


def test_several_captures_in_one_run(captures: tuple[Path, Path]) -> None:
    content, code, _ = crack(*captures, "--mask", "?d?d?d?d")
    first, second = map(str, captures)
    told = [(one["capture"], one["connection"], one["text"]) for one in content["targets"]]
    assert told == [
        (first, 1, "1234"),
        (first, 2, None),
        (first, 3, "9876"),
        (second, 1, "1234"),
        (second, 2, "1234"),
    ]
    assert (code, content["ok"], content["tried"]) == (0, True, 10_000)
    assert content["targets"][3]["kind"] == "imported"
    # Each alone finds the same.
    alone = [one for path in captures for one in crack(path, "--mask", "?d?d?d?d")[0]["targets"]]
    assert alone == content["targets"]
    said = CliRunner().invoke(cli, ["crack", *map(str, captures), "--mask", "?d?d?d?d"])
    assert f"{first}, connection 1, identity printer, external PSK, sha256: 1234" in said.output
    assert "10,000 guesses to try for 5 binder(s)" in said.output


def test_the_same_capture_twice_is_one(captures: tuple[Path, Path]) -> None:
    once = crack(captures[0], "--mask", "?d?d?d?d")[0]
    again = crack(captures[0], captures[0], "--mask", "?d?d?d?d")[0]
    assert again["targets"] == once["targets"]


def test_a_search_of_several_goes_on_where_it_was(
    captures: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The checkpoint lies beside the first, and is of these captures and no others."""
    checkpoint = Path(f"{captures[0]}.checkpoint")
    monkeypatch.setattr(runner, "FEWEST", 500)
    monkeypatch.setattr(runner, "MOST", 500)
    whole: Callable[..., Any] = Search.run

    def stopped(self: Search, workers: Workers, stop: Callable[[], bool]) -> Any:
        return whole(self, workers, lambda: bool(self.progress.found))

    monkeypatch.setattr(Search, "run", stopped)
    content, code, _ = crack(*captures, "--mask", "?d?d?d?d")
    assert (code, content["finished"], content["checkpoint"]) == (130, False, str(checkpoint))
    assert {one["text"] for one in content["targets"]} == {"1234", None}
    before = json.loads(checkpoint.read_text())
    assert 0 < before["count"] < 9_876
    monkeypatch.setattr(Search, "run", whole)
    content, _, _ = crack(captures[0], "--mask", "?d?d?d?d")
    assert "of another search" in content["error"]
    content, code, _ = crack(*captures, "--mask", "?d?d?d?d")
    assert (code, content["finished"], content["tried"]) == (0, True, 10_000)
    assert [one["text"] for one in content["targets"]] == ["1234", None, "9876", "1234", "1234"]
    assert not checkpoint.exists()


def test_what_belongs_to_a_single_capture(captures: tuple[Path, Path]) -> None:
    content, code, _ = crack(*captures, "--mask", "?d", "--connection", "1")
    assert code == 2
    assert "single capture" in content["error"]
    content, code, _ = crack(*captures, "--mask", "?d", "--identity", "nobody")
    assert (code, "in these captures" in content["error"]) == (1, True)
    one, _, _ = crack(*captures, "--mask", "?d?d?d?d", "--identity", "door")
    assert [(t["capture"], t["text"]) for t in one["targets"]] == [(str(captures[0]), "9876")]


def test_hellos_with_binders_of_no_hashs_length_beside_a_right_one(tmp_path: Path) -> None:
    path = tmp_path / "talk.pcap"
    with Tape(path) as tape:
        for number, length in enumerate((31, 33, 47, 49), 1):
            offered = OfferedPsks((PskIdentity(b"wrong", 0),), (bytes(length),))
            raw = pack(ClientHello(bytes(32), b"", (0x1301,), (offered,)))
            tape(number, "client", frame(ContentType.HANDSHAKE, raw))
        tape(5, "client", frame(ContentType.HANDSHAKE, hello(ExternalPsk(b"right", b"12"))))
    content, code, _ = crack(path, "--mask", "?d?d")
    assert [(one["identity"], one["text"]) for one in content["targets"]] == [("right", "12")]
    assert code == 0


def test_more_binders_than_can_be_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tls13lab.cli import crack_binders as command

    monkeypatch.setattr(command, "MOST_TARGETS", 2)
    path = capture(tmp_path / "many.pcap", *(ExternalPsk(b"n%d" % n, b"1") for n in range(3)))
    content, code, _ = crack(path, "--mask", "?d")
    assert (code, content["error"][:19]) == (1, "there are 3 binders")
