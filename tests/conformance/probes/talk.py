"""One conversation with a server: an honest client, and the moment at which it is not.

The honest part is the lab's own client, with random bytes that are the same each time, and a clock
that stands still. What is sent instead, or after it, is up to the question. The answer is one word:
``goes on`` if the server then echoes, or answers in an echo's place, the name of its alert, or
``closed``; and whatever came after the alert is said, too.
"""

import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Self

from tests.conformance.probes.hello import Hello
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import ClientConfig, Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.events import DataReceived, Event, PeerClosed, TicketReceived
from tls13lab.handshake.pair import LESSON_TIME_MS
from tls13lab.handshake.states import WaitServerHello
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import Psk, ResumptionPsk
from tls13lab.records.framing import RecordBuffer, frame
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import AlertDescription, ContentType, name_of
from tls13lab.wire.faults import AlertReceived, PeerFault
from tls13lab.wire.writer import uint16

SECONDS = 60.0
NOW_MS = LESSON_TIME_MS
"""The clock of both sides, in Unix milliseconds: it stands still, so that ages are exact."""
PING = b"are you there?\n"
GOES_ON = "goes on"
HANDSHAKE, ALERT = ContentType.HANDSHAKE, ContentType.ALERT
DATA, CCS = ContentType.APPLICATION_DATA, ContentType.CHANGE_CIPHER_SPEC


class Talk:
    """A context manager around one connection to ``port``."""

    def __init__(self, port: int, config: ClientConfig) -> None:
        self._port, self._entropy = port, seeded("the probes' client")
        self.config = config
        self._heard: list[Event] = []
        self.tickets: list[ResumptionPsk] = []

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self._port), SECONDS)
        self.client = Connection.client(self.config, self._environment())
        self.waiting = self.client.outgoing()
        first = RecordBuffer()
        first.feed(self.waiting)
        record = first.next()
        assert record is not None
        self.hello_raw = record.fragment
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _environment(self) -> Environment:
        return Environment(NOW_MS, self._entropy)

    # What is sent ---------------------------------------------------------------------------------

    @property
    def hello(self) -> Hello:
        """The honest client's first hello."""
        return Hello.of(self.hello_raw)

    @property
    def second(self) -> Hello:
        """The honest client's second hello, which is not sent yet."""
        return Hello.of(self._waits().offer.raw)

    @property
    def before(self) -> bytes:
        """What precedes the hello that is on: nothing, or message_hash and HelloRetryRequest."""
        state = self._waits()
        return state.transcript.messages.removesuffix(state.offer.raw)

    def _waits(self) -> WaitServerHello:
        state = self.client._state
        assert isinstance(state, WaitServerHello)
        return state

    def send(self, data: bytes) -> None:
        """Bytes as they are. That a server has closed already is heard, not found here."""
        with suppress(ConnectionError):
            self._socket.sendall(data)

    def say(self, hello: Hello, psks: tuple[Psk, ...] | None = None) -> None:
        """This ClientHello in the place of the honest one, the first or the second; the client goes
        on from there.

        ``psks`` are those that it offers, if not the honest ones.
        """
        raw, state, before = hello.encode(), self._waits(), self.before
        offer = replace(state.offer, raw=raw, psks=state.offer.psks if psks is None else psks)
        with suppress(PeerFault):  # one that cannot be read has no answer that counts
            message = unpack(raw)
            assert isinstance(message, ClientHello)
            offer = replace(offer, hello=message)
        self.client._state = replace(state, offer=offer, transcript=Transcript(before + raw))
        self.send(in_records(raw))

    def greet(self) -> None:
        """The honest hello, with what the client sends behind it."""
        self.send(self.waiting)

    def hear_retry(self) -> None:
        """The honest hello, and the server's HelloRetryRequest to it."""
        self.greet()
        while self._waits().retry is None:
            assert self._hear(), "no HelloRetryRequest came"
        self.client.outgoing()  # the second hello: the question says what is sent for it

    def shake(self) -> None:
        """The honest client's handshake, to its end; its Finished is sent, and an echo awaited."""
        self.greet()
        self.hear_flight()
        self.flush()
        self.client.send(PING)
        self.flush()
        while not self._data():
            self._hear()
        self._heard.clear()

    def hear_flight(self) -> None:
        """The server's flight is in, and the client's answer made but not sent."""
        while not self.client.connected:
            self._hear()

    def flush(self) -> None:
        """Send what the honest client has to send."""
        self.send(self.client.outgoing())

    def sealed(self, kind: int, content: bytes, padding: int = 0) -> bytes:
        """A protected record under the client's keys, of any inner type, of any length."""
        sealer = self.client._sender._sealer
        assert sealer is not None
        return seal(sealer, content + bytes((kind,)) + bytes(padding))

    # What is heard --------------------------------------------------------------------------------

    def _hear(self) -> bool:
        """Take in the server's next bytes; whether there were any."""
        try:
            data = self._socket.recv(65536)
        except ConnectionError:
            return False
        events = self.client.receive(data, self._environment())
        self._heard += events
        self.tickets += [one.psk for one in events if isinstance(one, TicketReceived)]
        return bool(data)

    def _data(self) -> bytes:
        return b"".join(one.data for one in self._heard if isinstance(one, DataReceived))

    def answer(self) -> str:
        """What the server makes of it all."""
        asked = False
        try:
            while not self._data():
                if self.client.connected and not asked:
                    asked = True
                    self.flush()
                    self.client.send(PING)
                    self.flush()
                if not self._hear():
                    return "closed"
                if not self.client.connected:
                    self.flush()  # a second hello
        except AlertReceived as fault:
            return name_of(AlertDescription, fault.alert) + self._after_it()
        except PeerFault as fault:
            return f"{type(fault).__name__} of the server's: {fault}"
        except OSError as error:
            return f"nothing ({type(error).__name__})"
        if any(isinstance(one, PeerClosed) for one in self._heard):
            return "closed"
        return GOES_ON

    def _after_it(self) -> str:
        rest = b""
        try:
            while data := self._socket.recv(65536):
                rest += data
        except ConnectionError:
            pass
        except TimeoutError:
            return ", and it is not closed"
        return f", and then {len(rest)} bytes" if rest else ""


def seal(sealer: RecordProtection, inner: bytes) -> bytes:
    """A protected record around a TLSInnerPlaintext that may be anything."""
    header = b"\x17\x03\x03" + uint16(len(inner) + 16)
    sealed = sealer._aead.encrypt(sealer._nonce(), inner, header)
    sealer.sequence += 1
    return header + sealed


def in_records(raw: bytes, size: int = 2**14) -> bytes:
    """Handshake records of at most ``size`` bytes."""
    return b"".join(frame(HANDSHAKE, raw[at : at + size]) for at in range(0, len(raw), size))


Ask = Callable[[Talk], None]
