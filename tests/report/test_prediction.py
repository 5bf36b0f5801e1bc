"""The section of simulated patients: never taken for a record, both hypotheses, what was assumed, and only where it applies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import cartrace
from cartrace import ingest
from cartrace.course.record import Disease
from cartrace.report import ReportContents, html, prediction
from cartrace.report.layout import Drawing, Table, cells
from cartrace.report.methods import section as methods

EXAMPLES = Path(cartrace.__file__).parent / "examples"


@pytest.fixture(scope="module")
def contents():
    return ReportContents(ingest.read(EXAMPLES / "founding-case").courses[0], predict=True)


@pytest.fixture(scope="module")
def shown(contents):
    return prediction.section(contents, interactive=True)


def words(blocks):
    return " ".join(cell.text for cell in cells(blocks))


def test_heading_banner_and_every_figure_say_simulation(shown):
    assert "simulation" in shown.title
    assert "not what the patient will do" in shown.mark
    drawings = [block for block in shown.blocks if isinstance(block, Drawing)]
    assert len(drawings) == 3
    for drawing in drawings:
        assert drawing.svg.count(">SIMULATION<") >= 6
        assert "SIMULATION – virtual patients" in drawing.svg
        notes = " ".join(note["text"] for note in drawing.narrow["layout"]["annotations"])
        assert notes.count("<b>SIMULATION</b>") == drawing.svg.count(">SIMULATION<")


def test_shares_stand_for_every_arm_with_intervals(shown):
    table = next(block for block in shown.blocks if isinstance(block, Table) and "CRS ≥ 3" in block.head)
    assert [row[0].text for row in table.rows] == [
        f"{hypothesis}, {arm}"
        for hypothesis in ("H1", "H2")
        for arm in ("as given", "conventional product", "single dose")
    ]
    assert all(" to " in cell.text for row in table.rows for cell in row[2:])
    assert "Recorded in this course: CRS grade 1" in table.note


def test_what_is_outside_the_data_and_unknown_is_said(shown):
    said = words(shown.blocks)
    assert said.count("Outside the data") >= 3
    assert "no published value could be read" in said
    assert "60 kg, assumed" in said


def test_a_product_that_silences_nothing_has_no_word_of_a_fraction_and_no_conventional_arm(contents):
    conventional = replace(contents.course, product=replace(contents.course.product, gene_edits=()))
    found = prediction.section(ReportContents(conventional, predict=True), interactive=False)
    assert "no published value" not in words(found.blocks)
    assert len([block for block in found.blocks if isinstance(block, Drawing)]) == 2


def test_the_methods_name_model_seed_and_evidence(contents):
    said = words(methods(contents).blocks)
    assert "Model cartrace2026, equations" in said
    assert "seed 1" in said
    assert "assumed" in said


def test_nobody_asked_or_not_covered_means_no_section(contents):
    for other in (
        ReportContents(contents.course),
        ReportContents(replace(contents.course, disease=Disease("DLBCL")), predict=True),
    ):
        assert prediction.section(other, interactive=False) is None
        assert prediction.methods(other) == []


def test_a_missing_dose_is_one_line_of_the_methods(contents):
    other = ReportContents(replace(contents.course, infusions=()), predict=True)
    assert prediction.section(other, interactive=False) is None
    assert "No predicted course: no infusion is recorded." in words(tuple(prediction.methods(other)))


def test_the_page_marks_the_section_and_is_the_same_each_time(contents):
    page = html(contents)
    assert '<section id="prediction" class="simulation"' in page
    assert page == html(replace(contents))
