"""The arrays a rule reads: one course's relevant observations and drug courses, merged and sorted by time.

In: a `Course` and the channels a rule declares. Out: `Events`, a tuple of equally long arrays.
Decided here: the order of events (time, then channel, then uid), and how an interval becomes events:
a start event (status done, value = dose or NaN when the amount is not recorded) and, when it ended,
a stop event with value 0. An interval whose end was not recorded is followed at once by an event of status
NOT_RECORDED: from then on nobody knows whether it ran. Moments that are unknown take part in no rule.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.course.clock import Moment
from cartrace.course.record import Course, DrugCourse, Observation
from cartrace.course.status import Status


class Events(NamedTuple):
    """Arrays of length n, sorted by time. A named tuple of arrays, so that numba compiles what reads it.

    time       [d] float64, elapsed since the start of the first infusion
    day        int32, study day (day 0 = day of the first infusion)
    value      float64, canonical unit; index of the coded value for coded terms; NaN when there is none
    status     int8, `Status`
    channel    int8, position of the channel in the rule's `channels`
    low, high  float64, the laboratory's reference limits; NaN when not given
    attributed int8, 1 due to the cells, 0 not decided, -1 due to something else
    exact      int8, 1 when the time of day is known, 0 when only the day is
    uid        int32, the record this event came from
    """

    time: NDArray[np.float64]
    day: NDArray[np.int32]
    value: NDArray[np.float64]
    status: NDArray[np.int8]
    channel: NDArray[np.int8]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    attributed: NDArray[np.int8]
    exact: NDArray[np.int8]
    uid: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Channel:
    """One input of a rule: an analyte code, a drug, or a whole drug class; optionally one site only."""

    name: str
    codes: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    drug_classes: tuple[str, ...] = ()
    site: str = ""
    meaning: str = ""


class EventRow(NamedTuple):
    time: float
    channel: int
    order: int
    uid: int
    day: int
    value: float
    status: int
    low: float
    high: float
    attributed: int
    exact: int


BEFORE_EVERY_DAY = -1_000_000
"""Study day of a standing fact: it has no time of its own and holds from before the first event."""


def event_row(
    channel: int,
    value: float | None,
    *,
    moment: Moment | None,
    uid: int = -1,
    status: Status = Status.DONE,
    low: float | None = None,
    high: float | None = None,
    order: int = 0,
) -> EventRow:
    """One event for `from_rows`, for records that `gather` does not read (lesions, MRD, disease sites, procedures).

    moment     None for a standing fact: time -inf, before every event
    uid        -1 when no record stands behind it
    low, high  reference limits, or whatever two numbers the rule's docstring puts there (a limit of detection, a site)
    """
    time = -math.inf if moment is None else moment.time
    day = BEFORE_EVERY_DAY if moment is None else moment.day if moment.day is not None else math.floor(moment.time)
    exact = 1 if moment is not None and moment.precision == "minute" else 0
    return EventRow(time, channel, order, uid, day, _limit(value), int(status), _limit(low), _limit(high), 0, exact)


def _limit(value: float | None) -> float:
    return math.nan if value is None else value


def _observation_row(observation: Observation, channel: int) -> EventRow:
    moment = observation.moment
    attributed = 0 if observation.attributed is None else 1 if observation.attributed else -1
    return EventRow(
        moment.time,
        channel,
        0,
        observation.uid,
        moment.day if moment.day is not None else math.floor(moment.time),
        _limit(observation.value),
        int(observation.status),
        _limit(observation.reference_low),
        _limit(observation.reference_high),
        attributed,
        1 if moment.precision == "minute" else 0,
    )


def _drug_rows(drug: DrugCourse, channel: int) -> Iterator[EventRow]:
    nan = math.nan
    start = drug.start
    exact = 1 if start.precision == "minute" else 0
    day = start.day if start.day is not None else math.floor(start.time)
    dose = _limit(drug.dose)
    yield EventRow(start.time, channel, 0, drug.uid, day, dose, int(Status.DONE), nan, nan, 0, exact)
    if drug.end_state == "not recorded":
        yield EventRow(start.time, channel, 1, drug.uid, day, nan, int(Status.NOT_RECORDED), nan, nan, 0, exact)
    elif drug.end_state == "ended" and drug.end is not None and drug.end.known:
        end = drug.end
        end_day = end.day if end.day is not None else math.floor(end.time)
        end_exact = 1 if end.precision == "minute" else 0
        yield EventRow(end.time, channel, 2, drug.uid, end_day, 0.0, int(Status.DONE), nan, nan, 0, end_exact)


def _rows(course: Course, channels: tuple[Channel, ...]) -> Iterator[EventRow]:
    by_code = {code: i for i, channel in enumerate(channels) for code in channel.codes}
    by_drug = {name: i for i, channel in enumerate(channels) for name in channel.drugs}
    by_class = {name: i for i, channel in enumerate(channels) for name in channel.drug_classes}
    for observation in course.observations:
        number = by_code.get(observation.code)
        if number is None or not observation.moment.known:
            continue
        if channels[number].site and observation.site not in ("", channels[number].site):
            continue
        yield _observation_row(observation, number)
    for drug in course.drugs:
        number = by_drug.get(drug.drug, by_class.get(drug.drug_class))
        if number is not None and drug.start.known:
            yield from _drug_rows(drug, number)


def gather(course: Course, channels: tuple[Channel, ...], extra: Iterable[EventRow] = ()) -> Events:
    """The events of `course` on `channels` and the `extra` ones, sorted. An analyte or drug belongs to one channel at most."""
    return from_rows([*_rows(course, channels), *extra])


def from_rows(rows: Iterable[EventRow]) -> Events:
    """Sort rows and lay them out as arrays."""
    ordered = sorted(rows, key=lambda row: (row.time, row.channel, row.order, row.uid))
    columns = list(zip(*ordered, strict=True)) or [()] * len(EventRow._fields)
    time, channel, _, uid, day, value, status, low, high, attributed, exact = columns
    return Events(
        np.array(time, dtype=np.float64),
        np.array(day, dtype=np.int32),
        np.array(value, dtype=np.float64),
        np.array(status, dtype=np.int8),
        np.array(channel, dtype=np.int8),
        np.array(low, dtype=np.float64),
        np.array(high, dtype=np.float64),
        np.array(attributed, dtype=np.int8),
        np.array(exact, dtype=np.int8),
        np.array(uid, dtype=np.int32),
    )
