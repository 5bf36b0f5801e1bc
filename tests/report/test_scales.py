"""Other editions beside the leading one: each has a row or its name in a line, and how it lies beside the first is said."""

from __future__ import annotations

import dataclasses

import pytest

from cartrace.assess import Grade
from cartrace.report import explain, scales
from cartrace.report.layout import Paragraph, Table, cells


def grade(low, high=None, rule="crs.astct2019@1", **fields):
    high = low if high is None else high
    return Grade(rule, "graded" if low == high else "range", low, high, **fields)


NONE = Grade("crs.astct2019@1", "not graded")


@pytest.mark.parametrize(
    ("other", "first", "said"),
    [
        (grade(1), grade(2), "lower"),
        (grade(2), grade(2), "the same"),
        (grade(3), grade(2), "higher"),
        (grade(1, 3), grade(2), "open: the ranges overlap"),
        (grade(1, 2), grade(2), "open: the ranges overlap"),
        (grade(1, 2), grade(3), "lower"),
        (grade(1, 2), grade(1, 2), "the same range"),
        (grade(3, 4), grade(1, 2), "higher"),
        (NONE, grade(1), ""),
        (grade(1), NONE, ""),
        (grade(1, words="CR"), grade(2, words="CR"), "the same"),
        (grade(1, words="CR"), grade(1, words="CRi"), ""),
        (grade(1, words="measured"), grade(1, words="measured"), ""),
    ],
)
def test_how_a_grade_lies_beside_another(other, first, said):
    assert scales.comparison(other, first) == said


OTHERS = ("crs.lee2014", "crs.penn2018")


def with_others(full, *overall):
    """The full course on the leading CRS scale, and on others with these grades of the course in place of their own."""
    found = {a.rule.split("@")[0]: a for a in full.assessments}
    kept = [a for rule, a in found.items() if not rule.startswith(("crs", "severe_crs"))]
    others = [
        dataclasses.replace(found[rule], overall=grade, title=f"Scale {n}")
        for n, (rule, grade) in enumerate(zip(OTHERS, overall, strict=False))
    ]
    return dataclasses.replace(full, assessments=(*kept, found["crs.astct2019"], *others))


def test_a_family_without_other_editions_has_no_table(full):
    assert scales.other_scales(with_others(full), "crs") == []


def test_scales_without_a_grade_share_one_line(full):
    contents = with_others(full, NONE, NONE)
    line = scales.other_scales(contents, "crs")[0]
    assert isinstance(line, Paragraph)
    assert "".join(piece.text for piece in line.pieces) == "No grade on other scales: Scale 0, Scale 1."


def test_the_leading_edition_is_not_among_the_others(full):
    contents = with_others(full, NONE)
    assert [a.rule for a in scales.leading(contents, "crs")] == ["crs.astct2019@1"]
    assert [a.title for a in scales.beside(contents, "crs")] == ["Scale 0"]


def test_a_run_without_the_leading_edition_shows_what_it_has(full):
    contents = with_others(full, NONE)
    alone = dataclasses.replace(
        contents, assessments=tuple(a for a in contents.assessments if "crs.astct" not in a.rule)
    )
    assert [a.title for a in scales.leading(alone, "crs")] == ["Scale 0"]
    assert scales.beside(alone, "crs") == ()


def test_every_assessment_is_owned_by_some_subject(contents):
    subjects = ("toxicity", "hyperinflammation", "blood", "laboratory", "response", "other")
    found = scales.of_subject(contents, *subjects)
    assert sorted(a.rule for a in found) == sorted(a.rule for a in contents.assessments)


def test_other_editions_on_the_shelf_stand_in_one_table(full):
    for family in ("crs", "icans", "response_ball", "cytopenia"):
        others = scales.beside(full, family)
        blocks = scales.other_scales(full, family)
        summary = tuple(block for block in blocks if not (isinstance(block, Table) and block.folded))
        shown = [cell.address for cell in cells(summary) if cell.address]
        assert sorted(shown) == sorted(a.rule.split("@")[0] for a in others)
        for table in (block for block in summary if isinstance(block, Table)):
            assert len(table.rows) == sum(a.overall.low is not None for a in others)


def test_where_the_scales_differ_each_has_its_grade_and_its_published_line(full):
    table = next(b for b in scales.other_scales(full, "crs") if isinstance(b, Table) and b.folded)
    assert table.head[:2] == ("When", "ASTCT 2019")
    assert len(table.rows) == len(full.differences)
    for row, difference in zip(table.rows, full.differences, strict=True):
        assert row[0].text == f"day {difference.day}"
        assert len({cell.text for cell in row[1:]} - {"–"}) > 1
        for cell, standing in zip((c for c in row[1:] if c.text != "–"), difference.standings, strict=True):
            assert (cell.text, cell.note) == (standing.grade.text, standing.line)
            assert cell.address.split("/")[0] == standing.rule.split("@")[0]
            assert explain(full, cell.address).said == cell.text
