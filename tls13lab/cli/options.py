"""The options that several commands share, and how their texts become values."""

import os
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

import click

from tls13lab.wire.codepoints import CipherSuite, NamedGroup, PskKeyExchangeMode
from tls13lab.wire.names import HASHES

FILE = click.Path(dir_okay=False)
FILE_OR_DASH = click.Path(dir_okay=False, allow_dash=True)
"""A file or, for ``-``, standard input; for what a command writes, standard output."""
SUITES = tuple(CipherSuite)
DEFAULT_SUITES = SUITES[:3]
"""The other suites must be named; :mod:`tls13lab.crypto.suites` says why."""
GROUPS = (
    NamedGroup.X25519,
    NamedGroup.SECP256R1,
    NamedGroup.X25519MLKEM768,
    NamedGroup.SECP384R1,
    NamedGroup.SECP521R1,
    NamedGroup.X448,
)
KEY_EXCHANGE_MODES = tuple(PskKeyExchangeMode)


class Listed(click.ParamType[tuple[IntEnum, ...]]):
    """A list of names of code points, separated by commas, in upper or lower case."""

    name = "LIST"

    def __init__(self, allowed: Sequence[IntEnum]) -> None:
        self._allowed = {point.name.lower(): point for point in allowed}

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[IntEnum, ...]:
        """The code points, in the order in which they were named."""
        if isinstance(value, tuple):
            return value
        names = [name.strip().lower() for name in value.split(",")]
        unknown = [name for name in names if name not in self._allowed]
        if unknown:
            choices = ", ".join(point.name for point in self._allowed.values())
            self.fail(f"{unknown[0]!r} is none of {choices}", param, ctx)
        return tuple(dict.fromkeys(self._allowed[name] for name in names))


class Hexadecimal(click.ParamType[bytes]):
    """Bytes in hexadecimal. ``lengths`` are the lengths allowed, in bytes; without it, any.

    ``@FILE`` reads the digits from a file, and ``@-`` from standard input, because everyone on the
    machine can see a secret that stands on the command line.
    """

    name = "HEX|@FILE"

    def __init__(self, *lengths: int) -> None:
        self._lengths = lengths

    def convert(self, value: Any, param: Any, ctx: Any) -> bytes:
        """The bytes. An error never repeats a wrong value: it may be a key with a typing error."""
        if isinstance(value, bytes):
            return value
        from tls13lab.capture.secret_text import NoSecret, secret

        try:
            data = secret(value)
        except NoSecret as fault:
            self.fail(str(fault), param, ctx)
        except OSError as error:
            self.fail(f"{error.filename or value}: {error.strerror or error}", param, ctx)
        if self._lengths and len(data) not in self._lengths:
            wanted = " or ".join(str(length) for length in self._lengths)
            self.fail(f"give {wanted} bytes, two hexadecimal digits each", param, ctx)
        return data


Decorated = Callable[..., Any]


def shared(command: Decorated) -> Decorated:
    """Add the options that ``serve`` and ``connect`` share."""
    options = [
        click.option(
            "--psk",
            "psks",
            type=Hexadecimal(),
            multiple=True,
            help="An external PSK. @FILE reads it from a file, @- from standard input.",
        ),
        click.option(
            "--identity",
            "identities",
            multiple=True,
            metavar="STR",
            help="The identity of that PSK: the name that the client sends.",
        ),
        click.option(
            "--psk-hash",
            type=click.Choice(HASHES),
            default="sha256",
            show_default=True,
            help="The hash function of the PSKs.",
        ),
        click.option(
            "--suites",
            type=Listed(SUITES),
            help="Cipher suites in order of preference. CCM suites are used only if named.",
        ),
        click.option("--groups", type=Listed(GROUPS), help="Groups in order of preference."),
        click.option(
            "--alpn", metavar="LIST", help="Application protocols (ALPN), separated by commas."
        ),
        click.option(
            "--padding",
            type=click.IntRange(1, 16384),
            default=1,
            help="Pad each protected record to a multiple of this many bytes.",
        ),
        click.option(
            "--keylog",
            type=click.Path(dir_okay=False),
            help="Append the traffic secrets to this file (SSLKEYLOGFILE, RFC 9850).",
        ),
        click.option(
            "--record",
            type=click.Path(dir_okay=False),
            help="Record the traffic in this new file, .pcap or .pcapng.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def external_psks(
    psks: Sequence[bytes],
    identities: Sequence[str],
    hash_name: str,
    suites: Sequence[CipherSuite],
    early_data: int = 0,
) -> tuple[Any, ...]:
    """The external PSKs, from keys and identities in the same order.

    With ``early_data``, the number of bytes of 0-RTT data, each PSK gets the first of the suites
    that has its hash. Raises UsageError if keys and identities do not match.
    """
    from tls13lab.psk.keys import ExternalPsk

    if len(psks) != len(identities):
        raise click.UsageError("give each --psk one --identity, in the same order")
    # The bytes as they were typed, even if they are not UTF-8.
    names = [os.fsencode(identity) for identity in identities]
    if not all(0 < len(name) < 2**16 for name in names):
        raise click.UsageError("an --identity has 1 to 65535 bytes")
    if len(set(names)) != len(names):
        raise click.UsageError("give each --psk a different --identity")
    allowed = suites or DEFAULT_SUITES
    fitting = [suite for suite in allowed if suite.name.lower().endswith(hash_name)]
    if names and not fitting:
        raise click.UsageError(f"none of --suites has the hash of the PSKs, {hash_name}")
    suite = fitting[0] if early_data and fitting else None
    return tuple(
        ExternalPsk(n, k, hash_name, suite, max_early_data_size=early_data)
        for n, k in zip(names, psks, strict=True)
    )


def protocols(text: str | None) -> tuple[bytes, ...]:
    """The ALPN names in a list separated by commas. Raises UsageError for a wrong length."""
    names = tuple(os.fsencode(name) for name in text.split(",")) if text else ()
    if not all(0 < len(name) < 256 for name in names):
        raise click.UsageError("a name in --alpn has 1 to 255 bytes")
    return names
