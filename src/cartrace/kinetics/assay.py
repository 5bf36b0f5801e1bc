"""Conversions between CAR-T assay kinds, only with the second input that physics asks for.

In: a value and the second input of the same sample. Out: the value in the other kind.
Decided here: no default yield and no default count exists; without the second input the conversion is refused.
"""

from __future__ import annotations

from cartrace.errors import NotConvertible


def copies_per_ul(*, copies_per_ug: float, dna_per_ul: float | None) -> float:
    """CAR copies per microlitre blood from copies/ug DNA and the DNA yield of the sample [ug/uL]."""
    if dna_per_ul is None or not dna_per_ul > 0.0:
        raise NotConvertible(
            "copies per microgram DNA become copies per microlitre only with the DNA yield (dna_per_ul)"
        )
    return copies_per_ug * dna_per_ul


def copies_per_ug(*, copies_per_ul: float, dna_per_ul: float | None) -> float:
    """CAR copies per microgram DNA from copies/uL blood and the DNA yield of the sample [ug/uL]."""
    if dna_per_ul is None or not dna_per_ul > 0.0:
        raise NotConvertible(
            "copies per microlitre become copies per microgram DNA only with the DNA yield (dna_per_ul)"
        )
    return copies_per_ul / dna_per_ul


def cells_per_ul(*, percent_of_cd3: float, cd3_per_ul: float | None) -> float:
    """CAR+ cells per microlitre blood from the percentage of CD3+ cells and the CD3+ count [/uL]."""
    if cd3_per_ul is None:
        raise NotConvertible(
            "a percentage of CD3+ cells becomes cells per microlitre only with the CD3+ count (cd3_cells)"
        )
    return percent_of_cd3 / 100.0 * cd3_per_ul
