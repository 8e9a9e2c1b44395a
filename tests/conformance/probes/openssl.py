"""Where OpenSSL's server (s_server, 3.0) answers otherwise, and why.

All other questions to a server with a certificate get the same answer from it, which shows that a
question asks what it says. The RFC leaves some alerts open; where it does not, the reason says so.
"""

from fnmatch import fnmatchcase

SUBJECTS = ("hellos", "the second hello", "records")
"""Those that need no PSK of the probes' server."""

DIFFERENT = {
    "compression methods 01": "it finds no null method in the list and says decode_error",
    "legacy_version*": "RFC 8446 had no such rule; it looks at supported_versions only",
    "versions: none": "it takes such a list for an older client's: protocol_version",
    "versions: an odd length": "it takes such a list for an older client's: protocol_version",
    "versions: as they*": "it takes such a list for an older client's: protocol_version",
    "no cipher suites": "it says illegal_parameter of a list that is too short",
    "an unknown extension twice": "it looks for doubles only among the extensions that it knows",
    "two shares in one group": "it takes the first share and does not look at the next",
    "X25519MLKEM768*": "it does not have the group before 3.5",
    "content and padding of*": "it strips the padding before it looks at the length",
    "empty handshake record first of all": "it passes over an empty record before the hello",
    "change_cipher_spec of*": "it says illegal_parameter of a change_cipher_spec that is not 01",
    "a fatal alert * for a hello": "it expects a handshake record first of all, and nothing else",
    "an alert of*": "it says unexpected_message of an alert that has not 2 bytes",
    "5 KeyUpdates*": "s_server sent no echo after five in one piece; why was not looked into",
    "changed: *": "it compares the second hello with the first only in what it asked for",
    "with a PSK: *": "it does not have the PSK",
    "KeyUpdate of*": "it says illegal_parameter of a KeyUpdate that is too long",
}


def same(name: str) -> bool:
    """Whether OpenSSL is expected to answer as the RFC's reading here has it."""
    return not any(fnmatchcase(name, pattern) for pattern in DIFFERENT)
