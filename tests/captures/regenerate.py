"""Make the shipped captures anew: real OpenSSL processes talking on loopback, and what they knew.

    .venv/bin/python -m tests.captures.regenerate [NAME ...]

Needs openssl 3.0 or later and, for the private shares, a C compiler. Each capture NAME.pcapng gets
a NAME.json beside it with the secrets. The bytes differ each time, because OpenSSL draws its own
random numbers; what they show does not.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.captures.tape import Tape
from tests.interop.tap import Tap
from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.theft import Theft
from tls13lab.capture.keylog import read_keylog
from tls13lab.capture.reader import read_capture
from tls13lab.crypto.certificates import self_signed
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import OpenSSLPsk, OpenSSLServer, find_openssl, s_client
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.names import PskMode

HERE = Path(__file__).parent
FOLDER = Path(__file__).parents[2] / "tls13lab" / "vectors" / "captures"
WHEN = 1_767_225_600.0  # the lessons' clock, so that no real time is written
BOTH: tuple[PskMode, ...] = ("psk_dhe_ke", "psk_ke")
SUITE = "TLS_AES_128_GCM_SHA256"
KEY = bytes.fromhex("7f3a" * 16)
PSK = OpenSSLPsk("lab", KEY)
WEAK = OpenSSLPsk("printer", b"sternchen")
TICKET_KEY = TicketKey(b"tls13lab tickets", bytes.fromhex("5ea1ed" * 10 + "0000"))
ANSWER = b"the server's words\n"
WORDS, EARLY = b"the client's words\n", b"the client's early words\n"


@dataclass
class Making:
    """One capture while it is made."""

    port: int
    folder: Path
    server: OpenSSLServer | None = None
    answer: bytes = b""  # to the last connection; without it, a line comes back reversed
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def session(self) -> Path:
        return self.folder / "session"

    @property
    def keylog(self) -> Path:
        return self.folder / "keys"


@contextmanager
def leaking(path: Path) -> Iterator[None]:
    """While this lasts, OpenSSL writes its private shares into ``path``."""
    library = path.with_suffix(".so")
    source = HERE / "leak_keygen.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    os.environ |= {"LD_PRELOAD": str(library), "TLS13LAB_LEAK": str(path)}
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"], os.environ["TLS13LAB_LEAK"]


@contextmanager
def taped(name: str, server_port: int) -> Iterator[int]:
    """A port before the server's; what passes goes into the capture ``name``."""
    path = FOLDER / f"{name}.pcapng"
    path.unlink(missing_ok=True)
    with Tape(path, WHEN) as tape, Tap(server_port, tape) as tap:
        yield tap.port


# Between two OpenSSL processes --------------------------------------------------------------------


def full(made: Making) -> None:
    """A certificate and (EC)DHE."""
    s_client(made.port, send=WORDS, keylog=made.keylog)


def resumption_psk_dhe_ke(made: Making) -> None:
    """A first connection, and one resumed with its ticket, with a key exchange."""
    s_client(made.port, send=WORDS, keylog=made.keylog, save_session=made.session)
    made.told["psk"] = session_psk(made.session)
    s_client(made.port, send=WORDS, keylog=made.keylog, session=made.session)


def resumption_psk_ke(made: Making) -> None:
    """The same without a key exchange, which OpenSSL does only where no group is shared."""
    options: dict[str, Any] = {"send": WORDS, "keylog": made.keylog, "modes": BOTH}
    s_client(made.port, groups=["x25519"], save_session=made.session, **options)
    made.told["psk"] = session_psk(made.session)
    s_client(made.port, groups=["prime256v1"], session=made.session, **options)


def external_psk_dhe_ke(made: Making) -> None:
    """An external PSK with a key exchange."""
    s_client(made.port, send=WORDS, keylog=made.keylog, psk=PSK)
    made.told["psk"] = KEY.hex()


def external_psk_ke(made: Making) -> None:
    """An external PSK alone."""
    s_client(made.port, send=WORDS, keylog=made.keylog, psk=PSK, modes=BOTH, groups=["prime256v1"])
    made.told["psk"] = KEY.hex()


def weak_psk_dhe_ke(made: Making) -> None:
    """An external PSK that is a word of the shipped list, with a key exchange."""
    s_client(made.port, send=WORDS, keylog=made.keylog, psk=WEAK)
    made.told["psk"] = WEAK.key.hex()


def weak_psk_ke(made: Making) -> None:
    """The same alone."""
    s_client(made.port, send=WORDS, keylog=made.keylog, psk=WEAK, modes=BOTH, groups=["prime256v1"])
    made.told["psk"] = WEAK.key.hex()


def early_data_psk_dhe_ke(made: Making) -> None:
    """0-RTT data with a ticket."""
    early_data(made, "x25519", ("psk_dhe_ke",))


def early_data_psk_ke(made: Making) -> None:
    """0-RTT data with a ticket, without a key exchange."""
    early_data(made, "prime256v1", BOTH)


def early_data(made: Making, group: str, modes: tuple[PskMode, ...]) -> None:
    """A server with early data does not answer by itself, so it is made to."""
    options: dict[str, Any] = {"keylog": made.keylog, "modes": modes}
    first = b"the client's first words\n"
    with answering(made, first):
        s_client(
            made.port, send=first, groups=["x25519"], save_session=made.session,
            answer=len(ANSWER), **options,
        )  # fmt: skip
    made.told["psk"] = session_psk(made.session)
    made.answer = ANSWER
    with answering(made, WORDS):
        s_client(
            made.port, send=WORDS, groups=[group], session=made.session, early_data=EARLY,
            answer=len(ANSWER), **options,
        )  # fmt: skip


@contextmanager
def answering(made: Making, words: bytes) -> Iterator[None]:
    """While this lasts, the server answers ``words``, once."""
    server = made.server
    assert server is not None

    def answer() -> None:
        server.wait_for(words)
        server.say(ANSWER)

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(answer)
        yield
        done.result()


Make = Callable[[Making], None]
BETWEEN_OPENSSL: dict[str, tuple[Make, dict[str, Any]]] = {
    "full": (full, {}),
    "resumption-psk_dhe_ke": (resumption_psk_dhe_ke, {}),
    "resumption-psk_ke": (resumption_psk_ke, {"modes": BOTH, "groups": ["x25519"]}),
    "external-psk_dhe_ke": (external_psk_dhe_ke, {"psk": PSK}),
    "external-psk_ke": (
        external_psk_ke,
        {"psk": PSK, "modes": BOTH, "groups": ["x25519"]},
    ),
    "weak-psk_dhe_ke": (weak_psk_dhe_ke, {"psk": WEAK}),
    "weak-psk_ke": (weak_psk_ke, {"psk": WEAK, "modes": BOTH, "groups": ["x25519"]}),
    "early_data-psk_dhe_ke": (early_data_psk_dhe_ke, {"early_data": 1000}),
    "early_data-psk_ke": (
        early_data_psk_ke,
        {"early_data": 1000, "modes": BOTH, "groups": ["x25519"]},
    ),
}  # fmt: skip


def session_psk(session: Path) -> str:
    """The PSK in a session file of OpenSSL's, in hexadecimal."""
    command = [str(find_openssl().path), "sess_id", "-in", str(session), "-noout", "-text"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in text.splitlines() if "Resumption PSK" in line]
    return line.split(":")[1].strip().lower()


def between_openssl(name: str) -> None:
    """One capture in which both ends are OpenSSL."""
    make, options = BETWEEN_OPENSSL[name]
    with tempfile.TemporaryDirectory() as folder, leaking(Path(folder) / "leak"):
        suites = [] if "psk" in options else [SUITE]
        with OpenSSLServer(suites=suites, **options) as server, taped(name, server.port) as port:
            made = Making(port, Path(folder), server)
            make(made)
        leak = Path(folder) / "leak"
        leaked = leak.read_text().split() if leak.exists() else []
        save(name, made, shares=leaked)


# OpenSSL's client, our server, so that the ticket key is known ------------------------------------


def ticket_key(name: str, mode: str) -> None:
    """A stateless ticket of our server, which OpenSSL's client resumes with."""
    env = real_environment()
    config = ServerConfig(
        credential=self_signed("localhost", env.now_ms, env.entropy),
        tickets=StatelessTickets(TICKET_KEY),
        modes=frozenset({PSK_KE, PSK_DHE_KE}),
        prefer_psk_ke=mode == "psk_ke",
    )
    with tempfile.TemporaryDirectory() as folder, serving(config) as server:
        with taped(name, server.port) as port:
            made = Making(port, Path(folder), answer=WORDS)  # an echo
            options: dict[str, Any] = {"send": WORDS, "keylog": made.keylog, "modes": BOTH}
            s_client(port, save_session=made.session, **options)
            made.told["psk"] = session_psk(made.session)
            s_client(port, session=made.session, **options)
        made.told["ticket_key"] = TICKET_KEY.to_bytes().hex()
        save(name, made, shares=[])


def reversed_line(line: bytes) -> bytes:
    """As ``s_server -rev`` answers it."""
    return line[-2::-1] + line[-1:]


def save(name: str, made: Making, shares: list[str]) -> None:
    """The secrets, beside the capture."""
    log = read_keylog(made.keylog)
    secrets = {
        "made_with": "OpenSSL " + ".".join(map(str, find_openssl().version)),
        **made.told,
        "modes": [one.mode for one in eavesdrop(read_capture(FOLDER / f"{name}.pcapng"), Theft())],
        "client_sent": WORDS.decode(),
        "server_sent": (made.answer or reversed_line(WORDS)).decode(),
        "private_shares": shares,
        "keylog": {
            random.hex(): {row: value.hex() for row, value in rows.items()}
            for random, rows in log.items()
        },
    }
    if name.startswith("early_data"):
        secrets["early_data"] = EARLY.decode()
    (FOLDER / f"{name}.json").write_text(json.dumps(secrets, indent=1) + "\n", encoding="utf-8")


def main(names: list[str]) -> None:
    """Make the named captures, or all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in BETWEEN_OPENSSL:
        if not names or name in names:
            between_openssl(name)
            print(name)
    for mode in ("psk_ke", "psk_dhe_ke"):
        if not names or f"ticket_key-{mode}" in names:
            ticket_key(f"ticket_key-{mode}", mode)
            print(f"ticket_key-{mode}")


if __name__ == "__main__":
    main(sys.argv[1:])
