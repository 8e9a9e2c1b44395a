"""CPace against the draft's test vectors, its points of small order, and whatever else comes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tls13lab.crypto import x25519_group
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.x25519_group import NEUTRAL, decode_u, generator_of, scalar_mult_vfy
from tls13lab.psk import cpace
from tls13lab.psk.cpace import CpaceRun, Role, begin, lv_cat, names, read_message
from tls13lab.wire.faults import DecodeError, IllegalParameter, TLSFault

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "cpace_x25519.json").read_text(encoding="ascii")
)
RUN = {name: bytes.fromhex(value) for name, value in VECTORS["run"].items()}
SMALL = VECTORS["small_order"]
small_points = pytest.mark.parametrize("point", SMALL["points"], ids=lambda one: one["name"])


@pytest.fixture
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyca/cryptography, or what stands in for it in a browser."""
    if request.param == "portable":
        pytest.importorskip("tlslite")
        monkeypatch.setattr(x25519_group, "compiled", lambda: False)


both = pytest.mark.parametrize("library", ["compiled", "portable"], indirect=True)


# The draft's vectors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("", b""),
        ("1234", b"1234"),
        ("range(127)", bytes(range(127))),
        ("range(128)", bytes(range(128))),
    ],
)
def test_prepend_len(name: str, data: bytes) -> None:
    assert cpace.prepend_len(data) == bytes.fromhex(VECTORS["prepend_len"][name])


def test_the_other_strings() -> None:
    assert lv_cat(b"1234", b"5", b"", b"678") == bytes.fromhex(VECTORS["lv_cat"])
    assert [cpace.o_cat(b"ABCD", b"BCD"), cpace.o_cat(b"BCD", b"ABCDE")] == [
        bytes.fromhex(one) for one in VECTORS["o_cat"]
    ]
    said = ((b"123", b"PartyA", b"234", b"PartyB"), (b"3456", b"PartyA", b"2345", b"PartyB"))
    for name, make in (
        ("transcript_ir", cpace.transcript_ir),
        ("transcript_oc", cpace.transcript_oc),
    ):
        assert [make(*one).hex() for one in said] == [one.lower() for one in VECTORS[name]]


def test_the_generator_step_by_step() -> None:
    given_ = VECTORS["generator"]
    inputs = [bytes.fromhex(given_[name]) for name in ("PRS", "CI", "sid")]
    told = cpace.generator_string(*inputs)
    assert told.hex().upper() == given_["generator_string(G.DSI,PRS,CI,sid,H.s_in_bytes)"]
    hashed = bytes.fromhex(given_["hash generator string"])
    element = decode_u(hashed).to_bytes(32, "little")
    assert element.hex().upper() == given_["decoded field element of 255 bits"]
    assert generator_of(hashed).hex().upper() == given_["generator g"]
    assert cpace.calculate_generator(*inputs).hex().upper() == given_["generator g"]


def parties(roles: tuple[Role, Role]) -> tuple[CpaceRun, CpaceRun]:
    """The draft's two parties, with its scalars for entropy."""

    def party(role: Role, who: str) -> CpaceRun:
        return begin(
            role,
            RUN["PRS"],
            lambda _: RUN[f"y{who}"],
            CI=RUN["CI"],
            sid=RUN["sid"],
            AD=RUN[f"AD{who}"],
        )

    return party(roles[0], "a"), party(roles[1], "b")


@both
@pytest.mark.parametrize(
    ("roles", "ISK", "sid_output"),
    [
        ((Role.INITIATOR, Role.RESPONDER), "ISK_IR", "sid_output_ir"),
        ((Role.SYMMETRIC, Role.SYMMETRIC), "ISK_SY", "sid_output_oc"),
    ],
)
def test_the_draft_s_run(
    roles: tuple[Role, Role], ISK: str, sid_output: str, library: None
) -> None:
    a, b = parties(roles)
    assert (a.Y.hex(), b.Y.hex()) == (RUN["Ya"].hex(), RUN["Yb"].hex())
    assert a.message == lv_cat(RUN["Ya"], RUN["ADa"])
    assert scalar_mult_vfy(a.y, b.Y) == scalar_mult_vfy(b.y, a.Y) == RUN["K"]
    for agreed in (a.finish(b.message), b.finish(a.message)):
        assert (agreed.ISK, agreed.sid_output) == (RUN[ISK], RUN[sid_output])


@both
@small_points
def test_points_of_small_order_give_what_the_draft_says(
    point: dict[str, str], library: None
) -> None:
    made = scalar_mult_vfy(bytes.fromhex(SMALL["s"]), bytes.fromhex(point["u"]))
    assert made == bytes.fromhex(point["q"])


@both
@small_points
@pytest.mark.parametrize("role", Role)
def test_they_end_a_run(point: dict[str, str], role: Role, library: None) -> None:
    party = begin(role, RUN["PRS"], seeded("any"))
    message = lv_cat(bytes.fromhex(point["u"]), b"")
    if point["name"] in SMALL["must_abort"]:
        with pytest.raises(IllegalParameter, match="CPace aborts"):
            party.finish(message)
    else:
        assert len(party.finish(message).ISK) == 64


def test_those_that_must_be_refused_are_the_ones_of_which_the_product_is_neutral() -> None:
    neutral = {one["name"] for one in SMALL["points"] if bytes.fromhex(one["q"]) == NEUTRAL}
    assert neutral == set(SMALL["must_abort"])


# What both must agree on --------------------------------------------------------------------------

words = st.binary(max_size=200)
SAME: dict[str, bytes] = {"PRS": b"sternchen", "CI": b"both", "sid": b"1"}


def outcome(a: dict[str, bytes], b: dict[str, bytes], change: Callable[[bytes], bytes]) -> bool:
    """Whether two parties come to one key, where A's message is changed on its way."""
    one = begin(Role.INITIATOR, entropy=seeded("a"), AD=b"from a", **a)
    other = begin(Role.RESPONDER, entropy=seeded("b"), AD=b"from b", **b)
    return one.finish(other.message) == other.finish(change(one.message))


@settings(max_examples=25)
@given(words, words, words)
def test_the_same_inputs_give_one_key(PRS: bytes, CI: bytes, sid: bytes) -> None:
    both_have = {"PRS": PRS, "CI": CI, "sid": sid}
    assert outcome(both_have, both_have, lambda message: message)


@pytest.mark.parametrize("what", list(SAME))
def test_any_other_input_gives_another_key(what: str) -> None:
    assert not outcome(SAME, SAME | {what: SAME[what] + b"x"}, lambda message: message)


def test_associated_data_that_was_changed_gives_another_key() -> None:
    assert not outcome(SAME, SAME, lambda message: message.replace(b"from a", b"from m"))


def test_bytes_do_not_move_from_one_input_to_another() -> None:
    assert names(b"al", b"ice") != names(b"a", b"lice")
    assert not outcome(
        {"PRS": b"ab", "CI": b"c", "sid": b""},
        {"PRS": b"a", "CI": b"bc", "sid": b""},
        lambda message: message,
    )


def test_two_parties_with_the_same_role_do_not_agree() -> None:
    a, b = (begin(Role.INITIATOR, b"word", seeded(name)) for name in "ab")
    assert a.finish(b.message).ISK != b.finish(a.message).ISK


# What comes from outside --------------------------------------------------------------------------


@given(st.binary(max_size=80))
def test_any_bytes_are_a_message_or_a_fault(data: bytes) -> None:
    party = begin(Role.RESPONDER, b"word", seeded("b"))
    try:
        assert lv_cat(*read_message(data)) == data
        party.finish(data)
    except TLSFault:
        pass


@pytest.mark.parametrize(
    "message",
    [
        b"",
        lv_cat(bytes(31), b""),
        lv_cat(bytes(33), b""),
        lv_cat(bytes(32)),
        lv_cat(bytes(32), b"") + b"x",
        lv_cat(bytes(32), bytes(cpace.MOST_AD + 1)),
        b"\xa0\x00" + bytes(32) + b"\x00",  # a length in two bytes that fits in one
        b"\x80" * 20,
    ],
)
def test_what_is_no_message(message: bytes) -> None:
    with pytest.raises(DecodeError):
        read_message(message)


@given(st.binary(max_size=cpace.MOST_AD))
def test_associated_data_up_to_the_bound(AD: bytes) -> None:
    assert read_message(lv_cat(bytes(32), AD)) == (bytes(32), AD)


def test_no_secret_is_printed() -> None:
    a, b = parties((Role.INITIATOR, Role.RESPONDER))
    shown = repr(a) + repr(a.finish(b.message))
    assert repr(RUN["ya"])[2:-1] not in shown
    assert repr(RUN["ISK_IR"])[2:-1] not in shown
    assert "Password" not in shown


# The generator ------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_elligator_gives_points_of_the_curve(hashed: bytes) -> None:
    u = decode_u(generator_of(hashed))
    q = x25519_group.Q
    v_squared = (u**3 + x25519_group.A * u * u + u) % q
    assert pow(v_squared, (q - 1) // 2, q) in (0, 1), "on the twist"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_the_first_block_holds_nothing_but_the_word(PRS: bytes, CI: bytes) -> None:
    told = cpace.generator_string(PRS, CI, b"")
    if len(PRS) < 100:
        assert told[:128] == cpace.generator_string(PRS, b"", b"")[:128]
    assert len(told) >= 128
