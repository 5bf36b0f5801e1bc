"""Facts of early ICAHT: lower bounds, upper bounds, recovery by its own operator, order of evidence."""

import random

from cartrace.assess.case_notation import read_given
from cartrace.assess.icaht.early_rejeski2023 import RULE
from cartrace.assess.icaht.ticaht_early2025 import RULE as PLATELETS


def facts(text, **options):
    return {fact.id: fact for fact in RULE.run(read_given(text), options).facts}


def test_a_duration_that_unknown_days_could_lengthen_is_a_lower_bound():
    open_gap = facts("d0-5 anc 1.5; d6 anc 0.3; d15 anc 0.3; d16-30 anc 1.5")
    assert (open_gap["longest_500"].value, open_gap["longest_500"].censored) == (1, True)
    assert (open_gap["total_100"].value, open_gap["total_100"].censored) == (0, True)
    closed = facts("d0-5 anc 1.5; d6 anc 0.3; d7-30 anc 1.5")
    assert not any(fact.censored for fact in closed.values())


def test_a_nadir_below_a_limit_is_an_upper_bound():
    bounded = facts("d0-30 anc 1.5; d9 anc status=below lloq=0.1")
    assert (bounded["nadir"].value, bounded["nadir_day"].value, bounded["nadir"].flags) == (0.1, 9, ("upper_bound",))
    assert facts("d0-30 anc 1.5; d9 anc 0.1")["nadir"].flags == ()


def test_facts_name_their_own_counts():
    course = read_given("d0-30 anc 1.5; d5-9 anc 0.4; d7 anc 0.2; d8 platelets 10")
    by_id = {fact.id: fact for fact in RULE.run(course).facts}
    days = {name: [course.record(uid).moment.day for uid in by_id[name].used] for name in ("nadir", "recovery_day")}
    assert days == {"nadir": [7], "recovery_day": [10, 11, 12]}
    imputed = read_given("d0-30 anc 1.5; d5 anc status=not_done; d5 wbc 0.3")
    (nadir,) = (fact for fact in RULE.run(imputed).facts if fact.id == "nadir")
    assert [imputed.record(uid).code for uid in nadir.used] == ["wbc"]


def test_reasons_where_there_is_no_value():
    assert facts("d0-30 anc 1.5")["recovery_day"].reason == "no count below 500/uL"
    assert facts("d0-30 anc 0.2")["recovery_day"].reason == "not recovered by the last count"
    assert facts("d3 platelets 9")["nadir"].reason == facts("d3 platelets 9")["days_measured"].reason


def test_recovery_on_random_series():
    """Every three successive days looked at, instead of counting along."""
    rng = random.Random(3)
    for _ in range(300):
        days = sorted(rng.sample(range(45), rng.randrange(1, 30)))
        counts = {day: rng.choice((0.2, 0.499, 0.5, 0.501, 0.9, 0.9, 0.9)) for day in days}
        text = "; ".join(f"d{day} anc {value}" for day, value in counts.items())
        low = [day for day in days if counts[day] < 0.5]
        after = [day for day in days if low and day > low[0]]
        threes = [trio for trio in zip(after, after[1:], after[2:], strict=False) if min(map(counts.get, trio)) >= 0.5]
        assert facts(text)["recovery_day"].value == (threes[0][0] if threes else None)


def evidence_days(rule, text):
    course = read_given(text)
    return [course.record(uid).moment.day for uid in rule.run(course).overall.evidence]


def test_the_nadir_is_the_first_of_equal_counts_and_may_be_the_only_one():
    assert facts("d0-30 anc 0.8")["nadir_day"].value == 0
    alone = facts("d7 anc 0.3")
    assert (alone["nadir"].value, alone["nadir_day"].value) == (0.3, 7)


def test_a_nadir_below_a_limit_nobody_wrote_has_no_value():
    nadir = facts("d3-9 anc status=below")["nadir"]
    assert (nadir.value, nadir.flags) == (None, ())


def test_evidence_of_a_run_is_its_counts_and_its_neighbours_and_nothing_further_away():
    assert set(evidence_days(RULE, "d0-4 anc 3; d5-9 anc 0.3")) == {4, 5, 6, 7, 8, 9}
    assert set(evidence_days(RULE, "d0-21 anc 1.5; d22 anc 0.3")) == {21, 22}
    assert set(evidence_days(RULE, "d0-4 anc 3; d5-7 anc 0.3; d8-30 anc 3")) == {4, 5, 6, 7, 8}


def test_evidence_of_a_run_at_the_end_of_the_record_is_no_drug():
    course = read_given("d6 anc 0.3; d-2 drug filgrastim")
    (uid,) = RULE.run(course).overall.evidence
    assert course.record(uid).code == "anc"


def test_days_before_the_first_count_name_that_count_alone():
    assert evidence_days(RULE, "d29-30 anc 1.5") == [29]


def test_of_a_long_stretch_both_ends_are_named_with_silent_days_in_between():
    course = "d5 platelets 45; d14 platelets 45"
    assert {5, 14} <= set(evidence_days(PLATELETS, course))
    assert {7, 23} <= set(evidence_days(PLATELETS, "d7-23 platelets 45"))


def test_a_stretch_without_counts_names_the_counts_around_it():
    assert set(evidence_days(PLATELETS, "d5-14 platelets 50")) == {5, 14}
