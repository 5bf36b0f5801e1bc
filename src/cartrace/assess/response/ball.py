"""Haematological response in B-ALL: response.ball

**Published rule** (gokbuget2024eln, response table; CRh after the NCCN and ELN AML wording, see `provisional`)

    CR        marrow blasts < 5 %, no extramedullary disease, neutrophils >= 1.0, platelets >= 100 (10*9/L);
              MRD < 1 % if it is available
    CRh       as CR with neutrophils >= 0.5 and platelets >= 50
    CRi       as CR with one of the two counts of CR (`cri_mode=any`: whatever the counts)
    MLFS      as CR whatever the counts, marrow not aplastic
    aplastic  blast-free, cellularity < 10 % and fewer than 200 cells counted
    not CR    blasts >= 5 %, circulating blasts, CNS or extramedullary disease; MRD >= 1 %

**Readings** (all cartrace)
- Order: marrow evaluable, blasts and disease elsewhere, CR, CRh, CRi, aplastic, MLFS. `aplasia=before_counts` asks for
  aplasia before the counts; by default counts that have recovered speak for a working marrow, with a flag.
- Sources write > and >= for the counts of CR; here >=. The table asks for independence of red cells; trials seldom chart
  it. It is left out unless `red_cells=asked`: then 7 days without red cells, as for platelets, for CR and CRh.
- MRD: the highest of the marrow tests of the nearest day within `counts_window_days`; a test without detectable MRD is
  below 1 %. Without any test nothing is asked; a test whose result is not recorded could be anything.
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
- The CNS status is that of the record; on a day without one that of `cns.cog` from the fluid and clinical signs, with
  its range. CNS1 is free, every other status is disease. Extramedullary CR and CRu are free of disease.
- A clean marrow before the infusion (isolated extramedullary relapse) is flagged: response is then judged by site.

**Ungradable**
- Marrow not adequate (NE); marrow blasts not recorded, unless disease elsewhere decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.compiled import part
from cartrace.assess.response import best, marrow, remission
from cartrace.assess.response.best import BEST_DAYS_FROM as BEST_DAYS_FROM
from cartrace.assess.response.evidence import REMISSION_BELOW as REMISSION_BELOW
from cartrace.assess.response.evidence import SUPPORT_FREE_DAYS_FROM as SUPPORT_FREE_DAYS_FROM
from cartrace.assess.response.remission import APLASTIC_CELLS_BELOW as APLASTIC_CELLS_BELOW
from cartrace.assess.response.remission import APLASTIC_CELLULARITY_BELOW as APLASTIC_CELLULARITY_BELOW
from cartrace.assess.response.remission import MRD_FAILURE_FROM as MRD_FAILURE_FROM
from cartrace.assess.response.remission import (
    OWN_OPTION,
    X_ANC,
    X_APLASTIC,
    X_BLASTS,
    X_BLOOD,
    X_CNS,
    X_GCSF,
    X_MRD,
    X_PLATELETS,
    X_RED_CELLS,
    X_SITES,
    X_TRANSFUSION,
    close,
    evaluations,
)
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Option, Rule, Steps
from cartrace.course import Course, Events

CR_ANC_FROM = 1.0
"""[10*9/L] neutrophils of CR; gokbuget2024eln, response table (which prints >)."""

CR_PLATELETS_FROM = 100.0
"""[10*9/L] platelets of CR; gokbuget2024eln, response table (which prints >)."""

CRH_ANC_FROM = 0.5
"""[10*9/L] neutrophils of CRh; as in the ELN AML table (see `provisional`)."""

CRH_PLATELETS_FROM = 50.0
"""[10*9/L] platelets of CRh; as in the ELN AML table (see `provisional`)."""

CR, CRH, CRI, MLFS, APLASTIC, NOT_CR = range(6)
CATEGORIES = ("CR", "CRh", "CRi", "MLFS", "aplastic", "not CR")

ASKS = (1 << len(marrow.CHANNELS)) - 1
CRI_MODE, APLASIA, RED_CELLS_ASKED = range(OWN_OPTION, OWN_OPTION + 3)

OPTIONS = (
    best.BEST_FROM,
    *remission.OPTIONS,
    Option("cri_mode", 0, "What counts CRi asks for", values=(("one_lineage", 0), ("any", 1))),
    Option("aplasia", 0, "When aplasia of the marrow is asked for", values=(("after_counts", 0), ("before_counts", 1))),
    Option("red_cells", 0, "Independence of red cells for CR and CRh", values=(("not_asked", 0), ("asked", 1))),
)


@part
def category(x: NDArray[np.float64], option: NDArray[np.float64]) -> int:
    """The category of one complete set of inputs; worse inputs never give a better one."""
    if x[X_BLASTS] >= REMISSION_BELOW or x[X_BLOOD] > 0.0 or x[X_CNS] > 0.0 or x[X_SITES] > 0.0:
        return NOT_CR
    if x[X_MRD] >= MRD_FAILURE_FROM:
        return NOT_CR
    aplastic = x[X_APLASTIC] > 0.0
    if aplastic and option[APLASIA] == 1.0:
        return APLASTIC
    anc = x[X_ANC] if x[X_GCSF] == 0.0 else -1.0
    platelets = x[X_PLATELETS] if x[X_TRANSFUSION] == 0.0 else -1.0
    independent = x[X_RED_CELLS] == 0.0 or option[RED_CELLS_ASKED] == 0.0
    if independent and anc >= CR_ANC_FROM and platelets >= CR_PLATELETS_FROM:
        return CR
    if independent and anc >= CRH_ANC_FROM and platelets >= CRH_PLATELETS_FROM:
        return CRH
    if anc >= CR_ANC_FROM or platelets >= CR_PLATELETS_FROM:
        return CRI
    if aplastic:
        return APLASTIC
    return CRI if option[CRI_MODE] == 1.0 else MLFS


def kernel(events: Events, option: NDArray[np.float64], steps: Steps) -> int:
    """One row per study day with a marrow, then the best response."""
    rows = evaluations(events, option, steps, category, CRI, ASKS)
    close(events, option, steps, rows, NOT_CR, CRI)
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
    reasons=remission.REASONS,
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
