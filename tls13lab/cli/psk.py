"""``tls13lab psk new|derive|strength``: make a PSK, and judge it."""

import secrets
import sys
import time
from pathlib import Path

import click

from tls13lab import whole_file
from tls13lab.capture.secret_text import unmarked
from tls13lab.cli import report
from tls13lab.cli.lazy import LazyGroup
from tls13lab.cli.options import FILE
from tls13lab.cli.outputs import Outputs, try_out
from tls13lab.psk.memory_hard import SALT_LENGTH, Argon2id, Scrypt, parse
from tls13lab.psk.strength import ENOUGH_BITS, SPEEDS, in_words, strength
from tls13lab.wire.faults import LocalFault

LONGEST = 4096
"""The longest PSK that is read, in bytes."""


_ELSEWHERE = {
    "lint": ("Check how PSKs are used against the advice of RFC 9257.", "lint:run"),
    "odds": ("Estimate how likely each of three kinds of attacker is to find a PSK.", "odds:run"),
    "mends": ("Show what mends a weak PSK, and what each mend changes.", "mends:run"),
    "pake": ("Turn a weak word that both ends know into a strong PSK, with CPace.", "pake:pake"),
}


@click.group(cls=LazyGroup, lazy=_ELSEWHERE)
def psk() -> None:
    """Create external PSKs, and judge how strong they are and how they are used.

    \b
    Examples:
      tls13lab psk new --identity printer
      printf %s sternchen > key.txt
      tls13lab psk strength key.txt
      tls13lab psk odds --even 1000000 --lockout 10
      tls13lab psk lint --help
      tls13lab psk mends
      tls13lab psk pake --help
    """


@psk.command("new")
@click.option("--identity", default="lab", show_default=True, help="The name of the PSK.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def new(*, identity: str, as_json: bool) -> None:
    """Create a PSK of 256 random bits, in the notations of OpenSSL, GnuTLS and Wireshark.

    \b
    Examples:
      tls13lab psk new
      tls13lab psk new --identity printer --json
    """

    def work() -> report.Result:
        key = secrets.token_hex(32)
        return {
            "identity": identity,
            "key": key,
            "openssl": f"openssl s_server -nocert -psk {key} -psk_identity {identity}",
            "gnutls": f"{identity}:{key}",
            "wireshark": f"tls.psk:{key}",
            "tls13lab": f"tls13lab serve --psk {key} --identity {identity}",
        }

    report.run(work, _new_text, as_json=as_json)


def _new_text(result: report.Result) -> str:
    return "\n".join(
        (
            f"a PSK of 256 random bits, in hexadecimal: {result['key']}",
            f"  OpenSSL:   {result['openssl']}",
            f"  GnuTLS:    {result['gnutls']}",
            "             (a line of the file for gnutls-serv --pskpasswd)",
            f"  Wireshark: -o {result['wireshark']}",
            "             (for TLS 1.2; for TLS 1.3, Wireshark needs a key log)",
            f"  this lab:  {result['tls13lab']}",
            "Send it to the other end over a confidential channel, and share it with nobody else.",
        )
    )


@psk.command("derive")
@click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--identity", default="lab", show_default=True, help="The name of the PSK.")
@click.option(
    "--with",
    "function",
    type=click.Choice(["scrypt", "argon2id"]),
    default="scrypt",
    show_default=True,
    help="The function, with common settings and a random salt.",
)
@click.option(
    "--derivation",
    metavar="PHC",
    help="Function, settings and salt as a PHC string, which this command printed at the other "
    "end.",
)
@click.option("--out", type=FILE, required=True, help="Write the PSK to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def derive(
    *,
    source: str,
    identity: str,
    function: str,
    derivation: str | None,
    out: str,
    as_json: bool,
) -> None:
    """Derive a PSK from a word, slowly, so that each guess at the word is slow, too.

    FILE contains the word. Both ends derive the PSK once and store it. A weak word stays weak: a
    recorded ClientHello still shows whether a guess is right. RFC 9257 asks for a PSK derived from
    at least 128 bits of entropy, or else for a PAKE.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk derive word.txt --identity printer --out printer.hex
      tls13lab psk derive word.txt --derivation '$scrypt$ln=14,r=8,p=1$c2FsdA' --out alice.hex
      tls13lab psk derive word.txt --with argon2id --out printer.hex --json
    """

    outputs = Outputs()

    def work() -> report.Result:
        made: Scrypt | Argon2id
        if derivation is not None:
            made = parse(derivation)
        else:
            salt = secrets.token_bytes(SALT_LENGTH)
            made = Argon2id(salt) if function == "argon2id" else Scrypt(salt)
        try_out(out)
        word = read_psk(source, hexadecimal=False)
        began = time.monotonic()
        key = made.derive(word)
        seconds = time.monotonic() - began
        with outputs.writing():
            whole_file.write(Path(out), key.hex().encode() + b"\n", private=True)
        judged = strength(word)
        return {
            "identity": identity,
            "key_file": None if outputs.errors else out,
            "bytes": len(key),
            "derivation": str(made),
            "memory": made.memory,
            "seconds": round(seconds, 3),
            "bits_of_the_word": round(judged.bits, 1),
            "enough": judged.bits >= ENOUGH_BITS,
            "tls13lab": f"tls13lab serve --psk @{out} --identity {identity}",
        }

    report.run(work, _derived_text, as_json=as_json, outputs=outputs)


def _derived_text(result: report.Result) -> str:
    place = f"is in {result['key_file']}, in hexadecimal" if result["key_file"] else "was derived"
    lines = [
        f"a PSK of {result['bytes']} bytes {place}; it took "
        f"{result['seconds']:.2f} s and {result['memory'] / 2**20:,.0f} MiB, as each guess does",
        f"  derivation: '{result['derivation']}'",
        "             (with --derivation, the other end makes the same PSK; the salt is public)",
        f"  this lab:   {result['tls13lab']}",
    ]
    if not result["enough"]:
        lines.append(
            f"The word has about {result['bits_of_the_word']:.0f} bits, and so has the PSK: each "
            "guess is slower, and as easy to check. RFC 9257 asks for a PSK derived from at least "
            "128 bits of entropy, or else for a PAKE: see psk pake."
        )
    return "\n".join(lines)


@psk.command("strength")
@click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--hex", "hexadecimal", is_flag=True, help="The PSK is written in hexadecimal.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def judge(*, source: str, hexadecimal: bool, as_json: bool) -> None:
    """Estimate how many guesses a PSK withstands, and how long they take.

    The PSK is read from FILE, or with - from standard input. It is neither printed nor stored. The
    times are for an attacker who has a recording; for attackers who must ask, see psk odds.

    \b
    Examples:
      printf %s sternchen > key.txt
      tls13lab psk strength key.txt
      openssl rand -hex 32 > key.hex
      tls13lab psk strength --hex key.hex
      printf %s sternchen | tls13lab psk strength - --json
    """

    def work() -> report.Result:
        judged = strength(read_psk(source, hexadecimal=hexadecimal))
        rates = {"this machine, one core": _own_rate(), **SPEEDS}
        return {
            "length": judged.length,
            "bits": round(judged.bits, 1),
            "by": judged.by,
            "verdict": judged.verdict,
            "enough": judged.bits >= ENOUGH_BITS,
            "found": [
                {"by": name, "rate": round(rate), "seconds": judged.seconds(rate)}
                for name, rate in rates.items()
            ],
        }

    report.run(work, _strength_text, as_json=as_json)


def read_psk(source: str, *, hexadecimal: bool) -> bytes:
    """The PSK in a file or, for ``-``, from standard input: 1 to 4096 bytes.

    A line end behind it is left out. Raises LocalFault for an empty or a longer PSK, and for
    wrong hexadecimal digits.
    """
    if source == "-":
        content = sys.stdin.buffer.read(LONGEST + 3)
    else:
        with Path(source).open("rb") as file:
            content = file.read(LONGEST + 3)
    content = unmarked(content).removesuffix(b"\n").removesuffix(b"\r")
    if not 0 < len(content) <= LONGEST:
        raise LocalFault(f"a PSK has 1 to {LONGEST} bytes: give one in the file")
    if not hexadecimal:
        return content
    try:
        # The error does not repeat the digits: they may be a key with a typing error.
        decoded = bytes.fromhex(content.decode("ascii", "replace"))
    except ValueError:
        decoded = b""
    if not decoded:
        raise LocalFault("with --hex, the file holds an even number of hexadecimal digits")
    return decoded


def _own_rate() -> float:
    """Guesses per second of one core of this machine."""
    from tls13lab.search.speed import own_rate

    return own_rate()


def _strength_text(result: report.Result) -> str:
    lines = [
        f"{result['length']} bytes, about {result['bits']:.0f} bits ({result['by']}): "
        f"{result['verdict']}",
        "From one recorded ClientHello, it is found by",
    ]
    lines += [
        f"  {row['by']:23} ({row['rate']:.1e} guesses/s)  {in_words(row['seconds'])}"
        for row in result["found"]
    ]
    lines.append(
        "This is an estimate: a key does not show how it was made. GPU rates are estimated from "
        "published ones."
    )
    return "\n".join(lines)
