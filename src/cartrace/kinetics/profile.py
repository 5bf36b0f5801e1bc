"""A course's CAR-T measurements as profiles: one per assay kind, site and method, never pooled.

In: `Course`. Out: `Profile`s with arrays in order of time.
Decided here: which analytes are CAR-T assays; of several values at one time the highest is kept; a sample before the infusion
is no part of the profile, but when the last one before it is below the LLOQ, the profile starts from 0 at time 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cartrace.course import Course, Status
from cartrace.course.record import Observation
from cartrace.kinetics import blq, decline, exposure
from cartrace.kinetics.infusion_clock import InfusionClock, clock_of
from cartrace.kinetics.settings import KineticsSettings
from cartrace.vocabulary import terms, units

ASSAYS = ("car_copies_per_ug", "car_copies_per_ul", "car_cells_per_ul", "car_percent_of_cd3")

NO_RECORD = -1
"""uid of the zero that a sample before the infusion puts at time 0."""


class Samples(NamedTuple):
    """Some samples of a profile: time [d], concentration [unit of the assay], uid."""

    time: NDArray[np.float64]
    concentration: NDArray[np.float64]
    uid: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Profile:
    """Samples of one assay kind [time: d on `clock`; value: canonical unit], sorted by time.

    uid       the records the samples came from
    kind      what each sample says (`blq.kinds`)
    used      concentration by the BLQ policy, NaN = dropped
    left_out  uids of samples that take no part: without a time, before the infusion, after a re-infusion, not done,
              the lower of two at one time
    """

    assay: str
    site: str
    method: str
    unit: str
    clock: InfusionClock
    time: NDArray[np.float64]
    value: NDArray[np.float64]
    status: NDArray[np.int8]
    lloq: NDArray[np.float64]
    uid: NDArray[np.int32]
    kind: NDArray[np.int8]
    used: NDArray[np.float64]
    left_out: tuple[int, ...]
    settings: KineticsSettings

    @property
    def name(self) -> str:
        return terms.analytes()[self.assay].name

    @cached_property
    def curve(self) -> Samples:
        """The samples that the BLQ policy keeps, with what they count as: the curve whose area is measured."""
        return self._some(~np.isnan(self.used))

    @cached_property
    def quantified(self) -> Samples:
        """The quantifiable samples: what peak, times and slopes are read from."""
        return self._some(self.kind == blq.QUANTIFIED)

    def _some(self, which: NDArray[np.bool_]) -> Samples:
        return Samples(self.time[which], self.used[which], self.uid[which])

    @cached_property
    def peak(self) -> int:
        """Index of the first highest among the quantifiable samples; -1 when there is none."""
        return exposure.peak(self.quantified.concentration)

    @cached_property
    def terminal(self) -> decline.Slope:
        """The terminal slope; indices among the quantifiable samples."""
        return decline.best_fit(self.quantified.time, self.quantified.concentration, self.peak + 1)

    @cached_property
    def above_uloq(self) -> frozenset[int]:
        """uids of samples above the upper limit of the assay."""
        return frozenset(int(u) for u in self.uid[self.status == int(Status.ABOVE)])

    @property
    def assay_lloq(self) -> float | None:
        """The LLOQ of the assay; the highest when samples differ; None when no sample has one."""
        known = self.lloq[~np.isnan(self.lloq)]
        return float(known.max()) if len(known) else None


def profiles(course: Course, settings: KineticsSettings) -> tuple[Profile, ...]:
    """Every profile of a course with at least one sample on the infusion's clock, in the order of `ASSAYS`.

    Where there is no such clock the profiles are empty, and `clock.refusal` says why.
    """
    groups: dict[tuple[str, str, str], list[Observation]] = {}
    for observation in course.observations:
        if observation.code in ASSAYS:
            groups.setdefault((observation.code, observation.site, observation.method), []).append(observation)
    clock = clock_of(course, settings.infusion)
    ordered = sorted(groups, key=lambda key: (ASSAYS.index(key[0]), key))
    found = [_profile(key, groups[key], clock, settings) for key in ordered]
    return tuple(profile for profile in found if len(profile.time) or clock.refusal)


def _profile(
    key: tuple[str, str, str], observations: list[Observation], clock: InfusionClock, settings: KineticsSettings
) -> Profile:
    samples, left_out = _sampled(observations, clock, settings)
    columns = list(zip(*samples, strict=True)) or [()] * 5
    times, values, statuses, lloqs, uids = columns
    value, lloq = np.array(values, dtype=np.float64), np.array(lloqs, dtype=np.float64)
    status = np.array(statuses, dtype=np.int8)
    kind = blq.kinds(value, status, lloq)
    assay, site, method = key
    return Profile(
        assay=assay,
        site=site,
        method=method,
        unit=units.canonical(assay),
        clock=clock,
        time=np.array(times, dtype=np.float64),
        value=value,
        status=status,
        lloq=lloq,
        uid=np.array(uids, dtype=np.int32),
        kind=kind,
        used=blq.concentrations(value, kind, lloq, blq.POLICIES.index(settings.policy)),
        left_out=left_out,
        settings=settings,
    )


_Sample = tuple[float, float, int, float, int]


def _sampled(
    observations: list[Observation], clock: InfusionClock, settings: KineticsSettings
) -> tuple[list[_Sample], tuple[int, ...]]:
    """(time, value, status, LLOQ, uid) of the samples on the clock in order of time, and the uids left out."""
    left_out: list[int] = []
    by_time: dict[float, Observation] = {}
    before: Observation | None = None
    for observation in sorted(observations, key=lambda o: (o.moment.time if o.moment.known else math.inf, o.uid)):
        time = observation.moment.time - clock.start
        silent = observation.status in (Status.NOT_DONE, Status.NOT_RECORDED)
        if silent or not 0.0 <= time <= clock.end - clock.start:
            left_out.append(observation.uid)
            if time < 0.0 and not silent:
                before = observation
        elif time in by_time:
            lower, higher = sorted((by_time[time], observation), key=_rank)
            by_time[time] = higher
            left_out.append(lower.uid)
        else:
            by_time[time] = observation
    samples = [(t, _number(o), int(o.status), _lloq(o, settings), o.uid) for t, o in sorted(by_time.items())]
    if samples and before is not None and _is_below(before, settings) and 0.0 not in by_time:
        samples.insert(0, (0.0, math.nan, int(Status.BELOW), _lloq(before, settings), NO_RECORD))
    return samples, tuple(left_out)


def _is_below(observation: Observation, settings: KineticsSettings) -> bool:
    kind = blq.kinds(
        np.array([_number(observation)]),
        np.array([int(observation.status)], dtype=np.int8),
        np.array([_lloq(observation, settings)]),
    )
    return bool(kind[0] == blq.BELOW)


def _rank(observation: Observation) -> tuple[int, float]:
    order = {Status.BELOW: 0, Status.DONE: 1, Status.ABOVE: 2}[observation.status]
    return order, -math.inf if observation.value is None else observation.value


def _number(observation: Observation) -> float:
    if observation.value is not None:
        return observation.value
    if observation.status is Status.ABOVE and observation.uloq is not None:
        return observation.uloq
    return math.nan


def _lloq(observation: Observation, settings: KineticsSettings) -> float:
    if settings.lloq is not None:
        return settings.lloq
    return math.nan if observation.lloq is None else observation.lloq
