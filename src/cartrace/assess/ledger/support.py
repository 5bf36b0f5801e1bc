"""Respiratory support in hours: any oxygen, positive pressure without a tube, ventilation.

In: a course, the factors and the days asked for. Out: quantities.
Decided here: between two entries of the device no farther apart than a reading holds, the first one lasted; a longer
stretch is not counted and makes the hours a lower bound, as does support in the last entry. Several entries of one minute
count as the strongest of them. Entries without a time of day cannot be counted in hours.
"""

from __future__ import annotations

import math

from cartrace.assess.ledger.cautions import LOWER_BOUND
from cartrace.assess.ledger.factors import Factors
from cartrace.assess.ledger.totals import NOT_COMPLETE, Behind, Days, quantity
from cartrace.assess.sweep import minute_of
from cartrace.course import Course, Quantity
from cartrace.course.clock import MINUTES_PER_DAY
from cartrace.course.record import Observation
from cartrace.vocabulary import terms

MINUTES_PER_HOUR = 60.0
WITHOUT_TUBE = frozenset({"cpap", "bipap"})
TUBE = frozenset({"invasive_ventilation", "intubated_airway_protection"})
NONE = "room_air"
NAMES = (
    ("oxygen_hours", "Oxygen or any respiratory support, hours"),
    ("noninvasive_hours", "CPAP or BiPAP, hours"),
    ("ventilation_hours", "Ventilation through a tube, hours"),
)


def respiratory_support(course: Course, factors: Factors, days: Days) -> tuple[Quantity, ...]:
    """Hours on oxygen or more, on CPAP or BiPAP, and ventilated."""
    readings = [o for o in course.observations if o.code == "oxygen_device" and o.moment.known]
    # An entry with a day only shows that there was support on that day, not for how long.
    untimed = [o.uid for o in readings if o.moment.precision == "day" and _is_on(o, None) and o.moment.day in days]
    timed = _by_minute([o for o in readings if o.moment.precision == "minute"])
    complete = "oxygen" in course.complete
    cautions = () if complete else ("chart_open",)
    if untimed or not (timed or complete):
        why = "support is recorded without a time of day" if untimed else NOT_COMPLETE.format("oxygen")
        behind = Behind((), untimed, cautions)
        return tuple(quantity(name, None, "h", behind, reason=why) for name in NAMES)
    holds = int(factors.value("oxygen", "holds") * MINUTES_PER_HOUR)
    window = _minutes_of(days, course.clock.start_minute or 0)
    return tuple(
        _hours(name, timed, of, holds, window, cautions)
        for name, of in zip(NAMES, (None, WITHOUT_TUBE, TUBE), strict=True)
    )


def _by_minute(readings: list[Observation]) -> list[tuple[int, Observation]]:
    """One entry for each minute, in order: the strongest support; an entry without a value only when there is no other."""
    strength = {word: place for place, word in enumerate(terms.analytes()["oxygen_device"].values)}
    held: dict[int, Observation] = {}
    for reading in sorted(readings, key=lambda o: (strength.get(o.text, -1), o.uid)):
        held[minute_of(reading.moment.time)] = reading
    return sorted(held.items())


def _is_on(reading: Observation, devices: frozenset[str] | None) -> bool:
    """Whether the entry says that one of the devices was on; None = any of them."""
    if devices is None:
        return reading.text not in ("", NONE)
    return reading.text in devices


def _minutes_of(days: Days, origin: int) -> tuple[float, float]:
    after = math.inf if days.last is None else float((days.last + 1) * MINUTES_PER_DAY - origin)
    return float(days.first * MINUTES_PER_DAY - origin), after


def _hours(
    name: tuple[str, str],
    timed: list[tuple[int, Observation]],
    devices: frozenset[str] | None,
    holds: int,
    window: tuple[float, float],
    chart: tuple[str, ...],
) -> Quantity:
    minutes = 0.0
    used: list[int] = []
    cautions = [*chart]
    for place, (minute, reading) in enumerate(timed):
        end, until = timed[place + 1] if place + 1 < len(timed) else (minute, None)
        inside = min(end, window[1]) - max(minute, window[0])
        if until is None:
            # Whether support in the last entry went on, nobody wrote.
            cautions += ["ongoing"] if _is_on(reading, devices) and minute < window[1] else []
        elif inside > 0 and (not reading.text or (_is_on(reading, devices) and end - minute > holds)):
            cautions.append("gap")
        elif inside > 0 and _is_on(reading, devices):
            minutes += inside
            used += [reading.uid, until.uid]
    return quantity(name, minutes / MINUTES_PER_HOUR, "h", Behind(used, (), cautions), lower_bound=LOWER_BOUND)
