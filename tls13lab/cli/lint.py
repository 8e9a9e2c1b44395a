"""``tls13lab psk lint``: judge how PSKs are used, from a file that says so. RFC 9257."""

import tomllib
from pathlib import Path
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.inputs import called, text_in
from tls13lab.cli.psk import read_psk
from tls13lab.psk.advice import Use, examine
from tls13lab.psk.strength import strength
from tls13lab.wire.faults import LocalFault, NotAllowed
from tls13lab.wire.names import HASHES, PSK_MODES, each_of


@click.command("lint")
@click.argument(
    "configuration",
    metavar="FILE.toml|-",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def run(*, configuration: str, as_json: bool) -> None:
    """Check how PSKs are used against the advice of RFC 9257.

    The file has one table for each PSK. For a field that is missing, the worst case is assumed.
    Lists: modes (psk_ke, psk_dhe_ke), clients, servers, hashes (sha256, sha384). True or false:
    imported, context_names_both, names_checked, base_key_kept, tls12, early_data. The key itself is
    in another file: key_file, or key_hex_file for hexadecimal digits.

    \b
    A file, psks.toml:
      [[psk]]
      identity = "printer"
      key_hex_file = "printer.hex"
      modes = ["psk_dhe_ke"]
      clients = ["office"]
      servers = ["printer"]
      imported = true
      context_names_both = true
      base_key_kept = false
    \b
    Examples:
      openssl rand -hex 32 > printer.hex
      tls13lab psk lint psks.toml
      tls13lab psk lint psks.toml --json
    """

    def work() -> report.Result:
        rows = [
            {
                "psk": use.identity,
                "check": check.name,
                "verdict": "ok" if not wrong else "fail" if check.must else "warn",
                "says": wrong,
                "citation": check.section,
            }
            for use in _uses(Path(configuration))
            for check, wrong in examine(use)
        ]
        return {"ok": all(row["verdict"] != "fail" for row in rows), "checks": rows}

    report.run(work, _lint_text, as_json=as_json)


def _uses(path: Path) -> list[Use]:
    """The ``[[psk]]`` tables of a TOML file. Raises LocalFault if something is wrong with them."""
    try:
        content = tomllib.loads(text_in(str(path)).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LocalFault(f"{called(str(path))} is not valid TOML: {error}") from None
    tables = content.get("psk")
    if not isinstance(tables, list) or not tables:
        raise LocalFault(f"{called(str(path))} has no [[psk]] table: see tls13lab psk lint --help")
    return [_use(table, path.parent) for table in tables]


_LISTS = ("modes", "clients", "servers", "hashes")
_FLAGS = (
    *("imported", "context_names_both", "names_checked"),
    *("base_key_kept", "tls12", "early_data"),
)


def _use(table: Any, folder: Path) -> Use:
    if not isinstance(table, dict) or not isinstance(table.get("identity"), str):
        raise LocalFault("each [[psk]] needs an identity, which is a string")
    name = table["identity"]
    unknown = set(table) - {"identity", "key_file", "key_hex_file", *_LISTS, *_FLAGS}
    if unknown:
        raise LocalFault(f"the PSK {name} has the unknown field {sorted(unknown)[0]!r}")
    given: dict[str, Any] = {}
    for field in _LISTS:
        value = table.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise LocalFault(f"{field} of the PSK {name} must be a list of strings")
        if value:
            given[field] = _known(name, field, value)
    for field in _FLAGS:
        if field in table and not isinstance(table[field], bool):
            raise LocalFault(f"{field} of the PSK {name} must be true or false")
        if field in table:
            given[field] = table[field]
    hexadecimal = "key_hex_file" in table
    file = table.get("key_hex_file" if hexadecimal else "key_file")
    if not isinstance(file, str):
        raise LocalFault(f"the PSK {name} needs key_file or key_hex_file, the name of a file")
    judged = strength(read_psk(str(folder / file), hexadecimal=hexadecimal))
    return Use(name, judged.length, judged.bits, **given)


_WORDS = {"modes": (PSK_MODES, "mode"), "hashes": (HASHES, "hash")}


def _known(name: str, field: str, value: list[str]) -> tuple[str, ...]:
    """The list, whose words must be known where they are of a fixed set."""
    if field not in _WORDS:
        return tuple(value)
    try:
        return each_of(value, *_WORDS[field])
    except NotAllowed as error:
        raise LocalFault(f"{field} of the PSK {name}: {error}") from None


def _lint_text(result: report.Result) -> str:
    lines = []
    for row in result["checks"]:
        says = f": {row['says']} ({row['citation']})" if row["says"] else ""
        lines.append(f"{row['verdict']:5} {row['psk']}, {row['check']}{says}")
    wrong = sum(row["verdict"] != "ok" for row in result["checks"])
    lines.append(f"{len(result['checks'])} checks, {wrong} with findings")
    return "\n".join(lines)
