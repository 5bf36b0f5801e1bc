"""Library models against the SBML files that their authors or curators deposited: the same courses, each read by itself.

The files are not in this repository: the tests skip when shared/data is not beside this checkout.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cartrace.models import load
from cartrace.models.sbml import read_sbml
from cartrace.models.system import Event, System

DEPOSITED = Path(__file__).parents[3] / "shared" / "data" / "biomodels-sbml"
SAME = {
    "barros2021_hdlm2": ("BIOMD0000001019", {"Ct": "C_T", "T": "T", "Cm": "C_M"}, 200),
    "chaudhury2020_lotka": ("BIOMD0000001024", {"Expanding_CAR_T_cells": "C_E", "Tumor_cells": "U"}, 60),
    "chaudhury2020_ec50": (
        "BIOMD0000001025", {"Expanding_CAR_T_cells": "C_E", "Tumor_cells": "U", "Persistent_CAR_T_cells": "C_P"}, 60,
    ),
    # Later its tumour falls below any number.
    "chaudhury2020_linear": ("MODEL2109110005", {"C_E": "C_E", "U": "U"}, 7.5),
    "hanson2016": (
        "BIOMD0000000837",
        {"B": "B", "C_e": "C_e", "C_m": "C_m", "H_e": "H_e", "H_m": "H_m", "L": "L", "Inflam": "I"}, 300,
    ),
    "leontriana2020_reduced": (
        "BIOMD0000001011", {"CAR_T_cells": "C", "Leukaemic_B_cells": "L", "B_cells_healthy": "B"}, 60,
    ),
    "leontriana2021": (
        "BIOMD0000001014",
        {"CAR_T_cells_on_tumour": "C_T", "CAR_T_cells_off_tumour": "C_B", "Tumour_cells": "T", "B_cells": "B"}, 100,
    ),
    "kimmel2021": (
        "BIOMD0000001041", {"Normal_T_cells": "N", "CAR_T_cells": "C", "Antigen_presenting_tumour_cells": "B"}, 30,
    ),
}  # fmt: skip


def deposited(file: str) -> System:
    path = DEPOSITED / f"{file}.xml"
    if not path.is_file():
        pytest.skip("the public models are not beside this checkout (shared/data/biomodels-sbml)")
    return read_sbml(path.read_text(encoding="utf-8"))


def ours(name: str) -> System:
    """The system of the library; the deposited files know no extinction."""
    system = load(name).system
    return replace(system, states=tuple(replace(state, extinct_below=0.0) for state in system.states))


def courses_agree(oracle, first: System, second: System, states: dict[str, str], until: float, rtol: float) -> None:
    times = np.linspace(0, until, 25)
    theirs = oracle.solve(first, times, list(states))
    mine = oracle.solve(second, times, list(states.values()))
    np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=1e-9 * np.abs(theirs).max(axis=0).min())
    assert np.ptp(theirs, axis=0).max() > 0  # something moves


@pytest.mark.parametrize("name", [*sorted(SAME.keys() - {"barros2021_hdlm2"})])
def test_a_model_runs_as_the_deposited_one(name, oracle):
    file, states, until = SAME[name]
    courses_agree(oracle, deposited(file), ours(name), states, until, 1e-7)


def test_cells_against_hdlm_2_run_as_the_deposited_ones(oracle):
    """The file infuses CAR-T cells on day 45 and tumour on day 250; the library leaves doses to the run."""
    file, states, until = SAME["barros2021_hdlm2"]
    infusion = Event("infusion", "time >= 45", (("C_T", "2e6"),))
    whole = deposited(file)
    assert [event.trigger for event in whole.events] == ["time >= 45.0", "time >= 250.0"]
    courses_agree(oracle, whole, replace(ours("barros2021_hdlm2"), events=(infusion,)), states, until, 1e-7)


def test_the_full_form_of_leon_triana_differs_in_one_factor_alone(oracle):
    """In the file progenitors make CAR-T cells without a CAR-T cell (README); without that term the two agree."""
    states = {"CAR_T_cells": "C", "Leukaemic_B_cells": "L", "B_cells_healthy": "B"}
    without = [
        replace(
            system,
            parameters=tuple(replace(item, value=0.0) if item.id == "beta" else item for item in system.parameters),
        )
        for system in (deposited("BIOMD0000001012"), ours("leontriana2020_full"))
    ]
    courses_agree(oracle, *without, states, 60, 1e-7)


@pytest.mark.slow
def test_il6_and_crp_under_an_antibody_run_as_the_deposited_ones(oracle):
    """States are matched by their start values, as far as those are unique."""
    theirs, mine = deposited("BIOMD0000000537"), ours("dwivedi2014")
    factor = next(item.value for item in mine.parameters if item.id == "nM_per_mg")
    dose = Event("dose", "time >= 0.1", (("AB_s", f"AB_s + 300*{factor}"),))
    mine = replace(mine, events=(dose,))
    starts = [
        dict(zip(system.state_ids, oracle.solve(system, [0.0], system.state_ids)[0].tolist(), strict=True))
        for system in (theirs, mine)
    ]
    unique = [{value for value, count in Counter(values.values()).items() if count == 1} for values in starts]
    names = [{value: name for name, value in values.items()} for values in starts]
    states = {names[0][value]: names[1][value] for value in unique[0] & unique[1] if value > 1e-20}
    assert len(states) > 20
    assert "CRP_s" in states.values()
    assert "IL6_s" in states.values()
    courses_agree(oracle, theirs, mine, states, 100, 1e-5)
