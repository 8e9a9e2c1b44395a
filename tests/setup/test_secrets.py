"""Secrets stay where they belong: not in what objects show, not in comparisons that leak by time,
not in what is committed."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.handshake.scenes import CLIENT, SERVER, ticketed
from tls13lab.crypto import certificates
from tls13lab.handshake import finished
from tls13lab.handshake.pair import Pair
from tls13lab.psk import binder

ROOMS = ("wire", "crypto", "messages", "psk", "records", "handshake", "peers")
SECRET = re.compile(r"(^|_)(secret|binder|binders|verify_data|mac|tag|psk_key|ticket_key)$")
KEEPS = (finished.check_finished, binder.check_binder, certificates.check_chain)
PUBLISHED = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|[?&]token=|authorization:|/home/|/Users/", re.I)


def compared() -> Iterator[tuple[str, str]]:
    """Each name that stands in an == or != of the rooms that handle secrets."""
    for room in ROOMS:
        for path in sorted((ROOT / "tls13lab" / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Compare):
                    continue
                if not any(isinstance(one, ast.Eq | ast.NotEq) for one in node.ops):
                    continue
                for side in (node.left, *node.comparators):
                    for name in names(side):
                        yield f"{path.name}:{node.lineno}", name


def names(side: ast.expr) -> Iterator[str]:
    """The name of a side, if it is one, a field, or a part of one."""
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Subscript(value=value):
            yield from names(value)


def test_no_secret_is_compared_byte_by_byte() -> None:
    found = list(compared())
    assert len(found) > 50
    assert [one for one in found if SECRET.search(one[1])] == []


@pytest.mark.parametrize("check", KEEPS, ids=lambda check: check.__name__)
def test_what_compares_secrets_takes_the_same_time_for_all(check: object) -> None:
    assert "hmac.compare_digest(" in inspect.getsource(check)  # type: ignore[arg-type]


def test_the_scan_would_see_one() -> None:
    tree = ast.parse("if expected != message.verify_data: raise E\nif tag[:3] == b'x': pass")
    seen = [
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        for name in names(side)
    ]
    assert [bool(SECRET.search(name)) for name in seen] == [False, True, True]


def reachable(start: object) -> list[object]:
    """Every object of the package's own that can be got at from ``start``."""
    found: dict[int, object] = {}
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if id(one) in found or isinstance(one, str | bytes | int | type):
            continue
        found[id(one)] = one
        if isinstance(one, list | tuple | set | frozenset):
            waiting += one
        elif isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif type(one).__module__.startswith("tls13lab"):
            slots = [name for kind in type(one).__mro__ for name in getattr(kind, "__slots__", ())]
            fields = [*slots, *getattr(one, "__dict__", {})]
            waiting += [getattr(one, name, None) for name in fields]
    return [one for one in found.values() if type(one).__module__.startswith("tls13lab")]


def test_nothing_that_can_be_reached_shows_a_secret() -> None:
    pair = Pair(ticketed(), SERVER, seed="secrets")
    pair.handshake()
    pair.client.update_keys(request=True)
    pair.pump()
    objects = reachable([pair, pair.client_events, CLIENT, SERVER, pair.conversation()])
    assert len(objects) > 40
    shown = "\n".join(repr(one) for one in objects)
    secrets = {**pair.client.secrets, **pair.server.secrets}
    secrets |= {f"ticket {number}": one.key for number, one in enumerate(pair.tickets)}
    secrets["PSK"] = SERVER.psks[0].key
    assert len(secrets) > 15
    for name, secret in secrets.items():
        assert secret.hex() not in shown, name
        assert repr(secret)[2:-1] not in shown, name


def committed() -> list[Path]:
    """What is in the lessons and the documents."""
    folders = ("notebooks", "docs", "coursework", "binder")
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".ipynb", ".md", ".py", ".txt")
    ]


@pytest.mark.parametrize("path", committed(), ids=lambda path: path.name)
def test_lessons_and_documents_hold_no_key_files_tokens_or_homes(path: Path) -> None:
    assert not PUBLISHED.search(path.read_text(encoding="utf-8"))
