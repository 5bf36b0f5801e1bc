"""Facts of T-ICAHT: values, reasons, bounds, the counts behind them."""

from __future__ import annotations

import numpy as np

from cartrace.assess.case_notation import read_given
from cartrace.assess.icaht import ticaht_facts
from cartrace.assess.icaht.runs import CUMULATIVE, CUMULATIVE_JOINED, LONGEST_RUN
from cartrace.assess.icaht.ticaht_early2025 import RULE as EARLY
from cartrace.assess.icaht.ticaht_late2025 import RULE as LATE


def facts(rule, given, **options):
    return {fact.id: fact for fact in rule.run(read_given(given), options).facts}


def test_days_below_a_limit():
    counts = np.array([60.0, 19.9, 20.0, 60.0, 10.0])
    below = [ticaht_facts.days_below(counts, 20.0, counting, 2) for counting in (CUMULATIVE, LONGEST_RUN)]
    assert below == [2, 4]
    assert ticaht_facts.days_below(counts, 20.0, CUMULATIVE_JOINED, 1) == 2


def test_days_that_unknown_days_could_raise_are_lower_bounds():
    found = facts(EARLY, "d0-8 platelets 45; d23-30 platelets 150")
    assert (found["days_below_50"].value, found["days_below_50"].censored) == (9, True)
    settled = facts(EARLY, "d0-30 platelets 150; d3 platelets 45")
    assert (settled["days_below_50"].value, settled["days_below_50"].censored) == (1, False)


def test_the_nadir_names_its_count():
    course = read_given("d0-30 platelets 150; d7 platelets 12; d9 platelets 12")
    nadir = next(fact for fact in EARLY.run(course).facts if fact.id == "nadir")
    assert [course.record(uid).moment.day for uid in nadir.used] == [7]
    assert nadir.flags == ()


def test_a_nadir_below_its_limit_is_an_upper_bound():
    nadir = facts(EARLY, "d0-30 platelets 150; d7 platelets status=below lloq=10")["nadir"]
    assert nadir.flags == ("upper_bound",)


def test_reasons_when_there_is_nothing():
    found = facts(EARLY, "d-3 platelets 20")
    assert found["nadir"].reason == found["days_below_20"].reason == "no platelet count in the window"
    assert facts(EARLY, "d0-30 platelets 150")["recovery_day"].reason == "no count below 20 x10*9/L"
    assert facts(EARLY, "d0-30 platelets 10")["recovery_day"].reason == "no 3 counts prove recovery"


def test_the_late_rule_has_a_third_limit_and_no_recovery():
    assert "days_below_100" not in facts(EARLY, "d5 platelets 90")
    late = facts(LATE, "d40 platelets 90")
    assert late["days_below_100"].value == 1
    assert "recovery_day" not in late
