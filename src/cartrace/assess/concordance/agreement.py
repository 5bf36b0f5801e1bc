"""Agreement of a rule with the investigators over many courses.

In: comparisons. Out: `Agreement` per rule.
Decided here: only maxima enter, one pair per course (of several maxima the highest), because grades of one course at
several moments are not independent. Kappa rests on settled grades; ranges are counted beside it, and two more kappas show
how far they could move it: every range read at the grade nearest to the investigator's, and at the one farthest from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cartrace.assess.concordance.comparison import Comparison
from cartrace.assess.concordance.kappa import WEIGHTINGS, Kappa, weighted_kappa


@dataclass(frozen=True, slots=True)
class Agreement:
    """One rule beside the investigators.

    agree          settled grades that are the same
    within         ranges that hold the investigator's grade
    disagree       settled grades or ranges that do not
    not_compared   no computed grade, another scale, scale not stated ...
    kappas         of settled grades, linear and quadratic
    nearest        with every range read at its grade nearest to the investigator's
    farthest       with every range read at its grade farthest from the investigator's
    """

    rule: str
    agree: int
    within: int
    disagree: int
    not_compared: int
    kappas: tuple[Kappa, ...]
    nearest: tuple[Kappa, ...]
    farthest: tuple[Kappa, ...]


def agreement(comparisons: Iterable[Comparison]) -> tuple[Agreement, ...]:
    """Agreement per rule, in the order in which the rules come."""
    maxima = [one for one in comparisons if one.scope == "maximum"]
    rules = dict.fromkeys(one.rule for one in maxima)
    return tuple(_of_rule(rule, [one for one in maxima if one.rule == rule]) for rule in rules)


def _of_rule(rule: str, comparisons: Sequence[Comparison]) -> Agreement:
    counted = _one_per_course([one for one in comparisons if one.verdict != "not compared" and not one.reason])
    settled, nearest, farthest = [], [], []
    for one in counted:
        low, high = _bounds(one)
        mine = one.investigator
        if low == high:
            settled.append((mine, low))
        nearest.append((mine, min(max(mine, low), high)))
        farthest.append((mine, low if mine - low > high - mine else high))
    return Agreement(
        rule=rule,
        agree=sum(one.verdict == "agrees" for one in counted),
        within=sum(one.verdict == "within range" for one in counted),
        disagree=sum(one.disagrees for one in counted),
        not_compared=len({one.course for one in comparisons} - {one.course for one in counted}),
        kappas=tuple(weighted_kappa(settled, weighting) for weighting in WEIGHTINGS),
        nearest=tuple(weighted_kappa(nearest, weighting) for weighting in WEIGHTINGS),
        farthest=tuple(weighted_kappa(farthest, weighting) for weighting in WEIGHTINGS),
    )


def _one_per_course(comparisons: Sequence[Comparison]) -> list[Comparison]:
    highest: dict[str, Comparison] = {}
    for one in comparisons:
        held = highest.get(one.course)
        if held is None or one.investigator > held.investigator:
            highest[one.course] = one
    return list(highest.values())


def _bounds(one: Comparison) -> tuple[int, int]:
    found = one.computed
    if found is None or found.low is None or found.high is None:
        raise ValueError(f"{one.rule}: a comparison without a computed grade")
    return found.low, found.high
