"""A small model with the inlets of the integrated one, whose course is known in closed form."""

from __future__ import annotations

import pytest

from cartrace.models.system import Parameter, Rule, State, System

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
}


@pytest.fixture
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
            Rule("V_skin", "L_S0/1000"),
            Rule("V_test", "L_T0/1000"),
            Rule("BM_pct", "100*L/(L + K_inf)", "%"),
            Rule("ANC", "2.5 + 0*time", "10^9/L"),
            Rule("PLT", "150 + 0*time", "10^9/L"),
            Rule("IL6", f"3 + 400*{bell}", "pg/mL"),
        ),
    )
