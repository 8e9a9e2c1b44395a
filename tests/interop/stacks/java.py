"""Java's JSSE, client and server: ``JavaPeer.java``, compiled, in a process for each set of groups.

A JVM reads its groups once, from a property. Its program has no parser of JSON, so commands go to
it as fields ``name=value`` with tabs between them; what it answers is JSON.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, PeerFailed, Role, Setup

HERE = Path(__file__).parent
MINUTES = 5 * 60


class Java(ProcessStack):
    """The JDK of this machine."""

    name = "java"

    def __init__(self, certificate: Certificate) -> None:
        self._certificate = certificate
        self._program = JavaProgram("JavaPeer")
        self._processes: dict[tuple[str, ...], JsonProcess] = {}
        self.version = self._program.version

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        if setup.groups not in self._processes:
            groups = ",".join(setup.groups)
            command = self._program.command(f"-Djdk.tls.namedGroups={groups}")
            self._processes[setup.groups] = JsonProcess("Java", command, fields)
        return self._processes[setup.groups]

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.psk is not None:
            raise NoSuchCall("JSSE has no external PSKs")
        if setup.early_data:
            raise NoSuchCall("JSSE has no early data")
        if setup.padding:
            raise NoSuchCall("JSSE has no call that pads records")
        return {
            "suite": setup.suite,
            "update": str(setup.update_keys).lower(),
            "chain": str(self._certificate.chain),
            "key": str(self._certificate.key),
        }

    def close(self) -> None:
        for process in self._processes.values():
            process.close()
        self._program.close()


class JavaProgram:
    """A class of this folder, compiled with what it uses into a folder of its own.

    ``jars`` are libraries. ``version`` is the JDK's. :class:`NotHere` if there is none.
    """

    def __init__(self, name: str, jars: tuple[Path, ...] = ()) -> None:
        self._name, self._files = name, TemporaryDirectory(prefix="tls13lab-java-")
        self._path = ":".join([self._files.name, *map(str, jars)])
        compile_it = ["javac", "-d", self._files.name, "-cp", self._path, "-sourcepath", str(HERE)]
        try:
            told = subprocess.run(
                ["javac", "-version"], capture_output=True, text=True, timeout=60, check=True
            )
            subprocess.run(
                [*compile_it, str(HERE / f"{name}.java")],
                capture_output=True,
                timeout=MINUTES,
                check=True,
            )
        except OSError as error:
            self.close()
            raise NotHere("there is no javac (Debian: openjdk-17-jdk-headless)") from error
        except subprocess.SubprocessError as error:
            self.close()
            said = getattr(error, "stderr", b"") or b""
            raise PeerFailed(f"javac refuses {name}.java: {said[-500:]!r}") from error
        self.version = (told.stdout or told.stderr).split()[-1]

    def command(self, *options: str) -> list[str]:
        """The command that runs it. It lives for seconds only, so it is compiled little."""
        quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        return ["java", *quick, *options, "-cp", self._path, self._name]

    def close(self) -> None:
        self._files.cleanup()


def fields(command: Mapping[str, Any]) -> str:
    """A command as a line without JSON; those of its setup stand among the others."""
    flat = {**command, **command.get("setup", {})}
    flat.pop("setup", None)
    return "\t".join(f"{name}={str(value).strip()}" for name, value in flat.items())
