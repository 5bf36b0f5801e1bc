"""The table as published: its numbers, its words, its shape; and what is no row of such a table."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from cartrace.assess.labs import inputs, table
from cartrace.assess.labs.table import OPERATORS, TIMES, Row, read
from cartrace.errors import UnknownUnit
from cartrace.vocabulary import terms

TERMS = {term.analyte: term for term in read("ctcae5.tsv")}
ROWS = [row for term in TERMS.values() for row in term.rows]


def test_the_terms() -> None:
    assert len(TERMS) == 22
    assert all(terms.analytes()[analyte].is_number for analyte in TERMS)
    assert "crp" not in TERMS


@pytest.mark.parametrize(
    ("analyte", "bound"),
    [
        ("haemoglobin", 80.0),
        ("cd4_cells", 500.0),
        ("triglycerides", 1.6935),
        ("triglycerides", 11.29),
        ("calcium", 1.996),
        ("fibrinogen", 50.0),
        ("albumin", 20.0),
        ("potassium", 7.0),
    ],
)
def test_bounds_in_canonical_units(analyte: str, bound: float) -> None:
    assert bound in {row.canonical_bound for row in TERMS[analyte].rows}


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.analyte)
def test_a_higher_grade_lies_further_out(term: table.Term) -> None:
    key = lambda row: (row.times, row.applies_when, row.option)  # noqa: E731
    for _, group in itertools.groupby(sorted(term.rows, key=key), key=key):
        by_grade = sorted(group, key=lambda row: row.grade)
        bounds = [row.canonical_bound for row in by_grade]
        if any(row.applies_when == "physiologic consequences" for row in by_grade):
            continue
        assert len(set(bounds)) == len(bounds)
        assert bounds == sorted(bounds, reverse=term.decreasing)


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.analyte)
def test_the_printed_range_begins_at_the_bound(term: table.Term) -> None:
    for row in term.rows:
        number = float(row.bound)
        if row.times in ("LLN", "ULN", "baseline") and number == 1.0:
            assert row.times in row.published_wording or "1.0" in row.published_wording
        elif row.operator == "<=":
            assert f"{100 - 100 * number:.0f}" in row.published_wording
        else:
            assert row.bound in row.published_wording.replace("%", "")


@pytest.mark.parametrize("term", TERMS.values(), ids=lambda term: term.analyte)
def test_the_next_grade_begins_where_the_printed_range_ends(term: table.Term) -> None:
    printed = {
        row.grade: row for row in term.rows if not row.option and not row.applies_when and row.times != "baseline"
    }
    for grade, row in printed.items():
        following = printed.get(grade + 1)
        if following is not None and " - " in row.published_wording:
            end = row.published_wording.split(" - ")[1].split(" ")[0]
            assert float(end) == float(following.bound)


@pytest.mark.parametrize(("operator", "decreasing", "strict"), [(o, *v) for o, v in OPERATORS.items()])
def test_operators(operator: str, decreasing: bool, strict: bool) -> None:
    assert decreasing == operator.startswith("<")
    assert strict == (len(operator) == 1)


def test_names_of_bounds() -> None:
    names = {row.threshold for row in ROWS}
    assert {"grade 2 < 1.5", "grade 1 >= 1.5 baseline", "grade 4 > 6.0 ULN", "grade 1 < 1 LLN"} <= names


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"operator": ">"}, ValueError),
        ({"operator": "=<"}, KeyError),
        ({"times": "ULN"}, ValueError),
        ({"applies_when": "mondays"}, ValueError),
        ({"bound": "-1"}, ValueError),
        ({"bound": "0"}, ValueError),
        ({"bound": "AVAL < 1.5"}, ValueError),
        ({"unit": "mg/dL"}, UnknownUnit),
    ],
)
def test_what_is_no_row_is_refused(change: dict[str, str], error: type[Exception]) -> None:
    first, second = TERMS["anc"].rows[0], TERMS["anc"].rows[1]
    assert table._term("anc", (first, second)).rows == (first, second)
    with pytest.raises(error):
        table._term("anc", (first, dataclasses.replace(second, **change)))


def test_clinical_rows_and_events_are_printed_but_not_compared() -> None:
    term = TERMS["haemoglobin"]
    assert [row.grade for row in term.rows] == [1, 2, 3]
    assert term.event_grade == 3
    assert "transfusion indicated" in term.published
    assert "life-threatening" in term.published
    assert TERMS["anc"].event_grade == 0


def test_arrays_hold_the_rows() -> None:
    term = TERMS["alt"]
    options = inputs.options_of(term)
    code, bound = table.arrays(term, options)
    assert len(code) == len(bound) == len(term.rows)
    edge = next(i for i, row in enumerate(term.rows) if row.operator == ">=")
    place = [option.name for option in options].index("lower_edge")
    baseline = TIMES["baseline"]
    assert code[edge].tolist() == [1, 0, baseline, table.APPLIES["baseline abnormal"], place, 0]
    assert bound[edge] == 1.5


def test_an_option_of_a_row_must_be_one_of_the_term() -> None:
    term = TERMS["alt"]
    with pytest.raises(StopIteration):
        table.arrays(term, ())
    row: Row = term.rows[0]
    assert table.place_of(row.option, ()) == (-1, 0)


def test_a_published_title_has_its_unit_once_and_only_where_a_bound_has_one() -> None:
    titles = {analyte: term.published.partition("\n")[0] for analyte, term in TERMS.items()}
    assert titles["anc"] == "Neutrophil count decreased, 10*9/L"
    assert titles["alt"] == "Alanine aminotransferase increased"
    named = dataclasses.replace(TERMS["anc"], title="Neutrophils [10*9/L] decreased")
    assert named.published.partition("\n")[0] == "Neutrophils [10*9/L] decreased"
