"""What the peers get from cartrace: right-hand side, initial states and doses of every patient, taken from the program's own text.

In: a `Problem` and its patients. Out: `Parts`. Decided here: the peers profit from the shared terms and the parameter terms that cartrace
works out, so that a comparison is one of solvers and not of how well somebody wrote the equations.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from engine_problems import Problem
from numpy.typing import NDArray

from cartrace.engine import plain
from cartrace.engine.composition import program
from cartrace.engine.program import Program

Floats = NDArray[np.float64]
SLOT = re.compile(r"w\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Parts:
    """Patients ready to be solved.

    constants   (patients, parameters and hoisted terms), what the texts call p
    start       (patients, states)
    when        (patients, doses) times; state (doses,) number of the state; amount (patients, doses) what is added
    """

    program: Program
    constants: Floats
    start: Floats
    when: Floats
    state: NDArray[np.int64]
    amount: Floats

    def function(self, name: str) -> str:
        """Source of `rhs(t, u, p, out)` or `observe(t, u, p, out)`."""
        text = self.program.text
        begin = text.index(f"def {name}(w):")
        end = text.find("\ndef ", begin)
        body = text[begin : end if end > 0 else None].split("\n", 1)[1]
        return f"def {name}(t, u, p, out):\n" + SLOT.sub(self._place, body)

    def _place(self, found: re.Match[str]) -> str:
        slot = int(found[1])
        for section, offset, count in self.program.layout.sections:
            if offset <= slot < offset + count:
                where = {"P": "p", "H": "p", "U": "u", "F": "out", "O": "out"}.get(section)
                if section in ("TT", "T0"):
                    return "t"
                if where:
                    return f"{where}[{slot if where == 'p' else slot - offset}]"
        raise ValueError(f"slot {slot} is not for peers")


def parts(problem: Problem, table: Floats) -> Parts:
    """The patients of a table, with every event of the problem as an amount added to one state."""
    made = program(problem.system, problem.outputs)
    functions, at, count = plain.load(made.text), made.layout.offset, made.layout.count
    w = np.zeros((made.layout.size, len(table)))
    w[: table.shape[1]] = table.T
    functions["hoist"](w)
    functions["init"](w)
    states = slice(at("YN"), at("YN") + count("YN"))
    start = w[states].T.copy()
    when = w[at("EVT") : at("EVT") + count("EVT")].T.copy()
    state, amount = [], []
    for k in range(len(made.events)):
        w[states] = 0.0
        functions[f"event_{k}"](w)
        added = w[states].T.copy()
        (number,) = np.flatnonzero(added.any(axis=0))
        state.append(int(number))
        amount.append(added[:, number])
    constants = w[: at("H") + count("H")].T.copy()
    return Parts(made, constants, start, when, np.array(state), np.array(amount).T.copy())
