"""A scenario: who is treated, with what, for which disease, how many of them, for how long.

In: nothing. Out: `Scenario` and its parts, frozen.
Decided here: what a scenario can say. Days count from the first infusion. None: not said; the model's own value holds, or the
population of the model is drawn from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Hypothesis = Literal["H1", "H2"]
HYPOTHESES: tuple[Hypothesis, ...] = ("H1", "H2")

DAYS = 90.0
"""[d] simulated after the first infusion, when the scenario does not say."""


@dataclass(frozen=True, slots=True)
class TreatedPatient:
    """Who is treated: body weight [kg], age [a], sex."""

    weight_kg: float
    age_years: float | None = None
    sex: str = ""


@dataclass(frozen=True, slots=True)
class CellProduct:
    """The product and the fraction of its own IL-6 that is silenced; None: not known, drawn between 0 and 1."""

    name: str
    knock_down: float | None = None


@dataclass(frozen=True, slots=True)
class CellDose:
    """CAR-positive cells, per kg [10*6/kg] or flat [10*6], in parts; `hold_on_fever` [Cel] ends the parts."""

    per_kg: float | None = None
    cells: float | None = None
    fractions: tuple[float, ...] = (1.0,)
    days: tuple[float, ...] = (0.0,)
    hold_on_fever: float | None = None

    def total(self, weight_kg: float) -> float:
        """[10*6] all parts together."""
        return self.cells if self.cells is not None else (self.per_kg or 0.0) * weight_kg


@dataclass(frozen=True, slots=True)
class Lymphodepletion:
    """Days [d] of chemotherapy, and the intensity of each (1 = fludarabine 30, cyclophosphamide 300 mg/m2)."""

    days: tuple[float, ...]
    intensity: float = 1.0


@dataclass(frozen=True, slots=True)
class RescueDrug:
    """Tocilizumab or a steroid: the first dose on a day, or when its reason comes; further ones after `interval_h` [h].

    at        "fever", "CRS grade 2", "CRS grade 3", or empty with a `day`
    mg        [mg] each dose, when flat
    mg_per_kg [mg/kg] each dose, when by weight; never more than `at_most_mg`
    lasting   True: a further dose waits for the same reason again; False: it is given anyway
    """

    day: float | None = None
    at: str = ""
    mg: float = 0.0
    mg_per_kg: float = 0.0
    at_most_mg: float | None = None
    doses: int = 1
    interval_h: float = 24.0
    lasting: bool = False

    def amount(self, weight_kg: float) -> float:
        """[mg] of one dose."""
        amount = self.mg or self.mg_per_kg * weight_kg
        return amount if self.at_most_mg is None else min(amount, self.at_most_mg)


@dataclass(frozen=True, slots=True)
class DiseaseBurden:
    """Leukaemia before lymphodepletion: blasts of the whole marrow [10*6] or per cent of marrow; lesions [mL]; CD19-negative share.

    What is not said is drawn from the population of the model.
    """

    marrow_blasts: float | None = None
    marrow_percent: float | None = None
    skin_ml: float | None = None
    testis_ml: float | None = None
    cd19_negative: float | None = None


@dataclass(frozen=True, slots=True)
class VirtualPatients:
    """How many patients, the seed, how they are spread; `vary` False: the typical patient alone."""

    count: int = 200
    seed: int = 1
    sampling: Literal["sobol", "latin_hypercube"] = "sobol"
    vary: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """A regimen given to a model. `hypotheses` are run one after the other on the same patients."""

    id: str
    title: str
    model: str
    hypotheses: tuple[Hypothesis, ...]
    patient: TreatedPatient
    product: CellProduct
    dose: CellDose
    lymphodepletion: Lymphodepletion | None = None
    tocilizumab: RescueDrug | None = None
    steroid: RescueDrug | None = None
    disease: DiseaseBurden = field(default_factory=DiseaseBurden)
    virtual_patients: VirtualPatients = field(default_factory=VirtualPatients)
    days: float = DAYS
    parameters: tuple[tuple[str, float], ...] = ()
    sources: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def patients(self) -> int:
        """Patients of each hypothesis: 1 when they do not differ."""
        return self.virtual_patients.count if self.virtual_patients.vary else 1
