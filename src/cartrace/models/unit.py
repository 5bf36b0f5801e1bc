"""Units of the tables of a model, as they are spelt.

In: the text of a unit. Out: what in it is no unit.
Decided here: which words a unit is made of. A unit is a name for readers: nothing is converted by it.
"""

from __future__ import annotations

import re

WORDS = (
    "%", "L", "M", "Mcell", "U", "cell", "cells", "copies", "d", "dL", "degC", "g", "h", "kg", "m", "mL", "mg", "min", "nM", "ng",
    "pg", "s", "uL", "ug", "umol", "year",
)  # fmt: skip
"""In products and quotients with numbers, powers and brackets: `1/d`, `1e9 cells`, `pg/(mL d)`, `mL/m^2`."""

_BETWEEN = re.compile(r"[\s*/^()]+")


def unknown_words(unit: str) -> list[str]:
    """The words of a unit that are neither numbers nor words of units; the whole when its brackets do not match."""
    if unit.count("(") != unit.count(")"):
        return [unit]
    return [word for word in _BETWEEN.split(unit) if word and word not in WORDS and not _is_number(word)]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
