"""The small server keeps to the RFC; each fault is a real bug, and an experiment shows which."""

import pytest

from coursework.answers import solved
from tls13lab.crypto.entropy import seeded
from tls13lab.exercises.bench import Bench
from tls13lab.exercises.faults import FAULTS
from tls13lab.exercises.servers import EXPERIMENTS, TASKS, refuted, shows
from tls13lab.exercises.small_server import SmallServer
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import LESSON_TIME_MS
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.names import PskMode


def honest() -> Bench:
    return Bench(SmallServer, "honest")


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_the_honest_one_does_each_mode(mode: PskMode) -> None:
    assert str(honest().external((mode,))) == f"completed in {mode}; 2 tickets"
    assert str(honest().resume(90, (mode,))) == f"completed in {mode}; 2 tickets"


def test_the_honest_one_prefers_diffie_hellman() -> None:
    assert honest().external().mode == "psk_dhe_ke"


def test_the_honest_one_refuses_what_it_should() -> None:
    assert str(honest().external(spoil_binder=True)) == "the server stopped: decrypt_error"
    assert str(honest().resume(spoil_binder=True)) == "the server stopped: decrypt_error"
    assert str(honest().resume(8000)) == "the server stopped: unknown_psk_identity"


def test_the_honest_one_skips_what_it_does_not_know() -> None:
    assert honest().external(unknown_first=True).outcome == "completed"


def test_the_honest_one_takes_early_data_once_and_in_time() -> None:
    bench = honest()
    assert bench.resume(90, early_data=b"GET").early_data == "accepted"
    assert bench.replay().early_data == "rejected"
    assert bench.resume(90, early_data=b"GET", age_off_s=60).early_data == "rejected"
    # Rejected early data does not keep the handshake from ending well.
    assert bench.resume(90, early_data=b"GET", age_off_s=60).outcome == "completed"


def test_its_tickets_are_good_for_a_resumption() -> None:
    """With the very ticket that it sent, by the lab's own client."""
    entropy = seeded("tickets")
    psk = ExternalPsk(b"known", bytes(32))
    server = SmallServer({b"known": psk.key}, seeded("server"), LESSON_TIME_MS)
    env = Environment(LESSON_TIME_MS, entropy)
    offered: tuple = (psk,)
    modes = []
    for _ in range(3):
        client = Connection.client(
            ClientConfig(psks=offered, modes=frozenset({PSK_KE, PSK_DHE_KE})), env
        )
        theirs = server.connection()
        events = []
        while flight := client.outgoing():
            events += client.receive(theirs.receive(flight), env)
        modes.append(client.outcome.psk_kind)
        offered = tuple(one.psk for one in events if hasattr(one, "psk"))[:1]
    assert [kind and kind.value for kind in modes] == ["external", "resumption", "resumption"]


def test_there_are_at_least_twelve_faults() -> None:
    assert len(FAULTS) >= 12


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_shows_in_some_experiment(fault: str) -> None:
    right = tuple(str(one(Bench(SmallServer, "shows"))) for one in EXPERIMENTS.values())
    assert shows(fault) != right


@pytest.mark.parametrize("fault", FAULTS)
def test_an_experiment_tells_it_from_every_other_one(fault: str) -> None:
    for other in FAULTS:
        assert bool(refuted(fault, other)) == (other != fault)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_stands_in_a_task(fault: str) -> None:
    assert any(fault in solved(one, "alice").values() for one in TASKS)


def test_a_bench_does_not_say_what_is_on_it() -> None:
    (bench, *_) = TASKS[0].given("alice").servers.values()
    assert repr(bench) == "a bench with a server on it"
