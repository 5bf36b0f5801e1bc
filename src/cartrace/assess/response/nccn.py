"""Haematological response in B-ALL after the NCCN guideline: response.nccn

**Published rule** (nccn_ball, response criteria; all from memory, see `provisional`)

    CR         marrow blasts < 5 %, no blasts in blood, no extramedullary disease, neutrophils 1.0, platelets 100 (10*9/L)
    CRh        as CR with neutrophils > 0.5 and platelets > 50
    CRi        as CR with one of the two counts of CR
    not CR     none of these; refractory when it is so at the end of induction
    PD         blasts or extramedullary disease risen by >= 25 %, or new extramedullary disease
    relapse    after CR: marrow blasts > 5 %, blasts in blood or any extramedullary disease

**Readings** (all cartrace)
- Order: CR, CRh, CRi. A clean marrow with neither count of CR and without CRh has no name here: not CR, with a flag.
- Sources write > and >= for the counts of CR: here >=; `at_the_limit=below` reads them as >.
- A rise of 25 % is relative, from the lowest value before, the one before the infusion included. A marrow below 5 % has
  not risen. Blasts in blood are compared in the same unit only. Extramedullary disease has risen when response.extramedullary calls it PD.
- Relapse asks for an earlier evaluation in CR, CRh or CRi. Exactly 5 % marrow blasts are no CR and no relapse.
- Everything else as in response.ball: which records speak, windows, support of counts, silence about other sites.

**Ungradable**
- Marrow not adequate; marrow blasts not recorded, unless disease elsewhere decides.
"""

from __future__ import annotations

from cartrace.assess.compiled import part
from cartrace.assess.response import best, marrow, remission
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.evidence import REMISSION_BELOW as REMISSION_BELOW
from cartrace.assess.response.evidence import SUPPORT_FREE_DAYS_FROM as SUPPORT_FREE_DAYS_FROM
from cartrace.assess.response.lasting import RISE_FROM as RISE_FROM
from cartrace.assess.response.lasting import first_at_least
from cartrace.assess.response.marrow import CELLS, CELLULARITY, THERAPY
from cartrace.assess.response.remission import (
    ASKS_PROGRESSION,
    BY_BLOOD,
    BY_CNS,
    BY_MARROW,
    BY_SITES,
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
"""[10*9/L] neutrophils of CR; nccn_ball, response criteria, from memory."""

CR_PLATELETS_FROM = 100.0
"""[10*9/L] platelets of CR; nccn_ball, response criteria, from memory."""

CRH_ANC_ABOVE = 0.5
"""[10*9/L] neutrophils of CRh; nccn_ball, response criteria, from memory."""

CRH_PLATELETS_ABOVE = 50.0
"""[10*9/L] platelets of CRh; nccn_ball, response criteria, from memory."""

RELAPSE_MARROW_ABOVE = 5.0
"""[%] marrow blasts of relapse; nccn_ball, response criteria, from memory."""

CR, CRH, CRI, NOT_CR, PD, RELAPSE = range(6)
CATEGORIES = ("CR", "CRh", "CRi", "not CR", "PD", "relapse")

CHANNELS = marrow.without(marrow.CHANNELS[: THERAPY + 1], CELLULARITY, CELLS)
ASKS = (((1 << len(CHANNELS)) - 1) & ~(1 << CELLULARITY | 1 << CELLS)) | ASKS_PROGRESSION

COUNTS_NOT_RECOVERED = remission.OWN_REASON
REASONS = (
    *remission.REASONS,
    Reason("counts_not_recovered", "The marrow is clean; the counts reach neither CRi nor CRh."),
)

AT_THE_LIMIT = OWN_OPTION
OPTIONS = (
    best.BEST_FROM,
    *remission.OPTIONS,
    Option("at_the_limit", 0, "A count exactly at a limit of CR", values=(("recovered", 0), ("below", 1))),
)


@part
def category(x: Floats, option: Floats) -> int:
    """The category of one complete set of inputs; worse inputs never give a better one."""
    elsewhere = x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0
    if x[X_BLASTS] >= REMISSION_BELOW or elsewhere:
        if x[X_EARLIER] > 0.0 and (elsewhere or x[X_BLASTS] > RELAPSE_MARROW_ABOVE):
            return RELAPSE
        return PD if x[X_PROGRESSION] > 0.0 else NOT_CR
    anc = x[X_ANC] if x[X_GCSF] == 0.0 else -1.0
    platelets = x[X_PLATELETS] if x[X_TRANSFUSION] == 0.0 else -1.0
    strict = option[AT_THE_LIMIT] == 1.0
    neutrophils_back = anc > CR_ANC_FROM or (anc == CR_ANC_FROM and not strict)
    platelets_back = platelets > CR_PLATELETS_FROM or (platelets == CR_PLATELETS_FROM and not strict)
    if neutrophils_back and platelets_back:
        return CR
    if anc > CRH_ANC_ABOVE and platelets > CRH_PLATELETS_ABOVE:
        return CRH
    return CRI if neutrophils_back or platelets_back else NOT_CR


def kernel(events: Events, option: Floats, steps: Steps) -> int:
    """One row per study day with a marrow, then the best response."""
    rows = evaluations(events, option, steps, category, CRI, ASKS)
    for row in range(1, rows):
        if steps.low[row] == NOT_CR and not steps.reason[row] & (BY_MARROW | BY_BLOOD | BY_CNS | BY_SITES):
            steps.reason[row] |= COUNTS_NOT_RECOVERED
    setback = first_at_least(steps, rows, RELAPSE)
    close(events, option, steps, rows, RELAPSE, CRI)
    steps.fact[0, best.SETBACK_DAY] = setback
    return rows


FACTS = (
    (best.BEST_DAY, "best_day", "Day of the best haematological response", "No response can be graded."),
    (best.FIRST_CR_DAY, "first_cr_day", "First day in CR", "No settled CR."),
    (best.FIRST_FAMILY_DAY, "first_cr_family_day", "First day in CR, CRh or CRi", "No settled CR, CRh or CRi."),
    (best.SETBACK_DAY, "relapse_day", "Day of relapse", "No settled relapse."),
)


def assess(rule: Rule, course: Course, option: Floats) -> Assessment:
    """The kernel's rows as records."""
    return best.assessment(rule, rule.events(course), option, FACTS)[0]


RULE = Rule(
    id="response.nccn",
    version="1",
    title="Haematological response in B-ALL (NCCN)",
    module=__name__,
    channels=CHANNELS,
    options=OPTIONS,
    reasons=REASONS,
    sources=("nccn_ball", "cartrace"),
    provisional=("Every criterion is written from memory: the guideline has not been read.",),
    kernel=kernel,
    rows=lambda n: n + 2,
    assess=assess,
    categories=CATEGORIES,
    gather=marrow.gather,
)
