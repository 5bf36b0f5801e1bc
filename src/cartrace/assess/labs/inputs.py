"""Channels and options of one laboratory term, and a course's events on them.

In: a term, a course. Out: channels, options, events. Decided here: specimens other than blood take no part; of a
drug course its start counts; CTCAE grades severity whatever the cause, so attribution to the cells takes no part.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.labs import series
from cartrace.assess.labs.table import Term, arrays
from cartrace.assess.rule import Option
from cartrace.course import Channel, Course, Events, Status
from cartrace.course.events import event_row, gather
from cartrace.course.record import Observation
from cartrace.vocabulary import terms

BLOOD = ("", "blood", "serum", "plasma")

RED_CELL_SUPPORT_UP_TO = 72
"""[h] after a red-cell transfusion a haemoglobin is `supported`; cartrace."""
PLATELET_SUPPORT_UP_TO = 24
"""[h] after a platelet transfusion a platelet count is `supported`; cartrace."""

_SUPPORT = {
    "haemoglobin": ("rbc_transfusion", "red_cells", RED_CELL_SUPPORT_UP_TO),
    "platelets": ("platelet_transfusion", "platelet_concentrate", PLATELET_SUPPORT_UP_TO),
}
_MARROW_STIMULATED = ("anc", "wbc")

LIMITS_MISSING = Option(
    "limits_missing",
    0,
    "A reference limit that is not recorded: the grades it leaves open, or value and baseline count as within it",
    values=(("range", 0), ("normal", 1)),
)
BASELINE = Option(
    "baseline",
    0,
    "The baseline is the last value before the first infusion, or before its lymphodepletion",
    values=(("infusion", 0), ("lymphodepletion", 1)),
)
BASELINE_VISIT = Option(
    "baseline_visit", 0, "The baseline value itself is grade 0, or graded", values=(("zero", 0), ("graded", 1))
)
LOWER_EDGE = Option(
    "lower_edge",
    0,
    "Grade 1 from an abnormal baseline begins at or above its printed lower edge",
    values=(("from", 0), ("above", 1)),
)
BASELINE_CLAUSE = Option(
    "baseline_clause",
    0,
    "Multiples of the baseline count beside those of the upper limit (the worse wins), or not at all",
    values=(("with_limits", 0), ("ignored", 1)),
)
FALL = Option(
    "fall",
    0,
    "The fall from baseline replaces the multiples of the limit when the baseline was abnormal, or joins them when the value is",
    values=(("baseline_abnormal", 0), ("value_abnormal", 1)),
)
TRANSFUSION = Option(
    "transfusion",
    0,
    "A red-cell transfusion shows that one was indicated (grade 3), or takes no part in the grade",
    values=(("indicated", 0), ("ignored", 1)),
)
PLATELETS_GIVEN = Option(
    "transfusion",
    0,
    "A platelet transfusion shows that one was indicated (grade 3), or takes no part in the grade",
    values=(("indicated", 0), ("ignored", 1)),
)
PHYSIOLOGIC_CONSEQUENCES = Option(
    "consequences",
    0,
    "Physiologic consequences of hyperuricaemia",
    values=(("none", 0), ("documented", 1), ("not_recorded", 2)),
)
CORRECTION = Option(
    "correction", 0, "Calcium is corrected for albumin, or taken as it stands", values=(("albumin", 0), ("none", 1))
)
ALBUMIN_HOURS = Option("albumin_hours", 24, "An albumin this far from the calcium, either way, corrects it", unit="h")


def options_of(term: Term) -> tuple[Option, ...]:
    """The choices a term leaves open."""
    named = {row.option.split("=")[0] for row in (*term.rows, *term.events)}
    red_cells = term.analyte == "haemoglobin"
    wanted = {
        LIMITS_MISSING: term.has_limits,
        BASELINE: term.has_baseline,
        BASELINE_VISIT: term.analyte in ("creatinine", "fibrinogen") or term.grades_the_baseline,
        LOWER_EDGE: "lower_edge" in named,
        BASELINE_CLAUSE: "baseline_clause" in named,
        FALL: "fall" in named,
        TRANSFUSION: bool(term.events) and red_cells,
        PLATELETS_GIVEN: bool(term.events) and not red_cells,
        PHYSIOLOGIC_CONSEQUENCES: term.analyte == "urate",
        CORRECTION: term.analyte == "calcium",
        ALBUMIN_HOURS: term.analyte == "calcium",
    }
    return tuple(option for option, here in wanted.items() if here)


def channels_of(term: Term) -> tuple[Channel, ...]:
    """The inputs of a term; those that no record feeds are there to be named."""
    analyte = term.analyte
    found = [Channel(analyte, codes=(analyte,), meaning=terms.analytes()[analyte].meaning)]
    if term.has_baseline:
        found.append(Channel("baseline", meaning="Last value before the treatment, with its reference limits"))
        found.append(Channel("lymphodepletion", drug_classes=("lymphodepletion",), meaning="Start of lymphodepletion"))
    if term.has_limits:
        found.append(
            Channel("reference_limits", meaning="The laboratory's own limits of normal, printed with the value")
        )
    if analyte in _SUPPORT:
        code, product, _ = _SUPPORT[analyte]
        found.append(Channel("transfusion", codes=(code,), drugs=(product,), meaning=terms.analytes()[code].meaning))
    if analyte in _MARROW_STIMULATED:
        found.append(Channel("growth_factor", drug_classes=("growth_factor",), meaning="G-CSF: flagged, never graded"))
    if analyte == "calcium":
        found.append(Channel("albumin", codes=("albumin",), meaning="Albumin that corrects the calcium"))
    if analyte == "urate":
        found.append(Channel("consequences", meaning="Physiologic consequences of hyperuricaemia"))
    return tuple(found)


def numbers_of(term: Term) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """(code, bound, place): everything the kernel of this term knows."""
    options = options_of(term)
    code, bound = arrays(term, options)
    place = np.full(series.PLACES, -1, dtype=np.int64)
    place[series.DECREASING] = term.decreasing
    place[series.SPLIT] = any(row.applies_when in ("baseline normal", "baseline abnormal") for row in term.rows)
    place[series.HAS_BASELINE] = term.has_baseline
    place[series.EVENT_GRADE] = term.event_grade
    place[series.SUPPORT_HOURS] = _SUPPORT[term.analyte][2] if term.analyte in _SUPPORT else 0
    # The value's own channel is no helper: albumin corrects calcium, not itself.
    named = {channel.name: i for i, channel in enumerate(channels_of(term)) if i > 0}
    for where, name in _CHANNEL_PLACES.items():
        place[where] = named.get(name, -1)
    chosen = {option.name: i for i, option in enumerate(options)}
    for where, option in _OPTION_PLACES.items():
        place[where] = chosen.get(option.name, -1)
    return code, bound, place


_CHANNEL_PLACES = {
    series.C_BASELINE: "baseline",
    series.C_LIMITS: "reference_limits",
    series.C_TRANSFUSION: "transfusion",
    series.C_GROWTH_FACTOR: "growth_factor",
    series.C_ALBUMIN: "albumin",
    series.C_LYMPHODEPLETION: "lymphodepletion",
    series.C_CONSEQUENCES: "consequences",
}
_OPTION_PLACES = {
    series.O_LIMITS_MISSING: LIMITS_MISSING,
    series.O_BASELINE: BASELINE,
    series.O_BASELINE_VISIT: BASELINE_VISIT,
    series.O_TRANSFUSION: TRANSFUSION,
    series.O_CONSEQUENCES: PHYSIOLOGIC_CONSEQUENCES,
    series.O_CORRECTION: CORRECTION,
    series.O_ALBUMIN_HOURS: ALBUMIN_HOURS,
}


def gather_term(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The events of one term: values in blood, transfusions, and the starts of drug courses as events of value 1."""
    observations = tuple(_with_limit(o) for o in course.observations if o.site in BLOOD)
    starts = []
    for drug in course.drugs:
        for i, channel in enumerate(channels):
            if drug.start.known and (drug.drug in channel.drugs or drug.drug_class in channel.drug_classes):
                starts.append(event_row(i, 1.0, moment=drug.start, uid=drug.uid))
    events = gather(dataclasses.replace(course, observations=observations, drugs=()), channels, starts)
    return events._replace(attributed=np.ones_like(events.attributed))


def _with_limit(observation: Observation) -> Observation:
    """A value known as below or above a limit of measurement, with that limit as its number."""
    limit = {Status.BELOW: observation.lloq, Status.ABOVE: observation.uloq}.get(observation.status)
    if observation.value is None and limit is not None:
        return dataclasses.replace(observation, value=limit)
    return observation
