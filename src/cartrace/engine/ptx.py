"""The program and the driver as PTX, the assembly of NVIDIA graphics processors, from the same text.

In: a program. Out: PTX with one entry, `solve_patients(jobs, count)`: thread i works off the i-th `Job` record.
Decided here: one patient per thread at a time; the workspaces of the 32 threads of a warp lie interleaved, so that they are read together.

Compiled and checked here, not run: `solve` works on the processor only.
"""

from __future__ import annotations

import llvmlite.binding as llvm
from llvmlite import ir

from cartrace.engine.kernel import driver_source
from cartrace.engine.lanes import I64, Lanes
from cartrace.engine.machine import optimise
from cartrace.engine.program import Program
from cartrace.engine.scalar_code import ADDRESS, scalar_module
from cartrace.engine.step_control import control_text
from cartrace.engine.vector_code import vector_module
from cartrace.errors import CartraceError

TRIPLE = "nvptx64-nvidia-cuda"
WARP = 32
ENTRY = "solve_patients"
I32 = ir.IntType(32)


class TargetMissing(CartraceError):
    """The llvmlite that is installed cannot write PTX."""


def ptx(program: Program, precision: str = "double", processor: str = "sm_80") -> str:
    """The PTX of a program for graphics processors from this generation on.

    Raises `TargetMissing` when the installed llvmlite was built without it.
    """
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        target = llvm.Target.from_triple(TRIPLE)
    except RuntimeError as error:
        raise TargetMissing(f"the installed llvmlite cannot write code for graphics processors ({error})") from None
    lanes = Lanes(1, precision)
    module = vector_module(program.text + control_text(program), lanes, stride=WARP)
    for function in module.functions:
        if function.blocks:
            function.linkage = "internal"
    scalar_module(driver_source(), lanes, direct=module)
    _entry(module)
    machine = target.create_target_machine(cpu=processor, features="+ptx70", opt=3)
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    optimise(parsed, machine)
    return str(machine.emit_assembly(parsed))


def _entry(module: ir.Module) -> None:
    """solve_patients(jobs, count): drive(jobs[thread]) for the threads below count."""
    entry = ir.Function(module, ir.FunctionType(ir.VoidType(), [ADDRESS, I64]), ENTRY)
    entry.calling_convention = "ptx_kernel"
    at = ir.IRBuilder(entry.append_basic_block("entry"))
    block, size, thread = (
        at.call(ir.Function(module, ir.FunctionType(I32, []), f"llvm.nvvm.read.ptx.sreg.{name}.x"), [])
        for name in ("ctaid", "ntid", "tid")
    )
    number = at.sext(at.add(at.mul(block, size), thread), I64)
    with at.if_then(at.icmp_signed("<", number, entry.args[1])):
        record = at.gep(entry.args[0], [at.mul(number, I64(8 * len(driver_source().fields)))])
        at.call(module.get_global("drive"), [record])
    at.ret_void()
