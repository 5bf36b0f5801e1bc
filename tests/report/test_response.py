"""Response by site: best responses, sites against phases, MRD, panels and lesions as recorded."""

from __future__ import annotations

from cartrace.report import ReportContents, response
from cartrace.report.layout import Paragraph, Table


def tables(contents) -> dict[str, Table]:
    return {block.caption: block for block in response.section(contents).blocks if isinstance(block, Table)}


def test_each_rule_and_each_site_has_its_row_with_evidence(full):
    rows = tables(full)["Best response by compartment"].rows
    found = {row[1].address for row in rows}
    assert {
        "response.ball", "response.mrd", "response.extramedullary", "response.extramedullary/testis",
        "response.extramedullary/skin",
    } <= found  # fmt: skip
    assert all(address.startswith("response.") for address in found)
    assert all(row[1].text for row in rows)


def test_what_would_settle_a_range_is_said(full):
    rows = tables(full)["Best response by compartment"].rows
    ranges = [row for row in rows if " to " in row[1].text]
    assert ranges
    assert all("Would be settled by" in row[-1].text for row in ranges)


def test_sites_against_phases(full):
    table = tables(full)["Sites of disease over time, as recorded"]
    assert table.head == ("Site", "relapse")
    assert [(row[0].text, row[1].text, row[1].note) for row in table.rows] == [
        ("testis", "involved", "left"),
        ("marrow", "free", "flow"),
    ]


def test_records_are_given_as_recorded_with_their_source(full):
    found = tables(full)
    mrd = found["Measurable residual disease, as recorded"].rows
    assert [row[2].text for row in mrd] == ["negative at 1×10⁻⁴", "3×10⁻⁴ of nucleated cells"]
    (skin, marrow) = found["Blasts and immunophenotype, % of blasts positive"].rows
    assert skin[2].text == "93.1 %"
    assert skin[3].text == "CD19 90.9 %, CD20 97.9 % (partial), CD58 not recorded"
    assert marrow[2].text == "0 %"
    lesions = found["Every look at every lesion, as recorded"].rows
    assert [row[2].text for row in lesions] == ["38 × 27 mm", "21 × 12 mm", "size not recorded"]
    assert all(row[-1].text for row in (*mrd, skin, marrow, *lesions))


def test_evaluations_are_listed_only_where_one_says_something(full, silent):
    assert any("every evaluation" in caption for caption in tables(full))
    assert not any("every evaluation" in caption for caption in tables(silent))


def test_a_course_without_disease_and_rules_says_so():
    from cartrace.course import Course

    (line,) = response.section(ReportContents(Course("none"))).blocks
    assert isinstance(line, Paragraph)
    assert "recorded" in line.pieces[0].text
