"""The options that commands share, and how their texts become values."""

import os
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any

import click

from tls13lab.wire.codepoints import CipherSuite, NamedGroup, PskKeyExchangeMode

FILE = click.Path(dir_okay=False)
SUITES = tuple(CipherSuite)
DEFAULT_SUITES = SUITES[:3]
"""The others have to be asked for; crypto/suites.py says why."""
GROUPS = (
    NamedGroup.X25519,
    NamedGroup.SECP256R1,
    NamedGroup.X25519MLKEM768,
    NamedGroup.SECP384R1,
    NamedGroup.SECP521R1,
    NamedGroup.X448,
)
MODES = tuple(PskKeyExchangeMode)


class Listed(click.ParamType[tuple[IntEnum, ...]]):
    """Names of code points with commas between them, in any case."""

    name = "LIST"

    def __init__(self, allowed: Sequence[IntEnum]) -> None:
        self._allowed = {one.name.lower(): one for one in allowed}

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[IntEnum, ...]:
        """The code points, in the order in which they were named."""
        if isinstance(value, tuple):
            return value
        names = [name.strip().lower() for name in value.split(",")]
        unknown = [name for name in names if name not in self._allowed]
        if unknown:
            choices = ", ".join(one.name for one in self._allowed.values())
            self.fail(f"{unknown[0]!r} is none of {choices}", param, ctx)
        return tuple(dict.fromkeys(self._allowed[name] for name in names))


class Hexadecimal(click.ParamType[bytes]):
    """Bytes as hexadecimal digits; ``lengths`` in bytes, if only some are right.

    They may be in a file, ``@FILE``, or come from standard input, ``@-``: a secret on a command
    line can be seen by everybody on the machine.
    """

    name = "HEX|@FILE"

    def __init__(self, *lengths: int) -> None:
        self._lengths = lengths

    def convert(self, value: Any, param: Any, ctx: Any) -> bytes:
        """The bytes; a wrong value is not repeated, for it may be a key with a slip in it."""
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
            wanted = " or ".join(str(one) for one in self._lengths)
            self.fail(f"give {wanted} bytes, two hexadecimal digits each", param, ctx)
        return data


Decorated = Callable[..., Any]


def shared(command: Decorated) -> Decorated:
    """PSKs, suites, groups, ALPN, key log, recording and JSON: what both ends take."""
    options = [
        click.option(
            "--psk",
            "psks",
            type=Hexadecimal(),
            multiple=True,
            help="An external PSK; @FILE is read, @- is standard input.",
        ),
        click.option(
            "--identity", "identities", multiple=True, metavar="STR", help="The name of that PSK."
        ),
        click.option(
            "--psk-hash",
            type=click.Choice(["sha256", "sha384"]),
            default="sha256",
            show_default=True,
            help="The hash that the PSKs belong to.",
        ),
        click.option(
            "--suites",
            type=Listed(SUITES),
            help="Cipher suites, most wanted first; CCM if named.",
        ),
        click.option("--groups", type=Listed(GROUPS), help="Groups, most wanted first."),
        click.option("--alpn", metavar="LIST", help="Application protocols, commas between them."),
        click.option(
            "--padding",
            type=click.IntRange(1, 16384),
            default=1,
            help="Round each protected record up to a multiple of so many bytes.",
        ),
        click.option(
            "--keylog",
            type=click.Path(dir_okay=False),
            help="Append the traffic secrets to this file (SSLKEYLOGFILE, RFC 9850).",
        ),
        click.option(
            "--record",
            type=click.Path(dir_okay=False),
            help="Record what crosses the wire into this new file, .pcap or .pcapng.",
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
    """The external PSKs, from keys and names in the same order.

    For ``early_data``, so many bytes of it, they are provisioned with the first suite that fits.
    """
    from tls13lab.psk.keys import ExternalPsk

    if len(psks) != len(identities):
        raise click.UsageError("give each --psk one --identity, in the same order")
    # The bytes that were typed, whether or not they are UTF-8.
    names = [os.fsencode(identity) for identity in identities]
    if not all(0 < len(name) < 2**16 for name in names):
        raise click.UsageError("an --identity has 1 to 65535 bytes")
    if len(set(names)) != len(names):
        raise click.UsageError("give each --psk an --identity of its own")
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
    """ALPN names from their list."""
    names = tuple(os.fsencode(name) for name in text.split(",")) if text else ()
    if not all(0 < len(name) < 256 for name in names):
        raise click.UsageError("a name in --alpn has 1 to 255 bytes")
    return names
