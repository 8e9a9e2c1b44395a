"""Erlang's ``ssl``, client and server: ``erlang_peer.erl``, run by ``escript`` as one process.

Commands go to it as fields ``name=value``, as they do to Java: neither has a parser of JSON.
"""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.interop.stacks.java import fields
from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, Role, Setup

PROGRAM = Path(__file__).with_name("erlang_peer.erl")
VERSION = (
    "application:load(ssl), {ok, V} = application:get_key(ssl, vsn), "
    'io:format("~s with ssl ~s", [erlang:system_info(otp_release), V]), halt().'
)


class Erlang(ProcessStack):
    """The Erlang of this machine."""

    name = "erlang"

    def __init__(self, certificate: Certificate) -> None:
        if shutil.which("escript") is None:
            raise NotHere("there is no escript (Debian: erlang-base and erlang-ssl)")
        told = subprocess.run(
            ["erl", "-noshell", "-eval", VERSION],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if told.returncode != 0:
            raise NotHere("Erlang has no ssl (Debian: erlang-ssl)")
        self.version = told.stdout.strip()
        self._certificate = certificate
        self._process = JsonProcess("Erlang", ["escript", str(PROGRAM)], fields)

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        return self._process

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.psk is not None:
            raise NoSuchCall("Erlang's ssl has no external PSKs")
        if setup.padding:
            raise NoSuchCall("Erlang's ssl has no option that pads records")
        return {
            "suite": setup.suite,
            "groups": ",".join(setup.groups),
            "update": str(setup.update_keys).lower(),
            "early": "enabled" if setup.early_data else "disabled",
            "chain": str(self._certificate.chain),
            "key": str(self._certificate.key),
        }

    def close(self) -> None:
        self._process.close()
