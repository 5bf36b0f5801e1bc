"""Where the editions of a scale differ on one course, and which published line makes the difference.

In: a course and its assessments. Out: stretches of time over which editions differ, each with every edition's grade and line.
Decided here: editions are compared at every moment at which one of them changes, by both ends of their ranges; one that is
not graded at that moment stands aside. Neighbouring stretches with the same grades and the same lines are one.
The lines are those of `crs/lines.tsv` and `icans/lines.tsv`; an edition without lines is not compared.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from cartrace.assess.crs.episode import AXES, DEATH_GRADE
from cartrace.assess.icans.episode import DOMAINS
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule, Steps
from cartrace.assess.shelf import rule as rule_of
from cartrace.assess.sweep import minute_of, study_day
from cartrace.course import Course
from cartrace.course.clock import MINUTES_PER_DAY

WITHOUT_FEVER = "hypotension, hypoxia, organ toxicity or local inflammation without fever does not count"
DEATH = "death"


@dataclass(frozen=True, slots=True)
class _Family:
    """How the editions of a scale keep what made a grade.

    axes     names of the axes, in the order of a step's facts
    shift    grade minus level: a level of CRS is one below its grade, fever makes grade 1
    nothing  the line of grade 0
    """

    axes: tuple[str, ...]
    shift: int
    nothing: str


_FAMILIES = {
    "crs": _Family(AXES, 1, "neither fever nor anything else that counts"),
    "icans": _Family(DOMAINS, 0, "no domain of the scale is affected"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What one edition says at one time: its grade, and the published line that makes it, in words."""

    rule: str
    title: str
    grade: Grade
    line: str

    @property
    def sentence(self) -> str:
        """The standing for a reader: "Lee 2014: 2, oxygen need below 40 %."."""
        asked = f" (would be settled by {', '.join(self.grade.settles)})" if self.grade.settles else ""
        return f"{self.title}: {self.grade.text}, {self.line}{asked}."


@dataclass(frozen=True, slots=True)
class Difference:
    """One stretch of time over which editions differ.

    family     the scale: "crs" or "icans"
    at, until  [d] elapsed since the first infusion; until is None when it lasts to the end of the record
    day        study day on which it begins
    standings  every edition that is graded, in the order of the shelf
    """

    family: str
    at: float
    until: float | None
    day: int
    standings: tuple[Standing, ...]

    @property
    def why(self) -> str:
        """Every edition's grade with its line."""
        return " ".join(standing.sentence for standing in self.standings)


@dataclass(frozen=True, slots=True)
class _Edition:
    rule: Rule
    assessment: Assessment
    rows: Steps

    def row_at(self, minute: int) -> int:
        """The row that holds at `minute`; 0 when none does yet."""
        held = [row for row in range(1, len(self.rows.at)) if minute_of(float(self.rows.at[row])) <= minute]
        return held[-1] if held else 0


@cache
def lines() -> Mapping[tuple[str, str, int], str]:
    """(rule, axis, level) to the published line."""
    found: dict[tuple[str, str, int], str] = {}
    for family in _FAMILIES:
        text = resources.files(f"cartrace.assess.{family}").joinpath("lines.tsv").read_text(encoding="utf-8")
        rows = csv.DictReader((row for row in text.splitlines() if not row.startswith("#")), delimiter="\t")
        found |= {(row["rule"], row["axis"], int(row["level"])): row["line"] for row in rows}
    return found


def compare(course: Course, assessments: Iterable[Assessment]) -> tuple[Difference, ...]:
    """Every stretch of time over which two editions of one scale differ."""
    with_lines = {rule_id for rule_id, _, _ in lines()}
    families: dict[str, list[_Edition]] = {}
    for assessment in assessments:
        rule = rule_of(assessment.rule)
        if rule.id in with_lines:
            option = rule.settings(dict(assessment.settings))
            edition = _Edition(rule, assessment, rule.calculate(rule.events(course), option))
            families.setdefault(rule.id.partition(".")[0], []).append(edition)
    found: list[Difference] = []
    for family, editions in families.items():
        found += _differences(course, family, editions)
    return tuple(found)


def _differences(course: Course, family: str, editions: list[_Edition]) -> list[Difference]:
    minutes = sorted({minute_of(float(at)) for edition in editions for at in edition.rows.at[1:]})
    found: list[Difference] = []
    previous: tuple[Standing, ...] = ()
    for minute in minutes:
        standings = tuple(
            standing for edition in editions if (standing := _standing(edition, edition.row_at(minute))) is not None
        )
        at = minute / MINUTES_PER_DAY
        if found and found[-1].until is None and not _alike(previous, standings):
            found[-1] = replace(found[-1], until=at)
        differ = len({(s.grade.low, s.grade.high) for s in standings}) > 1
        if differ and not (found and found[-1].until is None):
            found.append(Difference(family, at, None, study_day(minute, course.clock.start_minute or 0), standings))
        previous = standings
    return found


def _alike(first: tuple[Standing, ...], second: tuple[Standing, ...]) -> bool:
    def said(standings: tuple[Standing, ...]) -> list[tuple[str, int | None, int | None, str]]:
        return [(s.rule, s.grade.low, s.grade.high, s.line) for s in standings]

    return said(first) == said(second)


def _standing(edition: _Edition, row: int) -> Standing | None:
    if row == 0 or edition.rows.low[row] < 0:
        return None
    grade = edition.assessment.steps[row - 1]
    return Standing(edition.rule.name, edition.rule.title.partition(", ")[2], grade, _line(edition, row, grade))


def _line(edition: _Edition, row: int, grade: Grade) -> str:
    low, high = grade.low or 0, grade.high or 0
    least = _of_grade(edition, row, grade, low, end=0)
    if low == high:
        return least
    return f"at least {least}; at most {_of_grade(edition, row, grade, high, end=1)}"


def _of_grade(edition: _Edition, row: int, grade: Grade, number: int, *, end: int) -> str:
    """The line that makes grade `number`, from the lowest (end 0) or highest (end 1) levels of the axes."""
    family = _FAMILIES[edition.rule.id.partition(".")[0]]
    if number >= DEATH_GRADE:
        return DEATH
    if number == 0:
        return WITHOUT_FEVER if "without_fever" in grade.reasons else family.nothing
    if number == family.shift:
        return lines()[edition.rule.id, "fever", 0]
    level = number - family.shift
    made = [axis for k, axis in enumerate(family.axes) if edition.rows.fact[row, 2 * k + end] == level]
    return " and ".join(dict.fromkeys(lines()[edition.rule.id, axis, level] for axis in made))
