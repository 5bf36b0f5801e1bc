"""Endpoints in the report: each has its result with evidence or its name in a line; the choices stand in the methods."""

from __future__ import annotations

from cartrace.course import Course, CourseBuilder
from cartrace.course.record import Outcome
from cartrace.report import ReportContents, endpoints, explain
from cartrace.report.layout import Heading, Paragraph, Table, cells


def followed(days: int):
    build = CourseBuilder("followed")
    build.infusion(moment=build.clock.from_study_day(0))
    build.observe("last_follow_up", "yes", moment=build.clock.from_study_day(days))
    return ReportContents(build.course(outcome=Outcome("Alive.", last_day=days)))


def test_overall_survival_is_censored_at_the_last_day_known_alive():
    contents = followed(180)
    (table,) = [block for block in endpoints.blocks(contents) if isinstance(block, Table)]
    row = next(row for row in table.rows if row[0].text == "Overall survival")
    assert (row[1].text, row[1].address) == ("censored after 180 d", "endpoints/os")
    assert explain(contents, "endpoints/os").value == 180


def test_every_endpoint_is_in_the_table_or_in_a_line(contents):
    blocks = endpoints.blocks(contents)
    shown = {cell.address for cell in cells(tuple(blocks)) if cell.address}
    assert shown == {f"endpoints/{one.id}" for one in contents.endpoints.endpoints}


def test_not_determined_and_not_in_set_are_different_lines():
    lines = ["".join(p.text for p in b.pieces) for b in endpoints.blocks(followed(30)) if isinstance(b, Paragraph)]
    assert lines
    assert all(line.startswith(("Not in set: ", "Not determined: ")) for line in lines)
    assert len(lines) == len({line.partition(":")[0] for line in lines})


def test_choices_stand_in_the_methods_under_the_anchor_of_the_drawers():
    heading, table = endpoints.choices(followed(30))
    assert isinstance(heading, Heading)
    assert heading.id == "method-endpoints"
    assert isinstance(table, Table)
    assert {row[0].text: row[1].text for row in table.rows}["landmark day"] == "28"


def test_a_table_of_values_has_no_endpoints():
    assert endpoints.blocks(ReportContents(Course("none"))) == []
    assert endpoints.choices(ReportContents(Course("none"))) == []
