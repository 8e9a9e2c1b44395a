"""A real Dask cluster of two worker processes on loopback."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource
from tls13lab.search.runner import Search, cluster_workers
from tls13lab.search.target import Target
from tls13lab.wire.faults import LocalFault

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # Nothing of it is written outside the test's folder.
    folder = str(tmp_path_factory.mktemp("dask"))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=folder,
    ) as made:
        yield made


def test_a_cluster_finds_it_even_if_a_worker_is_killed(cluster: Any) -> None:
    workers = cluster_workers(cluster.scheduler_address)
    assert workers.count == 2
    made = binder(PskKind.EXTERNAL, b"2999999", "sha256", b"hello")
    target = Target(b"lab", PskKind.EXTERNAL, "sha256", b"hello", made)
    search = Search((target,), MaskSource(Mask.parse("?1?d?d?d?d?d?d", {"1": "012"})))
    killed = False
    for progress in search.run(workers):
        if not killed and progress.count:
            killed = True
            victim = next(iter(cluster.workers.values()))
            os.kill(victim.pid, signal.SIGKILL)
    assert killed
    assert [hit.word for hit in search.progress.found] == [b"2999999"]
    assert search.progress.count <= search.total


def test_no_scheduler_is_said_in_a_sentence() -> None:
    with pytest.raises(LocalFault, match="no Dask scheduler"):
        cluster_workers("tcp://127.0.0.1:9")
