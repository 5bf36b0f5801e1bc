"""Findings during the episodes, as recorded.

In: a course and the episodes. Out: `Found` by field.
Decided here: "no" needs an entry during an episode that says so; without any it is not recorded. Entries that a clinician
attributed to something else do not count. A time without a time of day counts for an episode that touches its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cartrace.assess.crs.astct2019_axes import FEVER_FROM
from cartrace.assess.forms.found import NO, YES, Found, number, silence
from cartrace.assess.forms.spans import EpisodeSpan
from cartrace.course import Course, Moment, Status
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.record import Observation
from cartrace.vocabulary import terms

NOTHING = "nothing recorded during an episode"
CALM = frozenset({"no", "none", "alert", "room_air"})
NOT_DEPRESSED = frozenset({"sedated"})
WORST_OF = {
    "respiratory_support": "oxygen_device",
    "consciousness": "consciousness",
    "seizure": "seizure",
    "motor_weakness": "motor_weakness",
    "cerebral_oedema": "cerebral_oedema",
    "hypotension": "hypotension",
}
"""Fields that are the worst coded value of one analyte; the vocabulary lists values in the order of severity."""


def touches(moment: Moment, episodes: Sequence[EpisodeSpan], origin: int) -> bool:
    """Whether a moment lies in an episode; `origin`: minute of the day at which the infusion began."""
    if not moment.known:
        return False
    if moment.precision == "minute":
        return any(episode.overlaps(moment.time, None) for episode in episodes)
    start = (moment.day or 0) - origin / MINUTES_PER_DAY
    return any(episode.overlaps(start, start + 1.0) for episode in episodes)


def during(course: Course, code: str, episodes: Sequence[EpisodeSpan]) -> Iterator[Observation]:
    """Entries of one analyte during the episodes that can be due to the cells."""
    origin = course.clock.start_minute or 0
    for one in course.observations:
        counts = one.code == code and one.attributed is not False and one.value is not None
        if counts and touches(one.moment, episodes, origin):
            yield one


def symptom(course: Course, field: str, episodes: Sequence[EpisodeSpan]) -> Found:
    """One field of findings."""
    if field in WORST_OF:
        return _worst(course, WORST_OF[field], episodes)
    if field == "lowest_ice":
        return _extreme(course, "ice", episodes, lowest=True)
    temperature = _extreme(course, "temperature", episodes, lowest=False)
    if field == "highest_temperature" or temperature.number is None:
        return temperature
    if temperature.number < FEVER_FROM and temperature.lower_bound:
        return silence("a temperature is known only as above a limit, which may have been fever")
    return Found(YES if temperature.number >= FEVER_FROM else NO, used=temperature.used)


def infection(course: Course, episodes: Sequence[EpisodeSpan]) -> Found:
    """Documented infections during the episodes."""
    origin = course.clock.start_minute or 0
    seen = [o for o in course.observations if o.code == "infection" and touches(o.moment, episodes, origin)]
    named = [o for o in seen if o.text]
    if named:
        words = [f"{one.text.replace('_', ' ')}{f' ({one.site})' if one.site else ''}" for one in named]
        return Found(", ".join(dict.fromkeys(words)), used=tuple(one.uid for one in named))
    return silence("no infection is documented during an episode; the record cannot say that there was none")


def _worst(course: Course, code: str, episodes: Sequence[EpisodeSpan]) -> Found:
    values = terms.analytes()[code].values
    seen = [one for one in during(course, code, episodes) if one.text in values and one.text not in NOT_DEPRESSED]
    if not seen:
        return silence(NOTHING)
    worst = max(seen, key=lambda one: (values.index(one.text), -one.moment.time, -one.uid))
    word = NO if worst.text in CALM else worst.text.replace("_", " ")
    return Found(word, used=(worst.uid,))


def _extreme(course: Course, code: str, episodes: Sequence[EpisodeSpan], *, lowest: bool) -> Found:
    # A value above a limit may be the highest one; it stands for the limit, and the highest is then a lower bound.
    counts = (Status.DONE,) if lowest else (Status.DONE, Status.ABOVE)
    seen = [one for one in during(course, code, episodes) if one.status in counts]
    if not seen:
        return silence(NOTHING)
    sign = 1.0 if lowest else -1.0
    one = min(seen, key=lambda o: (sign * (o.value or 0.0), o.moment.time, o.uid))
    beyond = any(o.status == Status.ABOVE for o in seen)
    return number(one.value or 0.0, one.unit, used=(one.uid,), lower_bound=beyond)
