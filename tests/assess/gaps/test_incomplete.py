"""Drug records that lack what the ledger needs."""

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.gaps.incomplete import incomplete
from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown

CLOCK = Clock(start_minute=0)


def checks(course):
    return [query.check.removeprefix("drug.") for query in incomplete(course)]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("h2 drug tocilizumab 560 mg", []),
        ("h2 drug tocilizumab 8 mg/kg", ["weight_not_recorded"]),
        ("d0 weight 70; h2 drug tocilizumab 8 mg/kg", []),
        ("h2 drug tocilizumab", ["dose_not_recorded"]),
        ("h2-8 drug norepinephrine 0.1 ug/kg/min", []),
        ("h2-? drug norepinephrine 0.1 ug/kg/min", ["end_not_recorded"]),
        ("h2-8 drug norepinephrine 5 ug/min", ["weight_not_recorded"]),
        ("h2-8 drug norepinephrine", ["dose_not_recorded"]),
        ("d0 weight 70; h2-8 drug norepinephrine 5 ug/min", []),
        ("d1 weight 70; h2-8 drug norepinephrine 5 ug/min", ["weight_not_recorded"]),
        ("d1 weight 70; h26-30 drug norepinephrine 5 ug/min", []),
        ("h2-30 drug dexamethasone 10 mg", ["frequency_not_recorded"]),
        ("h2 drug filgrastim", []),
        ("h2 drug red_cells", []),
        ("h2-? drug antifungal", []),
        ("h2-? drug paracetamol 1 g", []),
    ],
)
def test_what_is_asked_about(given, found):
    assert checks(read_given(given)) == found


def test_an_undated_drug_is_a_weighty_question():
    builder = CourseBuilder("one", clock=CLOCK)
    builder.drug("dexamethasone", start=unknown(), dose=10, dose_unit="mg")
    builder.drug("norepinephrine", start=unknown())
    found = incomplete(builder.course())
    assert [(query.check, query.severity, query.at) for query in found] == [
        ("drug.start_not_recorded", "high", None)
    ] * 2
    assert found[0].what == "Dexamethasone: a record without a known start is left out"
