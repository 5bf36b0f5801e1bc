"""Infections in the report: those that count, the density with its interval, and what is said when nothing is recorded."""

from __future__ import annotations

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.report import ReportContents, addresses, explain, infections
from cartrace.report.layout import Heading, Paragraph, Table

ONE = "d9 infection bacterial site=blood; d20 infection viral site=lung; d100 last_follow_up yes"


def tables(given: str) -> dict[str, Table]:
    found = infections.section(ReportContents(read_given(given)))
    assert found is not None
    return {block.caption: block for block in found.blocks if isinstance(block, Table)}


def test_each_infection_and_the_density_of_each_window():
    shown = tables(ONE)
    assert [row[0].text for row in shown["Infections that count"].rows] == ["bacterial", "viral"]
    rows = shown["Infection density"].rows
    assert [(row[0].text, row[1].address) for row in rows] == [
        ("day 0 to 28", "infections/d0-28"),
        ("day 29 to 90", "infections/d29-90"),
    ]
    # Exact Poisson limits of 2 and of 0 events (Garwood): 0.242 to 7.22 and 0 to 3.69, over 29 and 62 days.
    assert [row[1].text for row in rows] == ["6.9 per 100 days (0.835 to 24.9)", "0 per 100 days (0 to 5.95)"]
    assert [row[2].text for row in rows] == ["2 in 29 days", "0 in 62 days"]


def test_the_same_infection_again_within_two_weeks_is_one():
    shown = tables("d9 infection bacterial site=blood; d23 infection bacterial site=blood; d40 infection none")
    assert len(shown["Infections that count"].rows) == 1


@pytest.mark.parametrize("given", ["d9 anc 1", "d9 infection status=not_recorded; d100 last_follow_up yes"])
def test_without_a_word_about_infections_there_is_no_density(given):
    found = infections.section(ReportContents(read_given(given)))
    assert found is not None
    (line,) = found.blocks
    assert isinstance(line, Paragraph)
    assert line.pieces[0].text == "No infection density: infections are not recorded."


def test_one_window_may_lack_what_the_other_has():
    shown = tables("d9 infection bacterial site=blood; d28 anc 1")
    assert [row[1].text for row in shown["Infection density"].rows][1] == "the end of follow-up is not recorded"


def test_explained_down_to_the_entries():
    contents = ReportContents(read_given(ONE))
    assert {"infections/d0-28", "infections/d29-90"} <= set(addresses(contents))
    why = explain(contents, "infections/d0-28")
    assert why.value == pytest.approx(200 / 29)
    assert [row.value for row in why.evidence] == ["bacterial", "viral"]
    assert why.source_keys == ("hill2018infections", "cartrace")


def test_choices_stand_in_the_methods_under_the_anchor_of_the_drawers():
    heading, table = infections.choices(ReportContents(read_given(ONE)))
    assert isinstance(heading, Heading)
    assert heading.id == "method-infections"
    assert isinstance(table, Table)
    assert {row[0].text: row[1].text for row in table.rows} == {"include day0": "yes", "merge days": "14 d"}
