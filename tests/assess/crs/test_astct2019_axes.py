"""The two axes of CRS, entry by entry; courses are in test_astct2019.py."""

import numpy as np
import pytest

from cartrace.assess.crs import astct2019_axes as axes
from cartrace.assess.crs import astct2019_inputs as inputs
from cartrace.course import Clock, CourseBuilder, Status

CLOCK = Clock(start_minute=0)


def events_of(*entries):
    builder = CourseBuilder("x", clock=CLOCK)
    for hour, code, value, fields in entries:
        builder.observe(code, value, moment=CLOCK.from_elapsed_hours(hour), **fields)
    return inputs.gather_with_standing_facts(builder.course(), inputs.CHANNELS)


def index(events, channel):
    found = np.flatnonzero(events.channel == channel)
    return int(found[0]) if len(found) else -1


@pytest.mark.parametrize(
    ("value", "status", "answer"),
    [
        (37.9, Status.DONE, axes.NO),
        (38.0, Status.DONE, axes.YES),
        (38.0, Status.BELOW, axes.NO),
        (38.0, Status.ABOVE, axes.YES),
        (39.0, Status.BELOW, axes.UNKNOWN),
        (37.0, Status.ABOVE, axes.UNKNOWN),
        (None, Status.NOT_DONE, axes.UNKNOWN),
    ],
)
def test_fever_and_what_a_bounded_value_leaves_open(value, status, answer):
    events = events_of((6, "temperature", value, {"status": status}))
    assert axes.fever(events, index(events, inputs.TEMPERATURE)) == answer


def test_no_temperature_and_fever_before_the_infusion():
    events = events_of((-6, "temperature", 39, {}))
    assert axes.fever(events, -1) == axes.UNKNOWN
    assert axes.fever(events, index(events, inputs.TEMPERATURE)) == axes.NO


@pytest.mark.parametrize(
    ("vasopressors", "vasopressin", "hypotension", "level"),
    [
        (0, False, False, 0),
        (0, False, True, 1),
        (0, True, False, 2),
        (1, False, True, 2),
        (1, True, True, 2),
        (2, False, True, 3),
    ],
)
def test_the_hypotension_column(vasopressors, vasopressin, hypotension, level):
    assert axes.hypotension_level(vasopressors, vasopressin, hypotension) == level


@pytest.mark.parametrize(
    ("flow", "status", "levels"),
    [
        (6, Status.DONE, (1, 1)),
        (6.1, Status.DONE, (2, 2)),
        (6, Status.ABOVE, (2, 2)),
        (6, Status.BELOW, (1, 1)),
        (8, Status.BELOW, (1, 2)),
        (0, Status.DONE, (0, 0)),
        (None, Status.NOT_RECORDED, (1, 2)),
    ],
)
def test_a_cannula_by_its_flow(flow, status, levels):
    events = events_of((6, "oxygen_device", "nasal_cannula", {}), (6, "oxygen_flow", flow, {"status": status}))
    current = np.full(inputs.CLOCK + 1, -1)
    current[inputs.DEVICE], current[inputs.FLOW] = index(events, inputs.DEVICE), index(events, inputs.FLOW)
    axis = np.zeros(axes.AXIS_SLOTS, np.int64)
    axes.hypoxia_axis(events, current, 0, 0, axis)
    assert (axis[axes.LOW], axis[axes.HIGH]) == levels
