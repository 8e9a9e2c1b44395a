"""``python3 run.py bench``: all measurements, as text, or with ``--json`` as one object."""

import argparse
import json

from bench import (
    browser,
    captures,
    handshakes,
    hub,
    lab,
    load,
    mends,
    page,
    search,
    startup,
    widgets,
)


def measure() -> dict[str, dict[str, float]]:
    """Every figure, by heading and name."""
    figures: dict[str, dict[str, float]] = {}
    for contest in handshakes.contests():
        rates = handshakes.rates(contest)
        figures[f"{contest.mode}, handshakes/s"] = rates
        ours = rates["tls13lab"]
        figures[f"{contest.mode}, tls13lab as a multiple of"] = {
            name: ours / rate for name, rate in rates.items() if name != "tls13lab"
        }
    figures["import, seconds"] = startup.import_seconds()
    figures["a widget's answer, 95th percentile, share of 100 ms"] = {
        name: widgets.p95(seconds) / 0.1 for name, seconds in widgets.update_times().items()
    }
    figures["claims, seconds"] = {"all cells and chains": captures.claims_seconds()}
    figures["a large capture"] = captures.rates()
    figures["inspect beside tshark"] = captures.inspect_rates()
    figures |= search.main()
    figures["a guess at a word, slowly derived"] = mends.figures()
    figures["serve under hostile connections"] = load.measure()
    figures["run.py lab, seconds until"] = lab.usable_seconds()
    figures["20 students at a hub"] = hub.measure(20)
    figures["widgets in a real JupyterLab"] = browser.answers()
    figures["instruments in a page, processor slowed"] = page.answers()
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    figures = measure()
    if arguments.json:
        print(json.dumps(figures))
        return
    for heading, rows in figures.items():
        print(heading)
        for name, value in rows.items():
            print(f"  {name:32} {value:10.3g}" if value < 100 else f"  {name:32} {value:10.0f}")
    for note in handshakes.NOTES:
        print(f"note: {note}")


if __name__ == "__main__":
    main()
