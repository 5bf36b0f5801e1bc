"""Where a treatment meets a model: the ids by which drugs enter, disease is set and signals are read.

In: nothing. Out: constants. Decided here: what a model must offer to be treated; the integrated model of the library does.
"""

from __future__ import annotations

from cartrace.errors import CartraceError
from cartrace.models.system import System

CELLS, TOCILIZUMAB, STEROID, LYMPHODEPLETION = "C_D", "TOC1", "DEX", "LD"
"""States into which doses go: cells [10*6], tocilizumab [mg], dexamethasone [mg], lymphodepletion [1]."""

FIRST_INFUSION = "t_inf"
"""Parameter: the first infusion on the model's clock [d]."""

KNOCK_DOWN, MARROW, SKIN, TESTIS, CD19_NEGATIVE, HALF_MARROW = "KD", "L_M0", "L_S0", "L_T0", "f_neg", "K_inf"
"""Parameters that a scenario sets; HALF_MARROW: marrow blasts [10*6] at which the marrow holds 50 %."""

MILLIONS_PER_ML = 1000.0
"""[10*6/mL] cells of a lesion; cartrace2026, section 3.1."""

TEMPERATURE, HYPOTENSION, HYPOXIA, SKIN_VOLUME, TESTIS_VOLUME = "TEMP", "hypo", "oxy", "V_skin", "V_test"
"""Rules that are read: temperature [Cel], margins of hypotension and hypoxia [log odds of a CRS grade], lesions [mL]."""

CRS_THRESHOLDS = {2: "a_CRS2", 3: "a_CRS3", 4: "a_CRS4"}
"""Parameters: margin from which a CRS grade is reached. A model need not have every one."""


class NotTreatable(CartraceError):
    """A model without the states or parameters that a treatment needs."""


def require(system: System) -> None:
    """Raise `NotTreatable` with everything the model lacks."""
    ids = {item.id for item in system.parameters}
    ids |= {item.id for item in system.states} | {item.id for item in system.rules}
    needed = (
        *(CELLS, TOCILIZUMAB, STEROID, LYMPHODEPLETION, FIRST_INFUSION),
        *(KNOCK_DOWN, MARROW, SKIN, TESTIS, CD19_NEGATIVE, HALF_MARROW),
        *(TEMPERATURE, HYPOTENSION, HYPOXIA, SKIN_VOLUME, TESTIS_VOLUME),
    )
    missing = [name for name in needed if name not in ids]
    if missing:
        raise NotTreatable(
            f"model {system.id} cannot be given this treatment: it has no {', '.join(missing)}; "
            "scenarios need the integrated model, cartrace2026"
        )
