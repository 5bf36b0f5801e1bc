"""Haematological response in B-ALL after the NCI workshop on relapse of 2010: response.nci2010

**Published rule** (nci2010relapse, Table 4a)

    CR         for at least 4 weeks: marrow blasts < 5 % (M1), no blasts in blood, neutrophils >= 1.0,
               platelets >= 100 (10*9/L), cellularity, CNS1, no extramedullary disease
    CRi        as CR without the counts
    not CR     neither CR, CRi nor progression: PR and SD, which the rule does not tell apart
    PD         blasts of blood or marrow or extramedullary disease risen by >= 25 %, or new extramedullary disease
    relapse    after CR or CRi: blasts in blood, marrow blasts >= 25 % or extramedullary disease

**Readings** (all cartrace)
- Four weeks: a response is the worst of the evaluations from its own day to the first one at least 28 days later. Until
  there is one, the response may still end: a range, with a flag. Evaluations after the next anticancer therapy do not
  count. `held=single` takes each evaluation at its word.
- A rise of 25 % is relative, from the lowest value before, the one before the infusion included. A marrow below 5 % has
  not risen. Blasts in blood are compared in the same unit only. Extramedullary disease has risen when response.extramedullary calls it PD.
- Blasts that come back to between 5 and 25 % of the marrow after CR are PD, not yet relapse. Relapse asks for an earlier
  evaluation in CR or CRi, whether or not it lasted four weeks. CNS2 and CNS3 after CR are extramedullary disease.
- The table asks for cellularity without a limit in the part that was read: it is not judged.
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
from cartrace.assess.response.lasting import RISE_FROM as RISE_FROM
from cartrace.assess.response.lasting import first_at_least, hold
from cartrace.assess.response.marrow import CELLS, CELLULARITY, MARROW_BLASTS, THERAPY
from cartrace.assess.response.remission import (
    ASKS_PROGRESSION,
    OWN_OPTION,
    X_ANC,
    X_BLASTS,
    X_BLOOD,
    X_CNS,
    X_EARLIER,
    X_GCSF,
    X_PLATELETS,
    X_PROGRESSION,
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
"""[10*9/L] neutrophils of CR; nci2010relapse, Table 4a."""

CR_PLATELETS_FROM = 100.0
"""[10*9/L] platelets of CR; nci2010relapse, Table 4a."""

RELAPSE_MARROW_FROM = 25.0
"""[%] marrow blasts of relapse; nci2010relapse, Table 4a."""

CR, CRI, NOT_CR, PD, RELAPSE = range(5)
CATEGORIES = ("CR", "CRi", "not CR", "PD", "relapse")

CHANNELS = marrow.without(marrow.CHANNELS[: THERAPY + 1], CELLULARITY, CELLS)
ASKS = (((1 << len(CHANNELS)) - 1) & ~(1 << CELLULARITY | 1 << CELLS)) | ASKS_PROGRESSION

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
    elsewhere = x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0
    if x[X_BLASTS] >= REMISSION_BELOW or elsewhere:
        if x[X_EARLIER] > 0.0 and (elsewhere or x[X_BLASTS] >= RELAPSE_MARROW_FROM):
            return RELAPSE
        return PD if x[X_PROGRESSION] > 0.0 else NOT_CR
    anc = x[X_ANC] if x[X_GCSF] == 0.0 else -1.0
    platelets = x[X_PLATELETS] if x[X_TRANSFUSION] == 0.0 else -1.0
    return CR if anc >= CR_ANC_FROM and platelets >= CR_PLATELETS_FROM else CRI


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with a marrow, then the best response."""
    rows = evaluations(events, option, steps, category, CRI, ASKS)
    setback = first_at_least(steps, rows, RELAPSE)
    if option[HELD] == 0.0:
        until = next_therapy_time(events, THERAPY)
        hold(steps, rows, CRI, NOT_CR, until, FOUR_WEEKS_OPEN, 1 << MARROW_BLASTS)
    close(events, option, steps, rows, RELAPSE, CRI)
    steps.fact[0, best.SETBACK_DAY] = setback
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best haematological response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
    (best.FIRST_FAMILY_DAY, "first_cr_family_day", "First day in CR or CRi", "No settled CR or CRi."),
    (best.SETBACK_DAY, "relapse_day", "Day of relapse", "No settled relapse."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.nci2010",
    version="1",
    title="Haematological response in B-ALL (NCI workshop 2010)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("nci2010relapse", "cartrace"),
    provisional=(),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=marrow.gather,
)
