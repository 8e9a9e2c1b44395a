"""Keeps the figures of a whole run, from which the document is made."""

import json
from collections import Counter
from fnmatch import fnmatchcase

from tests.conformance.bogo import suite


def bogo(report: suite.Report) -> None:
    """Write ``bogo/results.json``."""
    names = suite.all_names(include_disabled=True)
    reasons = suite.disabled()
    left_out: Counter[str] = Counter()
    for name in names - report.ran:
        left_out[next(why for one, why in reasons.items() if fnmatchcase(name, one))] += 1
    found = {
        "version": (suite.installed() / "version").read_text("utf-8").strip(),
        "total": len(names),
        "disabled": dict(sorted(left_out.items())),
        "roles": dict(sorted(report.roles.items())),
        "flags": dict(sorted(report.flags.items())),
        "passed": sorted(report.passed),
        "differing": sorted(report.differing),
        "unimplemented": sorted(report.unimplemented),
    }
    suite.RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
