"""Data quality: every finding in its four parts, and what the record says is missing."""

from __future__ import annotations

from cartrace.course import Course, CourseBuilder
from cartrace.report import ReportContents, glance, quality
from cartrace.report.layout import Listing, Paragraph, Table


def test_every_finding_is_shown_whole(full):
    table = next(b for b in quality.section(full).blocks if isinstance(b, Table))
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["warning", "labs.csv, row 4, column CRP", "mg", "mg/L or mg/dL", "write the unit"],
        ["info", "labs.csv", "no time of day", "", ""],
    ]


def test_what_is_not_recorded_and_notes_are_listed(full):
    lists = [[cell.text for cell in b.items] for b in quality.section(full).blocks if isinstance(b, Listing)]
    assert lists == [["Ferritin"], ["weight taken at apheresis"]]


def test_no_finding_is_said(silent):
    first = quality.section(silent).blocks[0]
    assert isinstance(first, Paragraph)
    assert first.pieces[0].text.startswith("No finding")


def queries(contents):
    return next((b for b in quality.section(contents).blocks if isinstance(b, Table) and "chart" in b.caption), None)


def test_every_question_to_the_chart_is_there_with_why_and_where(graded):
    build = CourseBuilder("one")
    build.infusion(moment=build.clock.from_study_day(0))
    for hour in (6, 12):
        build.observe("heart_rate", 720.0 if hour == 12 else 72.0, moment=build.clock.from_elapsed_hours(hour))
    contents = graded(build.course())
    table = queries(contents)
    assert table is not None
    assert len(table.rows) == len(contents.queries)
    slip = next(row for row in table.rows if row[0].note == "value.implausible")
    assert slip[0].text == "high"
    assert slip[1].text == "day 0"
    assert slip[2].text.startswith("Heart rate 720")
    assert all(row[-1].text and row[-2].text for row in table.rows)
    said = "".join(piece.text for piece in glance.section(contents).blocks[-1].pieces)
    assert ("one question" if len(contents.queries) == 1 else f"{len(contents.queries)} questions") in said


def test_a_long_list_of_questions_is_folded(silent):
    table = queries(silent)
    assert table is not None
    assert table.folded is (len(table.rows) > quality.FOLD_ABOVE)


def test_a_plain_table_is_asked_nothing():
    assert queries(ReportContents(Course("none"))) is None
