"""EASIX: case tables, the published formulas, random courses against a second computation over plain lists."""

from __future__ import annotations

import random

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, run_case
from cartrace.assess.easix.pennisi2021 import MODIFIED, RULES, SIMPLIFIED, STANDARD
from cartrace.assess.rule import allocate

ALL_CASES = [(rule, case) for rule in RULES for case in cases(rule.id)]
every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@pytest.mark.parametrize(("rule", "case"), ALL_CASES, ids=lambda x: x.id if hasattr(x, "id") else x.case)
def test_case_table(rule, case):
    assert run_case(rule, case).wrong == ()


def facts(rule, given):
    return {fact.id: fact.value for fact in rule.run(read_given(given)).facts}


# Inputs as printed (LDH, creatinine mg/dL, CRP mg/dL, platelets) with the three indices worked out by hand.
@pytest.mark.parametrize(
    ("ldh", "creatinine", "crp", "platelets", "easix", "m_easix", "s_easix"),
    [
        (250, 0.8, 1.0, 200, 1.0, 1.25, 1.25),
        (600, 1.2, 12.0, 30, 24.0, 240, 20),
        (300, 1.0, 0.3, 150, 2.0, 0.6, 2.0),
        (1000, 2.5, 25, 10, 250, 2500, 100),
        (180, 0.5, 0.5, 300, 0.3, 0.3, 0.6),
    ],
)
def test_formulas(ldh, creatinine, crp, platelets, easix, m_easix, s_easix):
    given = f"d1 ldh {ldh}; d1 creatinine {creatinine}; d1 crp {crp} mg/dL; d1 platelets {platelets}"
    for rule, index in ((STANDARD, easix), (MODIFIED, m_easix), (SIMPLIFIED, s_easix)):
        found = facts(rule, given)
        assert found["peak"] == pytest.approx(index, rel=1e-12)
        assert 2 ** found["log2_peak"] == pytest.approx(index, rel=1e-12)


def test_a_unit_slip_of_crp_would_be_tenfold():
    in_mg_per_l = "d1 ldh 250; d1 platelets 100; d1 crp 40"
    assert facts(MODIFIED, in_mg_per_l)["peak"] == pytest.approx(10)
    assert facts(MODIFIED, in_mg_per_l + " mg/dL")["peak"] == pytest.approx(100)


def random_course(rng):
    """Daily values of four inputs, some missing; none falls on a day next to another without its own."""
    days = sorted(rng.sample(range(-14, 40, 3), rng.randrange(1, 8)))
    table = {}
    for day in days:
        table[day] = {
            "ldh": rng.choice((None, rng.randrange(100, 3000))),
            "platelets": rng.choice((None, 0.5, rng.randrange(1, 400), rng.randrange(1, 400))),
            "creatinine": rng.choice((None, rng.randrange(3, 40) / 10)),
            "crp": rng.choice((None, rng.randrange(1, 400))),
        }
    text = "; ".join(
        f"d{day} {name} {value}" for day, row in table.items() for name, value in row.items() if value is not None
    )
    return table, text


def index_of(rule, row):
    third = {"easix.standard": "creatinine", "easix.modified": "crp"}.get(rule.id)
    needed = ["ldh", "platelets"] + ([third] if third else [])
    if any(row[name] is None for name in needed):
        return None
    factor = {"creatinine": row["creatinine"], "crp": (row["crp"] or 0) / 10, None: 1}[third]
    return row["ldh"] * factor / max(row["platelets"], 1)


@every_rule
def test_random_courses_against_a_second_computation(rule):
    folds = 0
    for seed in range(300):
        table, text = random_course(random.Random(seed))
        found = rule.run(read_given(text))
        indices = {day: index_of(rule, row) for day, row in table.items() if row["ldh"] is not None}
        assert [(step.at, step.state == "graded") for step in found.steps] == [
            (day, index is not None) for day, index in indices.items()
        ]
        before = [index for day, index in indices.items() if day <= 0 and index is not None]
        after = [index for day, index in indices.items() if day > 0 and index is not None]
        values = {fact.id: fact.value for fact in found.facts}
        assert values["baseline"] == (pytest.approx(before[-1]) if before else None), seed
        assert values["peak"] == (pytest.approx(max(after)) if after else None), seed
        assert found.overall.state == ("graded" if after else "not graded")
        if before and after:
            assert values["fold"] == pytest.approx(max(after) / before[-1])
            folds += 1
    assert folds > 20


@every_rule
def test_more_ldh_and_fewer_platelets_raise_the_index(rule):
    rest = "; d3 creatinine 1; d3 crp 50"
    by_ldh = [facts(rule, f"d3 ldh {ldh}; d3 platelets 50{rest}")["peak"] for ldh in (100, 250, 900, 4000)]
    by_platelets = [facts(rule, f"d3 ldh 300; d3 platelets {n}{rest}")["peak"] for n in (300, 100, 20, 5, 1)]
    assert by_ldh == sorted(set(by_ldh))
    assert by_platelets == sorted(set(by_platelets))


def test_the_number_of_a_day_stands_in_its_step():
    found = SIMPLIFIED.run(read_given("d-2 ldh 200; d-2 platelets 150; d3 ldh 600; d3 platelets 30; d6 ldh 300"))
    assert [step.text for step in found.steps] == ["1.333", "20", "not graded"]
    assert found.overall.text == "measured"


def test_evidence_is_what_the_peak_was_made_of():
    course = read_given("d2 ldh 200; d2 platelets 100; d2 crp 10; d5 ldh 900; d5 platelets 20; d5 crp 200")
    found = MODIFIED.run(course)
    assert sorted(course.record(uid).value for uid in found.overall.evidence) == [20, 200, 900]
    peak = next(fact for fact in found.facts if fact.id == "peak")
    assert peak.used == found.overall.evidence


def test_each_index_asks_for_its_own_inputs():
    assert [channel.name for channel in STANDARD.channels][-1] == "creatinine"
    assert [channel.name for channel in MODIFIED.channels][-1] == "crp"
    assert len(SIMPLIFIED.channels) == 3


@pytest.mark.slow
@every_rule
def test_the_compiled_kernel_fills_the_same_arrays(rule):
    compiled = compile_kernel(rule.kernel)
    courses = [read_given(case.given) for case in cases(rule.id)]
    courses += [read_given(random_course(random.Random(seed))[1]) for seed in range(200)]
    for course in courses:
        events, option = rule.events(course), rule.settings()
        fast, plain = allocate(rule.rows(len(events.time))), rule.calculate(events, option)
        count = compiled(events, option, fast)
        assert count == len(plain.at)
        for one, other in zip(fast, plain, strict=True):
            np.testing.assert_allclose(one[:count], other, rtol=1e-14)


def test_two_values_of_ldh_on_one_day_make_one_index():
    found = SIMPLIFIED.run(read_given("h121 ldh 300; h125 platelets 30; h130 ldh 600; h135 platelets 60"))
    assert [(step.text, round(step.at * 24)) for step in found.steps] == [("20", 130)]


def test_of_two_equal_peaks_the_first_counts():
    equal = "d{0} ldh 600; d{0} platelets 30"
    assert facts(SIMPLIFIED, "; ".join(equal.format(day) for day in (4, 9)))["peak_day"] == 4


def test_why_no_index_could_be_had():
    days = "d2 ldh 4000 status=above; d2 platelets 30; d5 ldh 600"
    found = SIMPLIFIED.run(read_given(days))
    assert set(found.overall.reasons) == {"never_measured", "beyond_limit", "input_missing"}
    assert set(found.overall.settles) == {"ldh", "platelets"}
    assert [(step.settles, step.reasons) for step in found.steps] == [
        (("ldh",), ("beyond_limit",)),
        (("platelets",), ("input_missing",)),
    ]


def test_flags_of_the_peak_are_those_of_its_day_alone():
    given = "d2 ldh 100; d2 platelets 0.5; d2 crp status=below lloq=1; d5 ldh 900; d5 platelets 2; d5 crp 100"
    found = MODIFIED.run(read_given(given))
    assert found.overall.reasons == ()
    assert found.steps[0].reasons == ("platelets_taken_as_1", "crp_half_limit")


def test_the_input_that_is_missing_is_asked_for_and_nothing_else():
    for given, settles, reasons in (
        ("d5 ldh 600", ("platelets",), {"never_measured", "input_missing"}),
        # An hour after the infusion is after it.
        ("h1 ldh 600", ("platelets",), {"never_measured", "input_missing"}),
        # Nothing after the infusion: LDH comes first.
        ("d-3 ldh 600", ("ldh",), {"never_measured"}),
        ("d-3 ldh 600; d-3 platelets 30", ("ldh",), {"never_measured"}),
    ):
        overall = SIMPLIFIED.run(read_given(given)).overall
        assert (overall.settles, set(overall.reasons)) == (settles, reasons), given


def test_an_index_that_could_be_had_carries_no_flag():
    overall = SIMPLIFIED.run(read_given("d5 ldh 600; d5 platelets 30")).overall
    assert (overall.settles, overall.reasons) == ((), ())


def test_the_binary_logarithm_of_the_baseline():
    found = facts(SIMPLIFIED, "d-3 ldh 600; d-3 platelets 30")
    assert found["log2_baseline"] == pytest.approx(np.log2(20))
    assert found["log2_peak"] is None


def test_only_the_peak_and_its_day_name_records():
    found = SIMPLIFIED.run(read_given("d-3 ldh 600; d-3 platelets 30; d5 ldh 900; d5 platelets 20"))
    assert {fact.id for fact in found.facts if fact.used} == {"peak", "peak_day"}


def test_the_highest_of_a_day_counts_in_whatever_order_it_was_measured():
    falling = "h121 ldh 600; h130 ldh 300; h121 platelets 30; h130 platelets 60"
    assert facts(SIMPLIFIED, falling)["peak"] == 20
    for first, second in ((10, 120), (120, 10)):
        given = f"h121 ldh 600; h121 platelets 30; h121 crp {first}; h130 crp {second}"
        assert facts(MODIFIED, given)["peak"] == pytest.approx(240)


def test_of_equal_values_of_a_day_the_earlier_gives_the_time():
    (step,) = SIMPLIFIED.run(read_given("h121 ldh 600; h130 ldh 600; h121 platelets 30")).steps
    assert round(24 * step.at) == 121


def test_an_index_holds_until_the_next_one_and_the_last_without_end():
    days = "; ".join(f"d{day} ldh 600; d{day} platelets 30" for day in (2, 5, 9))
    assert [(step.at, step.until) for step in SIMPLIFIED.run(read_given(days)).steps] == [(2, 5), (5, 9), (9, None)]
