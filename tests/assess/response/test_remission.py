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
