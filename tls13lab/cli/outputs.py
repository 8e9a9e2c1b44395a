"""Files that a command writes beside its result. A failure must not cost the result.

>>> outputs = Outputs()
>>> with outputs.writing():
...     raise OSError(28, "No space left on device", "talk.pcapng")
>>> outputs.errors
['talk.pcapng: No space left on device']

A page or picture can also take the place of the result on standard output:

>>> outputs.write("-", b"<svg/>")
>>> outputs.instead
b'<svg/>'
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import click

from tls13lab.wire.faults import LocalFault


def in_words(error: OSError) -> str:
    """An error as a sentence, with the name of its file."""
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"


class Closing(Protocol):
    """A file that is complete once it is closed."""

    def close(self) -> None:
        """Raise OSError or LocalFault if the file is incomplete."""


class Outputs:
    """Collects what went wrong in ``errors``; :func:`tls13lab.cli.report.run` reports it last.

    ``instead`` is what is printed instead of the result, if anything.
    """

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.instead: bytes | None = None

    @contextmanager
    def writing(self, name: str = "") -> Iterator[None]:
        """A block that writes one file; its OSError or LocalFault is kept for the end."""
        try:
            yield
        except OSError as error:
            error.filename = error.filename or name
            self.errors.append(in_words(error))
        except LocalFault as fault:
            self.errors.append(str(fault))

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file, or for ``-`` keep the content for standard output."""
        from tls13lab import whole_file

        if name == "-":
            self.instead = content
            return
        with self.writing(name):
            whole_file.write(Path(name), content)

    def close(self, *files: Closing | None) -> None:
        """Close each of these; one that was never opened is None."""
        for file in files:
            if file is not None:
                with self.writing():
                    file.close()


def try_out(name: str | None) -> None:
    """Raise OSError now if this file cannot be written, before the work begins."""
    from tls13lab import whole_file

    if name not in (None, "-"):
        whole_file.try_out(Path(str(name)))


def not_with_json(option: str, name: str | None, as_json: bool) -> None:
    """Raise UsageError if a page or picture and the JSON object would share standard output."""
    if name == "-" and as_json:
        raise click.UsageError(f"only one of {option} and --json can be standard output")
