"""From a program's text to machine code for this processor, with LLVM; the code is cached.

The cache is in the folder where Python keeps the compiled code of this module. The file's name
depends on the text, the processor and LLVM's version. It can be deleted at any time.

Numba uses the same LLVM, but it took 20 to 30 s to compile what takes one second here, and its
program was a sixth slower.
"""

import ctypes
import hashlib
import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import llvmlite.binding as llvm

from tls13lab.search.llvm.native import LANES
from tls13lab.search.llvm.program import NUMBERS, PARAMETERS, program
from tls13lab.search.llvm.text import GuessShape
from tls13lab.search.sha2 import SHA2

_DIGEST = 32


@cache
def _features() -> dict[str, bool]:
    return dict(llvm.get_host_cpu_features())


def host_shape(bits: int) -> GuessShape:
    """The widest vectors of this processor: AVX-512, AVX2, or 16 bytes, which all have.

    Instructions for SHA-256 are faster than all vectors except AVX-512's.
    """
    has = _features()
    if bits == 32 and has.get("sha") and not has.get("avx512f"):
        return GuessShape(bits, LANES, native=True)
    width = 64 if has.get("avx512f") else 32 if has.get("avx2") else 16
    return GuessShape(bits, 8 * width // bits, ternary=width == 64)


def _machine() -> Any:
    """LLVM's description of this machine; each engine needs its own."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # LLVM avoids the widest vectors, because they may slow down the clock; here they pay off.
    features = llvm.get_host_cpu_features().flatten() + ",-prefer-256-bit"
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2
    )


class _Kept:
    """One file of compiled code. A damaged file is ignored."""

    def __init__(self, text: str) -> None:
        machine = (llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())
        source = repr((text, machine, llvm.llvm_version_info)).encode()
        beside = Path(importlib.util.cache_from_source(__file__))
        name = f"{beside.stem}.{hashlib.sha256(source).hexdigest()[:16]}.o"
        self._path = beside.with_name(name)

    def load(self, _module: object) -> bytes | None:
        """The stored code, if it is complete."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        code = content[_DIGEST:]
        return code if hashlib.sha256(code).digest() == content[:_DIGEST] else None

    def store(self, _module: object, code: bytes) -> None:
        """Store the code, completely or not at all, if the folder can be written to."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            self._path.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(code).digest() + code)
            os.replace(name, self._path)


@cache
def tester(hash_name: str, name: str) -> tuple[Callable[..., None], GuessShape]:
    """The program's function of this name, and its shape on this machine.

    The function runs without Python's lock. Its arguments are addresses and numbers, in the order
    of PARAMETERS and NUMBERS. Compiling takes about a second, loading from the cache some
    hundredths of a second.
    """
    engine, shape = _engine(hash_name)
    kinds = [ctypes.c_void_p] * len(PARAMETERS) + [ctypes.c_int64] * len(NUMBERS)
    return ctypes.CFUNCTYPE(None, *kinds)(engine.get_function_address(name)), shape


_engines: dict[str, tuple[Any, GuessShape]] = {}
_compiling = Lock()


def _engine(hash_name: str) -> tuple[Any, GuessShape]:
    """The compiled program; it exists as long as the process.

    There is a lock, because a second engine would free the code of the first while it runs. It is
    compiled in another thread, because LLVM calls back into Python, and a Ctrl-C there would be
    lost.
    """
    with _compiling:
        if hash_name not in _engines:
            with ThreadPoolExecutor(1) as elsewhere:
                _engines[hash_name] = elsewhere.submit(_compiled, hash_name).result()
        return _engines[hash_name]


def _compiled(hash_name: str) -> tuple[Any, GuessShape]:
    sha = SHA2[hash_name]
    shape = host_shape(sha.bits)
    text = program(sha, shape)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(text), _machine())
    kept = _Kept(text)
    engine.set_object_cache(kept.store, kept.load)
    engine.finalize_object()
    return engine, shape
