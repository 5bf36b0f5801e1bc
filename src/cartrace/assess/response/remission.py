"""One marrow evaluation: what it is made of, at best and at worst, and what its edition makes of that.

In: `Events` of marrow.py, an edition's `category`. Out: rows of `Steps`. Parts of the kernels of the editions of the
haematological response; each edition brings one function from complete inputs to a category.
Decided here: an evaluation is a study day with a marrow; the highest blast count and the highest MRD of the day count; an
input that is not recorded is anything it could be; a worse input never gives a better category.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best
from cartrace.assess.response.best import NOT_EVALUABLE, after_infusion, next_therapy_time, write_best
from cartrace.assess.response.evidence import REMISSION_BELOW, bounds, known_before, near, support, unread
from cartrace.assess.response.lasting import fill_progression
from cartrace.assess.response.marrow import (
    ADEQUATE,
    ANC,
    BLOOD_BLASTS,
    CELLS,
    CELLULARITY,
    CNS,
    EXTRAMEDULLARY,
    GROWTH_FACTOR,
    MARROW_BLASTS,
    MRD,
    PLATELETS,
    RED_CELLS,
    THERAPY,
    TRANSFUSION,
)
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Steps
from cartrace.course import Events

Floats = NDArray[np.float64]
Category = Callable[[Floats, Floats], int]
"""An edition: complete inputs and its options to the number of a category."""

APLASTIC_CELLULARITY_BELOW = 10.0
"""[%] cellularity; the ELN AML wording of MLFS asks for at least 10 % or 200 cells."""

APLASTIC_CELLS_BELOW = 200.0
"""Cells counted; the ELN AML wording of MLFS asks for at least 10 % or 200 cells."""

MRD_FAILURE_FROM = 0.01
"""[fraction] MRD that is no CR, where it is available; gokbuget2024eln, response table, and buchmann2022pontedilegno."""

EMD_FREE_UP_TO = 1.0
"""Number of the last category of the extramedullary response that is free of disease: CRu."""

CNS_FREE_UP_TO = 0.0
"""Number of the CNS status that is free of disease: CNS1."""

INPUTS = 13
(
    X_BLASTS,
    X_BLOOD,
    X_CNS,
    X_SITES,
    X_ANC,
    X_GCSF,
    X_PLATELETS,
    X_TRANSFUSION,
    X_APLASTIC,
    X_MRD,
    X_RED_CELLS,
    X_PROGRESSION,
    X_EARLIER,
) = range(INPUTS)
"""What a category is made of; each at best and at worst. X_EARLIER: an earlier evaluation was a remission."""

X_CHANNELS = (
    MARROW_BLASTS,
    BLOOD_BLASTS,
    CNS,
    EXTRAMEDULLARY,
    ANC,
    GROWTH_FACTOR,
    PLATELETS,
    TRANSFUSION,
    CELLULARITY,
    MRD,
    RED_CELLS,
    MARROW_BLASTS,
    MARROW_BLASTS,
)

ASKS_PROGRESSION, ASKS_MRD_DAYS = 1 << 30, 1 << 31
"""What an edition asks for besides the channels whose bits it names: progression and relapse, days with MRD only."""

BLASTS_NOT_RECORDED, BY_MARROW, BY_BLOOD, BY_CNS, BY_SITES, MIXED = 8, 16, 32, 64, 128, 256
APLASTIC_WITH_COUNTS, BASELINE_CLEAN, TAKEN_AS_FREE, SUPPORTED = 512, 1024, 2048, 4096
BY_MRD = 8192
OWN_REASON = 16384
"""The first bit that an edition may use for a reason of its own."""

REASONS = (
    *best.SHARED_REASONS,
    Reason("blasts_not_recorded", "A marrow was taken; its blast count is not recorded."),
    Reason("marrow_blasts", "Marrow blasts of at least 5 %."),
    Reason("blood_blasts", "Blasts in blood; to be confirmed by flow cytometry, expanding T cells look alike."),
    Reason("cns_disease", "CNS disease."),
    Reason("extramedullary_disease", "Extramedullary disease remains or is new."),
    Reason("mixed_response", "The marrow is in remission, another compartment is not."),
    Reason("aplastic_with_counts", "The marrow is aplastic by its figures while blood counts have recovered."),
    Reason("baseline_marrow_clean", "The marrow was in remission before the infusion: response is judged by site."),
    Reason("compartment_taken_as_free", "Blood, CNS or other sites are not recorded and were never called involved."),
    Reason("supported_count", "A count under platelet transfusion or G-CSF does not count as recovered."),
    Reason("mrd_failure", "MRD of at least 1 %."),
)

COUNTS_WINDOW, SITE_WINDOW, SILENT_SITES, SUPPORT_UNKNOWN, OWN_OPTION = range(1, 6)
"""Places of the options that editions share; option 0 is `best.BEST_FROM`, an edition's own come after."""

OPTIONS = (
    Option("counts_window_days", 7.0, "How far from the marrow the counts may lie", "d"),
    Option("site_window_days", 14.0, "How far from the marrow blood blasts, CNS and other sites may lie", "d"),
    Option("silent_sites", 0, "Compartments never recorded as involved", values=(("free", 0), ("range", 1))),
    Option("support_unknown", 0, "Support that is not charted", values=(("range", 0), ("unsupported", 1))),
)


@part
def fill_counts(events: Events, i: int, option: Floats, at_best: Floats, at_worst: Floats) -> int:
    """Counts and their support near marrow `i`. Returns SUPPORTED when a support is known."""
    reason = 0
    for channel, x, drug, given in (
        (ANC, X_ANC, GROWTH_FACTOR, X_GCSF),
        (PLATELETS, X_PLATELETS, TRANSFUSION, X_TRANSFUSION),
    ):
        count = near(events, channel, i, option[COUNTS_WINDOW])
        at_worst[x], at_best[x] = bounds(events, count, np.inf)
        if count >= 0:
            supported = support(events, drug, float(events.time[count]), option[SUPPORT_UNKNOWN] == 1.0)
            at_best[given] = 1.0 if supported == 1 else 0.0
            at_worst[given] = 0.0 if supported == 0 else 1.0
            if supported == 1:
                reason = SUPPORTED
    given = support(events, RED_CELLS, float(events.time[i]), option[SUPPORT_UNKNOWN] == 1.0)
    at_best[X_RED_CELLS] = 1.0 if given == 1 else 0.0
    at_worst[X_RED_CELLS] = 0.0 if given == 0 else 1.0
    return reason


@part
def fill_sites(events: Events, i: int, option: Floats, at_best: Floats, at_worst: Floats) -> int:
    """Blood, CNS and other sites near marrow `i`. Returns TAKEN_AS_FREE when silence was read as free."""
    reason = 0
    for channel, x in ((BLOOD_BLASTS, X_BLOOD), (CNS, X_CNS), (EXTRAMEDULLARY, X_SITES)):
        found = near(events, channel, i, option[SITE_WINDOW])
        if unread(events, channel, i, option[SITE_WINDOW], found):
            at_best[x], at_worst[x] = 0.0, 1.0
        elif found >= 0 and channel != BLOOD_BLASTS and not np.isnan(events.low[found]):
            free = EMD_FREE_UP_TO if channel == EXTRAMEDULLARY else CNS_FREE_UP_TO
            at_best[x] = 1.0 if events.low[found] > free else 0.0
            at_worst[x] = 1.0 if events.high[found] > free else 0.0
        elif found >= 0:
            at_best[x] = at_worst[x] = 1.0 if events.value[found] > 0.0 and events.status[found] != 1 else 0.0
        else:
            before = known_before(events, channel)
            at_best[x] = 0.0
            at_worst[x] = 1.0 if before > 0.0 or option[SILENT_SITES] == 1.0 else 0.0
            if at_worst[x] == 0.0 and np.isnan(before):
                reason = TAKEN_AS_FREE
    return reason


@part
def fill_aplasia(events: Events, i: int, at_best: Floats, at_worst: Floats) -> int:
    """Whether marrow `i` is aplastic. Returns the bits of the figures that are missing and would tell."""
    cellularity, cells = near(events, CELLULARITY, i, 0.0), near(events, CELLS, i, 0.0)
    least, most = bounds(events, cellularity, np.inf)
    fewest, most_cells = bounds(events, cells, np.inf)
    may_be = least < APLASTIC_CELLULARITY_BELOW and fewest < APLASTIC_CELLS_BELOW
    surely = most < APLASTIC_CELLULARITY_BELOW and most_cells < APLASTIC_CELLS_BELOW
    at_best[X_APLASTIC], at_worst[X_APLASTIC] = (1.0 if surely else 0.0), (1.0 if may_be else 0.0)
    missing = 0
    if may_be and most >= APLASTIC_CELLULARITY_BELOW:
        missing |= 1 << CELLULARITY
    if may_be and most_cells >= APLASTIC_CELLS_BELOW:
        missing |= 1 << CELLS
    return missing


@part
def fill_blasts(events: Events, i: int, at_best: Floats, at_worst: Floats) -> int:
    """Marrow blasts of the day of event `i`. Returns the event with the highest count, -1 when there is none."""
    blasts = near(events, MARROW_BLASTS, i, 0.0)
    for j in range(len(events.time)):
        same = events.channel[j] == MARROW_BLASTS and events.day[j] == events.day[i] and after_infusion(events.time[j])
        if same and events.value[j] > events.value[blasts]:
            blasts = j
    at_best[X_BLASTS], at_worst[X_BLASTS] = bounds(events, blasts, 100.0)
    for j in range(len(events.time)):
        same = events.channel[j] == MARROW_BLASTS and events.day[j] == events.day[i] and after_infusion(events.time[j])
        if same and events.status[j] == 4 and np.isnan(events.low[j]):
            at_worst[X_BLASTS] = 100.0
    return blasts


@part
def fill_mrd(events: Events, i: int, option: Floats, at_best: Floats, at_worst: Floats) -> int:
    """MRD of the marrow nearest to event `i`, as a fraction; -1 when none was tested. Returns the highest one.

    A test without detectable MRD is 0. A test whose result is not recorded could be anything.
    """
    first, closest = -1, np.inf
    for j in range(len(events.time)):
        distance = abs(events.day[j] - events.day[i])
        usable = events.channel[j] == MRD and events.status[j] != 3 and after_infusion(events.time[j])
        if usable and distance <= option[COUNTS_WINDOW] and distance < closest:
            first, closest = j, float(distance)
    at_best[X_MRD] = at_worst[X_MRD] = -1.0
    highest = -1
    for j in range(len(events.time)):
        if first < 0 or events.channel[j] != MRD or events.status[j] == 3 or events.day[j] != events.day[first]:
            continue
        low, high = (0.0, 1.0) if np.isnan(events.value[j]) and events.status[j] != 1 else bounds(events, j, 1.0)
        if events.status[j] == 1:
            low, high = 0.0, 0.0
        if highest < 0 or low > at_best[X_MRD]:
            highest = j
        at_best[X_MRD], at_worst[X_MRD] = max(at_best[X_MRD], low), max(at_worst[X_MRD], high)
    return highest


@part
def evaluate(
    events: Events, i: int, option: Floats, steps: Steps, row: int, category: Category, family: int, asks: int
) -> None:
    """Write the category of the evaluation of event `i` into `row`."""
    at_best, at_worst = np.zeros(INPUTS), np.zeros(INPUTS)
    blasts = fill_blasts(events, i, at_best, at_worst)
    tested = fill_mrd(events, i, option, at_best, at_worst)
    reason = fill_counts(events, i, option, at_best, at_worst)
    reason |= fill_sites(events, i, option, at_best, at_worst)
    aplasia = fill_aplasia(events, i, at_best, at_worst)
    at_best[X_PROGRESSION], at_worst[X_PROGRESSION] = fill_progression(
        events, i, option[SITE_WINDOW], (at_best[X_BLASTS], at_worst[X_BLASTS]), at_worst[X_BLOOD], at_worst[X_SITES]
    )
    fill_earlier(steps, row, family, at_best, at_worst)
    low, high = category(at_best, option), category(at_worst, option)
    for x, flag in ((X_BLASTS, BY_MARROW), (X_BLOOD, BY_BLOOD), (X_CNS, BY_CNS), (X_SITES, BY_SITES)):
        if at_best[x] >= (REMISSION_BELOW if x == X_BLASTS else 1.0):
            reason |= flag
    if at_best[X_MRD] >= MRD_FAILURE_FROM:
        reason |= BY_MRD
    if low > family and reason & (BY_BLOOD | BY_CNS | BY_SITES) and at_worst[X_BLASTS] < REMISSION_BELOW:
        reason |= MIXED
    if low <= family and high <= family and at_best[X_APLASTIC] == 1.0:
        reason |= APLASTIC_WITH_COUNTS
    if low < high:
        steps.missing[row] = asks & what_would_settle(at_best, at_worst, option, category, aplasia, asks)
    if blasts < 0 and low < high and not (asks & ASKS_MRD_DAYS and tested >= 0):
        reason |= BLASTS_NOT_RECORDED
    else:
        steps.low[row], steps.high[row] = low, high
    steps.reason[row] = reason
    deciding = 0
    for k in range(7):
        channel = (MARROW_BLASTS, ANC, PLATELETS, EXTRAMEDULLARY, CNS, BLOOD_BLASTS, MRD)[k]
        index = near(events, channel, i, option[COUNTS_WINDOW] if k < 3 else option[SITE_WINDOW])
        index = blasts if k == 0 else tested if k == 6 else index
        if index >= 0 and asks >> channel & 1:
            steps.decided[row, deciding] = index
            deciding += 1


@part
def what_would_settle(
    at_best: Floats, at_worst: Floats, option: Floats, category: Category, aplasia: int, asks: int
) -> int:
    """Bits of the inputs each of which moves a bound of the range; all open ones when only several together do."""
    low, high = category(at_best, option), category(at_worst, option)
    moving, every = 0, 0
    for k in range(INPUTS):
        if at_best[k] == at_worst[k] or (k >= X_PROGRESSION and not asks & ASKS_PROGRESSION):
            continue
        bit = aplasia if k == X_APLASTIC else 1 << X_CHANNELS[k]
        every |= bit
        trial = at_best.copy()
        trial[k] = at_worst[k]
        other = at_worst.copy()
        other[k] = at_best[k]
        if category(trial, option) != low or category(other, option) != high:
            moving |= bit
    return moving if moving else every


@part
def fill_earlier(steps: Steps, row: int, family: int, at_best: Floats, at_worst: Floats) -> None:
    """Whether an evaluation before `row` was a remission."""
    for k in range(1, row):
        unread_marrow = steps.low[k] == NOT_GRADED and steps.reason[k] & NOT_EVALUABLE == 0
        if unread_marrow or 0 <= steps.low[k] <= family:
            at_worst[X_EARLIER] = 1.0
        if 0 <= steps.high[k] <= family:
            at_best[X_EARLIER] = 1.0


@part
def adequacy(events: Events, i: int) -> int:
    """0 when the marrow of the day of event `i` cannot be judged or was not taken, else 1."""
    taken = 0
    for j in range(len(events.time)):
        if events.day[j] == events.day[i] and after_infusion(events.time[j]):
            if events.channel[j] == ADEQUATE and events.value[j] == 0.0:
                return 0
            if events.channel[j] in (MARROW_BLASTS, ADEQUATE, MRD) and events.status[j] != 3:
                taken = 1
    return taken


@part
def evaluations(events: Events, option: Floats, steps: Steps, category: Category, family: int, asks: int) -> int:
    """One row per study day with a marrow, from row 1 on. Returns the next free row."""
    rows, last_day = 1, -2_000_000
    clean = BASELINE_CLEAN if known_before(events, MARROW_BLASTS) == 0.0 else 0
    for i in range(len(events.time)):
        of_marrow = events.channel[i] in (MARROW_BLASTS, ADEQUATE)
        of_marrow = of_marrow or (asks & ASKS_MRD_DAYS != 0 and events.channel[i] == MRD and events.status[i] != 3)
        if not of_marrow or not after_infusion(events.time[i]) or events.day[i] == last_day:
            continue
        last_day = events.day[i]
        steps.at[rows] = events.time[i]
        steps.low[rows] = steps.high[rows] = NOT_GRADED
        steps.fact[rows, best.SITE] = -1.0
        steps.fact[rows, best.IS_BEST] = 0.0
        steps.fact[rows, best.STUDY_DAY] = float(last_day)
        if adequacy(events, i) == 0:
            steps.reason[rows] = NOT_EVALUABLE
            steps.decided[rows, 0] = i
        else:
            evaluate(events, i, option, steps, rows, category, family, asks)
        steps.reason[rows] |= clean
        rows += 1
    return rows


@part
def close(events: Events, option: Floats, steps: Steps, rows: int, worst: int, family: int) -> None:
    """Write the best response of rows 1 to rows-1 into row 0."""
    write_best(steps, 1, rows, 0, worst, family, option[0], next_therapy_time(events, THERAPY), -1.0)
    steps.reason[0] |= BASELINE_CLEAN if known_before(events, MARROW_BLASTS) == 0.0 else 0
    if rows == 1:
        steps.missing[0] = 1 << MARROW_BLASTS
