"""CAR-HEMATOTOX: case table, the table of points by a second hand, missing markers tried out value by value."""

from __future__ import annotations

import dataclasses
import random
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options, run_case
from cartrace.assess.hematotox.rejeski2021 import RULE
from cartrace.assess.rule import allocate

# Values below, at and above every cut-off, in the units of the publication.
TRIED = {
    "platelets": ("10", "74.9", "75", "120", "175", "175.1", "300"),
    "anc": ("0", "1.199", "1.2", "1.201", "5"),
    "haemoglobin": ("6", "8.99", "9.0", "9.01", "14"),
    "crp": ("0.1", "2.99", "3.0", "3.01", "20"),
    "ferritin": ("10", "649", "650", "1000", "2000", "2001", "9000"),
}
UNITS = {"platelets": "10*9/L", "anc": "10*9/L", "haemoglobin": "g/dL", "crp": "mg/dL", "ferritin": "ng/mL"}


@pytest.mark.parametrize("case", cases("hematotox.rejeski2021"), ids=lambda case: case.case)
def test_case_table(case):
    assert run_case(RULE, case).wrong == ()


def points(marker, value):
    """The table, read once more."""
    steps = {
        "platelets": [value <= Decimal(175), value < Decimal(75)],
        "anc": [value < Decimal("1.2")],
        "haemoglobin": [value < Decimal(9)],
        "crp": [value > Decimal(3)],
        "ferritin": [value >= Decimal(650), value > Decimal(2000)],
    }
    return sum(steps[marker])


def course_of(values):
    items = ["d-5 drug fludarabine"]
    items += [f"d-6 {marker} {text} {UNITS[marker]}" for marker, text in values.items() if text is not None]
    return read_given("; ".join(items))


def test_complete_markers_score_as_the_table_says():
    rng = random.Random(1)
    for _ in range(300):
        values = {marker: rng.choice(texts) for marker, texts in TRIED.items()}
        overall = RULE.run(course_of(values)).overall
        score = sum(points(marker, Decimal(text)) for marker, text in values.items())
        assert (overall.low, overall.high) == (score, score)
        assert overall.words == f"{score} ({'high' if score >= 2 else 'low'})"


def test_a_missing_marker_leaves_exactly_the_scores_of_its_values():
    rng = random.Random(2)
    for _ in range(150):
        values = {marker: rng.choice((*texts, None)) for marker, texts in TRIED.items()}
        if not any(values.values()):
            continue
        overall = RULE.run(course_of(values)).overall
        open_markers = [marker for marker, text in values.items() if text is None]
        scores = [
            sum(
                points(marker, Decimal(text))
                for marker, text in {**values, **dict(zip(open_markers, choice, strict=True))}.items()
            )
            for choice in product(*(TRIED[marker] for marker in open_markers))
        ]
        assert (overall.low, overall.high) == (min(scores), max(scores))
        assert set(overall.settles) == set(open_markers)


def test_parts_add_up_to_the_score():
    rng = random.Random(3)
    for _ in range(100):
        values = {marker: rng.choice((*texts, None)) for marker, texts in TRIED.items()}
        found = RULE.run(course_of(values))
        if found.overall.low is not None:
            assert sum(part.low for _, part in found.parts) == found.overall.low
            assert sum(part.high for _, part in found.parts) == found.overall.high


def test_nothing_after_lymphodepletion_counts():
    course = course_of({marker: texts[-1] for marker, texts in TRIED.items()})
    more = "d-5 drug fludarabine; " + "; ".join(
        f"d-6 {m} {t[-1]} {UNITS[m]}; d-4 {m} {t[0]} {UNITS[m]}; d2 {m} {t[0]} {UNITS[m]}" for m, t in TRIED.items()
    )
    assert RULE.run(read_given(more)).overall.low == RULE.run(course).overall.low


@pytest.mark.parametrize(
    ("disease", "flagged"), [("", False), ("Large B-cell lymphoma", False), ("r/r LBCL", False), ("B-ALL", True)]
)
def test_another_disease_is_flagged_and_scored(disease, flagged):
    course = course_of({marker: texts[0] for marker, texts in TRIED.items()})
    course = dataclasses.replace(course, disease=dataclasses.replace(course.disease, name=disease))
    overall = RULE.run(course).overall
    assert ("other_disease" in overall.reasons) == flagged
    assert overall.state == "graded"


def test_evidence_and_facts_name_the_values():
    course = course_of({marker: texts[0] for marker, texts in TRIED.items()})
    found = RULE.run(course)
    assert [course.record(uid).code for uid in found.overall.evidence] == list(TRIED)
    values = {fact.id: (fact.value, fact.unit) for fact in found.facts}
    assert values["haemoglobin_value"] == (60.0, "g/L")
    assert values["crp_value"] == (1.0, "mg/L")
    assert found.overall.provisional


@pytest.mark.slow
def test_the_compiled_kernel_fills_the_same_arrays():
    compiled = compile_kernel(RULE.kernel)
    for case in cases("hematotox.rejeski2021"):
        events = RULE.events(read_given(case.given))
        option = RULE.settings(chosen_options(case.options))
        plain, fast = allocate(1), allocate(1)
        assert RULE.kernel(events, option, plain) == compiled(events, option, fast) == 1
        for one, other in zip(plain, fast, strict=True):
            np.testing.assert_array_equal(one, other)


def test_the_score_stands_at_the_beginning_of_treatment():
    given = "d-6 platelets 200; d-6 anc 2; d-6 haemoglobin 110; d-6 crp 10; d-6 ferritin 300"
    assert RULE.run(read_given(given)).overall.at == 0
    assert RULE.run(read_given(f"{given}; d-5 drug fludarabine")).overall.at == -5
    assert RULE.run(read_given(f"{given}; d-5 drug fludarabine"), {"baseline": "infusion"}).overall.at == 0


OTHERS = "d-6 anc 2; d-6 haemoglobin 110; d-6 crp 10; d-6 ferritin 300"
BEGUN = f"{OTHERS}; d-5 drug fludarabine"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (f"{BEGUN.replace('anc 2', 'anc 1.2')}; d-6 platelets 200", "at_cut_off"),
        (f"{BEGUN}; h-150 platelets 20; h-146 platelet_transfusion yes; h-144 platelets 200", "pre_transfusion"),
        (f"{BEGUN}; h-146 platelet_transfusion yes; h-144 platelets 200", "supported"),
        (f"{BEGUN}; d-6 platelets 200; disease B-ALL", "other_disease"),
        (f"{OTHERS}; d-6 platelets 200", "no_lymphodepletion"),
        ("d-5 drug fludarabine", "no_marker"),
    ],
)
def test_one_thing_to_remark_is_the_only_flag(given, reason):
    assert RULE.run(read_given(given)).overall.reasons == (reason,)
