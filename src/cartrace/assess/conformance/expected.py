"""What a case expects, read from its `expect` cell. Items separated by ";":

    3            the overall grade; "3..4" a range; "not graded"; "not applicable"; a category word or "CRi..CR"
    at h6 2      the grade of the step that holds at six hours (at d5: at elapsed day 5)
    day d5 1     the day's grade
    fact duration_inclusive 11     a fact's value (to 1e-6 relative), or "fact x none" when there is a reason instead
    flag late_onset_review         a reason code on the overall grade or any step;  "no flag x" for its absence
    part testis PR                 the grade of a part (an extramedullary site)
    settles oxygen_device          an input named as settling the overall range
    evidence h6 norepinephrine     a record named as deciding the overall grade: when, and its code, drug or kind
    no settles age, no evidence h6 oxygen_device       the opposite

In: the cell. Out: one `Expected` per item.
Decided here: a grade is kept as it is written, as a number or as a word of the rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cartrace.course import clock

Kind = Literal[
    "overall", "at", "day", "part", "fact", "flag", "no flag", "settles", "no settles", "evidence", "no evidence"
]


@dataclass(frozen=True, slots=True)
class Expected:
    """One item.

    kind    what is asked about
    name    of the part, fact, flag, input or record
    time    [d] elapsed, for "at" and records; study day, for "day"
    grade   "2", "1..4", "CRi", "not graded" ...; of a fact its value or "none"; empty for flags, inputs and records
    text    the item as it is written
    """

    kind: Kind
    text: str
    name: str = ""
    time: float = 0.0
    grade: str = ""

    @property
    def bounds(self) -> tuple[str, str]:
        """Lowest and highest grade as written; the same twice for a settled grade."""
        low, _, high = self.grade.partition("..")
        return low, high or low


def expectations(cell: str) -> tuple[Expected, ...]:
    """Every item of an `expect` cell, in order."""
    return tuple(_item(text.strip()) for text in cell.split(";"))


def _item(text: str) -> Expected:
    match text.split():
        case ["at", when, *rest]:
            return Expected("at", text, time=_time(when), grade=" ".join(rest))
        case ["day", when, *rest]:
            return Expected("day", text, time=float(when[1:]), grade=" ".join(rest))
        case ["part", name, *rest]:
            return Expected("part", text, name=name, grade=" ".join(rest))
        case ["fact", name, value]:
            return Expected("fact", text, name=name, grade=value)
        case ["flag", code]:
            return Expected("flag", text, name=code)
        case ["no", "flag", code]:
            return Expected("no flag", text, name=code)
        case ["settles", name]:
            return Expected("settles", text, name=name)
        case ["no", "settles", name]:
            return Expected("no settles", text, name=name)
        case ["evidence", when, name]:
            return Expected("evidence", text, name=name, time=_time(when))
        case ["no", "evidence", when, name]:
            return Expected("no evidence", text, name=name, time=_time(when))
    return Expected("overall", text, grade=text)


def _time(when: str) -> float:
    number = float(when[1:])
    return clock.days(number) if when[0] == "h" else number
