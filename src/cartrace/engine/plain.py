"""The text of a model run as plain Python over numpy: no machine code, for tests and for reading along.

In: a text. Out: its functions, each taking a workspace of shape (slots, lanes).
Decided here: nothing; this is the meaning of the grammar.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cartrace.engine import text as grammar

LEAST = 1e-300  # LOG and SQRT raise smaller arguments to it

Function = Callable[[NDArray[np.float64]], None]


class _Slots:
    """The workspace as the text sees it: reading a slot gives its value now, not a view of what it will be."""

    def __init__(self, array: NDArray[np.float64]) -> None:
        self.array = array

    def __getitem__(self, slot: int) -> NDArray[np.float64]:
        return np.array(self.array[slot])

    def __setitem__(self, slot: int, value: NDArray[np.float64] | float) -> None:
        self.array[slot] = value


def load(text: str) -> dict[str, Function]:
    """The functions of a text by name, after a check against the grammar. Each works in place on an array (slots, lanes)."""
    grammar.functions(text)
    names: dict[str, Any] = {
        "__builtins__": {},
        "range": range,
        "EXP": np.exp,
        "LOG": lambda x: np.log(np.maximum(x, LEAST)),
        "SQRT": lambda x: np.sqrt(np.maximum(x, LEAST)),
        "ABS": np.abs,
        "FLOOR": np.floor,
        "SIN": np.sin,
        "COS": np.cos,
        "MIN": np.minimum,
        "MAX": np.maximum,
        "SELECT": np.where,
    }
    space = dict(names)
    exec(compile(text, "<text of a model>", "exec"), space)
    return {name: _quiet(function) for name, function in space.items() if name not in names}


def _quiet(function: Callable[[_Slots], None]) -> Function:
    """The function without warnings of numpy: both arms of a choice are computed, so one may overflow."""

    def call(w: NDArray[np.float64]) -> None:
        with np.errstate(all="ignore"):
            function(_Slots(w))

    return call
