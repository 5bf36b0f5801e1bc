"""Facts of early ICAHT: lower bounds, upper bounds, recovery by its own operator, order of evidence."""

import random

from cartrace.assess.case_notation import read_given
from cartrace.assess.icaht.early_rejeski2023 import RULE


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
