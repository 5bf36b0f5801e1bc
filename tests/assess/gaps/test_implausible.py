"""Values that cannot be."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.implausible import implausible
from cartrace.vocabulary import terms


def checks(given):
    return [query.check for query in implausible(read_given(given))]


@pytest.mark.parametrize("code", ["heart_rate", "spo2", "temperature", "anc"])
def test_the_plausible_range_holds_its_ends(code):
    low, high = terms.analytes()[code].plausible
    assert checks(f"h1 {code} {low}; h2 {code} {high}") == []
    assert checks(f"h1 {code} {high * 1.01}") == ["value.implausible"]
    if low > 0:
        assert checks(f"h1 {code} {low * 0.99}") == ["value.implausible"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("h1 systolic_bp 90; h1 diastolic_bp 90", 0),
        ("h1 systolic_bp 90; h1 diastolic_bp 91", 1),
        ("h1 systolic_bp 90; h2 diastolic_bp 91", 0),
        ("h1 systolic_bp 90; h1 mean_bp 90", 0),
        ("h1 systolic_bp 90; h1 mean_bp 90.5", 1),
        ("d1 wbc 3; d1 lymphocytes 3.1", 0),
        ("d1 wbc 3; d1 lymphocytes 3.11", 1),
        ("d1 cd3_cells 100; d1 cd4_cells 101.5", 1),
        ("d1 cd3_cells 100; d1 cd8_cells 100.5", 0),
        ("d1 cd3_cells 100; d1 cd8_cells 99", 0),
        ("d1 wbc 0.4; d1 anc 0.5", 0),
        ("d1 wbc 0.4; d1 anc 0.51", 1),
        ("d1 wbc 3; d1 lymphocytes 4", 1),
        ("d1 cd3_cells 100; d1 cd4_cells 101", 0),
        ("d1 cd3_cells 100; d1 cd8_cells 102", 1),
    ],
)
def test_a_part_is_no_larger_than_its_whole_but_for_rounding(given, found):
    assert checks(given) == ["value.part_above_whole"] * found


def test_a_score_is_whole():
    assert checks("h1 ice 7") == []
    assert checks("h1 ice 7.5") == ["value.not_whole"]


def test_nothing_happens_after_death():
    assert checks("d5 death infection; d5 anc 1") == []
    course = read_given("d5 death infection; d6 anc 1; d7 ice status=not_done; d8 oxygen_device bipap")
    assert [(query.check, query.day) for query in implausible(course)] == [
        ("time.after_death", 6),
        ("time.after_death", 8),
    ]


def test_what_happened_after_death_in_words():
    dead = "d5 death infection; d8 oxygen_device bipap; d9 anc 1"
    assert [query.what for query in implausible(read_given(dead))] == [
        "bipap 3 d after death",
        "Neutrophils 1 10*9/L 4 d after death",
    ]


def test_limits_are_no_values_and_a_pair_names_both_records():
    assert checks("h1 heart_rate 720 status=above") == []
    (one,) = implausible(read_given("h1 systolic_bp 90; h1 diastolic_bp 95"))
    assert (one.evidence, one.at) == ((2, 1), 1 / 24)
    assert one.what == "Diastolic blood pressure 95 mm[Hg] above Systolic blood pressure 90 mm[Hg]"


def test_a_query_names_value_bounds_and_records():
    (one,) = implausible(read_given("h6 heart_rate 720"))
    assert one.what == "Heart rate 720 /min; plausible is 10 to 300"
    assert (one.at, one.day, one.severity, one.evidence) == (0.25, 0, "high", (1,))
