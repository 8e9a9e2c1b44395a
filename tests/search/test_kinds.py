"""A binder's label proves the kind of its PSK: an age only suggests it. RFC 9846 section 4.3.11."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captures.tape import Tape
from tls13lab.cli.app import cli
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import binder, fill_binders, placeholder
from tls13lab.psk.keys import ExternalPsk, PskKind, ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.records.framing import frame
from tls13lab.search.engine import tried
from tls13lab.search.guesses import Guesses
from tls13lab.search.target import Target, targets, targets_of
from tls13lab.wire.codepoints import ContentType

UNSURE = (PskKind.EXTERNAL, PskKind.RESUMPTION)


def hello_with(psk: ExternalPsk | ResumptionPsk, age: int) -> bytes:
    """A ClientHello that offers ``psk`` and claims this obfuscated age."""
    offered = OfferedPsks((PskIdentity(psk.identity, age),), placeholder([psk]))
    hello = ClientHello(bytes(32), b"", (0x1301,), (offered,))
    return fill_binders(pack(hello), offered, [psk], Transcript())


def resumption(key: bytes, hash_name: str = "sha256") -> ResumptionPsk:
    suite = {"sha256": 0x1301, "sha384": 0x1302}[hash_name]
    return ResumptionPsk(b"a ticket", key, hash_name, suite, 0, 7200, 0)  # type: ignore[arg-type]


keys = st.binary(min_size=1, max_size=64) | st.sampled_from([bytes(32), bytes(48)])


@given(st.data(), st.sampled_from(sorted(HASH_LENGTHS)), st.integers(0, 2**32 - 1) | st.just(0))
@settings(deadline=None)
def test_any_age_and_any_kind(data: st.DataObject, hash_name: str, age: int) -> None:
    if data.draw(st.booleans()):
        key = data.draw(keys)
        psk: ExternalPsk | ResumptionPsk = ExternalPsk(b"printer", key, hash_name)
    else:
        length = HASH_LENGTHS[hash_name]
        key = data.draw(st.binary(min_size=length, max_size=length))
        psk = resumption(key, hash_name)
    (target,) = targets_of(hello_with(psk, age))
    assert target.kind is (PskKind.RESUMPTION if age else PskKind.EXTERNAL)
    assert {target.kind, *target.also} == set(UNSURE)
    assert target.kind_with(key) is psk.kind
    assert target.kind_with(key + b"x") is None


class Listed:
    """A piece of exactly these guesses."""

    def __init__(self, words: list[bytes]) -> None:
        self.words, self.count, self.after = words, len(words), (len(words),)

    def guesses(self) -> list[Guesses]:
        return [Guesses.of(self.words, 100)]


@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
@pytest.mark.parametrize("compile", [False, True])
def test_a_search_finds_each_under_its_label_and_at_its_place(
    hash_name: str, compile: bool
) -> None:
    length = HASH_LENGTHS[hash_name]
    long, other = bytes(range(length)), bytes(length)
    words = [b"a", b"word", other, b"x" * (length - 1), long, b"x" * (length + 1)]
    made = {
        (kind, key): Target(
            b"",
            UNSURE[0],
            hash_name,
            b"hello",
            binder(kind, key, hash_name, b"hello"),
            also=UNSURE[1:],
        )
        for kind in UNSURE
        for key in (b"word", long)
    }
    found = tried(tuple(made.values()), Listed(words), compile=compile).found  # type: ignore[arg-type]
    hits = {(hit.target, hit.place, hit.word) for hit in found}
    # A resumption PSK of four bytes is none: no hash of TLS 1.3's is so short.
    assert hits == {(0, 101, b"word"), (1, 104, long), (3, 104, long)}
    for target, (kind, key) in zip(made.values(), made, strict=True):
        assert target.kind_with(key) is kind


# On the command line ------------------------------------------------------------------------------


def crack(capture: Path, words: Path, *options: str) -> tuple[dict[str, Any], str]:
    arguments = ["crack", str(capture), "--wordlist", str(words), *options]
    content = json.loads(CliRunner().invoke(cli, [*arguments, "--json"]).stdout)
    return content, CliRunner().invoke(cli, arguments).output


def wordlist(folder: Path, *words: bytes) -> Path:
    path = folder / "words"
    path.write_bytes(b"".join(b"$HEX[%s]\n" % word.hex().encode() for word in (b"no", *words)))
    return path


def test_an_external_psk_that_claims_an_age(tmp_path: Path) -> None:
    """4.3.11: 0 is what its client SHOULD send, and it is not what this one sends."""
    capture = tmp_path / "talk.pcap"
    with Tape(capture) as tape:
        raw = hello_with(ExternalPsk(b"printer", b"hunter2"), 123_456)
        tape(1, "client", frame(ContentType.HANDSHAKE, raw))
    content, said = crack(capture, wordlist(tmp_path, b"hunter2"))
    (one,) = content["targets"]
    assert (one["kind"], one["assumed"], one["text"]) == ("external", None, "hunter2")
    assert "identity printer, external PSK, sha256: hunter2" in said
    content, said = crack(capture, wordlist(tmp_path))
    (one,) = content["targets"]
    assert (one["kind"], one["assumed"]) == ("resumption", "its age is not 0")
    assert "resumption PSK (assumed: its age is not 0), sha256: not found" in said


def ticket_of_age_zero() -> tuple[Pair, ResumptionPsk]:
    """A whole connection: the ticket's age and what is added to it come to 2**32."""
    client, server = lesson_configs("full")
    server = replace(server, tickets=StatelessTickets(TicketKey.from_bytes(bytes(48))))
    first = talk(client, server, "first")
    minute_ms = 60_000
    ticket = replace(first.tickets[0], age_add=2**32 - minute_ms)
    pair = Pair(
        replace(client, psks=(ticket,)), server, seed="second", now_ms=LESSON_TIME_MS + minute_ms
    )
    assert pair.handshake().resumed
    return pair, ticket


def test_a_ticket_that_claims_the_age_zero(tmp_path: Path) -> None:
    pair, ticket = ticket_of_age_zero()
    (target,) = targets(record(pair))
    assert target.kind is PskKind.EXTERNAL
    capture = tmp_path / "talk.pcap"
    with Tape(capture) as tape:
        for step in pair.conversation().steps:
            tape(1, step.sender, step.wire)
    content, said = crack(capture, wordlist(tmp_path, ticket.key))
    (one,) = content["targets"]
    assert (one["kind"], one["assumed"], one["psk"]) == ("resumption", None, ticket.key.hex())
    assert "resumption PSK, sha256: " in said
    (one,) = crack(capture, wordlist(tmp_path))[0]["targets"]
    assert (one["kind"], one["assumed"]) == ("external", "its age is 0")


def test_what_claims_an_age_beside_others_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    capture = tmp_path / "talk.pcap"
    with Tape(capture) as tape:
        for number, (name, age) in enumerate(((b"printer", 7), (b"backup", 0)), 1):
            raw = hello_with(ExternalPsk(name, b"hunter2"), age)
            tape(number, "client", frame(ContentType.HANDSHAKE, raw))
    words = wordlist(tmp_path, b"hunter2")
    content, said = crack(capture, words)
    assert content["left_out"] == 1
    assert [one["identity"] for one in content["targets"]] == ["backup"]
    assert "1 binder is left out: an obfuscated ticket age" in said
    content, said = crack(capture, words, "--identity", "printer")
    assert content["left_out"] == 0
    assert [one["kind"] for one in content["targets"]] == ["external"]
    assert "left out" not in said
