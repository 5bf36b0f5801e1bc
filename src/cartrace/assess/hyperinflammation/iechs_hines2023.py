"""Immune effector cell-associated HLH-like syndrome (IEC-HS), Hines 2023: iechs.hines2023

In: ferritin with its baseline, transaminases, fibrinogen, blood count, marrow and further findings, severity. Out: grade 0
(no candidate) to 5 for every day on which ferritin was measured, with the elements that are there. Never a diagnosis.

**Published rule** (hines2023iechs; abstract read, criteria and grades from memory)

    required    ferritin > 2 x upper limit or > 2 x the value before the infusion, and/or rapidly rising
    common      ALT or AST > 5 x upper limit (baseline normal) or > 5 x baseline; fibrinogen < 150 mg/dL or below its
                lower limit; haemophagocytosis; new, worsening or refractory cytopenia, one lineage at least of grade 4
    other       LDH > upper limit; aPTT or INR prolonged; direct bilirubin raised; splenomegaly; fever; hypoxia;
                triglycerides > 265 mg/dL; also neurotoxicity, new renal insufficiency
    excluded    better explained by CRS, infection or progression
    1           observation or diagnostics only
    2           an intervention is needed: immunosuppression for IEC-HS, products for asymptomatic hypofibrinogenaemia
    3           severe, not immediately life-threatening: bleeding that needs transfusion, hospital for organ failure
    4           life-threatening: bleeding, hypotension, intubation, dialysis
    5           death

**Readings**

- There is no printed count: the required element and one common element make a candidate (`common_from`).
- Asked on every study day after the infusion with an entry of ferritin. Vital signs and blood tests speak for three study days
  by their worst value (`window_days`), spleen and marrow for fourteen (`finding_days`), severity and bleeding for three.
- The baseline is the last value before the infusion. Where it lies above the upper limit, the multiple of the baseline alone
  counts. Where none is recorded, either could count: a range (`baseline_unknown=upper_limit` takes the upper limit alone).
- The limits are those given with the value.
- "Rapidly rising" is a clinician's statement and is never assumed.
- A ferritin that a clinician holds to be due to something else is excluded, as is every other finding so marked.
- Grade 4 cytopenia is ctcae5: neutrophils < 0.5, platelets < 25 10*9/L; whether lymphodepletion explains it is not judged.
- Fever is 38.0 C (lee2019astct). Neurotoxicity and renal insufficiency have no figure and are not counted.
- The grade of a candidate is the clinician's `iechs_severity`, raised by what is charted: bleeding with transfusion 3;
  life-threatening bleeding, mechanical ventilation or dialysis 4; death of IEC-HS 5 for the course. Without a severity it may be
  anything from what is charted up to 4.

**Ungradable** no input after the infusion (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation import index_days
from cartrace.assess.hyperinflammation.iechs_elements import (
    ALT,
    ANC,
    ANC_BELOW,
    APTT,
    AST,
    BLEEDING,
    CHANNELS,
    DEATH,
    DIALYSIS,
    DIRECT_BILIRUBIN,
    FERRITIN,
    FERRITIN_TIMES_ABOVE,
    FEVER_FROM,
    FIBRINOGEN,
    FIBRINOGEN_BELOW,
    INR,
    LDH,
    MARROW,
    OXYGEN,
    PLATELETS,
    PLATELETS_BELOW,
    RISING,
    SEVERITY,
    SPLEEN,
    TEMPERATURE,
    TRANSAMINASE_TIMES_ABOVE,
    TRIGLYCERIDES,
    TRIGLYCERIDES_ABOVE,
    above_limit,
    below_limit,
    either,
    multiple,
)
from cartrace.assess.hyperinflammation.index_days import (
    DAY,
    HIGH,
    LOW,
    NOT_DONE,
    Number,
    ask,
    asked,
    bounds,
    close,
    criterion,
    keep_highest,
    open_row,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.assess.sweep import decide
from cartrace.course import Course, Events

Floats = NDArray[np.float64]
Pair = tuple[int, int]

COMMON_FROM = 1
"""Common elements beside the required one that make a candidate; the source prints no count. cartrace."""

WINDOW_DAYS, FINDING_DAYS, COMMON, BASELINE_UNKNOWN = range(4)
OPTIONS = (
    index_days.WINDOW,
    index_days.FINDING,
    Option("common_from", COMMON_FROM, "common elements beside the required one that make a candidate"),
    Option("baseline_unknown", 0, "a baseline that is not recorded", values=(("range", 0), ("upper_limit", 1))),
)
EXCLUDED = 2
REASONS = (
    index_days.ASKED_NOTHING,
    Reason("excluded", "Ferritin is held to be explained by something else than the cells."),
)

COMMON_CERTAIN, COMMON_POSSIBLE, OTHER_CERTAIN, OTHER_POSSIBLE = range(4)
NUMBERS = (
    Number("common_elements", COMMON_CERTAIN, "Most common elements certainly there on one day, of 4", "{score}"),
    Number("common_possible", COMMON_POSSIBLE, "Most common elements on one day if every open one is there", "{score}"),
    Number("other_elements", OTHER_CERTAIN, "Most other elements certainly there on one day, of 7", "{score}"),
    Number("other_possible", OTHER_POSSIBLE, "Most other elements on one day if every open one is there", "{score}"),
    Number("peak_day", DAY, "Study day with the most common elements", "d"),
)

# Codes of the findings that grade a candidate, in the order of the vocabulary.
TRANSFUSION, LIFE_THREATENING_BLEEDING = 2.0, 3.0
VENTILATION = 9.0
UNKNOWN_CAUSE, OF_IECHS = 0.0, 6.0
WORST_ALIVE, DEAD = 4, 5


@part
def required(events: Events, steps: Steps, row: int, option: Floats) -> Pair:
    """The required element on the row's day; notes what leaves it open."""
    rising = bounds(events, RISING, int(steps.fact[row, DAY]), option[WINDOW_DAYS], HIGH)
    if rising[2] >= 0 and rising[0] >= 1.0:
        decide(steps, row, rising[2])
        return 1, 1
    ferritin = multiple(
        events, steps, row, FERRITIN, option[WINDOW_DAYS], FERRITIN_TIMES_ABOVE, True, option[BASELINE_UNKNOWN] == 1.0
    )
    if rising[2] >= 0 and rising[1] >= 1.0:
        steps.missing[row] |= 1 << RISING if ferritin[0] == 0 else 0
        return ferritin[0], 1
    return ferritin


@part
def common_elements(events: Events, steps: Steps, row: int, option: Floats) -> Pair:
    """(certain, possible) number of common elements on the row's day."""
    days, rarely = option[WINDOW_DAYS], option[FINDING_DAYS]
    alone = option[BASELINE_UNKNOWN] == 1.0
    liver = either(
        multiple(events, steps, row, ALT, days, TRANSAMINASE_TIMES_ABOVE, False, alone),
        multiple(events, steps, row, AST, days, TRANSAMINASE_TIMES_ABOVE, False, alone),
    )
    low_fibrinogen = criterion(events, steps, row, FIBRINOGEN, days, FIBRINOGEN_BELOW, LOW, False)
    fibrinogen = either(low_fibrinogen, below_limit(events, steps, row, FIBRINOGEN, days))
    ask(steps, row, FIBRINOGEN, low_fibrinogen)
    marrow = criterion(events, steps, row, MARROW, rarely, 1.0, HIGH, True)
    ask(steps, row, MARROW, marrow)
    white = criterion(events, steps, row, ANC, days, ANC_BELOW, LOW, False)
    platelet = criterion(events, steps, row, PLATELETS, days, PLATELETS_BELOW, LOW, False)
    cytopenia = either(white, platelet)
    if cytopenia[0] < cytopenia[1]:
        ask(steps, row, ANC, white)
        ask(steps, row, PLATELETS, platelet)
    low = liver[0] + fibrinogen[0] + marrow[0] + cytopenia[0]
    return low, liver[1] + fibrinogen[1] + marrow[1] + cytopenia[1]


@part
def other_elements(events: Events, steps: Steps, row: int, option: Floats) -> Pair:
    """(certain, possible) number of other elements on the row's day; they decide nothing."""
    days, rarely = option[WINDOW_DAYS], option[FINDING_DAYS]
    clotting = either(above_limit(events, steps, row, APTT, days), above_limit(events, steps, row, INR, days))
    low, high = clotting
    for channel in (LDH, DIRECT_BILIRUBIN):
        raised = above_limit(events, steps, row, channel, days)
        low, high = low + raised[0], high + raised[1]
    for channel, limit, window, included in (
        (SPLEEN, 1.0, rarely, True),
        (TEMPERATURE, FEVER_FROM, days, True),
        (OXYGEN, 1.0, days, True),
        (TRIGLYCERIDES, TRIGLYCERIDES_ABOVE, days, False),
    ):
        met = criterion(events, steps, row, channel, window, limit, HIGH, included)
        low, high = low + met[0], high + met[1]
    return low, high


@part
def severity(events: Events, steps: Steps, row: int, days: float) -> Pair:
    """(lowest, highest) grade a candidate has on the row's day; notes what leaves it open."""
    day = int(steps.fact[row, DAY])
    best, worst, i = bounds(events, SEVERITY, day, days, HIGH)
    low, high = int(max(best, 0.0)) + 1, int(min(worst, WORST_ALIVE - 1.0)) + 1
    decide(steps, row, i)
    missing = 1 << SEVERITY if low < high else 0
    for channel, code, grade in (
        (BLEEDING, TRANSFUSION, 3),
        (BLEEDING, LIFE_THREATENING_BLEEDING, 4),
        (OXYGEN, VENTILATION, 4),
        (DIALYSIS, 1.0, 4),
    ):
        best, worst, i = bounds(events, channel, day, days, HIGH)
        if i >= 0 and best >= code and grade > low:
            decide(steps, row, i)
            low = grade
        elif i >= 0 and worst >= code and grade > low:
            high = max(high, grade)
            missing |= 1 << channel
    high = max(low, high)
    if low < high:
        steps.missing[row] |= missing
    return low, high


@part
def die(events: Events, steps: Steps) -> None:
    """Death as the course's grade, when IEC-HS was or may have been its cause."""
    for i in range(len(events.time)):
        if events.channel[i] != DEATH or events.time[i] <= 0.0 or events.status[i] == NOT_DONE:
            continue
        if events.value[i] == OF_IECHS:
            steps.low[0] = steps.high[0] = DEAD
            steps.missing[0] = 0
            decide(steps, 0, i)
        elif steps.high[0] >= 1 and not events.value[i] > UNKNOWN_CAUSE:
            steps.high[0] = DEAD
            steps.missing[0] |= 1 << DEATH


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row for each day that is asked, after row 0 with the worst of them."""
    days = asked(events, FERRITIN)
    for k in range(len(days)):
        row = k + 1
        open_row(steps, row, events, days[k])
        ferritin = required(events, steps, row, option)
        common = common_elements(events, steps, row, option)
        other = other_elements(events, steps, row, option)
        steps.fact[row, COMMON_CERTAIN], steps.fact[row, COMMON_POSSIBLE] = common
        steps.fact[row, OTHER_CERTAIN], steps.fact[row, OTHER_POSSIBLE] = other
        certain = ferritin[0] == 1 and common[0] >= option[COMMON]
        possible = ferritin[1] == 1 and common[1] >= option[COMMON]
        if certain == possible:
            steps.missing[row] = 0
        low, high = severity(events, steps, row, option[WINDOW_DAYS]) if possible else (0, 0)
        steps.low[row], steps.high[row] = low if certain else 0, high
        if bounds(events, FERRITIN, int(steps.fact[row, DAY]), option[WINDOW_DAYS], HIGH)[1] == -np.inf:
            steps.reason[row] |= EXCLUDED
    close(steps, len(days) + 1, COMMON_CERTAIN, COMMON_POSSIBLE, FERRITIN)
    keep_highest(steps, len(days) + 1, OTHER_CERTAIN)
    keep_highest(steps, len(days) + 1, OTHER_POSSIBLE)
    if len(days) > 0:
        die(events, steps)
    return len(days) + 1


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return index_days.assess_by_day(rule, course, option, NUMBERS)


RULE = Rule(
    id="iechs.hines2023",
    version="1",
    title="IEC-HS (Hines 2023)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("hines2023iechs", "ctcae5", "lee2019astct", "cartrace"),
    provisional=(
        "Elements, their limits and the grades are written from memory of hines2023iechs; only the abstract was read.",
    ),
    kernel=kernel,
    rows=lambda events: events + 1,
    assess=assess,
)
