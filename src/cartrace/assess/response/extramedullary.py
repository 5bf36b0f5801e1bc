"""Extramedullary response in B-ALL outside the CNS, by site: response.extramedullary

**Published rule**
No standard validated for ALL exists; CAR-T cohorts report CR and PR by FDG-PET (holland2022emd). ELN 2024 refers to
the lymphoma criteria (gokbuget2024eln, response table); the rule carries the Lugano limits (cheson2014lugano, PET-CT
and CT criteria) over to the sites of B-ALL:

    CR   PET Deauville 1-3; or resolved (node: longest diameter <= 15 mm); or biopsy negative; nothing new
    CRu  mediastinum: residual mass after a volume fall of more than 75 %, PET not done
    PR   sum of products of diameters (at most 6 lesions) fallen by >= 50 %; or PET uptake reduced (score 4-5)
    SD   neither PR nor PD
    PD   growth by >= 50 %; a new lesion; increased uptake with growth

**Readings** (all cartrace)
- Testis: normal by examination and by ultrasound under the same lesion name; PET alone does not prove it. Abnormal: present.
- Skin: resolved by examination or photograph; what remains is unclear until a biopsy speaks.
- A biopsy (or flow cytometry of the tissue) decides over PET, PET over findings; of findings and size the worse counts.
  A biopsy or PET whose result is not recorded leaves the lesion unclear.
- The baseline is the last look before the infusion; a bare day 0 is before it. Looks within `window_days` belong together.
- A lesion that was normal or resolved at its last look before the infusion is no target lesion: its size takes no part
  in the fall.
- Growth is judged lesion by lesion from its smallest size before, so that one growing lesion is not hidden by others.
- Growth before day 28 may be inflammation: SD to PD with a flag, never PD alone. A new lesion is PD at any time.
- A lesion gone after the infusion by every finding of a look and found abnormal later has come back: PD.
- A lower Deauville score than at baseline is reduced uptake; without a baseline score, score 5 cannot be reduced.
- `measure=volume` puts volumes in place of products of diameters under the same limits.
- The records named as evidence are at most eight: lesions that grew before those that are left and those that are gone, of
  several sites the worst first.
- The overall response is that of the worst site. A site that was never recorded as involved and was only ever seen
  clean takes no part.

**Ungradable**
- Looks whose size and finding are not recorded; a known site that nobody looked at after the infusion.
  No extramedullary disease known: not applicable.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best, lesion, sites
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.best import next_therapy_time, write_best
from cartrace.assess.response.lesion import (
    GONE,
    PRESENT,
    UNCLEAR,
    baseline,
    biopsy,
    clean_before,
    gone,
    grown,
    larger_than_before,
    name_record,
    name_records,
    nearest,
    reappeared,
    size,
    uptake,
    worst_finding,
)
from cartrace.assess.response.lesion import GROWTH_FROM as GROWTH_FROM
from cartrace.assess.response.sites import (
    AXES,
    DEAUVILLE,
    MEDIASTINUM,
    NEW,
    SITE,
    THERAPY,
    VOLUME,
    kind_of,
    look_of,
    takes_part,
    what_would_settle,
)
from cartrace.assess.response.sites import METABOLIC_CR_UP_TO as METABOLIC_CR_UP_TO
from cartrace.assess.response.sites import NODE_NORMAL_UP_TO as NODE_NORMAL_UP_TO
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_APPLICABLE, NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Course, Events

FALL_FROM = 0.5
"""Fall of the sum of products of diameters that makes a PR; cheson2014lugano, CT criteria."""

CRU_FALL_ABOVE = 0.75
"""Fall of the volume of a mediastinal mass that makes a CRu; written from memory (see `provisional`)."""

GROWTH_COUNTS_DAYS_FROM = 28
"""[study day] growth before it may be pseudo-progression; cartrace."""

LESIONS_UP_TO = 6
"""Lesions in the sum of products; cheson2014lugano, CT criteria. The largest at baseline are taken."""

CR, CRU, PR, SD, PD = range(5)
CATEGORIES = ("CR", "CRu", "PR", "SD", "PD")

NOTHING_RECORDED, NEW_LESION, GROWTH, PSEUDO, BIOPSY_DECIDED, BACK = 8, 16, 32, 64, 128, 256
REASONS = (
    *best.SHARED_REASONS,
    Reason("nothing_recorded", "It was looked at, but neither size nor finding is recorded."),
    Reason("new_lesion", "A new lesion."),
    Reason("growth", "Growth by at least 50 % from the smallest size, or increased uptake with growth."),
    Reason("pseudo_progression_possible", "Growth before day 28 may be inflammation: look again."),
    Reason("biopsy_decided", "A biopsy decided."),
    Reason("reappeared", "A lesion that had resolved has come back."),
)

OPTIONS = (
    best.BEST_FROM,
    Option("window_days", 14.0, "Looks this far apart belong to one evaluation", "d"),
    Option("measure", 0, "What size is measured by", values=(("axes", 0), ("volume", 1))),
)


@part
def fall_of_size(events: Events, kind: int, site: float, at: float, window: float, channel: int) -> float:
    """Fall of the summed size of the target lesions from baseline [fraction]; NaN when a size is missing.

    0 when every lesion was clean before: then nothing can have fallen.
    """
    before, now, targets = 0.0, 0.0, 0
    for i in range(len(events.time)):
        if events.channel[i] != SITE or events.low[i] != site or np.isnan(events.high[i]):
            continue
        if clean_before(events, site, events.high[i], window):
            continue
        targets += 1
        own = baseline(events, channel, site, events.high[i])
        if np.isnan(own):
            continue
        larger = 0
        for j in range(len(events.time)):
            if events.channel[j] == SITE and events.low[j] == site and not np.isnan(events.high[j]):
                other = baseline(events, channel, site, events.high[j])
                ahead = other > own or (other == own and j < i)
                if ahead and not clean_before(events, site, events.high[j], window):
                    larger += 1
        if larger >= LESIONS_UP_TO:
            continue
        state = gone(events, kind, site, events.high[i], at, window)[0]
        before += own
        now += size(events, channel, site, events.high[i], at, window, state)
    if targets == 0:
        return 0.0
    return 1.0 - now / before if before > 0.0 else np.nan


@part
def unconfirmed_remission(events: Events, kind: int, site: float, number: float, at: float, window: float) -> bool:
    """Whether a remaining mediastinal mass counts as CRu."""
    if kind != MEDIASTINUM or nearest(events, DEAUVILLE, site, number, at, window) >= 0:
        return False
    i = nearest(events, VOLUME, site, number, at, window)
    own = baseline(events, VOLUME, site, number)
    return i >= 0 and bool(1.0 - events.value[i] / own > CRU_FALL_ABOVE + lesion.EPSILON) if own > 0.0 else False


@part
def judge_growth(
    events: Events, kind: int, site: float, number: float, at: float, window: float, channel: int
) -> tuple[int, int]:
    """(1 grown, 0 not, 2 unclear; reason bits) of a lesion that is or may be present."""
    finding = worst_finding(events, site, number, at, window)
    if finding >= 0 and events.value[finding] == NEW:
        return 1, NEW_LESION
    if reappeared(events, kind, site, number, at, window):
        return 1, BACK
    growth = grown(events, channel, site, number, at, window)
    look = nearest(events, channel, site, number, at, window)
    brighter = uptake(events, site, number, at, window) == 1 and larger_than_before(events, site, number, at, window)
    if brighter and growth != 1:
        growth = 1
        look = nearest(events, DEAUVILLE, site, number, at, window)
    if growth == 1 and events.day[look] < GROWTH_COUNTS_DAYS_FROM:
        return UNCLEAR, PSEUDO
    return growth, GROWTH if growth == 1 else 0


@part
def evaluate(
    events: Events, steps: Steps, row: int, kind: int, site: float, at: float, window: float, channel: int
) -> None:
    """Write the response of one site on one evaluation day into `row`."""
    present, unclear, progressive, possible, known = False, False, False, False, False
    cru, lower, lower_unclear = True, True, False
    reason, missing = 0, 0
    records = np.full((len(events.time), 3), -1)
    for i in range(len(events.time)):
        if events.channel[i] != SITE or events.low[i] != site or np.isnan(events.high[i]):
            continue
        number = events.high[i]
        state, unknown, who = gone(events, kind, site, number, at, window)
        look = nearest(events, channel, site, number, at, window)
        known = known or who >= 0 or look >= 0
        missing |= unknown
        records[i, 0], records[i, 1], records[i, 2] = who, look, 2
        if biopsy(events, site, number, at, window) >= 0:
            reason |= BIOPSY_DECIDED
        if state == GONE:
            continue
        present = present or state == PRESENT
        unclear = unclear or state == UNCLEAR
        growth, why = judge_growth(events, kind, site, number, at, window, channel)
        reason |= why
        records[i, 2] = 0 if growth == 1 else 1
        progressive = progressive or (growth == 1 and state == PRESENT)
        possible = possible or growth == UNCLEAR or (growth == 1 and state == UNCLEAR)
        if growth == UNCLEAR:
            missing |= 1 << channel
        if not unconfirmed_remission(events, kind, site, number, at, window):
            cru = False
        change = uptake(events, site, number, at, window)
        lower = lower and change == -1
        lower_unclear = lower_unclear or change == UNCLEAR
    name_records(events, steps, row, records)
    fall = fall_of_size(events, kind, site, at, window, channel)
    steps.fact[row, best.CHANGE] = -fall
    low, high = PR, PR
    if progressive:
        low, high = PD, PD
    elif not present and not unclear:
        low, high = CR, CR
    elif cru and not reason & PSEUDO:
        low, high = CRU, CRU
    elif not (lower or fall >= FALL_FROM - lesion.EPSILON):
        high = SD
        if fall < FALL_FROM - lesion.EPSILON and not lower_unclear:
            low = SD
        elif np.isnan(fall):
            missing |= 1 << channel
        if lower_unclear:
            missing |= 1 << DEAUVILLE
    if possible and high in (PR, SD):
        low, high = (SD if reason & PSEUDO else low), PD
    if not present and unclear and not progressive:
        low = CR
    steps.reason[row] = reason if known else reason | NOTHING_RECORDED
    steps.low[row], steps.high[row] = (low, high) if known else (NOT_GRADED, NOT_GRADED)
    steps.missing[row] = 0 if known and low == high else missing


@part
def begin_row(steps: Steps, row: int, site: float, at: float, day: float) -> None:
    """Clear `row` for an evaluation."""
    steps.at[row] = at
    steps.low[row] = steps.high[row] = NOT_GRADED
    steps.reason[row] = steps.missing[row] = 0
    steps.fact[row, best.SITE] = site
    steps.fact[row, best.IS_BEST] = 0.0
    steps.fact[row, best.STUDY_DAY] = day


@part
def write_site(events: Events, option: NDArray[np.float64], steps: Steps, row: int, kind: int, site: float) -> int:
    """Evaluations of one site, then its best response. Returns the next free row."""
    first, channel = row, VOLUME if option[2] == 1.0 else AXES
    setback = np.nan
    for i in range(len(events.time)):
        last_of_day = look_of(events, i, site)
        for j in range(i + 1, len(events.time)):
            if events.day[j] == events.day[i] and look_of(events, j, site):
                last_of_day = False
        if not last_of_day:
            continue
        begin_row(steps, row, site, events.time[i], float(events.day[i]))
        evaluate(events, steps, row, kind, site, events.time[i], option[1], channel)
        if steps.low[row] == PD and np.isnan(setback):
            setback = float(events.day[i])
        row += 1
    if not takes_part(events, kind, site):
        begin_row(steps, first, site, np.nan, np.nan)
        steps.low[first] = steps.high[first] = NOT_APPLICABLE
        steps.fact[first, best.IS_BEST] = 1.0
        return first + 1
    write_best(steps, first, row, row, PD, CRU, option[0], next_therapy_time(events, THERAPY), site)
    steps.fact[row, best.SETBACK_DAY] = setback
    if row == first:
        steps.missing[row] = what_would_settle(kind)
    return row + 1


@part
def worst_of_sites(events: Events, steps: Steps, row: int, rows: int, at: float, window: float) -> None:
    """Write the worst site's response at `at` into `row` from the site rows 1..rows-1."""
    low, high, missing, graded = CR, CR, 0, 0
    category = np.full(rows, -1)
    for last in range(1, rows):
        if steps.fact[last, best.IS_BEST] != 1.0 or steps.low[last] == NOT_APPLICABLE:
            continue
        chosen, site = last, steps.fact[last, best.SITE]
        for i in range(1, last):
            if steps.fact[i, best.SITE] != site or abs(steps.at[i] - at) > window:
                continue
            if chosen == last or abs(steps.at[i] - at) < abs(steps.at[chosen] - at):
                chosen = i
        if chosen == last or steps.low[chosen] == NOT_GRADED:
            high = PD
            missing |= steps.missing[chosen]
            steps.reason[row] |= steps.reason[chosen] if chosen != last else 0
            if chosen == last:
                # Nobody looked at this site near `at`.
                missing |= what_would_settle(kind_of(events, site))
            continue
        graded += 1
        steps.reason[row] |= steps.reason[chosen]
        low, high = max(low, steps.low[chosen]), max(high, steps.high[chosen])
        missing |= steps.missing[chosen]
        category[chosen] = steps.high[chosen]
    for worst in range(PD, CR - 1, -1):
        for chosen in range(rows):
            for k in range(steps.decided.shape[1]):
                if category[chosen] == worst:
                    name_record(events, steps, row, steps.decided[chosen, k])
    if graded > 0:
        steps.low[row], steps.high[row] = low, high
    steps.missing[row] = 0 if graded > 0 and low == high else missing


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """Rows of each site, each closed by its best response; then the worst site per day and the overall best response."""
    rows, taking_part, unseen = 1, 0, 0
    for i in range(len(events.time)):
        if events.channel[i] == SITE and np.isnan(events.high[i]):
            rows = write_site(events, option, steps, rows, int(events.value[i]), events.low[i])
            taking_part += 1 if steps.low[rows - 1] != NOT_APPLICABLE else 0
            unseen |= steps.missing[rows - 1]
    first = rows
    if taking_part == 0:
        begin_row(steps, 0, -1.0, np.nan, np.nan)
        steps.fact[0, best.IS_BEST] = 1.0
        steps.low[0] = steps.high[0] = NOT_APPLICABLE
        return rows
    setback, last_day = np.nan, -2_000_000.0
    for _ in range(1, first):
        following = np.inf
        for j in range(1, first):
            day = steps.fact[j, best.STUDY_DAY]
            if steps.fact[j, best.IS_BEST] == 0.0 and last_day < day < following:
                following = day
        if following == np.inf:
            break
        last_day, at = following, -np.inf
        for j in range(1, first):
            if steps.fact[j, best.IS_BEST] == 0.0 and steps.fact[j, best.STUDY_DAY] == following:
                at = max(at, steps.at[j])
        begin_row(steps, rows, -1.0, at, following)
        worst_of_sites(events, steps, rows, first, at, option[1])
        if steps.low[rows] == PD and np.isnan(setback):
            setback = following
        rows += 1
    write_best(steps, first, rows, 0, PD, CRU, option[0], next_therapy_time(events, THERAPY), -1.0)
    if rows == first:
        steps.missing[0] = unseen
    steps.fact[0, best.SETBACK_DAY] = setback
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best extramedullary response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day with every site in CR", "No settled CR of every site."),
    (best.SETBACK_DAY, "progression_day", "Day of extramedullary progression", "No settled progression."),
)


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's rows as records: overall and steps for the worst site, `parts` for the best response of each site."""
    events = rule.events(course)
    result, steps = best.assessment(rule, events, option, FACTS)
    return best.with_parts(result, rule, events, steps, sites.site_names(course))


RULE = Rule(
    id="response.extramedullary",
    version="1",
    title="Extramedullary response by site",
    module=__name__,
    channels=sites.CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("gokbuget2024eln", "cheson2014lugano", "cartrace"),
    provisional=(
        "CRu of a mediastinal mass (volume fall above 75 %) is written from memory of a guideline not yet read.",
    ),
    kernel=kernel,
    rows=lambda n: 3 * n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=sites.gather,
)
