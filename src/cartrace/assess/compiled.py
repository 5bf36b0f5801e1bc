"""The same rule text, compiled: one course runs a kernel as plain Python, a registry runs what comes out of here.

In: a kernel (a plain function in the numba subset) and the functions it calls, each marked with `part`.
Out: the kernel as numba compiles it, kept for the life of the process.
Decided here: parts are found by the names a kernel uses, so a kernel calls parts by plain name (`from x import part_name`),
never through a module; parts do not call themselves. numba is imported at the first compilation, never before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CellType, FunctionType
from typing import Any, TypeVar

from cartrace.errors import MissingExtra

_Function = TypeVar("_Function", bound=Callable[..., Any])

_PARTS: set[Callable[..., Any]] = set()


def part(function: _Function) -> _Function:
    """Mark a function that kernels call, and return it unchanged: it stays plain Python until a registry compiles it."""
    _PARTS.add(function)
    return function


@cache
def compile_kernel(kernel: Callable[..., Any]) -> Callable[..., Any]:
    """`kernel` and every part it calls, compiled; lets go of the interpreter lock, so that courses can run in parallel.

    Raises `MissingExtra` without numba, and TypeError when the kernel calls a plain function that is not a part.
    """
    try:
        from numba import njit
    except ImportError:
        raise MissingExtra("running rules over a registry", extra="registry") from None
    compiled: Callable[..., Any] = njit(nogil=True)(_with_compiled_parts(kernel))
    return compiled


def _with_compiled_parts(kernel: Callable[..., Any]) -> FunctionType:
    """A copy of `kernel` whose globals and closure hold compiled parts in place of plain ones."""
    if not isinstance(kernel, FunctionType):
        raise TypeError(f"{kernel!r} is not a plain function")
    code = kernel.__code__
    names = {name: kernel.__globals__[name] for name in code.co_names if name in kernel.__globals__}
    replaced = {name: _compiled_if_part(kernel, value) for name, value in names.items()}
    cells = tuple(CellType(_compiled_if_part(kernel, cell.cell_contents)) for cell in kernel.__closure__ or ())
    copy = FunctionType(code, {**kernel.__globals__, **replaced}, kernel.__name__, kernel.__defaults__, cells)
    copy.__kwdefaults__ = kernel.__kwdefaults__
    copy.__qualname__ = kernel.__qualname__
    copy.__module__ = kernel.__module__
    return copy


def _compiled_if_part(kernel: FunctionType, value: Any) -> Any:
    if not isinstance(value, FunctionType):
        return value
    if value not in _PARTS:
        raise TypeError(f"{kernel.__qualname__} calls {value.__qualname__}, which is not marked as a part of a kernel")
    return compile_kernel(value)
