"""Values that lie off their neighbours by the factor between two units.

In: a course. Out: queries "value.unit_slip".
Decided here: factors are those between the accepted units of the analyte (10 for CRP in mg/L and mg/dL, 88.4 for creatinine,
1000 for counts) and 1000, which every analyte can slip by. A value is asked about when its two nearest neighbours of the same
site and method agree with each other within a factor of two, and dividing by the factor brings it between them, with half as
much again to either side. Neighbours lie within two weeks; for factors below 100, which illness reaches within days, within
three days. Cells and copies that expand by themselves are asked about from 1000 on; a factor below 10 is never told from
biology. A slip of a whole series, or of two values in a row, has no neighbours to differ from.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from functools import cache
from itertools import permutations

from cartrace.assess.gaps.query import Query, elapsed, said
from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.vocabulary import terms, units

ANY = 1000.0
SMALLEST = 10.0
NEIGHBOURS_WITHIN = 2.0
SLACK = 1.5
LARGE = 100.0
DAYS_WITHIN = 14.0
DAYS_WITHIN_OF_SMALL = 3.0
EXPANDING = frozenset({"CAR-T cells", "cytokine"})
"""Groups of the vocabulary whose values climb and fall a hundredfold by themselves."""


@cache
def slips_of(code: str) -> tuple[float, ...]:
    """Factors by which a value of this analyte can be off, smallest first."""
    analyte = terms.analytes()[code]
    if not analyte.is_number or not analyte.family:
        return ()
    family = units.families()[analyte.family]
    factors = {s.factor for s in family.spellings.values() if not s.offset} | {Fraction(1)}
    ratios = {float(a / b) for a, b in permutations(factors, 2) if a / b >= SMALLEST} | {ANY}
    smallest = ANY if analyte.group in EXPANDING else SMALLEST
    return tuple(sorted(ratio for ratio in ratios if ratio >= smallest))


def unit_slips(course: Course) -> list[Query]:
    """One query for each value that a change of unit would bring back among its neighbours."""
    series: dict[tuple[str, str, str], list[Observation]] = defaultdict(list)
    for one in course.observations:
        if one.status == Status.DONE and one.value is not None and one.value > 0.0 and one.moment.known:
            series[one.code, one.site, one.method].append(one)
    queries = []
    for (code, _, _), values in series.items():
        if slips_of(code):
            ordered = sorted(values, key=lambda o: (o.moment.time, o.uid))
            queries += [q for place in range(len(ordered)) if (q := _query(ordered, place)) is not None]
    return queries


def factor_off(value: float, neighbours: tuple[float, float], slips: tuple[float, ...]) -> float | None:
    """The factor by which a value lies above (or, below 1, under) its neighbours; None when no slip explains it."""
    low, high = min(neighbours), max(neighbours)
    if high > NEIGHBOURS_WITHIN * low:
        return None
    for slip in slips:
        for factor in (slip, 1.0 / slip):
            if low / SLACK <= value / factor <= high * SLACK:
                return factor
    return None


def _neighbours(ordered: list[Observation], place: int) -> tuple[Observation, Observation] | None:
    """One on either side; where one side has none near enough, the nearest two of the other."""
    at = ordered[place].moment.time

    def near(position: int) -> Observation | None:
        inside = 0 <= position < len(ordered) and abs(ordered[position].moment.time - at) <= DAYS_WITHIN
        return ordered[position] if inside else None

    before, after = near(place - 1), near(place + 1)
    first = before or near(place + 2)
    second = after or near(place - 2)
    return None if first is None or second is None else (first, second)


def _query(ordered: list[Observation], place: int) -> Query | None:
    one = ordered[place]
    chosen = _neighbours(ordered, place)
    if chosen is None or one.value is None:
        return None
    first, second = chosen[0].value, chosen[1].value
    if first is None or second is None:
        return None
    apart = max(abs(o.moment.time - one.moment.time) for o in chosen)
    slips = tuple(slip for slip in slips_of(one.code) if slip >= LARGE or apart <= DAYS_WITHIN_OF_SMALL)
    factor = factor_off(one.value, (first, second), slips)
    if factor is None:
        return None
    large = max(factor, 1.0 / factor) >= LARGE
    off = f"{factor:g}-fold above" if factor > 1.0 else f"{1.0 / factor:g}-fold below"
    return Query(
        check="value.unit_slip",
        severity="high" if large else "medium",
        what=f"{said(one.code, one.value, one.unit)} lies {off} its neighbours ({first:g} and {second:g})",
        why="that is the factor between two units of this analyte; grades and areas would follow the slip",
        look_up="the unit on the laboratory's own report",
        at=elapsed(one.moment),
        day=one.moment.day,
        evidence=(one.uid, *(o.uid for o in chosen)),
    )
