"""The founding case holds what is known of the man of the case report, and nothing else (specification: the case, facts 1-25)."""

from __future__ import annotations

from importlib import resources

import pytest

from cartrace import ingest
from cartrace.course import Course, Status


@pytest.fixture(scope="module")
def course() -> Course:
    with resources.as_file(resources.files("cartrace") / "examples" / "founding-case") as folder:
        reading = ingest.read(folder)
    assert reading.findings == ()
    return reading.courses[0]


def test_the_patient(course):
    assert (course.patient.age_years, course.patient.sex) == (29.0, "male")
    assert course.patient.weight_kg is None  # absolute cell doses stay unknown
    assert not course.synthetic
    assert course.sources == ("founding_case2020",)


def test_counts_at_diagnosis_with_their_exponents_back(course):
    assert {o.code: (o.value, o.unit) for o in course.observations} == {
        "wbc": (7.0, "10*9/L"),
        "platelets": (87.0, "10*9/L"),
        "haemoglobin": (113.0, "g/L"),
    }
    assert {(o.moment.known, o.moment.label) for o in course.observations} == {(False, "at diagnosis")}


def test_sites_of_disease_by_phase(course):
    """Skin and testis at diagnosis (synchronous, as the original says) and at relapse; the marrow clean by three methods."""
    involved = {(s.phase, s.site): s.involved for s in course.disease.sites}
    assert involved == {
        ("diagnosis", "marrow"): True,
        ("diagnosis", "skin"): True,
        ("diagnosis", "testis"): True,
        ("remission", "marrow"): False,
        ("remission", "skin"): False,
        ("remission", "testis"): False,
        ("relapse", "marrow"): False,
        ("relapse", "skin"): True,
        ("relapse", "testis"): True,
    }
    marrow = next(s for s in course.disease.sites if (s.phase, s.site) == ("relapse", "marrow"))
    for method in ("morphology", "flow cytometry", "next-generation sequencing"):
        assert method in marrow.method
    side = {s.phase: s.detail for s in course.disease.sites if s.site == "testis"}
    assert "left" in side["diagnosis"]
    assert "side not stated" in side["relapse"]


def test_the_phenotype_of_the_skin_blasts_with_73_9_once(course):
    (panel,) = course.panels
    assert (panel.site, panel.method, panel.blasts_percent) == ("skin", "flow cytometry", 93.1)
    assert [(m.name, m.percent, m.partial) for m in panel.markers] == [
        ("CD10", 99.9, False),
        ("CD22", 99.8, False),
        ("CD19", 90.9, False),
        ("CD20", 97.9, True),
        ("CD38", 99.0, False),
        ("CD34", 73.9, True),
    ]
    assert [m.percent for m in panel.markers].count(73.9) == 1


def test_the_product(course):
    product = course.product
    assert (product.name, product.target, product.costimulatory_domain) == ("ssCART-19", "CD19", "4-1BB")
    assert product.trial == "NCT03919240"
    assert [(e.kind, e.target, e.knock_down) for e in product.gene_edits] == [("shrna", "IL-6", None)]


def test_the_split_dose_of_5_million_per_kilogram(course):
    assert [(i.fraction, i.dose_per_kg, i.dose) for i in course.infusions] == [
        (0.1, 0.5, None),
        (0.3, 1.5, None),
        (0.6, 3.0, None),
    ]
    assert sum(i.dose_per_kg for i in course.infusions) == 5.0
    # the printed days 01-03 stand beside the days assumed for them
    assert [(i.moment.label, i.moment.day) for i in course.infusions] == [("day 01", 0), ("day 02", 1), ("day 03", 2)]
    assert all(i.moment.assumption for i in course.infusions)


def test_drugs_are_known_by_name_only(course):
    induction = {d.drug for d in course.drugs if "VDLP" in d.purpose}
    assert induction == {"vincristine", "daunorubicin", "asparaginase", "prednisone"}
    depletion = {d.drug for d in course.drugs if d.drug_class == "lymphodepletion"}
    assert depletion == {"fludarabine", "cyclophosphamide"}
    assert all(d.dose is None and not d.start.known and d.end is None for d in course.drugs)


def test_the_ultrasound_days_are_known_and_the_sizes_are_not(course):
    looks = [(look.moment.day, look.status, look.axes_mm, look.volume_ml, look.finding) for look in course.lesions]
    assert looks == [(day, Status.NOT_RECORDED, (), None, "") for day in (-5, 4, 7, 37, None)]
    assert course.lesions[-1].moment.label == "latest"
    assert "during" in course.lesions[1].note


def test_crs_grade_1_as_its_only_grade(course):
    (grade,) = course.grades
    assert (grade.toxicity, grade.grade, grade.scope, grade.scale) == ("CRS", 1, "maximum", "")
    assert not grade.moment.known


def test_the_transplant_has_no_day(course):
    (transplant,) = (p for p in course.procedures if p.kind == "transplant")
    assert not transplant.moment.known
    assert "+37" in transplant.moment.label


def test_what_is_unknown_is_said_and_not_filled_in(course):
    """Every gap of section 1.2 of the specification is listed; no value of those series stands in the record."""
    gaps = " ".join(course.not_recorded).lower()
    for gap in (
        "dates", "body weight", "apheresis", "fludarabine", "temperature", "il-6", "ifn-gamma", "hscrp", "ferritin", "car copies",
        "b-cell aplasia", "blasts", "testis", "haematological toxicity", "tocilizumab", "icans", "mrd", "transplant", "follow-up",
    ):  # fmt: skip
        assert gap in gaps, gap
    assert {o.code for o in course.observations} == {"wbc", "platelets", "haemoglobin"}
    assert course.mrd == ()
    assert course.complete == frozenset()
    assert all(not image.file for image in course.images)
    assert course.outcome.last_day is None
    assert course.clock.origin is None
