"""BoGo against the lab: each test that was recorded comes out as it was recorded.

The runner is a Go program that tests/conformance/install.sh builds; without it, these tests skip.
"""

import json
from fnmatch import fnmatchcase

import pytest

from tests.conformance.bogo import suite
from tests.conformance.bogo.differences import DIFFERENCES
from tests.conformance.bogo.flags import UNIMPLEMENTED, Unimplemented, main, parse
from tests.conformance.bogo.topics import reason
from tests.conftest import missing

RECORDED = json.loads(suite.RESULTS.read_text("utf-8"))
OUTCOMES = ("passed", "differing", "unimplemented")
NAMES = sorted(name for outcome in OUTCOMES for name in RECORDED[outcome])
PARTS = 12
"""So many tests here, for as many workers as there are; BoGo's own tests take some 0.3 s each."""


def require_runner() -> None:
    try:
        suite.installed()
    except suite.NotInstalled as why:
        missing(str(why))


@pytest.mark.full
@pytest.mark.parametrize("part", range(PARTS))
def test_each_test_comes_out_as_recorded(part: int) -> None:
    require_runner()
    names = NAMES[part::PARTS]
    report = suite.run(names, workers=1)
    assert report.failed == {}
    assert report.ran == set(names)
    for outcome in OUTCOMES:
        assert getattr(report, outcome) == set(names) & set(RECORDED[outcome])


def test_no_test_is_left_out_without_a_reason() -> None:
    require_runner()
    assert suite.all_names() == set(NAMES)
    assert (suite.installed() / "version").read_text("utf-8").strip() == RECORDED["version"]


def test_the_record_adds_up() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert len(NAMES) + sum(RECORDED["disabled"].values()) == RECORDED["total"]
    ran = len(RECORDED["passed"]) + len(RECORDED["differing"])
    assert sum(RECORDED["roles"].values()) == ran
    assert sum(RECORDED["flags"].values()) == len(RECORDED["unimplemented"])
    assert set(RECORDED["disabled"]) == set(suite.disabled().values())
    assert not [one for one in NAMES if any(fnmatchcase(one, p) for p in suite.disabled())]


def test_every_reason_is_needed() -> None:
    for one in DIFFERENCES:
        for pattern in one.names:
            assert any(fnmatchcase(name, pattern) for name in RECORDED["differing"]), pattern
    assert all(suite.difference(name) for name in RECORDED["differing"])
    assert not any(suite.difference(name) for name in RECORDED["passed"])
    assert all(reason(flag) for flag in RECORDED["flags"])


def test_flags_are_for_all_connections_or_for_one_kind() -> None:
    options = parse(
        ["-port", "7", "-on-resume-expect-hrr", "-curves", "29", "-curves", "23", "-host-name", "x"]
    )
    assert options.initial == {"port": 7, "curves": (29, 23), "host-name": "x"}
    assert options.resume == options.initial | {"expect-hrr": True}
    assert options.retry == options.initial


@pytest.mark.parametrize(
    "arguments",
    [
        ["-dtls"],
        ["-on-resume-quic"],
        ["-curves", "16696"],
        ["-max-version", "771"],
        ["-server", "-verify-peer"],
        ["-cert-file", "cert.pem"],
        ["-server", "-cert-file", "/keys/ecdsa_p224_cert.pem"],
    ],
)
def test_what_the_lab_lacks_is_refused_before_anything_is_imported(arguments: list[str]) -> None:
    with pytest.raises(Unimplemented):
        parse(arguments)
    assert main(arguments) == UNIMPLEMENTED


@pytest.mark.parametrize(
    "arguments",
    [
        ["-max-version", "772"],
        ["-verify-peer"],
        ["-curves", "25"],
        ["-verify-prefs", "1539"],
        ["-server", "-cert-file", "cert.pem"],
        ["-server", "-cert-file", "/keys/ecdsa_p521_cert.pem"],
    ],
)
def test_the_twins_are_not_refused(arguments: list[str]) -> None:
    parse(arguments)


def test_what_the_runner_prints_is_read() -> None:
    known = DIFFERENCES[0]
    report = suite.read(
        "PASSED (One)\n\nUNIMPLEMENTED (Two)\nFAILED (Three)\nunexpected failure: x\nstderr:\ny\n"
        f"FAILED ({known.names[0]})\nbad error\n{known.said}\nFAILED ({known.names[1]})\nother\n"
    )
    assert (report.passed, report.unimplemented) == ({"One"}, {"Two"})
    assert report.differing == {known.names[0]}
    assert report.failed == {
        "Three": "unexpected failure: x\nstderr:\ny",
        known.names[1]: "other",
    }
    passes = suite.read(f"PASSED ({known.names[0]})\n")
    assert list(passes.failed) == [known.names[0]]
