"""The notation of cases: what each kind of item becomes."""

from __future__ import annotations

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.course import Status
from cartrace.errors import UnknownTerm, UnknownUnit


def test_product_and_disease_sites() -> None:
    course = read_given("product target=CD19; site skin involved=yes detail=leg phase=relapse; site cns involved=no")
    assert course.product.target == "CD19"
    skin, cns = course.disease.sites
    assert (skin.site, skin.detail, skin.phase, skin.involved) == ("skin", "leg", "relapse", True)
    assert cns.involved is False


def test_the_disease_has_a_name() -> None:
    assert read_given("disease large B-cell lymphoma").disease.name == "large B-cell lymphoma"
    assert read_given("site skin involved=yes").disease.name == ""


@pytest.mark.parametrize(
    ("word", "status", "fraction"),
    [
        ("negative", Status.BELOW, None),
        ("not_done", Status.NOT_DONE, None),
        ("not_recorded", Status.NOT_RECORDED, None),
        ("5e-5", Status.DONE, 5e-5),
    ],
)
def test_mrd_results(word: str, status: Status, fraction: float | None) -> None:
    (result,) = read_given(f"d28 mrd marrow flow {word} lod=1e-4 cd19_gating=no").mrd
    assert (result.status, result.fraction, result.lod, result.gates_on_cd19) == (status, fraction, 1e-4, False)


def test_lesions_biopsies_and_panels() -> None:
    course = read_given(
        "d4 lesion left testis ultrasound 20x15 abnormal status=not_recorded; "
        "d5 procedure biopsy testis negative lesion=left; d6 panel skin 93.1; d7 panel skin"
    )
    (look,) = course.lesions
    assert (look.axes_mm, look.finding, look.status) == ((20.0, 15.0), "abnormal", Status.NOT_RECORDED)
    (biopsy,) = course.procedures
    assert (biopsy.site, biopsy.note, biopsy.detail) == ("testis", "negative", "left")
    assert [panel.blasts_percent for panel in course.panels] == [93.1, None]


def test_hours_are_exact_and_days_are_whole_days() -> None:
    exact, whole = read_given("h6 temperature 38; d2 temperature 38").observations
    assert (exact.moment.time, exact.moment.precision) == (0.25, "minute")
    assert (whole.moment.time, whole.moment.day, whole.moment.precision) == (2.0, 2, "day")


def test_units_are_converted_and_statuses_read() -> None:
    fever, device = read_given("h6 temperature 100.4 [degF]; h6 oxygen_device status=not_done").observations
    assert fever.value == 38.0
    assert (device.status, device.value) == (Status.NOT_DONE, None)


def test_a_later_daily_item_replaces_an_earlier_one_of_the_same_day() -> None:
    course = read_given("d1-3 anc 0.3; d2 anc 0.9")
    assert [o.value for o in course.observations] == [0.3, 0.9, 0.3]


@pytest.mark.parametrize(
    ("when", "state", "end"),
    [("h2-8", "ended", 8 / 24), ("h2-", "ongoing", None), ("h2-?", "not recorded", None), ("h2", "single", None)],
)
def test_intervals(when: str, state: str, end: float | None) -> None:
    (drug,) = read_given(f"{when} drug noradrenaline 5 ug/min").drugs
    assert (drug.drug, drug.dose, drug.dose_unit, drug.end_state) == ("norepinephrine", 5.0, "ug/min", state)
    assert (drug.end.time if drug.end else None) == end


def test_patient_charts_and_attribution() -> None:
    course = read_given("patient age=8 developmental_delay=no; complete drugs oxygen; h1 ice 9 attributed=no")
    assert (course.patient.age_years, course.patient.developmental_delay) == (8.0, False)
    assert course.complete == {"drugs", "oxygen"}
    assert course.observations[0].attributed is False


@pytest.mark.parametrize("given", ["x6 temperature 38", "h6 fever 38", "patient height=2", "h6 hypotension perhaps"])
def test_words_outside_the_notation_are_refused(given: str) -> None:
    with pytest.raises(UnknownTerm):
        read_given(given)


def test_units_outside_the_table_are_refused() -> None:
    with pytest.raises(UnknownUnit):
        read_given("h6 temperature 311 K")
