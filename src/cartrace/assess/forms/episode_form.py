"""The fields that registries ask about an episode, answered for CRS and ICANS.

In: a course and its assessments by crs.astct2019 and icans.astct2019. Out: `EpisodeForm`s.
Decided here: the fields stand in `fields.tsv` with who asks them (CIBMTR form 4100; ebmt_cart_reporting), whether that was read,
and where, or is from memory; fields nobody asks there are our own. The questions were read in revision 4.0 of form 4100, which
asks for the CARTOX-10 score: that later revisions ask for the ICE score is from memory. An answer that hangs on an unsettled
grade is a reason. Findings and treatment are those of all episodes together; onset and durations are those of the first,
resolution that of the last.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cartrace.assess.concordance.comparison import names_another_scale, speaks_of
from cartrace.assess.forms.found import NO, YES, Found, number, silence
from cartrace.assess.forms.spans import EpisodeSpan, spans
from cartrace.assess.forms.symptoms import WORST_OF, infection, symptom
from cartrace.assess.forms.treatments import agents_at_once, treatment
from cartrace.assess.result import Assessment
from cartrace.assess.sweep import minute_of, study_day
from cartrace.course import Course, Quantity
from cartrace.course.clock import hours

SYNDROMES = ("crs", "icans")
RULES = {"crs": "crs.astct2019", "icans": "icans.astct2019"}
NO_EPISODE = "no episode"
FROM_FACTS = frozenset({"onset_day", "duration_elapsed", "duration_inclusive"})
FINDINGS = frozenset({*WORST_OF, "lowest_ice", "fever", "highest_temperature"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `cibmtr`, `ebmt`: "read", "memory", or empty when that registry does not ask it (as far as we know).

    `locator`: source key and place where it was read that CIBMTR asks it; empty unless `cibmtr` is "read".
    """

    id: str
    toxicity: str
    question: str
    cibmtr: str
    ebmt: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A field with what the record says."""

    field: Field
    found: Found


@dataclass(frozen=True, slots=True)
class EpisodeForm:
    """One syndrome of one course. `rule`: id@version of the rule that graded it."""

    course: str
    toxicity: str
    rule: str
    answers: tuple[Answer, ...]

    def found(self, field: str) -> Found:
        """The answer to the field with this id; KeyError when the form has none."""
        for answer in self.answers:
            if answer.field.id == field:
                return answer.found
        raise KeyError(field)


@cache
def fields() -> tuple[Field, ...]:
    """Every field in the order of the form."""
    text = resources.files("cartrace.assess.forms").joinpath("fields.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(
        Field(r["id"], r["toxicity"], r["question"], r["cibmtr"], r["ebmt"], r["cibmtr_locator"]) for r in rows
    )


def episode_forms(course: Course, assessments: Sequence[Assessment]) -> tuple[EpisodeForm, ...]:
    """The forms of CRS and ICANS, as far as they were graded by the rules that the registries ask for."""
    by_rule = {found.rule.partition("@")[0]: found for found in assessments}
    graded = {name: by_rule[RULES[name]] for name in SYNDROMES if RULES[name] in by_rule}
    return tuple(_form(course, name, graded) for name in graded)


def _form(course: Course, name: str, graded: dict[str, Assessment]) -> EpisodeForm:
    asked = [field for field in fields() if field.toxicity in ("", name)]
    answers = tuple(Answer(field, _found(course, field.id, name, graded)) for field in asked)
    return EpisodeForm(course.id, name.upper(), graded[name].rule, answers)


def _found(course: Course, field: str, name: str, graded: dict[str, Assessment]) -> Found:
    assessment = graded[name]
    facts = {fact.id: fact for fact in assessment.facts}
    origin = course.clock.start_minute or 0
    simple: dict[str, Callable[[], Found]] = {
        "occurred": lambda: _occurred(assessment),
        "highest_grade": lambda: _highest(assessment),
        "highest_grade_day": lambda: _of_fact(facts["peak_day"]),
        "investigator_grade": lambda: _by_investigators(course, assessment),
        "resolved": lambda: _resolved(facts),
        "resolution_day": lambda: _day_of(facts["last_resolution_time"], origin),
        "second_wave": lambda: _second_wave(facts),
        "episodes": lambda: _count(facts, assessment),
    }
    if field in simple:
        return simple[field]()
    if field in FROM_FACTS:
        return _of_fact(facts[field])
    episodes = spans(assessment)
    if not episodes:
        return silence(facts["onset_day"].reason or "the episodes cannot be told apart from the steps")
    if field == "second_wave_day":
        return _second_day(episodes, facts, origin)
    if field == "overlap":
        return _overlap(episodes, name, graded)
    if field == "infection":
        return infection(course, episodes)
    if field == "vasopressor_agents":
        return agents_at_once(course, episodes)
    return symptom(course, field, episodes) if field in FINDINGS else treatment(course, field, episodes)


def _occurred(assessment: Assessment) -> Found:
    grade = assessment.overall
    if grade.low is None or grade.high is None:
        return silence(f"{grade.state} by the rule")
    if grade.low >= 1:
        return Found(YES, used=grade.evidence)
    if grade.high == 0:
        return Found(NO, used=grade.evidence)
    return silence(f"not settled: the grade is {grade.text}")


def _highest(assessment: Assessment) -> Found:
    grade = assessment.overall
    if grade.low is None:
        return silence(f"{grade.state} by the rule")
    return Found(grade.text, None if grade.value is None else float(grade.value), used=grade.evidence)


def _by_investigators(course: Course, assessment: Assessment) -> Found:
    """The highest maximum that investigators set on the rule's scale, or on one they did not name."""
    rule = assessment.rule
    maxima = [
        grade
        for grade in course.grades
        if grade.scope == "maximum" and speaks_of(grade, rule) and not names_another_scale(grade, rule)
    ]
    if not maxima:
        return silence("no maximum by an investigator on this scale")
    highest = max(maxima, key=lambda grade: (grade.grade, -grade.uid))
    return Found(str(highest.grade), float(highest.grade), used=(highest.uid,))


def _of_fact(fact: Quantity) -> Found:
    if fact.value is None:
        return silence(fact.reason)
    return number(fact.value, fact.unit, used=fact.used, lower_bound=fact.censored)


def _day_of(fact: Quantity, origin: int) -> Found:
    if fact.value is None:
        return silence(fact.reason)
    return number(float(study_day(minute_of(fact.value), origin)), "d", used=fact.used)


def _resolved(facts: dict[str, Quantity]) -> Found:
    last = facts["last_resolution_time"]
    if last.value is not None:
        return Found(YES)
    return Found(NO) if last.reason == "not resolved by the last entry" else silence(last.reason)


def _count(facts: dict[str, Quantity], assessment: Assessment) -> Found:
    """Episodes; none is an answer only where the grade is settled at 0."""
    count = facts["episodes"]
    if count.value == 0.0 and assessment.overall.high != 0:
        return silence(facts["onset_day"].reason or NO_EPISODE)
    return _of_fact(count)


def _second_wave(facts: dict[str, Quantity]) -> Found:
    count = facts["episodes"]
    if count.value is None:
        return silence(count.reason)
    if count.value == 0.0:
        return silence(facts["onset_day"].reason or NO_EPISODE)
    return Found(YES if count.value > 1.0 else NO)


def _second_day(episodes: tuple[EpisodeSpan, ...], facts: dict[str, Quantity], origin: int) -> Found:
    if len(episodes) < 2:
        return silence("one episode")
    return number(float(study_day(minute_of(episodes[1].start), origin)), "d")


def _overlap(episodes: tuple[EpisodeSpan, ...], name: str, graded: dict[str, Assessment]) -> Found:
    """[h] during which both ran."""
    other = next((found for key, found in graded.items() if key != name), None)
    if other is None:
        return silence("the other syndrome was not graded")
    if other.overall.high == 0:
        return number(0.0, "h")
    theirs = spans(other)
    if not theirs:
        return silence(f"the other syndrome is {other.overall.text}")
    is_open = any(a.end is None and b.end is None for a in episodes for b in theirs)
    total = sum(_shared(a, b) for a in episodes for b in theirs)
    return number(hours(total), "h", lower_bound=is_open)


def _shared(first: EpisodeSpan, second: EpisodeSpan) -> float:
    """[d] both; of two that are still open, what is certain at the later beginning: nothing."""
    ends = [span.end for span in (first, second) if span.end is not None]
    return max(min(ends) - max(first.start, second.start), 0.0) if ends else 0.0
