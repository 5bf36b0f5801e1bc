"""A small model with the inlets of the integrated one, whose course is known in closed form."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cartrace.models.system import Parameter, Rule, State, System
from cartrace.simulate import run
from cartrace.simulate.outside import CalibratedRange
from cartrace.simulate.population import Drawn, Population, Varied
from cartrace.simulate.therapy import TherapyModel

PARAMETERS = {
    "t_inf": 7.0,
    "KD": 0.0,
    "L_M0": 100.0,
    "L_S0": 0.0,
    "L_T0": 0.0,
    "f_neg": 1e-12,
    "K_inf": 5e5,
    "a_CRS2": 2.83,
    "a_CRS3": 4.67,
    "heat": 3.0,
    "strength": 6.0,
    "peak": 14.0,
    "width": 3.0,
    "IC": 40.0,
    "u_CRS": 0.0,
    "gap": 1.0,
}


@pytest.fixture(scope="session")
def small() -> System:
    """Fever and signal are bells over time around `peak`, lowered by tocilizumab; cells decay with rate 1 a day."""
    bell = "exp(-((time - peak)/width)**2/2)"
    decay = {"C_D": "-C_D", "TOC1": "-0.1*TOC1", "DEX": "-DEX", "LD": "-LD"}
    return System(
        id="small",
        time_unit="d",
        parameters=tuple(Parameter(name, value) for name, value in PARAMETERS.items()),
        states=(*(State(name, "0", rate) for name, rate in decay.items()), State("L", "L_M0", "-0.3*L")),
        rules=(
            Rule("TEMP", f"36.8 + heat*{bell}*IC/(IC + TOC1)", "degC"),
            Rule("CRS_score", f"strength*(1 - KD)*{bell}*IC/(IC + TOC1)"),
            Rule("hypo", "CRS_score - u_CRS"),
            Rule("oxy", "CRS_score - u_CRS - gap"),
            Rule("V_skin", "L_S0/1000"),
            Rule("V_test", "L_T0/1000"),
            Rule("BM_pct", "100*L/(L + K_inf)", "%"),
            Rule("ANC", "2.5 + 0*time", "10^9/L"),
            Rule("PLT", "150 + 0*time", "10^9/L"),
            Rule("IL6", f"3 + 400*{bell}", "pg/mL"),
        ),
    )


@pytest.fixture(scope="session")
def therapy(small: System) -> TherapyModel:
    """The small model with patients who differ in fever, signal and resistance; H2 has a stronger signal and no knock-down."""
    return TherapyModel(
        id="small",
        title="a small model",
        system=small,
        population=Population(
            varied=(Varied("heat", "log", 0.3), Varied("strength", "log", 0.3)),
            draws=(Drawn("u_CRS", "logistic", 0.0, 1.0),),
        ),
        observed=(
            ("temperature", "Cel", "TEMP"),
            ("anc", "10^9/L", "ANC"),
            ("platelets", "10^9/L", "PLT"),
            ("blasts_percent", "%", "BM_pct"),
            ("il6", "pg/mL", "IL6"),
        ),
        hypotheses={"H1": (), "H2": (("strength", 8.0),)},
        ranges=(CalibratedRange("dose_per_kg", 0.2, 5.4, "10*6/kg", "stein2019tisagenlecleucel", "dose"),),
    )


@pytest.fixture(scope="module")
def shelf(therapy: TherapyModel) -> Iterator[TherapyModel]:
    """The small model in place of every model of the library."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(run, "load_therapy", lambda model_id: therapy)
        run.prepared.cache_clear()
        yield therapy
    run.prepared.cache_clear()
