"""Haematological response in B-ALL: response.ball

**Published rule** (gokbuget2024eln, response table; CRh after the NCCN and ELN AML wording, see `provisional`)

    CR        marrow blasts < 5 %, no extramedullary disease, neutrophils >= 1.0, platelets >= 100 (10*9/L)
    CRh       as CR with neutrophils >= 0.5 and platelets >= 50
    CRi       as CR with one of the two counts of CR (`cri_mode=any`: whatever the counts)
    MLFS      as CR whatever the counts, marrow not aplastic
    aplastic  blast-free, cellularity < 10 % and fewer than 200 cells counted
    not CR    blasts >= 5 %, circulating blasts, CNS or extramedullary disease

**Readings** (all cartrace)
- Order: marrow evaluable, blasts and disease elsewhere, CR, CRh, CRi, aplastic, MLFS. `aplasia=before_counts` asks for
  aplasia before the counts; by default counts that have recovered speak for a working marrow, with a flag.
- Sources write > and >= for the counts of CR; here >=. Transfusion of red cells is not asked for.
- Counts are the nearest to the marrow within `counts_window_days`; of two equally near the earlier. Platelets count
  after 7 days without platelets given, neutrophils after 7 days without G-CSF; a supported count is not a recovery.
  Support that is not charted is unknown, unless `support_unknown=unsupported`.
- One evaluation per study day with a marrow; the highest blast count of the day counts. A marrow with a blast count is
  evaluable unless it is recorded as not adequate. A bare day 0 is before the infusion.
- Blood, CNS and extramedullary sites: the nearest state within `site_window_days`. A compartment known to be involved
  before the infusion and not recorded at the evaluation is unknown and CR stays open. A compartment that nothing in
  the record calls involved is taken as free, with a flag; `silent_sites=range` leaves it unknown.
- A look entered as not recorded is no silence: blood, CNS or a second blast count of the day could then be anything.
- Any blasts in blood count; T cells that expand look alike, so the flag asks for flow cytometry.
- CNS1 is free, every other status is disease. Extramedullary CR and CRu are free of disease.
- A clean marrow before the infusion (isolated extramedullary relapse) is flagged: response is then judged by site.

**Ungradable**
- Marrow not adequate (NE); marrow blasts not recorded, unless disease elsewhere decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best, marrow
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.best import NOT_EVALUABLE, after_infusion, next_therapy_time, write_best
from cartrace.assess.response.evidence import REMISSION_BELOW as REMISSION_BELOW
from cartrace.assess.response.evidence import SUPPORT_FREE_DAYS_FROM as SUPPORT_FREE_DAYS_FROM
from cartrace.assess.response.evidence import bounds, known_before, near, support, unread
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
    PLATELETS,
    THERAPY,
    TRANSFUSION,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import NOT_GRADED, Option, Reason, Rule, Steps
from cartrace.course import Course, Events

CR_ANC_FROM = 1.0
"""[10*9/L] neutrophils of CR; gokbuget2024eln, response table (which prints >)."""

CR_PLATELETS_FROM = 100.0
"""[10*9/L] platelets of CR; gokbuget2024eln, response table (which prints >)."""

CRH_ANC_FROM = 0.5
"""[10*9/L] neutrophils of CRh; as in the ELN AML table (see `provisional`)."""

CRH_PLATELETS_FROM = 50.0
"""[10*9/L] platelets of CRh; as in the ELN AML table (see `provisional`)."""

APLASTIC_CELLULARITY_BELOW = 10.0
"""[%] cellularity; the ELN AML wording of MLFS asks for at least 10 % or 200 cells."""

APLASTIC_CELLS_BELOW = 200.0
"""Cells counted; the ELN AML wording of MLFS asks for at least 10 % or 200 cells."""

CR, CRH, CRI, MLFS, APLASTIC, NOT_CR = range(6)
CATEGORIES = ("CR", "CRh", "CRi", "MLFS", "aplastic", "not CR")

X_BLASTS, X_BLOOD, X_CNS, X_SITES, X_ANC, X_GCSF, X_PLATELETS, X_TRANSFUSION, X_APLASTIC = range(9)
"""What a category is made of; each at best and at worst."""

X_CHANNELS = (MARROW_BLASTS, BLOOD_BLASTS, CNS, EXTRAMEDULLARY, ANC, GROWTH_FACTOR, PLATELETS, TRANSFUSION, CELLULARITY)

BLASTS_NOT_RECORDED, BY_MARROW, BY_BLOOD, BY_CNS, BY_SITES, MIXED = 8, 16, 32, 64, 128, 256
APLASTIC_WITH_COUNTS, BASELINE_CLEAN, TAKEN_AS_FREE, SUPPORTED = 512, 1024, 2048, 4096
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
)

OPTIONS = (
    best.BEST_FROM,
    Option("counts_window_days", 7.0, "How far from the marrow the counts may lie", "d"),
    Option("site_window_days", 14.0, "How far from the marrow blood blasts, CNS and other sites may lie", "d"),
    Option("cri_mode", 0, "What counts CRi asks for", values=(("one_lineage", 0), ("any", 1))),
    Option("aplasia", 0, "When aplasia of the marrow is asked for", values=(("after_counts", 0), ("before_counts", 1))),
    Option("support_unknown", 0, "Support that is not charted", values=(("range", 0), ("unsupported", 1))),
    Option("silent_sites", 0, "Compartments never recorded as involved", values=(("free", 0), ("range", 1))),
)


@part
def category(x: NDArray[np.float64], any_counts: bool, aplasia_first: bool) -> int:
    """The category of one complete set of inputs; worse inputs never give a better one."""
    if x[X_BLASTS] >= REMISSION_BELOW or x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0:
        return NOT_CR
    aplastic = x[X_APLASTIC] > 0.0
    if aplastic and aplasia_first:
        return APLASTIC
    anc = x[X_ANC] if x[X_GCSF] == 0.0 else -1.0
    platelets = x[X_PLATELETS] if x[X_TRANSFUSION] == 0.0 else -1.0
    if anc >= CR_ANC_FROM and platelets >= CR_PLATELETS_FROM:
        return CR
    if anc >= CRH_ANC_FROM and platelets >= CRH_PLATELETS_FROM:
        return CRH
    if anc >= CR_ANC_FROM or platelets >= CR_PLATELETS_FROM:
        return CRI
    if aplastic:
        return APLASTIC
    return CRI if any_counts else MLFS


@part
def fill_counts(
    events: Events, i: int, option: NDArray[np.float64], at_best: NDArray[np.float64], at_worst: NDArray[np.float64]
) -> int:
    """Counts and their support near marrow `i`. Returns SUPPORTED when a support is known."""
    reason = 0
    for channel, x, drug, given in (
        (ANC, X_ANC, GROWTH_FACTOR, X_GCSF),
        (PLATELETS, X_PLATELETS, TRANSFUSION, X_TRANSFUSION),
    ):
        count = near(events, channel, i, option[1])
        at_worst[x], at_best[x] = bounds(events, count, np.inf)
        if count >= 0:
            supported = support(events, drug, float(events.time[count]), option[5] == 1.0)
            at_best[given] = 1.0 if supported == 1 else 0.0
            at_worst[given] = 0.0 if supported == 0 else 1.0
            if supported == 1:
                reason = SUPPORTED
    return reason


@part
def fill_sites(
    events: Events, i: int, option: NDArray[np.float64], at_best: NDArray[np.float64], at_worst: NDArray[np.float64]
) -> int:
    """Blood, CNS and other sites near marrow `i`. Returns TAKEN_AS_FREE when silence was read as free."""
    reason = 0
    for channel, x in ((BLOOD_BLASTS, X_BLOOD), (CNS, X_CNS), (EXTRAMEDULLARY, X_SITES)):
        found = near(events, channel, i, option[2])
        if unread(events, channel, i, option[2], found):
            at_best[x], at_worst[x] = 0.0, 1.0
        elif found >= 0 and channel == EXTRAMEDULLARY:
            at_best[x] = 1.0 if events.low[found] > 1.0 else 0.0
            at_worst[x] = 1.0 if events.high[found] > 1.0 else 0.0
        elif found >= 0:
            at_best[x] = at_worst[x] = 1.0 if events.value[found] > 0.0 and events.status[found] != 1 else 0.0
        else:
            before = known_before(events, channel)
            at_best[x] = 0.0
            at_worst[x] = 1.0 if before > 0.0 or option[6] == 1.0 else 0.0
            if at_worst[x] == 0.0 and np.isnan(before):
                reason = TAKEN_AS_FREE
    return reason


@part
def fill_aplasia(events: Events, i: int, at_best: NDArray[np.float64], at_worst: NDArray[np.float64]) -> int:
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
def what_would_settle(
    at_best: NDArray[np.float64], at_worst: NDArray[np.float64], any_counts: bool, first: bool, aplasia: int
) -> int:
    """Bits of the inputs each of which moves a bound of the range; all open ones when only several together do."""
    low, high = category(at_best, any_counts, first), category(at_worst, any_counts, first)
    moving, every = 0, 0
    for k in range(len(X_CHANNELS)):
        if at_best[k] == at_worst[k]:
            continue
        bit = aplasia if k == X_APLASTIC else 1 << X_CHANNELS[k]
        every |= bit
        trial = at_best.copy()
        trial[k] = at_worst[k]
        other = at_worst.copy()
        other[k] = at_best[k]
        if category(trial, any_counts, first) != low or category(other, any_counts, first) != high:
            moving |= bit
    return moving if moving else every


@part
def evaluate(events: Events, i: int, option: NDArray[np.float64], steps: Steps, row: int) -> None:
    """Write the response at marrow `i` into `row`."""
    any_counts, first = option[3] == 1.0, option[4] == 1.0
    at_best, at_worst = np.zeros(9), np.zeros(9)
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
    reason = fill_counts(events, i, option, at_best, at_worst)
    reason |= fill_sites(events, i, option, at_best, at_worst)
    aplasia = fill_aplasia(events, i, at_best, at_worst)
    low, high = category(at_best, any_counts, first), category(at_worst, any_counts, first)
    for x, flag in ((X_BLASTS, BY_MARROW), (X_BLOOD, BY_BLOOD), (X_CNS, BY_CNS), (X_SITES, BY_SITES)):
        if at_best[x] >= (REMISSION_BELOW if x == X_BLASTS else 1.0):
            reason |= flag
    if low == NOT_CR and at_worst[X_BLASTS] < REMISSION_BELOW:
        reason |= MIXED
    if low <= CRI and high <= CRI and at_best[X_APLASTIC] == 1.0:
        reason |= APLASTIC_WITH_COUNTS
    if low < high:
        steps.missing[row] = what_would_settle(at_best, at_worst, any_counts, first, aplasia)
    if blasts < 0 and low < high:
        reason |= BLASTS_NOT_RECORDED
    else:
        steps.low[row], steps.high[row] = low, high
    steps.reason[row] = reason
    deciding = 0
    for k in range(6):
        channel = (MARROW_BLASTS, ANC, PLATELETS, EXTRAMEDULLARY, CNS, BLOOD_BLASTS)[k]
        index = blasts if k == 0 else near(events, channel, i, option[1] if k < 3 else option[2])
        if index >= 0:
            steps.decided[row, deciding] = index
            deciding += 1


@part
def adequacy(events: Events, i: int) -> int:
    """0 when the marrow of the day of event `i` cannot be judged or was not taken, else 1."""
    taken = 0
    for j in range(len(events.time)):
        if events.day[j] == events.day[i] and after_infusion(events.time[j]):
            if events.channel[j] == ADEQUATE and events.value[j] == 0.0:
                return 0
            if events.channel[j] in (MARROW_BLASTS, ADEQUATE) and events.status[j] != 3:
                taken = 1
    return taken


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """One row per study day with a marrow, then the best response."""
    rows, last_day = 1, -2_000_000
    clean = BASELINE_CLEAN if known_before(events, MARROW_BLASTS) == 0.0 else 0
    for i in range(len(events.time)):
        of_marrow = events.channel[i] in (MARROW_BLASTS, ADEQUATE)
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
            evaluate(events, i, option, steps, rows)
        steps.reason[rows] |= clean
        rows += 1
    write_best(steps, 1, rows, 0, NOT_CR, CRI, option[0], next_therapy_time(events, THERAPY), -1.0)
    steps.reason[0] |= clean
    if rows == 1:
        steps.missing[0] = 1 << MARROW_BLASTS
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best haematological response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
    (best.FIRST_FAMILY_DAY, "first_cr_family_day", "First day in CR, CRh or CRi", "No settled CR, CRh or CRi."),
)


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.ball",
    version="1",
    title="Haematological response in B-ALL (ELN 2024)",
    module=__name__,
    channels=marrow.CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("gokbuget2024eln", "cartrace"),
    provisional=(
        "The CRh limits (neutrophils 0.5, platelets 50) were read for AML; their use in B-ALL is written from memory.",
        "CRi by one recovered lineage follows the NCCN wording, written from memory.",
    ),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=marrow.gather,
)
