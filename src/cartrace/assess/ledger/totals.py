"""Doses added up: count, amount, first and last day of a drug or a class of drugs.

In: the doses of a course and the study days asked for. Out: quantities.
Decided here: none recorded is 0 only when the chart is declared complete, else a reason; a chart that is not declared
complete makes every number a lower bound; a total of which nothing can be converted is a reason, not 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cartrace.assess.ledger.cautions import AMOUNT_LOWER_BOUND, CAUTIONS, LOWER_BOUND
from cartrace.assess.ledger.doses import Dose, Given, given, span
from cartrace.assess.ledger.factors import Factors
from cartrace.assess.sweep import study_day
from cartrace.course import Course, Quantity
from cartrace.course.record import DrugCourse

METHOD = "ledger@1"
NOT_COMPLETE = "none recorded, and the {} chart is not declared complete"
UNDATED = "recorded without a known start"
REACHING = "begun before these days, and until when or how often is not recorded"
OF_UNKNOWN_LENGTH = frozenset({"end_not_recorded", "frequency_not_recorded", "frequency_not_read"})


@dataclass(frozen=True, slots=True)
class Days:
    """Study days asked for, both ends included; `last` None = to the end of the record."""

    first: int = 0
    last: int | None = None

    def __contains__(self, day: int | None) -> bool:
        return day is not None and self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a number: records used and left out, and what a reader must know."""

    used: Sequence[int] = ()
    left_out: Sequence[int] = ()
    cautions: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What is known of one treatment within the days asked for.

    given      drug courses with at least one dose in these days
    undated    drug courses without a known start
    reaching   drug courses begun before these days of which nobody knows whether they reached into them
    doses      their doses within the days, in order of time
    cautions   of the records that took part, and of the chart
    complete   whether the chart is declared complete
    chart      its name for a reader
    """

    given: tuple[Given, ...]
    undated: tuple[Given, ...]
    reaching: tuple[Given, ...]
    doses: tuple[Dose, ...]
    cautions: tuple[str, ...]
    complete: bool
    chart: str = "drug"

    @property
    def used(self) -> tuple[int, ...]:
        """uids of the records with doses in these days."""
        return tuple(dict.fromkeys(uid for one in self.given for uid in one.used))

    @property
    def left_out(self) -> tuple[int, ...]:
        """uids of the records of which no dose is certain in these days."""
        return tuple(one.record.uid for one in (*self.undated, *self.reaching))

    @property
    def behind(self) -> Behind:
        """Records and cautions of every number of this account."""
        return Behind(self.used, self.left_out, self.cautions)

    @property
    def silence(self) -> str:
        """Why there is no number when nothing is recorded; empty when the chart says that none was given."""
        if self.undated or self.reaching:
            return UNDATED if self.undated else REACHING
        return "" if self.complete else NOT_COMPLETE.format(self.chart)


def account(course: Course, days: Days, chosen: Callable[[DrugCourse], bool], table: Factors | None = None) -> Account:
    """The doses of the chosen drug courses within the days, by the factors of `table`, else by the published ones."""
    every = [given(course, drug, table) for drug in course.drugs if chosen(drug)]
    kept = tuple(one for one in every if any(dose.day in days for dose in one.doses))
    undated = tuple(one for one in every if not one.doses)
    reaching = tuple(one for one in every if one.doses and one not in kept and may_reach(course, one, days))
    doses = [dose for one in kept for dose in one.doses if dose.day in days]
    doses.sort(key=lambda dose: (dose.time, dose.uid))
    complete = "drugs" in course.complete
    cautions = [code for one in (*kept, *undated, *reaching) for code in one.cautions]
    cautions += [] if complete else ["chart_open"]
    return Account(kept, undated, reaching, tuple(doses), ordered(cautions), complete)


def may_reach(course: Course, one: Given, days: Days) -> bool:
    """Whether a drug course with its only certain dose before these days may have gone on into them."""
    if one.doses[0].day >= days.first or OF_UNKNOWN_LENGTH.isdisjoint(one.cautions):
        return False
    end = span(course, one.record).end
    return end is None or study_day(end - 1, course.clock.start_minute or 0) >= days.first


def ordered(codes: Sequence[str]) -> tuple[str, ...]:
    """Each caution once, in the order of the list of cautions."""
    return tuple(code for code in CAUTIONS if code in set(codes))


def quantity(
    name: tuple[str, str],
    value: float | None,
    unit: str,
    behind: Behind = Behind(),
    *,
    reason: str = "",
    lower_bound: frozenset[str] = frozenset(),
) -> Quantity:
    """A quantity of the ledger.

    name         (id, what a reader calls it)
    reason       why there is no value
    lower_bound  cautions any of which makes the value a lower bound
    """
    return Quantity(
        *name,
        value,
        unit,
        METHOD,
        reason=reason if value is None else "",
        used=tuple(dict.fromkeys(behind.used)),
        left_out=tuple(dict.fromkeys(behind.left_out)),
        flags=ordered(behind.cautions),
        censored=value is not None and not lower_bound.isdisjoint(behind.cautions),
    )


def doses_and_amount(drug: str, name: str, of: Account) -> tuple[Quantity, ...]:
    """Count, milligrams, first and last day of one drug."""
    names = [(f"{drug}_{part}", f"{name}, {word}") for part, word, _ in _PARTS]
    if not of.doses and of.silence:
        return tuple(
            quantity(one, None, unit, of.behind, reason=of.silence)
            for one, (_, _, unit) in zip(names, _PARTS, strict=True)
        )
    count = sum(dose.begins for dose in of.doses)
    known = [dose.mg for dose in of.doses if dose.mg is not None]
    unknown = [dose.uid for dose in of.doses if dose.mg is None]
    amount = None if of.doses and not known else float(sum(known))
    first = float(of.doses[0].day) if of.doses else None
    last = float(of.doses[-1].day) if of.doses else None
    amounts = Behind(of.used, (*of.left_out, *unknown), of.cautions)
    return (
        quantity(names[0], float(count), "1", of.behind, lower_bound=LOWER_BOUND),
        quantity(
            names[1], amount, "mg", amounts, reason="no amount that can be given in mg", lower_bound=AMOUNT_LOWER_BOUND
        ),
        quantity(names[2], first, "d", of.behind, reason="none given"),
        quantity(names[3], last, "d", of.behind, reason="none given", lower_bound=LOWER_BOUND),
    )


_PARTS = (
    ("doses", "doses", "1"),
    ("total", "in all", "mg"),
    ("first_day", "first study day", "d"),
    ("last_day", "last study day", "d"),
)
