"""Lanes of infusions, drugs, oxygen, procedures."""

from __future__ import annotations

import pytest

from cartrace.course import Clock, CourseBuilder
from cartrace.course.clock import unknown
from cartrace.figures import treatment
from cartrace.figures.description import Lanes, Silent
from cartrace.figures.time_axis import time_axis

AXIS = time_axis(range(-7, 31))
CLOCK = Clock(start_minute=600)
DAY = CLOCK.from_study_day


def lanes(build):
    panel = treatment.panel(build.course(), AXIS, "a")
    assert isinstance(panel, Lanes)
    return {lane.key: lane for lane in panel.lanes}


@pytest.fixture
def build():
    return CourseBuilder("x", clock=CLOCK)


def test_a_split_dose_is_written_once_with_its_shares(build):
    for day, dose, share in ((0, 0.5, 0.1), (1, 1.5, 0.3), (2, 3.0, 0.6)):
        build.infusion(moment=DAY(day), dose_per_kg=dose, fraction=share)
    lane = lanes(build)["infusions-1"]
    assert [event.label for event in lane.events] == ["", "", "0.5 + 1.5 + 3 ×10⁶/kg\n10 + 30 + 60 %"]
    assert "10 % of the planned dose" in lane.events[0].hover


def test_a_re_infusion_has_its_own_lane(build):
    build.infusion(moment=DAY(0), dose=200.0)
    build.infusion(moment=DAY(25), dose=100.0)
    found = lanes(build)
    assert found["infusions-1"].events[0].label == "200 ×10⁶ cells"
    assert found["infusions-2"].events[0].label == "100 ×10⁶ cells"


def test_an_infusion_without_dose_or_day_says_so(build):
    build.infusion(moment=unknown())
    assert lanes(build)["infusions-1"].texts[0].text == "dose not recorded, day not recorded"


@pytest.mark.parametrize(
    ("fields", "ends", "kind"),
    [
        ({"end": DAY(5), "end_state": "ended"}, (3.0, 6.0), "closed"),
        ({"end_state": "ongoing"}, (3.0, 20.0), "ongoing"),
        ({"end_state": "not recorded"}, None, "unknown"),
    ],
)
def test_bars_end_as_the_record_says(build, fields, ends, kind):
    build.drug("dexamethasone", start=DAY(3), dose=10, dose_unit="mg", **fields)
    build.observe("anc", 1.0, moment=DAY(20))
    (bar,) = lanes(build)["dexamethasone"].bars
    assert bar.end_kind == kind
    assert bar.start == 3.0
    assert ends is None or (bar.start, bar.end) == ends


def test_gaps_stay_gaps_and_the_dose_is_written_where_it_changes(build):
    for start, end, dose in ((1, 2, 10), (5, 6, 10), (8, 9, 4)):
        build.drug("dex", start=DAY(start), end=DAY(end), end_state="ended", dose=dose, dose_unit="mg")
    bars = lanes(build)["dexamethasone"].bars
    assert [(bar.start, bar.end) for bar in bars] == [(1, 3), (5, 7), (8, 10)]
    assert [bar.label for bar in bars] == ["10 mg", "", "4 mg"]


def test_hours_stay_hours(build):
    start, end = CLOCK.from_elapsed_days(3.2), CLOCK.from_elapsed_days(3.7)
    build.drug("norad", start=start, end=end, end_state="ended")
    (bar,) = lanes(build)["norepinephrine"].bars
    assert (bar.start, bar.end) == (start.time, end.time)


def test_drugs_without_a_day_are_a_text(build):
    build.drug("fludarabine", start=unknown(), end_state="not recorded")
    (text,) = lanes(build)["fludarabine"].texts
    assert text.text == "dose and days not recorded"
    assert text.where == "before"


def test_drugs_outside_the_axis_are_a_text(build):
    build.drug("ivig", start=DAY(300))
    assert lanes(build)["ivig"].texts[0].text == "day 300"


def test_lanes_stand_in_the_order_a_reader_looks_for_them(build):
    for drug in ("paracetamol", "dex", "tocilizumab", "fludarabine"):
        build.drug(drug, start=DAY(1))
    assert list(lanes(build)) == ["fludarabine", "tocilizumab", "dexamethasone", "paracetamol"]


def test_a_transplant_without_a_day_names_what_is_known(build):
    build.procedure(kind="transplant", moment=unknown("after day 37"), detail="HSCT")
    (text,) = lanes(build)["transplant"].texts
    assert text.text == "HSCT: after day 37"
    assert text.where == "after"


@pytest.mark.parametrize(
    ("moment", "text"),
    [(unknown(), "HSCT: day not recorded"), (DAY(90), "HSCT: day 90"), (unknown("late"), "HSCT: late")],
)
def test_what_lies_off_the_axis_says_when_it_was(build, moment, text):
    build.procedure(kind="transplant", moment=moment)
    assert lanes(build)["transplant"].texts[0].text == text


@pytest.mark.parametrize(
    ("kind", "moment", "where"),
    [
        ("biopsy", unknown("at relapse"), "before"),
        ("biopsy", unknown("at relapse after the infusion"), "anywhere"),
        ("biopsy", unknown("at another hospital"), "anywhere"),
        ("apheresis", unknown(), "before"),
        ("transplant", unknown(), "after"),
        ("biopsy", DAY(-60), "before"),
        ("biopsy", DAY(200), "after"),
    ],
)
def test_only_what_is_known_to_come_after_stands_at_the_end(build, kind, moment, where):
    build.procedure(kind=kind, moment=moment)
    (lane,) = lanes(build).values()
    assert lane.texts[0].where == where


@pytest.mark.parametrize(("kind", "words"), [("marrow_aspirate", "marrow aspirate"), ("biopsy", "biopsy marrow")])
def test_a_procedure_names_its_site_once(build, kind, words):
    build.procedure(kind=kind, site="marrow", moment=DAY(1))
    assert lanes(build)["procedures"].events[0].label == words


def test_oxygen_supports_that_follow_each_other_are_written_once(build):
    for day, device in ((1.0, "nasal_cannula"), (1.5, "nasal_cannula"), (2.0, "high_flow_cannula"), (2.5, "room_air")):
        build.observe("oxygen_device", device, moment=CLOCK.from_elapsed_days(day))
    bars = lanes(build)["oxygen"].bars
    assert [(bar.start, bar.end, bar.label) for bar in bars] == [
        (1.0, 2.0, ""),
        (2.0, 2.5, "nasal cannula → high flow"),
    ]


def test_transfusions_as_observations_are_marks(build):
    build.observe("platelet_transfusion", "yes", moment=DAY(4))
    assert len(lanes(build)["transfusions"].events) == 1


def test_nothing_recorded_is_one_line(build):
    assert isinstance(treatment.panel(build.course(), AXIS, "a"), Silent)
