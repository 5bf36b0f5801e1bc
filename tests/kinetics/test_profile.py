"""From observations to profiles: what is kept apart, what is left out, what stands at time 0."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.course import CourseBuilder, Status
from cartrace.course.clock import unknown
from cartrace.kinetics import KineticsSettings
from cartrace.kinetics.profile import NO_RECORD, profiles
from cartrace.vocabulary import units


def build(*samples, **fields):
    """A course of (day, value or status, further fields) samples of copies/ug; infusions by `infusions`."""
    made = CourseBuilder("built")
    for day in fields.pop("infusions", ()):
        made.infusion(moment=made.clock.from_elapsed_days(day))
    for day, value, *more in samples:
        status = value if isinstance(value, Status) else Status.DONE
        number = None if isinstance(value, Status) else value
        said = {"code": "car_copies_per_ug", "lloq": 50.0, **fields, **(more[0] if more else {})}
        moment = unknown() if day is None else made.clock.from_elapsed_days(day)
        made.observe(said.pop("code"), number, moment=moment, status=status, **said)
    return made.course()


def only(course, **settings):
    (found,) = profiles(course, KineticsSettings(**settings))
    return found


def test_assay_kinds_sites_and_methods_are_never_pooled():
    course = build(
        (7, 100.0, {"code": "car_cells_per_ul"}),
        (7, 900.0, {"method": "qPCR", "site": "blood"}),
        (7, 800.0, {"method": "ddPCR", "site": "blood"}),
        (7, 700.0, {"method": "qPCR", "site": "marrow"}),
        (7, 5.0, {"code": "car_percent_of_cd3"}),
        (7, 60.0, {"code": "car_copies_per_ul"}),
    )
    found = profiles(course, KineticsSettings())
    assert [len(profile.time) for profile in found] == [1] * 6
    assert [(p.assay, p.site, p.method) for p in found] == [
        ("car_copies_per_ug", "blood", "ddPCR"),
        ("car_copies_per_ug", "blood", "qPCR"),
        ("car_copies_per_ug", "marrow", "qPCR"),
        ("car_copies_per_ul", "", ""),
        ("car_cells_per_ul", "", ""),
        ("car_percent_of_cd3", "", ""),
    ]
    assert all(p.unit == units.canonical(p.assay) for p in found)


def test_samples_are_sorted_by_time():
    profile = only(build((14, 3.0), (0, 1.0), (7, 2.0), lloq=None))
    np.testing.assert_array_equal(profile.time, [0, 7, 14])
    np.testing.assert_array_equal(profile.uid, [1, 2, 0])


def test_what_takes_no_part_is_named():
    course = build((7, 900.0), (7, 100.0), (8, Status.NOT_DONE), (9, Status.NOT_RECORDED), (None, 5e6), (-3, 70.0))
    profile = only(course)
    np.testing.assert_array_equal(profile.uid, [0])
    assert sorted(profile.left_out) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ((7, 900.0), (7, 100.0), 0),
        ((7, Status.BELOW), (7, 60.0), 1),
        ((7, 9e6), (7, Status.ABOVE, {"uloq": 1e6}), 1),
        ((7, 9e6), (7, Status.ABOVE), 1),
    ],
)
def test_of_two_samples_at_one_time_the_higher_is_kept(one, other, kept):
    for samples, index in (((one, other), kept), ((other, one), 1 - kept)):
        assert list(only(build(*samples)).uid) == [index]


def test_above_without_a_number_takes_the_upper_limit():
    assert only(build((7, Status.ABOVE, {"uloq": 1e6}))).used[0] == 1e6
    assert np.isnan(only(build((7, Status.ABOVE))).used[0])


@pytest.mark.parametrize("before", [Status.BELOW, 0.0, 49.9])
def test_a_negative_sample_before_the_infusion_puts_a_zero_at_time_0(before):
    profile = only(build((-5, before), (7, 900.0)))
    np.testing.assert_array_equal(profile.time, [0, 7])
    np.testing.assert_array_equal(profile.used, [0, 900])
    assert list(profile.uid) == [NO_RECORD, 1]
    assert np.isnan(profile.value[0])
    assert profile.left_out == (0,)


def test_no_zero_is_put_where_the_last_sample_before_was_positive_or_day_0_was_sampled():
    assert list(only(build((-30, Status.BELOW), (-5, 70.0), (7, 900.0))).time) == [7]
    assert list(only(build((-5, Status.BELOW), (0, 60.0), (7, 900.0))).used) == [60, 900]
    assert list(only(build((-5, Status.NOT_DONE), (7, 900.0))).time) == [7]


def test_samples_before_the_infusion_alone_are_no_profile():
    assert profiles(build((-5, Status.BELOW)), KineticsSettings()) == ()


def test_a_given_lloq_goes_before_the_recorded_ones():
    course = build((0, 10.0), (7, 60.0), (14, 300.0))
    assert list(only(course, lloq=200.0).used) == [0, 0, 300]
    assert only(course, lloq=200.0).assay_lloq == 200.0
    assert only(course).assay_lloq == 50.0
    assert only(build((7, 60.0, {"lloq": 25.0}), (8, 60.0))).assay_lloq == 50.0
    assert only(build((7, 60.0), lloq=None)).assay_lloq is None


def test_each_infusion_has_its_own_samples():
    course = build((0, 60.0), (7, 9000.0), (28, Status.BELOW), (60, 55.0), (67, 800.0), infusions=(0, 60))
    first, second = only(course), only(course, infusion=2)
    np.testing.assert_array_equal(first.time, [0, 7, 28, 60])
    np.testing.assert_array_equal(second.time, [0, 7])
    np.testing.assert_array_equal(second.used, [55, 800])
    assert first.left_out == (course.observations[-1].uid,)
    assert second.left_out == tuple(o.uid for o in course.observations[:3])


def test_the_sample_before_a_re_infusion_counts_from_the_nearest():
    # Negative on day 28, positive again on day 50: the second profile does not start from 0.
    course = build((28, Status.BELOW), (50, 70.0), (67, 800.0), infusions=(0, 60))
    assert list(only(course, infusion=2).time) == [7]


def test_without_a_clock_the_profile_is_empty_and_says_why():
    (profile,) = profiles(build((7, 900.0), infusions=(0,)), KineticsSettings(infusion=2))
    assert len(profile.time) == 0
    assert profile.clock.refusal == "Infusion 2 is not recorded."


def test_quantifiable_samples_stand_apart_from_what_a_policy_puts_in():
    course = build((0, Status.BELOW), (7, 900.0), (14, Status.BELOW), (21, 80.0), (28, Status.BELOW))
    profile = only(course, policy="half_lloq")
    np.testing.assert_array_equal(profile.curve.concentration, [0, 900, 25, 80, 0])
    np.testing.assert_array_equal(profile.quantified.time, [7, 21])
