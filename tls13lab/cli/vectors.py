"""``tls13lab vectors``: recompute RFC 8448's handshakes; one line for each value."""

import click

from tls13lab.cli import report
from tls13lab.vectors.rfc8448 import checks


@click.command("vectors")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(*, as_json: bool) -> None:
    """Recompute the published handshakes of RFC 8448.

    \b
    Examples:
      tls13lab vectors
      tls13lab vectors --json
    """

    def work() -> report.Result:
        rows = [
            {"section": str(check.section), "name": check.name, "ok": check.ok}
            for check in checks()
        ]
        return {"ok": all(row["ok"] for row in rows), "checks": rows}

    report.run(work, _lines, as_json=as_json)


def _lines(result: report.Result) -> str:
    rows = result["checks"]
    lines = [f"{'ok  ' if row['ok'] else 'FAIL'} {row['section']} {row['name']}" for row in rows]
    good = sum(row["ok"] for row in rows)
    return "\n".join([*lines, f"{good} of {len(rows)} values of RFC 8448 recomputed"])
