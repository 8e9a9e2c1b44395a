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
PROGRAM, BUILT = "the `openssl` program", "wolfssl, built"
LIBRARIES = {
    PROGRAM: 'a program: see "Whole programs" and the tests of its own',
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
    "bouncycastle": "Bouncy Castle's own TLS for Java, a process",
    "rustls": "rustls as Deno's TLS, a process",
    "s2n": "s2n-tls, the library inside awscrt's wheel, in process",
    BUILT: "a newer wolfSSL, with RFC 9973 compiled in, which no package has",
}
ALONE = {
    "test_chromium.py": "Chromium as a client: full, resumed, early data, HelloRetryRequest, "
    "X25519MLKEM768",
    "test_nginx.py": "nginx as a server: full, resumed, early data, HelloRetryRequest",
    "test_groups_and_keys.py": "the `openssl` program at either end: each group (secp384r1, "
    "secp521r1 and x448 too) and each kind of certificate",
    "test_cert_with_extern_psk.py": "wolfSSL at either end: a certificate together with an "
    "external PSK (RFC 9973)",
}
"""What has tests of its own beside the cells, and what they run."""


def page(versions: Mapping[str, str]) -> str:
    """The whole page; ``versions`` by peer."""
    parts = [_INTRODUCTION, _versions(versions), _alone(), _glance(), _limits(), _longest()]
    return "\n".join([*parts, _programs(), _every_cell()])


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

Written by `python -m tests.interop --write`, which runs all of it first; do not edit it by hand.
`python3 run.py test --all` runs all of it again. In each cell tls13lab is one end of real
connections and another TLS 1.3 stack is the other end. Mode, suite, group and HelloRetryRequest are
**read off the wire** by a parser that shares no code with the package; what a stack says about
itself is no evidence. What a stack *cannot* do is tried all the same: it has to fail in the way
that is listed, and in the versions that are listed the test fails if it works after all.
"""


def _versions(versions: Mapping[str, str]) -> str:
    rows = [(name, LIBRARIES.get(name, ""), version) for name, version in versions.items()]
    head = ("peer", "what it is", "version of the last `--write`")
    return f"## The peers\n\n{BEGIN}\n\n{_table(head, rows)}\n{END}\n"


def _alone() -> str:
    rows = [(f"`{file}`", what) for file, what in ALONE.items()]
    note = (
        "RFC 9973 needs wolfSSL 5.9.2 or later. `tests/interop/install_wolfssl.sh` builds one out "
        "of Debian's sources, which Debian keeps only as long as it uses them itself. When they "
        "are gone, these tests are skipped, and a run of CI says so where it ends.\n"
    )
    return f"## With tests of their own\n\n{_table(('tests', 'what they run'), rows)}\n{note}"


def _scenarios() -> list[str]:
    return list(dict.fromkeys(case.scenario for case in every_case()))


def _glance() -> str:
    """A row for each scenario, two columns for each peer; `part` if only some of it works."""
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
    note = (
        "The columns name the peer and *its* role; tls13lab has the other one. Where it says "
        "`part`, some suites, groups or lengths work; the last table has all cells.\n"
    )
    return f"## At a glance\n\n{note}\n{_table(head, rows)}"


_ABSENT = """\
Scapy is there as a client only: its server looks for an external PSK only where the offer has an
age, which the RFC wants to be 0 for those (section 4.3.11). aioquic is not there: its TLS has no
record layer, so that it speaks only QUIC. HAProxy is there as a server only, as it passes on what
others say. rustls is in no package as such. Of the programs and bindings that have it inside, Deno
does most: a server that resumes, and a client that does so in `fetch()`, for which tls13lab's
server answers over HTTP in those cells. The binding rtls resumes in neither role, since it makes a
new configuration for each connection, and pyrtls has had no release since 2024. 0-RTT, which
rustls has, is passed on by none of them.
"""


def _limit(cell: Cell) -> Limit | None:
    """The limit that the page names: the first, if there are several."""
    return next(iter(limits_of(cell.peer, cell.role, cell.case)), None)


def _limits() -> str:
    """Each limit once, with the scenarios that it takes away, also where another one does."""
    rows = []
    for limit in LIMITS:
        cases = [
            cell.case
            for cell in cells_of(limit.peer)
            if limit in limits_of(cell.peer, cell.role, cell.case)
        ]
        seen = ", ".join(limit.seen_in) or "none yet"
        rows.append((limit.peer, " and ".join(limit.roles), _what(cases), limit.reason, seen))
    head = ("peer", "as", "cannot do", "because", "seen in")
    return f"## What a peer cannot do\n\n{_table(head, rows)}\n{_ABSENT}"


def _what(cases: list[Case]) -> str:
    """The scenarios of these cases, in a few words."""
    if all(case.suite.endswith("SHA384") for case in cases):
        return "external PSKs for SHA-384"
    whole = {case.scenario for case in cases if case.group == "x25519" or case.retry}
    names: dict[str, None] = {}
    for case in cases:
        with_group = "" if case.scenario in whole else f" with {case.group}"
        names["" if case.identity else case.scenario + with_group] = None
    sizes = dict.fromkeys(f"{case.identity:,}" for case in cases if case.identity)
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
