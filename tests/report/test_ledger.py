"""The treatment ledger in the report: what was given with its numbers, what was not in a line for each cause, factors once."""

from __future__ import annotations

from cartrace.course import Course, CourseBuilder
from cartrace.report import ReportContents, explain, ledger, treatment
from cartrace.report.layout import Paragraph, Table, cells


def given(complete=frozenset({"drugs"})):
    """Dexamethasone 10 mg once, tocilizumab twice at 8 mg/kg, 20 hours apart."""
    from cartrace.course.record import Patient

    build = CourseBuilder("given")
    hour = build.clock.from_elapsed_hours
    build.infusion(moment=build.clock.from_study_day(0))
    for at in (48, 68):
        build.drug("tocilizumab", start=hour(at), dose=8, dose_unit="mg/kg", route="i.v.")
    build.drug("methylprednisolone", start=hour(72), dose=40, dose_unit="mg", route="i.v.")
    return ReportContents(build.course(patient=Patient(weight_kg=50.0), complete=complete))


def tables(contents):
    return {block.caption: block for block in ledger.blocks(contents) if isinstance(block, Table)}


def lines(contents):
    return ["".join(p.text for p in b.pieces) for b in ledger.blocks(contents) if isinstance(b, Paragraph)]


def test_doses_are_counted_and_added_up():
    rows = {row[0].text: row for row in tables(given())["Treatment ledger"].rows}
    assert rows["Tocilizumab, doses"][1].text == "2"
    # 8 mg/kg of 50 kg, twice.
    assert rows["Tocilizumab, in all"][1].text == "800 mg"
    assert rows["Tocilizumab, in all"][1].address == "ledger/tocilizumab_total"
    assert rows["Study days with a corticosteroid"][1].text == "1 day"
    # 4 mg of methylprednisolone stand for 0.75 mg of dexamethasone.
    assert rows["Corticosteroids as dexamethasone, in all"][1].text == "7.5 mg"


def test_tocilizumab_stands_dose_by_dose_with_the_time_between():
    table = tables(given())["Tocilizumab, dose by dose"]
    since = table.head.index("Since the dose before")
    assert [row[since].text for row in table.rows] == ["the first dose", "20 h"]


def test_what_was_not_given_and_what_is_not_known_are_different_lines():
    (zero, *_) = [line for line in lines(given()) if "Siltuximab" in line or "siltuximab" in line]
    assert zero.startswith("None, by a chart that is declared complete: siltuximab, anakinra, ruxolitinib")
    (unknown, *_) = [line for line in lines(given(frozenset())) if "siltuximab" in line.lower()]
    assert unknown.startswith("None recorded, and the drug chart is not declared complete")


def test_an_open_chart_makes_every_number_a_lower_bound():
    rows = {row[0].text: row for row in tables(given(frozenset()))["Treatment ledger"].rows}
    assert rows["Tocilizumab, doses"][1].text == "≥ 2"


def test_every_number_of_the_ledger_explains_itself_with_its_records():
    contents = given()
    for cell in cells(tuple(ledger.blocks(contents))):
        if cell.address:
            assert explain(contents, cell.address).method == "ledger@1"
    total = explain(contents, "ledger/dexamethasone_equivalent")
    assert [row.what for row in total.evidence] == ["methylprednisolone"]
    assert ("dexamethasone.methylprednisolone", "0.1875 mg") in total.settings
    assert total.source_keys == ("prednisolone_label",)


def test_factors_stand_in_the_methods_with_their_sources():
    contents = given()
    (table,) = [block for block in ledger.factor_table(contents) if isinstance(block, Table)]
    assert [row[0].text for row in table.rows] == [factor.id for factor in contents.ledger.factors.table]
    assert {row[0].text for row in table.rows if row[0].badge} == {
        factor.id for factor in contents.ledger.factors.table if factor.evidence == "memory"
    }


def test_a_table_of_values_has_no_ledger():
    assert not ledger.is_kept(ReportContents(Course("none")))
    assert ledger.factor_table(ReportContents(Course("none"))) == []
    assert len(treatment.section(ReportContents(Course("none"))).blocks) == 1
