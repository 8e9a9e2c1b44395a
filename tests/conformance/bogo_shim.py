#!/usr/bin/env python3
"""The lab in BoGo's harness: BoringSSL's runner plays the other end, and this does what it is told.

The runner starts this program once a test, with flags that say what to be and what to expect; it
connects to the runner's port, in both roles, echoes what it reads with every bit turned over, and
exits with 0, or with 89 for a flag that asks for what the lab does not have. What its flags mean is
written in ssl/test/PORTING.md of BoringSSL.
"""

import sys

# Flags without a value that ask for what the lab does anyway, or what makes no difference here.
PLAIN = {
    "-server", "-shim-writes-first", "-shim-shuts-down", "-check-close-notify",
    "-enable-early-data", "-expect-ticket-supports-early-data", "-expect-session-miss",
    "-expect-hrr", "-expect-no-hrr", "-expect-accept-early-data", "-expect-reject-early-data",
    "-no-tls1", "-no-tls11", "-no-tls12", "-no-ssl3", "-key-update", "-implicit-handshake",
    "-async", "-no-ticket", "-expect-no-session", "-verify-fail", "-expect-resumable-across-names",
    "-expect-not-resumable-across-names", "-expect-no-server-name", "-use-export-context",
}  # fmt: skip
# Flags with one value.
VALUED = {
    "-port", "-key-file", "-cert-file", "-resume-count", "-min-version", "-max-version",
    "-expect-version", "-expect-curve-id", "-curves", "-host-name", "-advertise-alpn",
    "-expect-alpn", "-select-alpn", "-expect-server-name", "-expect-cipher-aes",
    "-expect-cipher-no-aes", "-export-keying-material", "-export-label", "-export-context",
}  # fmt: skip
UNIMPLEMENTED = 89
TLS13 = 0x0304
WHEN = ("-on-initial", "-on-resume", "-on-retry")


def parse(arguments: list[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """The flags for the first connection and for resumed ones; exits with 89 for an unknown one."""
    first: dict[str, list[str]] = {}
    later: dict[str, list[str]] = {}
    rest = iter(arguments)
    for flag in rest:
        both = [first, later]
        for prefix, where in zip(WHEN, ([first], [later], []), strict=True):
            if flag.startswith(prefix + "-"):
                flag, both = flag[len(prefix) :], where
        if flag in PLAIN:
            values = []
        elif flag in VALUED:
            values = [next(rest)]
        else:
            sys.stderr.write(f"flag {flag}\n")
            sys.exit(UNIMPLEMENTED)
        for one in both:
            one.setdefault(flag, []).extend(values)
    return first, later


def main() -> int:
    """One test: as many connections as it wants."""
    if "-is-handshaker-supported" in sys.argv:
        print("No")  # of a handshake that is split over two processes
        return 0
    first, later = parse(sys.argv[1:])
    for flags in (first, later):
        if int(flags.get("-max-version", ["772"])[0]) < TLS13:
            return UNIMPLEMENTED
        if "-no-ticket" in flags and "-server" not in flags:
            return UNIMPLEMENTED
    from tests.conformance.bogo_end import End, Failed

    end = End(first)
    try:
        for number in range(1 + int(first.get("-resume-count", ["0"])[0])):
            end.connect(later if number else first, resumed=number > 0)
    except Failed as failure:
        sys.stderr.write(f":{failure}:\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
