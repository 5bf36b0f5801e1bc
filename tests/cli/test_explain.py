"""`cartrace explain`."""

from __future__ import annotations


def test_without_an_address_every_address_is_listed(run):
    listed = run("explain", "small").stdout.split()
    assert "crs.astct2019" in listed
    assert "crs.astct2019/onset_day" in listed


def test_an_address_is_explained_by_rule_settings_and_rows(run):
    said = run("explain", "small", "crs.astct2019").stdout
    assert "crs.astct2019@1" in said
    assert "course.yaml" in said
    assert "38.6" in said
    assert "Lee DW" in said


def test_every_listed_address_can_be_explained(run):
    for address in run("explain", "small").stdout.split():
        assert run("explain", "small", address).exit_code == 0, address


def test_as_data(data):
    found = data("explain", "small", "crs.astct2019")
    assert found["address"] == "crs.astct2019"


def test_wrong_words(run):
    wrong = run("explain", "small", "crs.astct2018")
    assert wrong.exit_code == 2
    assert "crs.astct2019" in wrong.output
    assert "--course" in run("explain", "two", "crs.astct2019").output
    assert "did you mean" in run("explain", "two", "crs.astct2019", "--course", "c").output


def test_one_course_of_several(run):
    assert run("explain", "two", "crs.astct2019", "--course", "a").exit_code == 0
