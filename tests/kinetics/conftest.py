"""Courses made of samples, as short as a line in a laboratory book, and the shared public data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import settings

from cartrace.course import Course, CourseBuilder, Quantity, Status
from cartrace.kinetics import KineticsSettings, measure
from cartrace.kinetics.profile import Profile, profiles

# How long an example takes says something about the machine, not about cartrace.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

BLQ, ABOVE, MISSING = "BLQ", "ABOVE", "missing"
LLOQ = 50.0
SHARED = Path(__file__).parents[3] / "shared" / "data"

K = {
    "K1": ((0, 1, 2, 4, 7, 14), (0, 200, 150, 90, 40, 10), 1.0),
    "K4": (
        (0, 1, 4, 7, 9, 11, 14, 21, 28, 60, 90, 180),
        (0, 60, 900, 9000, 24000, 18000, 9000, 3000, 1200, 300, 200, 120),
        LLOQ,
    ),
    "K6": ((0, 3, 7, 10, 14, 21, 28, 42, 60), (0, 100, 5000, 12000, 6000, 1500, BLQ, 80, BLQ), LLOQ),
    "K8": ((0, 7, 14, 28), (BLQ, BLQ, BLQ, BLQ), LLOQ),
    "K9": ((0, 3, 7, 10, 14), (0, 100, 5000, 3000, 1000), LLOQ),
    "K10": ((0, 3, 7, 10, 17, 24, 31), (0, 100, 5000, 5000, 2500, 1250, 625), LLOQ),
    "K11": ((0, 3, 7, 14, 21, 28, 60), (0, 500, 9000, 400, 600, 1500, 8000), LLOQ),
}
"""The vectors of criteria 7.6: times, values, LLOQ. K8 to K11 are described there; the numbers are ours."""


def observe(
    build: CourseBuilder,
    times: Sequence[float],
    values: Sequence[float | str],
    *,
    lloq: float | None = LLOQ,
    uloq: float | None = None,
    code: str = "car_copies_per_ug",
    **fields: object,
) -> None:
    """Add samples: a number, BLQ, ABOVE (the upper limit, if any, is `uloq`) or MISSING."""
    for time, value in zip(times, values, strict=True):
        status = {BLQ: Status.BELOW, ABOVE: Status.ABOVE, MISSING: Status.NOT_DONE}.get(value, Status.DONE)
        number = uloq if value == ABOVE else value if status is Status.DONE else None
        moment = build.clock.from_elapsed_days(time)
        build.observe(code, number, moment=moment, status=status, lloq=lloq, uloq=uloq, **fields)


@pytest.fixture(scope="session")
def course() -> Callable[..., Course]:
    """Make a course of one profile, with infusions on the days of `infusions` ((day, fraction) or day)."""

    def made(
        times: Sequence[float], values: Sequence[float | str], *, infusions: Sequence[object] = (), **fields: object
    ) -> Course:
        build = CourseBuilder("samples")
        for infusion in infusions:
            day, fraction = infusion if isinstance(infusion, tuple) else (infusion, None)
            build.infusion(moment=build.clock.from_elapsed_days(day), fraction=fraction)
        observe(build, times, values, **fields)
        return build.course()

    return made


@pytest.fixture(scope="session")
def profile(course: Callable[..., Course]) -> Callable[..., Profile]:
    """Make one profile: (times, values) or the name of a vector; settings by keyword, what `course` takes in `of`."""

    def made(times: Sequence[float] | str, values: Sequence[float | str] = (), *, of=None, **settings) -> Profile:
        of = dict(of or {})
        if isinstance(times, str):
            times, values, of["lloq"] = K[times]
        (found,) = profiles(course(times, values, **of), KineticsSettings(**settings))
        return found

    return made


@pytest.fixture(scope="session")
def measured(course: Callable[..., Course]) -> Callable[..., dict[str, Quantity]]:
    """Metrics by id of one profile; arguments as for `profile`."""

    def made(times, values=(), *, of=None, **settings) -> dict[str, Quantity]:
        of = dict(of or {})
        if isinstance(times, str):
            times, values, of["lloq"] = K[times]
        (result,) = measure(course(times, values, **of), KineticsSettings(**settings))
        return {quantity.id: quantity for quantity in result.metrics}

    return made


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file of the shared public data; the test is skipped, saying so, where they are not there."""

    def found(name: str) -> Path:
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"the shared public data are not beside this checkout: {name} is missing")
        return path

    return found
