"""Options as a course and a command line say them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cartrace.assess import rule
from cartrace.assess.options import accept, derives_neutrophils, options_of, wrong_options
from cartrace.course import Course
from cartrace.errors import UnknownTerm

CRS = rule("crs.astct2019")


def course(**settings: object) -> Course:
    return Course("c", settings=tuple((name.replace("__", "."), value) for name, value in settings.items()))


def test_the_command_line_goes_before_the_course():
    one = course(crs__astct2019__gap_hours=12, crs__astct2019__resolution_hours=48)
    found = options_of(CRS, one, {"crs.astct2019.gap_hours": "24"})
    assert found == {"gap_hours": "24", "resolution_hours": "48"}


def test_options_of_other_rules_are_left_alone():
    assert options_of(rule("response.mrd"), course(crs__astct2019__gap_hours=12), {}) == {}


@pytest.mark.parametrize("name", ["crs.astct2019.gap", "crs.astct2018.gap_hours", "gap_hours", ""])
def test_a_name_that_no_rule_has_is_refused(name):
    with pytest.raises(UnknownTerm):
        accept({name: "1"})


def test_a_value_that_is_no_choice_is_refused():
    accept({"crs.astct2019.systolic_proxy": "on"})
    with pytest.raises(UnknownTerm, match="systolic_proxy"):
        accept({"crs.astct2019.systolic_proxy": "perhaps"})


def test_every_wrong_setting_of_a_course_is_a_finding_with_the_nearest():
    one = course(crs__astct2019__resolution_hour=48, nothing__at__all=1, crs__astct2019__gap_hours=12)
    first, second = wrong_options(one, file="a/course.yaml")
    assert first.file == "a/course.yaml"
    assert "crs.astct2019.resolution_hours" in first.expected
    assert "cartrace rules" in second.expected


def test_a_course_without_settings_has_no_finding():
    assert wrong_options(replace(course(), id="x")) == ()


def test_the_option_of_the_course_that_no_rule_has():
    accept({"course.anc": "derived"})
    with pytest.raises(UnknownTerm, match="anc"):
        accept({"course.anc": "guessed"})
    (wrong,) = wrong_options(course(course__ant="derived"))
    assert "course.anc" in wrong.expected
    assert not derives_neutrophils(course(), {})
    assert derives_neutrophils(course(course__anc="derived"), {})
    assert not derives_neutrophils(course(course__anc="derived"), {"course.anc": "recorded"})
