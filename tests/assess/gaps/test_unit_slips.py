"""Slips of a unit among neighbours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.unit_slips import factor_off, slips_of, unit_slips


def series(code, *values):
    return read_given("; ".join(f"d{day} {code} {value}" for day, value in enumerate(values)))


def days(course):
    return [query.day for query in unit_slips(course)]


def test_factors_are_those_between_the_accepted_units():
    assert slips_of("crp") == (10.0, 1000.0)
    assert slips_of("anc") == (1000.0,)
    assert 88.4 in slips_of("creatinine")
    assert slips_of("car_copies_per_ug") == (1000.0,)
    assert slips_of("il6") == (1000.0,)
    assert slips_of("oxygen_device") == ()


@pytest.mark.parametrize(
    ("code", "values", "slipped"),
    [
        ("platelets", (150, 140, 0.13, 120), [2]),
        ("platelets", (150, 140, 130000, 120), [2]),
        ("crp", (80, 95, 9, 85), [2]),
        ("crp", (80, 95, 60, 85), []),
        ("creatinine", (0.8, 0.9, 75, 0.85), [2]),
        ("creatinine", (0.8, 0.9, 2.4, 0.85), []),
        ("haemoglobin", (95, 9.2, 90, 88), [1]),
        # A true fall: the neighbours do not agree with each other.
        ("anc", (3.0, 2.0, 0.1, 0.0, 0.05), []),
        ("ferritin", (500, 900, 9000, 20000, 15000), []),
        # Expansion and cytokines may climb a hundredfold by themselves.
        ("car_copies_per_ug", (100, 120, 12000, 110), []),
        ("car_copies_per_ug", (100, 120, 110000, 110), [2]),
        ("il6", (5, 6, 60, 5), []),
        # At either end of a series the two nearest neighbours speak.
        ("platelets", (0.15, 140, 130, 120), [0]),
        ("platelets", (150, 140, 130, 0.12), [3]),
        ("platelets", (150, 0.14), []),
    ],
)
def test_slips_and_what_is_none(code, values, slipped):
    assert days(series(code, *values)) == slipped


def test_neighbours_farther_than_two_weeks_say_nothing():
    assert days(read_given("d0 platelets 150; d14 platelets 0.14; d28 platelets 150")) == [14]
    assert days(read_given("d0 platelets 150; d15 platelets 0.14; d30 platelets 150")) == []


@pytest.mark.parametrize(("apart", "asked"), [(3, True), (4, False)])
def test_illness_reaches_a_factor_of_ten_within_days(apart, asked):
    # Weekly samples of a real cohort swing tenfold without any slip.
    course = read_given(f"d0 crp 80; d{apart} crp 9; d{2 * apart} crp 85")
    assert [(query.day, query.severity) for query in unit_slips(course)] == ([(apart, "medium")] if asked else [])


def test_the_nearest_neighbour_on_either_side_speaks():
    assert days(series("platelets", 5, 150, 0.14, 140, 6)) == [2]
    assert days(series("platelets", 150, 5, 0.14, 140, 150)) == []


def test_a_side_without_a_near_neighbour_leaves_it_to_the_other():
    assert days(read_given("d0 platelets 150; d20 platelets 0.14; d21 platelets 150; d22 platelets 140")) == [20]
    assert days(read_given("d0 platelets 150; d1 platelets 140; d2 platelets 0.14; d20 platelets 150")) == [2]
    assert days(read_given("d0 platelets 150; d2 platelets 0.14; d20 platelets 150")) == []


def test_zero_and_limits_are_no_values_to_compare():
    assert days(series("platelets", 0, 0, 150, 0, 0)) == []
    assert days(read_given("d0 platelets 150; d1 platelets 0.14 status=below; d2 platelets 150")) == []
    assert days(read_given("d0 platelets 150 status=below; d1 platelets 0.14; d2 platelets 150")) == []


def test_another_site_or_method_is_no_neighbour():
    course = read_given("d0 crp 80; d1 crp 8 method=point_of_care; d2 crp 85")
    assert days(course) == []


@pytest.mark.parametrize(
    ("value", "neighbours", "factor"),
    [
        (10.0, (1.0, 2.0), 10.0),
        (10.0, (1.0, 2.01), None),
        (30.0, (1.0, 2.0), 10.0),
        (31.0, (1.0, 2.0), None),
        (6.7, (1.0, 2.0), 10.0),
        (6.6, (1.0, 2.0), None),
        (0.1, (1.0, 1.0), 0.1),
    ],
)
def test_the_bounds_of_a_slip(value, neighbours, factor):
    assert factor_off(value, neighbours, (10.0,)) == (pytest.approx(factor) if factor else None)


def test_the_query_names_the_factor_and_the_neighbours():
    (one,) = unit_slips(series("platelets", 150, 140, 0.13, 120))
    assert one.what == "Platelets 0.13 10*9/L lies 1000-fold below its neighbours (140 and 120)"
    assert len(one.evidence) == 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(80, 120), min_size=5, max_size=9),
    st.integers(0, 8),
    st.sampled_from([1000.0, 1 / 1000.0]),
)
def test_a_planted_slip_is_found_and_nothing_else(values, place, factor):
    place %= len(values)
    slipped = [value * factor if day == place else value for day, value in enumerate(values)]
    assert days(series("platelets", *slipped)) == [place]
    assert days(series("platelets", *values)) == []
