"""What a capture holds besides the records: embedded secrets, what was passed over, where it ends.

Reading a capture is a stream, so these are filled in while it is read, and whole when it is over.

>>> notes = Notes()
>>> notes.pass_over("packets of UDP", 3)
>>> notes.lines()
['passed over: 3 packets of UDP']
"""

from collections import Counter
from dataclasses import dataclass, field

from tls13lab.capture.keylog import KeyLogFile


@dataclass
class Notes:
    """``keylog`` is what the file itself holds (pcapng's Decryption Secrets Block).

    ``torn`` says, in a sentence, why the file ends before its end; empty if it does not.
    """

    keylog: KeyLogFile = field(default_factory=KeyLogFile, repr=False)
    passed_over: Counter[str] = field(default_factory=Counter)
    torn: str = ""

    def pass_over(self, what: str, count: int = 1) -> None:
        """Something, in the plural, was not looked into."""
        self.passed_over[what] += count

    def lines(self) -> list[str]:
        """All of it in sentences, for whoever reads the output."""
        found = []
        if self.passed_over:
            found.append(f"passed over: {', '.join(map(_counted, self.passed_over.items()))}")
        if self.keylog.remark:
            found.append(f"secrets in the capture: {self.keylog.remark}")
        if self.torn:
            found.append(self.torn)
        return found


def _counted(one: tuple[str, int]) -> str:
    what, count = one
    # "packets of UDP", "TCP connections without TLS": the first plural is the one that is counted.
    return f"{count} {what}" if count != 1 else f"1 {_singular(what)}"


def _singular(what: str) -> str:
    for many, one in (("packets", "packet"), ("connections", "connection"), ("resets", "reset")):
        if many in what:
            return what.replace(many, one, 1)
    return what.replace("fragments", "fragment", 1)
