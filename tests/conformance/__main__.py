"""``python -m tests.conformance``: other people's conformance suites, run against the lab.

bogo [PATTERN...]       BoringSSL's runner, both roles; needs tests/conformance/install.sh
bogo --record           all of it; the figures go into docs/conformance.md
tlsfuzzer CHECKOUT [SCRIPT...]    tlsfuzzer's scripts, against `tls13lab serve`
tlsfuzzer CHECKOUT --record
document                docs/conformance.md, from the figures recorded
"""

import sys
from pathlib import Path

from tests.conformance import document, record
from tests.conformance.bogo import suite
from tests.conformance.tlsfuzzer import runner


def bogo(arguments: list[str]) -> int:
    """Run it, say what failed, and record it if asked to."""
    recording = "--record" in arguments
    patterns = [one for one in arguments if one != "--record"]
    try:
        report = suite.run(patterns)
        for name, text in sorted(report.failed.items()):
            print(f"FAILED {name}\n{text}\n")
        print(
            f"{len(report.passed)} passed, {len(report.differing)} known differences, "
            f"{len(report.unimplemented)} not implemented, {len(report.failed)} failed"
        )
        if recording and not patterns and not report.failed:
            record.bogo(report)
    except suite.NotInstalled as reason:
        print(f"{reason}.", file=sys.stderr)
        return 2
    return 1 if report.failed else 0


def main(arguments: list[str]) -> int:
    """The exit code."""
    match arguments:
        case ["bogo", *rest]:
            return bogo(rest)
        case ["tlsfuzzer", checkout, *rest]:
            return runner.main(Path(checkout), rest)
        case ["document"]:
            document.PAGE.write_text(document.page(), "utf-8")
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
