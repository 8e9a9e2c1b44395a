"""``docs/conformance.md``, made from what was recorded: no figure in it is written by hand."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from tests.conformance.bogo import suite
from tests.conformance.bogo.differences import DIFFERENCES
from tests.conformance.bogo.topics import TOPICS, reason, topic
from tests.conformance.probes import openssl, planted, planted_client
from tests.conformance.probes.tables import SUBJECTS
from tests.conformance.tlsfuzzer import scripts

TEXT = Path(__file__).with_name("conformance.md.in")
PAGE = suite.ROOT / "docs" / "conformance.md"


def load(path: Path) -> dict[str, Any]:
    """What a run recorded."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def page() -> str:
    """The whole document."""
    recorded = load(suite.RESULTS)
    fuzzed = scripts.recorded()
    parts = {
        "bogo_version": recorded["version"],
        "bogo_figures": _figures(recorded),
        "bogo_topics": _topics(recorded),
        "bogo_disabled": _disabled(recorded),
        "bogo_flags": _flags(recorded),
        "bogo_differences": _differences(recorded),
        "probe_figures": _probe_figures(),
        "server_faults": str(len(planted.FAULTS)),
        "client_faults": str(len(planted_client.FAULTS)),
        "probe_same": str(
            sum(openssl.same(one.name) for name in openssl.SUBJECTS for one in SUBJECTS[name])
        ),
        "probe_different": _rows(
            ("questions", "why OpenSSL answers otherwise"),
            *((f"`{name}`", why) for name, why in openssl.DIFFERENT.items()),
        ),
        "tlsfuzzer_version": fuzzed["version"],
        "lab_version": fuzzed["lab"],
        "tlsfuzzer_files": str(len(fuzzed["files"])),
        "tlsfuzzer_figures": _script_figures(fuzzed["scripts"]),
        "tlsfuzzer_expected": _script_differences(fuzzed["scripts"]),
        "tlsfuzzer_not_run": _rows(
            ("script", "why"), *((f"`{name}`", why) for name, why in scripts.NOT_RUN.items())
        ),
    }
    text = TEXT.read_text("utf-8")
    for name, part in parts.items():
        text = text.replace("{{" + name + "}}", part)
    return text


def _rows(*rows: tuple[object, ...]) -> str:
    head, *rest = rows
    lines = [head, ("---",) * len(head), *rest]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def _figures(recorded: dict[str, Any]) -> str:
    ran = sum(recorded["roles"].values())
    return _rows(
        ("BoGo", "tests"),
        ("in the suite", recorded["total"]),
        ("not run: disabled by name", sum(recorded["disabled"].values())),
        ("not run: the shim lacks what a flag asks for", len(recorded["unimplemented"])),
        (f"run ({recorded['roles']['client']} client, {recorded['roles']['server']} server)", ran),
        ("passed", len(recorded["passed"])),
        ("known differences", len(recorded["differing"])),
        ("failed", ran - len(recorded["passed"]) - len(recorded["differing"])),
    )


def _topics(recorded: dict[str, Any]) -> str:
    passed, differing = (Counter(map(topic, recorded[k])) for k in ("passed", "differing"))
    unimplemented = Counter(map(topic, recorded["unimplemented"]))
    return _rows(
        ("BoGo's tests of", "passed", "known differences", "not implemented"),
        *((one, passed[one], differing[one], unimplemented[one]) for one, _ in TOPICS),
    )


def _disabled(recorded: dict[str, Any]) -> str:
    reasons = suite.disabled()
    rows = []
    for why in dict.fromkeys(reasons.values()):
        patterns = [pattern for pattern in reasons if reasons[pattern] == why]
        names = ", ".join(f"`{one}`" for one in patterns)
        rows.append((why, recorded["disabled"][why], names))
    return _rows(("reason", "tests", "names"), *rows)


def _flags(recorded: dict[str, Any]) -> str:
    counts: Counter[str] = Counter()
    flags: dict[str, list[str]] = {}
    for flag, count in recorded["flags"].items():
        counts[reason(flag)] += count
        flags.setdefault(reason(flag), []).append(f"`{flag}`")
    rows = ((why, count, ", ".join(flags[why])) for why, count in counts.most_common())
    return _rows(("what the lab does not have", "tests", "flags"), *rows)


def _differences(recorded: dict[str, Any]) -> str:
    rows = (
        (", ".join(f"`{name}`" for name in one.names), one.why.replace("|", "\\|"))
        for one in DIFFERENCES
    )
    return _rows(("test", "why the lab differs"), *rows)


def _probe_figures() -> str:
    rows = ((subject, len(questions)) for subject, questions in SUBJECTS.items())
    total = sum(map(len, SUBJECTS.values()))
    return _rows(("subject", "questions"), *rows, ("all", total))


def _script_figures(figures: dict[str, list[int]]) -> str:
    rows = ((f"`{name}`", passed, failing) for name, (passed, failing) in sorted(figures.items()))
    passed, failing = (sum(pair[one] for pair in figures.values()) for one in (0, 1))
    return _rows(
        ("script, after `test-tls13-`", "probes passed", "fail as expected"),
        *rows,
        (f"all {len(figures)}", passed, failing),
    )


def _script_differences(figures: dict[str, list[int]]) -> str:
    rows = (
        (f"`{name}`", f"`{pattern}`", why)
        for name in sorted(figures)
        for pattern, why in scripts.expected_of(name).items()
    )
    return _rows(("script", "probes", "why"), *rows)
