"""A stack in a process of its own that takes commands: a line of JSON each way.

Commands, as the programs beside this file have them:
  ``{to, do: "serve", setup}`` is answered by ``{to, port}``, and by ``{to, complaint}`` later;
  ``{to, do: "visit", client, setup, port, data, resume, first}`` by ``{to, received, accepted}`` or
  ``{to, error}``; ``first`` is early data, and ``accepted`` says what became of it, if anything;
  ``{to, do: "stop", server}`` by ``{to}``. The program ends when its input ends.
"""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.interop.stacks.stack import Client, Heard, PeerFailed, Role, Server, Setup
from tests.interop.tap import SECONDS
from tls13lab.peers.openssl_process import Child


class JsonProcess:
    """The process. ``name`` is the stack's, for complaints; ``encode`` writes a command.

    ``environment`` is all of the process's, unless it is to have this one's.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        encode: Callable[[Mapping[str, Any]], str] = json.dumps,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._name, self._numbers, self._encode = name, count(), encode
        self._child = Child(list(command), environment)

    def _answers(self, number: int) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in self._child.stdout.split(b"\n")[:-1]]
        return [one for one in told if one["to"] == number]

    def number(self) -> int:
        """One that no command has yet."""
        return next(self._numbers)

    def ask(self, what: str, **more: object) -> dict[str, Any]:
        """Give a command and wait for its answer. :class:`PeerFailed` if that is an error."""
        number = self.number()
        command = {"to": number, "do": what, **more}
        self._child.write(self._encode(command).encode("ascii") + b"\n")
        if not self._child.wait_until(lambda _: bool(self._answers(number)), SECONDS):
            said = self._child.stderr.strip()[-300:]
            raise PeerFailed(f"{self._name} says nothing; {said}")
        answer = self._answers(number)[0]
        if "error" in answer:
            raise PeerFailed(f"{self._name}: {answer['error'].splitlines()[0]}")
        return answer

    def complaint(self, number: int) -> str:
        """The last error of the server that command ``number`` started."""
        told = [one["complaint"] for one in self._answers(number) if "complaint" in one]
        return (told[-1].splitlines() or [""])[0] if told else ""

    @contextmanager
    def serve(self, settings: Mapping[str, Any]) -> Iterator[Server]:
        """A server with these settings."""
        started = self.ask("serve", setup=settings)
        try:
            yield _Server(self, started["to"], started["port"])
        finally:
            self.ask("stop", server=started["to"])

    def client(self, settings: Mapping[str, Any]) -> Client:
        """A client with these settings."""
        return _Client(self, self.number(), settings)

    def close(self) -> None:
        self._child.stop()


@dataclass
class _Server:
    process: JsonProcess
    number: int
    port: int

    @property
    def complaint(self) -> str:
        return self.process.complaint(self.number)

    def refuse_early_data(self) -> None:
        return


@dataclass
class _Client:
    process: JsonProcess
    number: int
    setup: Mapping[str, Any]

    def visit(self, port: int, data: bytes, *, resume: bool, early: bytes) -> Heard:
        told = self.process.ask(
            "visit",
            client=self.number,
            setup=self.setup,
            port=port,
            data=base64.b64encode(data).decode("ascii"),
            resume=resume,
            first=base64.b64encode(early).decode("ascii"),
        )
        return Heard(base64.b64decode(told["received"]), told.get("accepted", False))


class ProcessStack:
    """A stack that is driven so. A class of it says with which process and which settings."""

    name: str
    version: str

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        """The process for this setup; it is started if there is none yet."""
        raise NotImplementedError

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        """The ``setup`` of a command. Raises PeerFailed, and NoSuchCall for what is not there."""
        raise NotImplementedError

    @contextmanager
    def serve(self, setup: Setup) -> Iterator[Server]:
        settings = self.settings("server", setup)
        with self.process("server", setup).serve(settings) as server:
            yield server

    @contextmanager
    def client(self, setup: Setup) -> Iterator[Client]:
        settings = self.settings("client", setup)
        yield self.process("client", setup).client(settings)
