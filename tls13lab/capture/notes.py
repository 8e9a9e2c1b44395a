"""What a capture has besides the records: embedded secrets, what was skipped, where it breaks off.

A capture is read as a stream, so the notes are complete only when it has been read to its end.

>>> notes = Notes()
>>> notes.pass_over("packets of UDP", 3)
>>> notes.lines()
['skipped: 3 packets of UDP']
"""

from collections import Counter
from dataclasses import dataclass, field

from tls13lab.capture.keylog import KeyLogFile


@dataclass
class Notes:
    """``keylog`` has the secrets in the file itself (pcapng's Decryption Secrets Block).

    ``torn`` says, in a sentence, why the file could not be read to its end; empty if it could.
    """

    keylog: KeyLogFile = field(default_factory=KeyLogFile, repr=False)
    passed_over: Counter[str] = field(default_factory=Counter)
    torn: str = ""

    def pass_over(self, what: str, count: int = 1) -> None:
        """Count something that was skipped; ``what`` names it in the plural."""
        self.passed_over[what] += count

    def lines(self) -> list[str]:
        """All notes as sentences, for people to read."""
        found = []
        if self.passed_over:
            found.append(f"skipped: {', '.join(map(_counted, self.passed_over.items()))}")
        if self.keylog.remark:
            found.append(f"secrets in the capture: {self.keylog.remark}")
        if self.torn:
            found.append(self.torn)
        return found


def _counted(entry: tuple[str, int]) -> str:
    what, count = entry
    return f"{count} {what}" if count != 1 else f"1 {_singular(what)}"


def _singular(what: str) -> str:
    # The first plural is what is counted: "packets of UDP", "TCP connections without TLS".
    for noun in ("packet", "connection", "reset", "byte"):
        if f"{noun}s" in what:
            return what.replace(f"{noun}s", noun, 1)
    return what.replace("fragments", "fragment", 1)
