"""Channels and options of each term, and what of a course becomes an event."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.labs import ctcae5, ctcae6, inputs, series
from cartrace.assess.labs.table import Term
from cartrace.course import Course
from cartrace.course.clock import unknown

TERMS = {term.analyte: term for term in ctcae5.TERMS}


def names(analyte: str) -> list[str]:
    return [channel.name for channel in inputs.channels_of(TERMS[analyte])]


def options(analyte: str) -> list[str]:
    return [option.name for option in inputs.options_of(TERMS[analyte])]


@pytest.mark.parametrize(
    ("analyte", "channels", "choices"),
    [
        ("anc", ["anc", "reference_limits", "growth_factor"], ["limits_missing"]),
        ("inr", ["inr"], []),
        ("platelets", ["platelets", "reference_limits", "transfusion"], ["limits_missing"]),
        ("haemoglobin", ["haemoglobin", "reference_limits", "transfusion"], ["limits_missing", "transfusion"]),
        (
            "alt",
            ["alt", "baseline", "lymphodepletion", "reference_limits"],
            ["limits_missing", "baseline", "lower_edge"],
        ),
        ("calcium", ["calcium", "reference_limits", "albumin"], ["limits_missing", "correction", "albumin_hours"]),
        ("albumin", ["albumin", "reference_limits"], ["limits_missing"]),
        ("urate", ["urate", "reference_limits", "consequences"], ["limits_missing", "consequences"]),
    ],
)
def test_channels_and_options(analyte: str, channels: list[str], choices: list[str]) -> None:
    assert names(analyte) == channels
    assert options(analyte) == choices


@pytest.mark.parametrize(
    ("analyte", "option", "default"),
    [
        ("creatinine", "baseline_clause", "with_limits"),
        ("alt", "lower_edge", "from"),
        ("fibrinogen", "fall", "baseline_abnormal"),
        ("urate", "consequences", "none"),
        ("creatinine", "baseline_visit", "zero"),
        ("anc", "limits_missing", "range"),
        ("alt", "baseline", "infusion"),
    ],
)
def test_defaults_where_implementations_disagree(analyte: str, option: str, default: str) -> None:
    found = next(o for o in inputs.options_of(TERMS[analyte]) if o.name == option)
    assert found.number(default) == found.default


@pytest.mark.parametrize("analyte", TERMS)
def test_places_point_at_the_channel_and_option_of_their_name(analyte: str) -> None:
    _, _, place = inputs.numbers_of(TERMS[analyte])
    for where, name in inputs._CHANNEL_PLACES.items():
        assert place[where] == -1 or names(analyte)[place[where]] == name
    for where, option in inputs._OPTION_PLACES.items():
        assert place[where] == -1 or options(analyte)[place[where]] == option.name
    assert (place[series.HAS_BASELINE] == 1) == ("baseline" in names(analyte))
    assert place[series.C_ALBUMIN] == (2 if analyte == "calcium" else -1)


def events_of(analyte: str, course: Course) -> tuple[list[int], list[float]]:
    events = inputs.gather_term(course, inputs.channels_of(TERMS[analyte]))
    assert (events.attributed == 1).all()
    return events.channel.tolist(), events.value.tolist()


@pytest.mark.parametrize(
    ("site", "counts"), [("", 1), ("blood", 1), ("serum", 1), ("plasma", 1), ("marrow", 0), ("csf", 0)]
)
def test_specimens(site: str, counts: int) -> None:
    course = read_given("d5 lymphocytes 0.4 low=1" + (f" site={site}" if site else ""))
    assert len(events_of("lymphocytes", course)[0]) == counts


@pytest.mark.parametrize(
    "written", ["h5 drug red_cells 2", "h5-8 drug red_cells 2", "h5- drug red_cells", "h5-? drug red_cells"]
)
def test_a_drug_course_is_its_start(written: str) -> None:
    channels, values = events_of("haemoglobin", read_given(written))
    assert (channels, values) == ([2], [1.0])


def test_a_drug_at_an_unknown_time_takes_no_part() -> None:
    course = read_given("h5 drug red_cells 2")
    undated = dataclasses.replace(course, drugs=(dataclasses.replace(course.drugs[0], start=unknown()),))
    assert events_of("haemoglobin", undated) == ([], [])


def test_other_drugs_and_analytes_take_no_part() -> None:
    course = read_given("h5 drug dexamethasone 10 mg; h6 drug platelet_concentrate; d1 crp 5; d1 platelets 40")
    assert events_of("haemoglobin", course) == ([], [])


def test_support_lasts_as_long_as_said() -> None:
    hours = {analyte: inputs.numbers_of(term)[2][series.SUPPORT_HOURS] for analyte, term in TERMS.items()}
    assert {analyte: int(hours[analyte]) for analyte in hours if hours[analyte]} == {
        "haemoglobin": inputs.RED_CELL_SUPPORT_UP_TO,
        "platelets": inputs.PLATELET_SUPPORT_UP_TO,
    }
    assert (inputs.RED_CELL_SUPPORT_UP_TO, inputs.PLATELET_SUPPORT_UP_TO) == (72, 24)
    assert np.issubdtype(inputs.numbers_of(TERMS["anc"])[2].dtype, np.int64)


@pytest.mark.parametrize(
    ("analyte", "channels", "choices"),
    [
        ("anc", ["anc", "growth_factor"], []),
        ("platelets", ["platelets", "reference_limits", "transfusion"], ["limits_missing", "transfusion"]),
        (
            "alkaline_phosphatase",
            ["alkaline_phosphatase", "baseline", "lymphodepletion", "reference_limits"],
            ["limits_missing", "baseline"],
        ),
        (
            "bilirubin",
            ["bilirubin", "baseline", "lymphodepletion", "reference_limits"],
            ["limits_missing", "baseline", "baseline_visit", "lower_edge"],
        ),
    ],
)
def test_channels_and_options_follow_the_table_of_version_6(
    analyte: str, channels: list[str], choices: list[str]
) -> None:
    term = next(term for term in ctcae6.TERMS if term.analyte == analyte)
    assert [channel.name for channel in inputs.channels_of(term)] == channels
    assert [option.name for option in inputs.options_of(term)] == choices


def test_a_platelet_transfusion_is_asked_about_as_one_of_platelets() -> None:
    term = next(term for term in ctcae6.TERMS if term.analyte == "platelets")
    transfusion = next(option for option in inputs.options_of(term) if option.name == "transfusion")
    assert "platelet transfusion" in transfusion.meaning
    assert term.event_grade == 3


@pytest.mark.parametrize("term", [*ctcae5.TERMS, *ctcae6.TERMS], ids=lambda term: term.analyte)
def test_the_words_of_a_choice_are_numbered_from_0_and_the_first_is_the_default(term: Term) -> None:
    for option in inputs.options_of(term):
        if option.values:
            assert [number for _, number in option.values] == list(range(len(option.values)))
            assert option.default == 0
