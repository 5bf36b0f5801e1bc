"""Treatment during the episodes.

In: a course and the episodes. Out: `Found` by field.
Decided here: a drug begun before the onset and given after it counts (cibmtr_manual: prophylaxis that goes on after the day
of diagnosis is reported as therapy). "No" needs a complete chart in which every record of that treatment has its times.
"""

from __future__ import annotations

from collections.abc import Sequence

from cartrace.assess.forms.found import NO, YES, Found, number, silence
from cartrace.assess.forms.spans import EpisodeSpan
from cartrace.assess.ledger.doses import span
from cartrace.course import Course
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.record import DrugCourse

CLASSES = frozenset({"corticosteroid", "vasopressor", "anti_infective"})
"""Fields that are a class of drugs; the others are one drug."""


def treatment(course: Course, field: str, episodes: Sequence[EpisodeSpan]) -> Found:
    """Whether a drug or a class was given during an episode."""
    drugs = [drug for drug in course.drugs if field in (drug.drug, drug.drug_class)]
    given = [drug for drug in drugs if _ran(course, drug, episodes) is True]
    if given:
        return Found(YES, used=tuple(drug.uid for drug in given))
    if any(_ran(course, drug, episodes) is None for drug in drugs):
        return silence("recorded, but from when or until when is not")
    charts = {"drugs", "vasopressors"} if field == "vasopressor" else {"drugs"}
    if course.complete & charts:
        return Found(NO)
    return silence("none recorded, and the drug chart is not declared complete")


def agents_at_once(course: Course, episodes: Sequence[EpisodeSpan]) -> Found:
    """The largest number of vasopressors that ran at one time, vasopressin included."""
    whether = treatment(course, "vasopressor", episodes)
    if whether.text != YES:
        return whether if whether.reason else number(0.0, "1")
    drugs = [course.record(uid) for uid in whether.used]
    running = [(drug, *_times(course, drug)) for drug in drugs if isinstance(drug, DrugCourse)]
    most: list[DrugCourse] = []
    for _, begun, _ in running:
        # The largest number is reached where one of them begins, or where the episode does.
        for at in (begun, *(episode.start for episode in episodes)):
            if not any(episode.overlaps(at, None) for episode in episodes):
                continue
            at_once = [drug for drug, start, end in running if start <= at and (end is None or at < end)]
            if len({d.drug for d in at_once}) > len({d.drug for d in most}):
                most = at_once
    is_open = any(end is None for _, _, end in running)
    return number(float(len({d.drug for d in most})), "1", used=tuple(d.uid for d in most), lower_bound=is_open)


def _ran(course: Course, drug: DrugCourse, episodes: Sequence[EpisodeSpan]) -> bool | None:
    """Whether a drug course touches an episode; None when its times do not tell."""
    if not drug.start.known:
        return None
    start, end = _times(course, drug)
    if any(episode.overlaps(start, end) for episode in episodes):
        return True
    # Begun before the onset, and nobody knows until when.
    lasts = end is None and (drug.end_state != "single" or drug.drug_class == "vasopressor")
    return None if lasts and any(start < episode.start for episode in episodes) else False


def _times(course: Course, drug: DrugCourse) -> tuple[float, float | None]:
    """[d] start and end; a single dose on a day without a time of day may lie anywhere on it."""
    over = span(course, drug)
    start = over.start / MINUTES_PER_DAY
    if over.end is not None:
        return start, over.end / MINUTES_PER_DAY
    if drug.end_state == "single" and drug.start.precision == "day":
        return start, start + 1.0
    return start, None
