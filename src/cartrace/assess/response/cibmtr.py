"""Haematological response in B-ALL after the CIBMTR: response.cibmtr

**Published rule** (cibmtr_manual, response criteria for ALL)

    CR        for at least 4 weeks: marrow blasts < 5 %, normal maturation, no extramedullary disease,
              neutrophils >= 1000/uL, platelets >= 100 (10*9/L), independent of transfusions
    CRi       as CR without recovery of both counts (see `provisional`)
    not CR    anything else

**Readings** (all cartrace)
- Four weeks: a response is the worst of the evaluations from its own day to the first one at least 28 days later. Until
  there is one, the response may still end: a range, with a flag. Evaluations after the next anticancer therapy do not
  count. `held=single` takes each evaluation at its word.
- Independent of transfusions: no red cells and no platelets within 7 days before the marrow or the count. Blood counts
  that have recovered while red cells are given are CRi.
- Normal maturation is not among the inputs of a course and is not judged. Blasts in blood are disease.
- Everything else as in response.ball: which records speak, windows, support of counts, silence about other sites.

**Ungradable**
- Marrow not adequate; marrow blasts not recorded, unless disease elsewhere decides.
"""

from __future__ import annotations

from cartrace.assess.compiled import part
from cartrace.assess.response import best, marrow, remission
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.best import next_therapy_time
from cartrace.assess.response.evidence import REMISSION_BELOW as REMISSION_BELOW
from cartrace.assess.response.evidence import SUPPORT_FREE_DAYS_FROM as SUPPORT_FREE_DAYS_FROM
from cartrace.assess.response.lasting import HELD_DAYS_FROM as HELD_DAYS_FROM
from cartrace.assess.response.lasting import hold
from cartrace.assess.response.marrow import CELLS, CELLULARITY, MARROW_BLASTS, RED_CELLS, THERAPY
from cartrace.assess.response.remission import (
    OWN_OPTION,
    X_ANC,
    X_BLASTS,
    X_BLOOD,
    X_CNS,
    X_GCSF,
    X_PLATELETS,
    X_RED_CELLS,
    X_SITES,
    X_TRANSFUSION,
    Floats,
    close,
    evaluations,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Reason, Rule, Steps
from cartrace.course import Course, Events

CR_ANC_FROM = 1.0
"""[10*9/L] neutrophils of CR; cibmtr_manual, response criteria."""

CR_PLATELETS_FROM = 100.0
"""[10*9/L] platelets of CR; cibmtr_manual, response criteria."""

CR, CRI, NOT_CR = range(3)
CATEGORIES = ("CR", "CRi", "not CR")

CHANNELS = marrow.without(marrow.CHANNELS[: RED_CELLS + 1], CELLULARITY, CELLS)
ASKS = ((1 << len(CHANNELS)) - 1) & ~(1 << CELLULARITY | 1 << CELLS)

FOUR_WEEKS_OPEN = remission.OWN_REASON
REASONS = (
    *remission.REASONS,
    Reason("four_weeks_not_shown", "No evaluation at least four weeks later shows that the response lasted."),
)

HELD = OWN_OPTION
OPTIONS = (
    best.BEST_FROM,
    *remission.OPTIONS,
    Option("held", 0, "Whether a response has to last", values=(("four_weeks", 0), ("single", 1))),
)


@part
def category(x: Floats, option: Floats) -> int:
    """The category of one complete set of inputs; worse inputs never give a better one."""
    if x[X_BLASTS] >= REMISSION_BELOW or x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0:
        return NOT_CR
    anc = x[X_ANC] if x[X_GCSF] == 0.0 else -1.0
    platelets = x[X_PLATELETS] if x[X_TRANSFUSION] == 0.0 else -1.0
    if anc >= CR_ANC_FROM and platelets >= CR_PLATELETS_FROM and x[X_RED_CELLS] == 0.0:
        return CR
    return CRI


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with a marrow, then the best response."""
    rows = evaluations(events, option, steps, category, CRI, ASKS)
    if option[HELD] == 0.0:
        until = next_therapy_time(events, THERAPY)
        hold(steps, rows, CRI, NOT_CR, until, FOUR_WEEKS_OPEN, 1 << MARROW_BLASTS)
    close(events, option, steps, rows, NOT_CR, CRI)
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best haematological response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
    (best.FIRST_FAMILY_DAY, "first_cr_family_day", "First day in CR or CRi", "No settled CR or CRi."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.cibmtr",
    version="1",
    title="Haematological response in B-ALL (CIBMTR)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("cibmtr_manual", "cartrace"),
    provisional=("That CRi asks for everything but recovered counts is written from memory.",),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=marrow.gather,
)
