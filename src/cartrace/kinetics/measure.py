"""All metrics of all profiles of a course, and how they move with the BLQ policy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cartrace.course import Course, Quantity, Status
from cartrace.kinetics import blq, shelf_exposure, shelf_shape
from cartrace.kinetics.metric import Metric
from cartrace.kinetics.profile import Profile, profiles
from cartrace.kinetics.result import Point, ProfileResult
from cartrace.kinetics.settings import KineticsSettings

METRICS: tuple[Metric, ...] = (
    shelf_exposure.CMAX,
    shelf_exposure.TMAX,
    shelf_shape.ONSET,
    shelf_exposure.AUC_WINDOW,
    shelf_exposure.AUC_LAST,
    shelf_exposure.AUC_ALL,
    shelf_exposure.AUC_INF,
    shelf_exposure.CLAST,
    shelf_exposure.TLAST,
    shelf_shape.GROWTH_RATE,
    shelf_shape.DOUBLING,
    shelf_shape.FOLD,
    shelf_shape.CONTRACTION,
    shelf_shape.LAMBDA_Z,
    shelf_shape.HALF_LIFE,
    shelf_shape.PERSISTENCE_HALF_LIFE,
    shelf_shape.PERSISTENCE,
    shelf_shape.LOSS,
)
"""The shelf of metrics, in the order of reports."""


def measure(course: Course, settings: KineticsSettings | None = None) -> tuple[ProfileResult, ...]:
    """Every metric of every CAR-T profile of the course."""
    settings = settings or KineticsSettings()
    by_policy = {name: profiles(course, replace(settings, policy=name)) for name in blq.POLICIES}
    results = []
    for number, profile in enumerate(by_policy[settings.policy]):
        sensitivity = tuple((name, metrics(by_policy[name][number])) for name in blq.POLICIES)
        results.append(_result(profile, dict(sensitivity)[settings.policy], sensitivity))
    return tuple(results)


def metrics(profile: Profile) -> tuple[Quantity, ...]:
    """Every metric of one profile, in the order of the shelf."""
    return tuple(quantity for metric in METRICS for quantity in metric.calculate(metric, profile))


def _result(
    profile: Profile, quantities: tuple[Quantity, ...], sensitivity: tuple[tuple[str, tuple[Quantity, ...]], ...]
) -> ProfileResult:
    points = tuple(
        Point(
            float(time),
            None if np.isnan(value) else float(value),
            Status(int(status)),
            int(uid),
            None if np.isnan(used) else float(used),
        )
        for time, value, status, uid, used in zip(
            profile.time, profile.value, profile.status, profile.uid, profile.used, strict=True
        )
    )
    lloq = profile.lowest_lloq()
    origin = "given" if profile.settings.lloq is not None else "as recorded" if lloq is not None else "not recorded"
    return ProfileResult(
        assay=profile.assay,
        name=profile.name,
        unit=profile.unit,
        site=profile.site,
        method=profile.method,
        lloq=lloq,
        settings=(*profile.settings.used(), ("lloq_origin", origin)),
        points=points,
        metrics=quantities,
        sensitivity=sensitivity,
    )
