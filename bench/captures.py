"""``tls13lab break`` and ``inspect`` on large captures, beside tshark on the same files.

The captures are made on the spot: many psk_ke connections with one PSK, some megabytes each. Both
programs are run as they are used, in processes of their own: for ``break`` ours is given the PSK,
tshark the key log, and both read every record. ``inspect`` is set beside tshark reading the file
for its table of connections, by the processor's time, which other work on the machine changes less;
once more on a capture of short connections, which is all handshakes. Peak memory is that of the
process.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tls13lab.capture.keylog import lines
from tls13lab.capture.writer import MOST_DATA, CaptureWriter
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.wire.names import Mode

MEGABYTES = 100
INSPECTED_MEGABYTES = 60
CONNECTIONS = 100
CHUNK = 2**16
SHORT_CONNECTIONS = 24_000
DIFFERENT = 60
MODES: tuple[Mode, ...] = ("full", "psk_dhe_ke", "psk_ke")
"""Handshakes that are made for them, in all three modes; each is in the capture many times."""

# Run in a fresh process: the peak is then the command's own, and the child's is told apart.
_TIMED = """
import resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
seconds = time.perf_counter() - began
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)
"""


def make(folder: Path, megabytes: int = MEGABYTES, segment: int = MOST_DATA) -> tuple[Path, Path]:
    """The capture and its key log; every fourth connection's data goes both ways.

    ``segment`` is how many bytes of data a packet has: on the loopback interface many, on a network
    some 1,400.
    """
    capture, keylog = folder / "large.pcapng", folder / "keys"
    writer = CaptureWriter(capture, now=lambda: 1.0)
    each = megabytes * 10**6 // CONNECTIONS // CHUNK
    text: list[str] = []
    for number in range(1, CONNECTIONS + 1):
        pair = Pair(*lesson_configs("psk_ke"), seed=f"large {number}")
        pair.handshake()
        for piece in range(each):
            sender = pair.server if number % 4 == 0 and piece % 2 else pair.client
            sender.send(bytes(CHUNK))
            pair.pump()
        writer.open(number, ("127.0.0.1", 10_000 + number), ("127.0.0.1", 4433))
        for step in pair.conversation().steps:
            for at in range(0, len(step.wire), segment):
                writer.add(number, step.sender, step.wire[at : at + segment])
        writer.end(number)
        text += lines(pair.client.client_random, pair.client.secrets)
    writer.close()
    keylog.write_text("\n".join(text) + "\n", encoding="ascii")
    return capture, keylog


def make_short(folder: Path, connections: int = SHORT_CONNECTIONS) -> tuple[Path, Path]:
    """The same of connections that end when the handshake is done: 1.4 kB each."""
    capture, keylog = folder / "short.pcapng", folder / "keys"
    text: list[str] = []
    talks = []
    for number in range(DIFFERENT):
        pair = Pair(*lesson_configs(MODES[number % 3]), seed=f"short {number}")
        pair.handshake()
        talks.append(pair.conversation().steps)
        text += lines(pair.client.client_random, pair.client.secrets)
    writer = CaptureWriter(capture, now=lambda: 1.0)
    for number in range(connections):
        host, port = divmod(number, 10_000)
        writer.open(number, (f"127.0.0.{host + 1}", 10_000 + port), ("127.0.0.1", 4433))
        for step in talks[number % DIFFERENT]:
            writer.add(number, step.sender, step.wire)
        writer.end(number)
    writer.close()
    keylog.write_text("\n".join(text) + "\n", encoding="ascii")
    return capture, keylog


def _timed(*command: str) -> tuple[float, float, float]:
    """Seconds, MiB at the peak, and seconds of processor time."""
    told = subprocess.run(
        [sys.executable, "-c", _TIMED, *command], capture_output=True, text=True, check=True
    ).stdout
    seconds, peak, used = map(float, told.split())
    return seconds, peak, used


def rates(megabytes: int = MEGABYTES) -> dict[str, float]:
    """MB/s and peak MiB of each, and ours as a multiple of tshark's, if there is one."""
    with tempfile.TemporaryDirectory() as name:
        capture, keylog = make(Path(name), megabytes)
        size = capture.stat().st_size / 1e6
        leak = f"psk={LESSON_PSK.key.hex()}"
        ours = (sys.executable, "-m", "tls13lab", "break", str(capture), "--leak", leak, "--json")
        seconds, peak, _ = _timed(*ours)
        found = {"the capture, MB": size, "break, MB/s": size / seconds, "break, peak MiB": peak}
        tshark = shutil.which("tshark")
        if tshark is not None:
            command: tuple[str, ...] = (
                tshark,
                "-r",
                str(capture),
                "-d",
                "tcp.port==4433,tls",
                "-o",
            )
            command += (f"tls.keylog_file:{keylog}", "-Y", "tls", "-T", "fields")
            command += ("-e", "tls.record.content_type", "-e", "data.len")
            theirs, their_peak, _ = _timed(*command)
            found["tshark, MB/s"] = size / theirs
            found["tshark, peak MiB"] = their_peak
            found["break as a multiple of tshark"] = theirs / seconds
        return found


def inspect_rates(megabytes: int = INSPECTED_MEGABYTES) -> dict[str, float]:
    """``inspect``: MB a second of processor time, peak MiB, and the rate as a multiple of tshark's.

    The best of three runs each.
    """
    found: dict[str, float] = {}
    kinds: dict[str, Callable[[Path], tuple[Path, Path]]] = {
        "long packets": lambda folder: make(folder, megabytes, MOST_DATA),
        "packets of a network": lambda folder: make(folder, megabytes, 1400),
        "short connections": make_short,
    }
    for name, made in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            capture, keylog = made(Path(folder))
            size = capture.stat().st_size / 1e6
            ours = (sys.executable, "-m", "tls13lab", "inspect", str(capture))
            tshark = shutil.which("tshark")
            theirs: tuple[str, ...] = (str(tshark), "-r", str(capture), "-q", "-z", "conv,tcp")
            theirs += ("-d", "tcp.port==4433,tls")
            their_time = min(_timed(*theirs)[2] for _ in range(3)) if tshark else 0.0
            for how, options in (
                ("inspect", ()),
                ("inspect --summary", ("--summary",)),
                ("inspect --summary --keylog", ("--summary", "--keylog", str(keylog))),
            ):
                runs = [_timed(*ours, *options) for _ in range(3)]
                used = min(one[2] for one in runs)
                found[f"{how}, {name}, MB/s"] = size / used
                found[f"{how}, {name}, peak MiB"] = max(one[1] for one in runs)
                if tshark:
                    found[f"{how}, {name}, as a multiple of tshark"] = their_time / used
    return found


def claims_seconds() -> float:
    """The whole matrix, by the model and on bytes, in a process of its own."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tls13lab", "claims", "--json"],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began
