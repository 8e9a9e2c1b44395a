"""``tls13lab vectors``: RFC 8448's handshakes, recomputed, a line for each value."""

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
        rows = [{"section": str(one.section), "name": one.name, "ok": one.ok} for one in checks()]
        return {"ok": all(row["ok"] for row in rows), "checks": rows}

    report.run(work, _lines, as_json=as_json)


def _lines(result: report.Result) -> str:
    rows = result["checks"]
    lines = [f"{'ok  ' if one['ok'] else 'FAIL'} {one['section']} {one['name']}" for one in rows]
    good = sum(one["ok"] for one in rows)
    return "\n".join([*lines, f"{good} of {len(rows)} values of RFC 8448 recomputed"])
