"""Numbers, units and places as a reader sees them."""

from __future__ import annotations

import pytest

from cartrace.assess.result import Grade
from cartrace.course import Clock, Status
from cartrace.course.clock import unknown
from cartrace.course.record import Infusion, Observation, Source
from cartrace.figures import wording
from cartrace.vocabulary import units

DAY = Clock().from_study_day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.034, "0.034"), (7.123, "7.12"), (113, "113"), (87.04, "87"), (1000, "1\u202f000"),
        (21437, "21\u202f400"), (3.2e6, "3.2×10⁶"), (3e-4, "3×10⁻⁴"), (-2.5, "−2.5"), (999.6, "1000"), (38.0, "38"),
    ],
)  # fmt: skip
def test_numbers_have_three_figures(value, text):
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("ucum", "text"),
    [
        ("Cel", "°C"), ("10*9/L", "10⁹/L"), ("{copies}/ug", "copies/µg DNA"), ("/uL", "cells/µL"), ("pg/mL", "pg/mL"),
        ("mg/m2", "mg/m²"), ("d.{copies}/ug", "d·copies/µg DNA"), ("/uL.d", "cells/µL·d"), ("[IU]", "IU"),
        ("ug/kg/min", "µg/kg/min"), ("", ""),
    ],
)  # fmt: skip
def test_units_are_written_as_readers_write_them(ucum, text):
    assert wording.unit(ucum) == text


def test_no_canonical_unit_keeps_its_signs():
    for family in units.families().values():
        text = wording.unit(family.canonical)
        assert not set(text) & set("{}*[]"), family.name


def test_days_and_moments():
    assert wording.day(-5.0) == "−5"
    assert wording.day(3.25) == "3.2"
    assert wording.moment(DAY(4)) == "day 4"
    assert wording.moment(DAY(0, label="day 01")) == "day 0 (in the source: day 01)"
    assert wording.moment(unknown()) == "day not recorded"
    assert wording.moment(Clock(start_minute=0).from_elapsed_days(-1.5)) == "day −2 (−1.50 d after infusion)"


def test_places_name_file_and_row():
    assert wording.place(Source("a.csv", 3, "x")) == "a.csv, row 3"
    assert wording.place(Source("a.csv")) == "a.csv"
    assert wording.place(Source()) == ""


def test_hover_lines_leave_out_what_is_empty():
    assert wording.lines("a", "", "b") == "a\nb"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"status": Status.DONE, "value": 38.4}, "T 38.4 °C"),
        ({"status": Status.BELOW, "lloq": 35.0}, "T below the limit of 35 °C"),
        ({"status": Status.BELOW}, "T below the limit"),
        ({"status": Status.ABOVE, "uloq": 42.0}, "T above the limit of 42 °C"),
    ],
)
def test_measured_values_carry_their_unit(fields, text):
    assert wording.measured(Observation(1, "temperature", DAY(0), unit="Cel", **fields), "T") == text


def test_grades_say_what_would_settle_them():
    ranged = Grade("r@1", "range", 1, 3, settles=("SpO2",), candidate=True, provisional=True)
    text = wording.grade(ranged)
    assert text.startswith("grade 1 to 3")
    assert "settled by: SpO2" in text
    assert "attribution" in text
    assert "provisional" in text
    assert wording.grade(Grade("r@1", "not graded")) == "not graded"


def test_doses_are_per_kilogram_or_total_or_unknown():
    assert wording.dose(Infusion(1, 1, DAY(0), dose_per_kg=0.5)) == ("0.5", "10⁶/kg")
    assert wording.dose(Infusion(1, 1, DAY(0), dose=200.0)) == ("200", "10⁶ cells")
    assert wording.dose(Infusion(1, 1, DAY(0))) == ("dose not recorded", "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cns", "CNS"),
        ("MRD marrow ngs", "MRD marrow NGS"),
        ("marrow_aspirate", "marrow aspirate"),
        ("blood qPCR", "blood qPCR"),
        ("", ""),
    ],
)
def test_names_are_written_as_readers_write_them(text, words):
    assert wording.name(text) == words


@pytest.mark.parametrize(
    ("value", "text"), [(-5, "−5"), (0, "0"), (-0.01, "0"), (3.5, "3.5"), (10.98, "11"), (-0.5, "−0.5"), (-10.0, "−10")]
)
def test_days_are_whole_or_have_one_figure_behind_the_point(value, text):
    assert wording.day(value) == text
