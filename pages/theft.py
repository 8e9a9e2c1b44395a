"""One PSK, two connections, one theft: what the front page and the moving picture show.

Both connections really run, in memory and from fixed seeds. The eavesdropper gets their recordings,
first with nothing stolen and then with the PSK. What opens is decided here, by decrypting; the page
and the picture only show it. RFC 9846 sections 2.2 and F.1.

>>> [(scene.mode, scene.opened) for scene in scenes()]
[('psk_ke', 4), ('psk_dhe_ke', 0)]
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.crypto.keyschedule import HandshakeStage
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.evidence.scripted import record
from tls13lab.handshake.events import Step
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.handshake.trace import Conversation
from tls13lab.messages.transcript import Transcript
from tls13lab.pictures.cleartext import readable_fields
from tls13lab.pictures.conversation_text import bare_name, content_name
from tls13lab.records.framing import HEADER_LENGTH
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import CipherSuite, ContentType
from tls13lab.wire.faults import BadRecordMac
from tls13lab.wire.names import PSK_MODES, PskMode, Side

CLIENT_SAYS, SERVER_SAYS = b"PIN 4711: balance?", b"1203.50"
# What anyone reads in the Hellos, and what tells the modes apart there.
_FIELDS = ("psk_key_exchange_modes", "pre_shared_key", "key_share")


@dataclass(frozen=True, slots=True)
class Line:
    """A record as an eavesdropper sees it; ``opened`` is what the theft adds, or empty.

    ``clear`` says whether anyone can read the record. ``fields`` are those of a Hello that matter.
    """

    sender: Side
    clear: bool
    seen: str
    fields: tuple[str, ...]
    opened: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A connection in one mode; ``kept`` and ``stolen`` are the verdicts before and after."""

    mode: PskMode
    lines: tuple[Line, ...]
    kept: str
    stolen: str
    missing: tuple[str, ...]

    @property
    def opened(self) -> int:
        """How many records the theft opens."""
        return sum(bool(line.opened) for line in self.lines)

    @property
    def before(self) -> str:
        """What the recording alone gives, as a sentence."""
        closed = sum(not line.clear for line in self.lines)
        return (
            f"Nothing is stolen. Whoever recorded this reads the two Hellos, and of the other "
            f"{closed} records only their sizes."
        )

    @property
    def after(self) -> str:
        """What the theft adds, as a sentence."""
        if self.stolen == "lost":
            return (
                f"The stolen PSK opens {self.opened} records, all that were protected. In "
                f"{self.mode}, every key is computed from the PSK and from what anyone can read."
            )
        return (
            f"The stolen PSK opens {self.opened or 'nothing'}. In {self.mode}, the keys also need "
            f"a Diffie-Hellman secret that was never sent. Only a private key of that exchange "
            f"({' or '.join(self.missing)}) would open the recording."
        )


@cache
def scenes() -> tuple[Scene, ...]:
    """Both scenes, with the same PSK and the same words."""
    return tuple(_scene(mode) for mode in PSK_MODES)


def _scene(mode: PskMode) -> Scene:
    pair = _talk(mode)
    conversation = pair.conversation()
    (before,) = eavesdrop(record(pair), Theft())
    (after,) = eavesdrop(record(pair), Theft(psks=(LESSON_PSK.key,)))
    readers = _readers(after, conversation)
    lines = tuple(_line(step, readers) for step in conversation.steps)
    return Scene(mode, lines, before.verdict, after.verdict, after.missing)


def _talk(mode: PskMode) -> Pair:
    """A handshake without the records that only middleboxes need, and a word from each side."""
    client, server = lesson_configs(mode)
    pair = Pair(replace(client, middlebox_compatibility=False), server, seed=f"theft in {mode}")
    pair.handshake()
    for end, words in ((pair.client, CLIENT_SAYS), (pair.server, SERVER_SAYS)):
        end.send(words)
        pair.pump()
    return pair


def _readers(finding: Finding, conversation: Conversation) -> list[RecordProtection]:
    """Protection under each traffic secret that the derivation came to; none if it came to none."""
    values = {done.step.rule: done.value for done in finding.steps}
    suite = SUITES[CipherSuite[conversation.suite]]
    return [RecordProtection(suite, secret) for secret in _secrets(values, suite, conversation)]


def _secrets(
    values: Mapping[str, bytes], suite: Suite, conversation: Conversation
) -> Iterator[bytes]:
    yield from (value for name, value in values.items() if "traffic_secret" in name)
    # The application data does not need the client's handshake keys, so the derivation left them
    # out; whoever has the handshake secret has them, too.
    if "handshake_secret" in values:
        hellos = [conversation.message(name) for name in ("ClientHello", "ServerHello")]
        stage = HandshakeStage(suite.hash_name, values["handshake_secret"])
        yield stage.client_handshake_traffic_secret(Transcript().add(*hellos).hash(suite.hash_name))


def _line(step: Step, readers: list[RecordProtection]) -> Line:
    clear = not step.epoch
    if clear:
        fields = dict(readable_fields(step.wire))
        short = {name: fields[name].split(", binder")[0] for name in _FIELDS if name in fields}
        shown = tuple(f"{name}: {value}" for name, value in short.items())
        return Line(step.sender, clear, bare_name(step), shown, "")
    size = len(step.wire) - HEADER_LENGTH
    return Line(step.sender, clear, f"{size} protected bytes", (), _opened(step, readers))


def _opened(step: Step, readers: list[RecordProtection]) -> str:
    """What a record holds, if one of the keys opens it; otherwise empty."""
    for reader in readers:
        with suppress(BadRecordMac):
            kind, content = reader.open(step.wire[:HEADER_LENGTH], step.wire[HEADER_LENGTH:])
            words = f"“{content.decode()}”" if kind is ContentType.APPLICATION_DATA else ""
            return words or content_name(step)
    return ""
