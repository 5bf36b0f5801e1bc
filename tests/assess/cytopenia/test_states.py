"""What one value says about a bound, and what a day or a run of days says about a line."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.cytopenia import states
from cartrace.assess.cytopenia.definitions import RULES
from cartrace.assess.labs.bounds import NO, UNKNOWN, YES

BY_ID = {rule.id.removeprefix("cytopenia."): rule for rule in RULES}


@pytest.mark.parametrize(
    ("value", "status", "strict", "state"),
    [
        (49.9, 0, 1, YES),
        (50.0, 0, 1, NO),
        (50.0, 0, 0, YES),
        (50.1, 0, 0, NO),
        (50.0, 1, 1, YES),
        (60.0, 1, 1, UNKNOWN),
        (50.0, 2, 0, NO),
        (40.0, 2, 1, UNKNOWN),
        (np.nan, 4, 1, UNKNOWN),
        (np.nan, 1, 1, UNKNOWN),
    ],
)
def test_a_value_against_a_bound(value: float, status: int, strict: int, state: int) -> None:
    assert states.crosses(value, status, 50.0, strict) == state


@pytest.mark.parametrize(("counts", "days"), [((0.5, 0.5, 0.6, 0.5), 2), ((0.6,), 0), ((0.4, 0.5, 0.1), 3)])
def test_the_longest_run(counts: tuple[float, ...], days: int) -> None:
    assert states.run_below(np.array(counts), 0.5) == days


def test_the_worst_value_of_the_days_counts_and_is_named() -> None:
    course = read_given("d33 platelets 90; d40 platelets status=not_recorded; d50 platelets 10; d60 platelets 5")
    found = BY_ID["day30"].run(course)
    platelets = dict(found.parts)["platelets"]
    assert platelets.words == "present"
    assert [course.record(uid).moment.day for uid in platelets.evidence] == [50]


def test_an_unknown_value_settles_its_own_line_only() -> None:
    found = BY_ID["day30"].run(read_given("d33 platelets status=not_recorded; d33 anc 2; d33 haemoglobin 120"))
    assert found.overall.settles == ("platelets",)
    assert {name: part.text for name, part in found.parts} == {
        "anc": "absent",
        "platelets": "absent to present",
        "haemoglobin": "absent",
    }
    assert dict(found.parts)["platelets"].settles == ("platelets",)


def test_a_transfusion_without_an_answer_is_what_settles_haemoglobin() -> None:
    found = BY_ID["day30"].run(read_given("d33 platelets 200; d33 anc 2; d33 rbc_transfusion status=not_recorded"))
    assert found.overall.settles == dict(found.parts)["haemoglobin"].settles == ("transfusion",)


def test_of_one_day_a_transfusion_and_a_value_the_worse_counts() -> None:
    rule = BY_ID["label_day28"]
    given = "d28 anc 2; d28 platelets 200; d28 haemoglobin 120; d27 rbc_transfusion yes"
    assert rule.run(read_given(given)).overall.words == "absent"
    assert rule.run(read_given(given.replace("d27", "d28"))).overall.words == "present"


def test_what_is_settled_asks_for_nothing() -> None:
    overall = BY_ID["day30"].run(read_given("d33 platelets 10; d33 anc status=not_recorded")).overall
    assert (overall.words, overall.settles) == ("present", ())


def evidence_days(rule: str, given: str) -> list[int]:
    course = read_given(given)
    return [course.record(uid).moment.day for uid in BY_ID[rule].run(course).overall.evidence]


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("day30", "d33 anc 3; d33 platelets 200; d33 haemoglobin 120"),
        ("prolonged_neutropenia", "d25 anc 1"),
        ("profound_neutropenia", "d5 anc 0.1"),
        ("early", "d10 anc 0.1; d10 platelets 10; d10 haemoglobin 60"),
        ("protracted_severe_neutropenia", "d5-11 anc 0.5"),
    ],
)
def test_a_course_that_is_followed_to_the_end_without_support_has_no_flag(rule: str, given: str) -> None:
    assert BY_ID[rule].run(read_given(given)).overall.reasons == ()


def test_a_transfusion_is_enough_for_anaemia_and_one_not_recorded_leaves_it_open() -> None:
    given = BY_ID["anaemia"].run(read_given("d5 rbc_transfusion yes")).overall
    assert (given.words, given.reasons) == ("present", ("transfusion",))
    unknown = BY_ID["anaemia"].run(read_given("d5 rbc_transfusion status=not_recorded")).overall
    assert (unknown.text, unknown.settles) == ("absent to present", ("transfusion",))


def test_a_run_may_begin_on_the_day_of_the_infusion_and_end_with_the_last_count() -> None:
    rule = BY_ID["protracted_profound_neutropenia"]
    assert rule.run(read_given("d0-6 anc 0.1; d7-12 anc 3")).overall.words == "present"
    assert rule.run(read_given("d0-5 anc 0.1; d6-12 anc 3")).overall.words == "absent"
    assert rule.run(read_given("d0-4 anc 3; d5-11 anc 0.05")).overall.words == "present"
    assert rule.run(read_given("d0-4 anc 3; d5 anc 0.05; d13 anc 0.05")).overall.words == "present"


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("d0-10 anc 3", 0),
        ("d5-11 anc 0.1", 5),
        ("d0-4 anc 3; d5-8 anc 0.1; d9 anc 0.05; d10-14 anc 0.1; d15-20 anc 3", 9),
        ("d3 anc 0.2; d4-12 anc 2", 3),
    ],
)
def test_evidence_of_a_run_is_the_first_of_its_lowest_counts(given: str, day: int) -> None:
    assert evidence_days("protracted_profound_neutropenia", given) == [day]


def test_values_that_speak_against_are_evidence_while_nothing_speaks_for_it() -> None:
    assert evidence_days("day30", "d33 anc 3") == [33]
    course = read_given("d33 anc 3; d33 platelets 200; d33 haemoglobin 120")
    named = [course.record(uid).code for uid in BY_ID["day30"].run(course).overall.evidence]
    assert named == ["anc", "platelets", "haemoglobin"]


@pytest.mark.parametrize(
    ("rule", "given", "reason"),
    [
        ("early", "d5 anc 3; d5 platelets 200; d5 haemoglobin 120; d20 death other", "censored"),
        ("prolonged_neutropenia", "d5 anc 0.05; d20 death other", "window_never_began"),
        ("anaemia", "d5 rbc_transfusion yes", "transfusion"),
        ("prolonged_neutropenia", "d25 anc 1; d20-24 drug filgrastim", "growth_factor"),
        ("anaemia", "d5 anc 3", "no_value"),
    ],
)
def test_one_thing_to_remark_is_the_only_flag(rule: str, given: str, reason: str) -> None:
    assert BY_ID[rule].run(read_given(given)).overall.reasons == (reason,)
