"""``docs/interop.md``, out of the definitions: what every run of the tests holds to be true.

The page is a function of the definitions and of the versions that were there. A test compares the
committed page with the definitions, the versions left aside; that the definitions are true is what
the cells' own tests show. So the page cannot go stale, and another machine's versions do not
matter.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.interop.cases import Case, every_case
from tests.interop.limit import Limit
from tests.interop.limits import LIMITS, LONGEST, limits_of
from tests.interop.matrix import ROLES, Cell, cells_of
from tests.interop.scenarios import SCENARIOS, SUITES
from tests.interop.stacks.stack import Role
from tests.interop.table import CANNOT
from tests.interop.table import PEERS as PROGRAMS

PATH = Path(__file__).resolve().parents[2] / "docs" / "interop.md"
BEGIN, END = "<!-- versions: begin -->", "<!-- versions: end -->"
LIBRARIES = {
    "openssl": "OpenSSL, the library, in process",
    "boringssl": "BoringSSL as Debian packs it for Android, the library, in process",
    "tlslite": "tlslite-ng, in process",
    "gnutls": "GnuTLS, the library, in process",
    "nss": "NSS, the libraries, in process",
    "wolfssl": "wolfSSL, the library, in process",
    "python-ssl": "Python's `ssl`, in process",
    "node": "Node's `tls`, a process",
    "scapy": "Scapy's automaton, in process",
    "openssl-3.6": "the newer OpenSSL in pycurl's wheel, in process",
    "go": "Go's `crypto/tls`, a process",
    "java": "OpenJDK's JSSE, a process",
    "haproxy": "HAProxy before an echo server, a process",
    "erlang": "Erlang's `ssl`, a process",
}


def page(versions: Mapping[str, str]) -> str:
    """The whole page; ``versions`` by peer."""
    parts = [_INTRODUCTION, _versions(versions), _glance(), _limits(), _longest(), _programs()]
    return "\n".join([*parts, _every_cell()])


def without_versions(text: str) -> str:
    """The page with nothing between the two marks."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + END + after


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


_INTRODUCTION = """\
# What tls13lab has been run against

Written by `python -m tests.interop --write`, which runs every cell first; do not edit it by hand.
`python3 run.py test --all` runs every cell again. In each of them tls13lab is one end of real
connections and another TLS 1.3 stack is the other end. Mode, suite, group and HelloRetryRequest are
**read off the wire** by a parser that shares no code with the package; what a stack says about
itself is no evidence. Chromium and nginx have tests of their own (`test_chromium.py`: full,
resumed, early data, HelloRetryRequest, X25519MLKEM768; `test_nginx.py`: full, resumed, early data,
HelloRetryRequest), and so has each group (secp384r1, secp521r1 and x448 too) and each kind of
certificate with the `openssl` program at either end (`test_groups_and_keys.py`). A certificate
together with an external PSK (RFC 9973, `test_cert_with_extern_psk.py`) is run with wolfSSL at
either end: 5.9.2, the only stack that was found to have it, and in no package compiled in;
`tests/interop/install_wolfssl.sh` builds it from Debian's sources, and where that was not done
these tests are skipped. What a
stack *cannot* do is tried all the same: it has to fail in the way
that is listed, and in the versions that are listed the test fails if it works after all.
"""


def _versions(versions: Mapping[str, str]) -> str:
    rows = [(name, LIBRARIES.get(name, ""), version) for name, version in versions.items()]
    head = ("peer", "what it is", "version of the last `--write`")
    return f"## The peers\n\n{BEGIN}\n\n{_table(head, rows)}\n{END}\n"


def _scenarios() -> list[str]:
    return list(dict.fromkeys(case.scenario for case in every_case()))


def _glance() -> str:
    """A row for each scenario, two columns for each peer; `part` if only some suites work."""
    columns = [(peer, role) for peer, roles in ROLES.items() for role in roles]
    rows = []
    for scenario in [*_scenarios(), "identity"]:
        row = [scenario]
        for peer, role in columns:
            cells = [
                cell
                for cell in cells_of(peer)
                if cell.role == role
                and cell.case.scenario == scenario
                and cell.case.group != "X25519MLKEM768"
            ]
            works = sum(_limit(cell) is None for cell in cells)
            row.append("yes" if works == len(cells) else "part" if works else "no")
        rows.append(row)
    head = ["scenario", *(f"{peer} {role}" for peer, role in columns)]
    note = "The columns name the peer and *its* role; tls13lab has the other one.\n"
    return f"## At a glance\n\n{note}\n{_table(head, rows)}"


_ABSENT = """\
Scapy is there as a client only: its server looks for an external PSK only where the offer has an
age, which the RFC wants to be 0 for those (section 4.3.11). aioquic is not there: its TLS has no
record layer, so that it speaks only QUIC. HAProxy is there as a server only, as it passes on what
others say. rustls is not there: its binding for Python, pyrtls, has had no release since 2024.
"""


def _limit(cell: Cell) -> Limit | None:
    """The limit that the page names: the first, if there are several."""
    return next(iter(limits_of(cell.peer, cell.role, cell.case)), None)


def _limits() -> str:
    """Each limit once, with the scenarios that it takes away."""
    rows = []
    for limit in LIMITS:
        cells = [cell for cell in cells_of(limit.peer) if _limit(cell) is limit]
        what = _what([cell.case for cell in cells])
        if limit.peer in ROLES and what:
            roles = " and ".join(limit.roles)
            rows.append((limit.peer, roles, what, limit.reason, ", ".join(limit.seen_in)))
    head = ("peer", "as", "cannot do", "because", "seen in")
    return f"## What a peer cannot do\n\n{_table(head, rows)}\n{_ABSENT}"


def _what(cases: list[Case]) -> str:
    """The scenarios of these cases, in a few words."""
    if all(case.suite.endswith("SHA384") for case in cases):
        return "external PSKs for SHA-384"
    names: dict[str, None] = {}
    for case in cases:
        with_group = f" with {case.group}" if case.group == "X25519MLKEM768" else ""
        names["" if case.identity else case.scenario + with_group] = None
    sizes = [f"{case.identity:,}" for case in cases if case.identity]
    said = [f"identities of {', '.join(sizes)} bytes"] if sizes else []
    return "; ".join([*filter(None, names), *said])


def _longest() -> str:
    rows = [
        (peer, role, f"{one.size:,}", one.reason, ", ".join(one.seen_in))
        for (peer, role), one in LONGEST.items()
    ]
    head = ("peer", "as", "bytes", "what ends it", "seen in")
    return f"""\
## The longest external identity

RFC 9846 allows an identity of 65,535 bytes (section 4.3.11), and all the extensions of a
ClientHello together just as many (4.2.2), of which the others need some: so no identity of 65,535
bytes can be sent. In tls13lab's shortest ClientHello, psk_ke with SHA-256, 65,475 bytes fit; with
one group and psk_dhe_ke 65,425.

{_table(head, rows)}"""


def _programs() -> str:
    """The table of whole programs: which pairs, which scenarios, and what is impossible there."""
    head = ["client", "server", *(scenario.name for scenario in SCENARIOS)]
    rows = [
        [client, server, *(_program_entry(client, scenario.name) for scenario in SCENARIOS)]
        for client in PROGRAMS
        for server in PROGRAMS
    ]
    reasons = [f"- {one.reason}." for one in CANNOT.values()]
    return f"""\
## Whole programs, each with each

`tls13lab connect` and `serve`, the `openssl` of the machine, and tlslite-ng, each as client and as
server of each other, in all three suites.

{_table(head, rows)}
{chr(10).join(reasons)}
"""


def _program_entry(client: str, scenario: str) -> str:
    return "no" if (client, scenario) in CANNOT else "yes"


def _every_cell() -> str:
    """A row for each cell; those that differ in the suite alone share one."""
    rows: dict[tuple[str, Role, str, str, str], list[str]] = {}
    for peer in ROLES:
        for cell in cells_of(peer):
            case, limit = cell.case, _limit(cell)
            scenario = case.scenario + (f", {case.identity:,} bytes" if case.identity else "")
            result = f"no: {limit.reason}" if limit else "works"
            key = (peer, cell.role, scenario, case.shown_group, result)
            rows.setdefault(key, []).append(case.suite)
    lines = [(*key[:3], _suites(suites), *key[3:]) for key, suites in rows.items()]
    head = ("peer", "as", "scenario", "suites", "group", "result")
    return f"## Every cell\n\n{_table(head, lines)}"


def _suites(suites: list[str]) -> str:
    return "all three" if len(suites) == len(SUITES) else ", ".join(suites)
