"""Explanations: complete for every address, and checked by hand for a few."""

from __future__ import annotations

import pytest

from cartrace import assess
from cartrace.course import Quantity
from cartrace.report import addresses, explain
from cartrace.report.evidence import quantity_said
from cartrace.report.explanation import input_said, metric_definition, settings_said, why_not
from cartrace.vocabulary import sources


def test_every_address_explains_itself(contents):
    for address in addresses(contents):
        explanation = explain(contents, address)
        assert explanation.address == address
        assert explanation.method
        assert explanation.sentence.endswith(".")
        assert not explanation.sentence.endswith("..")
        assert explanation.citations
        assert explanation.definition
        assert "None" not in explanation.text.replace("None of", "").replace("None recorded", "")
        assert "nan" not in explanation.text.split()
        text = explanation.text
        for part in (explanation.sentence, explanation.method, *explanation.citations, *explanation.provisional):
            assert part in text
        for row in explanation.evidence:
            assert row.line in text


def test_a_number_without_a_value_says_why(contents):
    for address in addresses(contents):
        explanation = explain(contents, address)
        if explanation.said in ("not graded", "no value"):
            assert explanation.reasons or len(explanation.sentence) > len(explanation.name) + 3, address


def test_the_overall_grade_with_the_rows_that_decided_it(full):
    explanation = explain(full, "crs.astct2019")
    assert (explanation.said, explanation.value, explanation.low, explanation.high) == ("2", 2.0, 2, 2)
    assert explanation.method == "crs.astct2019@1"
    assert dict(explanation.settings)["resolution_hours"] == "24 h"
    assert dict(explanation.settings)["systolic_proxy"] == "off"
    hottest = next(row for row in explanation.evidence if row.what == "Temperature")
    assert (hottest.value, hottest.file, hottest.row, hottest.text) == ("39.1 °C", "vitals.csv", 4, "39.1")
    assert any(row.what == "Hypotension" and row.value == "yes" for row in explanation.evidence)
    assert "lee2019astct" in explanation.source_keys
    assert sources.source("lee2019astct").citation in explanation.citations
    assert explanation.provisional


def test_a_fact_is_a_value_with_its_unit(full):
    onset = explain(full, "crs.astct2019/onset_day")
    assert (onset.said, onset.value, onset.unit) == ("day 1", 1.0, "d")
    assert explain(full, "crs.astct2019/onset_time").value == pytest.approx(30 / 24)


def test_an_hour_says_from_when_to_when_its_grade_holds(full):
    assert "from 1.5 d after the first infusion" in explain(full, "crs.astct2019/h36").sentence


def test_a_metric_names_its_sample_settings_and_definition(full):
    cmax = explain(full, "kinetics/car_copies_per_ug/cmax")
    assert (cmax.said, cmax.value) == ("41\u202f000 copies/µg DNA", 41000.0)
    assert [(row.file, row.row) for row in cmax.evidence] == [("qpcr.csv", 5)]
    assert cmax.method.startswith("kinetics.cmax@")
    assert dict(cmax.settings)["policy"] == "standard"
    assert "Highest observed value" in cmax.definition


def test_a_metric_under_another_policy_says_which(full):
    other = explain(full, "kinetics/car_copies_per_ug/auc_0_28@half_lloq")
    assert dict(other.settings)["policy"] == "half_lloq"
    assert "half_lloq" in other.name


def test_what_nobody_recorded_is_said_in_words(silent):
    explanation = explain(silent, "crs.astct2019")
    assert explanation.said == "not graded"
    assert explanation.value is None
    assert explanation.reasons == ("No body temperature is recorded since the first infusion.",)
    assert explanation.evidence == ()
    assert "no single record" in explanation.text


def test_a_range_names_what_would_settle_it(graded):
    from cartrace.course import CourseBuilder

    build = CourseBuilder("range")
    build.infusion(moment=build.clock.from_study_day(0))
    build.observe("temperature", 38.6, moment=build.clock.from_elapsed_hours(30))
    explanation = explain(graded(build.course()), "crs.astct2019")
    assert (explanation.low, explanation.high, explanation.value) == (1, 4, None)
    assert "oxygen device or respiratory support" in explanation.settles
    assert "Would be settled by" in explanation.text
    assert "attribution not decided" in explanation.sentence


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity("onset_day", "Onset", 3.0, "d", "r@1"), "day 3"),
        (Quantity("onset_day", "Onset", -1.0, "d", "r@1"), "day −1"),
        (Quantity("duration", "Duration", 1.0, "d", "r@1"), "1 day"),
        (Quantity("duration", "Duration", 4.5, "d", "r@1", censored=True), "≥ 4.5 days"),
        (Quantity("last", "Last study day of the window", 30.0, "d", "r@1"), "day 30"),
        (Quantity("fold", "Fold", 629.0, "1", "k@1"), "629"),
        (Quantity("nadir", "Nadir", 0.04, "10*9/L", "r@1"), "0.04 × 10⁹/L"),
        (Quantity("nadir", "Nadir", 40.0, "mg/dL", "r@1", flags=("upper_bound",)), "≤ 40 mg/dL"),
        (Quantity("nadir_day", "Day of the nadir", 9.0, "d", "r@1", flags=("upper_bound",)), "day 9"),
        (Quantity("worst_value", "Highest", 400.0, "U/L", "r@1", flags=("lower_bound",)), "≥ 400 U/L"),
        (Quantity("peak_grade", "Peak", 2.0, "", "r@1"), "2"),
        (Quantity("tmax", "Tmax", None, "d", "k@1", reason="No sample."), "No sample."),
    ],
)
def test_quantities_for_a_reader(quantity, text):
    assert quantity_said(quantity) == text


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        ("ICE score, 10 unimpaired", "ICE score"),
        ("MRD fraction in marrow; low = limit", "MRD fraction in marrow"),
        ("Product of the two longest diameters [mm2]", "product of the two longest diameters"),
        ("1 when the biopsy shows infiltration, 0 when it does not", "whether the biopsy shows infiltration"),
        ("PET score", "PET score"),
    ],
)
def test_inputs_are_said_without_remarks_for_the_author(meaning, text):
    assert input_said(meaning) == text


@pytest.mark.parametrize("rule", assess.RULES, ids=lambda rule: rule.id)
def test_the_settings_of_every_rule_can_be_said(rule):
    said = settings_said(rule, rule.settings_used(rule.settings()))
    assert [name for name, _ in said] == [option.name for option in rule.options]
    for option, (_, value) in zip(rule.options, said, strict=True):
        if option.values:
            assert value in dict(option.values)


def test_reasons_are_the_rule_s_own_sentences(full):
    for assessment in full.assessments:
        rule = assess.rule(assessment.rule)
        sentences = {reason.code: reason.sentence for reason in rule.reasons}
        if assessment.overall.low is not None:
            said = why_not(rule, full.course, assessment.overall)
            assert said == tuple(sentences[code] for code in assessment.overall.reasons)


def test_a_family_of_metrics_shares_its_definition():
    assert metric_definition("auc_0_28") == metric_definition("auc_0_84")
    assert metric_definition("auc_0_28") != metric_definition("cmax")
    assert metric_definition("nothing") == ("", ())
