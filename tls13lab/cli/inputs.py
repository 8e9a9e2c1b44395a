"""Text files that a command reads whole: a file, a pipe, or standard input, written ``-``.

They may be in UTF-16, as PowerShell's ``>`` writes them.
"""

from pathlib import Path

import click

from tls13lab.capture.secret_text import unmarked
from tls13lab.capture.sources import opened


def text_in(name: str) -> bytes:
    """The text as UTF-8 without a byte order mark. Raises OSError."""
    with opened(Path(name)) as file:
        return unmarked(file.read())


def called(name: str) -> str:
    """The file's name in messages."""
    return "standard input" if name == "-" else name


def only_one(*pairs: tuple[str, str | None]) -> None:
    """Raise UsageError if more than one option, each with its value, is standard input."""
    options = [option for option, value in pairs if value == "-"]
    if len(options) > 1:
        raise click.UsageError(f"only one of {' and '.join(options)} can be standard input")
