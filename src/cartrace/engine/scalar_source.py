"""The kind of Python that the driver is written in, its source, and its record as memory.

In: the sources of modules with one record class. Out: their functions, fields and constants; a record that compiled code can read.
Decided here: the kind of Python. A function takes the record and int or float values, and returns nothing, int or float:

    record      a dataclass whose fields are `int`, `float`, `Floats`, `Ints` (addresses of numbers and integers of 8 bytes),
                `Slots` (address of numbers of the precision of the lanes), `Function`, `Functions` (address of code; of such addresses).
                The fields never change while code runs; what they point to may.
    statements  x = ..., a[i] = ..., +=, -=, *=, if, while, for x in range(...), break, continue, return, calls
    values      int and float (an int becomes a float beside one), True and False of comparisons only in conditions,
                + - * /, // and % of integers that are not negative, and/or/not, min, max, constants of the module

The same functions run as Python on a record that holds arrays: what the code means is what Python says.
"""

from __future__ import annotations

import ast
import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


class NotTranslatable(ValueError):
    """A driver that is not in the kind of Python above: a defect of its writer."""


@dataclass(frozen=True, slots=True)
class Source:
    """A module of this kind: its functions, the kinds of the record's fields in order, its constants."""

    functions: Mapping[str, ast.FunctionDef]
    record: str
    fields: Mapping[str, str]
    constants: Mapping[str, int | float]


def read_source(texts: Sequence[str], record: str) -> Source:
    """The parts of the sources of some modules, as if they were one; `record` is the name of their record class."""
    functions, fields, constants = {}, {}, {}
    for node in [node for text in texts for node in ast.parse(text).body]:
        match node:
            case ast.FunctionDef(name=name):
                functions[name] = node
            case ast.ClassDef(name=name, body=body) if name == record:
                for line in body:
                    if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                        fields[line.target.id] = ast.unparse(line.annotation)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                try:
                    number = ast.literal_eval(value)
                except ValueError:
                    continue
                if isinstance(number, int | float):
                    constants[name] = number
    return Source(functions, record, fields, constants)


def record_memory(source: Source, values: Mapping[str, Any]) -> ctypes.Array[ctypes.c_int64]:
    """The record as memory: 8 bytes for each field. A function is given by its address (int). The arrays must live as long."""
    memory = (ctypes.c_int64 * len(source.fields))()
    for place, (name, kind) in enumerate(source.fields.items()):
        value = values[name]
        if isinstance(value, np.ndarray):
            value = value.ctypes.data
        elif kind == "float":
            value = ctypes.c_int64.from_buffer(ctypes.c_double(value)).value
        memory[place] = int(value)
    return memory
