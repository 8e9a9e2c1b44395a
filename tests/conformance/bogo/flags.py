"""What BoGo asks of its shim, read from the command line. Nothing of the lab is imported here.

BoGo (BoringSSL's ``ssl/test/runner``) starts a *shim*, the program under test, once for each of its
tests. The flags say what the test needs; a shim that lacks it exits with 89, and the runner counts
the test as unimplemented. Most tests end so, and so this file must start fast: it imports the
standard library's smallest.

>>> options = parse(["-server", "-port", "443", "-on-resume-expect-hrr"])
>>> options.initial
{'server': True, 'port': 443}
>>> options.resume["expect-hrr"]
True
>>> parse(["-dtls"])
Traceback (most recent call last):
...
tests.conformance.bogo.flags.Unimplemented: -dtls
"""

import os

UNIMPLEMENTED = 89
"""The exit code by which a shim says that it lacks what the test needs."""

LOG = "TLS13LAB_BOGO_LOG"
"""An environment variable: a file to which each run writes a line, its role and a refused flag."""

Values = dict[str, object]

TLS13 = 0x0304
KNOWN = {
    "curves": (23, 24, 25, 29),
    "verify-prefs": (0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807),
    "expect-cipher": (0x1301, 0x1302, 0x1303),
    "max-version": (TLS13,),
    "expect-version": (TLS13,),
}
"""Flags of which only some values can be had."""


SWITCHES = frozenset(
    {
        "server",
        "async",
        "implicit-handshake",
        "no-op-extra-handshake",
        "shim-writes-first",
        "shim-shuts-down",
        "check-close-notify",
        "verify-peer",
        "verify-fail",
        "expect-verify-result",
        "enforce-rsa-key-usage",
        "server-preference",
        "use-old-client-cert-callback",
        "use-custom-verify-callback",
        "enable-early-data",
        "no-ticket",
        "decline-alpn",
        "reject-alpn",
        "use-export-context",
        "export-traffic-secrets",
        "key-update",
        "expect-session-miss",
        "expect-no-session",
        "expect-ticket-supports-early-data",
        "expect-accept-early-data",
        "expect-reject-early-data",
        "expect-no-offer-early-data",
        "expect-hrr",
        "expect-no-hrr",
        "expect-no-session-id",
        "no-tls12",
        "no-tls11",
        "no-tls1",
        "is-handshaker-supported",
    }
)
"""Flags without a value.

``implicit-handshake``, ``no-op-extra-handshake``, ``use-old-client-cert-callback`` and
``use-custom-verify-callback`` choose between ways to call BoringSSL that are one way here.
``expect-no-session-id`` asks that no session is kept under a session ID, and none ever is;
``expect-verify-result`` that a chain was found good, and otherwise no handshake here completes.
What ``enforce-rsa-key-usage`` and ``server-preference`` ask for, the lab always does.
"""

NUMBERS = frozenset(
    {
        "port",
        "resume-count",
        "resumption-delay",
        "export-keying-material",
        "min-version",
        "max-version",
        "expect-version",
        "expect-curve-id",
        "expect-cipher",
        "expect-peer-signature-algorithm",
    }
)
LISTS = frozenset(["curves", "verify-prefs", "expect-peer-verify-pref"])
"""Numbers that add up to a list, one for each time that the flag is there."""

TEXTS = frozenset(
    {
        "key-file",
        "cert-file",
        "host-name",
        "expect-server-name",
        "advertise-alpn",
        "select-alpn",
        "expect-alpn",
        "expect-advertised-alpn",
        "export-label",
        "export-context",
        "expect-early-data-reason",
        "expect-peer-cert-file",
    }
)

_PREFIXES = {
    "on-initial-": ("initial",),
    "on-resume-": ("resume",),
    "on-retry-": ("retry",),
    "": ("initial", "resume", "retry"),
}


class Unimplemented(Exception):
    """The test needs what the flag stands for, and the lab does not have it."""


class Options:
    """The flags of the first connection, of those that resume, and of a retry after 0-RTT."""

    def __init__(self) -> None:
        self.initial: Values = {}
        self.resume: Values = {}
        self.retry: Values = {}

    def targets(self, prefix: str) -> list[Values]:
        """The connections that a flag with this prefix is for."""
        return [getattr(self, name) for name in _PREFIXES[prefix]]


def parse(arguments: list[str]) -> Options:
    """The flags by name, without their dash; raises Unimplemented with one that is refused."""
    options, rest = Options(), iter(arguments)
    for flag in rest:
        prefix = next(one for one in _PREFIXES if flag.startswith("-" + one))
        name = flag[1 + len(prefix) :]
        if name in SWITCHES:
            value: object = True
        elif name in NUMBERS or name in LISTS:
            value = int(next(rest))
        elif name in TEXTS:
            value = next(rest)
        else:
            raise Unimplemented("-" + name)
        if name in KNOWN and value not in KNOWN[name]:
            raise Unimplemented(f"-{name} {value}")
        for values in options.targets(prefix):
            values[name] = (*listed(values, name), value) if name in LISTS else value
    _refuse_certificates(options.initial)
    return options


def number(values: Values, name: str) -> int:
    """The number of a flag, 0 without it."""
    found = values.get(name, 0)
    assert isinstance(found, int)
    return found


def listed(values: Values, name: str) -> tuple[int, ...]:
    """The numbers of a flag that adds up to a list."""
    found = values.get(name, ())
    assert isinstance(found, tuple)
    return found


def _refuse_certificates(values: Values) -> None:
    """A client here has no certificate, a server asks for none, and some keys cannot sign here."""
    for flag in ("verify-peer",) if values.get("server") else ("cert-file", "key-file"):
        if flag in values:
            raise Unimplemented(f"-{flag} of a {'server' if values.get('server') else 'client'}")
    name = os.path.basename(str(values.get("cert-file", "")))
    if name.startswith("ecdsa_p224"):
        raise Unimplemented("-cert-file with a curve that TLS 1.3 has not")


def main(arguments: list[str]) -> int:
    """What the launcher calls: the exit code."""
    role = "server" if "-server" in arguments else "client"
    try:
        options = parse(arguments)
    except Unimplemented as flag:
        _log(f"{role} {flag}")
        return UNIMPLEMENTED
    if options.initial.get("is-handshaker-supported"):
        print("No")
        return 0
    _log(role)
    from tests.conformance.bogo.shim import run

    return run(options)


def _log(line: str) -> None:
    if path := os.environ.get(LOG):
        with open(path, "a", encoding="ascii") as log:
            log.write(f"{line}\n")
