"""Guesses per second of the binder search, beside what else this machine could do it with.

One process and one core first: the compiled engine end to end, guesses made and tested, against
``hmac.digest`` in a loop, pyca/cryptography's HKDF, and OpenSSL's SHA-2 over one long stream, which
a guess of 14 compressions would reach if each cost no more than there. The contestants alternate,
and each one's best round counts. Then all cores, by processes, and the whole command.
"""

import hashlib
import hmac
import shutil
import subprocess
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from tls13lab.crypto.hkdf import hkdf_label
from tls13lab.psk.amortised import blocks
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search.llvm.lanes import Lanes
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import BATCH, MaskSource
from tls13lab.search.runner import Search, Workers, local_workers, processors
from tls13lab.search.target import Target

ROUNDS = 15
COMPRESSIONS = blocks().for_targets(1)
STREAM = bytes(2**20)
EIGHT = Mask.parse("?l?l?l?l?d?d?d?d")


def target(hash_name: str, psk: bytes = b"not of the mask") -> Target:
    """A binder that no word of the mask makes."""
    made = binder(PskKind.EXTERNAL, psk, hash_name, b"hello")
    return Target(b"lab", PskKind.EXTERNAL, hash_name, b"hello", made)


def one_core(hash_name: str) -> dict[str, float]:
    """Guesses a second, and ours as multiples."""
    sought = target(hash_name)
    contestants: dict[str, tuple[int, Callable[[], object]]] = {
        "tls13lab": (BATCH, _ours(sought)),
        "hmac.digest": (500, _digests(sought)),
        "pyca HKDF": (100, _pyca(sought)),
        "OpenSSL, one stream": (
            len(STREAM) // hashlib.new(hash_name).block_size // COMPRESSIONS,
            lambda: hashlib.new(hash_name, STREAM).digest(),
        ),
    }
    best = dict.fromkeys(contestants, 0.0)
    for _ in range(ROUNDS):
        for name, (count, work) in contestants.items():
            # The processor's time: what else the machine does would fall on the longest round.
            began = time.process_time()
            work()
            best[name] = max(best[name], count / (time.process_time() - began))
    ours = best["tls13lab"]
    return best | {
        f"tls13lab as a multiple of {name}": ours / rate
        for name, rate in best.items()
        if name != "tls13lab"
    }


def _ours(sought: Target) -> Callable[[], object]:
    engine = Lanes([sought])
    numbers = iter(range(0, EIGHT.keyspace, BATCH))
    return lambda: list(engine.test(EIGHT.guesses(next(numbers), BATCH)))


def _digests(sought: Target) -> Callable[[], object]:
    name = sought.hash_name
    salt = bytes(hashlib.new(name).digest_size)

    def work() -> None:
        for number in range(500):
            key = hmac.digest(salt, b"word%04d" % number, name)
            for message in sought.macs:
                key = hmac.digest(key, message, name)
            assert key != sought.binder

    return work


def _pyca(sought: Target) -> Callable[[], object]:
    chosen = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}[sought.hash_name]()
    length = chosen.digest_size
    nothing = hashlib.new(sought.hash_name).digest()
    labels = [hkdf_label("ext binder", nothing, length), hkdf_label("finished", b"", length)]

    def work() -> None:
        for number in range(100):
            key = HKDF.extract(chosen, bytes(length), b"word%04d" % number)
            for label in labels:
                key = HKDFExpand(chosen, length, label).derive(key)
            mac = HMAC(key, chosen)
            mac.update(sought.macs[2])
            assert mac.finalize() != sought.binder

    return work


def _spread(workers: Workers, mask: str) -> float:
    """Guesses a second of a whole search, less what it takes the workers to begin."""
    search = Search((target("sha256"),), MaskSource(Mask.parse(mask)))
    began, before = 0.0, 0
    warm = 2**22 * workers.count
    for progress in search.run(workers):
        if not began and progress.count > warm:
            began, before = time.perf_counter(), progress.count
    return (search.total - before) / (time.perf_counter() - began)


def all_cores() -> dict[str, float]:
    """The same search by one process, and by one for each core."""
    count = processors()
    mask = "?d?d?d?d?d?d?d?d"
    single = _spread(local_workers(1), mask)
    processes = _spread(local_workers(count), mask)
    return {
        "one core, guesses/s": single,
        "processes, guesses/s": processes,
        "cores": count,
        "efficiency of processes": processes / single / count,
    }


_CRACK = """
import resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def starting() -> dict[str, float]:
    """The whole command on a shipped capture: seconds, and MiB of its largest process."""
    from tls13lab.vectors import recorded

    capture = str(recorded.load("external-psk_dhe_ke").path)
    found: dict[str, float] = {}
    for name, mask, workers in (
        ("ten thousand guesses", "?d?d?d?d", 1),
        ("a million, the code kept", "?d?d?d?d?d?d", 1),
        ("twenty million", "?1?d?d?d?d?d?d?d", processors()),
    ):
        command = [sys.executable, "-c", _CRACK, sys.executable, "-m", "tls13lab", "crack", capture]
        command += ["--mask", mask, "--set", "1=12", "--workers", str(workers)]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        found[f"{name}, seconds"], found[f"{name}, MiB"] = map(float, told)
    return found


def hashcat() -> float | None:
    """Guesses a second that hashcat would make at a binder, on all cores, if it is installed.

    It has no mode for one. The nearest, 1450, is HMAC-SHA256 keyed with the password: four
    compressions where a guess at a PSK takes fourteen. Its first run compiles for minutes.
    """
    program = shutil.which("hashcat")
    if program is None:
        return None
    # Without --force it does not work on processors by Debian's OpenCL at all.
    told = subprocess.run(
        [program, "-b", "-m", "1450", "--machine-readable", "--force"],
        capture_output=True,
        text=True,
    ).stdout
    rates = [
        float(line.split(":")[5])
        for line in told.splitlines()
        if line.count(":") == 5 and ":1450:" in line
    ]
    return rates[0] * 4 / COMPRESSIONS if rates else None


def beside_hashcat(processes: float) -> dict[str, float]:
    """What it implies, and ours as a multiple; nothing where it is not installed."""
    implied = hashcat()
    if implied is None:
        return {}
    return {
        "hashcat, guesses/s implied": implied,
        "processes as a multiple of hashcat": processes / implied,
    }


def main() -> dict[str, dict[str, float]]:
    """All of it, by heading and name."""
    figures = {f"binder search, one core, {name}": one_core(name) for name in ("sha256", "sha384")}
    cores = all_cores()
    figures["binder search, all cores"] = cores | beside_hashcat(cores["processes, guesses/s"])
    figures["tls13lab crack"] = starting()
    return figures


if __name__ == "__main__":
    for heading, rows in main().items():
        print(heading)
        for name, value in rows.items():
            print(f"  {name:40} {value:,.3g}" if value < 100 else f"  {name:40} {value:,.0f}")
