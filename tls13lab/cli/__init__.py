"""The command line: ``tls13lab``, also ``python -m tls13lab``. It parses, calls, and reports.

Exit codes: 0 done, 1 a handshake or check failed, 2 wrong usage.
"""


def main() -> None:
    """What the installed program ``tls13lab`` calls."""
    from tls13lab.cli import report
    from tls13lab.cli.app import cli

    report.any_letters()
    try:
        cli(prog_name="tls13lab")
    except OSError as error:
        # A command says itself what is wrong with its files; what is left is its own output.
        report.undelivered(error)
