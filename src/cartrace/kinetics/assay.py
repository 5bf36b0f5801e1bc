"""Conversions between CAR-T assay kinds, only with the second input that physics asks for.

In: a value and the second input of the same sample. Out: the value in the other kind.
Decided here: no default yield and no default count exists; without the second input the conversion is refused.
"""

from __future__ import annotations

import math

from cartrace.errors import NotConvertible


def copies_per_ul(*, copies_per_ug: float, dna_per_ul: float | None) -> float:
    """CAR copies per microlitre blood from copies/ug DNA and the DNA yield of the sample [ug/uL]."""
    return copies_per_ug * _yield(dna_per_ul, "copies per microgram DNA become copies per microlitre")


def copies_per_ug(*, copies_per_ul: float, dna_per_ul: float | None) -> float:
    """CAR copies per microgram DNA from copies/uL blood and the DNA yield of the sample [ug/uL]."""
    return copies_per_ul / _yield(dna_per_ul, "copies per microlitre become copies per microgram DNA")


def cells_per_ul(*, percent_of_cd3: float, cd3_per_ul: float | None) -> float:
    """CAR+ cells per microlitre blood from the percentage of CD3+ cells and the CD3+ count [/uL] of the sample."""
    if cd3_per_ul is None or not 0.0 <= cd3_per_ul < math.inf:
        raise NotConvertible(
            "a percentage of CD3+ cells becomes cells per microlitre only with the CD3+ count of the sample (cd3_cells)"
        )
    return percent_of_cd3 / 100.0 * cd3_per_ul


def _yield(dna_per_ul: float | None, becomes: str) -> float:
    if dna_per_ul is None or not 0.0 < dna_per_ul < math.inf:
        raise NotConvertible(f"{becomes} only with the DNA yield of the sample (dna_per_ul)")
    return dna_per_ul
