"""CNS status in B-ALL by cerebrospinal fluid and clinical signs: cns.cog

**Published rule** (bmj_all_criteria, CNS status after the Children's Oncology Group)

    CNS1    no blasts, whatever the white and red cells
    CNS2a   blasts, white cells < 5/uL, red cells < 10/uL
    CNS2b   blasts, white cells < 5/uL, red cells >= 10/uL
    CNS2c   blasts, white cells >= 5/uL, red cells >= 10/uL, not above the ratio
    CNS3a   blasts, white cells >= 5/uL, red cells < 10/uL
    CNS3b   blasts, white cells >= 5/uL, red cells >= 10/uL, above the ratio
    CNS3c   clinical signs of CNS leukaemia
    ratio   white to red cells of the fluid more than 2 times those of the blood (Steinherz and Bleyer)

**Readings** (all cartrace)
- Exactly twice the ratio of the blood is not above it.
- One status per study day with fluid, and per day on which a sign is recorded. Several samples of one day: any blasts
  count, the highest white cells and the lowest red cells. A sample whose result is not recorded could be anything.
- White cells without blasts are CNS1 whatever their number: CAR-T cells enter the fluid. They are flagged from 5/uL on.
- Clinical signs hold until they are said to be absent; a sign called due to something else is none. Signs nobody ever
  wrote about are taken as absent, with a flag; `silent_signs=range` leaves them unknown.
- Blood counts are the nearest within `blood_window_days`, of two equally near the earlier.
- Overall: the worst status after the infusion. The status before it is kept as a step. CNS response is CNS1 after CNS2
  or CNS3; CNS relapse is CNS3 after CNS1 (at least 5 white cells/uL with blasts, or clinical signs).

**Ungradable**
- No fluid and no sign recorded after the infusion.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.evaluations import STUDY_DAY, assess_evaluations
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Channel, Course, Events
from cartrace.course.events import gather as gather_all

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

WHITE_CELLS_FROM = 5.0
"""[/uL] white cells of the fluid; bmj_all_criteria, CNS status."""

RED_CELLS_FROM = 10.0
"""[/uL] red cells of the fluid: the puncture was traumatic; bmj_all_criteria, CNS status."""

RATIO_ABOVE = 2.0
"""White to red cells of the fluid against those of the blood; Steinherz and Bleyer, from memory (see `provisional`)."""

RED_PER_WHITE_UNIT = 1000.0
"""10*12/L, the unit of red cells of the blood, in 10*9/L, the unit of its white cells."""

EPSILON = 1e-9
"""Relative slack of the ratio: quotients of decimals are not exact."""

FLUID_WHITE, FLUID_RED, FLUID_BLASTS, SIGNS, BLOOD_WHITE, BLOOD_RED = range(6)
CHANNELS = (
    Channel("csf_wbc", codes=("csf_wbc",), meaning="White cells of the fluid [/uL]"),
    Channel("csf_rbc", codes=("csf_rbc",), meaning="Red cells of the fluid [/uL]"),
    Channel("csf_blasts", codes=("csf_blasts",), meaning="Whether the fluid shows blasts"),
    Channel("cns_signs", codes=("cns_signs",), meaning="Clinical signs of CNS leukaemia"),
    Channel("wbc", codes=("wbc",), meaning="White cells of the blood [10*9/L]"),
    Channel("erythrocytes", codes=("erythrocytes",), meaning="Red cells of the blood [10*12/L]"),
)

CNS1, CNS2A, CNS2B, CNS2C, CNS3A, CNS3B, CNS3C = range(7)
CATEGORIES = ("CNS1", "CNS2a", "CNS2b", "CNS2c", "CNS3a", "CNS3b", "CNS3c")

OPTIONS = (
    Option("blood_window_days", 1.0, "How far from the fluid the blood counts may lie", "d"),
    Option("silent_signs", 0, "Clinical signs nobody wrote about", values=(("absent", 0), ("range", 1))),
)

NO_FLUID, NO_BLASTS, TRAUMATIC, TAKEN_AS_ABSENT, RESPONSE, RELAPSE = 1, 2, 4, 8, 16, 32
REASONS = (
    Reason("no_fluid", "Neither cerebrospinal fluid nor a clinical sign is recorded after the infusion."),
    Reason("white_cells_without_blasts", "White cells of the fluid without blasts: CAR-T cells enter the fluid."),
    Reason("traumatic_puncture", "At least 10 red cells/uL: the puncture was traumatic."),
    Reason("signs_taken_as_absent", "Clinical signs are not recorded and were taken as absent."),
    Reason("cns_response", "CNS1 after CNS2 or CNS3."),
    Reason("cns_relapse", "CNS3 after CNS1."),
)

HAS_SIGNS, HAS_BLASTS, MANY_WHITE, MANY_RED, ABOVE_RATIO = range(5)
"""The five questions a status asks; each may be answered no, yes, or both while it is open."""

RESPONSE_DAY, RELAPSE_DAY, WORST_DAY = range(1, 4)
"""Columns of `Steps.fact`."""


@part
def status_of(signs: bool, blasts: bool, many_white: bool, many_red: bool, above_ratio: bool) -> int:
    """The published table, one branch per line."""
    if signs:
        return CNS3C
    if not blasts:
        return CNS1
    if not many_white:
        return CNS2B if many_red else CNS2A
    if not many_red:
        return CNS3A
    return CNS3B if above_ratio else CNS2C


@part
def least_and_most(may: Bools) -> tuple[int, int]:
    """The lowest and the highest status over every combination of answers that is still open."""
    low, high = CNS3C + 1, NOT_GRADED
    for code in range(32):
        answers = (code & 1, code >> 1 & 1, code >> 2 & 1, code >> 3 & 1, code >> 4 & 1)
        possible = True
        for k in range(5):
            possible = possible and bool(may[k, answers[k]])
        if possible:
            found = status_of(answers[0] == 1, answers[1] == 1, answers[2] == 1, answers[3] == 1, answers[4] == 1)
            low, high = min(low, found), max(high, found)
    return low, high


@part
def bounds(events: Events, i: int) -> tuple[float, float]:
    """(least, most) value that event `i` can mean; 0 and infinity when there is none or its result is not recorded."""
    if i < 0 or events.status[i] == 4:
        return 0.0, np.inf
    value = float(events.value[i])
    if events.status[i] == 1:
        return 0.0, (np.inf if np.isnan(value) else float(np.nextafter(value, 0.0)))
    return (0.0 if np.isnan(value) else value), (np.inf if events.status[i] == 2 or np.isnan(value) else value)


@part
def of_day(events: Events, channel: int, day: int, highest: bool) -> tuple[float, float, int]:
    """(least, most, event) of one input of the fluid on a day: the highest or the lowest of its samples."""
    least, most, event = 0.0, np.inf, -1
    for i in range(len(events.time)):
        if events.channel[i] != channel or events.day[i] != day or events.status[i] == 3:
            continue
        low, high = bounds(events, i)
        if event < 0:
            least, most, event = low, high, i
            continue
        if (highest and low > least) or (not highest and high < most):
            event = i
        least, most = (max(least, low), max(most, high)) if highest else (min(least, low), min(most, high))
    return least, most, event


@part
def blood(events: Events, channel: int, day: int, window: float) -> int:
    """The blood count nearest to the day within the window, of two equally near the earlier; -1 when there is none."""
    found = -1
    for i in range(len(events.time)):
        distance = abs(events.day[i] - day)
        if events.channel[i] != channel or events.status[i] > 2 or np.isnan(events.value[i]) or distance > window:
            continue
        if found < 0 or distance < abs(events.day[found] - day):
            found = i
    return found


@part
def signs_at(events: Events, day: int) -> tuple[int, int]:
    """(0 absent, 1 present, 2 not recorded, 3 nobody wrote about it; event) of clinical signs up to the end of a day."""
    answer, event = 3, -1
    for i in range(len(events.time)):
        if events.channel[i] != SIGNS or events.day[i] > day or events.status[i] == 3:
            continue
        present = 2 if events.status[i] == 4 else 1 if events.value[i] > 0.0 and events.attributed[i] >= 0 else 0
        twin = event >= 0 and events.day[i] == events.day[event]
        # Of several looks of one day a sign counts, then a look that was not recorded.
        if twin and (answer == 1 or (answer == 2 and present == 0)):
            continue
        answer, event = present, i
    return answer, event


@part
def answer_ratio(
    may: Bools, events: Events, white: tuple[float, float], red: tuple[float, float], counts: tuple[int, int]
) -> None:
    """Whether the ratio may be and may not be above that of the blood, for fluid with many white and many red cells."""
    blood_white, blood_red = bounds(events, counts[0]), bounds(events, counts[1])
    least, most = max(white[0], WHITE_CELLS_FROM), max(red[0], RED_CELLS_FROM)
    # Compared as products, so that no division by nothing occurs: fluid white x blood red > 2 x fluid red x blood white.
    may[ABOVE_RATIO, 0] = may[ABOVE_RATIO, 1] = True
    if counts[0] < 0 or counts[1] < 0 or not may[MANY_WHITE, 1] or not may[MANY_RED, 1]:
        return
    slack = RATIO_ABOVE * (1.0 + EPSILON)
    if np.isfinite(red[1]) and np.isfinite(blood_white[1]):
        right = slack * red[1] * blood_white[1]
        may[ABOVE_RATIO, 0] = not least * blood_red[0] * RED_PER_WHITE_UNIT > right
    if np.isfinite(white[1]) and np.isfinite(blood_red[1]):
        may[ABOVE_RATIO, 1] = white[1] * blood_red[1] * RED_PER_WHITE_UNIT > slack * most * blood_white[0]


@part
def what_would_settle(may: Bools, events: Events, day: int, counts: tuple[int, int]) -> int:
    """Bits of the inputs each of which moves a bound; all open ones when only several together do."""
    low, high = least_and_most(may)
    white, red = of_day(events, FLUID_WHITE, day, True), of_day(events, FLUID_RED, day, False)
    of_ratio = 0
    of_ratio |= 1 << FLUID_WHITE if white[0] != white[1] else 0
    of_ratio |= 1 << FLUID_RED if red[0] != red[1] else 0
    of_ratio |= 1 << BLOOD_WHITE if counts[0] < 0 or events.status[counts[0]] != 0 else 0
    of_ratio |= 1 << BLOOD_RED if counts[1] < 0 or events.status[counts[1]] != 0 else 0
    bits = (1 << SIGNS, 1 << FLUID_BLASTS, 1 << FLUID_WHITE, 1 << FLUID_RED, of_ratio)
    moving, every = 0, 0
    for k in range(5):
        if not (may[k, 0] and may[k, 1]):
            continue
        every |= bits[k]
        for fixed in range(2):
            trial = may.copy()
            trial[k, 1 - fixed] = False
            one, other = least_and_most(trial)
            if one != low or other != high:
                moving |= bits[k]
    return moving if moving else every


@part
def judge(events: Events, day: int, option: Floats, steps: Steps, row: int) -> None:
    """Write the status of a study day into `row`."""
    white_low, white_high, white = of_day(events, FLUID_WHITE, day, True)
    red_low, red_high, red = of_day(events, FLUID_RED, day, False)
    blasts_low, blasts_high, blasts = of_day(events, FLUID_BLASTS, day, True)
    signs, said = signs_at(events, day)
    counts = blood(events, BLOOD_WHITE, day, option[0]), blood(events, BLOOD_RED, day, option[0])
    may = np.zeros((5, 2), dtype=np.bool_)
    may[HAS_SIGNS, 0] = signs != 1
    may[HAS_SIGNS, 1] = signs in (1, 2) or (signs == 3 and option[1] == 1.0)
    may[HAS_BLASTS, 0], may[HAS_BLASTS, 1] = blasts_low < 1.0, blasts_high > 0.0
    may[MANY_WHITE, 0], may[MANY_WHITE, 1] = white_low < WHITE_CELLS_FROM, white_high >= WHITE_CELLS_FROM
    may[MANY_RED, 0], may[MANY_RED, 1] = red_low < RED_CELLS_FROM, red_high >= RED_CELLS_FROM
    answer_ratio(may, events, (white_low, white_high), (red_low, red_high), counts)
    low, high = least_and_most(may)
    steps.low[row], steps.high[row] = low, high
    reason = 0
    if signs == 3 and option[1] == 0.0:
        reason |= TAKEN_AS_ABSENT
    if not may[HAS_BLASTS, 1] and not may[MANY_WHITE, 0]:
        reason |= NO_BLASTS
    if not may[MANY_RED, 0]:
        reason |= TRAUMATIC
    steps.reason[row] = reason
    steps.missing[row] = what_would_settle(may, events, day, counts) if low < high else 0
    deciding = 0
    for event in (blasts, white, red, said if signs == 1 else -1, *counts):
        ratio_asked = high >= CNS2C and may[MANY_RED, 1]
        if event >= 0 and (events.channel[event] < BLOOD_WHITE or ratio_asked):
            steps.decided[row, deciding] = event
            deciding += 1


@part
def is_look(events: Events, i: int) -> bool:
    """Whether event `i` is fluid that was examined or a clinical sign that is present."""
    if events.channel[i] <= FLUID_BLASTS:
        return bool(events.status[i] != 3)
    return bool(events.channel[i] == SIGNS and events.value[i] > 0.0 and events.attributed[i] >= 0)


@part
def write_overall(steps: Steps, rows: int) -> None:
    """Row 0: the worst status after the infusion; response and relapse by the settled rows."""
    low, high, worst, reason = NOT_GRADED, NOT_GRADED, 0, 0
    had_disease, was_free = False, False
    for row in range(1, rows):
        settled, after = steps.low[row] == steps.high[row], steps.at[row] > 0.0
        if after:
            if steps.low[row] > low:
                worst = row
            low, high = max(low, steps.low[row]), max(high, steps.high[row])
            reason |= steps.reason[row]
        if after and settled and steps.low[row] == CNS1 and had_disease and np.isnan(steps.fact[0, RESPONSE_DAY]):
            steps.fact[0, RESPONSE_DAY] = steps.fact[row, STUDY_DAY]
            steps.reason[row] |= RESPONSE
            reason |= RESPONSE
        if after and steps.low[row] >= CNS3A and was_free and np.isnan(steps.fact[0, RELAPSE_DAY]):
            steps.fact[0, RELAPSE_DAY] = steps.fact[row, STUDY_DAY]
            steps.reason[row] |= RELAPSE
            reason |= RELAPSE
        had_disease = had_disease or steps.low[row] > CNS1
        was_free = was_free or (settled and steps.low[row] == CNS1)
    steps.low[0], steps.high[0] = low, high
    steps.reason[0] = reason if low >= 0 else NO_FLUID
    if low < 0:
        steps.missing[0] = 1 << FLUID_BLASTS
        return
    steps.fact[0, WORST_DAY] = steps.fact[worst, STUDY_DAY]
    steps.decided[0] = steps.decided[worst]
    for row in range(1, rows):
        if steps.at[row] > 0.0 and steps.high[row] > low:
            steps.missing[0] |= steps.missing[row]


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with fluid or a clinical sign, after row 0 with the worst of those after the infusion."""
    rows, last_day = 1, -2_000_000
    for i in range(len(events.time)):
        if not is_look(events, i) or events.day[i] == last_day:
            continue
        last_day = events.day[i]
        steps.at[rows], steps.fact[rows, STUDY_DAY] = events.time[i], float(last_day)
        judge(events, last_day, option, steps, rows)
        rows += 1
    write_overall(steps, rows)
    return rows


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """The counts and signs of the course. Fluid asks for no attribution; a sign due to something else keeps it."""
    events = gather_all(course, channels)
    return events._replace(attributed=np.where(events.attributed < 0, -1, 1).astype(np.int8))


FACTS = (
    (WORST_DAY, "worst_day", "Day of the worst CNS status after the infusion", "No fluid after the infusion."),
    (RESPONSE_DAY, "cns_response_day", "First day with CNS1 after CNS2 or CNS3", "No settled CNS1 after CNS2 or CNS3."),
    (RELAPSE_DAY, "cns_relapse_day", "First day with CNS3 after CNS1", "No settled CNS3 after CNS1."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return assess_evaluations(rule, course, option, FACTS)


RULE = Rule(
    id="cns.cog",
    version="1",
    title="CNS status in B-ALL (Children's Oncology Group)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("bmj_all_criteria", "cartrace"),
    provisional=(
        "The ratio of white to red cells, 2 times that of the blood, is written from memory; "
        "the page that was read prints a shortened form.",
        "That CNS1 after CNS2 or CNS3 is a CNS response is written from memory.",
    ),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
