"""All metrics of all profiles of a course, and how they move with the BLQ policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cartrace.course import Course, Quantity, Status
from cartrace.kinetics import assay, blq, shelf_area, shelf_decline, shelf_expansion, shelf_exposure, shelf_persistence
from cartrace.kinetics.infusion_clock import clocks_of
from cartrace.kinetics.metric import Metric
from cartrace.kinetics.profile import Profile, profiles
from cartrace.kinetics.result import Point, ProfileResult
from cartrace.kinetics.settings import KineticsSettings

METRICS: tuple[Metric, ...] = (
    shelf_exposure.CMAX,
    shelf_exposure.TMAX,
    shelf_expansion.ONSET,
    shelf_area.AUC_WINDOW,
    shelf_area.WINDOW_EXTRAPOLATED,
    shelf_area.AUC_LAST,
    shelf_area.AUC_ALL,
    shelf_area.AUC_INF,
    shelf_area.INF_EXTRAPOLATED,
    shelf_exposure.CLAST,
    shelf_exposure.TLAST,
    shelf_expansion.GROWTH_RATE,
    shelf_expansion.DOUBLING,
    shelf_expansion.FOLD,
    shelf_decline.CONTRACTION,
    shelf_decline.LAMBDA_Z,
    shelf_decline.HALF_LIFE,
    shelf_decline.POINTS,
    shelf_decline.FIRST,
    shelf_decline.LAST,
    shelf_decline.ADJUSTED,
    shelf_decline.SPAN,
    shelf_decline.PERSISTENCE_HALF_LIFE,
    shelf_persistence.DURATION,
    shelf_persistence.PERSISTENCE,
    shelf_persistence.LOSS,
)
"""The shelf of metrics, in the order of reports."""


def measure(course: Course, settings: KineticsSettings | None = None) -> tuple[ProfileResult, ...]:
    """Every metric of every CAR-T profile of the course. Without a clock for the infusion asked for, each says so."""
    settings = settings or KineticsSettings()
    sampled = assay.converted(course) if settings.convert else course
    return tuple(_result(profile) for profile in profiles(sampled, settings))


def measure_each(course: Course, settings: KineticsSettings | None = None) -> tuple[ProfileResult, ...]:
    """Every profile of the first infusion and of each re-infusion, each on its own clock."""
    settings = settings or KineticsSettings()
    return tuple(
        result for number in clocks_of(course) for result in measure(course, replace(settings, infusion=number))
    )


def metrics(profile: Profile) -> tuple[Quantity, ...]:
    """Every metric of one profile, in the order of the shelf."""
    found = tuple(quantity for metric in METRICS for quantity in metric.calculate(metric, profile))
    if profile.clock.refusal:
        return tuple(replace(quantity, value=None, reason=profile.clock.refusal) for quantity in found)
    return found


def with_policy(profile: Profile, policy: str) -> Profile:
    """The same samples under another BLQ policy."""
    used = blq.concentrations(profile.value, profile.kind, profile.lloq, blq.POLICIES.index(policy))
    return replace(profile, used=used, settings=replace(profile.settings, policy=policy))


def _sensitivity(profile: Profile, chosen: tuple[Quantity, ...]) -> tuple[tuple[str, tuple[Quantity, ...]], ...]:
    # Without a sample below the LLOQ there is nothing a policy could change.
    same = not np.any(profile.kind == blq.BELOW)
    return tuple(
        (name, chosen if same or name == profile.settings.policy else metrics(with_policy(profile, name)))
        for name in blq.POLICIES
    )


def _result(profile: Profile) -> ProfileResult:
    chosen = metrics(profile)
    settings, lloq = profile.settings, profile.assay_lloq
    origin = "given" if settings.lloq is not None else "as recorded" if lloq is not None else "not recorded"
    return ProfileResult(
        assay=profile.assay,
        name=profile.name,
        unit=profile.unit,
        site=profile.site,
        method=profile.method,
        lloq=lloq,
        settings=(*settings.used(), ("lloq_origin", origin), ("time", profile.clock.words)),
        points=_points(profile),
        metrics=chosen,
        sensitivity=_sensitivity(profile, chosen),
        start=_known(profile.clock.start),
        infusion=settings.infusion,
    )


def _points(profile: Profile) -> tuple[Point, ...]:
    columns = zip(profile.time, profile.value, profile.status, profile.uid, profile.used, strict=True)
    return tuple(
        Point(float(time), _known(value), Status(int(status)), int(uid), _known(used))
        for time, value, status, uid, used in columns
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
