"""The project's own probes: every question of every table gets its answer. See docs/conformance.md.

Each is a conversation of its own: with a server in this process over loopback, or with a client in
memory. The answer is exact: the alert, and nothing behind it.
"""

import os
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

import pytest

from tests.conformance.probes import openssl, planted_client
from tests.conformance.probes.planted import FAULTS, Fault
from tests.conformance.probes.question import SERVER
from tests.conformance.probes.tables import SUBJECTS, Probe
from tests.conformance.probes.talk import NOW_MS
from tests.conftest import missing
from tls13lab.handshake.config import Environment
from tls13lab.peers.background import Running, serving
from tls13lab.peers.openssl import OpenSSLServer, OpenSSLUnavailable
from tls13lab.peers.server import Limits

ALL = [(subject, one) for subject, questions in SUBJECTS.items() for one in questions]


def environment() -> Environment:
    return Environment(NOW_MS, os.urandom)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    # The limits are longer than a talk waits: no answer is one that time gave.
    limits = Limits(handshake_s=120, idle_s=120)
    with serving(SERVER, limits=limits, environment=environment) as running:
        yield running


@pytest.mark.parametrize(("subject", "question"), ALL, ids=[f"{s}: {q.name}" for s, q in ALL])
def test_the_answer_is_the_right_one(server: Running, subject: str, question: Probe) -> None:
    assert question.put(server.port) == question.answer


def test_no_question_is_asked_twice() -> None:
    asked = Counter((subject, one.name) for subject, one in ALL)
    assert [name for name, count in asked.items() if count > 1] == []


@pytest.mark.parametrize("fault", [*FAULTS, *planted_client.FAULTS], ids=lambda one: one.name)
def test_a_planted_fault_is_caught(
    server: Running, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject, name = fault.caught_by
    question = next(one for one in SUBJECTS[subject] if one.name == name)
    assert question.put(server.port) == question.answer
    fault.plant(monkeypatch)
    assert question.put(server.port) != question.answer


OTHERS = [
    one for subject in openssl.SUBJECTS for one in SUBJECTS[subject] if openssl.same(one.name)
]


@pytest.fixture(scope="module")
def other() -> Iterator[OpenSSLServer]:
    try:
        with OpenSSLServer() as running:
            yield running
    except OpenSSLUnavailable as why:
        missing(str(why))


@pytest.mark.openssl
@pytest.mark.parametrize("question", OTHERS, ids=lambda one: one.name)
def test_openssls_server_gives_the_same_answer(other: OpenSSLServer, question: Probe) -> None:
    assert question.put(other.port) == question.answer


def test_each_difference_is_of_a_question_that_is_asked() -> None:
    names = [one.name for subject in openssl.SUBJECTS for one in SUBJECTS[subject]]
    for pattern in openssl.DIFFERENT:
        assert any(fnmatchcase(name, pattern) for name in names), pattern
