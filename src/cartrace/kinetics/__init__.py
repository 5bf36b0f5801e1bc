"""Non-compartmental cellular kinetics: a course's CAR-T profiles in, metrics with their reasons out.

Decided here: assay kinds are never pooled; every choice is in `KineticsSettings` and printed; a metric that makes no sense
for a profile is refused with a reason.
"""

from cartrace.kinetics.blq import POLICIES
from cartrace.kinetics.measure import METRICS, measure, measure_each
from cartrace.kinetics.metric import Metric
from cartrace.kinetics.result import Point, ProfileResult
from cartrace.kinetics.settings import KineticsSettings, parse_windows

__all__ = [
    "METRICS",
    "POLICIES",
    "KineticsSettings",
    "Metric",
    "Point",
    "ProfileResult",
    "measure",
    "measure_each",
    "parse_windows",
]
