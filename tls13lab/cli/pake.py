"""``tls13lab psk pake answer|call|race``: a strong PSK out of a word, and what attackers get."""

from collections.abc import Callable
from pathlib import Path

import click

from tls13lab import whole_file
from tls13lab.cli import report
from tls13lab.cli.connect import parse_address
from tls13lab.cli.psk import read_psk
from tls13lab.peers.pake import LOOPBACK, answering
from tls13lab.peers.pake import call as call_other
from tls13lab.psk.cpace import LONGEST_NAME
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import LocalFault, PeerFault


def answer(
    *, source: str, me: str, other: str, port: int, out: str, timeout: float, as_json: bool
) -> None:
    """Wait for one caller."""

    def run(word: bytes) -> ExternalPsk:
        with answering(word, me, other, port=port, timeout=timeout) as service:
            # Not on standard output, which with --json holds one object alone.
            click.echo(f"listening on {LOOPBACK}:{service.port}", err=True)
            return service.wait()

    _agree(run, source, me, other, out, "serve", as_json=as_json)


def call(
    *, address: str, source: str, me: str, other: str, out: str, timeout: float, as_json: bool
) -> None:
    """Call the end that waits."""
    host, port = parse_address(address)

    def run(word: bytes) -> ExternalPsk:
        return call_other(host, port, word, me, other, timeout=timeout)

    _agree(run, source, me, other, out, "connect HOST:PORT", as_json=as_json)


def _agree(
    run: Callable[[bytes], ExternalPsk],
    source: str,
    me: str,
    other: str,
    out: str,
    then: str,
    *,
    as_json: bool,
) -> None:
    def work() -> report.Result:
        for name in (me, other):
            if not 0 < len(name.encode()) <= LONGEST_NAME:
                raise LocalFault(f"a name has 1 to {LONGEST_NAME} bytes")
        try:
            psk = run(read_psk(source, hexadecimal=False))
        except PeerFault as fault:
            # No TLS alert crossed the wire: this was before TLS.
            raise LocalFault(str(fault)) from None
        whole_file.write(Path(out), psk.key.hex().encode() + b"\n", private=True)
        identity = psk.identity.decode()
        return {
            "identity": identity,
            "key_file": out,
            "bytes": len(psk.key),
            "then": f"tls13lab {then} --psk @{out} --identity {identity}",
        }

    report.run(work, _agreed_text, as_json=as_json)


def _agreed_text(result: report.Result) -> str:
    return "\n".join(
        (
            f"a PSK of {result['bytes']} bytes is in {result['key_file']}, in hexadecimal; its "
            f"identity is {result['identity']}",
            "Whether the other end has the same one, TLS will say:",
            f"  {result['then']}",
        )
    )


def race(
    *, source: str, wordlist: str, runs: int, thief: bool, svg: str | None, as_json: bool
) -> None:
    """The word list against the word, as a PSK and behind the PAKE."""

    def work() -> report.Result:
        from tls13lab.claims.race import race as run_race
        from tls13lab.pictures.race import race_picture
        from tls13lab.search.wordlist import COMMON

        path = COMMON if wordlist == "common" else Path(wordlist)
        words = path.read_bytes().splitlines()
        lanes = run_race(read_psk(source, hexadecimal=False), words, runs, thief=thief)
        if svg is not None:
            whole_file.write(Path(svg), race_picture(lanes).svg.encode())
        return {
            "words": len(words),
            "lanes": [
                {
                    "protection": lane.protection,
                    "attacker": lane.attacker,
                    "tried": lane.tried,
                    "runs": lane.runs,
                    "found": lane.found is not None,
                    "says": str(lane),
                }
                for lane in lanes
            ],
        }

    report.run(work, _race_text, as_json=as_json)


def _race_text(result: report.Result) -> str:
    return "\n".join(lane["says"] for lane in result["lanes"])
