"""Registrations of the metrics of the fall: terminal slope and what it rests on, contraction, persistence half-life."""

from __future__ import annotations

import math
from functools import lru_cache

from cartrace.course import Quantity
from cartrace.kinetics import decline
from cartrace.kinetics.decline import Slope
from cartrace.kinetics.metric import NONE_QUANTIFIABLE, Metric, above, too_few
from cartrace.kinetics.profile import Profile

SPAN_BELOW = 2.0
"""Half-lives the points of a slope should span; pknca defaults."""

R_SQUARED_BELOW = 0.9
"""R2 of a slope under which it is flagged; pknca defaults."""

RE_EXPANSION_ABOVE = 2.0
"""A rise to more than twice an earlier low after the peak is called a re-expansion; cartrace."""


def refusal(slope: Slope, what: str) -> str:
    """Why there is no slope `what` ("after the peak"); empty when there is one."""
    if math.isnan(slope.rate):
        return too_few(slope.points, what, needed="three")
    return "" if slope.rate > 0.0 else f"The samples {what} do not fall."


def half_lives(profile: Profile, slope: Slope) -> float:
    """How many half-lives the points of a falling slope span."""
    days = profile.quantified.time[slope.last] - profile.quantified.time[slope.first]
    return float(days * slope.rate / math.log(2.0))


@lru_cache(maxsize=16)
def cautions(profile: Profile, slope: Slope) -> tuple[str, ...]:
    """Flags of a value that rests on a falling slope, or of its refusal."""
    flags: list[str] = []
    samples = profile.quantified
    if decline.re_expands(samples.concentration, profile.peak, RE_EXPANSION_ABOVE):
        flags.append("re_expansion")
    if slope.rate > 0.0:
        if half_lives(profile, slope) < SPAN_BELOW:
            flags.append("span_below_2")
        if slope.r_squared < R_SQUARED_BELOW:
            flags.append("r_squared_below_0.9")
        flags.extend(above(profile, samples.uid[slope.first : slope.last + 1]))
    return tuple(flags)


def _of_slope(metric: Metric, profile: Profile, slope: Slope, what: str) -> tuple[Quantity, ...]:
    """What `metric` reads from a slope, or why it is refused."""
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    flags = cautions(profile, slope)
    reason = refusal(slope, what)
    if reason:
        return (metric.quantity(profile, None, reason=reason, flags=flags),)
    samples = profile.quantified
    value = {
        "lambda_z": slope.rate,
        "lambda_z_points": float(slope.points),
        "lambda_z_first": float(samples.time[slope.first]),
        "lambda_z_last": float(samples.time[slope.last]),
        "lambda_z_adjusted_r2": slope.adjusted,
        "lambda_z_span": half_lives(profile, slope),
    }.get(metric.id, math.log(2.0) / slope.rate)
    return (metric.quantity(profile, value, used=samples.uid[slope.first : slope.last + 1], flags=flags),)


def terminal(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    return _of_slope(metric, profile, profile.terminal, "after the peak")


def _terminal(name: str, title: str, unit: str, description: str, cdisc: str) -> Metric:
    return Metric(name, title, unit, description, cdisc, ("pknca",), terminal)


LAMBDA_Z = _terminal("lambda_z", "Terminal rate", "/d", "Best-fit slope of ln C after Tmax.", "LAMZ")
HALF_LIFE = _terminal("half_life", "Terminal half-life", "d", "ln 2 / terminal rate.", "LAMZHL")
POINTS = _terminal("lambda_z_points", "Terminal points", "1", "Samples in the terminal slope.", "LAMZNPT")
FIRST = _terminal("lambda_z_first", "Terminal from", "d", "First sample of the terminal slope.", "LAMZLL")
LAST = _terminal("lambda_z_last", "Terminal until", "d", "Last sample of the terminal slope.", "LAMZUL")
ADJUSTED = _terminal(
    "lambda_z_adjusted_r2", "Terminal adjusted R2", "1", "R2 adjusted for the number of points.", "R2ADJ"
)
SPAN = _terminal(
    "lambda_z_span", "Terminal span", "1", "Half-lives spanned by the samples of the terminal slope.", "LAMZSPN"
)


def contraction(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    samples, until = profile.quantified, profile.settings.inflection_day
    after = float(samples.time[profile.peak])
    slope = decline.span_slope(samples.time, samples.concentration, after=after, until=until)
    return _of_slope(metric, profile, slope, f"between the peak and day {until:g}")


CONTRACTION = Metric(
    "contraction_half_life",
    "Contraction half-life",
    "d",
    "Half-life of ln C after Tmax up to the inflection day.",
    "",
    ("stein2019tisagenlecleucel", "cartrace"),
    contraction,
)


def late(metric: Metric, profile: Profile) -> tuple[Quantity, ...]:
    if profile.peak < 0:
        return (metric.quantity(profile, None, reason=NONE_QUANTIFIABLE),)
    samples = profile.quantified
    after = max(profile.settings.inflection_day, float(samples.time[profile.peak]))
    slope = decline.span_slope(samples.time, samples.concentration, after=after, until=math.inf)
    return _of_slope(metric, profile, slope, f"after day {after:g}")


PERSISTENCE_HALF_LIFE = Metric(
    "persistence_half_life",
    "Persistence half-life",
    "d",
    "Half-life of ln C after the inflection day.",
    "",
    ("stein2019tisagenlecleucel", "cartrace"),
    late,
)
