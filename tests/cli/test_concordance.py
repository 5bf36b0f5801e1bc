"""`cartrace concordance`."""

from __future__ import annotations

import csv

import pytest


@pytest.fixture
def judged(inputs):
    """Four courses with investigators' grades: CRS by fever and low-flow oxygen 2, or afebrile 0."""
    text = (inputs / "small" / "course.yaml").read_text()
    for name, fever, grade in (("p", "38.6", 2), ("q", "38.6", 3), ("r", "37.0", 0), ("s", "37.0", 0)):
        (inputs / "judged" / name).mkdir(parents=True)
        course = text.replace("id: small", f"id: {name}").replace("38.6", fever)
        grades = f"grades: [{{toxicity: CRS, scale: ASTCT 2019, grade: {grade}}}]\n"
        (inputs / "judged" / name / "course.yaml").write_text(course + grades)
    return "judged"


def test_kappa_by_hand(judged, data):
    # Pairs (2, 2), (3, 2), (0, 0), (0, 0): observed linear disagreement 1/4; expected over margins 0,0,2,3 and 2,2,0,0 is
    # (0+0+2+2 + 0+0+2+2 + 2+2+0+0 + 3+3+1+1) / 16 = 20/16.
    found = data("concordance", judged, "--rule", "crs.astct2019")["agreement"]
    (crs,) = [one for one in found if one["rule"].startswith("crs.astct2019")]
    assert (crs["agree"], crs["disagree"], crs["within"]) == (3, 1, 0)
    assert crs["kappas"][0]["value"] == pytest.approx(1 - (1 / 4) / (20 / 16))
    assert crs["kappas"][0]["weighting"] == "linear"


def test_only_the_disagreements(judged, run):
    rows = run("concordance", judged, "--rule", "crs.astct2019", "--disagreements", "--csv").stdout.splitlines()
    (row,) = list(csv.DictReader(rows))
    assert (row["course"], row["investigator"], row["low"], row["verdict"], row["distance"]) == (
        "q",
        "3",
        "2",
        "computed lower",
        "-1",
    )


def test_text_lists_and_counts(judged, run):
    said = " ".join(run("concordance", judged, "--rule", "crs.astct2019").stdout.split())
    assert "computed lower" in said
    assert "linear 0.80 (" in said
    assert "quadratic " in said


def test_no_grades_by_investigators(run):
    assert "No grade by an investigator" in run("concordance", "small").stdout
    assert run("concordance", "bad").exit_code == 1
