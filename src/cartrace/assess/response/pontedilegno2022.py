"""Haematological response in paediatric B-ALL after the Ponte di Legno consensus of 2022: response.pontedilegno2022

**Published rule** (buchmann2022pontedilegno, definition of remission)

    CR                   not before the end of induction: marrow MRD < 1 %, or blasts < 5 % where MRD is not available;
                         CNS1; no extramedullary disease, a mass known before reduced to at most a third
    not CR               anything else
    treatment failure    no CR by a time set beforehand

**Readings** (all cartrace)
- In a CAR-T course the end of induction is day 28: earlier evaluations do not count for the best response. A protocol
  that says otherwise sets `best_from_day`.
- The time of treatment failure is the protocol's: `failure_day`, the study day from which an evaluation without CR is a
  failure; 0 leaves it out.
- MRD: the highest of the marrow tests of the nearest day within `counts_window_days`; a test without detectable MRD is
  below 1 %. A day with MRD and without morphology is an evaluation. Morphology decides only where no MRD is recorded.
- A mass is measured by the sum of products of its diameters, site by site; a site that response.extramedullary calls CR or
  CRu is free, one in PD is not, whatever its size. Blasts in blood are disease.
- Blood counts, their support and the cellularity of the marrow take no part.
- Everything else as in response.ball: which records speak, windows, silence about other sites.

**Ungradable**
- Marrow not adequate; neither MRD nor marrow blasts recorded, unless disease elsewhere decides.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from cartrace.assess.compiled import part
from cartrace.assess.response import best, extramedullary, marrow, remission
from cartrace.assess.response.evidence import REMISSION_BELOW as REMISSION_BELOW
from cartrace.assess.response.marrow import (
    ANC,
    CELLS,
    CELLULARITY,
    EXTRAMEDULLARY,
    GROWTH_FACTOR,
    PLATELETS,
    RED_CELLS,
    TRANSFUSION,
)
from cartrace.assess.response.remission import (
    ASKS_MRD_DAYS,
    SUPPORT_UNKNOWN,
    X_BLASTS,
    X_BLOOD,
    X_CNS,
    X_MRD,
    X_SITES,
    Floats,
    close,
    evaluations,
)
from cartrace.assess.response.remission import MRD_FAILURE_FROM as MRD_FAILURE_FROM
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Rule, Steps
from cartrace.course import Channel, Course, Events

MASS_UP_TO = 1.0 / 3.0
"""Share of a mass known before that may remain in CR; buchmann2022pontedilegno, definition of remission."""

END_OF_INDUCTION_DAYS_FROM = 28
"""[study day] before which no CR is called; cartrace: day 28 of a CAR-T course stands for the end of induction."""

EPSILON = 1e-9
"""Slack of the share that remains: sums of products are not exact."""

CR, NOT_CR, FAILURE = range(3)
CATEGORIES = ("CR", "not CR", "treatment failure")

UNUSED = (ANC, PLATELETS, TRANSFUSION, GROWTH_FACTOR, CELLULARITY, CELLS, RED_CELLS)
CHANNELS = marrow.without(marrow.CHANNELS, *UNUSED)
ASKS = (((1 << len(CHANNELS)) - 1) & ~sum(1 << channel for channel in UNUSED)) | ASKS_MRD_DAYS

FAILURE_DAY = SUPPORT_UNKNOWN
"""In the place of the option about the support of counts, which take no part."""

OPTIONS = (
    replace(best.BEST_FROM, default=END_OF_INDUCTION_DAYS_FROM),
    *remission.OPTIONS[: FAILURE_DAY - 1],
    Option("failure_day", 0.0, "Study day from which no CR is a treatment failure; 0 leaves it out", "d"),
)


@part
def category(x: Floats, option: Floats) -> int:
    """The category of one complete set of inputs; worse inputs never give a better one."""
    if x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0:
        return NOT_CR
    if x[X_MRD] >= 0.0:
        return CR if x[X_MRD] < MRD_FAILURE_FROM else NOT_CR
    return CR if x[X_BLASTS] < REMISSION_BELOW else NOT_CR


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with a marrow or its MRD, then the best response."""
    rows = evaluations(events, option, steps, category, CR, ASKS)
    for row in range(1, rows):
        if option[FAILURE_DAY] > 0.0 and steps.fact[row, best.STUDY_DAY] >= option[FAILURE_DAY]:
            steps.low[row] = FAILURE if steps.low[row] == NOT_CR else steps.low[row]
            steps.high[row] = FAILURE if steps.high[row] == NOT_CR else steps.high[row]
    close(events, option, steps, rows, FAILURE, CR)
    return rows


def gather(course: Course, channels: tuple[Channel, ...]) -> Events:
    """As the other editions, but a site whose masses have shrunk to a third is free of disease."""
    events = marrow.gather(course, channels)
    shares = remaining_shares(course)
    low, high = events.low.copy(), events.high.copy()
    for i in np.flatnonzero(events.channel == EXTRAMEDULLARY):
        share = shares.get(float(events.time[i]), math.nan)
        if high[i] <= extramedullary.CRU or low[i] == extramedullary.PD:
            continue
        if math.isnan(share):
            low[i] = min(low[i], extramedullary.CRU)
        elif share <= MASS_UP_TO + EPSILON:
            # Free, or in PD where a look in between may have seen it smaller still.
            low[i] = extramedullary.CRU
            high[i] = extramedullary.PD if high[i] == extramedullary.PD else extramedullary.CRU
    return events._replace(low=low, high=high)


def remaining_shares(course: Course) -> dict[float, float]:
    """For each extramedullary evaluation the largest share of a site's masses that remains; NaN when not recorded."""
    rule = extramedullary.RULE
    option = rule.settings()
    steps = rule.calculate(rule.events(course), option)
    looks = [row for row in range(1, len(steps.at)) if steps.fact[row, best.IS_BEST] == 0.0]
    shares = {}
    for row in (row for row in looks if steps.fact[row, best.SITE] < 0.0):
        nearest: dict[float, int] = {}
        for other in (other for other in looks if steps.fact[other, best.SITE] >= 0.0):
            site, distance = float(steps.fact[other, best.SITE]), abs(steps.at[other] - steps.at[row])
            if distance <= option[1] and (
                site not in nearest or distance < abs(steps.at[nearest[site]] - steps.at[row])
            ):
                nearest[site] = other
        left = [
            0.0 if 0 <= steps.high[other] <= extramedullary.CRU else 1.0 + float(steps.fact[other, best.CHANGE])
            for other in nearest.values()
        ]
        shares[float(steps.at[row])] = math.nan if any(map(math.isnan, left)) else max(left, default=math.nan)
    return shares


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best haematological response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.pontedilegno2022",
    version="1",
    title="Haematological response in paediatric B-ALL (Ponte di Legno 2022)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=remission.REASONS,
    sources=("buchmann2022pontedilegno", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=gather,
)
