"""What one marrow evaluation is made of, for every edition."""

from __future__ import annotations

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.compiled import compile_kernel
from cartrace.assess.conformance import cases, chosen_options
from cartrace.assess.response import ball, cibmtr, marrow, nccn, nci2010, pontedilegno2022, remission
from cartrace.assess.rule import Rule, allocate

EDITIONS = (ball.RULE, cibmtr.RULE, nci2010.RULE, nccn.RULE, pontedilegno2022.RULE)
every_edition = pytest.mark.parametrize("rule", EDITIONS, ids=lambda rule: rule.id)


def test_inputs_and_their_channels_are_numbered_alike() -> None:
    assert len(remission.X_CHANNELS) == remission.INPUTS
    assert remission.X_CHANNELS[remission.X_ANC] == marrow.ANC
    assert remission.X_CHANNELS[remission.X_MRD] == marrow.MRD


@every_edition
def test_channels_stand_in_their_places(rule: Rule) -> None:
    whole = [channel.name for channel in marrow.CHANNELS]
    assert [channel.name for channel in rule.channels] == whole[: len(rule.channels)]
    assert [option.name for option in rule.options[:4]] == [
        *("best_from_day", "counts_window_days", "site_window_days", "silent_sites")
    ]


@pytest.mark.parametrize(
    ("given", "bounds"),
    [
        ("", (-1.0, -1.0)),
        ("d28 mrd marrow flow 0.02", (0.02, 0.02)),
        ("d28 mrd marrow flow 0.02; d28 mrd marrow ngs 0.03", (0.03, 0.03)),
        ("d27 mrd marrow flow 0.02; d29 mrd marrow ngs 0.03", (0.02, 0.02)),
        ("d28 mrd marrow flow negative lod=1e-4", (0.0, 0.0)),
        ("d28 mrd marrow flow 0.02; d28 mrd marrow ngs not_recorded", (0.02, 1.0)),
        ("d28 mrd marrow flow not_done", (-1.0, -1.0)),
        ("d35 mrd marrow flow 0.02", (0.02, 0.02)),
        ("d36 mrd marrow flow 0.02", (-1.0, -1.0)),
    ],
)
def test_mrd_near_a_marrow(given: str, bounds: tuple[float, float]) -> None:
    events = marrow.gather(read_given("d28 blasts_percent 1; " + given), marrow.CHANNELS)
    (i,) = np.flatnonzero((events.channel == marrow.MARROW_BLASTS) & (events.day == 28))
    at_best, at_worst = np.zeros(remission.INPUTS), np.zeros(remission.INPUTS)
    remission.fill_mrd(events, int(i), ball.RULE.settings(), at_best, at_worst)
    assert (at_best[remission.X_MRD], at_worst[remission.X_MRD]) == bounds


@every_edition
def test_evidence_names_only_what_takes_part(rule: Rule) -> None:
    given = (
        "complete drugs transfusions; d28 blasts_percent 1; d28 anc 1.2; d28 platelets 120; d28 mrd marrow flow 1e-5"
    )
    course = read_given(given + "; d60 blasts_percent 1; d60 anc 1.2; d60 platelets 120; d28 marrow_cellularity 30")
    codes = {getattr(course.record(uid), "code", "mrd") for uid in rule.run(course).overall.evidence}
    counts = {"anc", "platelets"} if rule is not pontedilegno2022.RULE else set()
    assert codes - {"mrd"} == {"blasts_percent"} | counts
    assert ("mrd" in codes) == (rule in (ball.RULE, pontedilegno2022.RULE))


@pytest.mark.slow
@every_edition
def test_the_compiled_kernel_says_the_same(rule: Rule) -> None:
    compiled = compile_kernel(rule.kernel)
    for case in cases(rule.id):
        events = rule.events(read_given(case.given))
        option = rule.settings(chosen_options(case.options))
        steps, plain = allocate(rule.rows(len(events.time))), rule.calculate(events, option)
        assert compiled(events, option, steps) == len(plain.at)
        assert steps.low[: len(plain.at)].tolist() == plain.low.tolist()
        assert steps.high[: len(plain.at)].tolist() == plain.high.tolist()
        assert steps.missing[: len(plain.at)].tolist() == plain.missing.tolist()
        assert steps.reason[: len(plain.at)].tolist() == plain.reason.tolist()


def named(rule: Rule, given: str) -> list[tuple[str, float | None]]:
    """(what, value) of the evidence of the best response."""
    course = read_given(given)
    records = [course.record(uid) for uid in rule.run(course).overall.evidence]
    return [(getattr(r, "code", "mrd"), getattr(r, "value", getattr(r, "fraction", None))) for r in records]


def test_a_marrow_alone_leaves_open_what_counts_and_cellularity_would_settle() -> None:
    """Support would not: a count that is not there has none. Blood, CNS and other sites are taken as free."""
    given = "d28 blasts_percent 1 site=marrow"
    result = ball.RULE.run(read_given(given))
    assert result.overall.text == "CR to aplastic"
    assert result.overall.settles == ("anc", "platelets", "marrow_cellularity", "cells_counted")
    assert [step.settles for step in result.steps] == [result.overall.settles]
    assert result.overall.reasons == result.steps[0].reasons == ("compartment_taken_as_free",)
    assert named(ball.RULE, given) == [("blasts_percent", 1)]


def test_counts_whose_support_is_not_charted_ask_for_it() -> None:
    given = "d21 anc 1.2; d21 platelets 120; d28 blasts_percent 1; d28 marrow_cellularity 30; d28 cells_counted 500"
    overall = ball.RULE.run(read_given(given)).overall
    assert (overall.text, overall.settles) == ("CR to MLFS", ("platelet_transfusion", "growth_factor"))


@pytest.mark.parametrize(
    ("rule", "given", "evidence"),
    [
        # The highest count of the day.
        (ball.RULE, "d28 blasts_percent 1; h680 blasts_percent 6 method=flow", [("blasts_percent", 6)]),
        # Blasts in blood decide.
        (
            ball.RULE,
            "d28 blasts_percent 1; d28 blasts_percent 2 site=blood",
            [("blasts_percent", 1), ("blasts_percent", 2)],
        ),
        # MRD more than a week from the marrow says nothing about it.
        (ball.RULE, "d28 blasts_percent 1; d36 mrd marrow flow 0.5", [("blasts_percent", 1)]),
        (ball.RULE, "d28 blasts_percent 1; d35 mrd marrow flow 0.5", [("blasts_percent", 1), ("mrd", 0.5)]),
        # Nor do the blasts of the day before about a day with MRD.
        (
            pontedilegno2022.RULE,
            "d27 blasts_percent 1; d28 mrd marrow flow 0.005; d28 cns_status cns1",
            [("cns_status", 0), ("mrd", 0.005)],
        ),
    ],
)
def test_evidence_is_what_speaks_for_the_marrow(rule: Rule, given: str, evidence: list[tuple[str, float]]) -> None:
    assert named(rule, given) == evidence


@pytest.mark.parametrize(
    ("rule", "given", "first"),
    [
        (ball.RULE, "h672 blasts_percent 7; h680 blasts_percent 7 method=flow", "blasts_percent"),
        (pontedilegno2022.RULE, "h672 mrd marrow flow 0.005; h680 mrd marrow pcr 0.005", "mrd"),
    ],
)
def test_of_two_alike_on_one_day_the_earlier_is_named(rule: Rule, given: str, first: str) -> None:
    course = read_given(given)
    records = [course.record(uid) for uid in rule.run(course).overall.evidence]
    assert [(getattr(r, "code", "mrd"), round(24 * r.moment.time)) for r in records] == [(first, 672)]


def test_a_day_with_mrd_alone_is_an_evaluation_of_one_edition_only() -> None:
    given = "d28 blasts_percent 1; d28 anc 1.2; d36 mrd marrow flow 0.5"
    days = {rule.id: [step.day for step in rule.run(read_given(given)).steps] for rule in EDITIONS}
    assert days.pop(pontedilegno2022.RULE.id) == [28, 36]
    assert all(found == [28] for found in days.values())


@every_edition
def test_a_marrow_that_was_clean_before_is_flagged_on_each_evaluation_and_on_the_best(rule: Rule) -> None:
    marrows = "d28 blasts_percent 1; d28 mrd marrow flow 1e-5"
    for before, flagged in (("0.2", True), ("5", False)):
        result = rule.run(read_given(f"d-5 blasts_percent {before}; {marrows}"))
        for grade in (result.overall, *result.steps):
            assert ("baseline_marrow_clean" in grade.reasons) == flagged


@every_edition
def test_a_marrow_that_could_not_be_judged_is_named(rule: Rule) -> None:
    course = read_given("d28 blasts_percent status=not_done")
    (step,) = rule.run(course).steps
    assert step.reasons == ("not_evaluable",)
    assert [getattr(course.record(uid), "code", "") for uid in step.evidence] == ["blasts_percent"]


@pytest.mark.parametrize(
    ("before", "now", "text"),
    [
        # CR or CRi, whichever the platelets say: a remission to relapse from.
        ("d28 anc 1.2", "d60 blasts_percent 1; d60 cns_status cns2a", "relapse"),
        # Surely CRi.
        ("d28 anc 0.99; d28 platelets 120", "d60 blasts_percent 60; d60 cns_status cns1", "relapse"),
    ],
)
def test_an_incomplete_remission_is_one_to_relapse_from(before: str, now: str, text: str) -> None:
    given = f"complete drugs transfusions; d28 blasts_percent 1; d28 cns_status cns1; {before}; {now}"
    result = nci2010.RULE.run(read_given(given), {"held": "single"})
    assert result.steps[-1].text == text


SEEN = (
    "complete drugs transfusions; d28 anc 1.2; d28 platelets 120; d28 cns_status cns1; "
    "d28 blasts_percent 0 site=blood; site skin involved=no; "
)


@pytest.mark.parametrize(
    ("given", "text", "flags"),
    [
        ("d28 blasts_percent 1", "CR", ()),
        ("d28 blasts_percent status=not_recorded", "not graded", ("blasts_not_recorded",)),
        ("d28 blasts_percent 6", "not CR", ("marrow_blasts",)),
        ("d28 blasts_percent 1; d28 blasts_percent 2 site=blood", "not CR", ("blood_blasts", "mixed_response")),
        ("d28 blasts_percent 1; d28 cns_status cns3a", "not CR", ("cns_disease", "mixed_response")),
        (
            "d28 blasts_percent 1; d-5 lesion leg skin examination abnormal; d28 procedure biopsy skin positive lesion=leg",
            "not CR",
            ("extramedullary_disease", "mixed_response"),
        ),
        ("d28 blasts_percent 1; d28 marrow_cellularity 5; d28 cells_counted 100", "CR", ("aplastic_with_counts",)),
        ("d28 blasts_percent 1; d25 drug platelet_concentrate", "CRi", ("supported_count",)),
        ("d28 blasts_percent 1; d28 mrd marrow flow 0.02", "not CR", ("mrd_failure",)),
        ("d-5 blasts_percent 1; d28 blasts_percent 1", "CR", ("baseline_marrow_clean",)),
    ],
)
def test_what_is_said_of_a_marrow_of_which_everything_is_recorded(
    given: str, text: str, flags: tuple[str, ...]
) -> None:
    result = ball.RULE.run(read_given(SEEN + given))
    for grade in (result.overall, *result.steps):
        assert (grade.text, grade.reasons) == (text, flags)


@pytest.mark.parametrize("rule", [cibmtr.RULE, nci2010.RULE], ids=lambda rule: rule.id)
def test_that_four_weeks_are_not_over_is_all_that_is_said_of_a_first_remission(rule: Rule) -> None:
    assert rule.run(read_given(SEEN + "d28 blasts_percent 1")).overall.reasons == ("four_weeks_not_shown",)


def test_disease_outside_the_marrow_says_nothing_of_other_compartments() -> None:
    given = "complete drugs transfusions; d28 blasts_percent 4; d28 anc 1.2; d28 platelets 120; d28 lesion neck node ct 35x20"
    flags = ball.RULE.run(read_given(given)).overall.reasons
    assert flags == ("extramedullary_disease", "mixed_response", "compartment_taken_as_free")


def test_evidence_names_the_marrow_first_then_the_counts() -> None:
    found = named(ball.RULE, "d28 platelets 120; d28 anc 1.2; d28 blasts_percent 1")
    assert found == [("blasts_percent", 1), ("anc", 1.2), ("platelets", 120)]
