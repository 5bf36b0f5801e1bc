"""EASIX and its variants after CAR-T cells, Pennisi 2021: easix.standard, easix.simplified, easix.modified

In: LDH, platelets, creatinine or CRP. Out: the index at every day with LDH, its baseline, peak and fold of the baseline.
Decided here: which values belong together. There is no grade: every day with an index is "measured", the number stands in
the words of its step and in the facts.

**Published rule** (pennisi2021easix, abstract; the units are part of the definition)

    easix.standard      LDH [U/L] x creatinine [mg/dL] / platelets [10*9/L]
    easix.simplified    LDH [U/L] / platelets [10*9/L]
    easix.modified      LDH [U/L] x CRP [mg/dL] / platelets [10*9/L]

**Readings**

- CRP is kept in mg/L; the modified index takes a tenth of it.
- One index for each study day with LDH, before and after the infusion, from the highest LDH, creatinine and CRP and the
  lowest platelets of the day. Where the day has none, the nearest value within 24 h of the LDH stands in (`pairing_hours`).
- The baseline is the last index up to the infusion; a bare day 0 is before it. Peak is the highest after the infusion.
- Platelets below 1 are taken as 1 and flagged (cartrace): the index would grow without end.
- CRP below its limit of measurement is taken as half the limit and flagged (cartrace). Any other value beyond a limit gives
  no index; the peak is then a lower bound (`lower_bound`).
- Platelets counted within 24 h after a platelet transfusion are flagged; they are not left out.
- The binary logarithm is handed out beside baseline and peak; an index of 0 has none. Models that use it: from memory.
- No cut-off is published for all; the cut-offs with ferritin and CRP (EASIX-F, EASIX-FC) were not read and are not here.

**Ungradable** a day without platelets or without creatinine or CRP (`input_missing`); no LDH (`never_measured`).
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cartrace.assess import sweep
from cartrace.assess.compiled import part
from cartrace.assess.extremes import LOWER_BOUND
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.assess.sweep import decide
from cartrace.course import Channel, Course, Events, Quantity
from cartrace.course.clock import HOURS_PER_DAY
from cartrace.course.events import gather

Floats = NDArray[np.float64]

PLATELETS_BELOW = 1.0
"""[10*9/L] taken as 1; cartrace."""
PAIRING_UP_TO = 24.0
"""[h] between LDH and a value of another day that may stand in; cartrace."""
TRANSFUSION_UP_TO = 24.0
"""[h] from a platelet transfusion to a count that is flagged; cartrace."""
MG_PER_L_IN_MG_PER_DL = 10.0

LDH, PLATELETS, TRANSFUSION, THIRD = range(4)
COMMON = (
    Channel("ldh", codes=("ldh",), meaning="LDH"),
    Channel("platelets", codes=("platelets",), meaning="platelet count"),
    Channel(
        "platelet_transfusion",
        codes=("platelet_transfusion",),
        drugs=("platelet_concentrate",),
        meaning="platelet transfusion",
    ),
)
CREATININE = Channel("creatinine", codes=("creatinine",), meaning="creatinine")
CRP = Channel("crp", codes=("crp",), meaning="C-reactive protein")
NO_THIRD, BY_CREATININE, BY_CRP = range(3)

PAIRING = 0
OPTIONS = (
    Option("pairing_hours", PAIRING_UP_TO, "hours between LDH and a value of another day that may stand in", "h"),
)

NEVER_MEASURED, INPUT_MISSING, BEYOND_LIMIT, CLAMPED, HALF_LIMIT, TRANSFUSED = 1, 2, 4, 8, 16, 32
REASONS = (
    Reason("never_measured", "No index can be worked out after the infusion."),
    Reason("input_missing", "An input is not recorded on the day of the LDH or near it."),
    Reason("beyond_limit", "An input lies beyond a limit of measurement."),
    Reason("platelets_taken_as_1", "Platelets below 1 are taken as 1."),
    Reason("crp_half_limit", "CRP below its limit of measurement is taken as half the limit."),
    Reason("after_transfusion", "Platelets were counted within 24 h after a platelet transfusion."),
    LOWER_BOUND,
)
CATEGORIES = ("measured",)

VALUE, BASELINE, BASELINE_DAY, PEAK, PEAK_DAY, FOLD, LOG2_BASELINE, LOG2_PEAK, BASELINE_REASON, HIGHER = range(10)
OF_PEAK = (PEAK, PEAK_DAY, FOLD, LOG2_PEAK)
OF_BASELINE = (BASELINE, BASELINE_DAY, FOLD, LOG2_BASELINE)
NO_BASELINE, NO_PEAK = "no index up to the infusion", "no index after the infusion"
NO_FOLD, NO_LOG = "no baseline above 0 with an index after it", "no index above 0"
FACTS = (
    ("baseline", BASELINE, "{} at baseline, the last up to the infusion", "", NO_BASELINE),
    ("baseline_day", BASELINE_DAY, "Study day of the baseline", "d", NO_BASELINE),
    ("peak", PEAK, "Highest {} after the infusion", "", NO_PEAK),
    ("peak_day", PEAK_DAY, "Study day of the highest", "d", NO_PEAK),
    ("fold", FOLD, "Highest {} as a multiple of the baseline", "", NO_FOLD),
    ("log2_baseline", LOG2_BASELINE, "Binary logarithm of the baseline", "", NO_LOG),
    ("log2_peak", LOG2_PEAK, "Binary logarithm of the highest", "", NO_LOG),
)


@part
def of_day(events: Events, channel: int, day: int, sign: float) -> int:
    """The entry of a study day with the highest value (times `sign`); a value beyond a number before none; -1 = none."""
    found = -1
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.day[i] != day or events.status[i] > 2 or np.isnan(events.value[i]):
            continue
        if found < 0 or sign * events.value[i] > sign * events.value[found]:
            found = i
    return found


@part
def nearest(events: Events, channel: int, time: float, hours: float) -> int:
    """The entry nearest to `time`, the earlier one of two, no further than `hours`; -1 = none."""
    found, distance = -1, hours / HOURS_PER_DAY + 1e-9
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.status[i] > 2 or np.isnan(events.value[i]):
            continue
        if abs(events.time[i] - time) < distance:
            found, distance = i, abs(events.time[i] - time)
    return found


@part
def transfused(events: Events, count: int) -> bool:
    """Whether platelets were given within 24 h before a count, or on its day when the hour of either is not known."""
    for i in range(len(events.time)):
        if events.channel[i] != TRANSFUSION or events.status[i] != 0 or events.value[i] == 0.0:
            continue
        since = (events.time[count] - events.time[i]) * HOURS_PER_DAY
        if 0.0 <= since <= TRANSFUSION_UP_TO + 1e-6:
            return True
        if events.day[i] == events.day[count] and (events.exact[i] == 0 or events.exact[count] == 0):
            return True
    return False


@part
def third_factor(events: Events, steps: Steps, row: int, ldh: int, kind: int, hours: float) -> float:
    """Creatinine or CRP in mg/dL for the index of the row, 1 for the simplified one; NaN when it cannot be had."""
    if kind == NO_THIRD:
        return 1.0
    i = of_day(events, THIRD, events.day[ldh], 1.0)
    if i < 0:
        i = nearest(events, THIRD, events.time[ldh], hours)
    if i < 0:
        steps.reason[row] |= INPUT_MISSING
        steps.missing[row] |= 1 << THIRD
        return np.nan
    decide(steps, row, i)
    if kind == BY_CRP and events.status[i] == sweep.STATUS_BELOW:
        steps.reason[row] |= HALF_LIMIT
        return float(events.value[i]) / 2.0 / MG_PER_L_IN_MG_PER_DL
    if events.status[i] != 0:
        steps.reason[row] |= BEYOND_LIMIT
        steps.missing[row] |= 1 << THIRD
        return np.nan
    return float(events.value[i]) / (MG_PER_L_IN_MG_PER_DL if kind == BY_CRP else 1.0)


@part
def platelets_of(events: Events, steps: Steps, row: int, ldh: int, hours: float) -> float:
    """Platelets for the index of the row, at least 1; NaN when they cannot be had."""
    i = of_day(events, PLATELETS, events.day[ldh], -1.0)
    if i < 0:
        i = nearest(events, PLATELETS, events.time[ldh], hours)
    if i < 0:
        steps.reason[row] |= INPUT_MISSING
        steps.missing[row] |= 1 << PLATELETS
        return np.nan
    decide(steps, row, i)
    if transfused(events, i):
        steps.reason[row] |= TRANSFUSED
    if events.status[i] != 0:
        steps.reason[row] |= BEYOND_LIMIT
        steps.missing[row] |= 1 << PLATELETS
        return np.nan
    if events.value[i] < PLATELETS_BELOW:
        steps.reason[row] |= CLAMPED
        return PLATELETS_BELOW
    return float(events.value[i])


@part
def write_day(events: Events, steps: Steps, row: int, ldh: int, kind: int, hours: float) -> None:
    """The index of one day."""
    steps.at[row] = events.time[ldh]
    steps.low[row] = steps.high[row] = NOT_GRADED
    steps.reason[row] = steps.missing[row] = 0
    decide(steps, row, ldh)
    factor = third_factor(events, steps, row, ldh, kind, hours)
    platelets = platelets_of(events, steps, row, ldh, hours)
    if events.status[ldh] != 0:
        steps.reason[row] |= BEYOND_LIMIT
        steps.missing[row] |= 1 << LDH
        return
    value = events.value[ldh] * factor / platelets
    if np.isnan(value):
        return
    steps.low[row] = steps.high[row] = 0
    steps.fact[row, VALUE] = value


@part
def close(steps: Steps, rows: int, days: Floats) -> None:
    """Baseline, peak and fold into row 0; the peak's records decide."""
    fact = steps.fact[0]
    peak, reason, missing = 0, 0, 0
    for row in range(1, rows):
        value = steps.fact[row, VALUE]
        if steps.at[row] > 0.0:
            missing |= steps.missing[row]
            reason |= steps.reason[row]
        if np.isnan(value):
            if steps.at[row] > 0.0 and steps.reason[row] & BEYOND_LIMIT:
                fact[HIGHER] = 1.0
            continue
        if steps.at[row] <= 0.0:
            fact[BASELINE], fact[BASELINE_DAY], fact[BASELINE_REASON] = value, days[row], steps.reason[row]
        elif peak == 0 or value > fact[PEAK]:
            fact[PEAK], fact[PEAK_DAY], peak = value, days[row], row
    if fact[BASELINE] > 0.0:
        fact[LOG2_BASELINE] = np.log2(fact[BASELINE])
        fact[FOLD] = fact[PEAK] / fact[BASELINE]
    if fact[PEAK] > 0.0:
        fact[LOG2_PEAK] = np.log2(fact[PEAK])
    steps.at[0] = np.nan
    steps.low[0] = steps.high[0] = NOT_GRADED if peak == 0 else 0
    steps.reason[0] = steps.reason[peak] if peak > 0 else reason | NEVER_MEASURED
    steps.missing[0] = 0 if peak > 0 else missing
    if rows == 1 or (peak == 0 and missing == 0):
        steps.missing[0] = 1 << LDH
    if peak > 0:
        for i in steps.decided[peak]:
            decide(steps, 0, i)


@part
def series(events: Events, option: Floats, steps: Steps, kind: int) -> int:
    """One row for each study day with LDH, after row 0 with the peak."""
    row, day = 0, -2_000_000
    days = np.zeros(len(events.time) + 1)
    for i in range(len(events.time)):
        if events.channel[i] != LDH or events.day[i] == day:
            continue
        ldh = of_day(events, LDH, events.day[i], 1.0)
        if ldh < 0:
            continue
        row, day = row + 1, events.day[i]
        days[row] = day
        write_day(events, steps, row, ldh, kind, option[PAIRING])
    close(steps, row + 1, days)
    return row + 1


def standard(events: Events, option: Floats, steps: Steps) -> int:
    """LDH x creatinine / platelets."""
    return series(events, option, steps, BY_CREATININE)


def simplified(events: Events, option: Floats, steps: Steps) -> int:
    """LDH / platelets."""
    return series(events, option, steps, NO_THIRD)


def modified(events: Events, option: Floats, steps: Steps) -> int:
    """LDH x CRP / platelets."""
    return series(events, option, steps, BY_CRP)


def without_attribution(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The course's events; nothing asks whether the cells caused a value."""
    events = gather(course, channels)
    return events._replace(attributed=np.ones_like(events.attributed))


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records; the number of each day in the words of its step."""
    events = rule.events(course)
    rows = rule.calculate(events, option)
    ends = [*(float(at) for at in rows.at[2:]), None]
    steps = []
    for k in range(1, len(rows.at)):
        value = float(rows.fact[k, VALUE])
        step = rule.grade(rows, k, events, until=ends[k - 1])
        steps.append(step if math.isnan(value) else replace(step, words=f"{value:.4g}"))
    overall = rule.grade(rows, 0, events)
    facts = []
    of_baseline = 0 if math.isnan(rows.fact[0, BASELINE_REASON]) else int(rows.fact[0, BASELINE_REASON])
    flags_of_baseline = tuple(r.code for i, r in enumerate(rule.reasons) if of_baseline >> i & 1)
    for identifier, column, name, unit, why_not in FACTS:
        number = float(rows.fact[0, column])
        none = math.isnan(number)
        title = name.format(rule.title.partition(" (")[0])
        flags = flags_of_baseline if column in OF_BASELINE else ()
        flags += (LOWER_BOUND.code,) if column in OF_PEAK and rows.fact[0, HIGHER] == 1.0 else ()
        facts.append(
            Quantity(
                identifier,
                title,
                None if none else number,
                unit,
                rule.name,
                reason=why_not if none else "",
                used=overall.evidence if column in (PEAK, PEAK_DAY) and not none else (),
                flags=() if none else flags,
            )
        )
    return Assessment(rule.name, rule.title, rule.settings_used(option), overall, tuple(steps), facts=tuple(facts))


STANDARD = Rule(
    id="easix.standard",
    version="1",
    title="EASIX (Pennisi 2021)",
    module=__name__,
    channels=(*COMMON, CREATININE),
    options=OPTIONS,
    reasons=REASONS,
    sources=("pennisi2021easix", "cartrace"),
    provisional=(),
    kernel=standard,
    rows=lambda events: events + 1,
    assess=assess,
    categories=CATEGORIES,
    gather=without_attribution,
)
SIMPLIFIED = replace(
    STANDARD, id="easix.simplified", title="s-EASIX (Pennisi 2021)", channels=COMMON, kernel=simplified
)
MODIFIED = replace(
    STANDARD, id="easix.modified", title="m-EASIX (Pennisi 2021)", channels=(*COMMON, CRP), kernel=modified
)
RULES = (STANDARD, SIMPLIFIED, MODIFIED)
