"""Conversion of a value to the canonical unit of its analyte, by a closed table.

In: analyte, value, unit as written. Out: the value in the canonical UCUM unit.
Decided here: nothing is guessed; a spelling outside the table raises `UnknownUnit` with the accepted ones.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache

from cartrace.errors import UnknownUnit
from cartrace.vocabulary import terms

# Characters that people and exports write for the same sign.
_FOLDED = str.maketrans({"µ": "u", "μ": "u", "×": "x", "⁹": "9", "⁶": "6", "³": "3", "²": "2", "℃": "°C"})


# UCUM writes the litre l or L; the table writes L.
_LITRE = re.compile(r"/(d|c|m|u|mc)?l(?![A-Za-z])")


INFUSION_FAMILIES = frozenset({"car_t_dose_per_kilogram", "car_t_dose"})
DOSE_FAMILIES = frozenset(
    {
        "drug_rate_microgram_per_minute",
        "drug_rate_per_kilogram",
        "drug_rate_unit_per_minute",
        "dose_international_unit",
        "dose_international_unit_per_square_metre",
        "dose_milligram",
        "dose_per_square_metre",
        "dose_per_kilogram",
    }
)
"""Families that no analyte has: doses of the cells, doses of drugs."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One accepted spelling: canonical = (value - offset) * factor."""

    factor: Fraction
    offset: Fraction


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of quantity: its canonical unit and every accepted spelling."""

    name: str
    canonical: str
    spellings: dict[str, Spelling]
    accepted: tuple[str, ...]
    round_to: int | None


@lru_cache(maxsize=4096)
def fold(spelling: str) -> str:
    """The form in which unit spellings are compared: no blanks, plain letters, case kept but for the litre."""
    return _LITRE.sub(lambda found: found[0][:-1] + "L", "".join(spelling.translate(_FOLDED).split()))


@cache
def families() -> dict[str, Family]:
    """Every unit family by name."""
    table = {}
    for name, entry in terms.load("units.toml").items():
        spellings = {fold(s): Spelling(Fraction(f), Fraction(0)) for s, f in entry["spellings"].items()}
        for spelling, (factor, offset) in entry.get("offset_spellings", {}).items():
            spellings[fold(spelling)] = Spelling(Fraction(factor), Fraction(offset))
        accepted = tuple(dict.fromkeys((*entry["spellings"], *entry.get("offset_spellings", {}))))
        table[name] = Family(name, entry["canonical"], spellings, accepted, entry.get("round_to"))
    return table


def canonical(code: str) -> str:
    """Canonical UCUM unit of an analyte; empty for coded terms."""
    family = terms.analytes()[code].family
    return families()[family].canonical if family else ""


def accepted(family: str) -> tuple[str, ...]:
    """Accepted spellings of a family as the data file writes them, canonical first."""
    return families()[family].accepted


def known(unit: str, *, family: str) -> bool:
    """Whether `unit` is an accepted spelling of `family`."""
    return fold(unit) in families()[family].spellings


def agree(first: str, second: str, *, family: str) -> bool:
    """Whether two accepted spellings mean the same unit."""
    spellings = families()[family].spellings
    return spellings[fold(first)] == spellings[fold(second)]


def nearest(unit: str, *, family: str) -> tuple[str, ...]:
    """The accepted spelling most like `unit`, letters in either case: one, or none when nothing is near."""
    by_form = {fold(spelling).lower(): spelling for spelling in reversed(accepted(family))}
    close = difflib.get_close_matches(fold(unit).lower(), list(by_form), n=1, cutoff=0.6)
    return tuple(by_form[form] for form in close)


def to_canonical(value: float, *, unit: str, family: str) -> float:
    """`value` in the canonical unit of `family`.

    Raises `UnknownUnit` when the spelling is not in the table.
    """
    known = families()[family]
    spelling = known.spellings.get(fold(unit))
    if spelling is None:
        raise UnknownUnit(unit, family=family, accepted=accepted(family))
    if spelling.factor == 1 and spelling.offset == 0:
        return value
    # Decimal text of the float, so that 0.1 mg/dL is a tenth and not its binary neighbour.
    exact = (Fraction(repr(float(value))) - spelling.offset) * spelling.factor
    converted = float(exact)
    return round(converted, known.round_to) if known.round_to is not None else converted
