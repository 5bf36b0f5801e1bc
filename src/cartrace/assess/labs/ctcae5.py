"""Laboratory grades by CTCAE, version 5.0, one rule for each term, each as a step function of time.

In: values of one analyte with the laboratory's limits, the baseline, transfusions. Out: the grade of each value, its worst
per day and since the infusion. Decided here: the readings below; the bounds are those of `ctcae5.tsv`.

**Published rule** ctcae5, read in the transcription of pharmaverse/admiral. LLN, ULN: the laboratory's own limits of normal.

    {published}

C-reactive protein has no term in CTCAE 5.

**Readings**

- The worst grade whose bound is crossed counts: a neutrophil count of 1.2 is grade 2 also where the laboratory's own limit
  is 1.0 (flag `within_reference_limits`).
- Both sides are compared at ten significant digits. Where the publication prints a bound in two units, the conventional one
  counts (triglycerides 150 mg/dL, calcium 8.0 mg/dL); its rounded SI twin (1.71, 2.0 mmol/L) does not.
- A grade holds from its value until the next value. Overall is the worst of the values since the first infusion.
  A day's grade is the worst of the values and transfusions of that day. Of several values of one minute the worst counts.
- The most extreme value is the one that is certainly furthest; one beyond a limit in that direction stands for the limit. It
  is flagged as a bound when some value may lie further (`upper_bound` of a lowest, `lower_bound` of a highest value).
- Reference limits are those printed with the value; those of the baseline are its own or else those of the value graded.
  A limit or a baseline that is not recorded leaves every grade open that some limit or baseline would give.
- Baseline: the last value before the first infusion (option `baseline`); a value of the day of infusion known by its day
  only counts as taken before it, and for the course as well. Of several baselines of one minute each may be the one. Normal:
  not beyond the reference limit in the term's direction. Values before the infusion are graded against the same baseline.
- In terms with a baseline clause the baseline itself is grade 0. Fibrinogen "abnormal" is read as an abnormal baseline;
  a value that has not fallen below an abnormal baseline is grade 0. "75% decrease" is read as 75 % or more.
- Creatinine: multiples of baseline and of the upper limit both count, also for a value within the limits (flagged).
- Alkaline phosphatase, GGT, ALT, AST from an abnormal baseline: the printed lower edge belongs to grade 1.
- A value below or above a limit of measurement could be anything beyond it. A result that exists but is not recorded could
  be anything; a test that was not done says nothing, the grade before it goes on.
- Anemia: a red-cell transfusion is read as given for anemia: grade 3 at least from then until the next value. Silence about
  transfusions raises nothing; an entry without an answer leaves grade 3 open. Haemoglobin up to 72 h after red cells and
  platelets up to 24 h after platelets are flagged `supported` and graded as they stand.
- G-CSF never changes a grade; it is flagged. CTCAE grades severity whatever the cause: attribution takes no part.
- Calcium is corrected by the nearest albumin within `albumin_hours` either way: total + 0.8 mg/dL x (4.0 - albumin in g/dL). Ionised
  calcium is not graded.
- Hyperuricemia is grade 1 unless physiologic consequences are documented (option `consequences`).
- What a laboratory value cannot show is not graded: life-threatening consequences (grade 4 of anemia and hypoalbuminemia),
  symptoms, interventions, bleeding, the clauses of INR for patients on anticoagulation.

**Ungradable** no value since the first infusion (`no_value`), or only tests that were not done (`not_done`).
"""

from __future__ import annotations

from cartrace.assess.labs.assessment import assess
from cartrace.assess.labs.inputs import channels_of, gather_term, numbers_of, options_of
from cartrace.assess.labs.series import REASONS, kernel_for
from cartrace.assess.labs.table import Term, read
from cartrace.assess.rule import Rule

TERMS = read("ctcae5.tsv")
__doc__ = (__doc__ or "").replace("{published}", "\n    ".join(term.published for term in TERMS))

PROVISIONAL = {
    "calcium": ("The correction of calcium for albumin was written from memory: ctcae5 names no formula.",),
    "ldh": ("The transcription of ctcae5 that was read does not hold this term; its bound awaits the publication.",),
}


def _rule(term: Term) -> Rule:
    return Rule(
        id=f"ctcae5.{term.analyte}",
        version="1",
        title=f"{term.title}, CTCAE 5",
        module=__name__,
        channels=channels_of(term),
        options=options_of(term),
        reasons=REASONS,
        sources=("ctcae5", "cartrace"),
        provisional=PROVISIONAL.get(term.analyte, ()),
        kernel=kernel_for(*numbers_of(term)),
        rows=lambda n: n + 2,
        assess=assess,
        gather=gather_term,
    )


RULES: tuple[Rule, ...] = tuple(_rule(term) for term in TERMS)
