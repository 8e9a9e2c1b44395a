"""Verdicts against the truth: every kind of conversation, every theft, every goal."""

from pathlib import Path

import pytest

from tests.adversary.conversations import EARLY_WORDS, Made, made, sided
from tests.capture.test_tshark import by_tshark, joined, write_keylog
from tests.sampled import quick, sampled
from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.capture.writer import CaptureWriter
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS

ALL = tuple(made())


TALKS = sampled(ALL, 7, str)
"""A test below shows that a quick run leaves out no kind of talk."""

each = pytest.mark.parametrize("one", TALKS)


def last(one: Made, theft: Theft, goal: Goal) -> Finding:
    """The finding about the conversation in question."""
    *_, finding = eavesdrop(one.items, theft, goal)
    return finding


def plaintext(finding: Finding) -> dict[str, bytes]:
    return {sender: text.head for sender, text in finding.plaintext.items()}


def test_all_kinds_are_there() -> None:
    """What the tests below are worth: each case in question occurs, as the endpoints see it."""
    outcomes = {
        (
            one.pair.client.outcome.mode,
            one.pair.client.outcome.retried,
            one.pair.client.outcome.early_data,
        )
        for one in ALL
    }
    assert {mode for mode, _, _ in outcomes} == {"full", "psk_ke", "psk_dhe_ke"}
    for mode in ("full", "psk_dhe_ke"):
        assert (mode, True, "rejected") in outcomes
    for mode in ("psk_ke", "psk_dhe_ke"):
        assert {(mode, False, fate) for fate in ("accepted", "rejected", "none")} <= outcomes
    assert len(ALL) > 150


def test_a_quick_run_has_each_way_to_offer_take_and_retry() -> None:
    for name in ("offered", "taken", "mode", "early", "order"):
        some, every = ({getattr(one, name) for one in part} for part in (quick(TALKS, Made), ALL))
        assert some == every, name


@each
def test_every_theft(one: Made) -> None:
    outcome = one.pair.client.outcome
    assert outcome.mode == (one.mode if one.taken else "full")
    assert one.early_sent == bool(one.early)
    for name, (theft, known, share, logged) in one.thefts.items():
        said = name, str(one)
        exchanged = outcome.mode == "psk_ke" or share
        data = logged or (exchanged and (one.taken is None or one.taken in known))
        finding = last(one, theft, "application_data")
        assert (finding.verdict, said) == ("lost" if data else "kept", said)
        both = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
        assert (plaintext(finding), said) == (both if data else {}, said)

        early = logged or one.offered[0] in known
        finding = last(one, theft, "early_data")
        verdict = ("lost" if early else "kept") if one.early else "absent"
        assert (finding.verdict, said) == (verdict, said)
        words = {"client": EARLY_WORDS} if verdict == "lost" else {}
        assert (plaintext(finding), said) == (words, said)

        finding = last(one, theft, "psk")
        assert (finding.verdict, said) == ("lost" if known else "kept", said)
        keys = {one._psk(psk).key for psk in known}
        assert (set(plaintext(finding).values()) <= keys, said) == (True, said)
        assert (bool(plaintext(finding)), said) == (bool(known), said)


@each
def test_a_leaked_psk_fits_wherever_it_was_offered(one: Made) -> None:
    second = {"same": one.offered, "reversed": one.offered[::-1], "dropped": one.offered[1:]}
    hellos = [one.offered, second[one.order]] if one.order else [one.offered]
    if one.order:
        # "the client SHOULD NOT offer any pre-shared keys associated with a hash other than that of
        # the selected cipher suite" (4.2.4)
        digest = one.pair.client.outcome.suite.hash_name
        hellos[1] = tuple(psk for psk in hellos[1] if one._psk(psk).hash_name == digest)
    for name in one.offered:
        finding = last(one, Theft(psks=(one._psk(name).key,)), "application_data")
        expected = {
            (number, psks.index(name)) for number, psks in enumerate(hellos, 1) if name in psks
        }
        fits = [fit for fit in finding.fits if fit.offered]
        assert {(fit.offered.hello, fit.offered.place) for fit in fits if fit.offered} == expected
        assert all(fit.verified for fit in fits)
        assert {fit.answered for fit in fits if fit.offered.hello == len(hellos)} <= {True}  # type: ignore[union-attr]
        chosen = [fit for fit in fits if fit.chosen]
        assert len(chosen) == (name == one.taken)
        early = [fit for fit in fits if fit.early_data]
        assert len(early) == (bool(one.early) and name == one.offered[0])


@each
def test_what_is_kept_names_what_would_open_it(one: Made) -> None:
    """Each leak that is named opens it, once it is there as well."""
    by_name = {
        "psk": one._psk(one.taken).key if one.taken else b"",
        "client_ecdhe": one.pair.client.secrets.get("client_ecdhe", b""),
        "server_ecdhe": one.pair.server.secrets.get("server_ecdhe", b""),
    }
    theft = Theft(psks=(by_name["psk"],)) if one.taken else Theft()
    finding = last(one, theft, "application_data")
    if finding.verdict == "kept":
        assert set(finding.missing) >= {"client_ecdhe", "server_ecdhe"}
        for name in ("client_ecdhe", "server_ecdhe"):
            more = Theft(psks=theft.psks, **{name: (by_name[name],)})  # type: ignore[arg-type]
            assert last(one, more, "application_data").verdict == "lost"
    early = last(one, Theft(), "early_data")
    if early.verdict == "kept":
        assert "psk" in early.missing
        assert ("ticket_key" in early.missing) == (one.offered[0] == "ticket")


# The order in a file, and what is not in it -------------------------------------------------------

SOME = tuple(one for one in ALL if one.early)[::5]


@pytest.mark.parametrize("first", ["client", "server"])
@pytest.mark.parametrize("one", SOME, ids=str)
def test_which_side_comes_first_in_the_file_does_not_matter(one: Made, first: str) -> None:
    theft = one.thefts["every psk and share"][0]
    for goal in ("application_data", "early_data", "psk"):
        plain = last(one, theft, goal)
        *_, finding = eavesdrop(sided(one.items, first), theft, goal)
        assert (finding.verdict, plaintext(finding)) == (plain.verdict, plaintext(plain))
        assert (finding.fits, finding.incomplete) == (plain.fits, plain.incomplete)


@pytest.mark.parametrize("one", SOME, ids=str)
def test_early_data_is_opened_without_a_server_hello(one: Made) -> None:
    """It hangs on the ClientHello and its first PSK alone."""
    number = one.items[-1].connection
    own = [item for item in one.items if item.connection == number]
    first = [item for item in own if getattr(item, "sender", "client") == "client"]
    hello_and_early: list[Item] = [
        item for item in first[:4] if not isinstance(item, CapturedRecord)
    ]
    hello_and_early += [item for item in first[:6] if isinstance(item, CapturedRecord)][:3]
    theft = Theft(psks=(one._psk(one.offered[0]).key,))
    (finding,) = eavesdrop(hello_and_early, theft, "early_data")
    assert (finding.verdict, plaintext(finding)) == ("lost", {"client": EARLY_WORDS})
    (kept,) = eavesdrop(hello_and_early, Theft(), "early_data")
    assert kept.verdict == "kept"
    (unknown,) = eavesdrop(hello_and_early, theft, "application_data")
    assert (unknown.verdict, unknown.leaks) == ("unknown", ("psk",))
    (only_hello,) = eavesdrop(hello_and_early[:2], theft, "early_data")
    assert (only_hello.verdict, plaintext(only_hello)) == ("unknown", {})
    assert "none of it is in the recording" in only_hello.incomplete


# Beside another program ---------------------------------------------------------------------------


@pytest.mark.parametrize("one", sampled(SOME[::4], 3, str))
def test_tshark_reads_the_same_with_a_key_log(one: Made, tmp_path: Path) -> None:
    capture = tmp_path / "talk.pcap"
    writer = CaptureWriter(capture, now=lambda: 1.0)
    writer.open(1, ("127.0.0.1", 50_000), ("127.0.0.1", 4433))
    for step in one.pair.conversation().steps:
        writer.add(1, step.sender, step.wire)
    writer.end(1)
    writer.close()
    log = one.thefts["key log"][0].keylog
    keylog = write_keylog(tmp_path / "keys", {key: dict(rows) for key, rows in log.items()})
    _, theirs = by_tshark(capture, keylog)
    read = {}
    for goal in ("early_data", "application_data"):
        (finding,) = eavesdrop(read_capture(capture), Theft(keylog=log), goal)
        read[goal] = plaintext(finding)
    ours = read["early_data"]["client"] + read["application_data"]["client"]
    assert bytes.fromhex(joined(theirs)[0, "client"]) == ours


# Captures of OpenSSL ------------------------------------------------------------------------------

CAPTURES = Path(__file__).parents[1] / "captures"
TICKET_PSK = bytes.fromhex(
    "b1f71281a840721d6925494f042eab9808abcda4f51469d6685ed97d6799ac81b955e203053db52ea7a7a56b5c599f39"
)


def openssl(name: str, theft: Theft, goal: Goal) -> Finding:
    (finding,) = eavesdrop(read_capture(CAPTURES / f"{name}.pcapng"), theft, goal)
    return finding


def test_early_data_under_a_ticket_that_openssl_rejected() -> None:
    """The server went on with a full handshake; the early data had been sent all the same."""
    name, log = "early-data-rejected-psk", CAPTURES / "early-data-rejected-psk.keys"
    for theft in (Theft(psks=(TICKET_PSK,)), Theft(keylog=read_keylog(log))):
        finding = openssl(name, theft, "early_data")
        assert (finding.mode, finding.verdict) == ("full", "lost")
        assert plaintext(finding) == {"client": b"GET /early"}
    kept = openssl(name, Theft(), "early_data")
    assert (kept.verdict, kept.missing) == ("kept", ("psk", "ticket_key"))
    finding = openssl(name, Theft(psks=(TICKET_PSK,)), "application_data")
    assert (finding.verdict, finding.leaks) == ("kept", ("psk",))


def test_a_psk_that_openssl_moved_to_another_place_after_a_retry() -> None:
    """It drops the ticket, whose hash is another one: what was identity 1 is identity 0."""
    finding = openssl("retry-dropped-psk", Theft(psks=(b"tom2023",)), "psk")
    assert (finding.verdict, plaintext(finding)) == ("lost", {"client": b"tom2023"})
    places = [
        (fit.offered.hello, fit.offered.place, fit.verified, fit.chosen)
        for fit in finding.fits
        if fit.offered is not None
    ]
    assert places == [(1, 1, True, False), (2, 0, True, True)]
    data = openssl("retry-dropped-psk", Theft(psks=(b"tom2023",)), "application_data")
    assert (data.verdict, data.missing) == ("kept", ("client_ecdhe", "server_ecdhe"))
