"""The program with all its commands. A command's file is imported when the command is called."""

import json
from typing import Any

import click

from tls13lab import __version__
from tls13lab.cli import report
from tls13lab.cli.lazy import LazyGroup

COMMANDS = {
    "serve": (
        "Run a TLS 1.3 server that echoes what it receives, or shows a browser its handshake.",
        "serve:run",
    ),
    "connect": ("Connect to a TLS 1.3 server, send something, and collect tickets.", "connect:run"),
    "probe": ("Find out what a server does with PSKs, tickets and 0-RTT data.", "probe:run"),
    "break": (
        "Show what stolen secrets open in a recording, and how.",
        "break_:run",
    ),
    "crack": (
        "Search for the PSKs of recorded ClientHellos, by checking their binders.",
        "crack:run",
    ),
    "inspect": (
        "List the connections of a capture, then name every byte.",
        "inspect:run",
    ),
    "psk": (
        "Create external PSKs, and judge how strong they are and how they are used.",
        "psk:psk",
    ),
    "claims": (
        "Decide every claim: what is lost, in which mode, to whom, after which thefts.",
        "claims:run",
    ),
    "vectors": ("Recompute the published handshakes of RFC 8448.", "vectors:run"),
    "notebooks": (
        "Copy the lessons into a folder, or report what you did in them.",
        "notebooks:run",
    ),
    "doctor": ("Show what is installed, and how to get what is missing.", "doctor:run"),
}
"""Where each command is; ``--help`` lists them in this order."""


class Program(LazyGroup):
    """The group of all commands. With ``--json``, wrong usage is reported as JSON, too."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if ctx.meta[_JSON]:
                report.say(json.dumps({"error": error.format_message(), "alert": None}))
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # Looked up here, because a command with wrong options is never parsed.
        ctx.meta[_JSON] = "--json" in args
        return super().parse_args(ctx, args)


_JSON = "tls13lab.json"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Program, lazy=COMMANDS, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="tls13lab")
def cli() -> None:
    """TLS 1.3 pre-shared keys on real bytes, for learning.

    This is for learning, not for protecting real traffic: nobody has audited it.

    \b
    Examples:
      tls13lab doctor
      tls13lab vectors
      tls13lab serve --psk 0011223344556677 --identity lab --modes psk_ke,psk_dhe_ke
      tls13lab connect 127.0.0.1:PORT --psk 0011223344556677 --identity lab --send hello
    """
