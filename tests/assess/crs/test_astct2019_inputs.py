"""Channels of CRS and standing facts."""

import dataclasses

import pytest

from cartrace.assess.case_notation import read_given
from cartrace.assess.crs import astct2019
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.course import Clock, CourseBuilder, Moment
from cartrace.vocabulary import terms


def standing(course, channel):
    events = inputs.gather_with_standing_facts(course, inputs.CHANNELS)
    return [float(v) for v, c in zip(events.value, events.channel, strict=True) if c == channel]


@pytest.mark.parametrize(
    ("given", "charts"), [("", 0), ("complete drugs", 3), ("complete vasopressors", 2), ("complete oxygen drugs", 7)]
)
def test_declared_charts_add_up_and_drugs_include_vasopressors(given, charts):
    assert standing(read_given(given), inputs.CHARTS) == [charts]


def test_a_drug_without_a_start_takes_the_declaration_back():
    builder = CourseBuilder("x", clock=Clock())
    builder.drug("tocilizumab", start=Moment(float("nan"), None, "unknown"))
    assert standing(builder.course(complete=frozenset({"drugs"})), inputs.CHARTS) == [inputs.COMPLETE_VASOPRESSORS]


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ("h2 drug norepinephrine", 2),
        ("h2 drug paracetamol", 2),
        ("h2- drug norepinephrine", 1),
        ("h2-? drug dopamine", 2),
    ],
)
def test_one_dose_is_made_explicit(given, rows):
    events = inputs.gather_with_standing_facts(read_given(given), inputs.CHANNELS)
    assert sum(1 for c in events.channel if inputs.AGENTS_FIRST <= c <= inputs.DOSES_LAST) == rows


def test_coded_values_stand_where_the_constants_say():
    devices = terms.analytes()["oxygen_device"].values
    assert devices[4:7] == ("face_mask", "non_rebreather", "venturi_mask")
    assert devices[7:10] == ("cpap", "bipap", "invasive_ventilation")
    assert devices[:4] == ("room_air", "blow_by", "nasal_cannula", "high_flow_cannula")
    assert devices[10:] == ("intubated_airway_protection",)
    assert terms.analytes()["death"].values[:3] == ("unknown_cause", "crs", "icans")
    assert terms.analytes()["vasopressors"].values == ("none", "one", "two_or_more")
    assert [channel.name for channel in inputs.CHANNELS].index("clock") == inputs.CLOCK


def test_every_vasopressor_of_the_vocabulary_has_a_channel_of_its_own():
    """Two drugs on the channel of "any other vasopressor" would count as one."""
    named = {drug for channel in inputs.CHANNELS for drug in channel.drugs}
    assert set(terms.drug_classes()["vasopressor"]) <= named


def test_a_vasopressor_that_has_no_channel_of_its_own_counts():
    clock = Clock(start_minute=0)
    builder = CourseBuilder("x", clock=clock)
    six, twelve = clock.from_elapsed_hours(6), clock.from_elapsed_hours(12)
    builder.observe("temperature", 39.0, moment=six)
    builder.observe("oxygen_device", "room_air", moment=six)
    builder.drug("norepinephrine", start=six, end=twelve, end_state="ended")
    course = builder.course(complete=frozenset({"drugs"}))
    other = dataclasses.replace(course.drugs[0], uid=99, drug="angiotensin II", drug_class="vasopressor")
    one, two = (
        astct2019.RULE.run(dataclasses.replace(course, drugs=drugs)) for drugs in ((other,), (*course.drugs, other))
    )
    assert (one.overall.low, one.overall.high) == (3, 3)
    assert (two.overall.low, two.overall.high) == (4, 4)
