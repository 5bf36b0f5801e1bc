"""Many courses by many rules, each with the options that the run and the course ask for.

In: courses, rules, options. Out: the courses as they were read, and their assessments.
Decided here: what one course asks for holds for that course only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartrace.assess import neutrophils
from cartrace.assess.options import derives_neutrophils, options_of
from cartrace.assess.registry import assess_many
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule
from cartrace.course import Course

Graded = Sequence[tuple[Assessment, ...]]


def grade_all(
    courses: Sequence[Course], rules: Sequence[Rule], said: Mapping[str, str] | None = None, *, registry: bool = False
) -> tuple[Sequence[Course], Graded]:
    """The courses, with derived neutrophil counts where an option asks for them, and the assessments of each by every rule.

    said      "rule.option" to value, before what a course says itself
    registry  overall grades only, by the compiled kernels in threads
    """
    said = said or {}
    recorded = _graded(courses, rules, said, registry)
    asked = [derives_neutrophils(course, said) for course in courses]
    wider = [neutrophils.with_derived(course) if yes else course for course, yes in zip(courses, asked, strict=True)]
    changed = [n for n, course in enumerate(wider) if course is not courses[n]]
    if not changed:
        return courses, recorded
    reading = [rule for rule in rules if neutrophils.reads_neutrophils(rule)]
    again = dict(zip(changed, _graded([wider[n] for n in changed], reading, said, registry), strict=True))
    found = []
    for n, graded in enumerate(recorded):
        derived = {assessment.rule: assessment for assessment in again.get(n, ())}
        found.append(tuple(neutrophils.higher(a, derived[a.rule]) if a.rule in derived else a for a in graded))
    return wider, found


def _graded(courses: Sequence[Course], rules: Sequence[Rule], said: Mapping[str, str], registry: bool) -> Graded:
    options = [[options_of(rule, course, said) for course in courses] for rule in rules]
    if not registry:
        by_rule = [
            [rule.run(*pair) for pair in zip(courses, o, strict=True)] for rule, o in zip(rules, options, strict=True)
        ]
    else:
        by_rule = [assess_many(rule, courses, o) for rule, o in zip(rules, options, strict=True)]
    return list(zip(*by_rule, strict=True)) or [()] * len(courses)
