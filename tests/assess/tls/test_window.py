"""Windows, baselines, corrected calcium and the fixed limits of tumour lysis syndrome."""

from __future__ import annotations

import math

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.tls import howard2011, window
from cartrace.assess.tls.window import (
    AGE,
    ALBUMIN,
    CALCIUM,
    CHANNELS,
    CREATININE,
    PHOSPHATE,
    POTASSIUM,
    SEIZURE,
    URATE,
    age_of,
    albumin_at,
    baseline,
    beyond_limit,
    flags,
    gather,
    in_window,
    known,
    lymphodepletion_start,
    missing_of,
    worst_coded,
)

NORMAL_VALUES = {"urate": 5, "potassium": 4, "phosphate": 1.0, "calcium": 2.3, "albumin": 40}


def events(given):
    return gather(read_given(given), CHANNELS)


def first(found, channel):
    return next(i for i in range(len(found.time)) if found.channel[i] == channel)


@pytest.mark.parametrize(("day", "inside"), [(-9, False), (-8, True), (-5, True), (2, True), (3, False)])
def test_the_window_is_counted_from_the_start_of_therapy(day, inside):
    found = events(f"d{day} urate 9")
    assert in_window(found, 0, -5) is inside


def test_a_test_that_was_not_done_is_no_look():
    assert not in_window(events("d1 urate status=not_done"), 0, 0)
    assert in_window(events("d1 urate status=not_recorded"), 0, 0)


@pytest.mark.parametrize(("calcium_mg", "albumin_g_per_dl"), [(7.0, 2.0), (8.0, 4.0), (8.0, 5.0), (9.4, 1.3)])
def test_corrected_calcium_is_the_formula_in_its_own_units(calcium_mg, albumin_g_per_dl):
    found = events(f"d2 calcium {calcium_mg} mg/dL; d2 albumin {albumin_g_per_dl} g/dL")
    by_formula = (calcium_mg + 0.8 * (4.0 - albumin_g_per_dl)) * 0.2495
    assert known(found, first(found, CALCIUM), True) == pytest.approx((by_formula, by_formula))
    assert known(found, first(found, CALCIUM), False) == pytest.approx((calcium_mg * 0.2495,) * 2)


@pytest.mark.parametrize(
    ("given", "albumin"),
    [
        ("d2 calcium 2; d2 albumin 30; d3 albumin 20", (30, 30)),
        ("d2 calcium 2; d3 albumin 20", (20, 20)),
        ("h50 calcium 2; h75 albumin 20", (0, 60)),
        ("d2 calcium 2; d4 albumin 20", (0, 60)),
        ("d2 calcium 2; d2 albumin status=not_recorded", (0, 60)),
    ],
)
def test_the_albumin_of_a_calcium(given, albumin):
    found = events(given)
    assert albumin_at(found, first(found, CALCIUM)) == albumin


def test_without_albumin_calcium_may_be_corrected_for_any():
    least, most = known(events("d2 calcium 2.3"), 0, True)
    assert least == pytest.approx((2.3 / 0.2495 + 0.8 * (4 - 6)) * 0.2495)
    assert most == pytest.approx((2.3 / 0.2495 + 0.8 * 4) * 0.2495)


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("d-9 creatinine 1; d-2 creatinine 2; d0 creatinine 3; d1 creatinine 4", 3),
        ("d-9 creatinine 1; d-2 creatinine status=not_done", 1),
        ("d-9 creatinine 1; d-2 creatinine status=not_recorded", math.nan),
        ("d1 creatinine 4", math.nan),
    ],
)
def test_the_baseline_is_the_last_value_up_to_the_start(given, value):
    least, most = baseline(events(given), CREATININE, 0.0, True)
    assert (least == most == value) or (math.isnan(value) and math.isnan(least) and math.isnan(most))


@pytest.mark.parametrize(
    ("channel", "value", "age", "met"),
    [
        (URATE, 8.0, 40, (1, 1)),
        (URATE, 7.99, 40, (0, 0)),
        (POTASSIUM, 6.0, 40, (1, 1)),
        (PHOSPHATE, 1.45, 18, (1, 1)),
        (PHOSPHATE, 1.45, 17.9, (0, 0)),
        (PHOSPHATE, 2.1, 3, (1, 1)),
        (PHOSPHATE, 1.44, math.nan, (0, 0)),
        (PHOSPHATE, 1.45, math.nan, (0, 1)),
        (PHOSPHATE, 2.1, math.nan, (1, 1)),
        (CALCIUM, 1.75, 40, (1, 1)),
        (CALCIUM, 1.76, 40, (0, 0)),
    ],
)
def test_fixed_limits(channel, value, age, met):
    assert beyond_limit(channel, value, value, age) == met


def test_a_coded_finding_speaks_by_its_worst():
    assert worst_coded(events("d1 seizure none; d3 seizure brief; d9 seizure repetitive"), SEIZURE, 0)[:2] == (1, 1)
    assert worst_coded(events("d1 seizure brief; d3 seizure status=not_recorded"), SEIZURE, 0)[:2] == (1, math.inf)
    assert worst_coded(events("d9 seizure brief"), SEIZURE, 0)[:2] == (0, math.inf)
    assert worst_coded(events("d1 seizure brief attributed=no"), SEIZURE, 0)[:2] == (0, 0)


def test_age_flags_and_the_start_of_lymphodepletion():
    found = events("patient age=8; d-5--3 drug fludarabine; d-4--3 drug cyclophosphamide; d2 drug rasburicase 6 mg")
    assert age_of(found) == 8
    assert math.isnan(age_of(events("d1 urate 4")))
    assert found.day[lymphodepletion_start(found)] == -5
    assert lymphodepletion_start(events("d20 drug fludarabine")) == -1
    assert flags(found, 0) == window.RASBURICASE_GIVEN
    assert flags(found, -20) == 0


def test_only_what_is_due_to_something_else_keeps_its_attribution():
    found = events("d1 creatinine 2 attributed=no; d2 creatinine 2; d3 creatinine 2 attributed=yes")
    assert list(found.attributed) == [-1, 1, 1]


@pytest.mark.parametrize(
    ("given", "channel", "corrected", "asked"),
    [
        ("d2 urate status=not_recorded", URATE, True, {URATE}),
        ("d2 potassium status=not_recorded; d2 albumin 30", POTASSIUM, True, {POTASSIUM}),
        ("d2 phosphate 1.5", PHOSPHATE, True, {AGE}),
        ("patient age=40; d2 phosphate 1.5", PHOSPHATE, True, set()),
        ("patient age=40; d2 phosphate status=not_recorded", PHOSPHATE, True, {PHOSPHATE}),
        ("d2 calcium 2.1", CALCIUM, True, {ALBUMIN}),
        ("d2 calcium 2.1; d2 albumin 30", CALCIUM, True, set()),
        ("d2 calcium 2.1", CALCIUM, False, set()),
    ],
)
def test_what_leaves_the_limit_of_an_entry_open(given, channel, corrected, asked):
    found = events(given)
    bits = missing_of(found, first(found, channel), age_of(found), corrected)
    assert {n for n in range(len(CHANNELS)) if bits >> n & 1} == asked


def test_the_worse_of_both_windows_is_the_grade_of_the_course():
    normal = "; ".join(f"d2 {name} {value}" for name, value in NORMAL_VALUES.items())
    # Lysis in the days after lymphodepletion began, none after the infusion; and the other way round.
    early = (
        "d-9 urate 5; d-9 potassium 4; d-9 phosphate 1; d-9 calcium 2.3; d-9 albumin 40; d-7 urate 9; d-7 potassium 7"
    )
    lysed = normal.replace("urate 5", "urate 9").replace("potassium 4", "potassium 7")
    calm = early.replace("urate 9", "urate 5").replace("potassium 7", "potassium 4")
    for first_window, second_window, worse in ((early, normal, 1), (calm, lysed, 0)):
        found = howard2011.RULE.run(
            read_given(f"patient age=40; d-8--6 drug fludarabine; {first_window}; {second_window}")
        )
        lows = [grade.low for _, grade in found.parts]
        assert lows == ([0, 1] if worse else [1, 0])
        assert (found.overall.low, found.overall.high, found.overall.at) == (1, found.parts[worse][1].high, None)
