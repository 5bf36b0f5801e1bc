"""Inputs and thresholds of IEC-HS, and the findings that are judged against the laboratory's limits or the baseline.

In: `Events`, the row of a day. Out: whether a finding is there at best and at worst. Decided here: the limits are those given
with each value; the baseline is the last value before the infusion. Numbers are compared at ten significant digits.
"""

from __future__ import annotations

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.hyperinflammation.index_days import DAY, NOT_DONE, STRICTLY
from cartrace.assess.labs.bounds import significant
from cartrace.assess.rule import Steps
from cartrace.assess.sweep import STATUS_ABOVE, STATUS_BELOW, STATUS_NOT_RECORDED, decide
from cartrace.course import Channel, Events

Pair = tuple[int, int]

FERRITIN_TIMES_ABOVE = 2.0
"""Times the upper limit, or the baseline; hines2023iechs, from memory."""
TRANSAMINASE_TIMES_ABOVE = 5.0
"""Times the upper limit (baseline normal) or the baseline; hines2023iechs, from memory."""
FIBRINOGEN_BELOW = 150.0
"""[mg/dL] hines2023iechs, from memory."""
ANC_BELOW = 0.5
"""[10*9/L] grade 4 neutropenia; ctcae5."""
PLATELETS_BELOW = 25.0
"""[10*9/L] grade 4 thrombocytopenia; ctcae5."""
FEVER_FROM = 38.0
"""[Cel] lee2019astct; hines2023iechs as remembered has no figure."""
TRIGLYCERIDES_ABOVE = 265.0 * 1129.0 / 100000.0
"""[mmol/L] 265 mg/dL; hines2023iechs, from memory."""

FERRITIN, RISING, ALT, AST, FIBRINOGEN, MARROW, ANC, PLATELETS = range(8)
LDH, APTT, INR, DIRECT_BILIRUBIN, SPLEEN, TEMPERATURE, OXYGEN, TRIGLYCERIDES = range(8, 16)
SEVERITY, BLEEDING, DIALYSIS, DEATH, BASELINE, LIMIT = range(16, 22)
CHANNELS = (
    Channel("ferritin", codes=("ferritin",), meaning="ferritin; high = the laboratory's upper limit"),
    Channel("ferritin_rapidly_rising", codes=("ferritin_rapidly_rising",), meaning="a clinician's statement"),
    Channel("alt", codes=("alt",), meaning="ALT; high = the laboratory's upper limit"),
    Channel("ast", codes=("ast",), meaning="AST; high = the laboratory's upper limit"),
    Channel("fibrinogen", codes=("fibrinogen",), meaning="fibrinogen; low = the laboratory's lower limit"),
    Channel("haemophagocytosis", codes=("haemophagocytosis",), meaning="haemophagocytosis in marrow or other tissue"),
    Channel("anc", codes=("anc",), meaning="neutrophils"),
    Channel("platelets", codes=("platelets",), meaning="platelet count"),
    Channel("ldh", codes=("ldh",), meaning="LDH; high = the laboratory's upper limit"),
    Channel("aptt", codes=("aptt",), meaning="aPTT; high = the laboratory's upper limit"),
    Channel("inr", codes=("inr",), meaning="INR; high = the laboratory's upper limit"),
    Channel("bilirubin_direct", codes=("bilirubin_direct",), meaning="direct bilirubin; high = upper limit"),
    Channel("splenomegaly", codes=("splenomegaly",), meaning="enlarged spleen"),
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("oxygen_device", codes=("oxygen_device",), meaning="respiratory support"),
    Channel("triglycerides", codes=("triglycerides",), meaning="triglycerides"),
    Channel("iechs_severity", codes=("iechs_severity",), meaning="what the hyperinflammation needs"),
    Channel("bleeding", codes=("bleeding",), meaning="bleeding and what it needs"),
    Channel("dialysis", codes=("dialysis",), meaning="renal replacement therapy"),
    Channel("death", codes=("death",), meaning="death and its principal cause"),
    Channel("baseline", meaning="named when a value before the infusion would settle an element"),
    Channel("reference_limit", meaning="named when the laboratory's limit would settle an element"),
)


@part
def either(one: Pair, other: Pair) -> Pair:
    """Whether one of two findings is there."""
    return max(one[0], other[0]), max(one[1], other[1])


@part
def exceeds(value: float, bound: float) -> int:
    """1 when above, at ten significant digits."""
    return 1 if significant(value) > significant(bound) else 0


@part
def interval(events: Events, i: int) -> tuple[float, float]:
    """(least, most) that entry `i` can have been."""
    value, status = events.value[i], events.status[i]
    if status == STATUS_NOT_RECORDED or np.isnan(value):
        return 0.0, np.inf
    if status == STATUS_BELOW:
        return 0.0, value * (1.0 - STRICTLY)
    if status == STATUS_ABOVE:
        return value * (1.0 + STRICTLY), np.inf
    return value, value


@part
def counts(events: Events, i: int, channel: int, last_day: int, days: float) -> bool:
    """Whether entry `i` speaks for an input on `last_day`."""
    within = last_day - days < events.day[i] <= last_day
    return bool(events.channel[i] == channel and within and events.status[i] != NOT_DONE)


@part
def baseline_of(events: Events, channel: int) -> float:
    """The last value up to the infusion; NaN when it is missing or not a number."""
    found = np.nan
    for i in range(len(events.time)):
        if events.channel[i] == channel and events.time[i] <= 0.0 and events.status[i] != NOT_DONE:
            found = events.value[i] if events.status[i] == 0 else np.nan
    return float(found)


@part
def times(value: float, limit: float, baseline: float, factor: float, any_baseline: bool) -> Pair:
    """Whether one value is beyond `factor` times the upper limit or the baseline, each of which may be unknown.

    any_baseline   a multiple of a normal baseline counts as well (ferritin), not only of a raised one (transaminases)
    """
    beyond_limit = exceeds(value, factor * limit)
    beyond_baseline = exceeds(value, factor * baseline)
    if np.isnan(baseline):
        return 0, 1 if any_baseline or np.isnan(limit) else beyond_limit
    if not np.isnan(limit):
        met = beyond_baseline if any_baseline or exceeds(baseline, limit) == 1 else 0
        if exceeds(baseline, limit) == 0:
            met = max(met, beyond_limit)
        return met, met
    return (beyond_baseline if any_baseline else 0), beyond_baseline


@part
def multiple(
    events: Events,
    steps: Steps,
    row: int,
    channel: int,
    days: float,
    factor: float,
    any_baseline: bool,
    limit_alone: bool,
) -> Pair:
    """Whether an input is beyond a multiple in the window of the row's day; notes what leaves it open.

    limit_alone   a baseline that is not recorded leaves the upper limit alone to decide
    """
    day = int(steps.fact[row, DAY])
    baseline = baseline_of(events, channel)
    low, high, seen, missing = 0, 0, False, 0
    for i in range(len(events.time)):
        if not counts(events, i, channel, day, days):
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        least, most = interval(events, i)
        limit = float(events.high[i])
        if np.isnan(baseline) and limit_alone:
            met = exceeds(least, factor * limit)
            possible = 1 if np.isnan(limit) else exceeds(most, factor * limit)
        else:
            met = times(least, limit, baseline, factor, any_baseline)[0]
            possible = times(most, limit, baseline, factor, any_baseline)[1]
        if met < possible:
            missing |= 1 << channel if least < most else 0
            missing |= 1 << BASELINE if np.isnan(baseline) and not limit_alone else 0
            missing |= 1 << LIMIT if np.isnan(limit) else 0
        if met > low:
            decide(steps, row, i)
        low, high = max(low, met), max(high, possible)
    if not seen:
        steps.missing[row] |= 1 << channel
        return 0, 1
    if low < high:
        steps.missing[row] |= missing
    return low, high


@part
def above_limit(events: Events, steps: Steps, row: int, channel: int, days: float) -> Pair:
    """Whether an input is above its upper limit of normal in the window of the row's day."""
    low, high, seen = 0, 0, False
    for i in range(len(events.time)):
        if not counts(events, i, channel, int(steps.fact[row, DAY]), days):
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        least, most = interval(events, i)
        limit = float(events.high[i])
        low = max(low, exceeds(least, limit))
        high = max(high, 1 if np.isnan(limit) else exceeds(most, limit))
    return (low, high) if seen else (0, 1)


@part
def below_limit(events: Events, steps: Steps, row: int, channel: int, days: float) -> Pair:
    """Whether an input is below its lower limit of normal in the window of the row's day; notes what leaves it open."""
    low, high, seen, missing = 0, 0, False, 0
    for i in range(len(events.time)):
        if not counts(events, i, channel, int(steps.fact[row, DAY]), days):
            continue
        seen = True
        if events.attributed[i] == -1:
            continue
        least, most = interval(events, i)
        limit = float(events.low[i])
        met, possible = exceeds(limit, most), 1 if np.isnan(limit) else exceeds(limit, least)
        if met < possible:
            missing |= (1 << LIMIT if np.isnan(limit) else 0) | (1 << channel if least < most else 0)
        if met > low:
            decide(steps, row, i)
        low, high = max(low, met), max(high, possible)
    if not seen:
        return 0, 1
    if low < high:
        steps.missing[row] |= missing
    return low, high
