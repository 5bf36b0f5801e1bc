"""Severe CRS (sCRS) by Davila and colleagues of 2014: yes, no, or open, once for the course.

In: temperature, the seven cytokines, vasopressors, oxygen, consciousness and seizures after the first infusion.
Out: "no", "yes" or "no to yes", with what would settle it. Decided here: what "not recorded" leaves open.

**Published rule** davila2014 (from memory); all three:

    fever      on 3 or more consecutive days
    cytokines  highest fold change from baseline >= 75 in two, or >= 250 in one, of IFN-gamma, IL-5, IL-6, IL-10, Flt3L, fractalkine
               and GM-CSF
    clinical   one or more of: hypotension needing a vasopressor; hypoxia (< 90 %); a neurological disorder (mental status change,
               obtundation, seizure)

CRP >= 20 mg/dL was proposed in place of the cytokines.

**Readings**

- All entries count from the first infusion to study day `window_days`. What was attributed to another cause does not count.
- Fever is a temperature >= 38.0 Cel. A study day without a temperature may have been one of fever, up to the last day with an entry.
- Baseline is the last value before the first infusion. Fold changes are taken of what a limit of measurement leaves possible; a
  cytokine without a baseline or without a later value leaves any fold change possible.
- Any vasopressor counts. Hypoxia is an oxygen saturation below 90 %, or a device entered as support for hypoxia. A neurological
  disorder is any depressed consciousness (sedation is none) or any seizure.
- A sign is absent when some entry says so and no other entry leaves it open, or when its chart is declared complete.
- CRP at or above the limit is flagged `crp_high`; under the option `crp` it stands in for the cytokines.

**Ungradable** nothing recorded since the infusion (`nothing_recorded`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.crs.astct2019_axes import FEVER_FROM, PROTECTION, ROOM_AIR, bounds, fever
from cartrace.assess.labs.bounds import significant
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.assess.sweep import NO, STATUS_NOT_RECORDED, UNKNOWN, YES, Ints, decide
from cartrace.course import Channel, Course, Events
from cartrace.course.events import event_row, gather

__all__ = [
    "CRP_FROM",
    "FEVER_DAYS_FROM",
    "FEVER_FROM",
    "FOLD_IN_ONE_FROM",
    "FOLD_IN_TWO_FROM",
    "HYPOXIA_BELOW",
    "RULE",
]

# [d] consecutive days of fever; davila2014, from memory.
FEVER_DAYS_FROM = 3
# Fold change from baseline in two cytokines, or in one; davila2014, from memory.
FOLD_IN_TWO_FROM = 75.0
FOLD_IN_ONE_FROM = 250.0
# [%] oxygen saturation; davila2014, from memory.
HYPOXIA_BELOW = 90.0
# [mg/L] CRP in place of the cytokines, 20 mg/dL; davila2014, from memory.
CRP_FROM = 200.0

TEMPERATURE, CHARTED, VASOPRESSOR, DEVICE, SATURATION, CONSCIOUSNESS, SEIZURE, CRP = range(8)
FIRST_CYTOKINE, CHARTS = 8, 15
PANEL = ("ifn_gamma", "il5", "il6", "il10", "flt3l", "fractalkine", "gm_csf")
CHANNELS = (
    Channel("temperature", codes=("temperature",), meaning="body temperature"),
    Channel("vasopressors", codes=("vasopressors",), meaning="charted number of concurrent vasopressors"),
    Channel("vasopressor", drug_classes=("vasopressor",), meaning="any vasopressor"),
    Channel("oxygen_device", codes=("oxygen_device",), meaning="support for hypoxia"),
    Channel("spo2", codes=("spo2",), meaning="oxygen saturation"),
    Channel("consciousness", codes=("consciousness",), meaning="mental status, obtundation"),
    Channel("seizure", codes=("seizure",), meaning="seizure"),
    Channel("crp", codes=("crp",), meaning="proposed in place of the cytokines"),
    *(Channel(code, codes=(code,), meaning="one of the seven cytokines") for code in PANEL),
    Channel("complete_charts", meaning="charts declared complete: 1 vasopressors, 2 oxygen, added up"),
)
COMPLETE_VASOPRESSORS, COMPLETE_OXYGEN = 1, 2

WINDOW, BY_CRP = 0, 1
OPTIONS = (
    Option("window_days", 28.0, "last study day that counts", "d"),
    Option(
        "crp",
        0.0,
        "CRP of 20 mg/dL or more is a flag, or stands in for the cytokines",
        values=(("flag", 0.0), ("in_place_of_cytokines", 1.0)),
    ),
)
REASONS = (
    Reason("nothing_recorded", "Nothing recorded since the infusion says anything about severe CRS."),
    Reason("crp_high", "CRP of 20 mg/dL or more: proposed by the source in place of the cytokines."),
)
NOTHING_RECORDED, CRP_HIGH = 1, 2
SEDATED = 5


@part
def counts(events: Events, i: int, channel: int, window: float) -> bool:
    """Whether entry `i` of `channel` lies in the window."""
    return bool(events.channel[i] == channel and events.time[i] >= 0.0 and events.day[i] <= window)


@part
def fever_days(events: Events, window: float, evidence: Ints) -> int:
    """Whether fever lasted long enough: NO, UNKNOWN or YES; the last day of the longest certain run into `evidence`."""
    last = -1
    for i in range(len(events.time)):
        if counts(events, i, int(events.channel[i]), window):
            last = max(last, int(events.day[i]))
    state = np.full(last + 1, -1, dtype=np.int64)
    for i in range(len(events.time)):
        if counts(events, i, TEMPERATURE, window) and events.status[i] != 3:
            state[events.day[i]] = max(state[events.day[i]], fever(events, i))
    certain, possible, found = 0, 0, NO
    for day in range(last + 1):
        certain = certain + 1 if state[day] == YES else 0
        possible = possible + 1 if state[day] != NO else 0
        if certain >= FEVER_DAYS_FROM:
            evidence[0] = day
            return YES
        found = UNKNOWN if possible >= FEVER_DAYS_FROM else found
    return found


@part
def fold_change(events: Events, channel: int, window: float) -> tuple[float, float, int]:
    """(lowest, highest, event) of the highest fold change of one cytokine."""
    base_low, base_high, low, high, event, seen = 0.0, np.inf, 0.0, 0.0, -1, False
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.status[i] == 3:
            continue
        least, most = bounds(events, i)
        least = max(least, 0.0)
        if events.time[i] < 0.0:
            base_low, base_high = least, most
        elif events.day[i] <= window:
            seen = True
            if base_high > 0.0 and significant(least / base_high) > low:
                low, event = significant(least / base_high), i
            if base_low > 0.0:
                high = max(high, significant(most / base_low))
            elif most > 0.0:
                high = np.inf
    return low, (high if seen else np.inf), event


@part
def cytokines(events: Events, window: float, steps: Steps) -> int:
    """The criterion on cytokines: NO, UNKNOWN or YES, with its evidence and what is missing."""
    one, two, maybe_one, maybe_two, missing = 0, 0, 0, 0, 0
    for channel in range(FIRST_CYTOKINE, CHARTS):
        low, high, event = fold_change(events, channel, window)
        one += 1 if low >= FOLD_IN_ONE_FROM else 0
        two += 1 if low >= FOLD_IN_TWO_FROM else 0
        maybe_one += 1 if high >= FOLD_IN_ONE_FROM else 0
        maybe_two += 1 if high >= FOLD_IN_TWO_FROM else 0
        if low >= FOLD_IN_TWO_FROM:
            decide(steps, 0, event)
        if low < FOLD_IN_TWO_FROM <= high or low < FOLD_IN_ONE_FROM <= high:
            missing |= 1 << channel
    if one > 0 or two > 1:
        return YES
    if maybe_one > 0 or maybe_two > 1:
        steps.missing[0] |= missing
        return UNKNOWN
    return NO


@part
def speaks(events: Events, i: int, channel: int) -> int:
    """What one entry says of a sign: NO, UNKNOWN or YES."""
    value = events.value[i]
    if channel == VASOPRESSOR:
        return YES
    if np.isnan(value):
        return UNKNOWN
    if channel == SATURATION:
        low, high = bounds(events, i)
        return YES if high < HYPOXIA_BELOW else UNKNOWN if low < HYPOXIA_BELOW else NO
    if channel == DEVICE:
        return NO if value in (ROOM_AIR, PROTECTION) else YES
    if channel == CONSCIOUSNESS and value == SEDATED:
        return UNKNOWN
    return YES if value > 0 else NO


@part
def sign(events: Events, channel: int, other: int, declared: bool, window: float, steps: Steps) -> int:
    """One sign, which two channels may speak about: NO, UNKNOWN or YES, with its evidence and what is missing."""
    denied, opened = declared, False
    for i in range(len(events.time)):
        of_sign = events.channel[i] == channel or events.channel[i] == other
        if not of_sign or events.time[i] < 0.0 or events.day[i] > window or events.status[i] == 3:
            continue
        if events.channel[i] == VASOPRESSOR and (events.status[i] == STATUS_NOT_RECORDED or events.value[i] == 0.0):
            continue
        said = speaks(events, i, int(events.channel[i]))
        if said == YES and events.attributed[i] != -1:
            decide(steps, 0, i)
            return YES
        opened = opened or said == UNKNOWN
        denied = denied or said != UNKNOWN
    if denied and not opened:
        return NO
    steps.missing[0] |= 1 << channel
    return UNKNOWN


@part
def clinical(events: Events, window: float, charts: int, steps: Steps) -> int:
    """The criterion on clinical signs."""
    vasopressor = sign(events, CHARTED, VASOPRESSOR, charts & COMPLETE_VASOPRESSORS != 0, window, steps)
    hypoxia = sign(events, DEVICE, SATURATION, charts & COMPLETE_OXYGEN != 0, window, steps)
    mind = sign(events, CONSCIOUSNESS, -1, False, window, steps)
    fit = sign(events, SEIZURE, -1, False, window, steps)
    return max(vasopressor, hypoxia, mind, fit)


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """The rule: one row."""
    window, charts, entries, crp = option[WINDOW], 0, 0, UNKNOWN
    steps.missing[0] = 0
    for i in range(len(events.time)):
        if events.channel[i] == CHARTS:
            charts = int(events.value[i])
        elif counts(events, i, int(events.channel[i]), window):
            entries += 1
            if events.channel[i] == CRP and events.status[i] != 3:
                low, high = bounds(events, i)
                if low >= CRP_FROM:
                    crp = YES
                    steps.reason[0] |= CRP_HIGH
                elif crp == UNKNOWN and high < CRP_FROM:
                    crp = NO
    if entries == 0:
        steps.low[0], steps.high[0], steps.reason[0] = NOT_GRADED, NOT_GRADED, NOTHING_RECORDED
        return 1
    evidence = np.full(1, -1, dtype=np.int64)
    lasting = fever_days(events, window, evidence)
    for i in range(len(events.time)):
        within = counts(events, i, TEMPERATURE, window) and 0 <= evidence[0] - events.day[i] < FEVER_DAYS_FROM
        if within and fever(events, i) == YES:
            decide(steps, 0, i)
    if lasting == UNKNOWN:
        steps.missing[0] |= 1 << TEMPERATURE
    if option[BY_CRP] > 0:
        storm = crp
        steps.missing[0] |= 1 << CRP if crp == UNKNOWN else 0
    else:
        storm = cytokines(events, window, steps)
    signs = clinical(events, window, charts, steps)
    steps.low[0] = 1 if min(lasting, storm, signs) == YES else 0
    steps.high[0] = 0 if min(lasting, storm, signs) == NO else 1
    if steps.low[0] == steps.high[0]:
        steps.missing[0] = 0
    return 1


def gather_with_charts(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The events of a course, with its declared charts in front. A vasopressor of unknown start takes its declaration back."""
    undated = any(drug.drug_class == "vasopressor" and not drug.start.known for drug in course.drugs)
    charts = COMPLETE_VASOPRESSORS if course.complete & {"drugs", "vasopressors"} and not undated else 0
    charts |= COMPLETE_OXYGEN if "oxygen" in course.complete else 0
    return gather(course, channels, [event_row(CHARTS, charts, moment=None)])


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's one row as a record."""
    events = rule.events(course)
    overall = rule.grade(rule.calculate(events, option), 0, events)
    return Assessment(rule=rule.name, title=rule.title, settings=rule.settings_used(option), overall=overall)


RULE = Rule(
    id="severe_crs.davila2014",
    version="1",
    title="Severe CRS, Davila 2014",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("davila2014", "cartrace"),
    provisional=("The whole definition is written from memory of the paper.",),
    kernel=kernel,
    rows=lambda events: 1,
    assess=assess,
    categories=("no", "yes"),
    gather=gather_with_charts,
)
