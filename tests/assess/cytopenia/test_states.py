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


def test_of_one_day_a_transfusion_and_a_value_the_worse_counts() -> None:
    rule = BY_ID["label_day28"]
    given = "d28 anc 2; d28 platelets 200; d28 haemoglobin 120; d27 rbc_transfusion yes"
    assert rule.run(read_given(given)).overall.words == "absent"
    assert rule.run(read_given(given.replace("d27", "d28"))).overall.words == "present"


def test_what_is_settled_asks_for_nothing() -> None:
    overall = BY_ID["day30"].run(read_given("d33 platelets 10; d33 anc status=not_recorded")).overall
    assert (overall.words, overall.settles) == ("present", ())
