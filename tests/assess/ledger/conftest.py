"""Courses with drugs, put together in one line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from cartrace.course import Clock, Course, CourseBuilder, Moment
from cartrace.course.clock import unknown
from cartrace.course.record import Patient

CLOCK = Clock(start_minute=600)


def moment(when: float | str | None) -> Moment:
    """A number is elapsed hours, "d3" a study day without a time, None not recorded. The infusion began at 10:00."""
    if when is None:
        return unknown()
    if isinstance(when, str):
        return CLOCK.from_study_day(int(when[1:]))
    return CLOCK.from_elapsed_hours(when)


@pytest.fixture
def record() -> Callable[..., Course]:
    """A course of drugs (name, start, end or None for one dose, dose, unit, frequency) and observations (hour, code, value)."""

    def made(*drugs: tuple[Any, ...], seen: tuple[Any, ...] = (), weight: float | None = None, **fields: Any) -> Course:
        builder = CourseBuilder("made", clock=CLOCK)
        builder.infusion(moment=moment(0))
        for name, start, end, dose, unit, *more in drugs:
            keys = dict(zip(("frequency", "route"), more, strict=False))
            state = {"ongoing": "ongoing", "?": "not recorded", None: "single"}.get(end, "ended")
            stop = moment(end) if state == "ended" else None
            builder.drug(name, start=moment(start), end=stop, end_state=state, dose=dose, dose_unit=unit, **keys)
        for when, code, value, *unit in seen:
            builder.observe(code, value, moment=moment(when), unit=unit[0] if unit else "")
        fields.setdefault("complete", frozenset({"drugs", "vasopressors", "oxygen", "transfusions"}))
        return builder.course(patient=Patient(weight_kg=weight), **fields)

    return made
