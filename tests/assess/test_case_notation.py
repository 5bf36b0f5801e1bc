"""The notation of cases: what each kind of item becomes."""

from __future__ import annotations

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.course import Status


def test_product_and_disease_sites() -> None:
    course = read_given("product target=CD19; site skin involved=yes detail=leg phase=relapse; site cns involved=no")
    assert course.product.target == "CD19"
    skin, cns = course.disease.sites
    assert (skin.site, skin.detail, skin.phase, skin.involved) == ("skin", "leg", "relapse", True)
    assert cns.involved is False


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
