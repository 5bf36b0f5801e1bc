"""A course's CAR-T measurements as profiles: one per assay kind, site and method, never pooled.

In: `Course`. Out: `Profile`s with arrays in order of time.
Decided here: which analytes are CAR-T assays; of several values at one time the highest is kept; a sample before the infusion
is no part of the profile, but one below the LLOQ (or 0) says that the profile starts from 0 at time 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.kinetics import blq
from cartrace.kinetics.settings import KineticsSettings
from cartrace.vocabulary import terms, units

ASSAYS = ("car_copies_per_ug", "car_copies_per_ul", "car_cells_per_ul", "car_percent_of_cd3")


@dataclass(frozen=True, slots=True)
class Profile:
    """Samples of one assay kind [time: d since the infusion asked for; value: canonical unit], sorted by time.

    uid      the records the samples came from; -1 for the zero put at time 0 by a pre-infusion sample
    used     concentration by the BLQ policy, NaN = dropped
    left_out uids of samples that take no part (before the infusion, not done, lower of two at one time)
    """

    assay: str
    site: str
    method: str
    unit: str
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    status: NDArray[np.int8]
    lloq: NDArray[np.float64]
    uid: NDArray[np.int32]
    used: NDArray[np.float64]
    left_out: tuple[int, ...]
    settings: KineticsSettings

    @property
    def name(self) -> str:
        return terms.analytes()[self.assay].name

    @property
    def kept(self) -> NDArray[np.intp]:
        """Indices of the samples that the policy keeps."""
        return np.flatnonzero(~np.isnan(self.used))

    @property
    def quantified_uids(self) -> tuple[int, ...]:
        return tuple(int(u) for u, c in zip(self.uid, self.used, strict=True) if c > 0.0 and u >= 0)

    def lowest_lloq(self) -> float | None:
        """The LLOQ of the assay; the highest when samples differ; None when no sample has one."""
        known = self.lloq[~np.isnan(self.lloq)]
        return float(known.max()) if len(known) else None


def profiles(course: Course, settings: KineticsSettings) -> tuple[Profile, ...]:
    """Every profile of a course with at least one sample at or after the infusion, in the order of `ASSAYS`."""
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    for observation in course.observations:
        if observation.code in ASSAYS and observation.moment.known:
            key = (observation.code, observation.site, observation.method)
            groups.setdefault(key, []).append(observation)
    start = _start(course, settings)
    ordered = sorted(groups, key=lambda key: (ASSAYS.index(key[0]), key))
    found = (_profile(key, groups[key], start, settings) for key in ordered)
    return tuple(profile for profile in found if profile is not None)


def _start(course: Course, settings: KineticsSettings) -> float:
    for infusion in course.infusions:
        if infusion.number == settings.infusion and infusion.moment.known:
            return infusion.moment.time
    return 0.0


def _profile(
    key: tuple[str, str, str], observations: list[Observation], start: float, settings: KineticsSettings
) -> Profile | None:
    left_out: list[int] = []
    by_time: dict[float, Observation] = {}
    zero_before = False
    for observation in sorted(observations, key=lambda o: (o.moment.time, o.uid)):
        time = observation.moment.time - start
        if observation.status in (Status.NOT_DONE, Status.NOT_RECORDED):
            left_out.append(observation.uid)
        elif time < 0:
            zero_before = zero_before or observation.status is Status.BELOW or observation.value == 0.0
            left_out.append(observation.uid)
        elif time in by_time:
            lower, higher = sorted((by_time[time], observation), key=_rank)
            by_time[time] = higher
            left_out.append(lower.uid)
        else:
            by_time[time] = observation
    if not by_time:
        return None
    rows = [(t, _number(o), int(o.status), _lloq(o, settings), o.uid) for t, o in sorted(by_time.items())]
    if zero_before and 0.0 not in by_time:
        rows.insert(0, (0.0, 0.0, int(Status.BELOW), settings.lloq or math.nan, -1))
    times, values, statuses, lloqs, uids = zip(*rows, strict=True)
    arrays = (
        np.array(times, dtype=np.float64),
        np.array(values, dtype=np.float64),
        np.array(statuses, dtype=np.int8),
        np.array(lloqs, dtype=np.float64),
        np.array(uids, dtype=np.int32),
    )
    used = blq.concentrations(arrays[1], arrays[2], arrays[3], blq.POLICIES.index(settings.policy))
    assay, site, method = key
    return Profile(assay, site, method, units.canonical(assay), *arrays, used, tuple(left_out), settings)


def _rank(observation: Observation) -> float:
    return -1.0 if observation.status is Status.BELOW else _number(observation)


def _number(observation: Observation) -> float:
    return math.nan if observation.value is None else observation.value


def _lloq(observation: Observation, settings: KineticsSettings) -> float:
    if settings.lloq is not None:
        return settings.lloq
    return math.nan if observation.lloq is None else observation.lloq
