"""From the rows of a laboratory term to steps, days, the overall grade and its facts.

In: a rule, a course, settings. Out: `Assessment`. Decided here: a day's grade is the worst of the steps that begin on it
(values and transfusions of that study day), not of what still holds from the day before.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from cartrace.assess.extremes import BEYOND_LIMIT, LOWER_BOUND, UPPER_BOUND
from cartrace.assess.labs.series import BASELINE_EVENT, BEYOND, EXTREME_EVENT, worst
from cartrace.assess.result import Assessment, Grade
from cartrace.assess.rule import Rule, Steps, allocate
from cartrace.course import Course, Events, Quantity
from cartrace.vocabulary import terms, units


def assess(rule: Rule, course: Course, option: NDArray[np.float64]) -> Assessment:
    """The kernel's rows as records."""
    events = rule.events(course)
    rows = rule.calculate(events, option)
    count = len(rows.at)
    until = [float(rows.at[row + 1]) if row + 1 < count else None for row in range(count)]
    return Assessment(
        rule=rule.name,
        title=rule.title,
        settings=rule.settings_used(option),
        overall=rule.grade(rows, 0, events),
        steps=tuple(rule.grade(rows, row, events, until=until[row]) for row in range(1, count)),
        days=_days(rule, rows, events),
        facts=_facts(rule, rows, events),
    )


def _days(rule: Rule, rows: Steps, events: Events) -> tuple[Grade, ...]:
    by_day: dict[int, list[int]] = {}
    for row in range(1, len(rows.at)):
        by_day.setdefault(int(events.day[rows.decided[row, 0]]), []).append(row)
    days = []
    for day, members in by_day.items():
        of_day = allocate(len(members) + 1)
        of_day.reason[1:], of_day.missing[1:] = rows.reason[members], rows.missing[members]
        of_day.low[1:], of_day.high[1:] = rows.low[members], rows.high[members]
        of_day.decided[1:] = rows.decided[members]
        worst(of_day, 1, len(members) + 1)
        days.append(dataclasses.replace(rule.grade(of_day, 0, events), day=day))
    return tuple(days)


def _facts(rule: Rule, rows: Steps, events: Events) -> tuple[Quantity, ...]:
    analyte = rule.channels[0].codes[0]
    name, unit = terms.analytes()[analyte].name, units.canonical(analyte)
    worst_of, no_value = (
        f"Most extreme {name} since the first infusion",
        "no value since the first infusion, or none that bounds it",
    )
    extreme, baseline = rows.fact[0, EXTREME_EVENT], rows.fact[0, BASELINE_EVENT]
    flags = {-1.0: (UPPER_BOUND.code,), 1.0: (LOWER_BOUND.code,)}.get(float(rows.fact[0, BEYOND]), ())
    of_worst: list[tuple[str, str, str, NDArray[np.float64] | NDArray[np.int32]]] = [
        ("worst_value", worst_of, unit, events.value),
        ("worst_value_day", f"Study day of the {worst_of.lower()}", "d", events.day),
    ]
    facts = [_fact(rule, *named, extreme, events, no_value, flags) for named in of_worst]
    if any(channel.name == "baseline" for channel in rule.channels):
        reason = "no single value before the first infusion is recorded"
        known = baseline >= 0 and np.isfinite(events.value[int(baseline)])
        found = baseline if known else np.nan
        bounded = known and events.status[int(baseline)] != 0
        at_limit = (BEYOND_LIMIT.code,) if bounded else ()
        facts.append(_fact(rule, "baseline", f"Baseline {name}", unit, events.value, found, events, reason, at_limit))
    return tuple(facts)


def _fact(
    rule: Rule,
    fact_id: str,
    name: str,
    unit: str,
    numbers: NDArray[np.float64] | NDArray[np.int32],
    event: float,
    events: Events,
    reason: str,
    flags: tuple[str, ...] = (),
) -> Quantity:
    if np.isnan(event):
        return Quantity(fact_id, name, None, unit, method=rule.name, reason=reason)
    i = int(event)
    return Quantity(fact_id, name, float(numbers[i]), unit, method=rule.name, used=(int(events.uid[i]),), flags=flags)
