"""From the rows of a time-resolved rule to steps, days, the overall grade and the facts of its episodes.

In: the arrays a kernel filled (row 0 the worst, then the steps) and the course. Out: `Assessment`.
Decided here: a day's grade is the worst that held at any time of that study day, for days with an entry of their own;
a fact that depends on an unsettled grade is given as a reason. Durations of an episode that is still open at the last entry
are lower bounds (`censored`). Onset, resolution and durations are those of the first episode; peak is that of the course.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule, Steps
from cartrace.assess.sweep import OWN_FACT, minute_of
from cartrace.course import Course, Events, Quantity
from cartrace.course.clock import MINUTES_PER_DAY


class _Fact(NamedTuple):
    id: str
    column: int
    name: str
    unit: str
    whole: str


# Columns as `sweep.write_facts` fills them; `whole`: the episodes a fact speaks about.
_FACTS = (
    _Fact("onset_day", 0, "Onset, study day", "d", "first"),
    _Fact("onset_time", 1, "Onset, elapsed since the first infusion", "d", "first"),
    _Fact("peak_grade", 2, "Peak grade of the course", "", "peak"),
    _Fact("peak_day", 3, "Study day on which the peak was reached", "d", "peak"),
    _Fact("time_to_peak", 9, "Onset to peak", "d", "peak"),
    _Fact("resolution_time", 4, "Resolution of the first episode, elapsed since the first infusion", "d", "resolution"),
    _Fact("duration_elapsed", 6, "Duration of the first episode, end minus onset", "d", "censored"),
    _Fact("duration_inclusive", 7, "Duration of the first episode in days, both ends counted", "d", "censored"),
    _Fact("first_episode_peak", 10, "Peak grade of the first episode", "", "peak"),
    _Fact("episodes", 8, "Episodes", "", "count"),
    _Fact("total_duration_elapsed", 11, "Duration of all episodes together", "d", "all censored"),
    _Fact(
        "last_resolution_time",
        13,
        "Resolution of the last episode, elapsed since the first infusion",
        "d",
        "resolution",
    ),
)
_CENSORED, _ALL_CENSORED = 5, 12


def assess_over_time(
    rule: Rule, course: Course, option: NDArray[np.float64], *, own_fact: tuple[str, str, str, str] | None = None
) -> Assessment:
    """The wrapper of time-resolved rules: gather, run the kernel, make records.

    own_fact   (id, name, unit, reason when there is none) of the rule's own fact in column `OWN_FACT`
    """
    events = rule.events(course)
    rows = rule.calculate(events, option)
    steps = _steps(rule, rows, events)
    start_minute = course.clock.start_minute or 0
    overall = rule.grade(rows, 0, events)
    facts = _facts(rule, rows, overall)
    if own_fact is not None:
        facts.append(_own_fact(rule, float(rows.fact[0, OWN_FACT]), own_fact))
    return Assessment(
        rule=rule.name,
        title=rule.title,
        settings=rule.settings_used(option),
        overall=overall,
        steps=steps,
        days=days(steps, _days_with_entries(events), start_minute),
        facts=tuple(facts),
    )


def _steps(rule: Rule, rows: Steps, events: Events) -> tuple[Grade, ...]:
    count = len(rows.at)
    until = [float(rows.at[row + 1]) if row + 1 < count else None for row in range(count)]
    return tuple(rule.grade(rows, row, events, until=until[row]) for row in range(1, count))


def _days_with_entries(events: Events) -> tuple[int, ...]:
    entries = zip(events.day, events.time, events.uid, strict=True)
    return tuple(sorted({int(day) for day, time, uid in entries if time >= 0 and uid >= 0}))


def days(steps: tuple[Grade, ...], study_days: tuple[int, ...], start_minute: int) -> tuple[Grade, ...]:
    """The worst grade of each study day, from the steps that held on it."""
    grades = []
    begins = [minute_of(step.at or 0.0) for step in steps]
    ends: list[int | None] = [*begins[1:], None] if begins else []
    for day in study_days:
        first = day * MINUTES_PER_DAY - start_minute
        held = [
            step
            for step, begin, end in zip(steps, begins, ends, strict=True)
            if begin < first + MINUTES_PER_DAY and (end is None or end > first)
        ]
        if held:
            grades.append(_worst(held, day))
    return tuple(grades)


def _worst(held: list[Grade], day: int) -> Grade:
    """The day's grade. Its reasons are those of the steps that decide a bound of it, not those of other hours."""
    graded = [step for step in held if step.low is not None and step.high is not None]
    if not graded:
        reasons = tuple(dict.fromkeys(code for step in held for code in step.reasons))
        return dataclasses.replace(held[0], at=None, until=None, day=day, reasons=reasons)
    lowest = max(graded, key=lambda step: step.low or 0)
    highest = max(graded, key=lambda step: step.high or 0)
    low, high = lowest.low or 0, highest.high or 0
    open_steps = [step for step in graded if (step.high or 0) > low]
    deciding = [step for step in graded if step.low == low or step.high == high]
    return Grade(
        rule=lowest.rule,
        state="graded" if low == high else "range",
        low=low,
        high=high,
        day=day,
        reasons=tuple(dict.fromkeys(code for step in deciding for code in step.reasons)),
        settles=tuple(dict.fromkeys(name for step in open_steps for name in step.settles)),
        evidence=tuple(dict.fromkeys((*lowest.evidence, *(highest.evidence if high > low else ())))),
        candidate=lowest.candidate or highest.candidate,
        provisional=lowest.provisional,
    )


def _facts(rule: Rule, rows: Steps, overall: Grade) -> list[Quantity]:
    values = rows.fact[0]
    facts = []
    for fact in _FACTS:
        value = float(values[fact.column])
        censored = bool(values[_CENSORED if fact.whole == "censored" else _ALL_CENSORED] == 1.0)
        missing = np.isnan(value)
        facts.append(
            Quantity(
                id=fact.id,
                name=fact.name,
                value=None if missing else value,
                unit=fact.unit,
                method=rule.name,
                reason=_why(fact, values, overall) if missing else "",
                used=overall.evidence if fact.whole == "peak" and not missing else (),
                censored=censored and fact.whole.endswith("censored") and not missing,
            )
        )
    return facts


def _why(fact: _Fact, values: NDArray[np.float64], overall: Grade) -> str:
    if overall.state == "not graded":
        return "not graded: nothing recorded that could be graded"
    if values[8] == 0:
        return "no episode" if overall.high == 0 else f"no settled onset; the grade is {overall.text}"
    if fact.whole == "resolution":
        return "not resolved by the last entry"
    wanted = ", ".join(overall.settles)
    return f"not settled: the grade is {overall.text}" + (f"; would be settled by {wanted}" if wanted else "")


def _own_fact(rule: Rule, value: float, own: tuple[str, str, str, str]) -> Quantity:
    fact_id, name, unit, why_not = own
    missing = bool(np.isnan(value))
    return Quantity(
        fact_id, name, None if missing else value, unit, method=rule.name, reason=why_not if missing else ""
    )
