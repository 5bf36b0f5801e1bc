"""Treatment: dose and split, lymphodepletion, what was given and done."""

from __future__ import annotations

import pytest

from cartrace.course import Course, CourseBuilder
from cartrace.report import ReportContents, treatment
from cartrace.report.layout import Paragraph, Table


def infused(*fields: dict) -> Course:
    build = CourseBuilder("one")
    for day, each in enumerate(fields):
        build.infusion(moment=build.clock.from_study_day(day), **each)
    return build.course()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (({"dose_per_kg": 2.0},), "2 × 10⁶ cells/kg in one infusion on day 0"),
        (({"dose": 150.0},), "150 × 10⁶ cells in one infusion on day 0"),
        (
            ({"dose_per_kg": 0.1, "fraction": 0.1}, {"dose_per_kg": 0.2, "fraction": 0.9}),
            "0.3 × 10⁶ cells/kg in 2 infusions on days 0, 1, split 10/90 %",
        ),
        (({"dose_per_kg": 1.0}, {}), "2 infusions on days 0, 1; doses not all recorded"),
        (({},), "one infusion on day 0; dose not recorded"),
        (({}, {}), "2 infusions on days 0, 1; doses not recorded"),
        ((), ""),
    ],
)
def test_the_total_dose_is_given_only_when_every_part_is_known(fields, said):
    assert treatment.dose(infused(*fields)) == said


def test_at_a_glance(full, silent):
    pairs = {name: cell.text for name, cell in treatment.glance(full.course).pairs}
    assert pairs == {
        "Patient": "male, 29 years, 70.5 kg",
        "Disease": "B-ALL; second relapse",
        "Product": "ssCART-19, anti-CD19, 4-1BB, shRNA against IL-6, NCT03919240",
        "Dose": "5 × 10⁶ cells/kg in 3 infusions on days 0, 1, 2, split 10/30/60 %",
        "Lymphodepletion": "fludarabine (30 mg/m²)",
        "Outcome": "In remission.",
    }
    said = {name: cell.text for name, cell in treatment.glance(silent.course).pairs}
    assert said["Not recorded"] == "patient, disease, product, lymphodepletion, outcome"


def test_every_infusion_drug_and_procedure_is_listed_with_its_source(full):
    found = {b.caption: b for b in treatment.section(full).blocks if isinstance(b, Table)}
    assert found["CAR-T infusions"].rows[0][2].text == "0.5 × 10⁶/kg (10 % of the plan)"
    drugs = {row[0].text: row for row in found["Drugs as recorded"].rows}
    assert drugs["fludarabine"][1].text == "day −5 to day −3"
    assert drugs["antifungal"][1].text == "day 12, ongoing"
    assert found["Drugs as recorded"].note == "The drug chart is declared complete."
    assert all(row[-1].text for table in found.values() for row in table.rows)


def test_silence_about_drugs_is_not_absence():
    build = CourseBuilder("one")
    build.drug("prednisone", start=build.clock.from_study_day(1))
    table = next(b for b in treatment.section(ReportContents(build.course())).blocks if isinstance(b, Table))
    assert "may have been given" in table.note


def test_no_treatment_is_one_line():
    (line,) = treatment.section(ReportContents(Course("none"))).blocks
    assert isinstance(line, Paragraph)
