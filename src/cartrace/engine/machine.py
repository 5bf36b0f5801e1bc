"""Machine code: a module of llvmlite becomes object code for this processor, and object code becomes addresses of functions.

In: a module, or object code from a cache. Out: object code; addresses.
Decided here: the optimisation level. The code is for the processor it runs on; `processor` names it for caches and results.
"""

from __future__ import annotations

import functools
import hashlib
import threading
from collections.abc import Iterable
from typing import Any

import llvmlite
import llvmlite.binding as llvm
from llvmlite import ir

_LOADING = threading.Lock()


@functools.cache
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple()


@functools.cache
def processor() -> str:
    """Name of the processor with a short digest of what it can do and of the code generator, e.g. "znver4-1f0c2d3e"."""
    name, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    generator = f"{llvmlite.__version__} {llvm.llvm_version_info} {llvm.get_process_triple()}"
    return f"{name}-{hashlib.sha256(f'{features} {generator}'.encode()).hexdigest()[:8]}"


def optimise(module: Any, machine: Any) -> None:
    """Runs the first level of LLVM's standard passes over a parsed module.

    Higher levels and the unrolling of loops took a quarter of a second more per model and made nothing faster.
    """
    tuning = llvm.create_pipeline_tuning_options(speed_level=1)
    tuning.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)


def object_code(module: ir.Module) -> bytes:
    """The module as object code for this processor."""
    machine = _target().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        reloc="pic",
        codemodel="default",
    )
    module.triple, module.data_layout = llvm.get_process_triple(), str(machine.target_data)
    with _LOADING:
        parsed = llvm.parse_assembly(str(module))
        parsed.verify()
        optimise(parsed, machine)
        return bytes(machine.emit_object(parsed))


@functools.cache
def _linker() -> Any:
    _target()
    return llvm.create_lljit_compiler()


class Code:
    """Loaded object code: `address[name]` of each function asked for. The code lives as long as this object."""

    def __init__(self, image: bytes, names: Iterable[str]) -> None:
        names = tuple(names)
        builder = llvm.JITLibraryBuilder().add_object_img(image).add_current_process()
        for name in names:
            builder.export_symbol(name)
        with _LOADING:
            library = f"code{_next_number()}"
            self._tracker = builder.link(_linker(), library)
        self.address: dict[str, int] = {name: self._tracker[name] for name in names}


@functools.cache
def _numbers() -> list[int]:
    return [0]


def _next_number() -> int:
    _numbers()[0] += 1
    return _numbers()[0]
