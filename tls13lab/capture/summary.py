"""A connection in one line: version, mode, suite, group, how much was opened, how it ended.

Most of it is read from the hellos, which are in the clear; the rest is counted. RFC 9846 sections
4.2 and 4.3.11 say which extension decides what.
"""

from dataclasses import dataclass, field
from typing import Literal

from tls13lab.capture.decrypt import Read
from tls13lab.capture.glance import RANDOM, glance
from tls13lab.capture.recording import Closed, Incomplete
from tls13lab.capture.versions import chosen_version, is_old, version_name
from tls13lab.crypto.suites import SUITES
from tls13lab.messages.server_hello import HELLO_RETRY_RANDOM
from tls13lab.wire.codepoints import (
    AlertDescription,
    ContentType,
    ExtensionType,
    HandshakeType,
    name_of,
)
from tls13lab.wire.names import Mode, Side

_ALERT, _CLOSE_NOTIFY = ContentType.ALERT, int(AlertDescription.CLOSE_NOTIFY)
_TICKET, _CLIENT_HELLO, _SERVER_HELLO = (
    int(kind)
    for kind in (
        HandshakeType.NEW_SESSION_TICKET,
        HandshakeType.CLIENT_HELLO,
        HandshakeType.SERVER_HELLO,
    )
)
_SERVER_NAME, _EARLY_DATA, _KEY_SHARE, _PSK, _CERT_WITH_PSK = (
    int(kind)
    for kind in (
        ExtensionType.SERVER_NAME,
        ExtensionType.EARLY_DATA,
        ExtensionType.KEY_SHARE,
        ExtensionType.PRE_SHARED_KEY,
        ExtensionType.TLS_CERT_WITH_EXTERN_PSK,
    )
)
"""Looked up once, because with many connections these look-ups would take most of the time."""


def _host_name(extension: bytes) -> str:
    """The host name in a server_name extension (RFC 6066 section 3)."""
    length = int.from_bytes(extension[3:5], "big")
    return extension[5 : 5 + length].decode("ascii", "backslashreplace")


@dataclass(slots=True)
class Summary:
    """What is known about a connection; :meth:`see` adds an item of the recording.

    ``mode`` is ``full``, ``psk_dhe_ke``, ``psk_ke`` or ``cert_with_extern_psk``, empty if not
    known. ``protected`` counts the encrypted records, ``opened`` those of them that were opened,
    and ``size`` the bytes of all records with their headers. ``version`` is a name and ``number``
    its code.
    """

    connection: int
    client: str = ""
    server: str = ""
    behind: str = ""
    version: str = ""
    number: int = 0
    mode: Mode | Literal[""] = ""
    suite: int | None = None
    group: int | None = None
    server_name: str = ""
    retried: bool = False
    early_data: bool = False
    tickets: int = 0
    records: int = 0
    size: int = 0
    protected: int = 0
    opened: int = 0
    reset: str = ""
    alerts: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    hellos: set[str] = field(default_factory=set)

    def see(self, item: Read | Incomplete | Closed) -> None:
        """Add one item of this connection."""
        if isinstance(item, Incomplete):
            self.incomplete.append(f"from the {item.sender}: {item.why}")
            return
        if isinstance(item, Closed):
            self.reset = item.reset
            return
        if item.version and not self.version:
            # Shown by other messages than a ServerHello, which may not have been captured.
            self.number, self.version = item.version, version_name(item.version)
        self.records += 1
        self.size += len(item.record.wire)
        if item.keys or item.content is None:
            self.protected += 1
            self.opened += item.content is not None
        if item.messages:
            for raw in item.messages:
                self._see_message(raw, item.record.sender)
        elif item.content_type is _ALERT and item.content and len(item.content) == 2:
            name = name_of(AlertDescription, item.content[1])
            if item.content[1] != _CLOSE_NOTIFY:
                self.alerts.append(f"{name} from the {item.record.sender}")

    def _see_message(self, raw: bytes, sender: Side) -> None:
        if raw[0] == _TICKET:
            self.tickets += 1
        if raw[0] not in (_CLIENT_HELLO, _SERVER_HELLO):
            return
        self.hellos.add(sender)
        seen = glance(raw)
        if seen is None:
            return
        if raw[0] == _CLIENT_HELLO:
            self.server_name = _host_name(seen.extensions.get(_SERVER_NAME, b""))
            self.early_data |= _EARLY_DATA in seen.extensions
            return
        self.number, self.suite = chosen_version(raw), seen.suite
        self.version = version_name(self.number)
        if raw[RANDOM] == HELLO_RETRY_RANDOM:
            self.retried = True
        elif not self.is_old:
            share = seen.extensions.get(_KEY_SHARE)
            self.group = int.from_bytes(share[:2], "big") if share else None
            psk = _PSK in seen.extensions
            if psk and _CERT_WITH_PSK in seen.extensions:
                self.mode = "cert_with_extern_psk"
            else:
                self.mode = ("psk_dhe_ke" if share else "psk_ke") if psk else "full"

    @property
    def is_old(self) -> bool:
        """Whether the connection uses TLS 1.2 or older."""
        return bool(self.version) and is_old(self.number)

    @property
    def remarks(self) -> list[str]:
        """Other remarks on the connection, in a few words each."""
        found = [f"behind {self.behind}"] if self.behind else []
        found += ["HelloRetryRequest"] if self.retried else []
        found += ["offers early data"] if self.early_data else []
        if self.tickets:
            found.append(f"{self.tickets} ticket{'' if self.tickets == 1 else 's'}")
        if self.suite is not None and self.suite not in SUITES and not self.is_old:
            found.append("a suite that this lab cannot open")
        found += [f"alert {alert}" for alert in dict.fromkeys(self.alerts)]
        whys = {what.partition(": ")[2] for what in self.incomplete}
        if self.hellos == {"client"}:
            found.append("no ServerHello")
        if self.reset:
            found.append(f"reset by the {self.reset}")
        if len(self.incomplete) == 2 and len(whys) == 1:
            return [*found, f"incomplete: {whys.pop()}"]
        return found + [f"incomplete {what}" for what in self.incomplete]
