"""At a glance: headlines with evidence; what cannot be graded in one line; nothing is dropped."""

from __future__ import annotations

import dataclasses

from cartrace.assess import Grade
from cartrace.assess.families import family_of, leads
from cartrace.report import glance
from cartrace.report.layout import Cards, Paragraph, cells


def test_headline_cards_of_a_full_course(full):
    cards = {card.title: card for card in glance.cards(full)}
    crs = dict(cards["CRS, ASTCT 2019"].results)
    assert crs["computed"].text == "2"
    assert crs["computed"].address == "crs.astct2019"
    assert crs["investigators (maximum, ASTCT 2019)"].text == "2"
    assert any("Onset day 1" in line for line in cards["CRS, ASTCT 2019"].lines)
    assert any("rovisional" in line for line in cards["CRS, ASTCT 2019"].lines)
    kinetics = cards["CAR copies per µg DNA, blood, qPCR"]
    assert dict(kinetics.results)["Cmax"].address == "kinetics/car_copies_per_ug/cmax"
    assert dict(cards["Blood counts, CTCAE 5"].results)["Neutrophils"].text == "4"


def test_a_grade_by_investigators_stands_where_none_can_be_computed(silent):
    (card,) = glance.cards(silent)
    assert [(name, cell.text) for name, cell in card.results] == [
        ("computed", "not graded"),
        ("investigators (maximum)", "1"),
    ]
    assert card.lines == ("No body temperature is recorded since the first infusion.",)


def test_the_leading_edition_of_every_family_is_on_the_first_screen_and_no_other(contents):
    section = glance.section(contents)
    linked = {cell.address.split("/")[0] for cell in cells(section.blocks)}
    rules = {a.rule.split("@")[0] for a in contents.assessments}
    first = {rule for rule in rules if leads(rule) and not family_of(rule).by_term}
    assert first <= linked
    assert not {rule for rule in rules - first if not family_of(rule).by_term} & linked


def test_what_cannot_be_graded_is_one_line(silent):
    lines = ["".join(c.text for c in b.pieces) for b in glance.section(silent).blocks if isinstance(b, Paragraph)]
    assert sum("does not allow a grade for" in line for line in lines) == 1
    assert any("2 things known to be missing" in line for line in lines)


def test_a_course_without_results_has_no_cards():
    from cartrace.course import Course
    from cartrace.report import ReportContents

    assert not [b for b in glance.section(ReportContents(Course("none"))).blocks if isinstance(b, Cards)]


def test_findings_are_counted(full, silent):
    assert glance.section(full).blocks[-1].pieces[1].text == "2 findings, 1 to look at"
    assert glance.section(silent).blocks[-1].pieces[1].text == "no finding"


def test_short_parts_become_a_sentence():
    assert glance.sentence(["onset day 2", "duration 4 days"]) == "Onset day 2; duration 4 days."


def test_an_index_without_grades_shows_its_values(full):
    from cartrace.course import Quantity

    found = next(a for a in full.assessments if a.rule.startswith("easix.standard"))
    facts = (Quantity("baseline", "b", 6.557, "", "easix"), Quantity("peak", "p", 197.4, "", "easix"))
    made = dataclasses.replace(found, overall=Grade(found.rule, "graded", 1, 1, words="measured"), facts=facts)
    others = tuple(a for a in full.assessments if a is not found)
    cards = {card.title: card for card in glance.cards(dataclasses.replace(full, assessments=(*others, made)))}
    assert [(name, cell.text, cell.address) for name, cell in cards[found.title].results] == [
        ("baseline", "6.56", "easix.standard/baseline"),
        ("peak", "197", "easix.standard/peak"),
    ]


def test_what_does_not_apply_is_said_apart_from_what_cannot_be_graded(full):
    lines = [block for block in glance.section(full).blocks if isinstance(block, Paragraph)]
    (apart,) = (line for line in lines if line.pieces[0].text.startswith("Not applicable"))
    assert "response.lugano2014" in {cell.address for cell in apart.pieces}
    others = {cell.address for line in lines if line is not apart for cell in line.pieces}
    assert "response.lugano2014" not in others
