"""Addresses: every one resolves, unknown ones name the nearest, ambiguous assays need site and method."""

from __future__ import annotations

import pytest

from cartrace.course import CourseBuilder
from cartrace.errors import UnknownTerm
from cartrace.report import addresses
from cartrace.report.addresses import FactOf, GradeAt, MetricOf, hour, profile_address, resolve, slug


def test_every_address_is_listed_once_and_resolves(contents):
    listed = addresses(contents)
    assert len(listed) == len(set(listed))
    assert listed
    for address in listed:
        assert resolve(contents, address)
        assert not any(sign.isspace() for sign in address)


def test_every_number_of_the_results_is_listed(full):
    listed = set(addresses(full))
    for assessment in full.assessments:
        name = assessment.rule.split("@")[0]
        wanted = {name, *(f"{name}/{f.id}" for f in assessment.facts), *(f"{name}/d{d.day}" for d in assessment.days)}
        assert wanted <= listed
    (profile,) = full.profiles
    assert {f"kinetics/car_copies_per_ug/{m.id}" for m in profile.metrics} <= listed
    assert "kinetics/car_copies_per_ug/cmax@half_lloq" in listed


def test_kinds_of_addresses(full):
    assert isinstance(resolve(full, "crs.astct2019"), GradeAt)
    assert isinstance(resolve(full, "crs.astct2019@1"), GradeAt)
    assert isinstance(resolve(full, "crs.astct2019/onset_day"), FactOf)
    assert isinstance(resolve(full, "kinetics/car_copies_per_ug/cmax"), MetricOf)
    part = resolve(full, "response.extramedullary/testis")
    assert isinstance(part, GradeAt)
    assert part.place == "testis"


# Temperatures at 6 h (36.8), 30 h (38.6) and 36 h (39.1 with hypotension): grade 0, 1, 2.
@pytest.mark.parametrize(
    ("place", "grade"),
    [("h6", 0), ("h26", 0), ("h29.9", 0), ("h30", 1), ("h35.98", 1), ("h36", 2), ("d0", 0), ("d1", 2)],
)
def test_the_step_that_holds_at_an_hour_and_the_worst_of_a_day(full, place, grade):
    assert resolve(full, f"crs.astct2019/{place}").grade.value == grade


@pytest.mark.parametrize("address", ["crs.astct2019/h5", "crs.astct2019/d-1", "crs.astct2019/d3000"])
def test_no_grade_holds_before_the_first_entry_or_on_a_day_without_entries(full, address):
    with pytest.raises(UnknownTerm):
        resolve(full, address)


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("crs.astct2018", "crs.astct2019"),
        ("crs.astct2019/onset", "crs.astct2019/onset_day"),
        ("kinetics/car_copies_per_ug/cmx", "kinetics/car_copies_per_ug/cmax"),
        ("kinetics/car_copies_per_ug/cmax@half", "kinetics/car_copies_per_ug/cmax@half_lloq"),
    ],
)
def test_an_unknown_address_names_the_nearest(full, wrong, near):
    with pytest.raises(UnknownTerm) as unknown:
        resolve(full, wrong)
    assert near in unknown.value.nearest


@pytest.mark.parametrize("wrong", ["", "kinetics", "no such thing at all", "kinetics//", "///"])
def test_nonsense_is_refused_with_something_to_try(full, wrong):
    with pytest.raises(UnknownTerm) as unknown:
        resolve(full, wrong)
    assert unknown.value.nearest


def test_two_profiles_of_one_assay_need_site_and_method(graded):
    build = CourseBuilder("two")
    build.infusion(moment=build.clock.from_study_day(0))
    for site, method, height in (("blood", "qPCR", 900.0), ("", "digital PCR", 700.0)):
        for day, share in ((1, 0.1), (7, 1.0), (14, 0.2)):
            when = build.clock.from_study_day(day)
            build.observe("car_copies_per_ug", height * share, moment=when, site=site, method=method)
    contents = graded(build.course())
    stems = {profile_address(profile, contents.profiles) for profile in contents.profiles}
    assert stems == {"kinetics/car_copies_per_ug/blood/qPCR", "kinetics/car_copies_per_ug/no-site/digital-PCR"}
    assert resolve(contents, "kinetics/car_copies_per_ug/blood/qPCR/cmax").metric.value == 900.0
    assert resolve(contents, "kinetics/car_copies_per_ug/no-site/digital-PCR/cmax").metric.value == 700.0
    with pytest.raises(UnknownTerm):
        resolve(contents, "kinetics/car_copies_per_ug/cmax")


def test_a_re_infusion_has_addresses_of_its_own(re_infused):
    stems = [profile_address(profile, re_infused.profiles) for profile in re_infused.profiles]
    assert stems == ["kinetics/car_copies_per_ug", "kinetics/infusion-2/car_copies_per_ug"]
    assert resolve(re_infused, "kinetics/car_copies_per_ug/cmax").metric.value == 900.0
    assert resolve(re_infused, "kinetics/infusion-2/car_copies_per_ug/cmax").metric.value == 4000.0
    long = "kinetics/infusion-2/car_copies_per_ug/blood/qPCR/tmax@zero_all"
    assert resolve(re_infused, long).metric.value == pytest.approx(7.0)
    found = addresses(re_infused)
    assert len(found) == len(set(found))
    assert all(resolve(re_infused, address) for address in found if address.startswith("kinetics"))


def test_the_long_form_is_accepted_for_a_single_profile(full):
    assert resolve(full, "kinetics/car_copies_per_ug/blood/qPCR/cmax").metric.value == 41000.0


@pytest.mark.parametrize(("at", "text"), [(0.0, "0"), (26 / 24, "26"), (1 / 1440, "0.0167"), (365.01, "8760.2333")])
def test_hours_are_exact_to_the_minute(at, text):
    assert hour(at) == text
    assert round(float(text) * 60) == round(at * 1440)


def test_a_part_within_an_address_has_no_blank_and_no_slash():
    assert slug(" left leg / skin @ 2 ") == "left-leg-skin-2"
