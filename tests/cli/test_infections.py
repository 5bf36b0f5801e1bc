"""`cartrace infections`."""

from __future__ import annotations

import csv

import pytest

COURSE = """cartrace: 1
id: {id}
infusions: [{{day: 0, dose: 2, unit: 10^6/kg}}]
observations:
  - {{day: 9, code: infection, value: {infection}, site: blood}}
  - {{day: 100, code: last_follow_up, value: "yes"}}
"""


@pytest.fixture
def courses(inputs):
    for name, infection in (("a", "bacterial"), ("b", "none")):
        folder = inputs / "ward" / name
        folder.mkdir(parents=True)
        (folder / "course.yaml").write_text(COURSE.format(id=name, infection=infection))
    silent = inputs / "ward" / "c"
    silent.mkdir()
    (silent / "course.yaml").write_text(
        COURSE.format(id="c", infection="none").replace(
            "code: infection, value: none", "code: crp, value: 5, unit: mg/L"
        )
    )
    return "ward"


def rows_of(run, *words):
    return list(csv.DictReader(run("infections", *words, "--csv").stdout.splitlines()))


def test_each_course_and_all_together(run, courses):
    rows = {(row["course"], row["days"]): row for row in rows_of(run, courses)}
    assert [rows[name, "0 to 28"]["infections"] for name in ("a", "b", "c", "all courses")] == ["1", "0", "", "1"]
    together = rows["all courses", "0 to 28"]
    assert together["days_at_risk"] == "58"
    assert float(together["per_100_days"]) == pytest.approx(100 / 58)
    assert together["remarks"] == "2 of 3 courses have a density"
    assert rows["c", "0 to 28"]["remarks"] == "infections are not recorded"
    assert rows["a", "29 to 90"]["infections"] == "0"


def test_one_course_has_no_row_of_all(run, courses):
    assert {row["course"] for row in rows_of(run, f"{courses}/a")} == {"a"}


def test_windows_and_day_0_are_options(run, courses):
    (row,) = rows_of(run, f"{courses}/a", "--windows", "0-28", "--without-day0")
    assert row["days_at_risk"] == "28"
    assert run("infections", f"{courses}/a", "--windows", "0.5-28").exit_code == 2
    assert run("infections", f"{courses}/a", "--windows", "28").exit_code != 0


def test_as_text_and_as_data(run, data, courses):
    assert "all courses" in run("infections", courses).stdout
    found = data("infections", courses)["densities"]
    assert found[0]["course"] == "a"
    assert found[0]["density"]["infections"] == 1
    assert found[0]["per_100_days"] == pytest.approx(100 / 29)
