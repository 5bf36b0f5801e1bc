"""Laboratory grades by CTCAE, version 6.0, one rule for each term, each as a step function of time.

In: values of one analyte with the laboratory's limits, the baseline, transfusions. Out: the grade of each value, its worst
per day and since the infusion. Decided here: the readings below; the bounds are those of `ctcae6.tsv`.

**Published rule** ctcae6, read in the transcription of pharmaverse/admiral. LLN, ULN: the laboratory's own limits of normal.

    {published}

Not in that transcription, so not graded: lymphocyte count decreased, CPK increased. C-reactive protein has no term.

**Readings**

- Grades of version 5 and version 6 are not the same event: neutrophils of 0.3 are grade 4 by version 5 and grade 3 by
  version 6. They are never pooled; each result carries its version.
- The worst grade whose bound is crossed counts. Both sides are compared at ten significant digits. Where the publication
  prints a bound in two units, the conventional one counts (triglycerides 150 mg/dL, calcium 8.0 mg/dL).
- A grade holds from its value until the next value. Overall is the worst of the values since the first infusion.
  A day's grade is the worst of the values and transfusions of that day. Of several values of one minute the worst counts.
- The most extreme value is the one that is certainly furthest; one beyond a limit in that direction stands for the limit. It
  is flagged as a bound when some value may lie further (`upper_bound` of a lowest, `lower_bound` of a highest value).
- Neutrophils: the grades begin at 1.5, whatever the laboratory's own limit.
- Reference limits are those printed with the value; those of the baseline are its own or else those of the value graded.
  A limit or a baseline that is not recorded leaves every grade open that some limit or baseline would give.
- Baseline: the last value before the first infusion (option `baseline`); a value of the day of infusion known by its day
  only counts as taken before it, and for the course as well. Of several baselines of one minute any value between them may
  be the one.
- In terms with a baseline clause the baseline itself is grade 0 (option `baseline_visit`).
- ALT, AST, bilirubin, GGT from a baseline above the upper limit: the printed lower edge (1.0 x baseline) belongs to grade
  1, so a value that has not moved is grade 1 (option `lower_edge`). "Up to 5 x ULN" in grade 3 of ALT and AST takes no
  part: nothing is printed for higher baselines between 2.0 and 4.0 times, and a missing line lowers no grade.
- Alkaline phosphatase: grade 1 above both the baseline and the upper limit.
- Creatinine: multiples of the baseline count for a baseline below the laboratory's lower limit only, beside those of the
  upper limit; the worse wins. A baseline exactly at the lower limit is not below it.
- Fibrinogen "abnormal" is read as an abnormal baseline; a value that has not fallen below it is grade 0 (option `fall`).
- A value below or above a limit of measurement could be anything beyond it. A result that exists but is not recorded could
  be anything; a test that was not done says nothing, the grade before it goes on.
- Anemia and thrombocytopenia: a transfusion of red cells, of platelets, is read as given because it was indicated: grade 3
  at least from then until the next value. Silence about transfusions raises nothing; an entry without an answer leaves
  grade 3 open. Haemoglobin up to 72 h after red cells and platelets up to 24 h after platelets are flagged `supported`.
- G-CSF never changes a grade; it is flagged. CTCAE grades severity whatever the cause: attribution takes no part.
- Calcium is corrected by the nearest albumin within `albumin_hours` either way: total + 0.8 mg/dL x (4.0 - albumin in g/dL).
- Hyperuricemia is grade 1 unless physiologic consequences are documented (option `consequences`).
- What a laboratory value cannot show is not graded: life-threatening consequences, symptoms, interventions, bleeding, the
  clauses of INR for patients on anticoagulation.

**Ungradable** no value since the first infusion (`no_value`), or only tests that were not done (`not_done`).
"""

from __future__ import annotations

from cartrace.assess.labs.assessment import assess
from cartrace.assess.labs.inputs import channels_of, gather_term, numbers_of, options_of
from cartrace.assess.labs.series import REASONS as SERIES_REASONS
from cartrace.assess.labs.series import kernel_for
from cartrace.assess.labs.table import Term, read
from cartrace.assess.rule import Reason, Rule

TERMS = read("ctcae6.tsv")
__doc__ = (__doc__ or "").replace("{published}", "\n    ".join(term.published for term in TERMS))

PROVISIONAL = {
    "calcium": ("The correction of calcium for albumin was written from memory: ctcae6 names no formula.",),
}

_TRANSFUSED = Reason("transfusion_indicated", "Red cells or platelets were given: grade 3 at least.")
REASONS = tuple(_TRANSFUSED if reason.code == _TRANSFUSED.code else reason for reason in SERIES_REASONS)


def _rule(term: Term) -> Rule:
    return Rule(
        id=f"ctcae6.{term.analyte}",
        version="1",
        title=f"{term.title}, CTCAE 6",
        module=__name__,
        channels=channels_of(term),
        options=options_of(term),
        reasons=REASONS,
        sources=("ctcae6", "cartrace"),
        provisional=PROVISIONAL.get(term.analyte, ()),
        kernel=kernel_for(*numbers_of(term)),
        rows=lambda n: n + 2,
        assess=assess,
        gather=gather_term,
    )


RULES: tuple[Rule, ...] = tuple(_rule(term) for term in TERMS)
