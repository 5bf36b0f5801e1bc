"""What a reader must know beside a number of the ledger, as codes and sentences.

In: nothing. Out: `CAUTIONS`, and which of them make a number a lower bound.
Decided here: a dose that cannot be converted is left out of a total and makes it a lower bound; it is never guessed.
"""

from __future__ import annotations

CAUTIONS = {
    "chart_open": "The chart is not declared complete: more may have been given.",
    "start_not_recorded": "A record without a known start is left out.",
    "end_not_recorded": "An end is not recorded; only what is certain is counted.",
    "ongoing": "Still running at the end of the record.",
    "frequency_not_recorded": "How often a dose was given is not recorded; one dose is counted.",
    "frequency_not_read": "The wording of how often a dose was given is not in the list; one dose is counted.",
    "dose_not_recorded": "A dose of unknown amount is left out of the amounts.",
    "unit_not_recorded": "A dose without a unit is left out of the amounts.",
    "unit_not_convertible": "A dose in a unit that does not lead to the amount is left out of the amounts.",
    "weight_not_recorded": "A dose that needs the body weight is left out; no weight is recorded by then.",
    "surface_not_recorded": "A dose per square metre is left out; neither body surface nor height and weight are recorded by then.",
    "surface_computed": "The body surface was computed from height and weight (Mosteller).",
    "no_factor": "A drug without a conversion factor is left out.",
    "not_systemic": "A dose by a route that is not systemic is left out.",
    "gap": "Longer than a reading holds, nobody looked; that time is not counted.",
    "whole_days": "Days without a time of day count whole.",
    "overlapping_records": "Two records of one drug overlap; their rates are added.",
    "undated_order": "Two doses of one day without a time of day: their order and distance are not known.",
    "provisional_factor": "A conversion factor was written from memory and awaits the primary source.",
    "above_dose_per_kilogram": "More per kilogram than the dose that the guideline names.",
    "above_cap": "More than the largest single dose that the guideline names.",
    "sooner_than_interval": "Sooner after the dose before than the guideline names.",
    "above_doses_per_24_h": "More doses within 24 h than the guideline names.",
    "above_doses": "More doses in all than the guideline names.",
    "counted_twice": "Charted as a drug and as an observation on one day; the larger count is taken.",
}

LOWER_BOUND = frozenset(
    {
        "chart_open",
        "start_not_recorded",
        "end_not_recorded",
        "ongoing",
        "frequency_not_recorded",
        "frequency_not_read",
        "gap",
    }
)
"""Cautions by which every number of a treatment is a lower bound."""

AMOUNT_LOWER_BOUND = frozenset(
    {
        *LOWER_BOUND,
        "dose_not_recorded",
        "unit_not_recorded",
        "unit_not_convertible",
        "weight_not_recorded",
        "surface_not_recorded",
        "no_factor",
    }
)
"""Cautions by which the amounts are lower bounds."""
