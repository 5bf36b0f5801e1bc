"""Response in lymphoma, short form of the Lugano classification: response.lugano2014

**Published rule** (cheson2014lugano, response table, as reprinted)

         PET-CT                                      CT
    CR   Deauville 1-3, with or without a mass;      nodes up to 15 mm in longest diameter; extranodal disease gone;
         no avid marrow                              spleen normal; marrow normal; no new lesion
    PR   4-5, uptake reduced from baseline           sum of products (at most 6 lesions) fallen by >= 50 %; spleen: excess
                                                     above 130 mm fallen by more than 50 %
    SD   4-5, no change (no metabolic response)      neither
    PD   4-5 with increased uptake, or a new         one lesion longer than 15 mm, product >= 50 % above its nadir, and a
         avid focus                                  diameter longer by 5 mm (up to 20 mm) or 10 mm (above); spleen longer by
                                                     more than 50 % of its former excess, or by 20 mm when it was normal;
                                                     new node above 15 mm, new extranodal lesion above 10 mm

**Readings**
- Only for lymphoma: the disease of the record must be named so, or by a common abbreviation (DLBCL). Names that also
  speak of leukaemia (B-lymphoblastic leukaemia/lymphoma) are not meant (cartrace).
- An evaluation with a Deauville score is judged by PET, one without by CT; `by=ct` never asks PET.
- Best response from day 28 on. The last look before the infusion is the baseline; a bare day 0 is before it. Looks
  within `window_days` belong together (cartrace).
- Uptake is reduced when the score is lower than at baseline and increased when it is higher than the lowest before; of
  several lesions the worst one speaks (cartrace). A lesion without a score in a PET evaluation leaves it open up to PD.
- The 5 or 10 mm go by the longest diameter at the nadir of the product; the longest or the shortest diameter counts.
- The former excess of a spleen is that of the baseline; a spleen that was normal at any time counts as normal (cartrace).
- A new extranodal lesion up to 10 mm is not PD, and prevents a CR. Involved marrow prevents a CR and decides nothing
  else. Marrow that was never called involved takes no part, nor does a spleen never measured (cartrace).
- The text advises a biopsy of what stays avid and of what is new and unclear, and prints no line for its result. Here a
  biopsy near the evaluation goes before uptake and size: a lesion without infiltration is gone, and a new one is no PD;
  an infiltrated one is no CR, and a new one is PD whatever its size. A result that is not recorded leaves both open. A
  biopsy that names no lesion clears only a site with one lesion, and shows infiltration of any; a biopsy alone makes no
  evaluation (cartrace).

**Not covered** LYRIC (2016), the adaptation for immunotherapy: it was not read.

**Ungradable**
- Looks whose score, size and finding are not recorded; no look after the infusion. Another disease: not applicable.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best
from cartrace.assess.response.best import after_infusion, next_therapy_time, write_best
from cartrace.assess.response.lesion import (
    EPSILON,
    GONE,
    PRESENT,
    UNCLEAR,
    baseline,
    name_record,
    name_records,
    nearest,
    size,
)
from cartrace.assess.response.lesion import GROWTH_FROM as GROWTH_FROM
from cartrace.assess.response.lugano2014_inputs import CHANNELS, LYMPHOMA, MARROW, SPLEEN, gather
from cartrace.assess.response.lugano2014_lesion import (
    CR,
    FREE,
    PD,
    PR,
    SD,
    SOMEWHERE,
    UNREAD,
    by_size,
    is_new,
    metabolic,
    progressive,
    spleen,
    takes_part,
    tissue,
)
from cartrace.assess.response.lugano2014_lesion import LARGE_STEP_FROM as LARGE_STEP_FROM
from cartrace.assess.response.lugano2014_lesion import NEW_EXTRANODAL_ABOVE as NEW_EXTRANODAL_ABOVE
from cartrace.assess.response.lugano2014_lesion import SMALL_STEP_FROM as SMALL_STEP_FROM
from cartrace.assess.response.lugano2014_lesion import SMALL_UP_TO as SMALL_UP_TO
from cartrace.assess.response.lugano2014_lesion import SPLEEN_FALL_ABOVE as SPLEEN_FALL_ABOVE
from cartrace.assess.response.lugano2014_lesion import SPLEEN_GROWTH_ABOVE as SPLEEN_GROWTH_ABOVE
from cartrace.assess.response.lugano2014_lesion import SPLEEN_NEW_FROM as SPLEEN_NEW_FROM
from cartrace.assess.response.lugano2014_lesion import SPLEEN_NORMAL_UP_TO as SPLEEN_NORMAL_UP_TO
from cartrace.assess.response.sites import (
    AXES,
    BIOPSY,
    DEAUVILLE,
    IMAGING,
    LONGEST,
    THERAPY,
    kind_of,
)
from cartrace.assess.response.sites import METABOLIC_CR_UP_TO as METABOLIC_CR_UP_TO
from cartrace.assess.response.sites import NODE_NORMAL_UP_TO as NODE_NORMAL_UP_TO
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_APPLICABLE, Option, Reason, Rule, Steps
from cartrace.course import Course, Events

BEST_DAYS_FROM = 28.0
"""[study day] from which the best response counts; cartrace."""

FALL_FROM = 0.5
"""Fall of the sum of products of diameters that makes a PR; cheson2014lugano, CT criteria."""

LESIONS_UP_TO = 6
"""Lesions in the sum of products; cheson2014lugano, CT criteria. The largest at baseline are taken."""

CATEGORIES = ("CR", "PR", "SD", "PD")

NOTHING_RECORDED, NOT_LYMPHOMA, BY_PET, BY_CT, BY_BIOPSY = 8, 16, 32, 64, 128
REASONS = (
    *best.SHARED_REASONS,
    Reason("nothing_recorded", "It was looked at, but neither score nor size nor finding is recorded."),
    Reason("not_a_lymphoma", "The disease of the record is not a lymphoma, or is not named."),
    Reason("by_pet", "Judged by PET: a metabolic response."),
    Reason("by_ct", "Judged by CT: sizes."),
    Reason("by_biopsy", "A biopsy says whether a lesion is infiltrated; it goes before uptake and size."),
)

OPTIONS = (
    Option("best_from_day", BEST_DAYS_FROM, "Study day from which evaluations count for the best response", "d"),
    Option("window_days", 14.0, "Looks this far apart belong to one evaluation", "d"),
    Option("by", 0, "PET where a score is recorded, or CT only", values=(("pet", 0), ("ct", 1))),
)


@part
def fall_of_sum(events: Events, at: float, window: float) -> float:
    """Fall of the sum of products of the largest lesions [fraction]; NaN when a size is missing, or none was there."""
    before, now = 0.0, 0.0
    for i in range(len(events.time)):
        if not takes_part(events, i, at, window):
            continue
        site, lesion = events.low[i], events.high[i]
        own, known_before = baseline(events, AXES, site, lesion), False
        larger = 0
        for j in range(len(events.time)):
            same = events.low[j] == site and events.high[j] == lesion and AXES <= events.channel[j] <= IMAGING
            known_before = known_before or (same and not after_infusion(events.time[j]))
            if takes_part(events, j, at, window):
                other = baseline(events, AXES, events.low[j], events.high[j])
                larger += 1 if other > own or (other == own and j < i) else 0
        if np.isnan(own):
            if known_before:
                return np.nan
            continue
        if larger < LESIONS_UP_TO:
            said = tissue(events, site, lesion, at, window)[0]
            if said == UNREAD:
                return np.nan
            state = by_size(events, kind_of(events, site), site, lesion, at, window)[0]
            before += own
            now += 0.0 if said == FREE else size(events, AXES, site, lesion, at, window, state)
    return 1.0 - now / before if before > 0.0 else np.nan


@part
def scored(events: Events, at: float, window: float) -> int:
    """1 when some lesion has a Deauville score near `at`, 2 when there was a PET without one, else 0."""
    found = 0
    for i in range(len(events.time)):
        if events.channel[i] != DEAUVILLE or not after_infusion(events.time[i]) or abs(events.time[i] - at) > window:
            continue
        if not np.isnan(events.value[i]):
            return 1
        found = 2
    return found


@part
def flag_biopsies(events: Events, steps: Steps, row: int, records: NDArray[np.int64]) -> None:
    """Flag `row` when a biopsy decided a lesion; `records` as in `name_records`."""
    for i in range(len(records)):
        if records[i, 0] >= 0 and events.channel[records[i, 0]] == BIOPSY:
            steps.reason[row] |= BY_BIOPSY


@part
def unsettled(events: Events, site: float, lesion: float, at: float, window: float, bits: int, needed: int) -> int:
    """What would settle a lesion: `bits`, or the biopsy that is not recorded, both when `needed` is missing too."""
    said = tissue(events, site, lesion, at, window)[0]
    if said not in (SOMEWHERE, UNREAD):
        return bits
    return 1 << BIOPSY | (bits if nearest(events, needed, site, lesion, at, window) < 0 else 0)


@part
def judge_pet(events: Events, steps: Steps, row: int, at: float, window: float) -> tuple[int, int, int]:
    """(low, high, missing) by PET: the worst lesion."""
    low, high, missing = CR, CR, 0
    records = np.full((len(events.time), 3), -1)
    for i in range(len(events.time)):
        if takes_part(events, i, at, window):
            own_low, own_high, who = metabolic(events, events.low[i], events.high[i], at, window)
            records[i, 0], records[i, 2] = who, 0 if own_low == PD else 1 if own_high > CR else 2
            low, high = max(low, own_low), max(high, own_high)
            if own_low != own_high:
                missing |= unsettled(events, events.low[i], events.high[i], at, window, 1 << DEAUVILLE, DEAUVILLE)
    flag_biopsies(events, steps, row, records)
    name_records(events, steps, row, records)
    return low, high, missing


@part
def range_by_ct(at_best: bool, at_worst: bool, all_gone: int, may_have_grown: bool) -> tuple[int, int]:
    """(low, high) by CT where nothing has surely grown.

    at_best, at_worst  whether sum and spleen have fallen enough for a PR
    all_gone           1 when no lesion is left and the spleen is normal, 0 when not, 2 when unclear
    """
    low = CR if all_gone != 0 else PR if at_best else SD
    high = PD if may_have_grown else CR if all_gone == 1 else PR if at_worst else SD
    return low, high


@part
def judge_ct(events: Events, steps: Steps, row: int, at: float, window: float) -> tuple[int, int, int, bool]:
    """(low, high, missing, whether anything is recorded) by CT."""
    present, unclear, grown, perhaps, known, missing, lesions = False, False, False, False, False, 0, 0
    records = np.full((len(events.time), 3), -1)
    for i in range(len(events.time)):
        if not takes_part(events, i, at, window):
            continue
        site, lesion, kind = events.low[i], events.high[i], kind_of(events, events.low[i])
        state, who = by_size(events, kind, site, lesion, at, window)
        growth = progressive(events, kind, site, lesion, at, window, state)
        records[i, 0], records[i, 2] = who, 0 if growth == 1 else 1 if state != GONE else 2
        lesions += 1
        known = known or who >= 0
        present, unclear = present or state == PRESENT, unclear or state == UNCLEAR
        grown, perhaps = grown or growth == 1, perhaps or growth == UNCLEAR
        # A new lesion is judged by its longest diameter alone.
        of_growth = LONGEST if is_new(events, site, lesion, at, window) else AXES
        open_sizes = (1 << LONGEST if state == UNCLEAR else 0) | (1 << of_growth if growth == UNCLEAR else 0)
        missing |= unsettled(events, site, lesion, at, window, open_sizes, LONGEST) if open_sizes else 0
    normal, fallen, longer, who = spleen(events, at, window)
    flag_biopsies(events, steps, row, records)
    if longer == 1:
        name_record(events, steps, row, who)
    name_records(events, steps, row, records)
    name_record(events, steps, row, who)
    known = known or who >= 0
    missing |= 1 << SPLEEN if normal == UNCLEAR or fallen == UNCLEAR or longer == UNCLEAR else 0
    if grown or longer == 1:
        return PD, PD, 0, known
    fall = fall_of_sum(events, at, window) if lesions > 0 else 1.0
    all_gone = 0 if present or normal == 0 else UNCLEAR if unclear or normal == UNCLEAR else 1
    may_have_grown = perhaps or longer == UNCLEAR
    fell = range_by_ct(fallen != 0, fallen == 1, all_gone, may_have_grown)
    stayed = range_by_ct(False, False, all_gone, may_have_grown)
    if np.isnan(fall):
        # The sizes are asked for where the fall would change the answer, and no biopsy would do instead.
        missing |= 1 << AXES if fell != stayed and missing & 1 << BIOPSY == 0 else 0
        return fell[0], stayed[1], missing, known
    low, high = stayed if fall < FALL_FROM - EPSILON else fell
    return low, high, missing, known


@part
def marrow_floor(events: Events, at: float, window: float) -> tuple[int, int, int]:
    """(best, worst category that the marrow allows; deciding event): involved marrow prevents a CR."""
    i = nearest(events, MARROW, -1.0, -1.0, at, window)
    if i >= 0:
        return (PR, PR, i) if events.value[i] == 1.0 else (CR, CR, i)
    for j in range(len(events.time)):
        if events.channel[j] == MARROW and (events.value[j] == 1.0 or events.status[j] == 4):
            return CR, PR, -1
    return CR, CR, -1


@part
def evaluate(events: Events, steps: Steps, row: int, at: float, window: float, ct_only: bool) -> None:
    """Write the response on one evaluation day into `row`."""
    by = 0 if ct_only else scored(events, at, window)
    low, high, missing, known = CR, PD, 1 << DEAUVILLE, True
    if by == 1:
        low, high, missing = judge_pet(events, steps, row, at, window)
    elif by == 0:
        low, high, missing, known = judge_ct(events, steps, row, at, window)
    if not known:
        steps.reason[row] = NOTHING_RECORDED
        steps.missing[row] = missing
        return
    best_case, worst_case, who = marrow_floor(events, at, window)
    name_record(events, steps, row, who)
    missing |= 1 << MARROW if best_case != worst_case else 0
    steps.low[row], steps.high[row] = max(low, best_case), max(high, worst_case)
    steps.missing[row] = missing if steps.low[row] != steps.high[row] else 0
    steps.reason[row] |= BY_CT if by == 0 else BY_PET


@part
def is_look(events: Events, i: int) -> bool:
    """Whether event `i` is a look by imaging or examination after the infusion."""
    channel = events.channel[i]
    return (AXES <= channel <= IMAGING or channel == SPLEEN) and after_infusion(events.time[i])


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """One row per study day with a look, then the best response."""
    lymphoma = False
    for i in range(len(events.time)):
        lymphoma = lymphoma or (events.channel[i] == LYMPHOMA and events.value[i] == 1.0)
    steps.fact[0, best.IS_BEST] = 1.0
    steps.fact[0, best.SITE] = -1.0
    if not lymphoma:
        steps.low[0] = steps.high[0] = NOT_APPLICABLE
        steps.reason[0] = NOT_LYMPHOMA
        return 1
    rows, setback = 1, np.nan
    for i in range(len(events.time)):
        last_of_day = is_look(events, i)
        for j in range(i + 1, len(events.time)):
            if events.day[j] == events.day[i] and is_look(events, j):
                last_of_day = False
        if not last_of_day:
            continue
        steps.at[rows] = events.time[i]
        steps.fact[rows, best.SITE] = -1.0
        steps.fact[rows, best.IS_BEST] = 0.0
        steps.fact[rows, best.STUDY_DAY] = float(events.day[i])
        evaluate(events, steps, rows, float(events.time[i]), option[1], option[2] == 1.0)
        if steps.low[rows] == PD and np.isnan(setback):
            setback = float(events.day[i])
        rows += 1
    write_best(steps, 1, rows, 0, PD, CR, option[0], next_therapy_time(events, THERAPY), -1.0)
    if rows == 1:
        steps.missing[0] = 1 << LONGEST
    steps.fact[0, best.SETBACK_DAY] = setback
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
    (best.SETBACK_DAY, "progression_day", "Day of progression", "No settled progression."),
)


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.lugano2014",
    version="1",
    title="Lugano 2014 (lymphoma)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("cheson2014lugano", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
