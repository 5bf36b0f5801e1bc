"""A kernel: a system compiled for some outputs, ready to solve any number of patients.

In: a `System`, the ids of the outputs. Out: a `Kernel`.
Decided here: how many lanes (64 bytes of them; for a processor with narrower vectors the code generator splits them), and what is cached:
program, code of the program, code of the driver.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cartrace.engine import cache, driver, happening, job, machine, patient
from cartrace.engine.composition import program as compose
from cartrace.engine.lanes import PRECISIONS, Lanes
from cartrace.engine.program import Program, from_json
from cartrace.engine.scalar_code import scalar_module
from cartrace.engine.scalar_source import Source, read_source
from cartrace.engine.step_control import control_text
from cartrace.engine.vector_code import vector_module
from cartrace.errors import UnknownTerm
from cartrace.models.system import System

LANES = {"double": 8, "single": 16}


@dataclass(frozen=True, slots=True)
class Kernel:
    """Compiled code of a program. `width` patients are solved side by side; it is stored with results, whose last digits depend on it."""

    system: System
    program: Program
    lanes: Lanes
    code: machine.Code
    driver: machine.Code

    def __reduce__(self) -> tuple[Any, ...]:
        """A kernel that is sent to another process is compiled there, or taken from its cache."""
        return compile_system, (self.system, self.outputs, self.precision, self.width, self.program.infused)

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """Ids of the columns of a table of parameters."""
        return self.program.parameters

    @property
    def outputs(self) -> tuple[str, ...]:
        """Ids of the values of a solution."""
        return self.program.outputs

    @property
    def width(self) -> int:
        """Number of lanes."""
        return self.lanes.width

    @property
    def precision(self) -> str:
        """double or single."""
        return self.lanes.precision


def compile_system(
    system: System,
    outputs: Sequence[str] = (),
    precision: str = "double",
    lanes: int | None = None,
    infused: Sequence[str] = (),
) -> Kernel:
    """Compiles a system, or takes it from the cache.

    outputs     ids of states or rules; empty: all states
    precision   double or single (4-byte numbers: half the time, errors of some 1e-5; see `check_precision`)
    lanes       patients side by side, 1, 2, 4, 8 or 16; None: `LANES`
    infused     ids of states that may take infusions over time; doses at one moment need no mention

    Raises `SystemRefused` with every problem of the system, `UnknownTerm` for an unknown precision.
    """
    if precision not in PRECISIONS:
        raise UnknownTerm("precision", precision, nearest=PRECISIONS)
    width = LANES[precision] if lanes is None else lanes
    if width not in (1, 2, 4, 8, 16):
        raise ValueError(f"lanes: {width}; allowed: 1, 2, 4, 8, 16")
    program = _program(system, tuple(outputs) or tuple(state.id for state in system.states), tuple(infused))
    return kernel_of(system, program, Lanes(width, precision))


def _program(system: System, outputs: tuple[str, ...], infused: tuple[str, ...]) -> Program:
    name = cache.key("program", system.digest, *outputs, "", *infused)
    text = cache.kept(f"{name}.program.json", lambda: compose(system, outputs, infused=infused).to_json().encode())
    return from_json(text.decode())


def kernel_of(system: System, program: Program, lanes: Lanes) -> Kernel:
    """The kernel of a program that was composed before."""
    text = program.text + control_text(program)
    name = cache.key("code", text, str(lanes.width), lanes.precision, machine.processor())
    image = cache.kept(f"{name}.code", lambda: machine.object_code(vector_module(text, lanes)))
    names = [line[4 : line.index("(")] for line in text.splitlines() if line.startswith("def ")]
    return Kernel(system, program, lanes, machine.Code(image, names), _driver(lanes.precision))


@functools.cache
def driver_source() -> Source:
    """The source of the driver."""
    texts = [Path(module.__file__ or "").read_text(encoding="utf-8") for module in (job, patient, happening, driver)]
    return read_source(texts, "Job")


@functools.cache
def _driver(precision: str) -> machine.Code:
    name = cache.key("driver", precision, machine.processor())
    image = cache.kept(f"{name}.code", lambda: machine.object_code(scalar_module(driver_source(), Lanes(1, precision))))
    return machine.Code(image, ["drive"])


def parameter_table(system: System, patients: int, values: dict[str, ArrayLike] | None = None) -> NDArray[np.float64]:
    """Parameters of a number of patients, (patients, parameters): those of the system, with these in their place.

    values: id -> one number, or one per patient. Raises `UnknownTerm` for an id that the system does not have.
    """
    ids = [item.id for item in system.parameters]
    table = np.tile(np.array([item.value for item in system.parameters], dtype=np.float64), (patients, 1))
    for name, value in (values or {}).items():
        if name not in ids:
            raise UnknownTerm("parameter", name, nearest=_nearest(name, ids))
        table[:, ids.index(name)] = value
    return table


def _nearest(name: str, ids: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, ids, n=3)
