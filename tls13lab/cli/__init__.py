"""The command line: ``tls13lab``, or ``python -m tls13lab``.

A command parses its options, calls the library, and reports the result. Exit codes: 0 for success,
1 if a handshake or a check failed, 2 for wrong usage.
"""


def main() -> None:
    """Run the command line; the installed program ``tls13lab`` calls this."""
    from tls13lab.cli import report
    from tls13lab.cli.app import cli

    report.any_letters()
    try:
        cli(prog_name="tls13lab")
    except OSError as error:
        # Each command reports errors in its own files. Only standard output is left.
        report.undelivered(error)
