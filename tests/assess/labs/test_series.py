"""One term over time: steps, the baseline, albumin, transfusions, flags, row by row."""

from __future__ import annotations

import dataclasses
import random
from itertools import pairwise, permutations

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.labs import ctcae5, series
from cartrace.assess.result import Assessment
from cartrace.assess.rule import Rule, Steps
from cartrace.course import Events

RULES: dict[str, Rule] = {rule.id.removeprefix("ctcae5."): rule for rule in ctcae5.RULES}


def rows_of(analyte: str, given: str, **options: str) -> tuple[Events, Steps]:
    rule = RULES[analyte]
    events = rule.events(read_given(given))
    return events, rule.calculate(events, rule.settings(options))


def run(analyte: str, given: str, **options: str) -> Assessment:
    return RULES[analyte].run(read_given(given), options)


def test_one_row_a_value_in_order_of_time() -> None:
    _, rows = rows_of("anc", "h48 anc 0.4 low=1.8; h24 anc 1.2 low=1.8; h72 anc 2 low=1.8")
    assert rows.at[1:].tolist() == [1.0, 2.0, 3.0]
    assert rows.low[1:].tolist() == [2, 4, 0]
    assert np.isnan(rows.at[0])
    assert (rows.low[0], rows.high[0]) == (4, 4)


@pytest.mark.parametrize("values", list(permutations(("0.4", "0.9", "2"))))
def test_of_one_minute_the_worst_counts_whatever_the_order(values: tuple[str, ...]) -> None:
    events, rows = rows_of("anc", ";".join(f"h24 anc {value} low=1.8" for value in values))
    assert len(rows.at) == 2
    assert (rows.low[1], rows.high[1]) == (4, 4)
    assert set(rows.decided[1, :3]) == {0, 1, 2} == set(range(len(events.time)))


def test_the_worst_row_names_the_value_that_decided() -> None:
    assessment = run("anc", "h24 anc 1.2 low=1.8; h48 anc 0.4 low=1.8; h72 anc 1.1 low=1.8")
    course = read_given("h24 anc 1.2 low=1.8; h48 anc 0.4 low=1.8; h72 anc 1.1 low=1.8")
    assert [course.record(uid).value for uid in assessment.overall.evidence] == [0.4]  # type: ignore[union-attr]


def test_a_range_of_the_course_names_what_settles_it() -> None:
    overall = run("anc", "d1 anc 0.8 low=1.8; d2 anc 1.6; d3 anc status=below lloq=1").overall
    assert (overall.low, overall.high) == (3, 4)
    # The missing limit of day 2 concerns grade 1 only; the course is grade 3 already.
    assert overall.settles == ("anc",)


def test_steps_before_the_infusion_do_not_count() -> None:
    _, rows = rows_of("anc", "h-1 anc 0.1 low=1.8; h0 anc 1.2 low=1.8")
    assert rows.low[1:].tolist() == [4, 2]
    assert rows.low[0] == 2


@pytest.mark.parametrize(
    ("given", "baseline"),
    [
        ("h-30 alt 31 high=40; h-2 alt 32 high=40; h1 alt 33 high=40", 32.0),
        ("d0 alt 34 high=40; d1 alt 35 high=40", 34.0),
        ("h0 alt 36 high=40; h-1 alt status=not_done; h-9 alt 37 high=40", 37.0),
        ("h1 alt 33 high=40", None),
        ("h-9 alt 37 high=40; h-1 alt status=not_recorded; h5 alt 30 high=40", None),
    ],
)
def test_the_baseline_is_the_last_value_before_the_infusion(given: str, baseline: float | None) -> None:
    facts = {fact.id: fact for fact in run("alt", given).facts}
    assert facts["baseline"].value == baseline
    assert bool(facts["baseline"].reason) == (baseline is None)


def test_several_lymphodepleting_drugs_begin_with_the_first() -> None:
    given = (
        "d-9 alt 20 high=40; d-4 drug fludarabine 30 mg/m2; d-6 drug cyclophosphamide 500 mg/m2; "
        "d-5 alt 21 high=40; d-1 alt 22 high=40; d5 alt 60 high=40"
    )
    facts = {fact.id: fact.value for fact in run("alt", given, baseline="lymphodepletion").facts}
    assert facts["baseline"] == 20.0
    assert {f.id: f.value for f in run("alt", given).facts}["baseline"] == 22.0


def test_the_constants_of_calcium() -> None:
    # 0.8 mg/dL for each g/dL is 0.1996 mmol/L for each 10 g/L.
    assert pytest.approx(0.1996) == 10 * series.CORRECTED_PER_ALBUMIN
    assert series.ALBUMIN_MIDPOINT == 40.0


@pytest.mark.parametrize(
    ("albumins", "low", "high"),
    [
        ("h20 albumin 25", 0, 0),
        ("h28 albumin 25; h10 albumin 45", 0, 0),
        ("h28 albumin 45; h22 albumin 25", 0, 0),
        ("h28 albumin 25; h20 albumin 45", 0, 2),
        ("h20 albumin 25; h20 albumin 45", 0, 2),
        ("h20 albumin status=not_done; h30 albumin 45", 2, 2),
        ("h20 albumin status=not_recorded; h30 albumin 45", 0, 4),
    ],
)
def test_the_nearest_albumin_corrects_and_of_two_as_near_either_may(albumins: str, low: int, high: int) -> None:
    overall = run("calcium", f"h24 calcium 7.7 mg/dL low=2.1; {albumins}").overall
    assert (overall.low, overall.high) == (low, high)


def test_an_albumin_beyond_a_limit_of_measurement_is_a_bound() -> None:
    for written in ("albumin status=above uloq=45", "albumin 45 status=above"):
        overall = run("calcium", f"h24 calcium 7.7 mg/dL low=2.1; h24 {written}").overall
        # Above 45 g/L the corrected calcium is below 7.3 mg/dL.
        assert (overall.low, overall.high, overall.settles) == (2, 4, ("albumin",))


def test_an_albumin_above_its_limit_is_not_at_it() -> None:
    # 8.4 mg/dL with 45 g/L is 8.0 corrected: grade 1. Above 45 g/L it is below 8.0: grade 2.
    at = run("calcium", "h24 calcium 8.4 mg/dL low=2.1; h24 albumin 45").overall
    beyond = run("calcium", "h24 calcium 8.4 mg/dL low=2.1; h24 albumin 45 status=above").overall
    assert (at.low, at.high) == (1, 1)
    assert (beyond.low, beyond.high) == (2, 4)


def test_an_albumin_that_is_known_settles_nothing_more() -> None:
    overall = run("calcium", "h24 calcium 1.6 status=below low=2.1; h24 albumin 40").overall
    assert (overall.low, overall.high, overall.settles) == (3, 4, ("calcium",))


def test_a_baseline_below_a_limit_of_measurement_is_not_at_it() -> None:
    # 0.75 is 1.5 x 0.5, so more than 1.5 x anything below 0.5.
    overall = run("creatinine", "d-1 creatinine 0.5 status=below high=1.2; d5 creatinine 0.75 high=1.2").overall
    assert (overall.low, overall.high, overall.settles) == (2, 3, ("baseline",))


def test_a_baseline_without_its_result_is_still_the_baseline() -> None:
    overall = run("creatinine", "d0 creatinine status=not_recorded").overall
    assert (overall.low, overall.high, overall.reasons) == (0, 0, ("baseline_value",))


def test_two_limits_of_one_baseline_leave_both_worlds_open() -> None:
    given = "h-24 alt 45 high=40 method=a; h-24 alt 45 high=50 method=b; d5 alt 130 high=40"
    overall = run("alt", given).overall
    # 130 is 3.25 x the limit from a normal baseline, 2.9 x an abnormal one.
    assert (overall.low, overall.high, overall.settles) == (1, 2, ("reference_limits",))


@pytest.mark.parametrize("order", [("30", "100"), ("100", "30")])
def test_of_two_baselines_of_one_minute_either_may_be_the_one(order: tuple[str, str]) -> None:
    # 130 is 3.25 x the limit from a normal baseline, 1.3 x an abnormal one.
    given = "; ".join(f"d-1 alt {value} high=40 method={value}" for value in order).replace("d-1", "h-24")
    assessment = run("alt", f"{given}; d5 alt 130 high=40")
    assert (assessment.overall.low, assessment.overall.high) == (0, 2)
    assert {fact.id: fact.value for fact in assessment.facts}["baseline"] is None


def test_the_baseline_is_part_of_the_evidence() -> None:
    course = read_given("d-1 alt 30 high=40; d5 alt 130 high=40")
    evidence = RULES["alt"].run(course).overall.evidence
    assert [course.record(uid).value for uid in evidence] == [130.0, 30.0]  # type: ignore[union-attr]


def test_a_transfusion_lifts_until_the_next_value() -> None:
    _, rows = rows_of("haemoglobin", "h10 haemoglobin 95 low=120; h20 rbc_transfusion yes; h30 haemoglobin 85 low=120")
    assert rows.low[1:].tolist() == [2, 3, 2]
    assert [bool(reason & series.TRANSFUSED) for reason in rows.reason[1:]] == [False, True, False]
    assert [bool(reason & series.SUPPORTED) for reason in rows.reason[1:]] == [False, False, True]


def test_a_transfusion_that_settles_a_range() -> None:
    overall = run("haemoglobin", "h10 haemoglobin status=not_recorded; h20 rbc_transfusion yes").overall
    assert (overall.low, overall.high, overall.settles) == (3, 3, ())


def test_growth_factor_is_flagged_from_its_first_dose() -> None:
    _, rows = rows_of("anc", "d1 anc 0.3 low=1.8; d3 drug filgrastim 5 ug/kg; d5 anc 0.3 low=1.8; d9 anc 3 low=1.8")
    assert [bool(reason & series.GROWTH_FACTOR) for reason in rows.reason[1:]] == [False, True, True]
    assert rows.low[1:].tolist() == [4, 4, 0]


def test_within_the_limits_only_when_another_clause_graded() -> None:
    flags = [
        bool(rows_of("anc", f"d5 anc {value} low=1.0")[1].reason[1] & series.WITHIN) for value in ("1.6", "1.2", "0.9")
    ]
    assert flags == [False, True, False]


def test_an_empty_course() -> None:
    _, rows = rows_of("anc", "d1 crp 5")
    assert len(rows.at) == 1
    assert rows.low[0] == -1
    assert rows.reason[0] == series.NO_VALUE
    assert rows.missing[0] == 1


def test_kernels_differ_by_their_numbers_only() -> None:
    codes = {rule.kernel.__code__ for rule in ctcae5.RULES}
    assert len(codes) == 1


def test_the_places_do_not_overlap() -> None:
    names = [name for name in vars(series) if name.startswith(("C_", "O_")) and name != "C_VALUE"]
    places = sorted([getattr(series, name) for name in names] + list(range(5)))
    assert places == list(range(series.PLACES))
    assert all(one < other for one, other in pairwise(places))


def random_items(rng: random.Random, analyte: str) -> list[str]:
    """Entries of a busy course, on whole hours so that some of them meet."""
    usual = {"haemoglobin": 90, "anc": 1.5, "alt": 90, "fibrinogen": 150, "calcium": 2.0, "creatinine": 1.4}[analyte]
    items = []
    for _ in range(rng.randint(2, 7)):
        value = f"{usual * rng.uniform(0.3, 2):.3g}"
        when = f"h{rng.randint(-20, 30) * 4}" if rng.random() < 0.7 else f"d{rng.randint(-3, 5)}"
        status = rng.choice(("", "", "", " status=below", " status=above"))
        limits = f" low={usual * 1.2:.3g} high={usual * 0.6:.3g}" if rng.random() < 0.7 else ""
        method = f" method={len(items)}"
        items.append(f"{when} {analyte} {value}{status}{limits}{method}")
    for code, value in (("albumin", "25"), ("albumin", "45"), ("rbc_transfusion", "yes"), ("rbc_transfusion", "no")):
        if rng.random() < 0.6:
            items.append(f"h{rng.randint(-5, 30) * 4} {code} {value} method={len(items)}")
    if rng.random() < 0.5:
        items.append("d-4 drug fludarabine 30 mg/m2")
    return items


def hidden(item: str) -> str:
    """The same entry with its result not recorded; its limits stay."""
    when, code, _, *rest = item.split()
    kept = [word for word in rest if not word.startswith("status")]
    return " ".join((when, code, "status=not_recorded", *kept))


BUSY = ["haemoglobin", "anc", "alt", "fibrinogen", "calcium", "creatinine"]


@pytest.mark.parametrize("analyte", BUSY)
def test_an_entry_without_its_result_never_narrows_the_course(analyte: str) -> None:
    rng = random.Random(f"hidden {analyte}")
    for _ in range(40):
        items = random_items(rng, analyte)
        options = {"baseline": rng.choice(("infusion", "lymphodepletion"))} if analyte in BUSY[2:4] else {}
        full = run(analyte, ";".join(items), **options).overall
        for i, item in enumerate(items):
            if " drug " in item:
                continue
            less = run(analyte, ";".join([*items[:i], hidden(item), *items[i + 1 :]]), **options).overall
            if full.low is None or full.high is None:
                assert less.low in (None, 0)
                continue
            low, high = less.low, less.high
            assert low is not None, (items, item)
            assert high is not None, (items, item)
            assert low <= full.low, (items, item)
            assert high >= full.high, (items, item)


@pytest.mark.parametrize("analyte", BUSY)
def test_the_order_of_the_rows_does_not_matter(analyte: str) -> None:
    rng = random.Random(f"order {analyte}")
    for _ in range(40):
        course = read_given(";".join(random_items(rng, analyte)))
        rows = rng.sample(course.observations, len(course.observations))
        uids = [row.uid for row in course.observations]
        renumbered = tuple(dataclasses.replace(row, uid=uid) for row, uid in zip(rows, uids, strict=True))
        shuffled = dataclasses.replace(course, observations=renumbered)
        one, other = RULES[analyte].run(course), RULES[analyte].run(shuffled)
        brief = [
            [(grade.at, grade.low, grade.high, grade.settles) for grade in (found.overall, *found.steps)]
            for found in (one, other)
        ]
        assert brief[0] == brief[1]


def test_a_transfusion_that_was_not_recorded_may_have_lifted_to_grade_3() -> None:
    found = run("haemoglobin", "h2 rbc_transfusion status=not_recorded")
    assert found.overall.text == "0 to 3"
    assert found.overall.settles == ("transfusion",)
    assert found.overall.reasons == ()
    assert [step.reasons for step in found.steps] == [()]


def test_a_transfusion_said_not_to_be_given_supports_nothing() -> None:
    found = run("haemoglobin", "h100 haemoglobin 95 low=120; h102 rbc_transfusion no; h120 haemoglobin 120 low=120")
    assert [step.reasons for step in found.steps] == [(), ()]


def test_an_ordinary_value_carries_no_flag() -> None:
    for analyte, given in (("inr", "d3 inr 1"), ("alt", "d5 alt 140"), ("anc", "d5 anc 0.3 low=1.8")):
        found = run(analyte, given)
        assert found.overall.reasons == ()
        assert [step.reasons for step in found.steps] == [()]


def test_of_equal_worst_values_the_first_is_the_fact() -> None:
    for given, day in (("d3 inr 1", 3.0), ("d2 inr 1; d6 inr 1", 2.0), ("d2 inr 4; d6 inr 4", 2.0)):
        facts = {fact.id: fact.value for fact in run("inr", given).facts}
        assert facts["worst_value_day"] == day


def test_a_value_that_settles_the_grade_is_the_only_evidence() -> None:
    course = read_given("h120 inr status=not_recorded; h122 inr 4")
    overall = RULES["inr"].run(course).overall
    assert overall.text == "3"
    assert [course.record(uid).value for uid in overall.evidence] == [4.0]  # type: ignore[union-attr]


def test_evidence_of_a_range_is_the_value_of_its_lowest_and_the_first_of_its_highest_grade() -> None:
    """Without a baseline both may be grade 3; 1.4 is grade 1 at least."""
    course = read_given("h2 creatinine 0.6 high=1.2; d5 creatinine 1.4 high=1.2")
    overall = RULES["creatinine"].run(course).overall
    assert (overall.text, overall.settles) == ("1 to 3", ("baseline",))
    assert [course.record(uid).value for uid in overall.evidence] == [1.4, 0.6]  # type: ignore[union-attr]


def test_urate_without_its_limit_asks_for_the_limit_alone() -> None:
    overall = run("urate", "d5 urate 8.4").overall
    assert (overall.text, overall.settles) == ("0 to 1", ("reference_limits",))


def test_a_baseline_after_lymphodepletion_is_the_last_value_up_to_the_infusion() -> None:
    """A bare day 0 is before the infusion, five hours after it is not."""
    early = "d-5 drug fludarabine 30 mg/m2; d-1 alt 100 high=40; "
    for given, baseline in (("d0 alt 120 high=40", 120.0), ("h5 alt 120 high=40", 100.0)):
        found = run("alt", f"{early}{given}; d5 alt 150 high=40", baseline="lymphodepletion")
        assert {fact.id: fact.value for fact in found.facts}["baseline"] == baseline
        assert "baseline_during_lymphodepletion" in found.overall.reasons


@pytest.mark.parametrize(
    ("analyte", "given", "flags"),
    [
        ("alt", "d2 alt status=below lloq=10 high=40", ("beyond_limit_of_measurement",)),
        ("platelets", "h24 platelet_transfusion yes; h30 platelets 20 low=150", ("supported",)),
        ("anc", "d1 drug filgrastim 300 ug; d2 anc 0.4 low=1.8", ("growth_factor",)),
    ],
)
def test_a_value_has_its_own_flag_and_no_other(analyte: str, given: str, flags: tuple[str, ...]) -> None:
    steps = [step for step in run(analyte, given).steps if step.value != 0 or step.low is not None]
    assert steps[-1].reasons == flags
