"""``python3 run.py owner NAME``: whose copy this is, in every badge and link.

``pyproject.toml`` names the account on GitHub, and all other places follow it. Needs only the
standard library, because a newcomer calls it before anything is installed.
"""

import re
import sys
from pathlib import Path

from installing import ROOT

PLACES = ("pyproject.toml", "README.md", "CITATION.cff", "docs/doors.md")
"""The files with addresses of the repository; a test looks for others."""

_NAME = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_IN_PYPROJECT = re.compile(r'(?m)^Repository = "https://github\.com/([\w-]+)/tls13lab"$')


def current(root: Path = ROOT) -> str:
    """The account that ``pyproject.toml`` names; ``OWNER`` until somebody has named one."""
    found = _IN_PYPROJECT.search((root / "pyproject.toml").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("pyproject.toml has no Repository on GitHub that is called tls13lab")
    return found[1]


def moved(text: str, old: str, new: str) -> str:
    """A text whose addresses of the repository and of its site belong to another account.

    >>> moved("https://github.com/OWNER/tls13lab of the OWNER", "OWNER", "ada")
    'https://github.com/ada/tls13lab of the OWNER'
    >>> moved("https://OWNER.github.io/tls13lab/", "OWNER", "ada")
    'https://ada.github.io/tls13lab/'
    """
    account = re.escape(old)
    text = re.sub(rf"(?<=/){account}(?=/tls13lab\b)", new, text)
    return re.sub(rf"(?<=//){account}(?=\.github\.io/tls13lab\b)", new, text)


def set_owner(new: str, root: Path = ROOT) -> list[str]:
    """Write the account into all places; returns those that changed.

    Raises ValueError if GitHub allows no account of this name.
    """
    if not _NAME.fullmatch(new):
        raise ValueError(f"{new!r} is no name of an account: letters, digits and single hyphens")
    old, changed = current(root), []
    for place in PLACES:
        path = root / place
        before = path.read_bytes()
        after = moved(before.decode("utf-8"), old, new).encode("utf-8")
        if after != before:
            path.write_bytes(after)
            changed.append(place)
    return changed


def main(arguments: list[str]) -> int:
    """Without a name, say who it is; with one, write it."""
    if len(arguments) > 1:
        print("run.py: owner takes one name, that of the account on GitHub", file=sys.stderr)
        return 2
    try:
        changed = set_owner(arguments[0]) if arguments else []
        print(f"https://github.com/{current()}/tls13lab")
    except ValueError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return 2
    for place in changed:
        print(f"  changed: {place}")
    return 0
