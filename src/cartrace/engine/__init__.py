"""From the equations of a model to compiled code that solves many patients at once.

In: a `System`, the parameters and doses of each patient. Out: the wanted quantities at the wanted times, and a status per patient.
Decided here: the method (Rodas5P), the order of elimination, when a step is accepted, what happens at a dose and at a trigger.
"""

from cartrace.engine.doses import Doses
from cartrace.engine.gradient import Gradient, gradient
from cartrace.engine.kernel import Kernel, compile_system, parameter_table
from cartrace.engine.precision import PrecisionCheck, choose_precision
from cartrace.engine.solution import Solution
from cartrace.engine.solve import solve
from cartrace.engine.status import Status

__all__ = [
    "Doses",
    "Gradient",
    "Kernel",
    "PrecisionCheck",
    "Solution",
    "Status",
    "choose_precision",
    "compile_system",
    "gradient",
    "parameter_table",
    "solve",
]
