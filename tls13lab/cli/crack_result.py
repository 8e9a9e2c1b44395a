"""What a search found, as the result of ``tls13lab crack``: for JSON, and as text."""

from collections.abc import Sequence

from tls13lab.cli.report import Result
from tls13lab.psk.keys import PskKind
from tls13lab.search.runner import Search
from tls13lab.search.target import Target, readable


def described(search: Search, captures: Sequence[str], seconds: float, count: int) -> Result:
    """The command's result. ``captures`` names each target's file; this run tried ``count``."""
    progress = search.progress
    found = {hit.target: hit for hit in progress.found}
    return {
        "ok": bool(found),
        "finished": search.finished,
        "keyspace": search.total,
        "tried": progress.count,
        "seconds": round(seconds, 3),
        "rate": round(count / seconds) if seconds else 0,
        "checkpoint": _goes_on_from(search),
        "targets": [
            {
                "capture": capture,
                "connection": target.connection,
                "client_hello": target.hello,
                "identity": readable(target.identity),
                **_kind(target, found[index].word if index in found else None),
                "hash": target.hash_name,
                "epsk_hash": target.epsk_hash if target.imported else None,
                "derivation": str(target.derivation) if target.derivation else None,
                "psk": found[index].word.hex() if index in found else None,
                "text": readable(found[index].word) if index in found else None,
            }
            for index, (capture, target) in enumerate(zip(captures, search.targets, strict=True))
        ],
    }


ASSUMED = {
    PskKind.EXTERNAL: "its age is 0",
    PskKind.RESUMPTION: "its age is not 0",
    PskKind.IMPORTED: "its identity is an importer's",
}


def _kind(target: Target, psk: bytes | None) -> dict[str, str | None]:
    """The kind of PSK: proved by the binder's label if the PSK was found, otherwise assumed."""
    proven = target.kind_with(psk) if psk is not None else None
    if proven is not None:
        return {"kind": proven.value, "assumed": None}
    return {"kind": target.kind.value, "assumed": ASSUMED[target.kind]}


def _goes_on_from(search: Search) -> str | None:
    """The checkpoint from which the search can continue, if there is one."""
    noted = search.checkpoint is not None and not search.trouble
    return str(search.checkpoint) if noted and not search.finished else None


def as_text(result: Result) -> str:
    """The result for a terminal."""
    lines: list[str] = []
    several = len({target["capture"] for target in result["targets"]}) > 1
    for one in result["targets"]:
        second = ", ClientHello 2" if one["client_hello"] == 2 else ""
        who = f"connection {one['connection']}{second}, identity {one['identity']}"
        who = f"{one['capture']}, {who}" if several else who
        assumed = f" (assumed: {one['assumed']})" if one["assumed"] else ""
        kind = f"{one['kind']} PSK"
        if one["epsk_hash"] and one["kind"] == "external":
            kind = 'imported PSK, though with "ext binder"'
        what = f"{kind}{assumed}, {one['hash']}"
        what += f" (its external PSK: {one['epsk_hash']})" if one["epsk_hash"] else ""
        what += ", derived from a word" if one["derivation"] else ""
        verdict = f"{one['text']}  (hex {one['psk']})" if one["psk"] else "not found"
        lines.append(f"{who}, {what}: {verdict}")
    lines += result["notes"]
    if result["finished"]:
        lines.append(
            f"tried {result['tried']:,} of {result['keyspace']:,} in {result['seconds']:.1f} s "
            f"({result['rate']:,} per second)"
        )
    else:
        goes_on = f"the same command continues from {result['checkpoint']}"
        lines.append(
            f"stopped after {result['tried']:,} of {result['keyspace']:,}; "
            f"{goes_on if result['checkpoint'] else 'the progress was not saved'}"
        )
    return "\n".join(lines)
