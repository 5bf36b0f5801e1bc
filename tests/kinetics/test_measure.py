"""Whole courses: the shelf, a second computation written differently, properties, policies, infusions, public data."""

from __future__ import annotations

import csv
import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cartrace.course import CourseBuilder, Status
from cartrace.errors import UnknownUnit
from cartrace.kinetics import METRICS, POLICIES, KineticsSettings, measure, measure_each
from cartrace.kinetics.metric import FLAGS
from cartrace.vocabulary import sources

LLOQ = 50.0
WINDOWS = ((0.0, 7.0), (0.0, 28.0), (7.5, 40.0), (0.0, 84.0))
UNITS_OF_TIME = {"d", "/d"}

LEVELS = st.one_of(st.just("BLQ"), st.floats(LLOQ, 1e6))
PROFILES = st.lists(st.tuples(st.integers(1, 30), LEVELS), min_size=1, max_size=12)


def laid_out(steps):
    """Whole days that rise by the steps, and the values."""
    return [float(day) for day in np.cumsum([step for step, _ in steps])], [value for _, value in steps]


def values(found):
    return {name: quantity.value for name, quantity in found.items()}


def same(one, other, *, rel=1e-9):
    assert one.keys() == other.keys()
    for name, value in one.items():
        if value is None:
            assert other[name] is None, name
        else:
            assert other[name] == pytest.approx(value, rel=rel, abs=1e-9), name


# A second computation: lists of pairs, closed forms of the pieces, numpy's polynomial fit. Nothing of the source is used.


def piece(t0, c0, t1, c1, end):
    """Integral of the curve from t0 to min(t1, end): an exponential through both ends when falling, else a line."""
    span = min(t1, end) - t0
    if 0 < c1 < c0:
        k = math.log(c0 / c1) / (t1 - t0)
        return c0 / k * -math.expm1(-k * span)
    return c0 * span + (c1 - c0) / (t1 - t0) * span**2 / 2


def area(pairs, end):
    return sum(piece(*a, *b, end) for a, b in pairwise(pairs) if a[0] < end)


def line(pairs):
    """(rate, adjusted R2) through the logarithms."""
    t, y = np.array([p[0] for p in pairs]), np.log([p[1] for p in pairs])
    slope = np.polyfit(t - t.mean(), y, 1)[0]
    r = np.corrcoef(t, y)[0, 1] if np.ptp(y) > 1e-9 else 0.0
    return -slope, 1 - (1 - r * r) * (len(pairs) - 1) / (len(pairs) - 2)


def terminal(pairs):
    """The falling window of the rule, or None; "edge" where rounding would decide."""
    windows = [(*line(pairs[-n:]), n) for n in range(3, len(pairs) + 1)]
    if not windows:
        return None
    best = max(adjusted for _, adjusted, _ in windows)
    if any(abs(adjusted - best + 1e-4) < 1e-8 or abs(rate) < 1e-10 for rate, adjusted, _ in windows):
        return "edge"
    fit = [(n, rate) for rate, adjusted, n in windows if rate > 0 and adjusted > best - 1e-4]
    return max(fit)[1] if fit else None


def second_computation(times, levels, policy):
    """Cmax, Tmax, areas and terminal rate of one profile; None where there is none, "edge" where rounding decides."""
    samples = list(zip(times, levels, strict=True))
    numbers = [(t, c) for t, c in samples if c not in ("BLQ", "missing")]
    if not numbers:
        return {"cmax": None if policy == "drop_all" else 0.0, "tmax": None, "auc_last": None, "lambda_z": None}
    first, last = numbers[0][0], numbers[-1][0]
    inside = {"standard": None, "drop_all": None, "zero_all": 0.0, "half_lloq": LLOQ / 2}[policy]
    curve = []
    for t, c in samples:
        filled = c
        if c == "BLQ":
            outside = None if policy == "drop_all" else 0.0
            filled = inside if first < t < last else outside
        if filled not in (None, "missing") and t <= last:
            curve.append((t, filled))
    cmax = max(c for _, c in numbers)
    tmax = min(t for t, c in numbers if c == cmax)
    rate = terminal([(t, c) for t, c in numbers if t > tmax])
    found = {"cmax": cmax, "tmax": tmax, "lambda_z": rate, "tlast": last}
    found["auc_last"] = area(curve, last) if len(curve) > 1 else None
    lost = any(c == "BLQ" and t > last for t, c in samples)
    for start, end in WINDOWS:
        name = f"auc_{start:g}_{end:g}"
        if len(curve) < 2 or curve[0][0] >= end:
            found[name] = None
        elif end <= last or lost:
            found[name] = area(curve, end) - area(curve, start)
        elif rate is None or rate == "edge":
            found[name] = rate
        else:
            rest = [numbers[-1][1] / rate * math.exp(-rate * (max(at, last) - last)) for at in (start, end)]
            found[name] = area(curve, end) - area(curve, start) + rest[0] - rest[1]
    return found


def random_profile(source):
    """A rise, a peak, a noisy two-phase fall; sampled unevenly; below the limit or missing anywhere."""
    count = source.randint(1, 16)
    times = sorted(source.sample([day / 4 for day in range(0, 400)], count))
    peak, height, fast, slow = source.uniform(4, 20), 10 ** source.uniform(1.5, 5), source.uniform(0.05, 0.5), 0.005
    levels = []
    for t in times:
        rise = height * math.exp(-abs(t - peak) * (1.0 if t < peak else fast))
        level = round((rise + 0.02 * height * math.exp(-slow * t)) * math.exp(source.gauss(0, 0.4)), 1)
        said = "BLQ" if level < LLOQ or source.random() < 0.15 else level
        levels.append("missing" if source.random() < 0.05 else said)
    return times, levels


def compared(course, rounds, seed):
    source = random.Random(seed)
    checked = refused = 0
    for _ in range(rounds):
        times, levels = random_profile(source)
        results = measure(course(times, levels), KineticsSettings(windows=WINDOWS))
        if not results:
            assert set(levels) <= {"missing"}
            continue
        for policy, quantities in results[0].sensitivity:
            found = {quantity.id: quantity.value for quantity in quantities}
            for name, expected in second_computation(times, levels, policy).items():
                if expected == "edge":
                    continue
                checked += 1
                refused += expected is None
                if expected is None:
                    assert found[name] is None, (name, policy, times, levels)
                else:
                    assert found[name] == pytest.approx(expected, rel=1e-6, abs=1e-7), (name, policy, times, levels)
    return checked, refused


def test_random_profiles_against_a_second_computation(course):
    checked, refused = compared(course, 150, seed=20)
    # Both kinds of answer must have been met often, or the comparison says little.
    assert checked > 4000
    assert 400 < refused < checked / 2


@pytest.mark.slow
def test_thousands_of_random_profiles_against_a_second_computation(course):
    checked, _ = compared(course, 5000, seed=21)
    assert checked > 100_000


def test_the_shelf_is_described():
    ids = [metric.id for metric in METRICS]
    assert len(set(ids)) == len(ids)
    codes = [metric.cdisc for metric in METRICS if metric.cdisc]
    assert len(set(codes)) == len(codes)
    for metric in METRICS:
        assert metric.name
        assert metric.description.endswith(".")
        assert metric.unit in UNITS_OF_TIME | {"concentration", "concentration.d", "1", "%"}
        assert metric.sources
        assert set(metric.sources) <= set(sources.sources())


@given(PROFILES, st.sampled_from(POLICIES))
def test_every_metric_is_a_value_or_a_sentence(measured, steps, policy):
    found = measured(*laid_out(steps), policy=policy, windows=WINDOWS)
    for quantity in found.values():
        assert (quantity.value is None) == bool(quantity.reason)
        assert not quantity.reason or (quantity.reason[0].isupper() and quantity.reason.endswith("."))
        assert set(quantity.flags) <= set(FLAGS)
        assert len(set(quantity.flags)) == len(quantity.flags)
        assert quantity.method.startswith("kinetics.")
        # Only adjusted R2 may be negative: by its formula, for a line that explains less than chance.
        assert quantity.value is None or quantity.value >= 0.0 or quantity.id == "lambda_z_adjusted_r2"
        assert quantity.used or quantity.value is None


@given(PROFILES, st.sampled_from(POLICIES), st.floats(0.01, 100.0))
def test_another_unit_scales_levels_and_areas_and_nothing_else(measured, steps, policy, factor):
    times, levels = laid_out(steps)
    scaled = [level if level == "BLQ" else level * factor for level in levels]
    one = measured(times, levels, policy=policy, windows=WINDOWS)
    other = measured(times, scaled, of={"lloq": LLOQ * factor * (1 - 1e-12)}, policy=policy, windows=WINDOWS)
    for name, quantity in one.items():
        if quantity.value is None:
            assert other[name].value is None, name
            continue
        times_factor = factor if quantity.unit.startswith("{copies}") else 1.0
        assert other[name].value == pytest.approx(quantity.value * times_factor, rel=1e-6, abs=1e-9), name


@given(PROFILES, st.integers(1, 100), st.sampled_from(POLICIES))
def test_a_later_infusion_moves_the_clock_and_nothing_else(course, steps, day, policy):
    times, levels = laid_out(steps)
    settings = KineticsSettings(policy=policy, windows=WINDOWS)
    (one,) = measure(course(times, levels, infusions=(0,)), settings)
    later = course([t + day for t in times], levels, infusions=(0, day))
    (other,) = measure(later, replace(settings, infusion=2))
    same({q.id: q.value for q in one.metrics}, {q.id: q.value for q in other.metrics})
    assert (one.start, other.start) == (0, day)


@given(PROFILES, st.integers(0, 11), st.sampled_from(["BLQ", "missing"]))
def test_a_sample_that_the_policy_drops_changes_no_value(measured, steps, after, what):
    times, levels = laid_out(steps)
    numbers = [i for i, level in enumerate(levels) if level != "BLQ"]
    at = after % len(times)
    inside = len(numbers) > 1 and numbers[0] <= at < numbers[-1]
    assume(inside or what == "missing")
    more = [*times[: at + 1], times[at] + 0.5, *times[at + 1 :]], [*levels[: at + 1], what, *levels[at + 1 :]]
    same(values(measured(times, levels)), values(measured(*more)))


@given(PROFILES)
def test_policies_differ_in_areas_only(course, steps):
    times, levels = laid_out(steps)
    (result,) = measure(course(times, levels), KineticsSettings())
    assert tuple(name for name, _ in result.sensitivity) == POLICIES
    assert dict(result.sensitivity)["standard"] == result.metrics
    moved = {"auc", "percent_extrapolated", "auc_last", "auc_all", "auc_inf", "auc_inf_extrapolated"}
    tables = [{q.id: q for q in metrics} for _, metrics in result.sensitivity]
    for name, quantity in tables[0].items():
        base = quantity.method.removeprefix("kinetics.").partition("@")[0]
        if base not in moved and not (name == "cmax" and "BLQ" in levels and set(levels) == {"BLQ"}):
            assert len({table[name].value for table in tables}) == 1, name


def test_the_table_of_policies_for_k6(course):
    times, levels = (0, 3, 7, 10, 14, 21, 28, 42, 60), (0, 100, 5000, 12000, 6000, 1500, "BLQ", 80, "BLQ")
    (result,) = measure(course(times, levels))
    areas = {p: next(q.value for q in found if q.id == "auc_last") for p, found in result.sensitivity}
    # A fall to 0 is a line, a fall to half of the limit a steep exponential below it: half_lloq is the lowest.
    assert areas["half_lloq"] < areas["zero_all"] < areas["standard"]
    assert areas["standard"] - areas["drop_all"] == pytest.approx(150)


def test_the_settings_say_every_choice(course):
    (result,) = measure(course((0, 7), (0, 900), infusions=((0, 0.4), (1, 0.6))))
    said = dict(result.settings)
    assert said["policy"] == "standard"
    assert said["lloq_origin"] == "as recorded"
    assert said["time"].startswith("elapsed days since the start of infusion 1, the first part of a split dose")
    (given_one,) = measure(course((0, 7), (0, 900)), KineticsSettings(lloq=60.0))
    assert dict(given_one.settings)["lloq_origin"] == "given"
    assert given_one.lloq == 60.0
    (unknown,) = measure(course((0, 7), (0, 900), lloq=None))
    assert dict(unknown.settings)["lloq_origin"] == "not recorded"


def test_points_keep_the_stored_value_beside_the_used_one(course):
    (result,) = measure(course((0, 7, 14, 21), (0, 900, "BLQ", 60)))
    assert [point.value for point in result.points] == [0, 900, None, 60]
    assert [point.used for point in result.points] == [0, 900, None, 60]
    assert [point.status for point in result.points] == [Status.DONE, Status.DONE, Status.BELOW, Status.DONE]


def test_a_re_infusion_that_is_not_recorded_is_said_by_every_metric(course):
    (result,) = measure(course((0, 7), (0, 900), infusions=(0,)), KineticsSettings(infusion=2))
    assert {quantity.reason for quantity in result.metrics} == {"Infusion 2 is not recorded."}
    assert result.points == ()
    assert result.start is None


def test_no_car_t_measurement_is_no_profile():
    assert measure(CourseBuilder("empty").course()) == ()


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_published_model_parameters_give_the_published_times(shared, measured):
    rows = read(shared("published-parameter-tables/stein2019_base_model.csv"))
    typical = {row["parameter"]: float(row["typical"]) for row in rows}
    peak, top = typical["Tmax"], typical["Cmax"]
    rise = math.log(typical["foldx"]) / peak
    times = [1, 3, 5, 7, peak, 11, 13, 15, 17, 400, 500, 600, 700]

    def level(t):
        if t <= peak:
            return top * math.exp(rise * (t - peak))
        late = typical["FB"] * math.exp(-typical["beta"] * (t - peak))
        return top * ((1 - typical["FB"]) * math.exp(-typical["alpha"] * (t - peak)) + late)

    found = measured(times, [level(t) for t in times], of={"lloq": None})
    assert found["doubling_time"].value == pytest.approx(0.78, abs=0.005)
    assert found["contraction_half_life"].value == pytest.approx(4.3, rel=0.05)
    assert found["half_life"].value == pytest.approx(217, rel=0.01)


def test_the_published_medians_of_a_second_cohort(shared, measured):
    rows = read(shared("published-parameter-tables/kimmel2021_zuma1_moffitt_car_per_uL.csv"))
    days = [float(row["day"]) for row in rows]
    medians = [float(row["car_per_uL_median"]) for row in rows]
    found = measured(days, medians, of={"code": "car_cells_per_ul", "lloq": None}, windows=((7.0, 28.0),))
    assert (found["cmax"].value, found["tmax"].value) == (27.5, 7)
    by_hand = 7 * (27.5 - 9.1) / math.log(27.5 / 9.1) + 14 * (9.1 - 2.1) / math.log(9.1 / 2.1)
    assert found["auc_7_28"].value == pytest.approx(by_hand)
    assert found["half_life"].value == pytest.approx(
        -math.log(2) / np.polyfit(days[1:], np.log(medians[1:]), 1)[0], rel=1e-9
    )
    assert found["growth_rate"].reason == "Only 1 quantifiable sample up to the peak; three are needed."


def test_vector_copies_per_cell_are_no_copies_per_microgram(shared):
    row = read(shared("Penn-CTL019-VCN/vcn_long.csv"))[0]
    build = CourseBuilder("vcn")
    moment = build.clock.from_elapsed_days(float(row["day"]))
    with pytest.raises(UnknownUnit):
        build.observe("car_copies_per_ug", float(row["vcn_per_cell"]), moment=moment, unit="copies/cell")


def test_each_re_infusion_is_measured_as_if_it_were_asked_for(course):
    two = course((1, 7, 20, 61, 67, 80), (100, 900, 50, 200, 4000, 90), infusions=(0, 60))
    found = measure_each(two)
    assert [result.infusion for result in found] == [1, 2]
    assert found == (*measure(two), *measure(two, KineticsSettings(infusion=2)))
    peaks = [next(m.value for m in result.metrics if m.id == "cmax") for result in found]
    assert peaks == [900, 4000]
