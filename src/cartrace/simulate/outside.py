"""Whether a scenario leaves what the model was calibrated on.

In: a scenario, ranges.toml of the model's folder. Out: one sentence for each quantity outside its range.
Decided here: what is compared. A quantity that the scenario leaves to the population is inside.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass

from cartrace.simulate.scenario import Scenario

NAMES = {
    "dose_per_kg": "the dose",
    "parts_span": "the split dose",
    "weight": "the body weight",
    "age": "the age",
    "lymphodepletion": "lymphodepletion",
    "marrow_blasts": "the marrow burden",
    "skin": "the lesion in skin",
    "testis": "the lesion in testis",
    "cd19_negative": "the CD19-negative fraction",
    "days": "the time simulated",
}


@dataclass(frozen=True, slots=True)
class CalibratedRange:
    """A quantity the model was calibrated on between `low` and `high`, with the source of that."""

    quantity: str
    low: float
    high: float
    unit: str
    source: str
    locator: str


def ranges(text: str) -> tuple[CalibratedRange, ...]:
    """The ranges of a ranges.toml. Raises ValueError for a quantity that is none of `NAMES`."""
    found = tuple(CalibratedRange(**item) for item in tomllib.loads(text).get("range", ()))
    unknown = sorted({item.quantity for item in found} - set(NAMES))
    if unknown:
        raise ValueError(f"no such quantity: {', '.join(unknown)}; known: {', '.join(NAMES)}")
    return found


def outside_the_data(scenario: Scenario, known: Sequence[CalibratedRange], half_marrow: float) -> tuple[str, ...]:
    """A sentence for each quantity of the scenario beyond its range. `half_marrow`: blasts [10*6] that make 50 % of the marrow."""
    values = _values(scenario, half_marrow)
    said = []
    for item in known:
        value = values.get(item.quantity)
        if value is not None and not item.low <= value <= item.high:
            span = f"{_number(item.low)} to {_number(item.high)}" if item.low < item.high else _number(item.low)
            only = "" if item.low < item.high else " only"
            unit = _unit(item.unit)
            said.append(
                f"Outside the data: {NAMES[item.quantity]} is {_number(value)}{unit}; the model was calibrated on "
                f"{span}{unit}{only} ({item.source}: {item.locator})."
            )
    return tuple(said)


def _unit(unit: str) -> str:
    """As it stands behind a number: " mL", but " × 10⁶/kg" for a power of ten, and nothing for "1"."""
    if unit.startswith("10*6"):
        return f" × 10⁶{unit.removeprefix('10*6')}"
    return "" if unit in ("", "1") else f" {unit}"


def _number(value: float) -> str:
    """As it is, thousands apart: 0.5, 12, 800 000."""
    return f"{value:,.10g}".replace(",", " ")


def _values(scenario: Scenario, half_marrow: float) -> dict[str, float | None]:
    disease, depletion, dose = scenario.disease, scenario.lymphodepletion, scenario.dose
    return {
        "dose_per_kg": dose.total(scenario.patient.weight_kg) / scenario.patient.weight_kg,
        "parts_span": dose.days[-1] - dose.days[0],
        "weight": scenario.patient.weight_kg,
        "age": scenario.patient.age_years,
        "lymphodepletion": 0.0 if depletion is None else depletion.intensity * len(depletion.days),
        "marrow_blasts": marrow_blasts(scenario, half_marrow),
        "skin": disease.skin_ml,
        "testis": disease.testis_ml,
        "cd19_negative": disease.cd19_negative,
        "days": scenario.days,
    }


def marrow_blasts(scenario: Scenario, half_marrow: float) -> float | None:
    """[10*6] blasts of the whole marrow as the scenario says them; None when it leaves them to the population."""
    disease = scenario.disease
    if disease.marrow_percent is not None:
        return half_marrow * disease.marrow_percent / (100.0 - disease.marrow_percent)
    return disease.marrow_blasts
