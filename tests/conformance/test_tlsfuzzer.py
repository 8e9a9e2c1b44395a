"""How tlsfuzzer's summaries are read, and that the table of its scripts fits what was recorded.

tlsfuzzer itself cannot be installed, so no test runs it: ``python -m tests.conformance`` does.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.tlsfuzzer import runner
from tests.conformance.tlsfuzzer.scripts import NOT_RUN, SCRIPTS, Script, recorded
from tests.conformance.tlsfuzzer.servers import SERVERS, serving
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.handshake.config import ClientConfig
from tls13lab.peers.client import connect

SUMMARY = """\
====================
TOTAL: 4
SKIP: 0
PASS: 2
XFAIL: 0
FAIL: 2
XPASS: 0
====================
FAILED:
\t'sanity with x448'
\t"what isn't right"
"""


def test_a_summary_is_read() -> None:
    outcome = runner.read("one", SUMMARY, Script(expected={"*x448": "no such group"}))
    assert (outcome.passed, outcome.expected) == (2, ["sanity with x448"])
    assert outcome.failed == ["what isn't right"]
    assert not outcome.trouble


def test_a_probe_that_no_longer_fails_is_told() -> None:
    outcome = runner.read("one", "PASS: 3\nFAIL: 0\n", Script(expected={"*x448": "no such group"}))
    assert len(outcome.failed) == 1
    either = runner.read("one", "PASS: 3\nFAIL: 0\n", Script(either={"*x448": "it depends"}))
    assert either.failed == []


def test_a_script_that_breaks_is_told() -> None:
    outcome = runner.read("one", "Traceback\nImportError: tlslite\n", Script())
    assert "ImportError: tlslite" in outcome.trouble


def test_the_table_and_the_record_are_of_one_mind() -> None:
    record = recorded()
    found, files = record["scripts"], record["files"]
    assert len(files) == 57  # with fewer, the document would not have them all
    # Each script that there is has its figures, or a reason why it has none.
    run = {SCRIPTS.get(name, Script()).file or name for name in found}
    assert sorted([*run, *NOT_RUN]) == files
    assert set(found) >= set(SCRIPTS)
    # At a fatal alert nothing is answered, and RSASSA-PSS keys sign as rsa_pss_pss_*.
    assert (found["unencrypted-alert"], found["rsapss-signatures"]) == ([4, 0], [8, 0])
    assert all(script.server in SERVERS for script in SCRIPTS.values())
    for name, (passed, failing) in found.items():
        assert passed > 0, name
        assert bool(failing) >= bool(SCRIPTS.get(name, Script()).expected), name


REQUEST = b"GET / HTTP/1.0\r\n\r\n"


@pytest.fixture(scope="module")
def credentials(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which each certificate is made once."""
    return tmp_path_factory.mktemp("credentials")


@pytest.mark.full
@pytest.mark.parametrize("name", SERVERS)
def test_each_server_serves(name: str, credentials: Path) -> None:
    with serving(name, credentials) as port:
        report = connect("127.0.0.1", port, ClientConfig(trust=TrustAnyone()), send=REQUEST)
    answer = b"HTTP/1.1 200 OK" if name == "http" else REQUEST
    assert report.received.startswith(answer)


def test_what_is_no_checkout_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(tmp_path, []) == 2
    assert "is no checkout of tlsfuzzer" in capsys.readouterr().err


def test_scripts_are_started_with_their_options(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / f"{runner.PREFIX}psk_ke.py"
    script.write_text("import sys\nprint(f'PASS: {len(sys.argv)}')\n", "ascii")
    (outcome,) = runner.run(tmp_path, runner.rows(tmp_path), sys.executable)
    assert (outcome.name, outcome.passed, outcome.failed) == ("psk_ke", 1 + 4 + 4, [])


def test_a_script_is_run_against_each_server_that_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("eddsa", "ffdhe-sanity"):
        (tmp_path / "scripts" / f"{runner.PREFIX}{name}.py").write_text("print('PASS: 1')", "ascii")
    assert runner.rows(tmp_path) == ["eddsa", "eddsa, Ed448"]
    outcomes = runner.run(tmp_path, ["eddsa, Ed448"], sys.executable)
    assert [one.name for one in outcomes] == ["eddsa, Ed448"]


def test_a_recorder_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results.json"
    monkeypatch.setattr(runner, "RESULTS", results)
    (tmp_path / "scripts").mkdir()
    for name in ("ccs", "hrr"):
        (tmp_path / "scripts" / f"{runner.PREFIX}{name}.py").write_text("print('PASS: 1')", "ascii")
    assert runner.main(tmp_path, ["hrr", "--record"]) == 0
    before = json.loads(results.read_text("utf-8"))
    assert before["scripts"] == {"hrr": [1, 0]}
    assert before["files"] == ["ccs", "hrr"]
    ran: list[str] = []

    def run(checkout: Path, chosen: list[str], python: str) -> Iterator[runner.Outcome]:
        ran.extend(chosen)
        return iter(())

    monkeypatch.setattr(runner, "run", run)
    runner.main(tmp_path, ["--record"])
    assert ran == ["ccs"]
    results.write_text(json.dumps(before | {"lab": "another"}), "utf-8")
    runner.main(tmp_path, ["--record"])
    assert ran == ["ccs", "ccs", "hrr"]
