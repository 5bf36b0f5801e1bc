"""The record: everything frozen, nothing assumed."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from cartrace.course import Course, record

CLASSES = [c for _, c in inspect.getmembers(record, dataclasses.is_dataclass) if c.__module__ == record.__name__]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_a_record_is_frozen_and_slotted(kind):
    assert kind.__dataclass_params__.frozen
    assert "__slots__" in vars(kind)


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_what_nobody_said_is_unknown_and_never_no(kind):
    """A default is None, empty, or a state; False would mean that somebody looked and saw nothing."""
    said = {("Course", "synthetic"), ("Marker", "partial")}
    for field in dataclasses.fields(kind):
        if (kind.__name__, field.name) not in said:
            assert field.default is not False, field.name
            assert field.default not in (0.0, 1.0) or field.name == "status", field.name


def test_every_group_of_records_is_found_by_uid():
    groups = {
        field.name
        for field in dataclasses.fields(Course)
        if field.default == () and field.name not in ("not_recorded", "notes", "sources", "settings")
    }
    assert len(Course("c").groups()) == len(groups)
