"""What the rules say about many courses, as marks that can be compared: does a mutant that nobody found change any result?

In: subjects: the id of a rule, or the name of a view (what is made from the rules: ledger, queries, endpoints, forms ...).
Out: per course one mark for each part of the result.
Decided here: the courses of a rule are its cases, the cases with one item left out, and two cases laid over each other (a
sample, the same for the same seed); those of a view are a sample over all tables, two laid over each other as well, and the
made-up course. The parts are ordered by what they mean to a reader, so that the first that differs names the difference.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

PARTS = ("grade", "fact", "flag", "settles", "evidence", "record")
"""Parts of a result; "record" is everything that a view hands out."""
VARIED = 250
SEED = 20190401
RECORD = PARTS.index("record")
OF_VIEWS = 60

Mark = tuple[int, ...]
Item = tuple[str, str]
"""(given, options) of a course."""


def subjects() -> list[str]:
    """Every rule, then every view."""
    from cartrace.assess import RULES

    return [*(rule.id for rule in RULES), *VIEWS]


def marks(subject: str, items: Sequence[Item]) -> Iterator[Mark]:
    """The marks of each course, one course after another."""
    from cartrace.assess import rule
    from cartrace.assess.case_notation import read_given
    from cartrace.assess.conformance import chosen_options

    for given, options in items:
        if subject in VIEWS:
            yield *(0,) * RECORD, said(VIEWS[subject](busy() if given == "busy" else read_given(given)))
        else:
            yield mark(rule(subject).run(read_given(given), chosen_options(options)))


@cache
def courses(subject: str) -> list[Item]:
    """(given, options) of what a subject is compared on: of a rule first every case, then the sample of varied ones."""
    from cartrace.assess import RULES
    from cartrace.assess.conformance import cases

    drawn = random.Random(f"{SEED}:{subject}")
    if subject in VIEWS:
        table = [case.given for rule in RULES for case in cases(rule.id) if not rule.id.startswith("ctcae")]
        alone = drawn.sample(table, OF_VIEWS)
        return [("busy", ""), *((given, "") for given in alone), *((f"{a};{b}", "") for a, b in pairs(alone))]
    listed = cases(subject)
    varied = []
    for n, case in enumerate(listed):
        items = [item for item in case.given.split(";") if item.strip()]
        varied += [(";".join(items[:k] + items[k + 1 :]), case.options) for k in range(len(items))]
        varied += [(f"{case.given};{listed[(n + step) % len(listed)].given}", case.options) for step in (1, 5, 17)]
    return [(case.given, case.options) for case in listed] + drawn.sample(varied, min(VARIED, len(varied)))


def pairs(table: Sequence[str]) -> list[tuple[str, str]]:
    """Each with the next."""
    return list(zip(table, [*table[1:], table[0]], strict=True))


def mark(assessment: Any) -> Mark:
    """Each part of an assessment as a number; equal parts have equal numbers."""
    grades = (assessment.overall, *assessment.steps, *assessment.days, *(grade for _, grade in assessment.parts))
    parts = (
        [(grade.state, grade.low, grade.high, grade.at, grade.until, grade.day, grade.words) for grade in grades],
        [(fact.id, fact.value, fact.reason, fact.censored, fact.flags) for fact in assessment.facts],
        [grade.reasons for grade in grades],
        [grade.settles for grade in grades],
        [*((grade.evidence, grade.candidate) for grade in grades), *(fact.used for fact in assessment.facts)],
        [name for name, _ in assessment.parts],
    )
    return tuple(said(part) for part in parts)


def said(part: object) -> int:
    return zlib.crc32(repr(part).encode())


def first_difference(right: Sequence[Mark], found: Iterator[Mark], *, any_part: bool) -> str:
    """The part that differs and means most, or with `any_part` the first one met; "" when none does.

    A course on which the wrong rule breaks has no grade any more.
    """
    differing: set[int] = set()
    try:
        for a, b in zip(right, found, strict=False):
            differing |= {n for n in range(len(PARTS)) if a[n] != b[n]}
            if 0 in differing or (any_part and differing):
                break
    except Exception:  # it may break in any way
        return PARTS[0]
    return PARTS[min(differing)] if differing else ""


@cache
def busy() -> Any:
    """The made-up course of the examples."""
    import cartrace
    from cartrace import ingest

    return ingest.read(Path(cartrace.__file__).parent / "examples" / "busy-course").courses[0]


def graded(course: Any) -> list[Any]:
    """What the leading toxicity rules say of a course."""
    from cartrace.assess import rule

    names = ("crs.astct2019", "crs.lee2014", "crs.penn2018", "icans.astct2019", "icaht.early", "ctcae5.alt")
    return [rule(name).run(course) for name in names]


def _ledger(course: Any) -> object:
    from cartrace.assess.ledger import ledger

    return ledger(course), ledger(course, first_day=1, last_day=14)


def _gaps(course: Any) -> object:
    from cartrace.assess.gaps import gaps

    return gaps(course, None, graded(course))


def _endpoints(course: Any) -> object:
    from cartrace.assess.endpoints import endpoints

    return endpoints(course)


def _forms(course: Any) -> object:
    from cartrace.assess.forms import episode_forms, spans

    found = graded(course)
    return episode_forms(course, found), [spans(one) for one in found[:4]]


def _editions(course: Any) -> object:
    from cartrace.assess.comparison import compare

    return compare(course, graded(course))


def _concordance(course: Any) -> object:
    from cartrace.assess.concordance import agreement, compare

    found = compare(course, graded(course))
    return found, agreement(found)


def _infection(course: Any) -> object:
    from cartrace.assess.infection.density import FIRST_WINDOW, SECOND_WINDOW, density

    return density(course, FIRST_WINDOW), density(course, SECOND_WINDOW)


VIEWS: Mapping[str, Callable[[Any], object]] = {
    "ledger": _ledger,
    "gaps": _gaps,
    "endpoints": _endpoints,
    "forms": _forms,
    "editions": _editions,
    "concordance": _concordance,
    "infection": _infection,
}
